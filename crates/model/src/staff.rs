//! Whose an account is: the person, who employs them, for which unit they act, and from when to when.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    Date,
    desk::{GroupId, UnitId},
    event::Role,
    text::is_removed,
};

/// What is known of an account beside its name and role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Staff {
    /// The person's name as it is printed on what they sign; not known when empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub real_name: String,
    /// Who pays them (SEAT-07).
    pub employer: Employer,
    /// The unit they act for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// Their supervision group (SEAT-08).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupId>,
    /// The first day they may come in.
    #[serde(skip_serializing_if = "Option::is_none", with = "date_text")]
    pub starts: Option<Date>,
    /// The last day they may come in (SEAT-09, OPS-03).
    #[serde(skip_serializing_if = "Option::is_none", with = "date_text")]
    pub ends: Option<Date>,
    /// Nobody comes in, whatever the day.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
    /// The person must choose a password before anything else.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub must_change_password: bool,
}

/// Whether an account lets its person in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountStatus {
    /// The first day is still to come.
    NotYet,
    /// Yes.
    Open,
    /// The last day has passed.
    Ended,
    /// It was switched off.
    Disabled,
}

/// Who pays somebody: in JSON `government`, or a contractor's name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Employer {
    /// The government.
    #[default]
    Government,
    /// A contractor, by name: their people never dispatch and never decide (SEAT-07).
    Contractor(String),
}

/// What somebody wants different about an account. `None` stays as it was, an empty text clears.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct StaffChange {
    /// A role by its word.
    pub role: Option<String>,
    /// At most 64 characters.
    pub real_name: Option<String>,
    /// `government`, or a contractor's name of at most 64 characters.
    pub employer: Option<String>,
    /// A unit's code.
    pub unit: Option<String>,
    /// A supervision group's name.
    pub group: Option<String>,
    /// The first day: `2026-11-22`.
    pub starts: Option<String>,
    /// The last day.
    pub ends: Option<String>,
    /// Off, or on again.
    pub disabled: Option<bool>,
    /// Whether the person must choose a password first.
    pub must_change_password: Option<bool>,
}

/// One thing that is wrong with a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StaffFault {
    /// Where.
    pub field: &'static str,
    /// What is wrong, and what would be right.
    pub what: String,
}

impl Staff {
    /// Whether somebody comes in on this day, the hotline's.
    pub fn standing(&self, today: Date) -> AccountStatus {
        if self.disabled {
            return AccountStatus::Disabled;
        }
        match (self.starts, self.ends) {
            (Some(starts), _) if today < starts => AccountStatus::NotYet,
            (_, Some(ends)) if today > ends => AccountStatus::Ended,
            _ => AccountStatus::Open,
        }
    }

    /// Whether the last day is one of the next `days`, today included, and not past.
    pub fn ends_within(&self, today: Date, days: i64) -> bool {
        !self.disabled && self.ends.is_some_and(|ends| (today..=today.plus(days)).contains(&ends))
    }
}

impl Employer {
    /// Whether a contractor pays them.
    pub fn is_contractor(&self) -> bool {
        matches!(self, Employer::Contractor(_))
    }
}

impl StaffChange {
    /// The account with this change made, or everything that is wrong with it.
    ///
    /// # Errors
    ///
    /// Texts that name nothing or are too long; a unit missing for who acts for one, a group
    /// missing for the supervision group, a contractor's name missing for its own
    /// administrator; a role that decides or handles given to a contractor's people (SEAT-07);
    /// a last day before the first.
    pub fn made(self, role: Role, staff: &Staff) -> Result<(Role, Staff), Vec<StaffFault>> {
        let mut staff = staff.clone();
        let mut faults = Vec::new();
        let mut fault = |field, what: String| faults.push(StaffFault { field, what });
        let role = match self.role {
            None => role,
            Some(word) => Role::by_word(&word).unwrap_or_else(|| {
                let words: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
                fault("role", format!("no such role; one of {}", words.join(", ")));
                role
            }),
        };
        let mut text = |field, text: Option<String>, into: &mut dyn FnMut(&str)| {
            let Some(text) = text else { return };
            let text = text.trim();
            if text.chars().count() > TEXT_CHARS_MAX || text.chars().any(is_forbidden) {
                fault(field, format!("at most {TEXT_CHARS_MAX} characters on one line"));
            } else {
                into(text);
            }
        };
        text("real_name", self.real_name, &mut |text| staff.real_name = text.into());
        text("employer", self.employer, &mut |text| staff.employer = text.to_owned().into());
        text("unit", self.unit, &mut |text| staff.unit = some(text).map(UnitId::from));
        text("group", self.group, &mut |text| staff.group = some(text).map(GroupId::from));
        for (field, written, day) in
            [("starts", self.starts, &mut staff.starts), ("ends", self.ends, &mut staff.ends)]
        {
            match written.as_deref().map(|text| some(text.trim()).map(Date::from_str).transpose()) {
                None => {}
                Some(Ok(read)) => *day = read,
                Some(Err(bad)) => fault(field, bad.to_string()),
            }
        }
        staff.disabled = self.disabled.unwrap_or(staff.disabled);
        staff.must_change_password =
            self.must_change_password.unwrap_or(staff.must_change_password);
        check(role, &staff, &mut fault);
        if faults.is_empty() { Ok((role, staff)) } else { Err(faults) }
    }
}

fn check(role: Role, staff: &Staff, fault: &mut dyn FnMut(&'static str, String)) {
    let word = role.as_str();
    if matches!(role, Role::Liaison | Role::UnitHead) && staff.unit.is_none() {
        fault("unit", format!("the role {word} acts for a unit: name it by its code"));
    }
    if role == Role::SupGroup && staff.group.is_none() {
        fault("group", format!("the role {word} belongs to a supervision group: name it"));
    }
    match (&staff.employer, role) {
        (Employer::Government, Role::Vendor) => {
            fault("employer", "the role vendor is a contractor's: name the contractor".into());
        }
        (Employer::Contractor(_), role) if !for_contractors(role) => {
            let roles: Vec<&str> = (Role::ALL.iter())
                .filter(|role| for_contractors(**role))
                .map(|role| role.as_str())
                .collect();
            let roles = roles.join(", ");
            fault(
                "role",
                format!("{word} is for the government's own; a contractor's are {roles}"),
            );
        }
        _ => {}
    }
    if let (Some(starts), Some(ends)) = (staff.starts, staff.ends)
        && ends < starts
    {
        fault("ends", format!("{ends} is before the first day, {starts}"));
    }
}

/// What a contractor's people may be: they take, hear and call, and neither dispatch, handle nor decide.
fn for_contractors(role: Role) -> bool {
    match role {
        Role::Admin
        | Role::Supervisor
        | Role::Agent
        | Role::Qa
        | Role::Callback
        | Role::Vendor
        | Role::Archivist
        | Role::Platform => true,
        Role::Dispatcher
        | Role::SupGroup
        | Role::Director
        | Role::Liaison
        | Role::UnitHead
        | Role::Leader
        | Role::GovSupervision
        | Role::Media
        | Role::Discipline
        | Role::Grid
        | Role::Auditor => false,
    }
}

/// More than one line, or what [`crate::text::clean`] would change.
fn is_forbidden(c: char) -> bool {
    c.is_control() || is_removed(c)
}

fn some(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

impl From<String> for Employer {
    fn from(name: String) -> Employer {
        match name.trim() {
            "" | GOVERNMENT => Employer::Government,
            name => Employer::Contractor(name.into()),
        }
    }
}

impl From<Employer> for String {
    fn from(employer: Employer) -> String {
        employer.to_string()
    }
}

impl fmt::Display for Employer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Employer::Government => GOVERNMENT,
            Employer::Contractor(name) => name,
        })
    }
}

impl fmt::Display for StaffFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.what)
    }
}

/// A date as people write it, in the keyring and on the record.
mod date_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::Date;

    pub(super) fn serialize<S: Serializer>(date: &Option<Date>, s: S) -> Result<S::Ok, S::Error> {
        match date {
            Some(date) => s.collect_str(date),
            None => s.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Date>, D::Error> {
        let text = Option::<String>::deserialize(d)?;
        text.map(|text| text.parse().map_err(D::Error::custom)).transpose()
    }
}

const GOVERNMENT: &str = "government";
/// Fits a line of a printed form.
const TEXT_CHARS_MAX: usize = 64;
