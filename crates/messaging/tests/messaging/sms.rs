//! Sending of SMS through a gateway, with quiet hours.

use std::time::Duration;

use messaging::{
    QuietHours, SmsHistory, SmsInput as Input, SmsLimits, SmsOutcome, SmsOutput as Output, SmsQueue,
};
use model::{
    Date, Number, Timestamp, Zone,
    desk::{MessagingEvent, Private, SmsId, SmsOrder},
};

const LIMITS: SmsLimits = SmsLimits {
    quiet: QuietHours { from_s: 21 * 3_600, until_s: 8 * 3_600 },
    zone: Zone::CHINA,
    answer_within: Duration::from_secs(10),
    first_wait: Duration::from_secs(1),
};

/// A time on 22 November 2026 in China.
fn at(hour: u32, minute: u32) -> Timestamp {
    let date = Date { year: 2026, month: 11, day: 22 };
    Zone::CHINA.moment(date, hour * 3_600 + minute * 60)
}

fn order(urgent: bool) -> SmsOrder {
    SmsOrder {
        to: Number::new("13812345678"),
        template: "eval1".into(),
        text: Private::new("请回复"),
        ticket: None,
        urgent,
        assignment: None,
        asks: true,
    }
}

fn queue(now: Timestamp) -> SmsQueue {
    SmsQueue::new(now, &SmsHistory::default(), false, LIMITS, [7; 32])
}

fn input(queue: &mut SmsQueue, now: Timestamp, input: Input) -> Vec<Output> {
    queue.handle_input(now, input);
    std::iter::from_fn(|| queue.poll_output()).collect()
}

fn ordered(n: u64, urgent: bool) -> Input {
    Input::Ordered(SmsId(n), order(urgent))
}

fn answered(n: u64, answer: SmsOutcome) -> Input {
    Input::Answered(SmsId(n), answer)
}

fn taken() -> SmsOutcome {
    SmsOutcome::Accepted { gateway_id: "g".into() }
}

fn later() -> SmsOutcome {
    SmsOutcome::Retry { why: "busy".into(), after: None }
}

fn refused() -> SmsOutcome {
    SmsOutcome::Rejected { why: "bad number".into() }
}

#[test]
fn sms_are_sent_one_after_another() {
    let mut queue = queue(at(10, 0));
    assert_eq!(
        input(&mut queue, at(10, 0), ordered(1, false)),
        [Output::Send(SmsId(1), order(false))]
    );
    assert_eq!(input(&mut queue, at(10, 0), ordered(2, false)), []);
    let handed = MessagingEvent::SmsHanded { sms: SmsId(1), gateway_id: "g".into() };
    assert_eq!(
        input(&mut queue, at(10, 0), answered(1, taken())),
        [Output::Append(handed), Output::Send(SmsId(2), order(false))]
    );
}

#[test]
fn only_urgent_sms_are_sent_in_quiet_hours() {
    let mut queue = queue(at(22, 0));
    assert_eq!(input(&mut queue, at(22, 0), ordered(1, false)), []);
    let morning = at(8, 0) + Duration::from_secs(86_400);
    assert_eq!(queue.poll_timeout(), Some(morning));
    let urgent = input(&mut queue, at(22, 0), ordered(2, true));
    assert_eq!(urgent, [Output::Send(SmsId(2), order(true))]);
    input(&mut queue, at(22, 0), answered(2, taken()));
    assert_eq!(queue.poll_timeout(), Some(morning));
    assert_eq!(input(&mut queue, morning, Input::Timeout), [Output::Send(SmsId(1), order(false))]);
}

#[test]
fn quiet_hours_may_span_midnight_or_be_empty() {
    let quiet = LIMITS.quiet;
    let over = |moment| quiet.over_after(Zone::CHINA, moment);
    assert_eq!(over(at(20, 59)), at(20, 59));
    assert_eq!(over(at(21, 0)), at(8, 0) + Duration::from_secs(86_400));
    assert_eq!(over(at(7, 59)), at(8, 0));
    assert_eq!(over(at(8, 0)), at(8, 0));
    let none = QuietHours { from_s: 0, until_s: 0 };
    assert_eq!(none.over_after(Zone::CHINA, at(3, 0)), at(3, 0));
    let noon = QuietHours { from_s: 12 * 3_600, until_s: 14 * 3_600 };
    assert_eq!(noon.over_after(Zone::CHINA, at(13, 0)), at(14, 0));
    assert_eq!(noon.over_after(Zone::CHINA, at(14, 0)), at(14, 0));
}

#[test]
fn unreachable_gateway_is_retried_with_back_off() {
    let mut now = at(10, 0);
    let mut queue = queue(now);
    input(&mut queue, now, ordered(1, false));
    let mut stuck = 0;
    for _ in 0..20 {
        let outputs = input(&mut queue, now, answered(1, later()));
        stuck += outputs
            .iter()
            .filter(|o| matches!(o, Output::Append(MessagingEvent::Stuck { seq: 0, .. })))
            .count();
        now = queue.poll_timeout().unwrap();
        let again = input(&mut queue, now, Input::Timeout);
        assert_eq!(again, [Output::Send(SmsId(1), order(false))]);
    }
    assert_eq!(stuck, 1);
    let outputs = input(&mut queue, now, answered(1, taken()));
    assert!(matches!(outputs[0], Output::Append(MessagingEvent::Resumed { .. })));
}

#[test]
fn rejected_number_delays_no_other_sms_and_is_given_up() {
    let mut now = at(10, 0);
    let mut queue = queue(now);
    input(&mut queue, now, ordered(1, false));
    input(&mut queue, now, ordered(2, false));
    assert_eq!(
        input(&mut queue, now, answered(1, refused())),
        [Output::Send(SmsId(2), order(false))]
    );
    input(&mut queue, now, answered(2, taken()));
    for last in [false, true] {
        now = queue.poll_timeout().unwrap();
        input(&mut queue, now, Input::Timeout);
        let outputs = input(&mut queue, now, answered(1, refused()));
        let failed = MessagingEvent::SmsFailed { sms: SmsId(1), why: "bad number".into() };
        assert_eq!(outputs.contains(&Output::Append(failed)), last);
    }
    assert!(queue.is_empty());
}

#[test]
fn missing_and_late_responses_are_handled() {
    let now = at(10, 0);
    let mut queue = queue(now);
    input(&mut queue, now, ordered(1, false));
    let given_up = queue.poll_timeout().unwrap();
    assert_eq!(given_up, now + LIMITS.answer_within);
    assert_eq!(input(&mut queue, given_up, Input::Timeout), []);
    let outputs = input(&mut queue, given_up, answered(1, taken()));
    assert!(matches!(outputs[..], [Output::Append(MessagingEvent::SmsHanded { .. })]));
    assert_eq!(input(&mut queue, given_up, answered(1, taken())), []);
}

#[test]
fn sms_of_three_days_ago_is_given_up() {
    let now = at(10, 0);
    let mut queue = queue(now);
    input(&mut queue, now, ordered(1, false));
    input(&mut queue, now, answered(1, later()));
    let days_later = now + Duration::from_secs(72 * 3_600);
    let outputs = input(&mut queue, days_later, Input::Timeout);
    let why = "the gateway did not accept it within 72 hours".to_owned();
    assert_eq!(outputs, [Output::Append(MessagingEvent::SmsFailed { sms: SmsId(1), why })]);
}

#[test]
fn sms_not_accepted_before_a_crash_is_sent_again() {
    let mut texts = SmsHistory::default();
    texts.apply(7, at(10, 0), &MessagingEvent::SmsOrdered(order(false)));
    texts.apply(8, at(10, 0), &MessagingEvent::SmsOrdered(order(false)));
    let handed = MessagingEvent::SmsHanded { sms: SmsId(7), gateway_id: "g".into() };
    texts.apply(9, at(10, 0), &handed);
    let mut queue = SmsQueue::new(at(10, 1), &texts, false, LIMITS, [7; 32]);
    assert_eq!(queue.poll_output(), Some(Output::Send(SmsId(8), order(false))));
    assert_eq!(queue.poll_output(), None);
}
