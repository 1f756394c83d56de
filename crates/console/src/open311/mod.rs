//! Open311 GeoReport v2: apps and web forms of others report and look up (hotline.md 3.6, CHAN-02).
//!
//! Served below `/open311/v2` when `[open311]` is switched on. XML and JSON
//! by the suffix of the address, as the frozen specification says. Services
//! are our topics of the third level. Who reports shows an API key, of which
//! the config holds the hash.
//!
//! What anybody may read is little: a topic, an area, dates, a state and what
//! the unit wrote for the public. Nothing of a caller is in it, and tickets
//! that are confidential, sensitive, or report wrongdoing are not there at
//! all. Who has the query code of a ticket sees its own text besides.
//!
//! - the shape of answers: `node.rs`; errors: `fault.rs`
//! - services and discovery: `services.rs`
//! - requests read: `requests.rs`; a request made: `create.rs`, from what `body.rs` reads once
//!   `key.rs` knows the key

mod body;
mod create;
mod fault;
mod key;
mod node;
mod rate;
mod requests;
mod services;

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Path, RawQuery, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use deadlines::{calendar::Calendar, clock::Policy};
use directory::Network;
use model::desk::Channel;

use crate::{
    client::{Client, network},
    desk::Desk,
    sent,
};
use body::SentFile;
use fault::Fault;
use key::KeyCheck;
use node::{Format, Node};

pub(crate) use rate::Rates;

/// What the server is started with.
#[derive(Clone, Debug)]
pub struct Open311 {
    /// The one jurisdiction served; empty for none asked of anybody.
    pub jurisdiction: String,
    /// Who may report: a name, and the SHA-256 of their key in hex.
    pub keys: BTreeMap<String, String>,
    /// Whom to ask for a key, as discovery says.
    pub key_service: String,
    /// Whom to ask anything else.
    pub contact: String,
    /// By which way what comes counts as come.
    pub channel: Channel,
    /// Every ticket that may be public, and not only those that came this way.
    pub publishes_all: bool,
    /// Requests of one address or key in a minute.
    pub per_minute: u32,
    /// Where we are, for discovery: `https://12345.example`.
    pub base: String,
    /// What due dates stand on.
    pub calendar: Calendar,
    /// How much time there is.
    pub policy: Policy,
    /// Units, areas and topics.
    pub network: Arc<dyn Directory>,
}

/// The network of units, to look at.
pub trait Directory: Send + Sync + 'static {
    /// Look at it. Whoever looks holds up the log, so looks are short.
    fn with_network(&self, look: &mut dyn FnMut(&Network));
}

/// Options that hold one can be printed; what it holds is not.
impl std::fmt::Debug for dyn Directory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Directory")
    }
}

pub(crate) fn routes() -> Router<Arc<Desk>> {
    let routes = Router::new().route("/open311/v2/{*path}", get(ask).post(report));
    routes.layer(DefaultBodyLimit::max(body::BODY_MAX))
}

/// What was asked for, whatever its route.
struct Asked<'a> {
    desk: &'a Arc<Desk>,
    server: &'a Open311,
    /// Query or form: a name may come several times.
    fields: Vec<(String, String)>,
    /// Photographs of a form with files.
    files: Vec<SentFile>,
    from: std::net::IpAddr,
    headers: &'a HeaderMap,
}

impl Asked<'_> {
    /// The last value of a name, without spaces around it; `None` when empty.
    fn field(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().rev().find(|(known, _)| known == name);
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// One tenant: whoever names another is told so.
    fn check_jurisdiction(&self) -> Result<(), Fault> {
        let ours = &self.server.jurisdiction;
        match self.field("jurisdiction_id") {
            Some(theirs) if !ours.is_empty() && theirs != ours => {
                Err(Fault::not_found("jurisdiction_id was not found"))
            }
            _ => Ok(()),
        }
    }
}

async fn ask(
    State(desk): State<Arc<Desk>>,
    Path(path): Path<String>,
    RawQuery(query): RawQuery,
    Client { address: from, .. }: Client,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    match asked(&desk, &path, &query, from, &headers) {
        Ok((asked, resource, format)) => answer(format, get_from(&asked, resource).await),
        Err((fault, format)) => fault.response(format),
    }
}

async fn report(
    State(desk): State<Arc<Desk>>,
    Path(path): Path<String>,
    RawQuery(query): RawQuery,
    Client { address: from, .. }: Client,
    headers: HeaderMap,
    request: Request,
) -> Response {
    let query = query.unwrap_or_default();
    match asked(&desk, &path, &query, from, &headers) {
        Ok((asked, resource, format)) => answer(format, post_to(asked, resource, request).await),
        Err((fault, format)) => fault.response(format),
    }
}

/// What is asked, of which resource and in which format; known before a body is read.
fn asked<'a>(
    desk: &'a Arc<Desk>,
    path: &'a str,
    query: &str,
    from: std::net::IpAddr,
    headers: &'a HeaderMap,
) -> Result<(Asked<'a>, &'a str, Format), (Fault, Format)> {
    let (resource, format) = Format::of_path(path);
    let Some(format) = format else {
        return Err((Fault::not_found("name a format: .xml or .json"), Format::Xml));
    };
    let Some(server) = &desk.options.open311 else {
        return Err((Fault::not_found("this hotline serves no Open311"), format));
    };
    let fields = pairs(query.as_bytes(), "").map_err(|fault| (fault, format))?;
    Ok((Asked { desk, server, fields, files: Vec::new(), from, headers }, resource, format))
}

fn answer(format: Format, done: Result<Node, Fault>) -> Response {
    match done {
        Ok(node) => shown(StatusCode::OK, format, &node),
        Err(fault) => fault.response(format),
    }
}

async fn get_from(asked: &Asked<'_>, resource: &str) -> Result<Node, Fault> {
    let (now, most) = (asked.desk.now(), asked.server.per_minute);
    asked.desk.open311_rates.take(now, &network(asked.from).to_string(), most)?;
    asked.check_jurisdiction()?;
    match resource.split_once('/') {
        None if resource == "discovery" => Ok(services::discovery(asked)),
        None if resource == "services" => Ok(services::list(asked)),
        None if resource == "requests" => requests::list(asked).await,
        Some(("services", code)) => services::definition(asked, code),
        Some(("requests", id)) => requests::one(asked, id).await,
        // Every request has its number at once: no token was ever given.
        Some(("tokens", _)) => Err(Fault::not_found("token was not found")),
        _ => Err(Fault::not_found("no such resource")),
    }
}

async fn post_to(mut asked: Asked<'_>, resource: &str, request: Request) -> Result<Node, Fault> {
    if resource != "requests" {
        return Err(Fault::not_found("only requests take a POST"));
    }
    let mut key = KeyCheck::new(asked.desk, asked.server, asked.from);
    if let Some(shown) = asked.field("api_key") {
        key.show(shown)?;
    }
    let body = body::read(request, &mut key).await?;
    // Of a form without files and of JSON the key is known only now.
    for (_, shown) in body.fields.iter().filter(|(name, _)| name == "api_key") {
        if key.require().is_err() {
            key.show(shown)?;
        }
    }
    let app = key.require()?.to_owned();
    asked.fields.extend(body.fields);
    asked.files = body.files;
    create::create(&asked, &app).await
}

fn pairs(encoded: &[u8], content_type: &str) -> Result<Vec<(String, String)>, Fault> {
    sent::form(encoded, content_type).map_err(|error| Fault::wrong(vec![error.to_string()]))
}

fn shown(status: StatusCode, format: Format, node: &Node) -> Response {
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(format.content_type()))];
    (status, kind, node.written(format)).into_response()
}
