//! Rights: units write their own items, the hub reviews, agents use items and report faults.

use knowledge::{KnowledgeCommand, ReviewAnswer};
use model::{
    TicketId,
    desk::{Actor, Visibility},
    event::Role,
};
use workflow::Refusal;

use crate::common::{
    Desk, HEAT, POLICE, agent, id, liaison, noon, november, person, reviewer, text,
};

fn forbidden<T: std::fmt::Debug>(result: Result<T, Refusal>) -> bool {
    matches!(result, Err(Refusal::Forbidden { .. }))
}

#[test]
fn unit_writes_and_revises_only_its_own_items() {
    let mut desk = Desk::new();
    let item = desk.published(1, "停暖找谁", november(90));
    let police = person("police", Role::Liaison, Some(POLICE));
    let write = |owner: &str| {
        let mut text = text("上户口");
        text.owner = owner.into();
        KnowledgeCommand::Write { id: None, text: Box::new(text) }
    };
    assert!(forbidden(desk.ask(noon(2), &police, write(HEAT))));
    assert!(desk.ask(noon(2), &police, write(POLICE)).is_ok());
    let revise = |owner: &str| {
        let mut text = text("停暖");
        text.owner = owner.into();
        KnowledgeCommand::Revise { id: item.clone(), base: 1, text: Box::new(text) }
    };
    // A unit may not edit the item of another unit, nor give its own item to another.
    assert!(forbidden(desk.ask(noon(2), &police, revise(POLICE))));
    assert!(forbidden(desk.ask(noon(2), &liaison(), revise(POLICE))));
    assert!(forbidden(desk.ask(noon(2), &police, KnowledgeCommand::Submit { id: item.clone() })));
    // The hub may move an item to another unit.
    assert!(desk.ask(noon(2), &reviewer(), revise(POLICE)).is_ok());
}

#[test]
fn authors_and_outsourced_accounts_cannot_review() {
    let mut desk = Desk::new();
    let text = Box::new(text("停暖找谁"));
    let item = desk.ask(noon(1), &reviewer(), KnowledgeCommand::Write { id: None, text }).unwrap();
    desk.ask(noon(1), &reviewer(), KnowledgeCommand::Submit { id: item.clone() }).unwrap();
    let answer = ReviewAnswer::Accept { review_by: None, visibility: Visibility::Internal };
    let review = KnowledgeCommand::Review { id: item.clone(), version: 1, answer };
    assert!(forbidden(desk.ask(noon(1), &reviewer(), review.clone())));
    let vendor = Actor::Person {
        account: "vendor".into(),
        role: Role::Supervisor,
        unit: None,
        outsourced: true,
    };
    assert!(forbidden(desk.ask(noon(1), &vendor, review.clone())));
    assert!(forbidden(desk.ask(noon(1), &liaison(), review.clone())));
    let director = person("director", Role::Director, None);
    assert!(desk.ask(noon(1), &director, review).is_ok());
    // Without a date the next review is due in a year.
    assert_eq!(desk.item(&item).review_by(), Some(november(1).plus(365)));
}

#[test]
fn agents_use_and_report_but_cannot_write() {
    let mut desk = Desk::new();
    let item = desk.published(1, "停暖找谁", november(90));
    let ticket = TicketId(2_026_110_200_001);
    let use_it = KnowledgeCommand::Use { id: item.clone(), ticket };
    assert!(desk.ask(noon(2), &agent(), use_it.clone()).is_ok());
    let write = KnowledgeCommand::Write { id: None, text: Box::new(text("别的")) };
    assert!(forbidden(desk.ask(noon(2), &agent(), write)));
    for nobody in [person("press", Role::Media, None), Actor::Citizen, Actor::Partner("110".into())]
    {
        assert!(forbidden(desk.ask(noon(2), &nobody, use_it.clone())), "{nobody:?}");
    }
}

#[test]
fn unknown_item_is_not_found() {
    let submit = KnowledgeCommand::Submit { id: id("K7") };
    let refusal = Desk::new().ask(noon(1), &liaison(), submit).unwrap_err();
    assert_eq!(refusal, Refusal::not_found("item K7"));
}
