//! A caller's demand and behaviour, drawn once for each ticket from the seed and its number.

use model::{
    TicketId,
    desk::{Disposition, Form, Importance, Purpose, Satisfaction},
};

use crate::chance::Chance;

/// A caller's demand, by how the front desk treats it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DemandKind {
    /// It answers at once.
    Answer,
    /// It refers the caller to another number.
    OtherNumber,
    /// The hotline may not take it.
    NotAcceptable,
    /// No demand.
    NoDemand(Disposition),
    /// A unit must do something.
    Work,
}

/// A caller and their demand.
#[derive(Clone, Debug)]
pub(super) struct Citizen {
    pub(super) demand: DemandKind,
    /// Whether, with an open ticket, the call is about that ticket.
    pub(super) chases: bool,
    /// Whether information is missing from what they say.
    pub(super) unclear: bool,
    /// Whether nobody can reach them again, when information is missing.
    pub(super) gone: bool,
    /// Whether many call about the same matter.
    pub(super) of_many: bool,
    /// They urge on one of so many days on which their ticket is worked on.
    pub(super) urges_one_in: u64,
    /// Whether they withdraw the demand one day.
    pub(super) withdraws: bool,
    /// Whether they answer an SMS.
    pub(super) writes: bool,
    /// Whether they pick up when called back.
    pub(super) picks_up: bool,
    /// How satisfied they are with a good result.
    pub(super) grade: Satisfaction,
    /// Whether they are never satisfied, whatever the result.
    pub(super) bitter: bool,
    pub(super) topic: &'static str,
    pub(super) area: &'static str,
    pub(super) purpose: Purpose,
    pub(super) importance: Importance,
    pub(super) quick: Option<&'static str>,
    /// How the unit that gets the ticket behaves.
    pub(super) unit: Manner,
}

/// How a unit behaves about one assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// Handles it correctly.
    Good,
    /// Signs for it days later.
    SignsLate,
    /// Says at first that it is not responsible.
    Returns,
    /// Gives a first result without content.
    Vague,
    /// Asks for more days.
    NeedsTime,
    /// Gives it to a lower unit.
    Delegates,
    /// Does nothing until there is a supervision order.
    Silent,
}

impl Citizen {
    pub(super) fn of(seed: u64, ticket: TicketId) -> Citizen {
        let mut chance = Chance::new(seed ^ ticket.0.rotate_left(17));
        let demand = match chance.below(100) {
            0..52 => DemandKind::Answer,
            52..56 => DemandKind::OtherNumber,
            56..58 => DemandKind::NotAcceptable,
            58..66 => {
                let kinds = [
                    Disposition::Misdial,
                    Disposition::TestCall,
                    Disposition::Silent,
                    Disposition::OtherService,
                    Disposition::Drunk,
                    Disposition::Harassment,
                ];
                DemandKind::NoDemand(chance.one_of(&kinds).copied().unwrap_or(Disposition::Silent))
            }
            _ => DemandKind::Work,
        };
        let purpose = match (demand, chance.below(4)) {
            (DemandKind::Answer, 0) => Purpose::Suggestion,
            (DemandKind::Answer, _) => Purpose::Consult,
            (_, 0) => Purpose::Help,
            (_, 1) if chance.one_in(4) => Purpose::Report,
            _ => Purpose::Complaint,
        };
        let unit = match chance.below(100) {
            0..8 => Manner::SignsLate,
            8..15 => Manner::Returns,
            15..25 => Manner::Vague,
            25..32 => Manner::NeedsTime,
            32..44 => Manner::Delegates,
            44..46 => Manner::Silent,
            _ => Manner::Good,
        };
        let importance = match chance.below(200) {
            0 => Importance::Leader,
            1..6 => Importance::Important,
            _ => Importance::Normal,
        };
        let grade = match chance.below(20) {
            0..9 => Satisfaction::VerySatisfied,
            9..15 => Satisfaction::Satisfied,
            15..18 => Satisfaction::Fairly,
            18 => Satisfaction::Dissatisfied,
            _ => Satisfaction::VeryDissatisfied,
        };
        let quick = ["Q01", "Q02", "Q04", "Q05", "Q08"];
        Citizen {
            demand,
            purpose,
            unit,
            importance,
            grade,
            chases: chance.one_in(2),
            unclear: chance.one_in(40),
            gone: chance.one_in(3),
            of_many: chance.one_in(10),
            urges_one_in: if chance.one_in(6) { 3 } else { 30 },
            withdraws: chance.one_in(120),
            writes: chance.below(10) < 6,
            picks_up: !chance.one_in(8),
            bitter: chance.one_in(60),
            topic: chance.one_of(TOPICS).copied().unwrap_or("010402"),
            area: chance.one_of(AREAS).copied().unwrap_or("410102"),
            quick: if chance.one_in(12) { chance.one_of(&quick).copied() } else { None },
        }
    }

    /// The form the agent fills in.
    pub(super) fn form(&self) -> Form {
        Form {
            purpose: Some(self.purpose),
            topic: Some(self.topic.into()),
            title: Some("市民反映的问题".into()),
            content: Some("市民来电反映，请核实处理。".into()),
            area: Some(self.area.into()),
            confidential: Some(self.purpose == Purpose::Report),
            importance: Some(self.importance).filter(|i| *i != Importance::Normal),
            quick_kind: self.quick.map(Into::into),
            ..Form::default()
        }
    }

    /// How satisfied they are with the result of this round.
    pub(super) fn finds(&self, round: u16) -> Satisfaction {
        match self.grade {
            _ if self.bitter => Satisfaction::VeryDissatisfied,
            grade if grade.is_satisfied() || round == 1 => grade,
            // The matter was handled a second time.
            _ => Satisfaction::Fairly,
        }
    }
}

/// Topics that people call about, some of each main heading.
const TOPICS: &[&str] = &[
    "010101", "010102", "010201", "010402", "010404", "020101", "020201", "020301", "020401",
    "020402", "020501", "020204", "110201", "110201", "030103", "040103", "040302", "050101",
    "050303", "060101", "090201",
];
const AREAS: &[&str] = &["410102", "410103", "410105"];
