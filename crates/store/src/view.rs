//! sled and its trees, opened with care and closed with care.

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

use crate::{StoreError, codec, error::caught};

/// What `Store` and every `Reader` share.
pub(crate) struct View {
    folder: PathBuf,
    /// `None` while it is dropped, and where it could not be opened anew.
    trees: RwLock<Option<Trees>>,
    pub(crate) applied: AtomicU64,
}

/// The trees, which stay open while somebody looks.
pub(crate) struct Held<'v>(RwLockReadGuard<'v, Option<Trees>>);

impl Deref for Held<'_> {
    type Target = Trees;

    fn deref(&self) -> &Trees {
        self.0.as_ref().expect("looked at before it was handed out")
    }
}

/// The trees, by what is found in them.
pub(crate) struct Trees {
    pub(crate) meta: Tree,
    /// call -> CDR
    pub(crate) calls: Tree,
    /// caller, call
    pub(crate) calls_of_caller: Tree,
    /// seat, call: every seat the call was connected to
    pub(crate) calls_of_seat: Tree,
    /// call: those that have not ended
    pub(crate) open_calls: Tree,
    /// ticket -> ticket
    pub(crate) tickets: Tree,
    /// ticket, record -> the record: what was done with it, step by step
    pub(crate) courses: Tree,
    /// ticket -> what reports need of it
    pub(crate) facts: Tree,
    /// what it is filed under, ticket: see `crate::filed`
    pub(crate) tickets_by: Tree,
    /// filing -> filing
    pub(crate) filings: Tree,
    /// call -> ticket number
    pub(crate) ticket_of_call: Tree,
    /// seat -> who is signed in there, by name
    pub(crate) agents: Tree,
    /// SHA-256 in hex -> the last record of a file that was sent
    pub(crate) attachments: Tree,
    db: Db,
}

impl View {
    pub(crate) fn open(folder: &Path) -> Result<View, StoreError> {
        let (trees, applied) = Trees::open(folder)?;
        Ok(View {
            folder: folder.to_path_buf(),
            trees: RwLock::new(Some(trees)),
            applied: AtomicU64::new(applied),
        })
    }

    pub(crate) fn trees(&self) -> Result<Held<'_>, StoreError> {
        let held = self.trees.read().unwrap_or_else(PoisonError::into_inner);
        if held.is_none() { Err(StoreError::Busy) } else { Ok(Held(held)) }
    }

    /// Close it and open it again; what is damaged begins anew. Whoever looks meanwhile waits.
    pub(crate) fn reopen(&self) -> Result<(), StoreError> {
        let mut held = self.trees.write().unwrap_or_else(PoisonError::into_inner);
        close(held.take());
        let (trees, applied) = match Trees::open(&self.folder) {
            Err(error) if error.wants_rebuild() => {
                let gone = std::fs::remove_dir_all(place(&self.folder));
                gone.map_err(StoreError::Io)?;
                Trees::open(&self.folder)?
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
    /// The trees, and the last record they have seen. sled's own threads may hold the lock for a moment
    /// longer than whoever closed it, so a lock that is held is asked for again.
    fn open(folder: &Path) -> Result<(Trees, Seq), StoreError> {
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(StoreError::Io)?;
        let mut tries = 0;
        loop {
            match Trees::open_once(folder) {
                Err(StoreError::Busy) if tries < LOCK_TRIES => {
                    tries += 1;
                    std::thread::sleep(LOCK_PAUSE);
                }
                other => return other,
            }
        }
    }

    fn open_once(folder: &Path) -> Result<(Trees, Seq), StoreError> {
        caught(|| {
            let db = sled::Config::new()
                .path(place(folder))
                .cache_capacity(CACHE_BYTES)
                .flush_every_ms(Some(FLUSH_EVERY_MS))
                .open()?;
            let tree = |name: &str| db.open_tree(name);
            let trees = Trees {
                meta: tree("meta")?,
                calls: tree("calls")?,
                calls_of_caller: tree("calls_of_caller")?,
                calls_of_seat: tree("calls_of_seat")?,
                open_calls: tree("open_calls")?,
                tickets: tree("tickets")?,
                courses: tree("courses")?,
                facts: tree("facts")?,
                tickets_by: tree("tickets_by")?,
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

    /// The last record applied, when the trees mean what we think they mean.
    fn check_schema(&self) -> Result<Seq, StoreError> {
        let (schema, applied) = (self.meta.get(SCHEMA)?, self.meta.get(APPLIED)?);
        let Some(schema) = schema else {
            // Also the tail of a view that was never finished: it must be empty.
            if applied.is_some() || !self.calls.is_empty() || !self.tickets.is_empty() {
                return Err(StoreError::Damaged("it does not say its version".into()));
            }
            self.meta.insert(SCHEMA, &codec::SCHEMA.to_be_bytes())?;
            return Ok(0);
        };
        match schema.as_ref().try_into().map(u32::from_be_bytes) {
            Ok(codec::SCHEMA) => {}
            Ok(found) => return Err(StoreError::OldSchema { found }),
            Err(_) => return Err(StoreError::Damaged("its version is no number".into())),
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

/// sled flushes as it goes, and on a damaged file that may panic.
fn close(trees: Option<Trees>) {
    let _ = caught(|| {
        drop(trees);
        Ok(())
    });
}

/// sled's own folder, so that wiping it can meet nothing else.
pub(crate) fn place(folder: &Path) -> PathBuf {
    folder.join("view.sled")
}

pub(crate) const APPLIED: &[u8] = b"applied";
const SCHEMA: &[u8] = b"schema";
/// 64 MiB: today's calls and tickets; sled's own default is a gigabyte.
const CACHE_BYTES: u64 = 64 << 20;
/// A second in all: an engine that runs already keeps its lock longer.
const LOCK_TRIES: u32 = 50;
const LOCK_PAUSE: Duration = Duration::from_millis(20);
/// The log is the truth: what a crash takes from the view comes back from it.
const FLUSH_EVERY_MS: u64 = 1_000;
