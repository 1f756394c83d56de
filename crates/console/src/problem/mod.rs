//! Refusals of the API: a problem document (RFC 9457) with a stable code.

mod code;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use model::{Seq, event::LoginRefusal};
use schemars::JsonSchema;
use serde::Serialize;
use workflow::Fault;

pub(crate) use code::Code;

use crate::backend::{AccountError, ReportError};

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    code: Code,
    detail: Option<String>,
    allowed: Box<[&'static str]>,
    faults: Box<[Fault]>,
    position: Option<Box<Position>>,
    retry_after_s: Option<u64>,
}

/// A refusal as it is sent (RFC 9457): `{"type":"/api/v1/problems/seat_taken",…,
/// "code":"seat_taken","allowed":["log_out"]}`.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub(crate) struct ProblemDocument<'a> {
    /// Identifies the code, as a URI reference; `GET` it for the meaning.
    r#type: String,
    /// A short English summary of the code, for developers.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// The fault of this request, in English, for developers. Programs read `code` and the members
    /// below it; a page shows its own sentence for the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    /// The reason the request was refused.
    code: Code,
    /// The commands or words that would be accepted instead, where they are known.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    allowed: &'a [&'static str],
    /// Everything that is wrong with a command, by field.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    faults: &'a [Fault],
    /// The present state of what the command is about.
    #[serde(flatten)]
    position: Option<&'a Position>,
}

/// The present state of a ticket or assignment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
struct Position {
    /// The state, for those who may read the ticket.
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<String>,
    /// The last record that changed it: the value of `expect_seq` for the next command.
    seq: Seq,
}

impl Problem {
    /// A problem with this code and nothing else.
    pub(crate) fn new(code: Code) -> Problem {
        Problem {
            code,
            detail: None,
            allowed: Box::default(),
            faults: Box::default(),
            position: None,
            retry_after_s: None,
        }
    }

    /// A problem with this code and an English sentence about this request.
    pub(crate) fn with_detail(code: Code, detail: impl Into<String>) -> Problem {
        Problem { detail: Some(detail.into()), ..Problem::new(code) }
    }

    /// 401: the request shows no valid session or token.
    pub(crate) fn not_logged_in() -> Problem {
        Problem::with_detail(Code::NotLoggedIn, "log in first, or send a token")
    }

    /// 401 or 403: the person may not log in.
    pub(crate) fn no_entry(reason: LoginRefusal) -> Problem {
        Problem::new(Code::from(reason))
    }

    /// 403: the person's rights do not cover the request.
    pub(crate) fn forbidden(detail: impl Into<String>) -> Problem {
        Problem::with_detail(Code::Forbidden, detail)
    }

    /// 404: what the request names does not exist.
    pub(crate) fn not_found(detail: impl Into<String>) -> Problem {
        Problem::with_detail(Code::NotFound, detail)
    }

    /// 422: the request is not valid.
    pub(crate) fn invalid(detail: impl Into<String>) -> Problem {
        Problem::with_detail(Code::Unclear, detail)
    }

    /// 422: the command is not valid, with everything that is wrong.
    pub(crate) fn faults(faults: Vec<Fault>) -> Problem {
        workflow::Refusal::Faults { faults }.into()
    }

    /// 409: the present state does not allow the request.
    pub(crate) fn conflict(detail: impl Into<String>) -> Problem {
        Problem::with_detail(Code::NotNow, detail)
    }

    /// 429: this account or address has too many requests open.
    pub(crate) fn too_many(detail: impl Into<String>, retry_after_s: u64) -> Problem {
        Problem::with_detail(Code::TooMany, detail).retry_after(retry_after_s)
    }

    /// 503: the request is valid, and the console cannot answer it now.
    pub(crate) fn unavailable(detail: impl Into<String>) -> Problem {
        Problem::with_detail(Code::Unavailable, detail)
    }

    /// The same problem with the time after which the client may try again.
    pub(crate) fn retry_after(self, seconds: u64) -> Problem {
        Problem { retry_after_s: Some(seconds), ..self }
    }

    /// The same problem with the present state of what the command is about.
    pub(crate) fn at(self, state: String, seq: Seq) -> Problem {
        Problem { position: Some(Box::new(Position { state: Some(state), seq })), ..self }
    }

    /// The same problem with what would be accepted instead.
    pub(crate) fn allowing(self, allowed: &[&'static str]) -> Problem {
        Problem { allowed: allowed.into(), ..self }
    }
}

impl From<workflow::Refusal> for Problem {
    fn from(refusal: workflow::Refusal) -> Problem {
        use workflow::Refusal;
        let detail = refusal.to_string();
        match refusal {
            Refusal::NotFound { .. } => Problem::not_found(detail),
            Refusal::Forbidden { .. } => Problem::forbidden(detail),
            Refusal::NotNow { allowed, .. } => Problem::conflict(detail).allowing(&allowed),
            Refusal::Stale { found, .. } => {
                let position = Some(Box::new(Position { state: None, seq: found }));
                Problem { position, ..Problem::with_detail(Code::Stale, detail) }
            }
            Refusal::KeyReused => Problem::with_detail(Code::KeyReused, detail),
            Refusal::Faults { faults } => {
                Problem { faults: faults.into(), ..Problem::invalid(detail) }
            }
        }
    }
}

impl From<center::Refusal> for Problem {
    fn from(refusal: center::Refusal) -> Problem {
        use center::Refusal;
        let detail = refusal.to_string();
        match refusal {
            Refusal::NoSuchSeat => Problem::with_detail(Code::SeatNotFound, detail),
            Refusal::NoSuchCall => Problem::with_detail(Code::CallNotFound, detail),
            Refusal::NotNow { reason, state, allowed } => {
                Problem::with_detail(Code::from(reason), state).allowing(&allowed)
            }
            Refusal::Forbidden(_) => Problem::forbidden(detail),
            Refusal::Call(rejected) => Problem::with_detail(Code::from(&rejected), detail),
            Refusal::Profile(rejected) => Problem::with_detail(Code::from(&rejected), detail),
            Refusal::Desk(refusal) => refusal.into(),
            Refusal::Config(_) => Problem::conflict(detail),
            Refusal::LogFailed => Problem::with_detail(Code::LogFailed, detail),
            Refusal::Busy => Problem::with_detail(Code::Busy, detail),
            Refusal::Stopping => Problem::with_detail(Code::Stopping, detail),
            Refusal::Emergency => Problem::with_detail(Code::Emergency, detail),
        }
    }
}

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Problem {
        match error {
            AccountError::NotFound => Problem::not_found("no such account"),
            AccountError::Faults(faults) => Problem::faults(faults),
            AccountError::Conflict(detail) => Problem::conflict(detail),
            AccountError::Unavailable(detail) => Problem::unavailable(detail),
        }
    }
}

impl From<ReportError> for Problem {
    fn from(error: ReportError) -> Problem {
        match error {
            ReportError::NotFound(detail) => Problem::not_found(detail),
            ReportError::Invalid(detail) => Problem::invalid(detail),
            ReportError::Conflict(detail) => Problem::conflict(detail),
            ReportError::Unavailable(detail) => {
                tracing::warn!(detail, "a report cannot be made");
                Problem::unavailable(detail)
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.code.status();
        let document = ProblemDocument {
            r#type: self.code.type_uri(),
            title: self.code.title(),
            status: status.as_u16(),
            detail: self.detail.as_deref(),
            code: self.code,
            allowed: &self.allowed,
            faults: &self.faults,
            position: self.position.as_deref(),
        };
        let mut response = (status, Json(document)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
