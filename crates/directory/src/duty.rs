//! The telephone numbers to call about a unit at a moment, in order (DSP-18 weekend contacts,
//! CALL-32 chasing an unreachable party).

use std::collections::BTreeSet;

use model::{
    Number, Timestamp,
    desk::{DutyContact, DutyTime, Private, UnitId},
};
use serde::Serialize;

use super::Directory;
use deadlines::calendar::Calendar;

/// One number to call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct ContactOption {
    /// The unit that is called.
    pub unit: UnitId,
    /// The role in which the contact is called.
    pub on_duty: ContactRole,
    /// The contact's name; empty for a room or a desk.
    pub name: Private,
    /// The contact's post; empty for liaisons.
    pub post: String,
    /// The number.
    pub number: Number,
}

/// The role in which a contact is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ContactRole {
    /// On duty by the roster for this time.
    Roster(DutyTime),
    /// A liaison of the unit.
    Liaison,
    /// The unit's public telephone.
    PublicPhone,
}

impl Directory {
    /// A unit's duty contacts for a time, in the order of calling.
    pub fn duty(&self, unit: &UnitId, time: DutyTime) -> &[DutyContact] {
        self.duty.get(unit).and_then(|lists| lists.get(&time)).map_or(&[], Vec::as_slice)
    }

    /// All contacts to call about a unit at a moment, in order, each number once: the roster for
    /// that time, those of other rosters who may still be at work, the liaisons and the public
    /// phone; then the same of each unit above it in its area.
    pub fn escalation_contacts(
        &self,
        unit: &UnitId,
        at: Timestamp,
        calendar: &Calendar,
    ) -> Vec<ContactOption> {
        let date = calendar.zone().date(at);
        let (mut contacts, mut seen) = (Vec::new(), BTreeSet::new());
        let above = self.ancestors(unit, date);
        let successor = self.sole_successor(unit, date).unwrap_or_else(|| unit.clone());
        for unit in std::iter::once(&successor).chain(&above) {
            for contact in self.contacts_of(unit, at, calendar) {
                if !contact.number.is_withheld() && seen.insert(contact.number.clone()) {
                    contacts.push(contact);
                }
            }
        }
        contacts
    }

    /// The next contact to call when these numbers did not answer; `None` when all were tried.
    pub fn next_contact(
        &self,
        unit: &UnitId,
        tried: &[Number],
        at: Timestamp,
        calendar: &Calendar,
    ) -> Option<ContactOption> {
        self.escalation_contacts(unit, at, calendar)
            .into_iter()
            .find(|contact| !tried.contains(&contact.number))
    }

    fn contacts_of(&self, unit: &UnitId, at: Timestamp, calendar: &Calendar) -> Vec<ContactOption> {
        let option = |on_duty, name: &Private, post: &str, number: &Number| ContactOption {
            unit: unit.clone(),
            on_duty,
            name: name.clone(),
            post: post.to_string(),
            number: number.clone(),
        };
        let mut contacts = Vec::new();
        for time in duty_times(at, calendar) {
            let people = self.duty(unit, *time).iter();
            contacts.extend(people.map(|contact| {
                option(ContactRole::Roster(*time), &contact.name, &contact.post, &contact.number)
            }));
        }
        if let Some(known) = self.unit_on(unit, calendar.zone().date(at)) {
            let liaisons = known.liaisons.iter();
            contacts.extend(
                liaisons
                    .map(|person| option(ContactRole::Liaison, &person.name, "", &person.number)),
            );
            let phone = Number::new(&known.public_phone);
            contacts.push(option(ContactRole::PublicPhone, &Private::default(), "", &phone));
        }
        contacts
    }
}

/// The rosters that apply at a moment, in order. During office hours the night roster is not
/// called; at other times the roster for that time is followed by the other of night and holiday.
fn duty_times(at: Timestamp, calendar: &Calendar) -> &'static [DutyTime] {
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
