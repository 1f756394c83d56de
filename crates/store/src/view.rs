//! Opening, reopening and closing sled and its trees.

use std::{
    fs::DirBuilder,
    ops::Deref,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::{
        PoisonError, RwLock, RwLockReadGuard,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use model::Seq;
use sled::{Db, Tree};

use crate::{StoreError, codec, error::catch_panic};

/// The state shared by `Store` and every `Reader`.
pub(crate) struct View {
    folder: PathBuf,
    cache_bytes: u64,
    /// `None` while it is being closed, and after it could not be reopened.
    trees: RwLock<Option<Trees>>,
    pub(crate) applied: AtomicU64,
}

/// The trees, kept open while a query runs.
pub(crate) struct OpenTrees<'v>(RwLockReadGuard<'v, Option<Trees>>);

impl Deref for OpenTrees<'_> {
    type Target = Trees;

    fn deref(&self) -> &Trees {
        self.0.as_ref().expect("looked at before it was handed out")
    }
}

/// The trees; each comment has the parts of the key and the value.
pub(crate) struct Trees {
    pub(crate) meta: Tree,
    /// call -> CDR
    pub(crate) calls: Tree,
    /// index key, call; see `crate::call_index`
    pub(crate) calls_by: Tree,
    /// call, record -> the record: the offers of the call, with what became of each
    pub(crate) offers_of_call: Tree,
    /// call, for calls that have not ended
    pub(crate) open_calls: Tree,
    /// ticket -> ticket
    pub(crate) tickets: Tree,
    /// ticket, record -> the record: the history of the ticket
    pub(crate) courses: Tree,
    /// ticket -> the row that reports read
    pub(crate) facts: Tree,
    /// index key, ticket; see `crate::ticket_index`
    pub(crate) tickets_by: Tree,
    /// index -> the number of its tickets, for the indexes that are counted
    pub(crate) counts: Tree,
    /// filing -> filing
    pub(crate) filings: Tree,
    /// call -> ticket number
    pub(crate) ticket_of_call: Tree,
    /// seat -> the agent signed in by name
    pub(crate) agents: Tree,
    /// SHA-256 in hex -> the last record of an uploaded file
    pub(crate) attachments: Tree,
    db: Db,
}

impl View {
    pub(crate) fn open(folder: &Path, cache_bytes: u64) -> Result<View, StoreError> {
        let (trees, applied) = Trees::open(folder, cache_bytes)?;
        Ok(View {
            folder: folder.to_path_buf(),
            cache_bytes,
            trees: RwLock::new(Some(trees)),
            applied: AtomicU64::new(applied),
        })
    }

    pub(crate) fn trees(&self) -> Result<OpenTrees<'_>, StoreError> {
        let held = self.trees.read().unwrap_or_else(PoisonError::into_inner);
        if held.is_none() { Err(StoreError::Busy) } else { Ok(OpenTrees(held)) }
    }

    /// Closes sled and opens it again; a damaged view is wiped. Queries wait meanwhile.
    pub(crate) fn reopen(&self) -> Result<(), StoreError> {
        let mut held = self.trees.write().unwrap_or_else(PoisonError::into_inner);
        close(held.take());
        let (trees, applied) = match Trees::open(&self.folder, self.cache_bytes) {
            Err(error) if error.wants_rebuild() => {
                let gone = std::fs::remove_dir_all(path(&self.folder));
                gone.map_err(StoreError::Io)?;
                Trees::open(&self.folder, self.cache_bytes)?
            }
            other => other?,
        };
        self.applied.store(applied, Ordering::Release);
        *held = Some(trees);
        Ok(())
    }

    pub(crate) fn applied(&self) -> Seq {
        self.applied.load(Ordering::Acquire)
    }
}

impl Trees {
    /// The trees and the last record applied. sled's threads may hold the lock for a moment after closing,
    /// so that a locked file is tried again.
    fn open(folder: &Path, cache_bytes: u64) -> Result<(Trees, Seq), StoreError> {
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(StoreError::Io)?;
        let mut tries = 0;
        loop {
            match Trees::open_once(folder, cache_bytes) {
                Err(StoreError::Busy) if tries < LOCK_TRIES => {
                    tries += 1;
                    std::thread::sleep(LOCK_PAUSE);
                }
                other => return other,
            }
        }
    }

    fn open_once(folder: &Path, cache_bytes: u64) -> Result<(Trees, Seq), StoreError> {
        catch_panic(|| {
            let db = sled::Config::new()
                .path(path(folder))
                .cache_capacity(cache_bytes)
                .flush_every_ms(Some(FLUSH_EVERY_MS))
                .open()?;
            let tree = |name: &str| db.open_tree(name);
            let trees = Trees {
                meta: tree("meta")?,
                calls: tree("calls")?,
                calls_by: tree("calls_by")?,
                offers_of_call: tree("offers_of_call")?,
                open_calls: tree("open_calls")?,
                tickets: tree("tickets")?,
                courses: tree("courses")?,
                facts: tree("facts")?,
                tickets_by: tree("tickets_by")?,
                counts: tree("counts")?,
                filings: tree("filings")?,
                ticket_of_call: tree("ticket_of_call")?,
                agents: tree("agents")?,
                attachments: tree("attachments")?,
                db,
            };
            let applied = trees.check_schema()?;
            Ok((trees, applied))
        })
    }

    /// The last record applied, if the schema is the expected one.
    fn check_schema(&self) -> Result<Seq, StoreError> {
        let (schema, applied) = (self.meta.get(SCHEMA)?, self.meta.get(APPLIED)?);
        let Some(schema) = schema else {
            // A view whose creation was interrupted has no schema; it must be empty.
            if applied.is_some() || !self.calls.is_empty() || !self.tickets.is_empty() {
                return Err(StoreError::Damaged("it has no schema version".into()));
            }
            self.meta.insert(SCHEMA, &codec::SCHEMA.to_be_bytes())?;
            return Ok(0);
        };
        match schema.as_ref().try_into().map(u32::from_be_bytes) {
            Ok(codec::SCHEMA) => {}
            Ok(found) => return Err(StoreError::OldSchema { found }),
            Err(_) => return Err(StoreError::Damaged("its schema version cannot be read".into())),
        }
        let Some(applied) = applied else { return Ok(0) };
        codec::id(&applied)
    }

    pub(crate) fn flush(&self) -> Result<(), StoreError> {
        self.db.flush()?;
        Ok(())
    }
}

impl Drop for View {
    fn drop(&mut self) {
        close(self.trees.get_mut().unwrap_or_else(PoisonError::into_inner).take());
    }
}

/// Closing flushes, which may panic on a damaged file.
fn close(trees: Option<Trees>) {
    let _ = catch_panic(|| {
        drop(trees);
        Ok(())
    });
}

/// sled has a folder of its own, so that wiping it removes nothing else.
pub(crate) fn path(folder: &Path) -> PathBuf {
    folder.join("view.sled")
}

pub(crate) const APPLIED: &[u8] = b"applied";
const SCHEMA: &[u8] = b"schema";
/// One second in all. A running engine holds its lock longer.
const LOCK_TRIES: u32 = 50;
const LOCK_PAUSE: Duration = Duration::from_millis(20);
/// A crash may lose the last second of the view, which is applied again from the log.
const FLUSH_EVERY_MS: u64 = 1_000;
