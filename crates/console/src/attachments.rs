//! Stores an uploaded file and records it in the log.

use std::sync::Arc;

use axum::{body::Bytes, extract::FromRef};
use center::Command;
use model::{
    AccountName, Event,
    event::{AttachmentKept, SeatActor},
};
use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{
    backend::{Attachments, Commands},
    blocking::read,
    file_kind::{FileKind, TAKEN},
    problem::Problem,
    state::AppState,
};

/// Stores files.
#[derive(Clone)]
pub(crate) struct AttachmentStore {
    attachments: Arc<dyn Attachments>,
    commands: Arc<dyn Commands>,
}

impl FromRef<AppState> for AttachmentStore {
    fn from_ref(state: &AppState) -> AttachmentStore {
        AttachmentStore {
            attachments: FromRef::from_ref(state),
            commands: FromRef::from_ref(state),
        }
    }
}

/// A stored file.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AttachmentKept")]
pub(crate) struct StoredFile {
    /// SHA-256 in hex, by which commands name the file.
    pub(crate) sha256: String,
    bytes: u64,
    /// The kind of file, from its content.
    media_type: &'static str,
    /// The name under which it is downloaded.
    name: String,
}

impl AttachmentStore {
    /// Stores a file. It is on disk before the record of it is written, and the record is durable
    /// when this returns. `sent_as` is the sender's name for the file.
    ///
    /// # Errors
    /// 422 for a kind of file that is not accepted, 503 when the disk or the log fails.
    pub(crate) async fn store(
        &self,
        actor: SeatActor,
        by: AccountName,
        sent_as: &str,
        body: Bytes,
    ) -> Result<StoredFile, Problem> {
        let Some(kind) = FileKind::of(&body) else {
            let detail = format!("this kind of file is not accepted; send one of {TAKEN}");
            return Err(Problem::invalid(detail));
        };
        let sha256: String =
            Sha256::digest(&body).iter().map(|byte| format!("{byte:02x}")).collect();
        let (hash, bytes) = (sha256.clone(), body.len() as u64);
        read(&self.attachments, move |attachments| attachments.keep(&hash, &body)).await?;
        let (media_type, name) = (kind.media_type, kind.name(sent_as, &sha256));
        let event = AttachmentKept {
            sha256: sha256.clone(),
            bytes,
            media_type: media_type.into(),
            name: name.clone(),
            by,
        };
        let event = Event::AttachmentKept(event);
        self.commands.execute(actor, Command::Note(event)).await?;
        Ok(StoredFile { sha256, bytes, media_type, name })
    }
}
