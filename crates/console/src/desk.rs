//! What every request needs at hand: the engine, the log-ins and the limits.

use std::{io, sync::Arc};

use model::{Date, Timestamp};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::{
    api::{Listenings, Looks, Picture},
    attempts::Attempts,
    open311::Rates,
    options::Options,
    port::Backend,
    problem::Problem,
    sessions::Sessions,
};

/// The console's own state, shared by all requests.
pub(crate) struct Desk {
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) options: Options,
    pub(crate) sessions: Sessions,
    pub(crate) attempts: Attempts,
    /// The same for webhooks: a partner with an old key must not lock people out.
    pub(crate) hook_attempts: Attempts,
    /// Requests of apps and of those who look up, over Open311.
    pub(crate) open311_rates: Rates,
    pub(crate) listenings: Listenings,
    pub(crate) looks: Looks,
    pub(crate) picture: Picture,
    /// Seats for live streams. Full: 429, and the page tries again later.
    pub(crate) streams: Arc<Semaphore>,
    /// Password hashes cost 20 MB and a core each; the others wait in line.
    pub(crate) hashing: Semaphore,
}

impl Desk {
    pub(crate) fn new(backend: Arc<dyn Backend>, options: Options) -> Desk {
        Desk {
            backend,
            options,
            sessions: Sessions::default(),
            attempts: Attempts::default(),
            hook_attempts: Attempts::default(),
            open311_rates: Rates::default(),
            listenings: Listenings::listenings(),
            looks: Looks::looks(),
            picture: Picture::default(),
            streams: Arc::new(Semaphore::new(STREAMS_MAX)),
            hashing: Semaphore::new(HASHES_AT_ONCE),
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
    pub(crate) async fn hashing_turn(&self) -> Result<SemaphorePermit<'_>, Problem> {
        self.hashing.acquire().await.map_err(|_| Problem::unavailable("the console is closing"))
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

/// Every seat of a large hotline, and the walls.
const STREAMS_MAX: usize = 2_000;
const HASHES_AT_ONCE: usize = 2;
