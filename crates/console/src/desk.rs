//! What every request needs at hand: the engine, the log-ins and the limits.

use std::{io, sync::Arc};

use model::{AccountName, Date, Timestamp};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

use crate::{
    api::{Listenings, Lists, Looks, Picture, Refusals},
    attempts::Attempts,
    back_off::BackOff,
    counted::{Counted, Place},
    open311::Rates,
    options::Options,
    port::Backend,
    problem::Problem,
    sessions::Sessions,
    shares::Shares,
};

/// The console's own state, shared by all requests.
pub(crate) struct Desk {
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) options: Options,
    pub(crate) sessions: Sessions,
    /// Wrong passwords, and how long each makes the next one wait.
    pub(crate) back_off: BackOff,
    /// Wrong keys of webhooks and Open311.
    pub(crate) hook_attempts: Attempts,
    /// Requests of apps and of those who look up, over Open311.
    pub(crate) open311_rates: Rates,
    pub(crate) listenings: Listenings,
    pub(crate) looks: Looks,
    pub(crate) lists: Lists,
    pub(crate) refusals: Refusals,
    pub(crate) picture: Picture,
    /// Requests that are open, by who makes them.
    pub(crate) shares: Shares,
    /// Places for live streams. Full: 429, and the page tries again later.
    streams: Arc<Semaphore>,
    streams_of: Counted<AccountName>,
    /// Password hashes cost 20 MB and a core each; the others wait in line.
    hashing: Semaphore,
    /// Places in that line. Full: 503, and the page tries again soon.
    hashing_line: Semaphore,
}

/// The place of a live stream, until it is dropped.
pub(crate) struct StreamPlace {
    _of_all: OwnedSemaphorePermit,
    _of_account: Place<AccountName>,
}

/// A turn to hash a password, until it is dropped.
pub(crate) struct HashingTurn<'a> {
    _turn: SemaphorePermit<'a>,
    _in_line: SemaphorePermit<'a>,
}

impl Desk {
    pub(crate) fn new(backend: Arc<dyn Backend>, options: Options) -> Desk {
        let limits = options.limits;
        Desk {
            backend,
            options,
            sessions: Sessions::default(),
            back_off: BackOff::default(),
            hook_attempts: Attempts::default(),
            open311_rates: Rates::default(),
            listenings: Listenings::listenings(),
            looks: Looks::looks(),
            lists: Lists::default(),
            refusals: Refusals::refusals(),
            picture: Picture::default(),
            shares: Shares::new(limits),
            streams: Arc::new(Semaphore::new(limits.streams)),
            streams_of: Counted::default(),
            hashing: Semaphore::new(HASHES_AT_ONCE),
            hashing_line: Semaphore::new(limits.passwords),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.backend.now()
    }

    /// The hotline's date.
    pub(crate) fn today(&self) -> Date {
        self.options.zone.date(self.now())
    }

    /// A turn to hash a password.
    pub(crate) async fn hashing_turn(&self) -> Result<HashingTurn<'_>, Problem> {
        let full = |_| Problem::later("too many log in at once", HASHING_RETRY_S);
        let _in_line = self.hashing_line.try_acquire().map_err(full)?;
        let closing = |_| Problem::unavailable("the console is closing");
        let _turn = self.hashing.acquire().await.map_err(closing)?;
        Ok(HashingTurn { _turn, _in_line })
    }

    /// A place for a live stream of this account.
    pub(crate) fn stream_place(&self, account: &AccountName) -> Result<StreamPlace, Problem> {
        let most = self.options.limits.streams_per_account;
        let own = || Problem::too_many("this account has too many live pages", STREAM_RETRY_S);
        let _of_account = self.streams_of.take(account.clone(), most).ok_or_else(own)?;
        let all = |_| Problem::too_many("too many live pages", STREAM_RETRY_S);
        let _of_all = Arc::clone(&self.streams).try_acquire_owned().map_err(all)?;
        Ok(StreamPlace { _of_all, _of_account })
    }

    /// Read something that may touch the disk, off the async threads.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&dyn Backend) -> io::Result<T> + Send + 'static,
    ) -> Result<T, Problem> {
        let backend = self.backend.clone();
        match tokio::task::spawn_blocking(move || read(backend.as_ref())).await {
            Ok(Ok(found)) => Ok(found),
            Ok(Err(error)) => {
                tracing::warn!(%error, "a read failed");
                Err(Problem::unavailable("the records cannot be read now"))
            }
            // The reader panicked, as sled may on a damaged file: this request fails, no other.
            Err(error) => {
                tracing::error!(%error, "a read died");
                Err(Problem::unavailable("the records cannot be read now"))
            }
        }
    }
}

const HASHES_AT_ONCE: usize = 2;
const HASHING_RETRY_S: u64 = 2;
const STREAM_RETRY_S: u64 = 10;
