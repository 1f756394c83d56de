//! Open311 GeoReport v2: apps and web forms of others report and look up requests (hotline.md 3.6;
//! CHAN-02, apps).
//!
//! It is served below `/open311/v2` when `[open311]` is switched on, as XML or JSON by the suffix
//! of the address, as the frozen specification requires. Services are our topics of the third
//! level. An app that reports shows an API key, of which the config holds the hash.
//!
//! Any client can read the topic, the area, dates, the state and the unit's text for the public.
//! Data of callers is not included, and confidential and sensitive tickets and reports of
//! wrongdoing are not found. A client with the query code of a ticket also sees its text.
//!
//!
//! - shape of answers: `node.rs`; errors: `error.rs`
//! - services and discovery: `services.rs`
//! - reading requests: `requests.rs`; a new request: `create.rs`, from the body that `body.rs` reads
//!   after `key.rs` has checked the key

mod body;
mod create;
mod error;
mod key;
mod node;
mod requests;
mod services;

use std::{net::IpAddr, sync::Arc};

use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRef, RawQuery, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

use crate::{
    attachments::AttachmentStore,
    backend::{Commands, Tickets},
    client::{Client, network},
    clock::HotlineClock,
    decode,
    extract::PathParams,
    failed_attempts::FailedAttempts,
    options::{Open311, Options},
    rate_limit::RateLimits,
    state::AppState,
};
use body::SentFile;
use error::Open311Error;
use key::KeyCheck;
use node::{Format, Node};

/// The system that tickets reported here name as their origin.
const SYSTEM: &str = "open311";

pub(crate) fn routes() -> Router<AppState> {
    let handlers = get(read).post(report).fallback(other_method);
    let routes = Router::new().route("/open311/v2/{*path}", handlers);
    routes.layer(DefaultBodyLimit::max(body::BODY_MAX))
}

/// The state that the server needs.
#[derive(Clone)]
struct Server {
    tickets: Arc<dyn Tickets>,
    commands: Arc<dyn Commands>,
    attachments: AttachmentStore,
    failed_attempts: Arc<FailedAttempts>,
    rate_limits: Arc<RateLimits>,
    options: Arc<Options>,
    clock: HotlineClock,
}

impl FromRef<AppState> for Server {
    fn from_ref(state: &AppState) -> Server {
        Server {
            tickets: FromRef::from_ref(state),
            commands: FromRef::from_ref(state),
            attachments: FromRef::from_ref(state),
            failed_attempts: FromRef::from_ref(state),
            rate_limits: FromRef::from_ref(state),
            options: FromRef::from_ref(state),
            clock: FromRef::from_ref(state),
        }
    }
}

/// A request to the server, whatever its resource.
struct ServerRequest<'a> {
    server: &'a Server,
    config: &'a Open311,
    /// The fields of the query and of the form; a name may occur several times.
    fields: Vec<(String, String)>,
    /// Photographs of a form with files.
    files: Vec<SentFile>,
    from: IpAddr,
    headers: &'a HeaderMap,
}

impl ServerRequest<'_> {
    /// The last value of a field, trimmed; `None` when it is empty.
    fn field(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().rev().find(|(known, _)| known == name);
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// Checks the jurisdiction, of which the server has one.
    fn check_jurisdiction(&self) -> Result<(), Open311Error> {
        let ours = &self.config.jurisdiction;
        match self.field("jurisdiction_id") {
            Some(theirs) if !ours.is_empty() && theirs != ours => {
                Err(Open311Error::not_found("jurisdiction_id was not found"))
            }
            _ => Ok(()),
        }
    }

    /// Counts a request under this name.
    fn count(&self, name: &str, most: u32) -> Result<(), Open311Error> {
        let taken = self.server.rate_limits.take(self.server.clock.now(), name, most);
        taken.map_err(Open311Error::too_many)
    }
}

async fn read(
    State(server): State<Server>,
    PathParams(path): PathParams<String>,
    RawQuery(query): RawQuery,
    Client { address: from, .. }: Client,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    match parse(&server, &path, &query, from, &headers) {
        Ok((request, resource, format)) => answer(format, get_resource(&request, resource).await),
        Err((error, format)) => error.response(format),
    }
}

async fn report(
    State(server): State<Server>,
    PathParams(path): PathParams<String>,
    RawQuery(query): RawQuery,
    Client { address: from, .. }: Client,
    headers: HeaderMap,
    request: Request,
) -> Response {
    let query = query.unwrap_or_default();
    match parse(&server, &path, &query, from, &headers) {
        Ok((parsed, resource, format)) => {
            answer(format, post_resource(parsed, resource, request).await)
        }
        Err((error, format)) => error.response(format),
    }
}

async fn other_method(PathParams(path): PathParams<String>) -> Response {
    let (_, format) = Format::of_path(&path);
    let error = Open311Error::new(StatusCode::METHOD_NOT_ALLOWED, "only GET and POST are possible");
    let mut response = error.response(format.unwrap_or(Format::Xml));
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET,HEAD,POST"));
    response
}

/// The request without its body, the resource, and the format of the answer.
fn parse<'a>(
    server: &'a Server,
    path: &'a str,
    query: &str,
    from: IpAddr,
    headers: &'a HeaderMap,
) -> Result<(ServerRequest<'a>, &'a str, Format), (Open311Error, Format)> {
    let (resource, format) = Format::of_path(path);
    let Some(format) = format else {
        return Err((
            Open311Error::not_found("the address must end in .xml or .json"),
            Format::Xml,
        ));
    };
    let Some(config) = &server.options.open311 else {
        return Err((Open311Error::not_found("Open311 is switched off at this hotline"), format));
    };
    let fields = form_fields(query.as_bytes(), "").map_err(|error| (error, format))?;
    let request = ServerRequest { server, config, fields, files: Vec::new(), from, headers };
    Ok((request, resource, format))
}

fn answer(format: Format, result: Result<Node, Open311Error>) -> Response {
    match result {
        Ok(node) => render(StatusCode::OK, format, &node),
        Err(error) => error.response(format),
    }
}

async fn get_resource(request: &ServerRequest<'_>, resource: &str) -> Result<Node, Open311Error> {
    request.count(&network(request.from).to_string(), request.config.per_minute)?;
    request.check_jurisdiction()?;
    match resource.split_once('/') {
        None if resource == "discovery" => Ok(services::discovery(request)),
        None if resource == "services" => Ok(services::list(request)),
        None if resource == "requests" => requests::list(request).await,
        Some(("services", code)) => services::definition(request, code),
        Some(("requests", id)) => requests::one(request, id).await,
        // Every request gets its number at once, so no token was ever given.
        Some(("tokens", _)) => Err(Open311Error::not_found("token was not found")),
        _ => Err(Open311Error::not_found("there is no such resource")),
    }
}

async fn post_resource(
    mut parsed: ServerRequest<'_>,
    resource: &str,
    request: Request,
) -> Result<Node, Open311Error> {
    if resource != "requests" {
        return Err(Open311Error::not_found("only /requests accepts POST"));
    }
    let mut key = KeyCheck::new(parsed.server, parsed.config, parsed.from);
    if let Some(shown) = parsed.field("api_key") {
        key.check(shown)?;
    }
    let body = body::read(request, &mut key).await?;
    // A form without files and JSON have the key in the body.
    for (_, shown) in body.fields.iter().filter(|(name, _)| name == "api_key") {
        if key.require().is_err() {
            key.check(shown)?;
        }
    }
    let app = key.require()?.to_owned();
    parsed.fields.extend(body.fields);
    parsed.files = body.files;
    create::create(&parsed, &app).await
}

fn form_fields(encoded: &[u8], content_type: &str) -> Result<Vec<(String, String)>, Open311Error> {
    decode::form(encoded, content_type)
        .map_err(|error| Open311Error::invalid(vec![error.to_string()]))
}

fn render(status: StatusCode, format: Format, node: &Node) -> Response {
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(format.content_type()))];
    (status, headers, node.written(format)).into_response()
}
