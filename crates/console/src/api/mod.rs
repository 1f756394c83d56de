//! The routes, one file a subject, each with what is said of it: who may, what it takes, what it
//! gives. The description made of it (OpenAPI 3.1) is `GET /api/v1/openapi.json` and
//! `heartline openapi`; nothing else lists the routes.
//!
//! Who may do what is a table in `rights.rs`, and for the desk in `ticketing`.

mod accounts;
mod agents;
mod asked;
pub(crate) mod attachments;
mod audio;
mod audit;
mod calls;
mod checked;
mod clocks;
mod courier;
mod course;
mod described;
mod desk;
mod events;
mod file;
pub(crate) mod file_kind;
mod health;
mod knowledge;
mod leaders;
mod live;
mod matters;
mod network;
mod noted;
mod page_of;
mod people;
mod publication;
mod queues;
mod reports;
mod seats;
mod seen;
mod sheet;
mod span;
mod streamed;
mod tickets;
mod worklist;

use std::sync::Arc;

use axum::{Router, extract::DefaultBodyLimit, http::StatusCode, middleware};
use directory::{NetworkCommand, leader::LeaderCommand};
use model::{
    CallId, Seq, StaffChange, TicketId,
    event::{ReportInstructed, ReportReleased, Role},
};
use reporting::DueReport;
use serde_json::Value;
use stats::Cdr;
use ticketing::{
    Done, Ticket,
    assignment::{self, AssignmentCommand},
    desk::{Opening, OrderDraft, OrderMove},
    dissatisfaction::DissatisfactionCommand,
    filing::FilingCommand,
    rights::Act,
    ticket::{self, TicketCommand},
};
use workflow::table::Row;

use crate::{
    desk::Desk,
    guard, hooks, open311,
    problem::Problem,
    reports::{Counted, Drilled, ReleasedReport},
    rights::Right,
};
use described::{Api, Said, Whom};
use page_of::PageOf;
use span::Span;

pub(crate) use asked::Sent;
pub(crate) use live::Picture;
pub(crate) use noted::{Listenings, Looks, Refusals};
pub(crate) use seen::Lists;

/// The whole API and the health routes.
pub(crate) fn routes() -> Router<Arc<Desk>> {
    let fallbacks = |router: Router<Arc<Desk>>| {
        router
            .merge(hooks::routes())
            .merge(open311::routes())
            .route("/api/{*rest}", axum::routing::any(no_such_route))
            .method_not_allowed_fallback(no_such_method)
            .layer(DefaultBodyLimit::max(BODY_MAX))
    };
    api().layered(fallbacks).router()
}

/// The API's description: OpenAPI 3.1, made of the routes that are served.
pub fn description() -> Value {
    api().description()
}

fn api() -> Api {
    let asked = people_and_calls()
        .merge(desk())
        .merge(attachments::routes())
        .merge(sheet::routes())
        .merge(matters::routes())
        .merge(network::routes())
        .merge(leaders::routes())
        .merge(knowledge::routes())
        .merge(courier::routes())
        .layered(|router| router.layer(middleware::from_fn(guard::in_time)));
    asked.merge(passwords()).merge(streams()).merge(counted())
}

fn people_and_calls() -> Api {
    use Right as R;
    let house = |what| Said::with(R::Wallboard, what);
    let accounts = |what| Said::with(R::Accounts, what);
    let looked = |what| Said::to(Whom::Holding(R::Accounts, &[Role::Director]), what);
    let own_seat = |what| Said::to(Whom::Holding(R::AllSeats, &[Role::Agent]), what);
    Api::default()
        .get("/healthz", health::healthz, Said::to(ANYBODY, "The process answers").gives_as(TEXT))
        .get("/readyz", health::readyz, Said::to(ANYBODY, "Calls can be taken").gives_as(TEXT))
        .get(
            "/metrics",
            health::metrics,
            Said::person("Measurements as Prometheus text")
                .more("From loopback, for anybody.")
                .gives_as(TEXT),
        )
        .get(
            "/api/v1/openapi.json",
            health::description,
            Said::person("This description").gives_as(&["application/json"]),
        )
        .get(
            "/api/v1/hotline",
            health::hotline,
            Said::to(ANYBODY, "The hotline's name, and its queues").gives::<health::Hotline>(),
        )
        .post("/api/v1/logout", people::log_out, Said::person("Log out").query::<people::LogOut>())
        .get("/api/v1/me", people::me, Said::person("Who I am").gives::<people::Me>())
        .get(
            "/api/v1/accounts",
            accounts::list,
            looked("Who has an account").query::<accounts::Filter>().gives::<accounts::All>(),
        )
        .post(
            "/api/v1/accounts",
            accounts::add,
            accounts("Add an account: its password comes back once")
                .body::<accounts::New>()
                .makes::<accounts::Shown>(),
        )
        .get(
            "/api/v1/accounts/{name}",
            accounts::one,
            looked("One account, and what it has in hand").gives::<accounts::Shown>(),
        )
        .post(
            "/api/v1/accounts/{name}",
            accounts::change,
            accounts("Change it: what is absent stays, an empty text clears")
                .body::<StaffChange>()
                .gives::<accounts::Shown>(),
        )
        .post(
            "/api/v1/accounts/{name}/confirm",
            accounts::confirm,
            Said::with(R::Confirm, "Confirm, as a second person, the role it was given")
                .more("Not by who gave the role, nor by who has it.")
                .gives::<accounts::Shown>(),
        )
        .post(
            "/api/v1/accounts/{name}/end",
            accounts::end,
            accounts("End it at once: the answer says what somebody else must take over")
                .gives::<accounts::Shown>(),
        )
        .post(
            "/api/v1/accounts/{name}/password",
            accounts::password,
            accounts("Make a new password, told once").gives::<accounts::Shown>(),
        )
        .get(
            "/api/v1/audit",
            audit::list,
            Said::with(R::Audit, "Who saw what")
                .query::<audit::Question>()
                .gives::<PageOf<stats::audit::AuditEntry, Seq>>(),
        )
        .get(
            "/api/v1/wallboard",
            live::wallboard,
            house("The live picture").gives::<live::Shown<'static>>(),
        )
        .get(
            "/api/v1/queues",
            live::queues,
            house("The queues now").gives::<Vec<live::Queue<'static>>>(),
        )
        .get(
            "/api/v1/queues/figures",
            queues::figures,
            house("How the queues went, by quarter hours of the last eight days")
                .query::<Span>()
                .gives::<queues::Shown>(),
        )
        .get(
            "/api/v1/seats",
            live::seats,
            house("The seats now").gives::<Vec<live::Seat<'static>>>(),
        )
        .get(
            "/api/v1/seats/{seat}",
            live::seat,
            house("One seat now").gives::<live::Seat<'static>>(),
        )
        .post(
            "/api/v1/seats/{seat}/{wish}",
            seats::wish,
            own_seat("Sign in and out, ready, not ready, more wrap-up")
                .more("Agents steer their own seat; a body is needed where a wish has details.")
                .body::<seats::Details>(),
        )
        .get(
            "/api/v1/agents",
            agents::list,
            Said::to(Whom::Holding(R::AllAgents, &[Role::Agent]), "How people worked")
                .more("Agents see themselves.")
                .query::<Span>()
                .gives::<agents::Shown>(),
        )
        .get(
            "/api/v1/calls",
            calls::list,
            Said::person("Calls")
                .more("Those they answered, where not all are theirs to see.")
                .query::<calls::Filter>()
                .gives::<PageOf<Cdr, CallId>>(),
        )
        .get("/api/v1/calls/{call}", calls::one, Said::person("One call").gives::<Cdr>())
        .post(
            "/api/v1/calls/{call}/hang-up",
            calls::hang_up,
            own_seat("End a call").more("Agents end their own."),
        )
        .get(
            "/api/v1/recordings",
            calls::recordings,
            Said::with(R::Recordings, "Calls with a finished recording")
                .query::<calls::Filter>()
                .gives::<PageOf<Cdr, CallId>>(),
        )
}

fn desk() -> Api {
    let of_units = |what| {
        let also = &[Role::Liaison, Role::UnitHead];
        Said::to(Whom::Holding(Right::Tickets, also), what)
    };
    let by_table = |what| Said::person(what).gives::<Done>();
    Api::default()
        .get(
            "/api/v1/tickets",
            tickets::list,
            Said::with(Right::Tickets, "Tickets, newest first")
                .more("Narrowed by one of kind, state, unit, caller, matter and topic.")
                .query::<tickets::Filter>()
                .gives::<PageOf<Ticket, TicketId>>(),
        )
        .post(
            "/api/v1/tickets",
            desk::open,
            Said::person("A demand that came by another way than the phone")
                .more("The front and the hub open them.")
                .command::<Opening>()
                .makes::<Done>(),
        )
        .get(
            "/api/v1/tickets/{ticket}",
            tickets::one,
            of_units("One ticket, with all that was done")
                .more("Units see what was given to them. That somebody looked is on the record.")
                .gives::<Ticket>(),
        )
        .get(
            "/api/v1/tickets/{ticket}/events",
            course::list,
            of_units("What was done with a ticket, step by step")
                .more(
                    "Every record of it, the oldest first; what names a person is masked by role.",
                )
                .query::<course::Wanted>()
                .gives::<course::Course>(),
        )
        .get(
            "/api/v1/tickets/{ticket}/clocks",
            clocks::list,
            of_units("Every clock of a ticket, and why it is due when it is")
                .more("Day by day: what was counted, what was not, and by which rules.")
                .query::<clocks::Wanted>()
                .gives::<clocks::Clocks>(),
        )
        .get(
            "/api/v1/tickets/{ticket}/publication",
            publication::case,
            Said::with(Right::Tickets, "A closed case as it may be published")
                .more("Without anything that tells who called. Confidential ones are refused.")
                .gives::<publication::Case>(),
        )
        .post(
            "/api/v1/tickets/{ticket}/events",
            desk::ticket,
            by_table("A command to a ticket").more(table(ticket::TABLE)).command::<TicketCommand>(),
        )
        .post(
            "/api/v1/assignments/{assignment}/events",
            desk::assignment,
            by_table("A command to what a unit was given")
                .more(table(assignment::TABLE))
                .command::<AssignmentCommand>(),
        )
        .post(
            "/api/v1/matters/{matter}/filings",
            desk::new_filing,
            by_table("A difficult matter is to be put on file").command::<FilingCommand>(),
        )
        .post(
            "/api/v1/filings/{filing}/events",
            desk::filing,
            by_table("A command to a filing").command::<FilingCommand>(),
        )
        .post(
            "/api/v1/dissatisfactions/{ticket}/events",
            desk::dissatisfaction,
            by_table("A command to what stays open until it is struck off")
                .command::<DissatisfactionCommand>(),
        )
        .post(
            "/api/v1/matters/{matter}/orders",
            desk::new_order,
            by_table("A supervision order is to be issued").command::<OrderDraft>(),
        )
        .post(
            "/api/v1/orders/{order}/events",
            desk::step_of_order,
            by_table("A step of an order").command::<OrderMove>(),
        )
        .post(
            "/api/v1/network/events",
            desk::network,
            by_table("A command to the network: units, topics, the directory, who is on duty")
                .command::<NetworkCommand>(),
        )
        .post(
            "/api/v1/leaders/events",
            desk::leaders,
            by_table("A command to leaders' turns and sessions").command::<LeaderCommand>(),
        )
        .get(
            "/api/v1/worklist",
            worklist::mine,
            Said::person("What waits for me, the most urgent first")
                .query::<worklist::Filter>()
                .gives::<worklist::Worklist>(),
        )
        .get(
            "/api/v1/units/{unit}/worklist",
            worklist::of_unit,
            of_units("What waits in a unit")
                .more("A unit's own people see theirs, a head those of units below too.")
                .query::<worklist::Filter>()
                .gives::<worklist::Worklist>(),
        )
        .get(
            "/api/v1/reports",
            reports::released,
            Said::with(Right::Released, "Reports that were released, newest first")
                .gives::<Vec<ReleasedReport>>(),
        )
        .get(
            "/api/v1/reports/due",
            reports::due,
            Said::with(Right::Figures, "Reports whose period is over and that nobody has released")
                .more("On the list from `draft_at` of reports.toml on; ask for the report itself to see its draft.")
                .gives::<Vec<DueReport>>(),
        )
        .post(
            "/api/v1/assessments/{assignment}",
            reports::rule,
            Said::to(
                Whom::Doing(Act::ApproveExclusion),
                "Leave a piece out of the assessment, or count it again",
            )
            .more("With a second person who may approve it. It answers the appeals that are open.")
            .body::<reports::Ruling>(),
        )
        .get(
            "/api/v1/assessments/appeals",
            reports::appeals,
            Said::to(
                Whom::Holding(Right::Figures, &[Role::Liaison, Role::UnitHead]),
                "Appeals of units that are not ruled on, the oldest first",
            )
            .more("Units see their own. With all=true those that were answered, too.")
            .query::<reports::Which>()
            .gives::<Vec<reports::Appealed>>(),
        )
        .post(
            "/api/v1/assessments/{assignment}/appeals",
            reports::appeal,
            Said::to(Whom::Doing(Act::Appeal), "Appeal against the assessment of a unit's piece")
                .more("By the unit's own people, in the working days before whatever ranks it is released.")
                .body::<reports::Appealing>()
                .makes::<reports::Appealed>(),
        )
        .post(
            "/api/v1/reports/{report}/instructions",
            reports::instruct,
            Said::to(Whom::Doing(Act::Instruct), "Write on a released special report (批示)")
                .body::<reports::Instruction>()
                .makes::<ReportInstructed>(),
        )
}

/// Where a password is verified.
fn passwords() -> Api {
    Api::default()
        .post(
            "/api/v1/login",
            people::log_in,
            Said::to(ANYBODY, "Log in: a session in a cookie")
                .body::<people::LogIn>()
                .gives::<people::Me>(),
        )
        .post(
            "/api/v1/me/password",
            people::new_password,
            Said::person("Choose another password").body::<people::NewPassword>(),
        )
        .layered(|router| router.layer(middleware::from_fn(guard::in_time_to_log_in)))
}

/// What goes on as long as somebody listens.
fn streams() -> Api {
    Api::default()
        .get(
            "/api/v1/recordings/{call}/audio",
            audio::audio,
            Said::with(Right::Recordings, "A recording as WAV, by ranges")
                .more("That somebody listens is on the record first.")
                .gives_as(&["audio/wav"]),
        )
        .get(
            "/api/v1/wallboard/live",
            live::stream,
            Said::with(Right::Wallboard, "The live picture as a stream")
                .more("The newest wins: `wallboard` events at most four a second, a `beat` when all is calm.")
                .gives_as(STREAM),
        )
        .get(
            "/api/v1/events",
            events::stream,
            Said::with(Right::Events, "The log as a stream")
                .more("Each record's number is its event's id: who comes back with Last-Event-ID misses nothing. \
                       Masked by role. A `reset` event \
                       first says that the log ends before the place asked for: a backup was put in place, and what \
                       was read after `last` no longer holds.")
                .query::<events::After>()
                .gives_as(STREAM),
        )
}

/// Counted one after another: a year of a large city takes its seconds.
fn counted() -> Api {
    Api::default()
        .get(
            "/api/v1/reports/{report}",
            reports::paper,
            Said::person("A report, as of now or as released")
                .more("Drafts for those who see figures. That it was taken out is on the record.")
                .query::<reports::Wanted>()
                .gives_as(&[
                    "text/html",
                    "text/csv",
                    "application/json",
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                ]),
        )
        .post(
            "/api/v1/reports/{report}/releases",
            reports::release,
            Said::to(Whom::Doing(Act::ReleaseReport), "Release a report: frozen, with a hash")
                .body::<reports::Release>()
                .makes::<ReportReleased>(),
        )
        .get(
            "/api/v1/figures",
            reports::figures,
            Said::with(Right::Figures, "Every figure of a period")
                .query::<reports::Stretch>()
                .gives::<Counted>(),
        )
        .get(
            "/api/v1/figures/{figure}/tickets",
            reports::drill,
            Said::with(Right::Figures, "What a figure counts, by name")
                .query::<reports::Opened>()
                .gives::<Drilled>(),
        )
}

/// A state machine's table as words: which command is taken where, and from whom.
fn table<State: std::fmt::Debug>(table: &[Row<State>]) -> String {
    let mut text = String::from("Which are taken depends on where it stands, and on the role:\n\n");
    text.push_str("| command | in | from |\n| --- | --- | --- |\n");
    for row in table {
        let states: Vec<String> =
            row.from.iter().map(|state| snake(&format!("{state:?}"))).collect();
        let mut from: Vec<&str> = row.roles.iter().map(|role| role.as_str()).collect();
        from.extend(row.citizen.then_some("the citizen"));
        from.extend(row.partner.then_some("another system"));
        let (states, from) = (states.join(", "), from.join(", "));
        text.push_str(&format!("| `{}` | {states} | {from} |\n", row.command));
    }
    text
}

/// `AwaitInfo` as `await_info`.
fn snake(name: &str) -> String {
    let mut word = String::new();
    for (at, c) in name.char_indices() {
        if at > 0 && c.is_ascii_uppercase() {
            word.push('_');
        }
        word.push(c.to_ascii_lowercase());
    }
    word
}

async fn no_such_route() -> Problem {
    Problem::not_found("no such route; GET /api/v1/openapi.json lists them")
}

async fn no_such_method() -> Problem {
    Problem::status(StatusCode::METHOD_NOT_ALLOWED, "this route takes another method")
}

/// Forms, results and reasons: a result has some texts of 4,000 characters.
const BODY_MAX: usize = 64 * 1024;

const ANYBODY: Whom = Whom::Anybody;
const TEXT: &[&str] = &["text/plain"];
const STREAM: &[&str] = &["text/event-stream"];
