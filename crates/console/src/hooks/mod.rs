//! Webhooks: partners' messages and a gateway's receipts, at `POST /hooks/{name}` (CHAN-04, INT-04).
//!
//! Who sends proves it by a shared secret. What is sent becomes one neutral
//! shape, [`InboundMessage`] or [`SmsReceipt`], whatever the sender calls its
//! fields; a message has a name, and the same name counts once. 2xx says that
//! it is on record. All of a request is taken, or, when something in it cannot
//! be read, none: the answer then says everything that is wrong.
//!
//! [`InboundMessage`]: model::desk::InboundMessage
//! [`SmsReceipt`]: model::desk::SmsReceipt

mod proof;
mod read;
mod time;

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Path, RawQuery, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
    routing::post,
};
use messaging::sign::Key;
use model::desk::Channel;

use crate::{api::Sent, client::Client, desk::Desk, port::Received, problem::Problem};

/// One webhook.
#[derive(Clone, Debug)]
pub struct Hook {
    /// What comes.
    pub carries: Carries,
    /// By which way its messages count as come.
    pub channel: Channel,
    /// How a sender shows who it is.
    pub proof: Proof,
    /// Where in the body several come at once, as a path: `data.list`.
    pub items: Option<String>,
    /// What is called otherwise there: our names to paths in theirs.
    pub fields: BTreeMap<String, String>,
    /// Which status of a receipt means delivered.
    pub delivered: Vec<String>,
    /// What a sender is told when all is taken.
    pub answer: String,
}

/// What comes by a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carries {
    /// What people wrote.
    Messages,
    /// What became of our SMS.
    Receipts,
}

/// How a sender shows who it is.
#[derive(Clone, Debug)]
pub enum Proof {
    /// It signs, as Standard Webhooks has it.
    Signature(Vec<Key>),
    /// It shows a token, as a bearer token or in the query.
    Token(Vec<Key>),
}

/// A moment as a sender writes it.
pub(crate) fn moment(text: &str, zone: model::Zone) -> Option<model::Timestamp> {
    time::read(&serde_json::Value::String(text.to_owned()), zone)
}

pub(crate) fn routes() -> Router<Arc<Desk>> {
    Router::new().route("/hooks/{name}", post(receive)).layer(DefaultBodyLimit::max(BODY_MAX))
}

async fn receive(
    State(desk): State<Arc<Desk>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    Client { address: from, .. }: Client,
    headers: HeaderMap,
    Sent(body): Sent,
) -> Result<Response, Problem> {
    let hook = desk.options.hooks.get(&name);
    let hook = hook.ok_or_else(|| Problem::not_found("there is no such webhook"))?;
    let now = desk.now();
    if let Err(why) = hook.proof.check(now, &headers, query.as_deref(), &body) {
        // Ten a minute are said; more than that would only fill the journal.
        if let Err(seconds) = desk.hook_attempts.failed(now, from) {
            return Err(Problem::too_many("too many that nobody can have sent", seconds));
        }
        tracing::warn!(hook = name, %from, why, "a webhook's message is not believed");
        return Err(Problem::unproven(why));
    }
    let named = headers.get("webhook-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
    let content = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let request = read::Request { hook: &name, named, content: content.unwrap_or_default(), now };
    let inbound = hook.read(&request, desk.options.zone, &body).map_err(|faults| {
        let what = faults.join("; ");
        tracing::warn!(hook = name, %from, "a webhook's message cannot be read: {what}");
        Problem::unclear(what)
    })?;
    for one in inbound {
        match desk.backend.receive(one).await {
            Received::Taken => {}
            // Those before it are on record; sent again, they are known.
            Received::Later(why) => return Err(Problem::later(why, RETRY_AFTER_S)),
        }
    }
    Ok(hook.thanks())
}

impl Hook {
    fn thanks(&self) -> Response {
        let is_json = serde_json::from_str::<serde_json::Value>(&self.answer).is_ok();
        let kind = if is_json { "application/json" } else { "text/plain; charset=utf-8" };
        let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(kind))];
        (kind, self.answer.clone()).into_response()
    }
}

/// A message is some thousand characters; a gateway's bunch of two hundred receipts fits too.
const BODY_MAX: usize = 64 * 1024;
const RETRY_AFTER_S: u64 = 5;
