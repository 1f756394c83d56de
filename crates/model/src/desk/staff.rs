//! The person behind an account: name, employer, unit, and the days the account is valid.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{GroupId, Role, UnitId};
use crate::{Date, text::is_removed};

/// The details of an account beside its name and role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Staff {
    /// The person's name as it is printed on what they sign; not known when empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub real_name: String,
    /// The employer (SEAT-07: contractors have fewer rights).
    pub employer: Employer,
    /// The unit they act for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// Their supervision group (SEAT-08).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupId>,
    /// The first day of access.
    #[serde(skip_serializing_if = "Option::is_none", with = "date_text")]
    pub starts: Option<Date>,
    /// The last day of access (SEAT-09: rotation of staff, OPS-03: leavers).
    #[serde(skip_serializing_if = "Option::is_none", with = "date_text")]
    pub ends: Option<Date>,
    /// Whether the account is disabled, whatever the day.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
    /// The person must choose a password before anything else.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub must_change_password: bool,
}

/// Whether an account may log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountStatus {
    /// Its first day has not come.
    NotYet,
    /// It may log in.
    Open,
    /// Its last day has passed.
    Ended,
    /// It is disabled.
    Disabled,
}

/// An employer; in JSON `government`, or a contractor's name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Employer {
    /// The government.
    #[default]
    Government,
    /// A contractor, by name: their people never dispatch and never decide (SEAT-07).
    Contractor(String),
}

/// A requested change of an account. `None` leaves a field, an empty text clears it.
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
    /// Whether the account is disabled.
    pub disabled: Option<bool>,
    /// Whether the person must choose a password first.
    pub must_change_password: Option<bool>,
}

/// One fault of a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StaffFault {
    /// The field.
    pub field: &'static str,
    /// The fault, and the correct form.
    pub what: String,
}

impl Staff {
    /// The account's status on a day of the hotline's calendar.
    pub fn status(&self, today: Date) -> AccountStatus {
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
    /// Applies the change; returns role and details, or all faults.
    ///
    /// # Errors
    ///
    /// Unknown or too long texts; a missing unit for a role that acts for one, a missing group for
    /// the supervision group, a missing contractor for its administrator; a role that decides or
    /// handles for a contractor's employee (SEAT-07); a last day before the first.
    pub fn apply_to(self, role: Role, staff: &Staff) -> Result<(Role, Staff), Vec<StaffFault>> {
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

/// Whether a contractor's employee may have the role: they take and make calls, and neither
/// dispatch, handle nor decide.
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

/// Whether a character breaks the line or would be changed by [`crate::text::clean`].
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
