//! S5: a night on duty: hang-ups, tests, abuse, and a drunk caller whose story is true.

use model::{
    desk::{ContactPurpose, Disposition, Purpose, Reached, ReplyBy, TicketClosure, TicketState},
    event::Role,
};
use ticketing::{DeskCommand, ticket::TicketCommand as T};

use super::story_desk::{
    StoryDesk, StoryResult, agent, caller, dispatcher, form, hub, moment, register, spoken,
};

pub(super) fn play(story: &mut StoryDesk) -> StoryResult {
    story.at("2014-01-30 20:10")?;
    let mut closed = Vec::new();
    for (number, kind) in [
        ("13500000051", Disposition::HungUp),
        ("13500000052", Disposition::TestCall),
        ("13500000053", Disposition::Misdial),
        ("13500000054", Disposition::OtherService),
    ] {
        let ticket = story.call(number);
        story.does(&agent(), ticket, T::MarkInvalid { disposition: kind })?;
        story.closed(ticket, TicketClosure::Invalid)?;
        closed.push(ticket);
    }

    // Abuse counts only when a supervisor confirms it.
    story.at("2014-01-30 22:30")?;
    let abuse = story.call("13500000055");
    story.does(&agent(), abuse, T::MarkInvalid { disposition: Disposition::Abuse })?;
    story.is(abuse, TicketState::Draft)?;
    story.refused(&agent(), DeskCommand::Ticket(abuse, T::ConfirmNuisance), "may not")?;
    story.does(&hub(Role::Supervisor, "floor"), abuse, T::ConfirmNuisance)?;
    story.closed(abuse, TicketClosure::Invalid)?;

    // The caller is drunk and the report may be true: it is neither dropped nor dispatched.
    story.at("2014-01-30 23:00")?;
    let drunk = story.call("13500000056");
    let demand = form(Purpose::Complaint, "070602", "修铁路占地未补偿", "371600");
    story.does(&agent(), drunk, register(demand))?;
    let call_at = moment("2014-01-31 10:00").unwrap_or_default();
    let wait = T::AwaitInfo { missing: "醒酒后核实".into(), call_at };
    story.does(&agent(), drunk, wait)?;
    story.is(drunk, TicketState::AwaitInfo)?;

    // Giving up needs three calls on two days and an SMS.
    story.refused(&caller(), DeskCommand::Ticket(drunk, T::GiveUp), "failed calls")?;
    for time in ["2014-01-31 10:00", "2014-01-31 16:00"] {
        story.at(time)?;
        let mut missed = spoken(ContactPurpose::Info, None, "无人接听");
        missed.reached = Reached::NoAnswer;
        story.does(&caller(), drunk, T::Contact(missed))?;
    }
    let mut sms = spoken(ContactPurpose::Info, None, "请回电12345");
    (sms.how, sms.reached) = (ReplyBy::Sms, Reached::NoAnswer);
    story.does(&caller(), drunk, T::Contact(sms))?;
    story.refused(&caller(), DeskCommand::Ticket(drunk, T::GiveUp), "failed calls")?;

    // The next day the caller is sober, and the report is true.
    story.at("2014-02-01 10:00")?;
    let sober = spoken(ContactPurpose::Info, None, "情况属实，六分多地未补偿");
    story.does(&caller(), drunk, T::Contact(sober))?;
    story.does(&caller(), drunk, T::Inform { facts: "六分多地未补偿".into() })?;
    story.is(drunk, TicketState::Registered)?;
    story.does(&dispatcher(), drunk, T::Review)?;
    story.is(drunk, TicketState::InReview)?;

    let night = story.desk().tickets();
    let (valid, nuisance) = night.fold((0, 0), |(valid, nuisance), ticket| {
        let kind = ticket.disposition;
        (valid + u32::from(kind.is_valid()), nuisance + u32::from(kind.is_nuisance()))
    });
    story.holds((valid, nuisance) == (1, 1), "one valid, one nuisance, four neither")
}
