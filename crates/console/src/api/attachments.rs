//! Scans, photographs and papers: sent once, named by their hash in commands, taken out by those who
//! may see the ticket they hang on (REC-16, RPL-01, RPL-18).

use std::{
    fs::File,
    io::{self, Read},
    path::Path as FilePath,
    sync::Arc,
};

use axum::{
    Json,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, Request, State},
    http::StatusCode,
    response::Response,
};
use center::Command;
use model::{
    AccountName, Event, TicketId,
    event::{AttachmentKept, AttachmentTaken, SeatActor},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use ticketing::masking::Sight;

use super::{
    asked::{Asked, Sent},
    described::{Api, Said},
    file::{Disposition, served},
    file_kind::{FileKind, TAKEN},
    tickets,
};
use crate::{desk::Desk, problem::Problem, redact, rights::takes_part, who::Who};

pub(super) fn routes() -> Api {
    let keep = Api::default()
        .post(
            "/api/v1/attachments",
            keep,
            Said::person("Send a scan, a photograph, a paper: the answer is its hash")
                .more(
                    "For people who work on tickets. Name the hash in a command: as `scan`, or among \
                     `attachments`. Documents, pictures, sound and video, at most 20 MiB, told apart \
                     by what is in them. `name` is what the file is called; its ending is made to fit.",
                )
                .query::<Named>()
                .file()
                .makes::<Kept>(),
        )
        .layered(|router| router.layer(DefaultBodyLimit::max(FILE_MAX)));
    Api::default()
        .get(
            "/api/v1/tickets/{ticket}/attachments/{hash}",
            take,
            Said::person("What hangs on a ticket")
                .more(
                    "For who may see the ticket with its caller whole: a scan hides nobody. That it was \
                     taken out is on the record.",
                )
                .gives_as(&["application/octet-stream"]),
        )
        .merge(keep)
}

/// What a file is called.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "AttachmentName")]
struct Named {
    /// The sender's name for it: `承诺书.pdf`.
    #[serde(default)]
    name: String,
}

/// What was sent.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AttachmentKept")]
pub(crate) struct Kept {
    /// SHA-256 in hex: its name from now on.
    pub(crate) sha256: String,
    bytes: u64,
    /// What it is, by what is in it.
    media_type: &'static str,
    /// What it is called when it is taken out.
    name: String,
}

async fn keep(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Asked(named): Asked<Named>,
    Sent(body): Sent,
) -> Result<(StatusCode, Json<Kept>), Problem> {
    if !takes_part(who.role()) {
        return Err(Problem::forbidden("who works on tickets hangs papers on them"));
    }
    let kept = hang(&desk, who.actor(), who.account.name.clone(), &named.name, body).await?;
    Ok((StatusCode::CREATED, Json(kept)))
}

/// Keeps a file that somebody sent: it is on the disk before the record says so.
pub(crate) async fn hang(
    desk: &Desk,
    actor: SeatActor,
    by: AccountName,
    sent_as: &str,
    body: Bytes,
) -> Result<Kept, Problem> {
    let Some(kind) = FileKind::of(&body) else {
        return Err(Problem::unclear(format!("this file cannot be taken; send one of {TAKEN}")));
    };
    let sha256: String = Sha256::digest(&body).iter().map(|byte| format!("{byte:02x}")).collect();
    let (hash, bytes) = (sha256.clone(), body.len() as u64);
    desk.read(move |backend| backend.keep(&hash, &body)).await?;
    let (media_type, name) = (kind.media_type, kind.name(sent_as, &sha256));
    let kept = AttachmentKept {
        sha256: sha256.clone(),
        bytes,
        media_type: media_type.into(),
        name: name.clone(),
        by,
    };
    desk.backend.command(actor, Command::Note(Event::AttachmentKept(kept))).await?;
    Ok(Kept { sha256, bytes, media_type, name })
}

async fn take(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Path((ticket, hash)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let nothing = || Problem::not_found("nothing of this hash hangs on this ticket");
    let ticket: TicketId = ticket.parse().map_err(|_| nothing())?;
    let (seen, own) = tickets::seen(&desk, &who, ticket).await?;
    if redact::sight(&seen, &who.account, own) != Sight::Whole {
        return Err(Problem::forbidden("its caller is masked for you, and a scan hides nobody"));
    }
    let wanted = hash.clone();
    let found = desk
        .read(move |backend| {
            let quoted = format!("\"{wanted}\"");
            let mut after = 0;
            loop {
                let steps = backend.course(ticket, after, STEPS)?;
                let hangs =
                    steps.iter().any(|step| step.event.to_value().to_string().contains(&quoted));
                if hangs {
                    let Some(file) = backend.attachment(&wanted)? else { return Ok(None) };
                    return Ok(Some((file, backend.attachment_record(&wanted)?)));
                }
                match steps.last() {
                    Some(last) if steps.len() == STEPS => after = last.seq,
                    _ => return Ok(None),
                }
            }
        })
        .await;
    let (file, record) = found?.ok_or_else(nothing)?;
    let taken = AttachmentTaken { ticket, sha256: hash.clone(), by: who.account.name.clone() };
    desk.backend.command(who.actor(), Command::Note(Event::AttachmentTaken(taken))).await?;
    // Files sent before names were kept, and those of a view that is behind, are named by the hash.
    let name = record.map(|kept| kept.name).filter(|name| !name.is_empty());
    let name = match name {
        Some(name) => name,
        None => {
            let start = {
                let file = file.clone();
                desk.read(move |_| first_bytes(&file)).await?
            };
            FileKind::of(&start).map_or_else(|| hash.clone(), |kind| kind.name("", &hash))
        }
    };
    // Nothing that was sent runs here: it is saved, not shown.
    let media_type = "application/octet-stream";
    Ok(served(&file, media_type, Disposition::Attachment, &name, request).await)
}

/// Enough of a file to know what it is.
fn first_bytes(file: &FilePath) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?.take(KIND_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A Word document names what it is within its first entries.
const KIND_BYTES: u64 = 64 * 1024;
/// A page of a scanner in colour has two.
const FILE_MAX: usize = 20 * 1024 * 1024;
/// Read at once.
const STEPS: usize = 500;
