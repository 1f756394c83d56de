//! Log in, log out, who am I.

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
    event::{Actor, PersonLoggedIn, PersonLoggedOut, PersonRefused},
};
use serde::{Deserialize, Serialize};

use super::asked::Sent;
use crate::{
    desk::Desk,
    port::Account,
    problem::Problem,
    who::{self, From, Proof, Who},
};

#[derive(Deserialize)]
struct LogIn {
    name: String,
    password: String,
}

/// What the page knows of its person.
#[derive(Serialize)]
pub(super) struct Me {
    name: AccountName,
    role: &'static str,
}

impl Me {
    fn of(account: &Account) -> Me {
        Me { name: account.name.clone(), role: account.role.as_str() }
    }
}

pub(super) async fn me(who: Who) -> Json<Me> {
    Json(Me::of(&who.account))
}

pub(super) async fn log_in(
    State(desk): State<Arc<Desk>>,
    From(from): From,
    Sent(body): Sent,
) -> Result<Response, Problem> {
    let asked: LogIn = serde_json::from_slice(&body)
        .map_err(|_| Problem::unclear("send {\"name\":\"…\",\"password\":\"…\"}"))?;
    desk.attempts
        .take(desk.now(), from)
        .map_err(|wait_s| Problem::too_many("too many log-ins from this address", wait_s))?;

    let Some(account) = check(&desk, &asked).await? else {
        refused(&desk, &asked.name, from).await;
        return Err(Problem::wrong_password());
    };
    desk.attempts.give_back(from);

    // Nobody is in before the record of it is safe.
    let note = PersonLoggedIn { account: account.name.clone(), from: from.to_string() };
    let by = Actor::Person(account.name.clone());
    desk.backend.command(by, Command::Note(Event::PersonLoggedIn(note))).await?;

    let lasts = desk.options.session;
    let id = desk
        .sessions
        .open(desk.now(), account.name.clone(), lasts)
        .map_err(|_| Problem::unavailable("the system has no random numbers"))?;
    let cookie = who::cookie(&id, lasts.as_secs(), desk.options.https_only);
    Ok(([(header::SET_COOKIE, cookie)], Json(Me::of(&account))).into_response())
}

pub(super) async fn log_out(State(desk): State<Arc<Desk>>, who: Who) -> Result<Response, Problem> {
    // The session ends whatever the log says: that is what was asked.
    if let Proof::Session(key) = &who.proof {
        desk.sessions.close(key);
        let note = PersonLoggedOut { account: who.account.name.clone() };
        desk.backend.command(who.actor(), Command::Note(Event::PersonLoggedOut(note))).await?;
    }
    let cookie = who::cookie("", 0, desk.options.https_only);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

async fn check(desk: &Desk, asked: &LogIn) -> Result<Option<Account>, Problem> {
    if asked.name.is_empty() || asked.name.len() > NAME_MAX || asked.password.len() > PASSWORD_MAX {
        return Ok(None);
    }
    let _turn =
        desk.hashing.acquire().await.map_err(|_| Problem::unavailable("the console is closing"))?;
    Ok(desk.backend.log_in(&asked.name, &asked.password).await)
}

/// A refusal goes on the record; if the record fails, it still is a refusal.
async fn refused(desk: &Desk, name: &str, from: IpAddr) {
    let short: String = name.chars().take(NAME_MAX).collect();
    let note = PersonRefused { account: short.as_str().into(), from: from.to_string() };
    let noted = desk.backend.command(Actor::Engine, Command::Note(Event::PersonRefused(note)));
    if let Err(error) = noted.await {
        tracing::warn!(%error, "a refused log-in is not on the record");
    }
}

/// In bytes, and for a refused name in characters.
const NAME_MAX: usize = 64;
const PASSWORD_MAX: usize = 1_024;
