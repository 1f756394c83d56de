//! Accounts: their list, and commands about them (SEAT-06, roles; SEAT-07, contractors; SEAT-09,
//! hand-over; OPS-03, joiners and leavers).

use std::sync::Arc;

use axum::{
    Json,
    extract::{FromRef, State},
    http::StatusCode,
};
use model::{
    AccountName, AccountStatus, Staff, StaffChange,
    desk::{GroupId, UnitId},
    event::Role,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ticketing::rights::Right;
use workflow::Fault;

use crate::{
    auth::User,
    backend::{Account, AccountCommand, Accounts, ChangedAccount, OpenWork},
    blocking::read,
    clock::HotlineClock,
    decode,
    extract::{PathParams, QueryParams, RawBody},
    passwords::HashingQueue,
    problem::Problem,
    sessions::Sessions,
    state::AppState,
};

/// Reads and changes accounts.
#[derive(Clone)]
pub(super) struct AccountAdmin {
    accounts: Arc<dyn Accounts>,
    clock: HotlineClock,
    hashing: Arc<HashingQueue>,
}

impl FromRef<AppState> for AccountAdmin {
    fn from_ref(state: &AppState) -> AccountAdmin {
        AccountAdmin {
            accounts: FromRef::from_ref(state),
            clock: FromRef::from_ref(state),
            hashing: FromRef::from_ref(state),
        }
    }
}

/// An account as the admin sees it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Account")]
pub(super) struct AccountDocument {
    name: AccountName,
    role: &'static str,
    real_name: String,
    /// `government`, or the name of the contractor.
    employer: String,
    unit: Option<UnitId>,
    group: Option<GroupId>,
    /// The first day, `2026-11-22`.
    starts: Option<String>,
    /// The last day.
    ends: Option<String>,
    /// A role that was given and that no second person has confirmed; `role` holds until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    role_asked: Option<&'static str>,
    /// Whether the person can log in today: `open`, `not_yet`, `ended`, `disabled`, or
    /// `unconfirmed` while the role waits for a second person.
    #[serde(rename = "standing")]
    status: &'static str,
    must_change_password: bool,
    /// A generated password. It is shown once and stored nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    /// The work that another person must take over.
    #[serde(skip_serializing_if = "Option::is_none")]
    open_work: Option<Vec<OpenWork>>,
}

/// A new account: its name, and everything that can be changed later.
#[derive(JsonSchema)]
pub(super) struct NewAccount {
    /// The name to log in with.
    #[expect(dead_code, reason = "the handler reads the fields one by one to find every fault")]
    name: String,
    #[schemars(flatten)]
    #[expect(dead_code, reason = "as above")]
    staff: StaffChange,
}

/// The filters of the list.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    role: Option<Role>,
    /// Only accounts whose last day is within so many days, with their open work.
    ending_within_days: Option<u16>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Accounts")]
pub(super) struct AccountList {
    items: Vec<AccountDocument>,
}

pub(super) async fn list(
    State(admin): State<AccountAdmin>,
    user: User,
    QueryParams(filter): QueryParams<Filter>,
) -> Result<Json<AccountList>, Problem> {
    may_see_accounts(&user)?;
    let today = admin.clock.today();
    let mut accounts = admin.accounts.accounts();
    accounts.retain(|account| filter.role.is_none_or(|role| account.role == role));
    if let Some(days) = filter.ending_within_days {
        accounts.retain(|account| account.staff.ends_within(today, i64::from(days)));
    }
    let mut items = Vec::new();
    for account in accounts {
        let mut document = admin.document(&account);
        if filter.ending_within_days.is_some() {
            document.open_work = admin.open_work(&account.name).await?;
        }
        items.push(document);
    }
    Ok(Json(AccountList { items }))
}

pub(super) async fn one(
    State(admin): State<AccountAdmin>,
    user: User,
    PathParams(name): PathParams<String>,
) -> Result<Json<AccountDocument>, Problem> {
    may_see_accounts(&user)?;
    let found = admin.accounts.accounts().into_iter().find(|a| a.name.as_str() == name);
    let account = found.ok_or_else(|| Problem::not_found("no such account"))?;
    let open_work = admin.open_work(&account.name).await?;
    Ok(Json(AccountDocument { open_work, ..admin.document(&account) }))
}

pub(super) async fn add(
    State(admin): State<AccountAdmin>,
    user: User,
    RawBody(body): RawBody,
) -> Result<(StatusCode, Json<AccountDocument>), Problem> {
    user.require(Right::Accounts)?;
    let mut fields: serde_json::Map<String, serde_json::Value> = read_body(&body)?;
    let name = fields.remove("name").and_then(|name| name.as_str().map(str::to_owned));
    let mut staff: StaffChange = serde_json::from_value(fields.into())
        .map_err(|error| Problem::invalid(error.to_string()))?;
    let role = staff.role.as_deref().and_then(Role::by_word);
    let (Some(name), Some(role)) = (name.clone(), role) else {
        return Err(Problem::faults(faults_of_new(name.is_none(), staff)));
    };
    staff.role = None;
    // The admin sees the generated password, so the person must choose another.
    staff.must_change_password.get_or_insert(true);
    let document = admin.change(&user, AccountCommand::Add { name, role, staff }).await?;
    Ok((StatusCode::CREATED, Json(document)))
}

/// The missing fields of a new account, and the faults of the others.
fn faults_of_new(is_nameless: bool, staff: StaffChange) -> Vec<Fault> {
    let mut faults = Vec::new();
    if is_nameless {
        faults.push(Fault::new("name", "the name to log in with is missing"));
    }
    if staff.role.is_none() {
        faults.push(Fault::new("role", "the role is missing"));
    }
    let rest = staff.apply_to(Role::Agent, &Staff::default()).err().unwrap_or_default();
    faults.extend(rest.into_iter().map(|fault| Fault::new(fault.field, fault.what)));
    faults
}

pub(super) async fn change(
    State(admin): State<AccountAdmin>,
    user: User,
    PathParams(name): PathParams<String>,
    RawBody(body): RawBody,
) -> Result<Json<AccountDocument>, Problem> {
    user.require(Right::Accounts)?;
    let change = read_body(&body)?;
    let name = AccountName::from(name.as_str());
    admin.change(&user, AccountCommand::Change { name, change }).await.map(Json)
}

/// Confirms a role as a second person: neither the one who gave it nor the one who has it.
pub(super) async fn confirm(
    State(admin): State<AccountAdmin>,
    user: User,
    PathParams(name): PathParams<String>,
) -> Result<Json<AccountDocument>, Problem> {
    user.require(Right::Confirm)?;
    let name = AccountName::from(name.as_str());
    admin.change(&user, AccountCommand::Confirm { name }).await.map(Json)
}

/// Accounts that confirm roles may see which roles wait for confirmation.
fn may_see_accounts(user: &User) -> Result<(), Problem> {
    if user.may(Right::Confirm) { Ok(()) } else { user.require(Right::Accounts) }
}

pub(super) async fn end(
    State(admin): State<AccountAdmin>,
    State(sessions): State<Arc<Sessions>>,
    user: User,
    PathParams(name): PathParams<String>,
) -> Result<Json<AccountDocument>, Problem> {
    user.require(Right::Accounts)?;
    let name = AccountName::from(name.as_str());
    let document = admin.change(&user, AccountCommand::End { name: name.clone() }).await?;
    sessions.close_all(&name);
    let open_work = admin.open_work(&name).await?;
    Ok(Json(AccountDocument { open_work, ..document }))
}

/// Generates a new password for a person who has forgotten theirs.
pub(super) async fn password(
    State(admin): State<AccountAdmin>,
    user: User,
    PathParams(name): PathParams<String>,
) -> Result<Json<AccountDocument>, Problem> {
    user.require(Right::Accounts)?;
    let name = AccountName::from(name.as_str());
    admin.change(&user, AccountCommand::Password { name, own: None }).await.map(Json)
}

impl AccountAdmin {
    async fn change(
        &self,
        user: &User,
        command: AccountCommand,
    ) -> Result<AccountDocument, Problem> {
        let _permit = self.hashing.permit().await?;
        let by = user.account.name.clone();
        let ChangedAccount { account, password } =
            self.accounts.change_account(by, command).await?;
        Ok(AccountDocument { password, ..self.document(&account) })
    }

    async fn open_work(&self, name: &AccountName) -> Result<Option<Vec<OpenWork>>, Problem> {
        let name = name.clone();
        read(&self.accounts, move |accounts| accounts.open_work(&name)).await
    }

    fn document(&self, account: &Account) -> AccountDocument {
        let Account { name, role, staff, role_asked, .. } = account;
        AccountDocument {
            name: name.clone(),
            role: role.as_str(),
            real_name: staff.real_name.clone(),
            employer: staff.employer.to_string(),
            unit: staff.unit.clone(),
            group: staff.group.clone(),
            starts: staff.starts.map(|day| day.to_string()),
            ends: staff.ends.map(|day| day.to_string()),
            role_asked: role_asked.map(Role::as_str),
            status: match staff.status(self.clock.today()) {
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

fn read_body<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    decode::typed(body).map_err(|error| Problem::invalid(error.to_string()))
}
