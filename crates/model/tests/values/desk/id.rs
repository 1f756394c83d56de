//! Ids of the back office.

use model::{
    BadId, TicketId,
    desk::{AssignmentId, TopicId},
};

#[test]
fn assignment_id_is_ticket_and_number() {
    let id = AssignmentId { ticket: TicketId(2_026_112_200_017), n: 2 };
    assert_eq!(id.to_string(), "2026112200017-2");
    assert_eq!("2026112200017-2".parse(), Ok(id));
    assert_eq!("2026112200017".parse::<AssignmentId>(), Err(BadId));
}

#[test]
fn topic_covers_topics_below_it() {
    assert!(TopicId::from("01").covers(&TopicId::from("010402")));
    assert!(!TopicId::from("0104").covers(&TopicId::from("01")));
}
