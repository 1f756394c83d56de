//! The commands about people: accounts, tokens, and who saw what.

use std::{io::Write, path::PathBuf};

use model::{AccountStatus, AreaCode, Date, Number, StaffChange, Timestamp, Zone, event::Role};
use reporting::audit::{Filter, Search};
use settings::{Account, Duties, Keyring, Settings};

use crate::{
    EX_DATAERR, EX_USAGE, Fault,
    cli::{Audit, Person, Place, Token, TokenVerb, UserVerb},
    clock::Clock,
    entropy, keys, listing, say, tools,
};

/// `heartline user …`
pub(crate) fn user(verb: UserVerb) -> Result<(), Fault> {
    match verb {
        UserVerb::Add { name, role, person, create, place } => {
            let house = house(&place)?;
            keys::must_be_there(&place, create)?;
            let staff = change_of(person);
            if role.needs_second_person() && !house.duties.small_office {
                say(&format!(
                    "{name} may log in once a second person has confirmed the role {}: a director \
                     at the console, or another log-in here by heartline user confirm {name}",
                    role.as_str()
                ));
            }
            let password = keys::add_account(&house, &name, role, staff).map_err(usage)?;
            say(&format!("{name} may log in as {} with the password {password}", role.as_str()));
        }
        UserVerb::Set { name, role, person, disabled, place } => {
            let role = role.map(|role| role.as_str().to_owned());
            let change = StaffChange { role, disabled, ..change_of(person) };
            let house = house(&place)?;
            keys::must_be_there(&place, false)?;
            let changed = keys::at_the_machine(&house, |keyring, hand| {
                keyring.change_account(&name, change, hand)
            });
            say(&described(&changed.map_err(usage)?, today(house.zone)));
        }
        UserVerb::Confirm { name, place } => {
            let house = house(&place)?;
            keys::must_be_there(&place, false)?;
            let confirmed =
                keys::at_the_machine(&house, |keyring, hand| keyring.confirm_role(&name, hand));
            say(&described(&confirmed.map_err(usage)?, today(house.zone)));
        }
        UserVerb::End { name, place } => {
            let house = house(&place)?;
            keys::must_be_there(&place, false)?;
            let ended =
                keys::at_the_machine(&house, |keyring, hand| keyring.end_account(&name, hand));
            say(&described(&ended.map_err(usage)?, today(house.zone)));
        }
        UserVerb::List { ending, json, place } => {
            let House { data, zone, .. } = house(&place)?;
            keys::must_be_there(&place, false)?;
            let today = today(zone);
            let keyring = Keyring::load(&keys::file_in(&data)).map_err(|e| e.to_string())?;
            let wanted = |account: &Account| {
                ending.is_none_or(|days| account.staff.ends_within(today, i64::from(days)))
            };
            let rows = keyring.accounts().filter(wanted).map(|account| columns(&account, today));
            listing::print(json, &ACCOUNT_COLUMNS, rows);
        }
        UserVerb::Password { name, place } => {
            let house = house(&place)?;
            keys::must_be_there(&place, false)?;
            let password = settings::password_from(entropy::seed());
            let account = keys::at_the_machine(&house, |keyring, hand| {
                keyring.set_password(&name, &password, true, entropy::salt(), hand)
            })
            .map_err(usage)?;
            say(&format!("{name} must choose a password of their own after {password}"));
            if account.role_asked == Some(account.role) {
                say(&format!(
                    "{name} may log in once a second person has confirmed the account: a director at the \
                     console, or another log-in here by heartline user confirm {name}"
                ));
            }
        }
    }
    Ok(())
}

/// `heartline token …`
pub(crate) fn token(token: Token) -> Result<(), Fault> {
    match (token.verb, token.name) {
        (Some(TokenVerb::List { name, json, place }), _) => {
            let data = tools::data_folder(&place)?;
            keys::must_be_there(&place, false)?;
            let keyring = Keyring::load(&keys::file_in(&data)).map_err(|e| e.to_string())?;
            let wanted = |account: &str| name.as_deref().is_none_or(|name| name == account);
            let tokens = keyring.tokens().filter(|token| wanted(token.account.as_str()));
            let mut rows: Vec<Vec<String>> = tokens
                .map(|token| {
                    vec![token.account.to_string(), token.created.to_string(), token.label.clone()]
                })
                .collect();
            rows.sort();
            listing::print(json, &["account", "created", "label"], rows.into_iter());
        }
        (Some(TokenVerb::Revoke { name, label, place }), _) => {
            let house = house(&place)?;
            keys::must_be_there(&place, false)?;
            let revoked = keys::at_the_machine(&house, |keyring, _| {
                keyring.revoke_tokens(&name, label.as_deref())
            })?;
            if revoked == 0 {
                return Err(Fault::new(EX_USAGE, format!("{name} has no such token")));
            }
            say(&format!("{revoked} tokens of {name} are void"));
        }
        (None, Some(name)) => {
            let house = house(&token.place)?;
            keys::must_be_there(&token.place, false)?;
            let made = keys::at_the_machine(&house, |keyring, hand| {
                keyring.issue_token(&name, &token.label, entropy::seed(), hand.now)
            });
            say(&made.map_err(usage)?);
        }
        (None, None) => return Err(Fault::new(EX_USAGE, "name an account")),
    }
    Ok(())
}

/// `heartline audit`: through the whole log once, holding no more than a line.
pub(crate) fn audit(audit: Audit) -> Result<(), Fault> {
    let House { data, zone, area_code, .. } = house(&audit.place)?;
    let call = audit.call.as_deref().map(str::parse).transpose();
    let filter = Filter {
        person: audit.person.as_deref().map(Into::into),
        call: call.map_err(|_| Fault::new(EX_USAGE, "a call is named by eleven characters"))?,
        ticket: audit.ticket,
        caller: audit
            .caller
            .map_or_else(Vec::new, |caller| Number::new(&caller).spellings(&area_code)),
        what: None,
        since: audit.since.map(|day| zone.moment(day, 0)),
        until: audit.until.map(|day| zone.moment(day.plus(1), 0)),
    };
    let mut search = Search::new(filter, [], []);
    let records = journal::Reader::open(data.join("journal"))
        .and_then(|reader| reader.read_from(0))
        .map_err(|e| e.to_string())?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for record in records {
        let record = record.map_err(|e| Fault::new(EX_DATAERR, e.to_string()))?;
        let Some(line) = search.take(&record) else { continue };
        let text = if audit.json {
            serde_json::to_string(&line).map_err(|e| e.to_string())?
        } else {
            format!("{} {line}", local(zone, line.at))
        };
        if writeln!(out, "{text}").is_err() {
            // Whoever read us has seen enough.
            break;
        }
    }
    Ok(())
}

/// Where the data is, and what the config says of the place.
pub(crate) struct House {
    pub(crate) data: PathBuf,
    pub(crate) zone: Zone,
    pub(crate) area_code: AreaCode,
    pub(crate) duties: Duties,
}

pub(crate) fn house(place: &Place) -> Result<House, Fault> {
    let data = tools::data_folder(place)?;
    // With `--data` alone there may be no config to ask.
    let settings = Settings::load(&place.config).ok();
    let (zone, area_code, duties) = settings.map_or_else(
        || (Zone::CHINA, AreaCode::default(), Duties::default()),
        |settings| (settings.hotline.zone, settings.hotline.area_code, settings.duties),
    );
    Ok(House { data, zone, area_code, duties })
}

fn today(zone: Zone) -> Date {
    zone.date(Clock::start().now())
}

/// `2026-11-22 16:03:12`
pub(crate) fn local(zone: Zone, at: Timestamp) -> String {
    let second = zone.second_of_day(at);
    let (h, m, s) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{} {h:02}:{m:02}:{s:02}", zone.date(at))
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

/// `li`, `agent`, `open`, `李明`, `government`, `until 2026-11-30`, with tabs between.
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
        add(format!("{} once a second person confirms it", asked.as_str()));
    }
    if staff.must_change_password {
        add("must change the password".into());
    }
    text
}

/// What `user list` tells of an account, column by column.
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

/// `unconfirmed`: nobody comes in by it until a second person has confirmed its role.
fn standing(account: &Account, today: Date) -> &'static str {
    match account.staff.standing(today) {
        AccountStatus::Open if account.role_asked == Some(account.role) => "unconfirmed",
        AccountStatus::NotYet => "not_yet",
        AccountStatus::Open => "open",
        AccountStatus::Ended => "ended",
        AccountStatus::Disabled => "off",
    }
}

/// What the keyring refused is for the person to mend.
fn usage(why: String) -> Fault {
    Fault::new(EX_USAGE, why)
}
