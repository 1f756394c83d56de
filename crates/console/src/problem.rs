//! What the API says when it says no: one shape for every refusal.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::port::AccountRefusal;

/// A refusal: `{"error":"not_now","what":"seat 1001 is talking","allowed":["log_out"]}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Problem {
    #[serde(skip)]
    status: StatusCode,
    /// A word for programs.
    error: &'static str,
    /// A word for programs that says more, where `error` alone leaves several causes open.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    /// A sentence for people.
    what: String,
    /// What would be taken instead, when that is known.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    allowed: Box<[&'static str]>,
    /// Everything that is wrong with a command, by field.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    faults: Box<[workflow::Fault]>,
    /// Where what a command is about stands now.
    #[serde(flatten)]
    standing: Option<Box<Standing>>,
    #[serde(skip)]
    retry_after_s: Option<u64>,
}

/// Where something stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
struct Standing {
    /// Its state, for those who may read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<String>,
    /// The last record of it: the one to expect next.
    seq: model::Seq,
}

impl Problem {
    fn new(status: StatusCode, error: &'static str, what: impl Into<String>) -> Problem {
        Problem {
            status,
            error,
            reason: None,
            what: what.into(),
            allowed: Box::default(),
            faults: Box::default(),
            standing: None,
            retry_after_s: None,
        }
    }

    /// Nobody we know asks.
    pub(crate) fn unknown_person() -> Problem {
        Problem::new(StatusCode::UNAUTHORIZED, "not_logged_in", "log in first, or send a token")
    }

    /// Name or password is wrong; which one is nobody's business.
    pub(crate) fn wrong_password() -> Problem {
        Problem::new(StatusCode::UNAUTHORIZED, "wrong_password", "name or password is wrong")
    }

    /// Nobody we share a secret with has sent this.
    pub(crate) fn unproven(what: impl Into<String>) -> Problem {
        Problem::new(StatusCode::UNAUTHORIZED, "unproven", what)
    }

    /// The password is right, and the account lets nobody in today.
    pub(crate) fn no_entry(reason: &'static str, what: impl Into<String>) -> Problem {
        Problem::new(StatusCode::FORBIDDEN, "no_entry", what).because(reason)
    }

    /// The person has to choose a password of their own before anything else.
    pub(crate) fn password_due() -> Problem {
        let what = "choose a password of your own first: POST /api/v1/me/password";
        Problem::new(StatusCode::FORBIDDEN, "password_due", what)
    }

    /// The role may not.
    pub(crate) fn forbidden(what: impl Into<String>) -> Problem {
        Problem::new(StatusCode::FORBIDDEN, "forbidden", what)
    }

    /// There is no such thing.
    pub(crate) fn not_found(what: impl Into<String>) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, "not_found", what)
    }

    /// The request makes no sense.
    pub(crate) fn unclear(what: impl Into<String>) -> Problem {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unclear", what)
    }

    /// Too many of these.
    pub(crate) fn too_many(what: impl Into<String>, retry_after_s: u64) -> Problem {
        let retry_after_s = Some(retry_after_s);
        Problem { retry_after_s, ..Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many", what) }
    }

    /// Not as things are.
    pub(crate) fn not_now(what: impl Into<String>) -> Problem {
        Problem::new(StatusCode::CONFLICT, "not_now", what)
    }

    /// Nothing wrong with the request; we cannot now.
    pub(crate) fn unavailable(what: impl Into<String>) -> Problem {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", what)
    }

    /// The same, and when to come again.
    pub(crate) fn later(what: impl Into<String>, retry_after_s: u64) -> Problem {
        Problem { retry_after_s: Some(retry_after_s), ..Problem::unavailable(what) }
    }

    /// A request that no rule of the API reads.
    pub(crate) fn status(status: StatusCode, what: impl Into<String>) -> Problem {
        let error = match status {
            StatusCode::METHOD_NOT_ALLOWED => "method_not_allowed",
            StatusCode::PAYLOAD_TOO_LARGE => "too_large",
            StatusCode::NOT_FOUND => "not_found",
            _ => "unclear",
        };
        Problem::new(status, error, what)
    }

    /// Say where it stands, and the record to expect next.
    pub(crate) fn standing(mut self, state: String, seq: model::Seq) -> Problem {
        self.standing = Some(Box::new(Standing { state: Some(state), seq }));
        self
    }

    /// Name the cause for programs.
    fn because(mut self, reason: &'static str) -> Problem {
        self.reason = Some(reason);
        self
    }

    /// Say what would be taken instead.
    pub(crate) fn allowing(mut self, allowed: &[&'static str]) -> Problem {
        self.allowed = allowed.into();
        self
    }
}

impl Problem {
    /// A body with everything that is wrong in it.
    pub(crate) fn faulty(faults: Vec<workflow::Fault>) -> Problem {
        Problem::of_desk(workflow::Refusal::Faults { faults })
    }

    fn of_desk(no: workflow::Refusal) -> Problem {
        use workflow::Refusal;
        let what = no.to_string();
        match no {
            Refusal::NotFound { .. } => Problem::not_found(what),
            Refusal::Forbidden { .. } => Problem::forbidden(what),
            Refusal::NotNow { state, allowed } => {
                Problem::new(StatusCode::CONFLICT, "not_now", state).allowing(&allowed)
            }
            Refusal::Stale { found, .. } => {
                let standing = Some(Box::new(Standing { state: None, seq: found }));
                Problem { standing, ..Problem::new(StatusCode::CONFLICT, "stale", what) }
            }
            Refusal::KeyReused => {
                Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "key_reused", what)
            }
            Refusal::Faults { faults } => {
                Problem { faults: faults.into(), ..Problem::unclear(what) }
            }
        }
    }
}

impl From<center::Refusal> for Problem {
    fn from(refusal: center::Refusal) -> Problem {
        use center::Refusal;
        let what = refusal.to_string();
        match refusal {
            Refusal::NoSuchSeat | Refusal::NoSuchCall => Problem::not_found(what),
            Refusal::NotNow { reason, state, allowed } => {
                let problem = Problem::new(StatusCode::CONFLICT, "not_now", state);
                problem.because(reason.as_str()).allowing(&allowed)
            }
            Refusal::Desk(no) => Problem::of_desk(no),
            Refusal::LogFailed | Refusal::Busy | Refusal::Stopping | Refusal::Emergency => {
                Problem::unavailable(what)
            }
        }
    }
}

impl From<AccountRefusal> for Problem {
    fn from(refusal: AccountRefusal) -> Problem {
        match refusal {
            AccountRefusal::NotFound => Problem::not_found("no such account"),
            AccountRefusal::Faults(faults) => Problem::faulty(faults),
            AccountRefusal::Conflict(what) => Problem::new(StatusCode::CONFLICT, "not_now", what),
            AccountRefusal::Unavailable(what) => Problem::unavailable(what),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, retry) = (self.status, self.retry_after_s);
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = retry {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
