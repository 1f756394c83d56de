//! Log in, log out, the person who asks, and changing the own password.

use std::{net::IpAddr, sync::Arc};

use axum::{
    Json,
    extract::{FromRef, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use center::Command;
use model::{
    AccountName, Event,
    desk::UnitId,
    event::{LoginRefusal, PersonLoggedIn, PersonLoggedOut, PersonRefused, SeatActor},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ticketing::rights::{Right, rights_of};
use workflow::Fault;

use crate::{
    audit::Audit,
    auth::{AnyUser, Credential, session_cookie},
    backend::{Account, AccountCommand, Accounts, Commands},
    client::Client,
    clock::HotlineClock,
    extract::{QueryParams, RawBody},
    login_backoff::LoginBackoff,
    options::Options,
    passwords::HashingQueue,
    problem::{Code, Problem},
    sessions::Sessions,
    state::AppState,
};

/// Verifies passwords, and opens and closes sessions.
#[derive(Clone)]
pub(super) struct LogIns {
    accounts: Arc<dyn Accounts>,
    commands: Arc<dyn Commands>,
    audit: Audit,
    sessions: Arc<Sessions>,
    backoff: Arc<LoginBackoff>,
    hashing: Arc<HashingQueue>,
    options: Arc<Options>,
    clock: HotlineClock,
}

impl FromRef<AppState> for LogIns {
    fn from_ref(state: &AppState) -> LogIns {
        LogIns {
            accounts: FromRef::from_ref(state),
            commands: FromRef::from_ref(state),
            audit: FromRef::from_ref(state),
            sessions: FromRef::from_ref(state),
            backoff: FromRef::from_ref(state),
            hashing: FromRef::from_ref(state),
            options: FromRef::from_ref(state),
            clock: FromRef::from_ref(state),
        }
    }
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct LogIn {
    name: String,
    password: String,
}

/// The person who asks.
#[derive(Serialize, JsonSchema)]
pub(super) struct Me {
    name: AccountName,
    role: &'static str,
    /// Everything the person may do, so that a page offers nothing that would be refused.
    rights: Vec<Right>,
    #[serde(skip_serializing_if = "String::is_empty")]
    real_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<UnitId>,
    /// Whether the person must choose a password of their own before anything else.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    must_change_password: bool,
    /// The last day of the account, when it is near.
    #[serde(skip_serializing_if = "Option::is_none")]
    ends: Option<String>,
}

impl Me {
    fn new(clock: &HotlineClock, account: &Account) -> Me {
        let Account { name, role, staff, .. } = account;
        let soon = staff.ends.filter(|_| staff.ends_within(clock.today(), SOON_DAYS));
        Me {
            name: name.clone(),
            role: role.as_str(),
            rights: rights_of(&account.actor()),
            real_name: staff.real_name.clone(),
            unit: staff.unit.clone(),
            must_change_password: staff.must_change_password,
            ends: soon.map(|day| day.to_string()),
        }
    }
}

pub(super) async fn me(State(clock): State<HotlineClock>, AnyUser(user): AnyUser) -> Json<Me> {
    Json(Me::new(&clock, &user.account))
}

pub(super) async fn log_in(
    State(log_ins): State<LogIns>,
    client: Client,
    RawBody(body): RawBody,
) -> Result<Response, Problem> {
    let from = client.address;
    let LogIn { name, password } = serde_json::from_slice(&body)
        .map_err(|_| Problem::invalid("send {\"name\":\"…\",\"password\":\"…\"}"))?;
    let account = match log_ins.verify(from, &name, &password).await? {
        Ok(account) => account,
        Err(reason) => {
            log_ins.record_refusal(&name, from, reason).await;
            return Err(Problem::no_entry(reason));
        }
    };

    // The session begins after its record is durable.
    let note = PersonLoggedIn { account: account.name.clone(), from: from.to_string() };
    let by = SeatActor::Person(account.name.clone());
    log_ins.commands.execute(by, Command::Note(Event::PersonLoggedIn(note))).await?;
    let cookie = log_ins.open_session(&client, &account)?;
    let me = Json(Me::new(&log_ins.clock, &account));
    Ok(([(header::SET_COOKIE, cookie)], me).into_response())
}

/// The query of a log-out.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LogOut {
    /// Whether every session of the account ends, and not only this one.
    #[serde(default)]
    everywhere: bool,
}

pub(super) async fn log_out(
    State(log_ins): State<LogIns>,
    AnyUser(user): AnyUser,
    client: Client,
    QueryParams(LogOut { everywhere }): QueryParams<LogOut>,
) -> Result<Response, Problem> {
    let account = user.account.name.clone();
    // The session ends even when the log cannot be written.
    if everywhere {
        log_ins.sessions.close_all(&account);
    }
    if let Credential::Session(key) = &user.credential {
        log_ins.sessions.close(key);
    }
    if everywhere || matches!(user.credential, Credential::Session(_)) {
        let note = PersonLoggedOut { account, everywhere };
        log_ins.audit.record(&user, Event::PersonLoggedOut(note)).await?;
    }
    let cookie = session_cookie("", 0, log_ins.options.https_only || client.is_https);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPassword {
    old: String,
    new: String,
}

/// Changes the person's own password, which ends all their other sessions.
pub(super) async fn new_password(
    State(log_ins): State<LogIns>,
    AnyUser(user): AnyUser,
    client: Client,
    RawBody(body): RawBody,
) -> Result<Response, Problem> {
    let from = client.address;
    let NewPassword { old, new } = serde_json::from_slice(&body)
        .map_err(|_| Problem::invalid("send {\"old\":\"…\",\"new\":\"…\"}"))?;
    let name = user.account.name.clone();
    // A person who finds an open page could otherwise guess the password here.
    if let Err(reason) = log_ins.verify(from, name.as_str(), &old).await? {
        log_ins.record_refusal(name.as_str(), from, reason).await;
        return Err(Problem::faults(vec![Fault::new("old", "this is not the password")]));
    }
    if old == new {
        return Err(Problem::faults(vec![Fault::new("new", "is the same as before")]));
    }
    let command = AccountCommand::Password { name: name.clone(), own: Some(new) };
    let changed = {
        let _permit = log_ins.hashing.permit().await?;
        log_ins.accounts.change_account(name.clone(), command).await?
    };
    log_ins.sessions.close_all(&name);
    let cookie = match user.credential {
        Credential::Session(_) => log_ins.open_session(&client, &changed.account)?,
        Credential::Token(_) => return Ok(StatusCode::NO_CONTENT.into_response()),
    };
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

impl LogIns {
    /// Opens a session and returns its cookie.
    fn open_session(&self, client: &Client, account: &Account) -> Result<String, Problem> {
        let lifetime = self.options.session_lifetime();
        let id = self
            .sessions
            .open(self.clock.now(), account, lifetime)
            .map_err(|_| Problem::unavailable("the system has no random numbers"))?;
        let is_https = self.options.https_only || client.is_https;
        Ok(session_cookie(&id, lifetime.total.as_secs(), is_https))
    }

    /// Verifies a password. After a wrong one, further tries at this account and address wait.
    ///
    /// # Errors
    /// 429 when this try must wait, 503 when too many passwords wait to be hashed.
    async fn verify(
        &self,
        from: IpAddr,
        name: &str,
        password: &str,
    ) -> Result<Result<Account, LoginRefusal>, Problem> {
        if name.is_empty() || name.len() > NAME_MAX || password.len() > PASSWORD_MAX {
            return Ok(Err(LoginRefusal::WrongPassword));
        }
        let may_try = || {
            let wait = |seconds| {
                let detail = "too many wrong passwords; wait before the next try";
                Problem::with_detail(Code::TooManyAttempts, detail).retry_after(seconds)
            };
            self.backoff.check(self.clock.now(), name, from).map_err(wait)
        };
        may_try()?;
        let _permit = self.hashing.permit().await?;
        // Tries that waited before this one may have failed.
        may_try()?;
        let verified = self.accounts.log_in(name, password).await;
        match &verified {
            Err(LoginRefusal::WrongPassword) => self.backoff.failed(self.clock.now(), name, from),
            // The password was right, even if the account is not open today.
            Ok(_)
            | Err(
                LoginRefusal::NotYet
                | LoginRefusal::Ended
                | LoginRefusal::Disabled
                | LoginRefusal::Unconfirmed,
            ) => {
                self.backoff.succeeded(self.clock.now(), name, from);
            }
        }
        Ok(verified)
    }

    /// Records a refused log-in. When the record fails, the log-in is refused all the same.
    async fn record_refusal(&self, name: &str, from: IpAddr, why: LoginRefusal) {
        let short: String = name.chars().take(NAME_MAX).collect();
        let note = PersonRefused { account: short.as_str().into(), from: from.to_string(), why };
        let command = Command::Note(Event::PersonRefused(note));
        if let Err(error) = self.commands.execute(SeatActor::Engine, command).await {
            tracing::warn!(%error, "a refused log-in could not be recorded");
        }
    }
}

/// The longest name, in bytes; in a record of a refused log-in, in characters.
const NAME_MAX: usize = 64;
/// The longest password, in bytes.
const PASSWORD_MAX: usize = 1_024;
/// Time to extend a contract or to hand over work.
const SOON_DAYS: i64 = 14;
