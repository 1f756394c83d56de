//! Accounts: who has one, and what becomes of it (SEAT-06, SEAT-07, SEAT-09, OPS-03).

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use model::{
    AccountName, AccountStatus, Staff, StaffChange,
    desk::{GroupId, UnitId},
    event::Role,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use workflow::Fault;

use super::asked::{Asked, Sent};
use crate::{
    desk::Desk,
    port::{Account, AccountGranted, AccountWish, OpenWork},
    problem::Problem,
    rights::Right,
    who::Who,
};

/// An account as the admin sees it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Account")]
pub(super) struct Shown {
    name: AccountName,
    role: &'static str,
    real_name: String,
    /// `government`, or the contractor's name.
    employer: String,
    unit: Option<UnitId>,
    group: Option<GroupId>,
    /// The first day, `2026-11-22`.
    starts: Option<String>,
    /// The last day.
    ends: Option<String>,
    /// A role given to it that a second person has not confirmed; until then `role` holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    role_asked: Option<&'static str>,
    /// Whether it lets its person in today: `open`, `not_yet`, `ended`, `disabled`, and
    /// `unconfirmed` while its role waits for a second person.
    standing: &'static str,
    must_change_password: bool,
    /// A password that was made: shown this once, kept nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    /// What somebody else must take over; absent where nobody keeps count of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    open_work: Option<Vec<OpenWork>>,
}

/// A new account: a name, and all that can be changed later.
#[derive(JsonSchema)]
#[schemars(rename = "NewAccount")]
pub(super) struct New {
    /// The name to log in with.
    #[expect(dead_code, reason = "read by hand, so that every fault is told")]
    name: String,
    #[schemars(flatten)]
    #[expect(dead_code, reason = "the same")]
    staff: StaffChange,
}

/// What the list can be narrowed to.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    role: Option<Role>,
    /// Only those whose last day is within so many days: their hand-over list comes along.
    ending_within_days: Option<u16>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Accounts")]
pub(super) struct All {
    items: Vec<Shown>,
}

pub(super) async fn list(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Asked(filter): Asked<Filter>,
) -> Result<Json<All>, Problem> {
    may_look(&who)?;
    let today = desk.today();
    let mut accounts = desk.backend.accounts();
    accounts.retain(|account| filter.role.is_none_or(|role| account.role == role));
    if let Some(days) = filter.ending_within_days {
        accounts.retain(|account| account.staff.ends_within(today, i64::from(days)));
    }
    let mut items = Vec::new();
    for account in accounts {
        let mut shown = Shown::of(&desk, &account);
        if filter.ending_within_days.is_some() {
            shown.open_work = open_work(&desk, &account.name).await?;
        }
        items.push(shown);
    }
    Ok(Json(All { items }))
}

pub(super) async fn one(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Path(name): Path<String>,
) -> Result<Json<Shown>, Problem> {
    may_look(&who)?;
    let found = desk.backend.accounts().into_iter().find(|a| a.name.as_str() == name);
    let account = found.ok_or_else(|| Problem::not_found("no such account"))?;
    let open_work = open_work(&desk, &account.name).await?;
    Ok(Json(Shown { open_work, ..Shown::of(&desk, &account) }))
}

pub(super) async fn add(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Sent(body): Sent,
) -> Result<(StatusCode, Json<Shown>), Problem> {
    who.must(Right::Accounts)?;
    // A name and all that can be changed later.
    let mut wish: serde_json::Map<String, serde_json::Value> = read(&body)?;
    let name = wish.remove("name").and_then(|name| name.as_str().map(str::to_owned));
    let mut staff: StaffChange =
        serde_json::from_value(wish.into()).map_err(|error| Problem::unclear(error.to_string()))?;
    let role = staff.role.as_deref().and_then(Role::by_word);
    let (Some(name), Some(role)) = (name.clone(), role) else {
        return Err(Problem::faulty(missing(name.is_none(), staff)));
    };
    staff.role = None;
    // Whoever adds an account has seen its password.
    staff.must_change_password.get_or_insert(true);
    let shown = granted(&desk, &who, AccountWish::Add { name, role, staff }).await?;
    Ok((StatusCode::CREATED, Json(shown)))
}

/// What is missing from a new account, and what is wrong with the rest.
fn missing(name: bool, staff: StaffChange) -> Vec<Fault> {
    let mut faults = Vec::new();
    if name {
        faults.push(Fault::new("name", "the name to log in with is missing"));
    }
    if staff.role.is_none() {
        faults.push(Fault::new("role", "what the person may do is missing"));
    }
    let rest = staff.apply_to(Role::Agent, &Staff::default()).err().unwrap_or_default();
    faults.extend(rest.into_iter().map(|fault| Fault::new(fault.field, fault.what)));
    faults
}

pub(super) async fn change(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Path(name): Path<String>,
    Sent(body): Sent,
) -> Result<Json<Shown>, Problem> {
    who.must(Right::Accounts)?;
    let change = read(&body)?;
    let name = AccountName::from(name.as_str());
    granted(&desk, &who, AccountWish::Change { name, change }).await.map(Json)
}

/// A second person confirms the role: nobody does that for a role they gave or have.
pub(super) async fn confirm(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Path(name): Path<String>,
) -> Result<Json<Shown>, Problem> {
    who.must(Right::Confirm)?;
    let name = AccountName::from(name.as_str());
    granted(&desk, &who, AccountWish::Confirm { name }).await.map(Json)
}

/// Whoever confirms roles sees which wait.
fn may_look(who: &Who) -> Result<(), Problem> {
    if who.may(Right::Confirm) { Ok(()) } else { who.must(Right::Accounts) }
}

pub(super) async fn end(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Path(name): Path<String>,
) -> Result<Json<Shown>, Problem> {
    who.must(Right::Accounts)?;
    let name = AccountName::from(name.as_str());
    let shown = granted(&desk, &who, AccountWish::End { name: name.clone() }).await?;
    desk.sessions.close_all(&name);
    let open_work = open_work(&desk, &name).await?;
    Ok(Json(Shown { open_work, ..shown }))
}

/// A new password is made for who has forgotten theirs.
pub(super) async fn password(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Path(name): Path<String>,
) -> Result<Json<Shown>, Problem> {
    who.must(Right::Accounts)?;
    let name = AccountName::from(name.as_str());
    granted(&desk, &who, AccountWish::Password { name, own: None }).await.map(Json)
}

async fn granted(desk: &Desk, who: &Who, wish: AccountWish) -> Result<Shown, Problem> {
    let _turn = desk.hashing_turn().await?;
    let by = who.account.name.clone();
    let AccountGranted { account, password } = desk.backend.change_account(by, wish).await?;
    Ok(Shown { password, ..Shown::of(desk, &account) })
}

async fn open_work(desk: &Desk, name: &AccountName) -> Result<Option<Vec<OpenWork>>, Problem> {
    let name = name.clone();
    desk.read(move |backend| backend.open_work(&name)).await
}

fn read<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    crate::sent::typed(body).map_err(|error| Problem::unclear(error.to_string()))
}

impl Shown {
    fn of(desk: &Desk, account: &Account) -> Shown {
        let Account { name, role, staff, role_asked, .. } = account;
        Shown {
            name: name.clone(),
            role: role.as_str(),
            real_name: staff.real_name.clone(),
            employer: staff.employer.to_string(),
            unit: staff.unit.clone(),
            group: staff.group.clone(),
            starts: staff.starts.map(|day| day.to_string()),
            ends: staff.ends.map(|day| day.to_string()),
            role_asked: role_asked.map(Role::as_str),
            standing: match staff.status(desk.today()) {
                AccountStatus::Open if *role_asked == Some(*role) => "unconfirmed",
                AccountStatus::NotYet => "not_yet",
                AccountStatus::Open => "open",
                AccountStatus::Ended => "ended",
                AccountStatus::Disabled => "disabled",
            },
            must_change_password: staff.must_change_password,
            password: None,
            open_work: None,
        }
    }
}
