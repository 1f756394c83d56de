//! Requests read: little of a ticket, and only of those that may be public.

use deadlines::clock::{Allowance, Ground};
use model::{
    Date, TicketId, Timestamp, Zone,
    desk::{Disposition, Purpose, TicketClosure, TicketState},
};
use store::TicketIndex;
use ticketing::Ticket;

use super::{Asked, Fault, Node, services};
use crate::hooks::moment;

/// `GET /requests/{id}`: one, as a list of one.
pub(super) async fn one(asked: &Asked<'_>, id: &str) -> Result<Node, Fault> {
    let missing = || Fault::not_found("service_request_id was not found");
    let ticket: TicketId = id.parse().map_err(|_| missing())?;
    let found = asked.desk.read(move |backend| backend.ticket(ticket)).await?;
    let ticket = found.ok_or_else(missing)?;
    let owns = owns(asked, &ticket)?;
    if !owns && !may_be_public(asked, &ticket) {
        return Err(missing());
    }
    Ok(Node::answer("service_requests", "request", vec![shown(asked, &ticket, owns)]))
}

/// `GET /requests`: the newest first.
pub(super) async fn list(asked: &Asked<'_>) -> Result<Node, Fault> {
    if let Some(ids) = asked.field("service_request_id") {
        return by_ids(asked, ids).await;
    }
    let filter = Filter::read(asked)?;
    let topic = filter.service.clone().map(|code| TicketIndex::Topic(code.as_str().into()));
    let (zone, end, start) = (asked.desk.options.zone, filter.end, filter.start);
    // Numbers begin with their day: those of a later one are not looked at.
    let before = TicketId::of_day(zone.date(end).plus(1), 0);
    let found = asked
        .desk
        .read(move |backend| {
            let (mut found, mut cursor) = (Vec::new(), Some(before));
            for _ in 0..BUNCHES_MAX {
                let bunch = backend.tickets(cursor, BUNCH, topic.as_ref())?;
                let last = bunch.len() < BUNCH;
                cursor = bunch.last().map(|ticket| ticket.ticket);
                let over = bunch.last().is_none_or(|ticket| ticket.opened < start);
                found.extend(bunch.into_iter().filter(|t| start <= t.opened && t.opened <= end));
                if last || over {
                    break;
                }
            }
            Ok(found)
        })
        .await?;
    let public = found.iter().filter(|ticket| may_be_public(asked, ticket));
    let public = public.filter(|ticket| filter.closed.is_none_or(|c| c == is_closed(ticket)));
    let page = public.skip(filter.skip).take(filter.take);
    let requests = page.map(|ticket| shown(asked, ticket, false)).collect();
    Ok(Node::answer("service_requests", "request", requests))
}

async fn by_ids(asked: &Asked<'_>, ids: &str) -> Result<Node, Fault> {
    let ids: Vec<TicketId> =
        ids.split(',').take(IDS_MAX).filter_map(|id| id.trim().parse().ok()).collect();
    let found = asked
        .desk
        .read(move |backend| {
            ids.into_iter()
                .filter_map(|id| backend.ticket(id).transpose())
                .collect::<Result<Vec<_>, _>>()
        })
        .await?;
    let public = found.iter().filter(|ticket| may_be_public(asked, ticket));
    let requests = public.map(|ticket| shown(asked, ticket, false)).collect();
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
    /// Everything that is wrong with it at once.
    fn read(asked: &Asked<'_>) -> Result<Filter, Fault> {
        let (now, zone) = (asked.desk.now(), asked.desk.options.zone);
        let mut wrong = Vec::new();
        let mut time = |name: &str, second_of_day: u32| {
            let text = asked.field(name)?;
            let found = moment(text, zone).or_else(|| day(text, second_of_day, zone));
            if found.is_none() {
                let right = "is no date-time; write 2026-11-24T10:00:00+08:00 or 2026-11-24";
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
        let closed = match asked.field("status") {
            None => None,
            Some("open") => Some(false),
            Some("closed") => Some(true),
            Some("open,closed" | "closed,open") => None,
            Some(_) => {
                wrong.push("status is open or closed".to_owned());
                None
            }
        };
        let mut number = |name: &str, usual: usize, most: usize| match asked.field(name) {
            None => usual,
            Some(text) => match text.parse() {
                Ok(n) if (1..=most).contains(&n) => n,
                _ => {
                    wrong.push(format!("{name} is a number from 1 to {most}"));
                    usual
                }
            },
        };
        let page = number("page", 1, PAGES_MAX);
        let take = number("page_size", REQUESTS_MAX, REQUESTS_MAX);
        let service = asked.field("service_code").map(str::to_owned);
        if !wrong.is_empty() {
            return Err(Fault::wrong(wrong));
        }
        Ok(Filter { service, start, end, closed, skip: (page - 1) * take, take })
    }
}

/// Whether who asks has its query code. Wrong codes are counted: nobody tries a million.
fn owns(asked: &Asked<'_>, ticket: &Ticket) -> Result<bool, Fault> {
    let Some(code) = asked.field("query_code") else { return Ok(false) };
    let (now, desk) = (asked.desk.now(), asked.desk);
    desk.hook_attempts.check(now, asked.from).map_err(Fault::too_many)?;
    let name = format!("code of {}", ticket.ticket);
    desk.open311_rates.take(now, &name, CODES_A_MINUTE)?;
    if ticket.query_code.is_empty() || ticket.query_code != code {
        desk.hook_attempts.failed(now, asked.from).map_err(Fault::too_many)?;
        return Err(Fault::key("query_code is wrong"));
    }
    Ok(true)
}

/// Whether anybody may read of it: its caller said that it is not confidential, it reports nobody,
/// it was taken on, and it is one we publish.
fn may_be_public(asked: &Asked<'_>, ticket: &Ticket) -> bool {
    let form = &ticket.form;
    let open = form.confidential == Some(false)
        && form.purpose != Some(Purpose::Report)
        && form.sensitive != Some(true);
    let taken = ticket.times.registered.is_some()
        && ticket.disposition == Disposition::Valid
        && ticket.state != TicketState::Cancelled
        && !matches!(ticket.closure, Some(TicketClosure::Invalid | TicketClosure::Withdrawn));
    open && taken && (asked.server.publishes_all || came_this_way(ticket))
}

/// Whether it was reported here.
pub(super) fn came_this_way(ticket: &Ticket) -> bool {
    ticket.form.foreign.iter().flatten().any(|foreign| foreign.system == super::create::SYSTEM)
}

fn is_closed(ticket: &Ticket) -> bool {
    ticket.is_over()
}

/// A ticket as Open311 has it; its own text and place for who owns it alone.
fn shown(asked: &Asked<'_>, ticket: &Ticket, owns: bool) -> Node {
    let (server, today) = (asked.server, asked.desk.today());
    let zone = asked.desk.options.zone;
    let code =
        ticket.form.topic.as_ref().map(|topic| topic.as_str().to_owned()).unwrap_or_default();
    let (mut service, mut agency, mut area) = (String::new(), String::new(), String::new());
    server.network.with_network(&mut |network| {
        service = services::name_of(network, &code, today).unwrap_or_default();
        if let Some(unit) = ticket.lead() {
            agency = network.name_of(unit, today).to_owned();
        }
        let of = ticket.form.area.as_ref().and_then(|area| network.area(area)?.on(today));
        area = of.map(|area| area.name.clone()).unwrap_or_default();
    });
    let private =
        |text: Option<&str>| if owns { text.unwrap_or_default().to_owned() } else { String::new() };
    let description = private(ticket.form.content.as_deref());
    let place = private(ticket.form.address.as_ref().map(|address| address.reveal()));
    let address = if place.is_empty() { area } else { place };
    let status = if is_closed(ticket) { "closed" } else { "open" };
    let ground = Ground { calendar: &server.calendar, day_end: server.policy.day_end };
    let mut fields = vec![
        ("service_request_id", Node::text(ticket.ticket.to_string())),
        ("status", Node::text(status)),
        ("status_notes", Node::text(status_notes(ticket))),
        ("service_name", Node::text(service)),
        ("service_code", Node::text(code)),
        ("description", Node::text(description)),
        ("agency_responsible", Node::text(agency)),
        ("service_notice", Node::text(notice(asked, ticket))),
        ("requested_datetime", Node::text(written(zone, ticket.opened))),
        ("updated_datetime", Node::text(written(zone, ticket.times.changed.max(ticket.opened)))),
    ];
    // Omitted while it stands still.
    if let Some(due) = ticket.due(ground).filter(|_| !ticket.is_over()) {
        fields.push(("expected_datetime", Node::text(written(zone, due))));
    }
    fields.extend([
        ("address", Node::text(address)),
        ("address_id", Node::text("")),
        ("zipcode", Node::text("")),
    ]);
    if let Some(spot) = ticket.form.spot.filter(|_| owns) {
        fields.push(("lat", Node::Leaf(spot.lat.into())));
        fields.push(("long", Node::Leaf(spot.long.into())));
    }
    Node::Fields(fields)
}

/// The state's name, and what the unit wrote for the public once the hub has accepted it.
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

/// `7个工作日内答复`
pub(super) fn notice(asked: &Asked<'_>, ticket: &Ticket) -> String {
    let today = asked.desk.today();
    let mut usual = None;
    if let Some(topic) = &ticket.form.topic {
        asked.server.network.with_network(&mut |network| {
            usual = network.settle(topic, today).and_then(|topic| topic.grade);
        });
    }
    let grade = ticket.form.grade.or(usual).unwrap_or(model::desk::Grade::B);
    match asked.server.policy.handling(ticket.form.purpose, grade).map(|promise| promise.allowance)
    {
        Some(Allowance::Days(days)) => format!("{days}个工作日内答复"),
        _ => String::new(),
    }
}

/// A day without a time: its first second, or its last one.
fn day(text: &str, second_of_day: u32, zone: Zone) -> Option<Timestamp> {
    let (year, month, day) = spreadsheet::date(text)?;
    Some(zone.moment(Date::new(year, month, day)?, second_of_day))
}

/// With the offset of the hotline's wall: `2026-11-24T10:00:00+08:00`.
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
/// The specification's own bounds.
const DAYS_MAX: u64 = 90;
const REQUESTS_MAX: usize = 1_000;
const PAGES_MAX: usize = 100;
const IDS_MAX: usize = 100;
/// What one look takes from the view, and how many looks one request may cost.
const BUNCH: usize = 500;
const BUNCHES_MAX: usize = 20;
const CODES_A_MINUTE: u32 = 5;
