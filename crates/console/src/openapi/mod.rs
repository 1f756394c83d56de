//! Routes with their documentation, from which the OpenAPI description is made.
//!
//! A route cannot be added without documentation. The schemas of bodies, queries and answers come from
//! the types that read and write them.

mod schemas;

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    Router,
    handler::Handler,
    routing::{MethodRouter, get, post},
};
use model::event::Role;
use schemars::JsonSchema;
use serde_json::{Map, Value, json};
use ticketing::rights::{Right, has_right};

use crate::{problem::ProblemDocument, state::AppState};
use schemas::{SchemaOf, Schemas, schema_of};

/// Routes, and the documentation of each.
#[derive(Default)]
pub(crate) struct Api {
    router: Router<AppState>,
    operations: Vec<Operation>,
}

struct Operation {
    method: &'static str,
    path: &'static str,
    doc: RouteDoc,
}

impl Api {
    /// Adds a GET route.
    pub(crate) fn get<T: 'static>(
        self,
        path: &'static str,
        handler: impl Handler<T, AppState>,
        doc: RouteDoc,
    ) -> Api {
        self.route("get", path, get(handler), doc)
    }

    /// Adds a POST route.
    pub(crate) fn post<T: 'static>(
        self,
        path: &'static str,
        handler: impl Handler<T, AppState>,
        doc: RouteDoc,
    ) -> Api {
        self.route("post", path, post(handler), doc)
    }

    fn route(
        mut self,
        method: &'static str,
        path: &'static str,
        served: MethodRouter<AppState>,
        doc: RouteDoc,
    ) -> Api {
        self.operations.push(Operation { method, path, doc });
        Api { router: self.router.route(path, served), ..self }
    }

    /// Applies a layer to the routes added so far.
    pub(crate) fn layered(self, layer: impl FnOnce(Router<AppState>) -> Router<AppState>) -> Api {
        Api { router: layer(self.router), ..self }
    }

    /// Adds the routes of another part.
    pub(crate) fn merge(mut self, other: Api) -> Api {
        self.operations.extend(other.operations);
        Api { router: self.router.merge(other.router), ..self }
    }

    /// The router of all routes.
    pub(crate) fn router(self) -> Router<AppState> {
        self.router
    }

    /// Each tag that an operation has, with its description.
    fn tags(&self) -> Vec<Value> {
        let used: BTreeSet<&str> = self.operations.iter().map(Operation::tag).collect();
        let about = |tag: &str| TAGS.iter().find(|(name, _)| *name == tag).map_or("", |(_, of)| of);
        used.into_iter().map(|tag| json!({ "name": tag, "description": about(tag) })).collect()
    }

    /// The OpenAPI 3.1 description.
    pub(crate) fn description(&self) -> Value {
        let mut schemas = Schemas::new();
        let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
        for operation in &self.operations {
            let described = operation.describe(&mut schemas);
            paths.entry(operation.path).or_default().insert(operation.method.into(), described);
        }
        let problem = schemas.written(schema_of::<ProblemDocument<'static>>);
        let (mut document, definitions) = (
            json!({
                "openapi": "3.1.0",
                "info": {
                    "title": "Heartline 连心线",
                    "version": env!("CARGO_PKG_VERSION"),
                    "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
                    "description": ABOUT,
                },
                "servers": [{ "url": "/", "description": "The console of this engine" }],
                "tags": self.tags(),
                "security": [{ "token": [] }, { "session": [] }],
                "paths": paths,
                "components": {
                    "securitySchemes": {
                        "token": { "type": "http", "scheme": "bearer",
                                   "description": "heartline token NAME" },
                        "session": { "type": "apiKey", "in": "cookie", "name": "heartline",
                                     "description": "POST /api/v1/login" },
                    },
                    "responses": {
                        "Problem": {
                            "description": "A refusal (RFC 9457): `code` says why",
                            "content": { "application/problem+json": { "schema": problem } },
                        },
                    },
                },
            }),
            schemas.definitions(),
        );
        document["components"]["schemas"] = definitions;
        document
    }
}

/// The right that a route requires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Anybody, without an account.
    Public,
    /// Everybody with an account; the handler decides what they see.
    AnyAccount,
    /// People with this right, and people with one of these rights for what is their own.
    With(Right, &'static [Right]),
}

impl Access {
    /// The roles that may use the route; `None` when the role does not decide.
    pub(crate) fn roles(self) -> Option<Vec<Role>> {
        let all = Role::ALL.iter().copied();
        match self {
            Access::Public | Access::AnyAccount => None,
            Access::With(right, own) => {
                let has_own = |role| own.iter().any(|right| has_right(role, *right));
                Some(all.filter(|role| has_right(*role, right) || has_own(*role)).collect())
            }
        }
    }
}

/// The documentation of a route.
pub(crate) struct RouteDoc {
    access: Access,
    summary: &'static str,
    notes: String,
    query: Option<SchemaOf>,
    body: Body,
    status: u16,
    answer: Answer,
}

enum Body {
    Nothing,
    Json(SchemaOf),
    /// A command: with `expect_seq`, and once under an `Idempotency-Key`.
    Command(SchemaOf),
    Csv,
    File,
}

enum Answer {
    Nothing,
    Json(SchemaOf),
    Media(&'static [&'static str]),
}

impl RouteDoc {
    /// A route for these people.
    pub(crate) fn new(access: Access, summary: &'static str) -> RouteDoc {
        RouteDoc {
            access,
            summary,
            notes: String::new(),
            query: None,
            body: Body::Nothing,
            status: 204,
            answer: Answer::Nothing,
        }
    }

    /// A route for people with this right.
    pub(crate) fn with_right(right: Right, summary: &'static str) -> RouteDoc {
        RouteDoc::new(Access::With(right, &[]), summary)
    }

    /// A route for everybody with an account.
    pub(crate) fn any_account(summary: &'static str) -> RouteDoc {
        RouteDoc::new(Access::AnyAccount, summary)
    }

    /// Adds a description to the summary.
    pub(crate) fn notes(self, notes: impl Into<String>) -> RouteDoc {
        RouteDoc { notes: notes.into(), ..self }
    }

    /// The route reads this query.
    pub(crate) fn query<T: JsonSchema>(self) -> RouteDoc {
        RouteDoc { query: Some(schema_of::<T>), ..self }
    }

    /// The route reads this JSON body.
    pub(crate) fn body<T: JsonSchema>(self) -> RouteDoc {
        RouteDoc { body: Body::Json(schema_of::<T>), ..self }
    }

    /// The route reads this command.
    pub(crate) fn command<T: JsonSchema>(self) -> RouteDoc {
        RouteDoc { body: Body::Command(schema_of::<T>), ..self }
    }

    /// The route reads a CSV file.
    pub(crate) fn csv(self) -> RouteDoc {
        RouteDoc { body: Body::Csv, ..self }
    }

    /// The route reads a file.
    pub(crate) fn file(self) -> RouteDoc {
        RouteDoc { body: Body::File, ..self }
    }

    /// The route answers 200 with this JSON.
    pub(crate) fn returns<T: JsonSchema>(self) -> RouteDoc {
        RouteDoc { status: 200, answer: Answer::Json(schema_of::<T>), ..self }
    }

    /// The route answers 201 with this JSON.
    pub(crate) fn creates<T: JsonSchema>(self) -> RouteDoc {
        RouteDoc { status: 201, ..self.returns::<T>() }
    }

    /// The route answers 200 with one of these media types.
    pub(crate) fn returns_media(self, kinds: &'static [&'static str]) -> RouteDoc {
        RouteDoc { status: 200, answer: Answer::Media(kinds), ..self }
    }
}

impl Operation {
    fn describe(&self, schemas: &mut Schemas) -> Value {
        let Operation { method, path, doc } = self;
        let mut operation = json!({
            "operationId": self.id(),
            "tags": [self.tag()],
            "summary": doc.summary,
            "responses": self.answers(schemas),
        });
        let roles = doc.access.roles();
        let who = match (&roles, doc.access) {
            (Some(roles), _) => {
                let names: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
                operation["x-roles"] = json!(names);
                format!("For {}.", names.join(", "))
            }
            (None, Access::Public) => {
                operation["security"] = json!([]);
                "For anybody.".to_owned()
            }
            (None, _) => "For everybody with an account.".to_owned(),
        };
        operation["description"] = format!("{who} {}", doc.notes).trim().into();
        let mut parameters: Vec<Value> = path_parameters(path).map(path_parameter).collect();
        if let Some(query) = doc.query {
            parameters.extend(schemas.parameters(query));
        }
        match doc.body {
            Body::Nothing => {}
            Body::Json(schema) => {
                let schema = schemas.read(schema);
                operation["requestBody"] = body("application/json", schema);
            }
            Body::Command(schema) => {
                let (command, seq) = (schemas.read(schema), json!({ "$ref": EXPECT_SEQ }));
                let schema = json!({ "allOf": [command, seq] });
                operation["requestBody"] = body("application/json", schema);
                parameters.push(idempotency_key());
            }
            Body::File => {
                let bytes = json!({ "type": "string", "format": "binary" });
                operation["requestBody"] = body("application/octet-stream", bytes);
            }
            Body::Csv => {
                operation["requestBody"] = body("text/csv", json!({ "type": "string" }));
                parameters.push(idempotency_key());
            }
        }
        if !parameters.is_empty() {
            operation["parameters"] = parameters.into();
        }
        debug_assert!(matches!(*method, "get" | "post"));
        operation
    }

    fn answers(&self, schemas: &mut Schemas) -> Value {
        let content = match self.doc.answer {
            Answer::Nothing => json!({ "description": "Done" }),
            Answer::Json(schema) => {
                let schema = schemas.written(schema);
                let content = json!({ "application/json": { "schema": schema } });
                json!({ "description": self.doc.summary, "content": content })
            }
            Answer::Media(kinds) => {
                let text = json!({ "schema": { "type": "string" } });
                let kinds: Map<String, Value> =
                    kinds.iter().map(|kind| ((*kind).to_owned(), text.clone())).collect();
                json!({ "description": self.doc.summary, "content": kinds })
            }
        };
        let problem = json!({ "$ref": "#/components/responses/Problem" });
        let mut answers = Map::new();
        answers.insert(self.doc.status.to_string(), content);
        match self.doc.access {
            // A request from another site's page, an invalid one, or too many.
            Access::Public => drop(answers.insert("4XX".into(), problem.clone())),
            _ => {
                answers.insert("401".into(), problem.clone());
                answers.insert("403".into(), problem.clone());
            }
        }
        if matches!(self.doc.body, Body::Command(_)) {
            answers.insert("409".into(), problem.clone());
            answers.insert("422".into(), problem.clone());
        }
        answers.insert("default".into(), problem);
        answers.into()
    }

    /// `post_tickets_ticket_events`
    fn id(&self) -> String {
        let path = self.path.strip_prefix("/api/v1").unwrap_or(self.path);
        let words = path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty());
        words.fold(self.method.to_owned(), |id, word| format!("{id}_{word}"))
    }

    fn tag(&self) -> &str {
        let path = self.path.strip_prefix("/api/v1/").unwrap_or("health");
        path.split(['/', '.']).next().unwrap_or(path)
    }
}

/// The names of the parameters in a path.
fn path_parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

fn path_parameter(name: &str) -> Value {
    let description = match name {
        "ticket" | "matter" => "The ticket's number, 2026112200017",
        "assignment" => "The ticket's number and the assignment's own, 2026112200017-1",
        "filing" | "order" => "The matter's number and its own, 2026112200017-1",
        "call" => "The call's id, which is the name of its recording",
        "seat" => "The seat's number, 1001",
        "unit" => "The unit's code",
        "name" => "The account's name",
        "command" => "login, logout, ready, not-ready or extend-wrap-up",
        "report" => "R1 to R8",
        "figure" => "F1 to F30, as `/api/v1/figures` names them",
        "item" => "The item's name",
        "hash" => "SHA-256 in hex",
        "table" => "areas, units, topics, directory, grades, duty or roster",
        "session" => "The session's number",
        "destination" => "The destination's name in courier.toml",
        "code" => "The code of a problem",
        _ => "The name",
    };
    json!({ "name": name, "in": "path", "required": true, "description": description,
            "schema": { "type": "string" } })
}

fn idempotency_key() -> Value {
    json!({ "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "A command is carried out once however often it is sent with this \
                            key; another command with the same key is refused with 422. \
                            1 to 100 ASCII characters",
            "schema": { "type": "string", "maxLength": 100 } })
}

fn body(kind: &str, schema: Value) -> Value {
    json!({ "required": true, "content": { kind: { "schema": schema } } })
}

const EXPECT_SEQ: &str = "#/components/schemas/ExpectSeq";

const ABOUT: &str = "\
Times are microseconds since 1970, UTC. Lists come newest first as `{\"items\":[…],\"next\":…}`; ask again with \
`before=` (or `after=`, where a list goes the other way) the `next`. A refusal is a problem document (RFC 9457) with a stable `code`; `GET /api/v1/problems` lists the \
codes. 422 names every fault with its field, 409 the present state, the `seq` to expect and what is allowed now. Numbers \
and names of callers are masked by role; each view of a ticket, playback and export of a list is on record. A browser \
authenticates by its session cookie, a program by a bearer token.\n\n\
Beside this API the engine serves Open311 GeoReport v2 under `/open311/v2`, which describes itself, and signed webhooks \
under `/hooks/{name}`, as `courier.toml` names them.";

/// Descriptions of the tags: the first word of each path.
const TAGS: [(&str, &str); 34] = [
    ("accounts", "Accounts of people"),
    ("agents", "How people worked"),
    ("assessments", "Assessments of units, their appeals, and rulings"),
    ("assignments", "Parts of tickets that units work on"),
    ("attachments", "Scans, photographs and papers"),
    ("audit", "Who saw and did what"),
    ("calls", "Calls"),
    ("config", "The config in force, and its reload"),
    ("courier", "Deliveries of records to partners, and SMS"),
    ("dissatisfactions", "Tickets closed with a dissatisfied caller"),
    ("events", "The log, record by record"),
    ("figures", "Figures of a period, and the items each counts"),
    ("filings", "Difficult matters on file"),
    ("health", "Health of the engine, for monitoring"),
    ("hotline", "What the page shows before log-in"),
    ("knowledge", "The knowledge base"),
    ("leaders", "Leaders, their turns and their signatures"),
    ("login", "Logging in"),
    ("logout", "Logging out"),
    ("matters", "Matters several tickets are about"),
    ("me", "The person who asks"),
    ("names", "Units, topics and areas by name, for choosing them"),
    ("network", "Units, areas, topics and the directory"),
    ("openapi", "This description"),
    ("orders", "Supervision orders"),
    ("problems", "The codes of refusals"),
    ("queues", "Queues now and by quarter hours"),
    ("recordings", "Recordings"),
    ("reports", "Reports and their releases"),
    ("seats", "Seats, and commands about them"),
    ("tickets", "Tickets"),
    ("units", "The work of a unit"),
    ("wallboard", "The live wallboard"),
    ("worklist", "The work of the person who asks"),
];
