//! The person who sends a request, identified by a session cookie or a bearer token.

use std::sync::Arc;

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, header, request::Parts},
};
use model::{desk::Actor, event::SeatActor};
use ticketing::rights::{self, Right};

use crate::{
    backend::{Account, Accounts},
    clock::HotlineClock,
    problem::{Code, Problem},
    sessions::{SessionKey, SessionLifetime, Sessions},
};

/// Finds the person behind a request.
#[derive(Clone)]
pub(crate) struct Authenticator {
    sessions: Arc<Sessions>,
    accounts: Arc<dyn Accounts>,
    clock: HotlineClock,
    lifetime: SessionLifetime,
}

/// The person who sends a request. As an extractor it refuses people who must choose a password
/// of their own first.
#[derive(Clone)]
pub(crate) struct User {
    pub(crate) account: Account,
    pub(crate) credential: Credential,
}

/// The identity of the sender, as the request shows it.
#[derive(Clone)]
pub(crate) enum Credential {
    /// A session cookie.
    Session(SessionKey),
    /// A bearer token.
    Token(Arc<str>),
}

/// The person who sends a request, also one who must choose a password of their own first.
pub(crate) struct AnyUser(pub(crate) User);

impl Authenticator {
    pub(crate) fn new(
        sessions: Arc<Sessions>,
        accounts: Arc<dyn Accounts>,
        clock: HotlineClock,
        lifetime: SessionLifetime,
    ) -> Authenticator {
        Authenticator { sessions, accounts, clock, lifetime }
    }

    /// The person whom these headers belong to.
    pub(crate) fn user(&self, headers: &HeaderMap) -> Option<User> {
        let credential = match (bearer_token(headers), session_id(headers)) {
            (Some(token), _) => Credential::Token(token.into()),
            (None, Some(id)) => Credential::Session(SessionKey::of(id)),
            (None, None) => return None,
        };
        self.account(&credential).map(|account| User { account, credential })
    }

    /// Whether the user's credential still belongs to the same unchanged account. A stream checks
    /// it while it runs.
    pub(crate) fn is_still_valid(&self, user: &User) -> bool {
        self.account(&user.credential).as_ref() == Some(&user.account)
    }

    fn account(&self, credential: &Credential) -> Option<Account> {
        match credential {
            Credential::Session(key) => {
                let now = self.clock.now();
                let (name, password_no) = self.sessions.account(now, key, self.lifetime)?;
                let account = self.accounts.account(&name)?;
                (account.password_no == password_no).then_some(account)
            }
            Credential::Token(token) => self.accounts.by_token(token),
        }
    }
}

impl User {
    /// Whether the person has this right.
    pub(crate) fn may(&self, right: Right) -> bool {
        rights::check(&self.actor(), right).is_ok()
    }

    /// Checks that the person has this right.
    ///
    /// # Errors
    /// 403 when they do not.
    pub(crate) fn require(&self, right: Right) -> Result<(), Problem> {
        Ok(rights::check(&self.actor(), right)?)
    }

    /// The person as desk records name who acts.
    pub(crate) fn actor(&self) -> Actor {
        self.account.actor()
    }

    /// The person as records of seats and calls name who acts.
    pub(crate) fn seat_actor(&self) -> SeatActor {
        SeatActor::Person(self.account.name.clone())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for AnyUser
where
    Authenticator: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<AnyUser, Problem> {
        let user = Authenticator::from_ref(state).user(&parts.headers);
        user.map(AnyUser).ok_or_else(Problem::not_logged_in)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for User
where
    Authenticator: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<User, Problem> {
        let AnyUser(user) = AnyUser::from_request_parts(parts, state).await?;
        // A token is issued by a person with access to the machine, and needs no password.
        let by_password = matches!(user.credential, Credential::Session(_));
        if by_password && user.account.staff.must_change_password {
            let detail = "choose a password of your own first: POST /api/v1/me/password";
            return Err(Problem::with_detail(Code::PasswordDue, detail));
        }
        Ok(user)
    }
}

/// The cookie that opens or closes a session. `SameSite=Strict`: links and forms of other sites
/// never send it.
pub(crate) fn session_cookie(id: &str, lasts_s: u64, is_https: bool) -> String {
    let secure = if is_https { "; Secure" } else { "" };
    format!("{COOKIE}={id}; Path=/; Max-Age={lasts_s}; HttpOnly; SameSite=Strict{secure}")
}

pub(crate) fn bearer_token(headers: &HeaderMap) -> Option<&str> {
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
