//! The routes, one file a subject.
//!
//! | route | who | what |
//! | --- | --- | --- |
//! | `GET /healthz`, `/readyz` | anybody | alive; calls can be taken |
//! | `GET /metrics` | loopback, or any account | Prometheus text |
//! | `GET /api/v1/hotline` | anybody | the hotline's name |
//! | `POST /api/v1/login`, `/logout?everywhere=`; `GET /me` | a person | a session in a cookie |
//! | `POST /api/v1/me/password` | a person | `{"old":"…","new":"…"}` |
//! | `GET /api/v1/accounts`, `/accounts/{name}` | admin | `role ending_within_days` |
//! | `POST /api/v1/accounts` | admin | a name and [`model::StaffChange`]; the password comes back once |
//! | `POST /api/v1/accounts/{name}` | admin | [`model::StaffChange`]: what is absent stays, `""` clears |
//! | `POST /api/v1/accounts/{name}/end`, `/password` | admin | over at once; a new password, told once |
//! | `GET /api/v1/audit` | admin, auditor, director | `person call ticket what since until before limit` |
//! | `GET /api/v1/wallboard`, `/queues`, `/seats`, `/seats/{seat}` | the house | the live picture |
//! | `GET /api/v1/wallboard/live` | the house | the same as a stream, newest wins |
//! | `GET /api/v1/events?after=` | front, director, admin; redacted | the log as a stream, resumable |
//! | `GET /api/v1/calls`, `/calls/{call}` | all; agents those they answered | `before limit queue seat agent end answered since` |
//! | `GET /api/v1/agents` | supervisor, director, admin; agents themselves | `from to quarters`: how people worked |
//! | `GET /api/v1/recordings` | qa, supervisor, director, admin | the calls with a finished recording |
//! | `GET /api/v1/recordings/{call}/audio` | qa, supervisor, director, admin | WAV, by ranges; audited |
//! | `GET /api/v1/tickets`, `/tickets/{ticket}` | front and hub | `before limit` and one of `kind state unit caller matter topic` |
//! | `POST /api/v1/tickets` | front and hub | a demand by another channel than the phone |
//! | `POST /api/v1/tickets/{ticket}/events`, `/assignments/{id}/events` | by the tables of `backoffice` | a command, see [`desk`] |
//! | `POST /api/v1/matters/{matter}/filings`, `/filings/{id}/events` | the same | difficult matters |
//! | `POST /api/v1/dissatisfactions/{ticket}/events` | the same | until struck off |
//! | `POST /api/v1/matters/{matter}/orders`, `/orders/{id}/events` | the same | supervision orders |
//! | `POST /api/v1/network/events`, `/leaders/events` | the same | units, topics and the directory; leaders' turns and sessions |
//! | `GET /api/v1/worklist`, `/units/{unit}/worklist` | a person, by role and unit | what waits, by due date, see [`worklist`] |
//! | `GET /api/v1/reports/{R1…R8}` | director, supervision, leaders, front; released: inside and media | `period unit format issue`; audited |
//! | `GET /api/v1/reports`, `POST /api/v1/reports/{report}/releases` | released: inside and media; director | `{"period":"2026-11","why":"…"}` |
//! | `GET /api/v1/figures`, `/figures/{figure}/tickets` | director, supervision, leaders, front | `period unit`; `part after limit`, audited |
//! | `POST /api/v1/assessments/{assignment}` | director, with a second person | `{"excluded":true,"reason":"…","second":"…"}` |
//! | `POST /api/v1/seats/{seat}/login` | own, supervisor, admin | `{"agent":"li"}` or nothing |
//! | `POST /api/v1/seats/{seat}/logout`, `/ready` | own, supervisor, admin | |
//! | `POST /api/v1/seats/{seat}/not-ready` | own, supervisor, admin | `{"reason":"meal"}` |
//! | `POST /api/v1/seats/{seat}/extend-wrap-up` | own, supervisor, admin | `{"by_s":60}` |
//! | `POST /api/v1/calls/{call}/hang-up` | own, supervisor, admin | |
//! | `/api/v1/knowledge` and below | a person, by role | the knowledge base, see [`knowledge`] |
//! | `/open311/v2/…` | anybody; with an API key to report | Open311 GeoReport v2, see [`open311`] |
//! | `POST /hooks/{name}` | who signs with a shared secret | messages and receipts, see `hooks` |
//!
//! Who may do what is a table in `rights.rs`.
//!
//! Times are microseconds since 1970. Lists come newest first as
//! `{"items":[…],"next":"…"}`; ask again with `before=` the `next`. A refusal is
//! `{"error":"…","what":"…","allowed":[…]}`.

mod accounts;
mod agents;
mod asked;
mod audio;
mod audit;
mod calls;
mod checked;
mod desk;
mod events;
mod health;
mod knowledge;
mod live;
mod noted;
mod page_of;
mod people;
mod reports;
mod seats;
mod tickets;
mod worklist;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::StatusCode,
    middleware,
    routing::{get, post},
};

use crate::{desk::Desk, guard, hooks, open311, problem::Problem};

pub(crate) use asked::Sent;
pub(crate) use live::Picture;
pub(crate) use noted::{Listenings, Looks};

/// The whole API and the health routes.
pub(crate) fn routes() -> Router<Arc<Desk>> {
    let asked = Router::new()
        .route("/api/v1/hotline", get(health::hotline))
        .route("/api/v1/login", post(people::log_in))
        .route("/api/v1/logout", post(people::log_out))
        .route("/api/v1/me", get(people::me))
        .route("/api/v1/me/password", post(people::new_password))
        .route("/api/v1/accounts", get(accounts::list).post(accounts::add))
        .route("/api/v1/accounts/{name}", get(accounts::one).post(accounts::change))
        .route("/api/v1/accounts/{name}/end", post(accounts::end))
        .route("/api/v1/accounts/{name}/password", post(accounts::password))
        .route("/api/v1/audit", get(audit::list))
        .route("/api/v1/wallboard", get(live::wallboard))
        .route("/api/v1/queues", get(live::queues))
        .route("/api/v1/seats", get(live::seats))
        .route("/api/v1/seats/{seat}", get(live::seat))
        .route("/api/v1/seats/{seat}/{wish}", post(seats::wish))
        .route("/api/v1/agents", get(agents::list))
        .route("/api/v1/calls", get(calls::list))
        .route("/api/v1/calls/{call}", get(calls::one))
        .route("/api/v1/calls/{call}/hang-up", post(calls::hang_up))
        .route("/api/v1/recordings", get(calls::recordings))
        .route("/api/v1/tickets", get(tickets::list).post(desk::open))
        .route("/api/v1/tickets/{ticket}", get(tickets::one))
        .route("/api/v1/tickets/{ticket}/events", post(desk::ticket))
        .route("/api/v1/assignments/{assignment}/events", post(desk::assignment))
        .route("/api/v1/matters/{matter}/filings", post(desk::new_filing))
        .route("/api/v1/filings/{filing}/events", post(desk::filing))
        .route("/api/v1/dissatisfactions/{ticket}/events", post(desk::dissatisfaction))
        .route("/api/v1/matters/{matter}/orders", post(desk::new_order))
        .route("/api/v1/orders/{order}/events", post(desk::step_of_order))
        .route("/api/v1/network/events", post(desk::network))
        .route("/api/v1/leaders/events", post(desk::leaders))
        .route("/api/v1/worklist", get(worklist::mine))
        .route("/api/v1/units/{unit}/worklist", get(worklist::of_unit))
        .merge(knowledge::routes())
        .route("/api/v1/reports", get(reports::released))
        .route("/api/v1/assessments/{assignment}", post(reports::rule))
        .merge(hooks::routes())
        .merge(open311::routes())
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .layer(middleware::from_fn(guard::in_time));
    let streamed = Router::new()
        .route("/api/v1/recordings/{call}/audio", get(audio::audio))
        .route("/api/v1/wallboard/live", get(live::stream))
        .route("/api/v1/events", get(events::stream));
    // Counted one after another: a year of a large city takes its seconds.
    let counted = Router::new()
        .route("/api/v1/reports/{report}", get(reports::paper))
        .route("/api/v1/reports/{report}/releases", post(reports::release))
        .route("/api/v1/figures", get(reports::figures))
        .route("/api/v1/figures/{figure}/tickets", get(reports::drill));
    asked
        .merge(streamed)
        .merge(counted)
        .route("/api/{*rest}", axum::routing::any(no_such_route))
        .method_not_allowed_fallback(no_such_method)
        .layer(DefaultBodyLimit::max(BODY_MAX))
}

async fn no_such_route() -> Problem {
    Problem::not_found("no such route; see the API's description")
}

async fn no_such_method() -> Problem {
    Problem::status(StatusCode::METHOD_NOT_ALLOWED, "this route takes another method")
}

/// Forms, results and reasons: a result has some texts of 4,000 characters.
const BODY_MAX: usize = 64 * 1024;
