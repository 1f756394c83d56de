//! The next step for a ticket, and the time until it.

use std::time::Duration;

use model::{
    Timestamp,
    desk::{Actor, AssignmentId},
};
use ticketing::{Desk, DeskCommand, Ticket, assignment::AssignmentCommand, ticket::TicketCommand};

/// The next step for a ticket.
pub(super) enum Plan {
    /// Somebody gives a command.
    Do(Box<Step>),
    /// Nothing can be done for this long.
    Wait(Duration),
    /// Nothing more will be done.
    Rest,
}

/// One step and its time.
pub(super) struct Step {
    pub(super) by: Actor,
    pub(super) command: DeskCommand,
    /// The mean time after the last change of the ticket.
    pub(super) mean: Duration,
    /// Whether it waits for office hours.
    pub(super) in_office: bool,
}

pub(super) const MINUTE: Duration = Duration::from_secs(60);
pub(super) const HOUR: Duration = Duration::from_secs(3_600);
pub(super) const DAY: Duration = Duration::from_secs(86_400);

/// A step of the hotline's own staff, at any hour.
pub(super) fn at_once(by: Actor, ticket: &Ticket, command: TicketCommand, mean: Duration) -> Plan {
    let command = DeskCommand::Ticket(ticket.ticket, command);
    Plan::Do(Box::new(Step { by, command, mean, in_office: false }))
}

/// A step of staff who work office hours.
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

/// A step of a unit, in office hours.
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

/// The first moment from `from` on at which offices are open.
pub(super) fn office_time(desk: &Desk, from: Timestamp) -> Timestamp {
    let calendar = desk.working_time().calendar;
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

/// Longer than any holiday.
const DAYS_OFF_MAX: u32 = 30;
