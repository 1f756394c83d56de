//! The control socket in the data folder, by which commands at the machine ask the running engine.
//!
//! Only the engine's own user may connect, who may read the data folder anyway. A connection is one
//! request and one answer, each a line of JSON.

use std::{
    collections::BTreeMap,
    io::{self, BufRead, BufReader, Write},
    os::unix::{fs::PermissionsExt, net::UnixStream},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use console::{Configuration, NotReloaded, ReloadRequest, Reloaded};
use model::{AccountName, QueueId, event::AdoptionCause};
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt},
    net::UnixListener,
    sync::Semaphore,
};

use crate::backend::Engine;

/// A request to the running engine.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Request {
    /// Put the config folder in force.
    Reload {
        /// The person at the machine, as `os:NAME`.
        by: AccountName,
        /// For each removed queue with callers, the queue that takes them over.
        move_to: BTreeMap<QueueId, QueueId>,
    },
}

/// Asks the engine that runs in this data folder to reload. Blocks until it has answered.
///
/// # Errors
/// No engine runs there, or it does not answer.
pub fn reload(
    data: &Path,
    by: AccountName,
    move_to: BTreeMap<QueueId, QueueId>,
) -> io::Result<Result<Reloaded, NotReloaded>> {
    let mut stream = UnixStream::connect(socket(data))?;
    stream.set_read_timeout(Some(ANSWER_PATIENCE))?;
    stream.set_write_timeout(Some(REQUEST_PATIENCE))?;
    let mut line = serde_json::to_vec(&Request::Reload { by, move_to })?;
    line.push(b'\n');
    stream.write_all(&line)?;
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer)?;
    Ok(serde_json::from_str(&answer)?)
}

/// Listens until the engine ends. Without the socket the engine works, and SIGHUP reloads.
pub(crate) fn listen(engine: &Arc<Engine>, data: &Path) {
    let path = socket(data);
    match bind(&path) {
        Ok(listener) => {
            tokio::spawn(serve(Arc::clone(engine), listener));
        }
        Err(e) => tracing::warn!(
            "cannot listen at {}: {e}; `heartline reload` does not work, SIGHUP does",
            path.display()
        ),
    }
}

/// Removes the socket of an engine that stops.
pub(crate) fn close(data: &Path) {
    // It may not have been made.
    let _gone = std::fs::remove_file(socket(data));
}

/// The log of this data folder is locked by now, so a socket there is a leftover.
fn bind(path: &Path) -> io::Result<UnixListener> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

async fn serve(engine: Arc<Engine>, listener: UnixListener) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(e) => {
                tracing::warn!("cannot accept a command at the control socket: {e}");
                tokio::time::sleep(REQUEST_PATIENCE).await;
                continue;
            }
        };
        let engine = Arc::clone(&engine);
        tokio::spawn(async move {
            if let Err(e) = answer(&engine, stream).await {
                tracing::warn!("a command at the control socket failed: {e}");
            }
            drop(place);
        });
    }
}

async fn answer(engine: &Engine, mut stream: tokio::net::UnixStream) -> io::Result<()> {
    let (read, mut write) = stream.split();
    let mut line = String::new();
    let mut request = tokio::io::BufReader::new(read.take(REQUEST_BYTES_MAX));
    tokio::time::timeout(REQUEST_PATIENCE, request.read_line(&mut line)).await??;
    let Request::Reload { by, move_to } = serde_json::from_str(&line)?;
    let cause = AdoptionCause::Command;
    let request = ReloadRequest { cause, by: Some(by), move_to, dry_run: false };
    let mut answer = serde_json::to_vec(&engine.reload(request).await)?;
    answer.push(b'\n');
    tokio::time::timeout(REQUEST_PATIENCE, write.write_all(&answer)).await?
}

fn socket(data: &Path) -> PathBuf {
    data.join("control.sock")
}

/// Commands are given by people; a few at once are enough.
const CONNECTIONS_MAX: usize = 4;
/// Ten thousand queues to be moved, more than any config has.
const REQUEST_BYTES_MAX: u64 = 1 << 20;
/// The longest time for the bytes of a request or an answer.
const REQUEST_PATIENCE: Duration = Duration::from_secs(5);
/// The longest time that a command waits for its answer, which comes once the record is durable.
const ANSWER_PATIENCE: Duration = Duration::from_secs(60);
