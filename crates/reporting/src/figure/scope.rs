//! The scope of a figure: facts, a period, and the whole hotline or one unit.

use model::Date;

use crate::{
    OrderFact, ReferenceData, ReportRules,
    facts::{AssignmentFact, CallFact, CompactTime, Facts, NameId, TicketFact, TimeSpan},
};

/// The subject of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The whole hotline. An assignment passed on to a unit below counts once, with the accountable unit.
    Hotline,
    /// One unit: all assignments it leads, passed on or not. The sum over units may exceed the hotline's.
    Unit(NameId),
}

/// The scope of a figure: facts, a period, and the whole hotline or one unit.
#[derive(Clone, Copy)]
pub struct FigureScope<'a> {
    /// The facts.
    pub facts: &'a Facts,
    /// The reference data.
    pub reference: &'a ReferenceData,
    /// Every order that was sent.
    pub orders: &'a [OrderFact<'a>],
    /// The rules of the city.
    pub rules: &'a ReportRules,
    /// The period.
    pub span: TimeSpan,
    /// The first and the last day of the period.
    pub days: (Date, Date),
    /// The date of the report's time.
    pub today: Date,
    /// The subject.
    pub subject: Subject,
}

impl<'a> FigureScope<'a> {
    /// The moment at which stocks are counted: the last second of the period, or the report's time if
    /// the period has not ended by then.
    pub fn as_of(&self) -> CompactTime {
        self.span.last().min(self.facts.now)
    }

    /// The same scope for one unit.
    pub fn of(&self, unit: NameId) -> FigureScope<'a> {
        FigureScope { subject: Subject::Unit(unit), ..*self }
    }

    pub(super) fn calls(&self) -> impl Iterator<Item = &'a CallFact> {
        let none = matches!(self.subject, Subject::Unit(_));
        let calls = &self.facts.calls;
        let from = calls.partition_point(|call| call.arrived < self.span.from);
        let to = calls.partition_point(|call| call.arrived < self.span.to);
        let range = if none { 0..0 } else { from..to.max(from) };
        calls.get(range).unwrap_or_default().iter()
    }

    /// All tickets since the first record.
    pub(super) fn all_tickets(&self) -> Box<dyn Iterator<Item = &'a TicketFact> + 'a> {
        match self.subject {
            Subject::Hotline => Box::new(self.facts.tickets.iter()),
            Subject::Unit(unit) => Box::new(self.facts.all_tickets_at(unit)),
        }
    }

    /// Tickets that can matter to the period.
    pub(super) fn tickets(&self) -> Box<dyn Iterator<Item = &'a TicketFact> + 'a> {
        match self.subject {
            Subject::Hotline => Box::new(self.facts.tickets_in(self.span)),
            Subject::Unit(unit) => Box::new(self.facts.tickets_at(unit, self.span)),
        }
    }

    /// Leading assignments that can matter to the period.
    pub(super) fn assignments(&self) -> Box<dyn Iterator<Item = &'a AssignmentFact> + 'a> {
        let leads = |assignment: &&AssignmentFact| assignment.lead;
        match self.subject {
            Subject::Hotline => {
                Box::new(self.facts.assignments_in(self.span).filter(leads).filter(|p| !p.below))
            }
            Subject::Unit(unit) => {
                Box::new(self.facts.assignments_at(unit, self.span).filter(leads))
            }
        }
    }

    pub(super) fn items(&self) -> impl Iterator<Item = &'a TicketFact> {
        let facts = self.facts;
        let scope = self.subject;
        let tickets = facts
            .dissatisfaction_items
            .iter()
            .filter_map(|place| facts.tickets.get(*place as usize));
        tickets.filter(move |ticket| match scope {
            Subject::Hotline => true,
            Subject::Unit(unit) => ticket.item_unit == unit,
        })
    }

    pub(super) fn ticket_of(&self, assignment: &AssignmentFact) -> Option<&'a TicketFact> {
        self.facts.tickets.get(assignment.ticket as usize)
    }

    pub(super) fn unit_code(&self) -> Option<&'a str> {
        match self.subject {
            Subject::Hotline => None,
            Subject::Unit(unit) => Some(self.facts.units.text(unit)),
        }
    }
}
