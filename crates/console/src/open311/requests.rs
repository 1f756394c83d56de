//! Reading requests: a small part of each ticket, and only of tickets that may be public.

use deadlines::clock::{Allowance, WorkingTime};
use model::{
    Date, TicketId, Timestamp, Zone,
    desk::{Disposition, Purpose, TicketClosure, TicketState},
};
use store::TicketIndex;
use ticketing::Ticket;

use super::{Node, Open311Error, ServerRequest, services};
use crate::{blocking::read, timestamps};

/// `GET /requests/{id}`: one, as a list of one.
pub(super) async fn one(request: &ServerRequest<'_>, id: &str) -> Result<Node, Open311Error> {
    let missing = || Open311Error::not_found("service_request_id was not found");
    let ticket: TicketId = id.parse().map_err(|_| missing())?;
    let found = read(&request.server.tickets, move |tickets| tickets.ticket(ticket)).await?;
    let ticket = found.ok_or_else(missing)?;
    let has_code = check_query_code(request, &ticket)?;
    if !has_code && !may_be_public(request, &ticket) {
        return Err(missing());
    }
    Ok(Node::answer("service_requests", "request", vec![request_node(request, &ticket, has_code)]))
}

/// `GET /requests`: newest first.
pub(super) async fn list(request: &ServerRequest<'_>) -> Result<Node, Open311Error> {
    if let Some(ids) = request.field("service_request_id") {
        return by_ids(request, ids).await;
    }
    let filter = Filter::read(request)?;
    let topic = filter.service.clone().map(|code| TicketIndex::Topic(code.as_str().into()));
    let (zone, end, start) = (request.server.options.zone, filter.end, filter.start);
    // A number begins with its day, so tickets of later days are skipped.
    let before = TicketId::of_day(zone.date(end).plus(1), 0);
    let found = read(&request.server.tickets, move |tickets| {
        let (mut found, mut cursor) = (Vec::new(), Some(before));
        for _ in 0..BATCHES_MAX {
            let batch = tickets.tickets(cursor, BATCH, topic.as_ref())?;
            let last = batch.len() < BATCH;
            cursor = batch.last().map(|ticket| ticket.ticket);
            let is_past = batch.last().is_none_or(|ticket| ticket.opened < start);
            found.extend(batch.into_iter().filter(|t| start <= t.opened && t.opened <= end));
            if last || is_past {
                break;
            }
        }
        Ok(found)
    });
    let found: Vec<Ticket> = found.await?;
    let public = found.iter().filter(|ticket| may_be_public(request, ticket));
    let public = public.filter(|ticket| filter.closed.is_none_or(|c| c == is_closed(ticket)));
    let page = public.skip(filter.skip).take(filter.take);
    let requests = page.map(|ticket| request_node(request, ticket, false)).collect();
    Ok(Node::answer("service_requests", "request", requests))
}

async fn by_ids(request: &ServerRequest<'_>, ids: &str) -> Result<Node, Open311Error> {
    let ids: Vec<TicketId> =
        ids.split(',').take(IDS_MAX).filter_map(|id| id.trim().parse().ok()).collect();
    let found = read(&request.server.tickets, move |tickets| {
        let found = ids.into_iter().filter_map(|id| tickets.ticket(id).transpose());
        found.collect::<Result<Vec<_>, _>>()
    });
    let found = found.await?;
    let public = found.iter().filter(|ticket| may_be_public(request, ticket));
    let requests = public.map(|ticket| request_node(request, ticket, false)).collect();
    Ok(Node::answer("service_requests", "request", requests))
}

struct Filter {
    service: Option<String>,
    start: Timestamp,
    end: Timestamp,
    closed: Option<bool>,
    skip: usize,
    take: usize,
}

impl Filter {
    /// The filter in a query.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    fn read(request: &ServerRequest<'_>) -> Result<Filter, Open311Error> {
        let (now, zone) = (request.server.clock.now(), request.server.options.zone);
        let mut wrong = Vec::new();
        let mut time = |name: &str, second_of_day: u32| {
            let text = request.field(name)?;
            let found =
                timestamps::from_text(text, zone).or_else(|| day(text, second_of_day, zone));
            if found.is_none() {
                let right = "is not a date-time; write 2026-11-24T10:00:00+08:00 or 2026-11-24";
                wrong.push(format!("{name} {right}"));
            }
            found
        };
        let (start, end) = (time("start_date", 0), time("end_date", LAST_SECOND));
        let span = |days: u64| std::time::Duration::from_secs(days * 86_400);
        let (start, end) = match (start, end) {
            (Some(start), Some(end)) => (start, end),
            (Some(start), None) => (start, (start + span(DAYS_MAX)).min(now)),
            (None, end) => {
                let end = end.unwrap_or(now);
                let back = end.micros().saturating_sub(DAYS_MAX * 86_400 * 1_000_000);
                (Timestamp::from_micros(back), end)
            }
        };
        if start > end {
            wrong.push("start_date is after end_date".to_owned());
        } else if end.since(start) > span(DAYS_MAX) + span(1) {
            wrong.push(format!("the span is longer than {DAYS_MAX} days"));
        }
        let closed = match request.field("status") {
            None => None,
            Some("open") => Some(false),
            Some("closed") => Some(true),
            Some("open,closed" | "closed,open") => None,
            Some(_) => {
                wrong.push("status must be open or closed".to_owned());
                None
            }
        };
        let mut number = |name: &str, usual: usize, most: usize| match request.field(name) {
            None => usual,
            Some(text) => match text.parse() {
                Ok(n) if (1..=most).contains(&n) => n,
                _ => {
                    wrong.push(format!("{name} must be a number from 1 to {most}"));
                    usual
                }
            },
        };
        let page = number("page", 1, PAGES_MAX);
        let take = number("page_size", REQUESTS_MAX, REQUESTS_MAX);
        let service = request.field("service_code").map(str::to_owned);
        if !wrong.is_empty() {
            return Err(Open311Error::invalid(wrong));
        }
        Ok(Filter { service, start, end, closed, skip: (page - 1) * take, take })
    }
}

/// Whether the request shows the ticket's query code. Wrong codes are counted, so that codes cannot be
/// guessed.
fn check_query_code(request: &ServerRequest<'_>, ticket: &Ticket) -> Result<bool, Open311Error> {
    let Some(code) = request.field("query_code") else { return Ok(false) };
    let (now, server) = (request.server.clock.now(), request.server);
    server.failed_attempts.check(now, request.from).map_err(Open311Error::too_many)?;
    request.count(&format!("code of {}", ticket.ticket), CODES_PER_MINUTE)?;
    if ticket.query_code.is_empty() || ticket.query_code != code {
        server.failed_attempts.failed(now, request.from).map_err(Open311Error::too_many)?;
        return Err(Open311Error::forbidden("query_code is wrong"));
    }
    Ok(true)
}

/// Whether anybody may read about the ticket: its caller agreed, it does not report wrongdoing, it was
/// registered, and it is among the tickets we publish.
fn may_be_public(request: &ServerRequest<'_>, ticket: &Ticket) -> bool {
    let form = &ticket.form;
    let open = form.confidential == Some(false)
        && form.purpose != Some(Purpose::Report)
        && form.sensitive != Some(true);
    let is_valid = ticket.times.registered.is_some()
        && ticket.disposition == Disposition::Valid
        && ticket.state != TicketState::Cancelled
        && !matches!(ticket.closure, Some(TicketClosure::Invalid | TicketClosure::Withdrawn));
    open && is_valid && (request.config.publishes_all || was_reported_here(ticket))
}

/// Whether the ticket was reported over Open311.
pub(super) fn was_reported_here(ticket: &Ticket) -> bool {
    ticket.form.foreign.iter().flatten().any(|foreign| foreign.system == super::SYSTEM)
}

fn is_closed(ticket: &Ticket) -> bool {
    ticket.is_over()
}

/// A ticket as an Open311 request, with its text and place when `has_code`.
fn request_node(request: &ServerRequest<'_>, ticket: &Ticket, has_code: bool) -> Node {
    let (config, today) = (request.config, request.server.clock.today());
    let zone = request.server.options.zone;
    let code =
        ticket.form.topic.as_ref().map(|topic| topic.as_str().to_owned()).unwrap_or_default();
    let (service, agency, area) = config.directory.get(|directory| {
        let service = services::name_of(directory, &code, today).unwrap_or_default();
        let agency = ticket.lead().map(|unit| directory.unit_name(unit, today).to_owned());
        let area = ticket.form.area.as_ref().and_then(|area| directory.area(area)?.on(today));
        let area = area.map(|area| area.name.clone()).unwrap_or_default();
        (service, agency.unwrap_or_default(), area)
    });
    let private = |text: Option<&str>| {
        if has_code { text.unwrap_or_default().to_owned() } else { String::new() }
    };
    let description = private(ticket.form.content.as_deref());
    let place = private(ticket.form.address.as_ref().map(|address| address.reveal()));
    let address = if place.is_empty() { area } else { place };
    let status = if is_closed(ticket) { "closed" } else { "open" };
    let working_time = WorkingTime { calendar: &config.calendar, day_end: config.policy.day_end };
    let mut fields = vec![
        ("service_request_id", Node::text(ticket.ticket.to_string())),
        ("status", Node::text(status)),
        ("status_notes", Node::text(status_notes(ticket))),
        ("service_name", Node::text(service)),
        ("service_code", Node::text(code)),
        ("description", Node::text(description)),
        ("agency_responsible", Node::text(agency)),
        ("service_notice", Node::text(notice(request, ticket))),
        ("requested_datetime", Node::text(written(zone, ticket.opened))),
        ("updated_datetime", Node::text(written(zone, ticket.times.changed.max(ticket.opened)))),
    ];
    // Absent while the clock is stopped.
    if let Some(due) = ticket.due(working_time).filter(|_| !ticket.is_over()) {
        fields.push(("expected_datetime", Node::text(written(zone, due))));
    }
    fields.extend([
        ("address", Node::text(address)),
        ("address_id", Node::text("")),
        ("zipcode", Node::text("")),
    ]);
    if let Some(spot) = ticket.form.spot.filter(|_| has_code) {
        fields.push(("lat", Node::Leaf(spot.lat.into())));
        fields.push(("long", Node::Leaf(spot.long.into())));
    }
    Node::Fields(fields)
}

/// The name of the state, and the unit's text for the public after the hub has accepted it.
fn status_notes(ticket: &Ticket) -> String {
    let name = match ticket.state {
        TicketState::Draft => "录入中",
        TicketState::Registered => "已受理",
        TicketState::AwaitInfo => "待补充",
        TicketState::InReview => "待审核派单",
        TicketState::AwaitLeader => "呈批中",
        TicketState::Handling => "办理中",
        TicketState::Following => "随主单办理",
        TicketState::ResultCheck => "待验收",
        TicketState::Reply => "待反馈",
        TicketState::Callback => "待回访",
        TicketState::Closed => "已办结",
        TicketState::Archived => "已归档",
        TicketState::Cancelled => "作废",
    };
    let accepted = ticket.times.accepted.is_some() && ticket.times.replied.is_some();
    let lead = ticket.assignments.iter().rev().find(|a| a.is_lead() && !a.is_gone());
    let text = lead.and_then(|lead| lead.result.as_ref()).map(|result| result.public_text.as_str());
    match text.filter(|text| accepted && !text.is_empty()) {
        Some(text) => format!("{name}：{text}"),
        None => name.to_owned(),
    }
}

/// The promised time: `7个工作日内答复`.
pub(super) fn notice(request: &ServerRequest<'_>, ticket: &Ticket) -> String {
    let today = request.server.clock.today();
    let usual = ticket.form.topic.as_ref().and_then(|topic| {
        request.config.directory.get(|directory| directory.resolve_topic(topic, today)?.grade)
    });
    let grade = ticket.form.grade.or(usual).unwrap_or(model::desk::Grade::B);
    match request
        .config
        .policy
        .handling_terms(ticket.form.purpose, grade)
        .map(|promise| promise.allowance)
    {
        Some(Allowance::Days(days)) => format!("{days}个工作日内答复"),
        _ => String::new(),
    }
}

/// A second of a day that is written without a time.
fn day(text: &str, second_of_day: u32, zone: Zone) -> Option<Timestamp> {
    let (year, month, day) = spreadsheet::date(text)?;
    Some(zone.moment(Date::new(year, month, day)?, second_of_day))
}

/// A moment with the offset of the hotline's zone: `2026-11-24T10:00:00+08:00`.
fn written(zone: Zone, at: Timestamp) -> String {
    let s = zone.second_of_day(at);
    let (sign, east) = if zone.east_s < 0 { ('-', -zone.east_s) } else { ('+', zone.east_s) };
    format!(
        "{}T{:02}:{:02}:{:02}{sign}{:02}:{:02}",
        zone.date(at),
        s / 3_600,
        s / 60 % 60,
        s % 60,
        east / 3_600,
        east / 60 % 60
    )
}

const LAST_SECOND: u32 = 86_399;
/// The bounds of the specification.
const DAYS_MAX: u64 = 90;
const REQUESTS_MAX: usize = 1_000;
const PAGES_MAX: usize = 100;
const IDS_MAX: usize = 100;
/// Tickets in one read, and reads for one request.
const BATCH: usize = 500;
const BATCHES_MAX: usize = 20;
const CODES_PER_MINUTE: u32 = 5;
