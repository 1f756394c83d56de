//! Whom to call about a unit now, one after the other until somebody answers (DSP-18, CALL-32).

use std::collections::BTreeSet;

use model::{
    Number, Timestamp,
    desk::{DutyContact, DutyTime, Private, UnitId},
};
use serde::Serialize;

use super::Network;
use deadlines::calendar::Calendar;

/// One number to try.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct ContactOption {
    /// Whose it is.
    pub unit: UnitId,
    /// As what they are called.
    pub on_duty: ContactRole,
    /// Their name; empty for a room or a desk.
    pub name: Private,
    /// Their post; empty for liaisons.
    pub post: String,
    /// The number.
    pub number: Number,
}

/// As what somebody is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ContactRole {
    /// By the duty roster.
    Roster(DutyTime),
    /// As liaison.
    Liaison,
    /// By the number everybody may call.
    PublicPhone,
}

impl Network {
    /// A unit's duty contacts for a time, in the order of calling.
    pub fn duty(&self, unit: &UnitId, time: DutyTime) -> &[DutyContact] {
        self.duty.get(unit).and_then(|lists| lists.get(&time)).map_or(&[], Vec::as_slice)
    }

    /// Everybody to call about a unit at a moment, in order and each number once: the roster for
    /// that time, then the other rosters' people who might still be there, the liaisons, the public
    /// phone, and then the same of the unit above in its area.
    pub fn ladder(&self, unit: &UnitId, at: Timestamp, calendar: &Calendar) -> Vec<ContactOption> {
        let date = calendar.zone().date(at);
        let (mut rungs, mut seen) = (Vec::new(), BTreeSet::new());
        let above = self.ancestors(unit, date);
        let heir = self.heir_of(unit, date).unwrap_or_else(|| unit.clone());
        for unit in std::iter::once(&heir).chain(&above) {
            for rung in self.rungs(unit, at, calendar) {
                if !rung.number.is_withheld() && seen.insert(rung.number.clone()) {
                    rungs.push(rung);
                }
            }
        }
        rungs
    }

    /// Whom to call next when these numbers did not answer; `None` when all were tried.
    pub fn next_contact(
        &self,
        unit: &UnitId,
        tried: &[Number],
        at: Timestamp,
        calendar: &Calendar,
    ) -> Option<ContactOption> {
        self.ladder(unit, at, calendar).into_iter().find(|rung| !tried.contains(&rung.number))
    }

    fn rungs(&self, unit: &UnitId, at: Timestamp, calendar: &Calendar) -> Vec<ContactOption> {
        let rung = |on_duty, name: &Private, post: &str, number: &Number| ContactOption {
            unit: unit.clone(),
            on_duty,
            name: name.clone(),
            post: post.to_string(),
            number: number.clone(),
        };
        let mut rungs = Vec::new();
        for time in times(at, calendar) {
            let people = self.duty(unit, *time).iter();
            rungs.extend(people.map(|contact| {
                rung(ContactRole::Roster(*time), &contact.name, &contact.post, &contact.number)
            }));
        }
        if let Some(known) = self.unit_on(unit, calendar.zone().date(at)) {
            let liaisons = known.liaisons.iter();
            rungs.extend(
                liaisons.map(|person| rung(ContactRole::Liaison, &person.name, "", &person.number)),
            );
            let phone = Number::new(&known.public_phone);
            rungs.push(rung(ContactRole::PublicPhone, &Private::default(), "", &phone));
        }
        rungs
    }
}

/// The rosters to ask at a moment, the right one first. By day nobody of the night is called out
/// of bed; at night and on days off whoever is on duty then, and after them the other of the two.
fn times(at: Timestamp, calendar: &Calendar) -> &'static [DutyTime] {
    let second = calendar.zone().second_of_day(at);
    let spans = calendar.hours().spans();
    let opens = spans.first().map_or(0, |span| span.0);
    let office = (opens..calendar.hours().close()).contains(&second);
    match (calendar.is_workday(calendar.zone().date(at)), office) {
        (true, true) => &[DutyTime::Weekday],
        (true, false) => &[DutyTime::Night, DutyTime::Holiday],
        (false, _) => &[DutyTime::Holiday, DutyTime::Night],
    }
}
