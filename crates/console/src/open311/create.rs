//! A new request: one ticket, in the name of the app that sent it.

use center::{Command, DeskRequest};
use model::{
    AccountName, LineId, Number,
    desk::{Actor, Datum, ExternalReference, Form, MapPoint, Private, Purpose},
    event::SeatActor,
};
use ticketing::{DeskCommand, desk::NewTicket};

use super::{Node, Open311Error, SYSTEM, ServerRequest, body::SentFile, requests, services};
use crate::{
    blocking::read,
    file_kind::{FileKind, TAKEN},
};

/// Opens the ticket of a request. `app` is the app whose key was valid.
pub(super) async fn create(request: &ServerRequest<'_>, app: &str) -> Result<Node, Open311Error> {
    request.check_jurisdiction()?;
    let mut form = form_of(request, app)?;
    let photographs = keep_files(request, app).await?;
    form.attachments = Some(photographs).filter(|hashes| !hashes.is_empty());
    // A request that is sent again because its answer was lost has the same key.
    let key = request.headers.get("idempotency-key").and_then(|key| key.to_str().ok());
    let new_ticket = NewTicket {
        channel: request.config.channel,
        caller: form.contact.clone().unwrap_or_default(),
        line: LineId::from(app),
        message: None,
        form,
    };
    let desk_request = DeskRequest {
        by: Actor::Partner(SYSTEM.to_owned()),
        command: DeskCommand::Open(Box::new(new_ticket)),
        expected: None,
        key: key.filter(|key| key.len() <= KEY_MAX).map(|key| format!("{app}/{key}")),
    };
    let command = Command::Desk(Box::new(desk_request));
    let done = request.server.commands.execute(SeatActor::Engine, command).await;
    let done = done.map_err(|refusal| match refusal {
        center::Refusal::Desk(workflow::Refusal::Faults { faults }) => {
            let what = faults.into_iter().map(|fault| format!("{}: {}", fault.field, fault.what));
            Open311Error::invalid(what.collect())
        }
        center::Refusal::Desk(no @ workflow::Refusal::KeyReused) => {
            Open311Error::invalid(vec![no.to_string()])
        }
        other => Open311Error::unavailable(other.to_string()),
    })?;
    let ticket =
        done.ticket.ok_or_else(|| Open311Error::unavailable("the request has no number yet"))?;
    let found = read(&request.server.tickets, move |tickets| tickets.ticket(ticket)).await?;
    // The answer holds the number and, once the ticket is registered, the code that opens it.
    let notice = found.map_or_else(String::new, |ticket| {
        let notice = requests::notice(request, &ticket);
        match ticket.query_code.as_str() {
            "" => notice,
            code => format!("查询码{code}，{notice}"),
        }
    });
    let answer = Node::Fields(vec![
        ("service_request_id", Node::text(ticket.to_string())),
        ("service_notice", Node::text(notice)),
        ("account_id", Node::text(request.field("account_id").unwrap_or_default())),
    ]);
    Ok(Node::answer("service_requests", "request", vec![answer]))
}

/// Stores the photographs. Files of other kinds are refused before anything is stored.
async fn keep_files(request: &ServerRequest<'_>, app: &str) -> Result<Vec<String>, Open311Error> {
    let untaken = |file: &&SentFile| FileKind::of(&file.bytes).is_none();
    let wrong = request.files.iter().filter(untaken);
    let wrong = wrong.map(|file| {
        format!("{}: this kind of file is not accepted; send one of {TAKEN}", file.name)
    });
    let wrong: Vec<String> = wrong.collect();
    if !wrong.is_empty() {
        return Err(Open311Error::invalid(wrong));
    }
    let mut hashes = Vec::new();
    for file in &request.files {
        let by = AccountName::from(format!("{SYSTEM}/{app}").as_str());
        let store = &request.server.attachments;
        let stored = store.store(SeatActor::Engine, by, &file.name, file.bytes.clone()).await?;
        hashes.push(stored.sha256);
    }
    Ok(hashes)
}

/// The registration form.
///
/// # Errors
/// Everything that is wrong with the request.
fn form_of(request: &ServerRequest<'_>, app: &str) -> Result<Form, Open311Error> {
    let mut wrong = Vec::new();
    let today = request.server.clock.today();
    let code = request.field("service_code").unwrap_or_default();
    let directory = &request.config.directory;
    let is_known = code.len() == 6
        && directory.get(|directory| services::name_of(directory, code, today)).is_some();
    if code.is_empty() {
        wrong.push("service_code is missing".to_owned());
    } else if !is_known {
        return Err(Open311Error::not_found("service_code was not found"));
    }
    let spot = spot_of(request, &mut wrong);
    let place = request.field("address_string").or_else(|| request.field("address_id"));
    if spot.is_none() && place.is_none() && request.field("lat").is_none() {
        wrong.push("give a place: lat and long, address_string or address_id".to_owned());
    }
    let mut text = |name: &str, most: usize| {
        let text = request.field(name);
        let long = text.map_or(0, |text| text.chars().count());
        if long > most {
            wrong.push(format!("{name} has {long} characters; at most {most}"));
        }
        text.map(str::to_owned)
    };
    let description = text("description", DESCRIPTION_MAX);
    let address = text("address_string", LINE_MAX).or_else(|| text("address_id", LINE_MAX));
    let (first, last) = (text("first_name", NAME_MAX), text("last_name", NAME_MAX));
    let (phone, email) = (text("phone", NAME_MAX), text("email", LINE_MAX));
    let (device, media) = (text("device_id", LINE_MAX), text("media_url", URL_MAX));
    let purpose = match request.field("attribute[purpose]") {
        None => None,
        Some(word) => {
            let purpose = serde_json::from_value::<Purpose>(word.into()).ok();
            let known = purpose.filter(|purpose| services::PURPOSES.contains(purpose));
            if known.is_none() {
                wrong.push("attribute[purpose] is not one of the service's values".to_owned());
            }
            known
        }
    };
    let confidential = match request.field("attribute[confidential]") {
        None => None,
        Some("yes") => Some(true),
        Some("no") => Some(false),
        Some(_) => {
            wrong.push("attribute[confidential] must be yes or no".to_owned());
            None
        }
    };
    let affected = request.field("attribute[affected]").and_then(|text| {
        let number = text.parse::<u32>().ok();
        if number.is_none() {
            wrong.push("attribute[affected] must be a number".to_owned());
        }
        number
    });
    if media
        .as_ref()
        .is_some_and(|url| !(url.starts_with("https://") || url.starts_with("http://")))
    {
        wrong.push("media_url is not a web address".to_owned());
    }
    if !wrong.is_empty() {
        return Err(Open311Error::invalid(wrong));
    }
    let name: String = [last, first].into_iter().flatten().collect();
    let mut content = description.clone().unwrap_or_default();
    for (what, extra) in [("", media), ("邮箱：", email)] {
        if let Some(extra) = extra {
            content.push('\n');
            content.push_str(what);
            content.push_str(&extra);
        }
    }
    let title = description.as_deref().and_then(|text| text.lines().next());
    Ok(Form {
        name: Some(Private::new(name)).filter(|name| !name.is_empty()),
        contact: phone.map(|phone| Number::new(&phone)),
        confidential,
        purpose,
        topic: Some(code.into()),
        title: title.map(|line| line.chars().take(TITLE_CHARS).collect()),
        content: Some(content.trim().chars().take(DESCRIPTION_MAX).collect::<String>())
            .filter(|text| !text.is_empty()),
        address: address.map(Private::new),
        spot,
        affected,
        // The app, and its own name for the person who uses it.
        foreign: Some(vec![ExternalReference {
            system: SYSTEM.to_owned(),
            number: device.map_or_else(|| app.to_owned(), |device| format!("{app}/{device}")),
            due: None,
        }]),
        ..Form::default()
    })
}

fn spot_of(request: &ServerRequest<'_>, wrong: &mut Vec<String>) -> Option<MapPoint> {
    let number = |name: &str| request.field(name).map(str::parse::<f64>);
    let datum = match request.field("attribute[datum]") {
        None | Some("wgs84") => Datum::Wgs84,
        Some("gcj02") => Datum::Gcj02,
        Some("bd09") => Datum::Bd09,
        Some(_) => {
            wrong.push("attribute[datum] must be wgs84, gcj02 or bd09".to_owned());
            Datum::Wgs84
        }
    };
    match (number("lat"), number("long")) {
        (None, None) => None,
        (Some(Ok(lat)), Some(Ok(long)))
            if (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&long) =>
        {
            Some(MapPoint { lat, long, datum })
        }
        _ => {
            wrong.push("give lat (-90 to 90) and long (-180 to 180) together".to_owned());
            None
        }
    }
}

/// The bound of the specification, in characters.
const DESCRIPTION_MAX: usize = 4_000;
const LINE_MAX: usize = 200;
const NAME_MAX: usize = 60;
const URL_MAX: usize = 2_048;
const TITLE_CHARS: usize = 40;
/// A UUID has 36 characters.
const KEY_MAX: usize = 100;
