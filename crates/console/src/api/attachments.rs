//! Scans, photographs and documents: uploaded once, named by their hash in commands, and downloaded
//! by people who may see the ticket they are attached to (REC-16, RPL-01, RPL-18: attachments of
//! demands, results and instructions).

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::{
    Json,
    extract::{DefaultBodyLimit, Request, State},
    http::StatusCode,
    response::Response,
};
use model::{
    Event, TicketId,
    event::{AttachmentKept, AttachmentTaken},
};
use schemars::JsonSchema;
use serde::Deserialize;
use ticketing::{masking::MaskingLevel, rights::Right};

use super::ticket_access::TicketAccess;
use crate::{
    attachments::{AttachmentStore, StoredFile},
    auth::User,
    backend::{Attachments, Tickets},
    blocking::read,
    extract::{PathParams, QueryParams, RawBody},
    file_kind::FileKind,
    file_response::{Disposition, serve_file},
    openapi::{Api, RouteDoc},
    problem::Problem,
    redact,
};

pub(super) fn routes() -> Api {
    let upload = Api::default()
        .post(
            "/api/v1/attachments",
            upload,
            RouteDoc::any_account("Upload a scan, photograph or document; the answer is its hash")
                .notes(
                    "For people who work on tickets. A command names the hash as `scan` or among \
                     `attachments`. Documents, pictures, sound and video of at most 20 MiB are accepted; \
                     the content decides the kind. `name` is the file's name; its extension is made to fit.",
                )
                .query::<UploadQuery>()
                .file()
                .creates::<StoredFile>(),
        )
        .layered(|router| router.layer(DefaultBodyLimit::max(FILE_MAX)));
    Api::default()
        .get(
            "/api/v1/tickets/{ticket}/attachments/{hash}",
            download,
            RouteDoc::any_account("A file attached to a ticket")
                .notes(
                    "For people who may see the ticket's caller unmasked, because a scan cannot be masked. \
                     The download is recorded in the audit.",
                )
                .returns_media(&["application/octet-stream"]),
        )
        .merge(upload)
}

/// The query of an upload.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "AttachmentName")]
struct UploadQuery {
    /// The sender's name for the file: `承诺书.pdf`.
    #[serde(default)]
    name: String,
}

async fn upload(
    State(store): State<AttachmentStore>,
    user: User,
    QueryParams(query): QueryParams<UploadQuery>,
    RawBody(body): RawBody,
) -> Result<(StatusCode, Json<StoredFile>), Problem> {
    if !user.may(Right::Tickets) && !user.may(Right::UnitTickets) {
        return Err(Problem::forbidden("only people who work on tickets may upload attachments"));
    }
    let by = user.account.name.clone();
    let stored = store.store(user.seat_actor(), by, &query.name, body).await?;
    Ok((StatusCode::CREATED, Json(stored)))
}

async fn download(
    State(access): State<TicketAccess>,
    State(attachments): State<Arc<dyn Attachments>>,
    user: User,
    PathParams((ticket, hash)): PathParams<(String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let not_found = || Problem::not_found("no file with this hash is attached to this ticket");
    let id: TicketId = ticket.parse().map_err(|_| not_found())?;
    let (ticket, is_own) = access.ticket(&user, id).await?;
    if redact::masking_level(&ticket, &user.account, is_own) != MaskingLevel::Unmasked {
        let detail = "this role sees the caller masked, and a file cannot be masked";
        return Err(Problem::forbidden(detail));
    }
    let (tickets, wanted) = (Arc::clone(&access.tickets), hash.clone());
    let found =
        read(&attachments, move |attachments| find(tickets.as_ref(), attachments, id, &wanted));
    let (file, record) = found.await?.ok_or_else(not_found)?;
    let by = user.account.name.clone();
    let taken = AttachmentTaken { ticket: id, sha256: hash.clone(), by };
    access.audit.record(&user, Event::AttachmentTaken(taken)).await?;
    // Files uploaded before names were recorded, and files the view does not know yet, are named by
    // their hash.
    let name = record.map(|attachment| attachment.name).filter(|name| !name.is_empty());
    let name = match name {
        Some(name) => name,
        None => {
            let path = file.clone();
            let start = read(&attachments, move |_| first_bytes(&path)).await?;
            FileKind::of(&start).map_or_else(|| hash.clone(), |kind| kind.name("", &hash))
        }
    };
    // The browser saves the file and never shows it, so that nothing in it is run.
    let media_type = "application/octet-stream";
    Ok(serve_file(&file, media_type, Disposition::Attachment, &name, request).await)
}

/// The file with this hash and its record, when a record of the ticket names it.
fn find(
    tickets: &dyn Tickets,
    attachments: &dyn Attachments,
    ticket: TicketId,
    hash: &str,
) -> io::Result<Option<(PathBuf, Option<AttachmentKept>)>> {
    let quoted = format!("\"{hash}\"");
    let mut after = 0;
    loop {
        let records = tickets.history(ticket, after, BATCH)?;
        let names_it =
            records.iter().any(|record| record.event.to_value().to_string().contains(&quoted));
        if names_it {
            let Some(file) = attachments.attachment(hash)? else { return Ok(None) };
            return Ok(Some((file, attachments.attachment_record(hash)?)));
        }
        match records.last() {
            Some(last) if records.len() == BATCH => after = last.seq,
            _ => return Ok(None),
        }
    }
}

/// Enough of a file to know its kind.
fn first_bytes(file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?.take(KIND_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A Word document names its kind within its first entries.
const KIND_BYTES: u64 = 64 * 1024;
/// The longest file, in bytes; a page scanned in colour has two million.
const FILE_MAX: usize = 20 * 1024 * 1024;
/// Records in one read.
const BATCH: usize = 500;
