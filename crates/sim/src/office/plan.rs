//! What somebody is going to do about a ticket, and how long they take to come to it.

use std::time::Duration;

use model::{
    Timestamp,
    desk::{Actor, AssignmentId},
};
use ticketing::{Desk, DeskCommand, Ticket, assignment::AssignmentCommand, ticket::TicketCommand};

/// The next thing.
pub(super) enum Plan {
    /// Somebody does something.
    Do(Box<Step>),
    /// Nobody can do anything before so long.
    Wait(Duration),
    /// Nobody will.
    Rest,
}

/// One step, and when it is taken.
pub(super) struct Step {
    pub(super) by: Actor,
    pub(super) command: DeskCommand,
    /// On average so long after the ticket last changed.
    pub(super) mean: Duration,
    /// Only while offices are open.
    pub(super) in_office: bool,
}

pub(super) const MINUTE: Duration = Duration::from_secs(60);
pub(super) const HOUR: Duration = Duration::from_secs(3_600);
pub(super) const DAY: Duration = Duration::from_secs(86_400);

/// The hotline's own people, at any hour.
pub(super) fn at_once(by: Actor, ticket: &Ticket, command: TicketCommand, mean: Duration) -> Plan {
    let command = DeskCommand::Ticket(ticket.ticket, command);
    Plan::Do(Box::new(Step { by, command, mean, in_office: false }))
}

/// Those who work office hours.
pub(super) fn in_office(
    by: Actor,
    ticket: &Ticket,
    command: TicketCommand,
    mean: Duration,
) -> Plan {
    ordered(by, DeskCommand::Ticket(ticket.ticket, command), mean)
}

pub(super) fn ordered(by: Actor, command: DeskCommand, mean: Duration) -> Plan {
    Plan::Do(Box::new(Step { by, command, mean, in_office: true }))
}

/// A unit, in office hours.
pub(super) fn unit(
    by: Actor,
    ticket: &Ticket,
    n: u16,
    command: AssignmentCommand,
    mean: Duration,
) -> Plan {
    let id = AssignmentId { ticket: ticket.ticket, n };
    ordered(by, DeskCommand::Assignment(id, command), mean)
}

/// The first moment from this one on at which offices are open.
pub(super) fn office_time(desk: &Desk, from: Timestamp) -> Timestamp {
    let calendar = desk.ground().calendar;
    let zone = calendar.zone();
    let (mut date, mut second) = (zone.date(from), zone.second_of_day(from));
    for _ in 0..DAYS_OFF_MAX {
        if calendar.is_workday(date) {
            for (open, close) in calendar.hours().spans() {
                if second < *close {
                    return if second >= *open {
                        from.max(zone.moment(date, second))
                    } else {
                        zone.moment(date, *open)
                    };
                }
            }
        }
        (date, second) = (date.plus(1), 0);
    }
    from
}

/// No holiday is longer.
const DAYS_OFF_MAX: u32 = 30;
