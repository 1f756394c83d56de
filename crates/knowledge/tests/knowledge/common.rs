//! A knowledge base with accounts, and a way to run commands.

use knowledge::{Item, Knowledge, KnowledgeCommand, ReviewAnswer};
use model::{
    Date, Timestamp, Zone,
    desk::{Actor, KnowledgeEvent, KnowledgeId, KnowledgeText, TopicId, UnitId, Visibility},
    event::Role,
};
use workflow::Refusal;

pub(crate) const HEAT: &str = "000000-02";
pub(crate) const POLICE: &str = "000000-12";

/// Noon in China on a day of November 2026; days above 30 are in December.
pub(crate) fn noon(day: i64) -> Timestamp {
    Zone::CHINA.moment(november(day), 12 * 3_600)
}

/// A date of November 2026; days above 30 are in December.
pub(crate) fn november(day: i64) -> Date {
    Date { year: 2026, month: 11, day: 1 }.plus(day - 1)
}

pub(crate) fn person(account: &str, role: Role, unit: Option<&str>) -> Actor {
    let unit = unit.map(UnitId::from);
    Actor::Person { account: account.into(), role, unit, outsourced: false }
}

pub(crate) fn liaison() -> Actor {
    person("heat", Role::Liaison, Some(HEAT))
}

pub(crate) fn reviewer() -> Actor {
    person("hub", Role::Dispatcher, None)
}

pub(crate) fn agent() -> Actor {
    person("1001", Role::Agent, None)
}

pub(crate) fn text(question: &str) -> KnowledgeText {
    KnowledgeText {
        questions: vec![question.into()],
        answer: "先看入户阀门，再拨供热热线。".into(),
        basis: vec!["城市供热管理办法".into()],
        owner: HEAT.into(),
        topics: vec![TopicId::from("020401")],
        line: None,
        valid_from: None,
        valid_to: None,
    }
}

pub(crate) fn id(name: &str) -> KnowledgeId {
    name.into()
}

/// A knowledge base with its log.
pub(crate) struct Desk {
    pub(crate) base: Knowledge,
    log: Vec<(Timestamp, Actor, KnowledgeId, KnowledgeEvent)>,
}

impl Desk {
    pub(crate) fn new() -> Desk {
        Desk { base: Knowledge::new(Zone::CHINA), log: Vec::new() }
    }

    /// Runs a command and applies the events that it decides.
    pub(crate) fn ask(
        &mut self,
        now: Timestamp,
        by: &Actor,
        command: KnowledgeCommand,
    ) -> Result<KnowledgeId, Refusal> {
        let events = self.base.decide(now, by, command)?;
        let first = events.first().map(|(id, _)| id.clone()).expect("a decision does something");
        events.into_iter().for_each(|(id, event)| self.happen(now, by, id, event));
        Ok(first)
    }

    pub(crate) fn happen(
        &mut self,
        at: Timestamp,
        by: &Actor,
        id: KnowledgeId,
        event: KnowledgeEvent,
    ) {
        self.base.apply(at, by, &id, &event);
        self.log.push((at, by.clone(), id, event));
    }

    /// The state after a replay of the log.
    pub(crate) fn replayed(&self) -> Knowledge {
        let mut base = Knowledge::new(Zone::CHINA);
        self.log.iter().for_each(|(at, by, id, event)| base.apply(*at, by, id, event));
        base
    }

    /// Writes, submits and publishes an item on a day.
    pub(crate) fn published(&mut self, day: i64, question: &str, review_by: Date) -> KnowledgeId {
        let text = Box::new(text(question));
        let id =
            self.ask(noon(day), &liaison(), KnowledgeCommand::Write { id: None, text }).unwrap();
        self.ask(noon(day), &liaison(), KnowledgeCommand::Submit { id: id.clone() }).unwrap();
        self.accept(day, &id, 1, review_by).unwrap();
        id
    }

    pub(crate) fn accept(
        &mut self,
        day: i64,
        id: &KnowledgeId,
        version: u32,
        review_by: Date,
    ) -> Result<KnowledgeId, Refusal> {
        let answer =
            ReviewAnswer::Accept { review_by: Some(review_by), visibility: Visibility::Public };
        let id = id.clone();
        self.ask(noon(day), &reviewer(), KnowledgeCommand::Review { id, version, answer })
    }

    pub(crate) fn item(&self, id: &KnowledgeId) -> &Item {
        self.base.item(id).expect("the item is there")
    }
}

/// The fields with faults.
pub(crate) fn faults(refusal: Refusal) -> Vec<String> {
    match refusal {
        Refusal::Faults { faults } => faults.into_iter().map(|fault| fault.field).collect(),
        other => panic!("{other}"),
    }
}
