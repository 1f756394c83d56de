//! Who asks: by session cookie or bearer token.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use model::{
    desk::Actor,
    event::{Role, SeatActor},
};

use crate::{
    desk::Desk,
    port::Account,
    problem::Problem,
    rights::{Right, may},
    sessions::Key,
};

/// The person behind a request.
#[derive(Clone)]
pub(crate) struct Who {
    pub(crate) account: Account,
    pub(crate) proof: Proof,
}

/// By what they are known.
#[derive(Clone)]
pub(crate) enum Proof {
    Session(Key),
    Token(Arc<str>),
}

impl Who {
    /// Who the headers belong to, when to anybody.
    pub(crate) fn of(desk: &Desk, headers: &HeaderMap) -> Option<Who> {
        let proof = match (token(headers), session_id(headers)) {
            (Some(token), _) => Proof::Token(token.into()),
            (None, Some(id)) => Proof::Session(Key::of(id)),
            (None, None) => return None,
        };
        proof.account(desk).map(|account| Who { account, proof })
    }

    /// Whether they still are who they were: streams ask this while they run.
    pub(crate) fn still(&self, desk: &Desk) -> bool {
        self.proof.account(desk).as_ref() == Some(&self.account)
    }

    pub(crate) fn role(&self) -> Role {
        self.account.role
    }

    pub(crate) fn may(&self, right: Right) -> bool {
        may(self.account.role, right)
    }

    /// Go on only with this right.
    pub(crate) fn must(&self, right: Right) -> Result<(), Problem> {
        if self.may(right) {
            return Ok(());
        }
        let role = self.account.role.as_str();
        Err(Problem::forbidden(format!("the role {role} may not do this")))
    }

    /// Who they are at the desk.
    pub(crate) fn doer(&self) -> Actor {
        self.account.doer()
    }

    pub(crate) fn actor(&self) -> SeatActor {
        SeatActor::Person(self.account.name.clone())
    }
}

impl Proof {
    fn account(&self, desk: &Desk) -> Option<Account> {
        match self {
            Proof::Session(key) => {
                let (name, password_no) =
                    desk.sessions.account(desk.now(), key, desk.options.lasts())?;
                desk.backend.account(&name).filter(|account| account.password_no == password_no)
            }
            Proof::Token(token) => desk.backend.by_token(token),
        }
    }
}

/// Somebody known, who may still have to choose a password before they may do anything else.
pub(crate) struct Newcomer(pub(crate) Who);

impl FromRequestParts<Arc<Desk>> for Newcomer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, desk: &Arc<Desk>) -> Result<Newcomer, Problem> {
        Who::of(desk, &parts.headers).map(Newcomer).ok_or_else(Problem::unknown_person)
    }
}

impl FromRequestParts<Arc<Desk>> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, desk: &Arc<Desk>) -> Result<Who, Problem> {
        let Newcomer(who) = Newcomer::from_request_parts(parts, desk).await?;
        // A token was given by who has the machine, and knows no password.
        let by_password = matches!(who.proof, Proof::Session(_));
        if by_password && who.account.staff.must_change_password {
            return Err(Problem::password_due());
        }
        Ok(who)
    }
}

/// The cookie that opens or closes a session. `Strict`: other sites' links and
/// forms never carry it.
pub(crate) fn cookie(id: &str, lasts_s: u64, is_https: bool) -> String {
    let secure = if is_https { "; Secure" } else { "" };
    format!("{COOKIE}={id}; Path=/; Max-Age={lasts_s}; HttpOnly; SameSite=Strict{secure}")
}

pub(crate) fn token(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn session_id(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, id)| (name == COOKIE).then_some(id))
}

const COOKIE: &str = "heartline";
