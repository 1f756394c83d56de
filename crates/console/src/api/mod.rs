//! The routes of the API, one file for each subject, with their documentation: who may use a route,
//! what it reads and what it answers. The OpenAPI 3.1 description made of it is
//! `GET /api/v1/openapi.json` and `heartline openapi`; there is no other list of routes.
//!
//! The table of rights is [`ticketing::rights`].

mod accounts;
mod agents;
mod allowed;
mod attachments;
mod audio;
mod audit;
mod call_control;
mod calls;
mod clocks;
mod commands;
mod config;
mod events;
mod health;
mod history;
mod knowledge;
mod leaders;
mod live;
mod matters;
mod messaging;
mod names;
mod network;
mod offers;
mod problems;
mod profiles;
mod publication;
mod queues;
mod reports;
mod seats;
mod session;
mod ticket_access;
mod ticket_csv;
mod tickets;
mod worklist;

use axum::{Router, extract::DefaultBodyLimit, middleware::from_fn};
use directory::{DirectoryCommand, leader::LeaderCommand};
use model::{
    CallId, Seq, StaffChange, TicketId,
    event::{ReportInstructed, ReportReleased},
};
use reporting::DueReport;
use serde_json::Value;
use stats::Cdr;
use ticketing::{
    CommandReceipt, Ticket,
    assignment::{self, AssignmentCommand},
    desk::{NewTicket, OrderCommand, OrderDraft},
    dissatisfaction::DissatisfactionCommand,
    filing::FilingCommand,
    rights::Right,
    ticket::{self, TicketCommand},
};
use workflow::table::Row;

use crate::{
    backend::{DrillDown, PeriodFigures, ReleasedReport},
    middleware::{answer_in_time, log_in_in_time},
    openapi::{Access, Api, RouteDoc},
    paging::Page,
    problem::Problem,
    state::AppState,
    time_range::TimeRange,
    wallboard_cache::WallboardDocument,
};

/// The whole API and the health routes.
pub(crate) fn router() -> Router<AppState> {
    let router = api().router().route("/api/{*rest}", axum::routing::any(no_such_route));
    router.layer(DefaultBodyLimit::max(BODY_MAX))
}

/// The OpenAPI 3.1 description of the API, made from the routes.
pub fn description() -> Value {
    api().description()
}

fn api() -> Api {
    let quick = people_and_calls()
        .merge(desk())
        .merge(profiles::routes())
        .merge(config::routes())
        .merge(offers::routes())
        .merge(attachments::routes())
        .merge(ticket_csv::routes())
        .merge(matters::routes())
        .merge(network::routes())
        .merge(names::routes())
        .merge(leaders::routes())
        .merge(knowledge::routes())
        .merge(messaging::routes())
        .merge(problems::routes())
        .layered(|router| router.layer(from_fn(answer_in_time)));
    quick.merge(passwords()).merge(streams()).merge(slow_reports())
}

fn people_and_calls() -> Api {
    use Right as R;
    let wallboard = |what| RouteDoc::with_right(R::Wallboard, what);
    let accounts = |what| RouteDoc::with_right(R::Accounts, what);
    let accounts_or_confirm = |what| RouteDoc::new(Access::With(R::Accounts, &[R::Confirm]), what);
    let own_seat = |what| RouteDoc::new(Access::With(R::AllSeats, &[R::OwnSeat]), what);
    let listen = |what| RouteDoc::with_right(R::Listen, what);
    Api::default()
        .get(
            "/healthz",
            health::healthz,
            RouteDoc::new(Access::Public, "Whether the process answers").returns_media(TEXT),
        )
        .get(
            "/readyz",
            health::readyz,
            RouteDoc::new(Access::Public, "Whether calls can be taken").returns_media(TEXT),
        )
        .get(
            "/metrics",
            health::metrics,
            RouteDoc::any_account("Measurements as Prometheus text")
                .notes("From loopback no account is needed.")
                .returns_media(TEXT),
        )
        .get(
            "/api/v1/openapi.json",
            health::description,
            RouteDoc::any_account("This description").returns_media(&["application/json"]),
        )
        .get(
            "/api/v1/hotline",
            health::hotline,
            RouteDoc::new(Access::Public, "The hotline's name and queues")
                .returns::<health::Hotline>(),
        )
        .post(
            "/api/v1/logout",
            session::log_out,
            RouteDoc::any_account("Log out").query::<session::LogOut>(),
        )
        .get(
            "/api/v1/me",
            session::me,
            RouteDoc::any_account("The person who asks, with their rights")
                .returns::<session::Me>(),
        )
        .get(
            "/api/v1/accounts",
            accounts::list,
            accounts_or_confirm("All accounts")
                .query::<accounts::Filter>()
                .returns::<accounts::AccountList>(),
        )
        .post(
            "/api/v1/accounts",
            accounts::add,
            accounts("Add an account; the answer shows its password once")
                .body::<accounts::NewAccount>()
                .creates::<accounts::AccountDocument>(),
        )
        .get(
            "/api/v1/accounts/{name}",
            accounts::one,
            accounts_or_confirm("One account, and the work it has in hand")
                .returns::<accounts::AccountDocument>(),
        )
        .post(
            "/api/v1/accounts/{name}",
            accounts::change,
            accounts("Change an account; absent fields stay, an empty text clears a field")
                .body::<StaffChange>()
                .returns::<accounts::AccountDocument>(),
        )
        .post(
            "/api/v1/accounts/{name}/confirm",
            accounts::confirm,
            RouteDoc::with_right(R::Confirm, "Confirm, as a second person, the role of an account")
                .notes(
                    "Neither the person who gave the role nor the one who has it may confirm it.",
                )
                .returns::<accounts::AccountDocument>(),
        )
        .post(
            "/api/v1/accounts/{name}/end",
            accounts::end,
            accounts("End an account at once; the answer lists the work to be taken over")
                .returns::<accounts::AccountDocument>(),
        )
        .post(
            "/api/v1/accounts/{name}/password",
            accounts::password,
            accounts("Generate a new password, shown once").returns::<accounts::AccountDocument>(),
        )
        .get(
            "/api/v1/audit",
            audit::list,
            RouteDoc::with_right(R::Audit, "Who saw and heard what")
                .query::<audit::AuditQuery>()
                .returns::<Page<stats::audit::AuditEntry, Seq>>(),
        )
        .get(
            "/api/v1/wallboard",
            live::wallboard,
            wallboard("The wallboard now").returns::<WallboardDocument<'static>>(),
        )
        .get(
            "/api/v1/queues",
            live::queues,
            wallboard("The queues now").returns::<Vec<live::QueueDocument<'static>>>(),
        )
        .get(
            "/api/v1/queues/figures",
            queues::figures,
            wallboard("Figures of queues by quarter hours of the last eight days")
                .query::<TimeRange>()
                .returns::<queues::QueueFigures>(),
        )
        .get(
            "/api/v1/seats",
            live::seats,
            wallboard("The seats now").returns::<Vec<live::SeatDocument<'static>>>(),
        )
        .get(
            "/api/v1/seats/{seat}",
            live::seat,
            wallboard("One seat now").returns::<live::SeatDocument<'static>>(),
        )
        .post(
            "/api/v1/seats/{seat}/{command}",
            seats::command,
            own_seat("Sign in or out, become ready or not ready, extend wrap-up")
                .notes("Agents command their own seat. Some commands have details in the body.")
                .body::<seats::SeatCommandBody>(),
        )
        .get(
            "/api/v1/agents",
            agents::list,
            RouteDoc::new(
                Access::With(R::AllAgents, &[R::OwnSeat]),
                "Figures of agents by quarter hours",
            )
            .notes("Agents see their own.")
            .query::<TimeRange>()
            .returns::<agents::AgentFigures>(),
        )
        .get(
            "/api/v1/calls",
            calls::list,
            RouteDoc::any_account("Calls")
                .notes("People without the right `all_calls` see the calls they answered.")
                .query::<calls::Filter>()
                .returns::<Page<Cdr, CallId>>(),
        )
        .get("/api/v1/calls/{call}", calls::one, RouteDoc::any_account("One call").returns::<Cdr>())
        .post(
            "/api/v1/calls/{call}/hang-up",
            calls::hang_up,
            own_seat("End a call").notes("Agents end their own calls."),
        )
        .post(
            "/api/v1/calls/{call}/hold",
            call_control::hold,
            own_seat("Put the caller on hold").notes("The caller hears music."),
        )
        .post(
            "/api/v1/calls/{call}/resume",
            call_control::resume,
            own_seat("Connect the caller again")
                .notes("Ends a hold. After a consultation all three hear each other."),
        )
        .post(
            "/api/v1/calls/{call}/invite",
            call_control::invite,
            own_seat("Ask a colleague or call an outside number; the caller is held meanwhile")
                .notes("When the call is not answered, the caller is connected again.")
                .body::<call_control::GuestChoice>(),
        )
        .post(
            "/api/v1/calls/{call}/remove",
            call_control::remove,
            own_seat("Remove a colleague or an outside number from the call")
                .body::<call_control::RemovedGuest>(),
        )
        .post(
            "/api/v1/calls/{call}/transfer",
            call_control::transfer,
            own_seat("Give the call to a seat, a queue or an outside number without asking")
                .notes(
                    "A call that the seat does not take comes back to the agent, then to the queue.",
                )
                .body::<call_control::TransferChoice>(),
        )
        .post(
            "/api/v1/calls/{call}/complete-transfer",
            call_control::complete_transfer,
            own_seat("Leave the call to the colleague who was asked"),
        )
        .post(
            "/api/v1/calls/{call}/monitor",
            call_control::monitor,
            listen("Connect a supervisor's phone to a call, or change what the voice does")
                .notes("Whispering and speaking need the right `barge`. Each use is on record.")
                .body::<call_control::MonitorChoice>(),
        )
        .post(
            "/api/v1/calls/{call}/stop-monitoring",
            call_control::stop_monitoring,
            listen("Disconnect a supervisor's phone from a call")
                .body::<call_control::SeatChoice>(),
        )
        .post(
            "/api/v1/calls/{call}/take-over",
            call_control::take_over,
            RouteDoc::with_right(R::Barge, "Take a call over from its agent")
                .notes("The supervisor has to be in the call.")
                .body::<call_control::SeatChoice>(),
        )
        .get(
            "/api/v1/recordings",
            calls::recordings,
            RouteDoc::with_right(R::Recordings, "Calls with a finished recording")
                .query::<calls::Filter>()
                .returns::<Page<Cdr, CallId>>(),
        )
}

fn desk() -> Api {
    let of_units = |what| RouteDoc::new(Access::With(Right::Tickets, &[Right::UnitTickets]), what);
    let by_table = |what| RouteDoc::any_account(what).returns::<CommandReceipt>();
    Api::default()
        .get(
            "/api/v1/tickets",
            tickets::list,
            RouteDoc::with_right(Right::Tickets, "Tickets, newest first")
                .notes("Filtered by one of kind, state, unit, caller, matter, topic and tag.")
                .query::<tickets::Filter>()
                .returns::<Page<Ticket, TicketId>>(),
        )
        .post(
            "/api/v1/tickets",
            commands::open,
            RouteDoc::any_account("Open a ticket for a demand that came by another channel than the phone")
                .notes("For agents, supervisors and dispatchers.")
                .command::<NewTicket>()
                .creates::<CommandReceipt>(),
        )
        .get(
            "/api/v1/tickets/{ticket}",
            tickets::one,
            of_units("One ticket with everything that was done")
                .notes("Units see tickets that were given to them. The view is recorded in the audit.")
                .returns::<Ticket>(),
        )
        .get(
            "/api/v1/tickets/{ticket}/events",
            history::list,
            of_units("The records of a ticket")
                .notes(
                    "Oldest first; what identifies the caller is masked by role.",
                )
                .query::<history::Query>()
                .returns::<history::History>(),
        )
        .get(
            "/api/v1/tickets/{ticket}/allowed",
            allowed::list,
            of_units("The commands that the person may give on a ticket now")
                .notes("Apart from the checks of each command.")
                .returns::<allowed::AllowedCommands>(),
        )
        .get(
            "/api/v1/tickets/{ticket}/clocks",
            clocks::list,
            of_units("The clocks of a ticket, with the reason for each due date")
                .notes("Day by day: which days count, which do not, and by which rules.")
                .query::<clocks::Query>()
                .returns::<clocks::Clocks>(),
        )
        .get(
            "/api/v1/tickets/{ticket}/publication",
            publication::case,
            RouteDoc::with_right(Right::Tickets, "A closed case as it may be published")
                .notes("Without anything that identifies the caller. Confidential cases are refused.")
                .returns::<publication::Case>(),
        )
        .post(
            "/api/v1/tickets/{ticket}/events",
            commands::ticket,
            by_table("A command to a ticket").notes(table(ticket::TABLE)).command::<TicketCommand>(),
        )
        .post(
            "/api/v1/assignments/{assignment}/events",
            commands::assignment,
            by_table("A command to an assignment")
                .notes(table(assignment::TABLE))
                .command::<AssignmentCommand>(),
        )
        .post(
            "/api/v1/matters/{matter}/filings",
            commands::new_filing,
            by_table("Put a difficult matter on file").command::<FilingCommand>(),
        )
        .post(
            "/api/v1/filings/{filing}/events",
            commands::filing,
            by_table("A command to a filing").command::<FilingCommand>(),
        )
        .post(
            "/api/v1/dissatisfactions/{ticket}/events",
            commands::dissatisfaction,
            by_table("A command to a dissatisfaction item, which stays open until it is struck off")
                .command::<DissatisfactionCommand>(),
        )
        .post(
            "/api/v1/matters/{matter}/orders",
            commands::new_order,
            by_table("Draft a supervision order").command::<OrderDraft>(),
        )
        .post(
            "/api/v1/orders/{order}/events",
            commands::step_of_order,
            by_table("A step of a supervision order").command::<OrderCommand>(),
        )
        .post(
            "/api/v1/network/events",
            commands::network,
            by_table("A command to the network: units, topics, the directory, duty")
                .command::<DirectoryCommand>(),
        )
        .post(
            "/api/v1/leaders/events",
            commands::leaders,
            by_table("A command about leaders' duty turns and sessions").command::<LeaderCommand>(),
        )
        .get(
            "/api/v1/worklist",
            worklist::mine,
            RouteDoc::any_account("The work that waits for the person, most urgent first")
                .query::<worklist::Filter>()
                .returns::<worklist::Worklist>(),
        )
        .get(
            "/api/v1/worklist/counts",
            worklist::counts,
            RouteDoc::any_account("How much work of each kind waits for the person, and how much of it is late")
                .returns::<Vec<worklist::WorkCount>>(),
        )
        .get(
            "/api/v1/units/{unit}/worklist",
            worklist::of_unit,
            of_units("The work that waits in a unit")
                .notes("A unit's people see its own; its head also those of units below it.")
                .query::<worklist::Filter>()
                .returns::<worklist::Worklist>(),
        )
        .get(
            "/api/v1/reports",
            reports::released,
            RouteDoc::with_right(Right::Released, "Released reports, newest first")
                .returns::<Vec<ReleasedReport>>(),
        )
        .get(
            "/api/v1/reports/due",
            reports::due,
            RouteDoc::with_right(Right::Figures, "Reports that wait to be released")
                .notes("Their period is over; they are listed from `draft_at` of reports.toml on. The report itself is its draft.")
                .returns::<Vec<DueReport>>(),
        )
        .post(
            "/api/v1/assessments/{assignment}",
            reports::rule,
            RouteDoc::with_right(Right::ApproveExclusion, "Exclude an assignment from the assessment, or include it again",
            )
            .notes("It needs a second person who may approve it, and answers open appeals.")
            .body::<reports::Ruling>(),
        )
        .get(
            "/api/v1/assessments/appeals",
            reports::appeals,
            RouteDoc::new(
                Access::With(Right::Figures, &[Right::UnitTickets]),
                "Appeals that wait for a ruling, oldest first",
            )
            .notes("Units see their own. With all=true also those that were ruled on.")
            .query::<reports::AppealsQuery>()
            .returns::<Vec<reports::AppealDocument>>(),
        )
        .post(
            "/api/v1/assessments/{assignment}/appeals",
            reports::appeal,
            RouteDoc::with_right(Right::Appeal, "Appeal against the assessment of a unit's assignment")
                .notes("For the unit's own people, before the report that ranks it is released.")
                .body::<reports::NewAppeal>()
                .creates::<reports::AppealDocument>(),
        )
        .post(
            "/api/v1/reports/{report}/instructions",
            reports::instruct,
            RouteDoc::with_right(Right::Instruct, "Write an instruction on a released special report (批示)")
                .body::<reports::Instruction>()
                .creates::<ReportInstructed>(),
        )
}

/// Routes that verify a password.
fn passwords() -> Api {
    Api::default()
        .post(
            "/api/v1/login",
            session::log_in,
            RouteDoc::new(Access::Public, "Log in; the session is a cookie")
                .body::<session::LogIn>()
                .returns::<session::Me>(),
        )
        .post(
            "/api/v1/me/password",
            session::new_password,
            RouteDoc::any_account("Change the password of one's own account")
                .body::<session::NewPassword>(),
        )
        .layered(|router| router.layer(from_fn(log_in_in_time)))
}

/// Answers that last as long as the client listens.
fn streams() -> Api {
    Api::default()
        .get(
            "/api/v1/recordings/{call}/audio",
            audio::audio,
            RouteDoc::with_right(Right::Recordings, "A recording as WAV, with ranges")
                .notes("The playback is recorded in the audit first.")
                .query::<audio::AudioQuery>()
                .returns_media(&["audio/wav"]),
        )
        .get(
            "/api/v1/wallboard/live",
            live::stream,
            RouteDoc::with_right(Right::Wallboard, "The live wallboard as a stream")
                .notes("`wallboard` events with the newest state, at most four a second, and a `beat` while nothing changes.")
                .returns_media(STREAM),
        )
        .get(
            "/api/v1/events",
            events::stream,
            RouteDoc::with_right(Right::Events, "The log as a stream")
                .notes("The id of an event is the record's number, so a client that reconnects with Last-Event-ID misses nothing. \
                       Masked by role. A `reset` event comes first when the log ends before the record asked for: a \
                       backup was restored, and records that were read after `last` no longer hold.")
                .query::<events::EventsQuery>()
                .returns_media(STREAM),
        )
}

/// Reports and figures: those of a large city for a year take seconds.
fn slow_reports() -> Api {
    Api::default()
        .get(
            "/api/v1/reports/{report}",
            reports::report,
            RouteDoc::any_account("A report, as of now or as released")
                .notes(
                    "Drafts are for people who see figures. The export is recorded in the audit.",
                )
                .query::<reports::ReportQuery>()
                .returns_media(&[
                    "text/html",
                    "text/csv",
                    "application/json",
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                ]),
        )
        .post(
            "/api/v1/reports/{report}/releases",
            reports::release,
            RouteDoc::with_right(
                Right::ReleaseReport,
                "Release a report: its data are frozen with a hash",
            )
            .body::<reports::Release>()
            .creates::<ReportReleased>(),
        )
        .get(
            "/api/v1/figures",
            reports::figures,
            RouteDoc::with_right(Right::Figures, "Every figure of a period")
                .query::<reports::FiguresQuery>()
                .returns::<PeriodFigures>(),
        )
        .get(
            "/api/v1/figures/{figure}/tickets",
            reports::drill_down,
            RouteDoc::with_right(Right::Figures, "The items that a figure counts")
                .query::<reports::DrillDownQuery>()
                .returns::<DrillDown>(),
        )
}

/// A state table as Markdown: which command is accepted in which states, and from whom.
fn table<State: std::fmt::Debug>(table: &[Row<State>]) -> String {
    let mut text =
        String::from("Which commands are accepted depends on the state and on the role:\n\n");
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

/// The longest body, in bytes: a form, a result or a reason; a result has some texts of 4,000
/// characters.
const BODY_MAX: usize = 64 * 1024;

const TEXT: &[&str] = &["text/plain"];
const STREAM: &[&str] = &["text/event-stream"];
