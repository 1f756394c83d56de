//! Log in, log out, who am I, another password.

use std::{net::IpAddr, sync::Arc};

use axum::{
    Json,
    extract::State,
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
use workflow::Fault;

use super::asked::{Asked, Sent};
use crate::{
    client::Client,
    desk::Desk,
    port::{Account, AccountWish},
    problem::Problem,
    rights::{Right, may},
    who::{self, Newcomer, Proof},
};

#[derive(Deserialize, JsonSchema)]
pub(super) struct LogIn {
    name: String,
    password: String,
}

/// What the page knows of its person.
#[derive(Serialize, JsonSchema)]
pub(super) struct Me {
    name: AccountName,
    role: &'static str,
    /// What the role may see and do in the house, so that a page offers nothing that is refused.
    rights: Vec<Right>,
    #[serde(skip_serializing_if = "String::is_empty")]
    real_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<UnitId>,
    /// Nothing else is answered before they have chosen a password.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    must_change_password: bool,
    /// The last day, when it is near.
    #[serde(skip_serializing_if = "Option::is_none")]
    ends: Option<String>,
}

impl Me {
    fn of(desk: &Desk, account: &Account) -> Me {
        let Account { name, role, staff, .. } = account;
        let soon = staff.ends.filter(|_| staff.ends_within(desk.today(), SOON_DAYS));
        Me {
            name: name.clone(),
            role: role.as_str(),
            rights: Right::ALL.into_iter().filter(|right| may(*role, *right)).collect(),
            real_name: staff.real_name.clone(),
            unit: staff.unit.clone(),
            must_change_password: staff.must_change_password,
            ends: soon.map(|day| day.to_string()),
        }
    }
}

pub(super) async fn me(State(desk): State<Arc<Desk>>, Newcomer(who): Newcomer) -> Json<Me> {
    Json(Me::of(&desk, &who.account))
}

pub(super) async fn log_in(
    State(desk): State<Arc<Desk>>,
    client: Client,
    Sent(body): Sent,
) -> Result<Response, Problem> {
    let from = client.address;
    let asked: LogIn = serde_json::from_slice(&body)
        .map_err(|_| Problem::unclear("send {\"name\":\"…\",\"password\":\"…\"}"))?;
    let account = match prove(&desk, from, &asked.name, &asked.password).await? {
        Ok(account) => account,
        Err(why) => {
            refused(&desk, &asked.name, from, why).await;
            return Err(no_entry(why));
        }
    };

    // Nobody is in before the record of it is safe.
    let note = PersonLoggedIn { account: account.name.clone(), from: from.to_string() };
    let by = SeatActor::Person(account.name.clone());
    desk.backend.command(by, Command::Note(Event::PersonLoggedIn(note))).await?;
    let cookie = opened(&desk, &client, &account)?;
    Ok(([(header::SET_COOKIE, cookie)], Json(Me::of(&desk, &account))).into_response())
}

/// How one may log out.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LogOut {
    /// Of every browser, and not only of this one.
    #[serde(default)]
    everywhere: bool,
}

pub(super) async fn log_out(
    State(desk): State<Arc<Desk>>,
    Newcomer(who): Newcomer,
    client: Client,
    Asked(LogOut { everywhere }): Asked<LogOut>,
) -> Result<Response, Problem> {
    let account = who.account.name.clone();
    // The session ends whatever the log says: that is what was asked.
    if everywhere {
        desk.sessions.close_all(&account);
    }
    if let Proof::Session(key) = &who.proof {
        desk.sessions.close(key);
    }
    if everywhere || matches!(who.proof, Proof::Session(_)) {
        let note = PersonLoggedOut { account, everywhere };
        desk.backend.command(who.actor(), Command::Note(Event::PersonLoggedOut(note))).await?;
    }
    let cookie = who::cookie("", 0, desk.options.https_only || client.is_https);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPassword {
    old: String,
    new: String,
}

/// The person's own choice. Every other browser of theirs is logged out by it.
pub(super) async fn new_password(
    State(desk): State<Arc<Desk>>,
    Newcomer(who): Newcomer,
    client: Client,
    Sent(body): Sent,
) -> Result<Response, Problem> {
    let from = client.address;
    let asked: NewPassword = serde_json::from_slice(&body)
        .map_err(|_| Problem::unclear("send {\"old\":\"…\",\"new\":\"…\"}"))?;
    let name = who.account.name.clone();
    // Whoever finds a page open could guess here, too.
    if let Err(why) = prove(&desk, from, name.as_str(), &asked.old).await? {
        refused(&desk, name.as_str(), from, why).await;
        return Err(Problem::faulty(vec![Fault::new("old", "this is not the password")]));
    }
    if asked.old == asked.new {
        return Err(Problem::faulty(vec![Fault::new("new", "choose another one than before")]));
    }
    let wish = AccountWish::Password { name: name.clone(), own: Some(asked.new) };
    let granted = {
        let _turn = desk.hashing_turn().await?;
        desk.backend.change_account(name.clone(), wish).await?
    };
    desk.sessions.close_all(&name);
    let cookie = match who.proof {
        Proof::Session(_) => opened(&desk, &client, &granted.account)?,
        Proof::Token(_) => return Ok(StatusCode::NO_CONTENT.into_response()),
    };
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

/// A new session; its cookie.
fn opened(desk: &Desk, client: &Client, account: &Account) -> Result<String, Problem> {
    let id = desk
        .sessions
        .open(desk.now(), account, desk.options.lasts())
        .map_err(|_| Problem::unavailable("the system has no random numbers"))?;
    let is_https = desk.options.https_only || client.is_https;
    Ok(who::cookie(&id, desk.options.session.as_secs(), is_https))
}

/// Whether the password is theirs. Wrong ones make this account at this address wait.
async fn prove(
    desk: &Desk,
    from: IpAddr,
    name: &str,
    password: &str,
) -> Result<Result<Account, LoginRefusal>, Problem> {
    if name.is_empty() || name.len() > NAME_MAX || password.len() > PASSWORD_MAX {
        return Ok(Err(LoginRefusal::WrongPassword));
    }
    let may_try = || {
        let wait = |wait_s| Problem::too_many("wrong too often; wait before the next try", wait_s);
        desk.back_off.check(desk.now(), name, from).map_err(wait)
    };
    may_try()?;
    let _turn = desk.hashing_turn().await?;
    // Those before it in line may have been wrong.
    may_try()?;
    let proved = desk.backend.log_in(name, password).await;
    match &proved {
        Err(LoginRefusal::WrongPassword) => desk.back_off.failed(desk.now(), name, from),
        // An account that is closed today had the right password all the same.
        Ok(_)
        | Err(
            LoginRefusal::NotYet
            | LoginRefusal::Ended
            | LoginRefusal::Disabled
            | LoginRefusal::Unconfirmed,
        ) => {
            desk.back_off.succeeded(desk.now(), name, from);
        }
    }
    Ok(proved)
}

fn no_entry(why: LoginRefusal) -> Problem {
    match why {
        LoginRefusal::WrongPassword => Problem::wrong_password(),
        LoginRefusal::NotYet => {
            Problem::no_entry("not_yet", "the first day of this account is still to come")
        }
        LoginRefusal::Ended => {
            Problem::no_entry("ended", "the last day of this account has passed")
        }
        LoginRefusal::Disabled => Problem::no_entry("disabled", "this account is switched off"),
        LoginRefusal::Unconfirmed => Problem::no_entry(
            "unconfirmed",
            "the role of this account waits for a second person to confirm it",
        ),
    }
}

/// A refusal goes on the record; if the record fails, it still is a refusal.
async fn refused(desk: &Desk, name: &str, from: IpAddr, why: LoginRefusal) {
    let short: String = name.chars().take(NAME_MAX).collect();
    let note = PersonRefused { account: short.as_str().into(), from: from.to_string(), why };
    let noted = desk.backend.command(SeatActor::Engine, Command::Note(Event::PersonRefused(note)));
    if let Err(error) = noted.await {
        tracing::warn!(%error, "a refused log-in is not on the record");
    }
}

/// In bytes, and for a refused name in characters.
const NAME_MAX: usize = 64;
const PASSWORD_MAX: usize = 1_024;
/// A fortnight: time to extend a contract, or to hand over.
const SOON_DAYS: i64 = 14;
