//! A request made: one ticket, under the name of the app that made it.

use center::{AtTheDesk, Command};
use model::{
    AccountName, LineId, Number,
    desk::{Actor, Datum, ExternalReference, Form, MapPoint, Private, Purpose},
    event::SeatActor,
};
use ticketing::{DeskCommand, desk::Opening};

use super::{Asked, Fault, Node, body::SentFile, requests, services};
use crate::api::{
    attachments::hang,
    file_kind::{FileKind, TAKEN},
};

/// How tickets that came this way name where from.
pub(super) const SYSTEM: &str = "open311";

/// Makes the request of an app whose key was known.
pub(super) async fn create(asked: &Asked<'_>, app: &str) -> Result<Node, Fault> {
    asked.check_jurisdiction()?;
    let mut form = form_of(asked, app)?;
    let photographs = keep_files(asked, app).await?;
    form.attachments = Some(photographs).filter(|hashes| !hashes.is_empty());
    // The name of a request that is sent again because its answer was lost.
    let key = asked.headers.get("idempotency-key").and_then(|key| key.to_str().ok());
    let opening = Opening {
        channel: asked.server.channel,
        caller: form.contact.clone().unwrap_or_default(),
        line: LineId::from(app),
        message: None,
        form,
    };
    let order = AtTheDesk {
        by: Actor::Partner(SYSTEM.to_owned()),
        command: DeskCommand::Open(Box::new(opening)),
        expected: None,
        key: key.filter(|key| key.len() <= KEY_MAX).map(|key| format!("{app}/{key}")),
    };
    let backend = &asked.desk.backend;
    let done = backend.command(SeatActor::Engine, Command::Desk(Box::new(order))).await;
    let done = done.map_err(|refusal| match refusal {
        center::Refusal::Desk(workflow::Refusal::Faults { faults }) => {
            let what = faults.into_iter().map(|fault| format!("{}: {}", fault.field, fault.what));
            Fault::wrong(what.collect())
        }
        center::Refusal::Desk(no @ workflow::Refusal::KeyReused) => {
            Fault::wrong(vec![no.to_string()])
        }
        other => Fault::later(other.to_string()),
    })?;
    let ticket = done.ticket.ok_or_else(|| Fault::later("the request has no number yet"))?;
    let found = asked.desk.read(move |backend| backend.ticket(ticket)).await?;
    // Who reports is told the number and, once it is taken on, the code that opens it.
    let notice = found.map_or_else(String::new, |ticket| {
        let notice = requests::notice(asked, &ticket);
        match ticket.query_code.as_str() {
            "" => notice,
            code => format!("查询码{code}，{notice}"),
        }
    });
    let answer = Node::Fields(vec![
        ("service_request_id", Node::text(ticket.to_string())),
        ("service_notice", Node::text(notice)),
        ("account_id", Node::text(asked.field("account_id").unwrap_or_default())),
    ]);
    Ok(Node::answer("service_requests", "request", vec![answer]))
}

/// Keeps the photographs; what is not one is told before anything of the report is taken.
async fn keep_files(asked: &Asked<'_>, app: &str) -> Result<Vec<String>, Fault> {
    let untaken = |file: &&SentFile| FileKind::of(&file.bytes).is_none();
    let wrong = asked.files.iter().filter(untaken);
    let wrong =
        wrong.map(|file| format!("{}: this file cannot be taken; send one of {TAKEN}", file.name));
    let wrong: Vec<String> = wrong.collect();
    if !wrong.is_empty() {
        return Err(Fault::wrong(wrong));
    }
    let mut hashes = Vec::new();
    for file in &asked.files {
        let by = AccountName::from(format!("{SYSTEM}/{app}").as_str());
        let kept = hang(asked.desk, SeatActor::Engine, by, &file.name, file.bytes.clone()).await?;
        hashes.push(kept.sha256);
    }
    Ok(hashes)
}

/// The form, or everything that is wrong.
fn form_of(asked: &Asked<'_>, app: &str) -> Result<Form, Fault> {
    let mut wrong = Vec::new();
    let today = asked.desk.today();
    let code = asked.field("service_code").unwrap_or_default();
    let mut known = false;
    asked.server.network.with_network(&mut |network| {
        known = code.len() == 6 && services::name_of(network, code, today).is_some();
    });
    if code.is_empty() {
        wrong.push("service_code is missing".to_owned());
    } else if !known {
        return Err(Fault::not_found("service_code was not found"));
    }
    let spot = spot_of(asked, &mut wrong);
    let place = asked.field("address_string").or_else(|| asked.field("address_id"));
    if spot.is_none() && place.is_none() && asked.field("lat").is_none() {
        wrong.push("name a place: lat and long, address_string or address_id".to_owned());
    }
    let mut text = |name: &str, most: usize| {
        let text = asked.field(name);
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
    let purpose = match asked.field("attribute[purpose]") {
        None => None,
        Some(word) => {
            let purpose = serde_json::from_value::<Purpose>(word.into()).ok();
            let known = purpose.filter(|purpose| services::PURPOSES.contains(purpose));
            if known.is_none() {
                wrong.push("attribute[purpose] is none of the service's values".to_owned());
            }
            known
        }
    };
    let confidential = match asked.field("attribute[confidential]") {
        None => None,
        Some("yes") => Some(true),
        Some("no") => Some(false),
        Some(_) => {
            wrong.push("attribute[confidential] is yes or no".to_owned());
            None
        }
    };
    let affected = asked.field("attribute[affected]").and_then(|text| {
        let number = text.parse::<u32>().ok();
        if number.is_none() {
            wrong.push("attribute[affected] is a number".to_owned());
        }
        number
    });
    if media
        .as_ref()
        .is_some_and(|url| !(url.starts_with("https://") || url.starts_with("http://")))
    {
        wrong.push("media_url is no address of the web".to_owned());
    }
    if !wrong.is_empty() {
        return Err(Fault::wrong(wrong));
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
        // The app, and its own name for who uses it: never a number we were not given.
        foreign: Some(vec![ExternalReference {
            system: SYSTEM.to_owned(),
            number: device.map_or_else(|| app.to_owned(), |device| format!("{app}/{device}")),
            due: None,
        }]),
        ..Form::default()
    })
}

fn spot_of(asked: &Asked<'_>, wrong: &mut Vec<String>) -> Option<MapPoint> {
    let number = |name: &str| asked.field(name).map(str::parse::<f64>);
    let datum = match asked.field("attribute[datum]") {
        None | Some("wgs84") => Datum::Wgs84,
        Some("gcj02") => Datum::Gcj02,
        Some("bd09") => Datum::Bd09,
        Some(_) => {
            wrong.push("attribute[datum] is wgs84, gcj02 or bd09".to_owned());
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
            wrong.push("lat and long go together: -90 to 90, -180 to 180".to_owned());
            None
        }
    }
}

/// The specification's bound.
const DESCRIPTION_MAX: usize = 4_000;
const LINE_MAX: usize = 200;
const NAME_MAX: usize = 60;
const URL_MAX: usize = 2_048;
const TITLE_CHARS: usize = 40;
/// A UUID has 36.
const KEY_MAX: usize = 100;
