//! Scans, photographs and papers: sent once, named by their hash in commands, taken out by those who
//! may see the ticket they hang on (REC-16, RPL-01, RPL-18).

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::{DefaultBodyLimit, Path, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use backoffice::masking::Sight;
use center::Command;
use model::{
    Event, TicketId,
    event::{AttachmentKept, AttachmentTaken},
};
use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest, Sha256};
use tower::ServiceExt;
use tower_http::services::ServeFile;

use super::{
    asked::Sent,
    described::{Api, Said},
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
                    "For who works on tickets. Name the hash in a command: as `scan`, or among \
                     `attachments`. PDF, OFD, JPEG, PNG, Word and Excel files, at most 20 MiB; told apart \
                     by what is in them.",
                )
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

/// What was sent.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AttachmentKept")]
struct Kept {
    /// SHA-256 in hex: its name from now on.
    sha256: String,
    bytes: u64,
    /// What it is, by what is in it.
    media_type: &'static str,
}

async fn keep(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Sent(body): Sent,
) -> Result<(StatusCode, Json<Kept>), Problem> {
    if !takes_part(who.role()) {
        return Err(Problem::forbidden("who works on tickets hangs papers on them"));
    }
    let Some(media_type) = media_type(&body) else {
        let what = "send a PDF, OFD, JPEG, PNG, Word or Excel file; this is none of them";
        return Err(Problem::unclear(what));
    };
    let sha256: String = Sha256::digest(&body).iter().map(|byte| format!("{byte:02x}")).collect();
    let (hash, bytes) = (sha256.clone(), body.len() as u64);
    desk.read(move |backend| backend.keep(&hash, &body)).await?;
    // The file is on the disk before the record says so.
    let by = who.account.name.clone();
    let kept = AttachmentKept { sha256: sha256.clone(), bytes, media_type: media_type.into(), by };
    desk.backend.command(who.actor(), Command::Note(Event::AttachmentKept(kept))).await?;
    Ok((StatusCode::CREATED, Json(Kept { sha256, bytes, media_type })))
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
                    return backend.attachment(&wanted);
                }
                match steps.last() {
                    Some(last) if steps.len() == STEPS => after = last.seq,
                    _ => return Ok(None),
                }
            }
        })
        .await;
    let file = found?.ok_or_else(nothing)?;
    let taken = AttachmentTaken { ticket, sha256: hash.clone(), by: who.account.name.clone() };
    desk.backend.command(who.actor(), Command::Note(Event::AttachmentTaken(taken))).await?;
    let Ok(response) = ServeFile::new(file).oneshot(request).await;
    let mut response = response.map(Body::new).into_response();
    // Nothing that was sent runs here: it is saved, not shown.
    let headers: &mut HeaderMap = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{hash}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// What it is, by its first bytes: what a sender says of it is not asked.
fn media_type(bytes: &[u8]) -> Option<&'static str> {
    let known: [(&[u8], &str); 4] = [
        (b"%PDF-", "application/pdf"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        // Word, Excel and OFD are archives; the old ones of Word and Excel are not taken.
        (b"PK\x03\x04", "application/zip"),
    ];
    known.iter().find(|(first, _)| bytes.starts_with(first)).map(|(_, word)| *word)
}

/// A page of a scanner in colour has two.
const FILE_MAX: usize = 20 * 1024 * 1024;
/// Read at once.
const STEPS: usize = 500;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_is_in_it() {
        assert_eq!(media_type(b"%PDF-1.7 ..."), Some("application/pdf"));
        assert_eq!(media_type(b"\xff\xd8\xff\xe0"), Some("image/jpeg"));
        assert_eq!(media_type(b"<html><script>"), None);
        assert_eq!(media_type(b"MZ"), None);
        assert_eq!(media_type(b""), None);
    }
}
