//! `heartline user …`: manages the accounts of people who log in to the console.

use engine::{
    clock::Clock,
    entropy,
    fault::{EX_USAGE, Fault},
    keyring, keys,
    site::Site,
};
use model::{AccountStatus, Date, StaffChange, Zone, event::Role};
use settings::{Account, Keyring};

use crate::{
    cli::{Person, UserVerb},
    output::{print_line, print_list},
};

/// Runs the command.
pub(crate) fn run(verb: UserVerb) -> Result<(), Fault> {
    match verb {
        UserVerb::Add { name, role, person, create, place } => {
            let site = place.site()?;
            place.require_keyring(create)?;
            let staff = change_of(person);
            if role.needs_second_person() && !site.duties.small_office {
                print_line(&format!(
                    "{name} can log in after a second person has confirmed the role {}: a director \
                     at the console, or another user of this machine by `heartline user confirm \
                     {name}`",
                    role.as_str()
                ));
            }
            let password = keyring::add_account(&site, &name, role, staff).map_err(usage)?;
            print_line(&format!(
                "{name} can log in as {} with the password {password}",
                role.as_str()
            ));
        }
        UserVerb::Set { name, role, person, disabled, place } => {
            let role = role.map(|role| role.as_str().to_owned());
            let change = StaffChange { role, disabled, ..change_of(person) };
            let site = place.site()?;
            place.require_keyring(false)?;
            let changed = keyring::change_keyring(&site, |keyring, context| {
                keyring.change_account(&name, change, context)
            });
            print_line(&described(&changed.map_err(usage)?, today(site.zone)));
        }
        UserVerb::Confirm { name, place } => {
            let site = place.site()?;
            place.require_keyring(false)?;
            let confirmed = keyring::change_keyring(&site, |keyring, context| {
                keyring.confirm_role(&name, context)
            });
            print_line(&described(&confirmed.map_err(usage)?, today(site.zone)));
        }
        UserVerb::End { name, place } => {
            let site = place.site()?;
            place.require_keyring(false)?;
            let ended = keyring::change_keyring(&site, |keyring, context| {
                keyring.end_account(&name, context)
            });
            print_line(&described(&ended.map_err(usage)?, today(site.zone)));
        }
        UserVerb::List { ending, json, place } => {
            let Site { data, zone, .. } = place.site()?;
            place.require_keyring(false)?;
            let today = today(zone);
            let keyring = Keyring::load(&keys::file_in(&data)).map_err(|e| e.to_string())?;
            let wanted = |account: &Account| {
                ending.is_none_or(|days| account.staff.ends_within(today, i64::from(days)))
            };
            let rows = keyring.accounts().filter(wanted).map(|account| columns(&account, today));
            print_list(json, &ACCOUNT_COLUMNS, rows);
        }
        UserVerb::Password { name, place } => {
            let site = place.site()?;
            place.require_keyring(false)?;
            let password = settings::password_from(entropy::seed());
            let account = keyring::change_keyring(&site, |keyring, context| {
                keyring.set_password(&name, &password, true, entropy::salt(), context)
            })
            .map_err(usage)?;
            print_line(&format!(
                "{name} must choose a new password at the next log-in, which is with {password}"
            ));
            if account.role_asked == Some(account.role) {
                print_line(&format!(
                    "{name} can log in after a second person has confirmed the account: a director \
                     at the console, or another user of this machine by `heartline user confirm \
                     {name}`"
                ));
            }
        }
    }
    Ok(())
}

fn today(zone: Zone) -> Date {
    zone.date(Clock::start().now())
}

fn change_of(person: Person) -> StaffChange {
    let Person { real_name, employer, unit, group, starts, ends, must_change_password } = person;
    StaffChange {
        role: None,
        real_name,
        employer,
        unit,
        group,
        starts,
        ends,
        disabled: None,
        must_change_password,
    }
}

/// An account in one line, separated by tabs: `li`, `agent`, `open`, `李明`, `government`,
/// `until 2026-11-30`.
fn described(account: &Account, today: Date) -> String {
    let staff = &account.staff;
    let standing = standing(account, today);
    let role: Role = account.role;
    let mut text = format!("{}\t{}\t{standing}", account.name, role.as_str());
    let mut add = |part: String| {
        text.push('\t');
        text.push_str(&part);
    };
    if !staff.real_name.is_empty() {
        add(staff.real_name.clone());
    }
    add(staff.employer.to_string());
    if let Some(unit) = &staff.unit {
        add(format!("unit {unit}"));
    }
    if let Some(group) = &staff.group {
        add(format!("group {group}"));
    }
    if let Some(starts) = staff.starts {
        add(format!("from {starts}"));
    }
    if let Some(ends) = staff.ends {
        add(format!("until {ends}"));
    }
    if let Some(asked) = account.role_asked.filter(|asked| *asked != role) {
        add(format!("{} after a second person confirms it", asked.as_str()));
    }
    if staff.must_change_password {
        add("must change the password".into());
    }
    text
}

/// The columns of an account in `user list`.
fn columns(account: &Account, today: Date) -> Vec<String> {
    let staff = &account.staff;
    let shown = |value: Option<String>| value.unwrap_or_default();
    vec![
        account.name.to_string(),
        account.role.as_str().to_owned(),
        standing(account, today).to_owned(),
        staff.real_name.clone(),
        staff.employer.to_string(),
        shown(staff.unit.as_ref().map(ToString::to_string)),
        shown(staff.group.as_ref().map(ToString::to_string)),
        shown(staff.starts.map(|day| day.to_string())),
        shown(staff.ends.map(|day| day.to_string())),
        if staff.must_change_password { "yes" } else { "" }.to_owned(),
    ]
}

const ACCOUNT_COLUMNS: [&str; 10] = [
    "account",
    "role",
    "standing",
    "real_name",
    "employer",
    "unit",
    "group",
    "starts",
    "ends",
    "must_change_password",
];

/// The state of an account. With `unconfirmed` nobody can log in until a second person has
/// confirmed the role.
fn standing(account: &Account, today: Date) -> &'static str {
    match account.staff.status(today) {
        AccountStatus::Open if account.role_asked == Some(account.role) => "unconfirmed",
        AccountStatus::NotYet => "not_yet",
        AccountStatus::Open => "open",
        AccountStatus::Ended => "ended",
        AccountStatus::Disabled => "off",
    }
}

/// The fault of a change that the keyring refused; the exit code is 64.
pub(crate) fn usage(why: String) -> Fault {
    Fault::new(EX_USAGE, why)
}
