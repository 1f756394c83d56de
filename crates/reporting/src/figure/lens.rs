//! What figures are read through: facts, a period, and whose.

use model::Date;

use crate::{
    Backdrop, OrderFact, Rules,
    facts::{At, CallFact, Facts, Name, Piece, Span, TicketFact},
};

/// Whose figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The whole hotline: pieces given on below count once, with the unit that stays accountable.
    House,
    /// One unit: what it leads itself, given on to it or not. Units add up to more than the house.
    Unit(Name),
}

/// What figures are read through: facts, a period, whose.
#[derive(Clone, Copy)]
pub struct Lens<'a> {
    /// The facts.
    pub facts: &'a Facts,
    /// What stands behind them.
    pub backdrop: &'a Backdrop,
    /// Every order that was sent.
    pub orders: &'a [OrderFact<'a>],
    /// What the city has decided.
    pub rules: &'a Rules,
    /// The period.
    pub span: Span,
    /// Its first and last day.
    pub days: (Date, Date),
    /// The date of the report's time.
    pub today: Date,
    /// Whose.
    pub scope: Scope,
}

impl<'a> Lens<'a> {
    /// The moment that stocks are counted at: the last second of the period, or the report's time
    /// when the period has not ended by then.
    pub fn as_of(&self) -> At {
        self.span.last().min(self.facts.now)
    }

    /// The same of one unit.
    pub fn of(&self, unit: Name) -> Lens<'a> {
        Lens { scope: Scope::Unit(unit), ..*self }
    }

    pub(super) fn calls(&self) -> impl Iterator<Item = &'a CallFact> {
        let none = matches!(self.scope, Scope::Unit(_));
        let calls = &self.facts.calls;
        let from = calls.partition_point(|call| call.arrived < self.span.from);
        let to = calls.partition_point(|call| call.arrived < self.span.to);
        let range = if none { 0..0 } else { from..to.max(from) };
        calls.get(range).unwrap_or_default().iter()
    }

    /// Tickets since the first record.
    pub(super) fn all_tickets(&self) -> Box<dyn Iterator<Item = &'a TicketFact> + 'a> {
        match self.scope {
            Scope::House => Box::new(self.facts.tickets.iter()),
            Scope::Unit(unit) => Box::new(self.facts.all_tickets_at(unit)),
        }
    }

    /// Tickets the period may have something of.
    pub(super) fn tickets(&self) -> Box<dyn Iterator<Item = &'a TicketFact> + 'a> {
        match self.scope {
            Scope::House => Box::new(self.facts.tickets_in(self.span)),
            Scope::Unit(unit) => Box::new(self.facts.tickets_at(unit, self.span)),
        }
    }

    /// Leading pieces the period may have something of.
    pub(super) fn pieces(&self) -> Box<dyn Iterator<Item = &'a Piece> + 'a> {
        let leads = |piece: &&Piece| piece.lead;
        match self.scope {
            Scope::House => {
                Box::new(self.facts.pieces_in(self.span).filter(leads).filter(|p| !p.below))
            }
            Scope::Unit(unit) => Box::new(self.facts.pieces_at(unit, self.span).filter(leads)),
        }
    }

    pub(super) fn items(&self) -> impl Iterator<Item = &'a TicketFact> {
        let facts = self.facts;
        let scope = self.scope;
        let tickets = facts.items.iter().filter_map(|place| facts.tickets.get(*place as usize));
        tickets.filter(move |ticket| match scope {
            Scope::House => true,
            Scope::Unit(unit) => ticket.item_unit == unit,
        })
    }

    pub(super) fn ticket_of(&self, piece: &Piece) -> Option<&'a TicketFact> {
        self.facts.tickets.get(piece.ticket as usize)
    }

    pub(super) fn unit_code(&self) -> Option<&'a str> {
        match self.scope {
            Scope::House => None,
            Scope::Unit(unit) => Some(self.facts.units.text(unit)),
        }
    }
}
