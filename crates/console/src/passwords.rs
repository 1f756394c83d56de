//! The queue in which passwords wait to be hashed.

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::problem::Problem;

/// Lets a few passwords be hashed at once: each costs 20 MB and a core. The others wait.
pub(crate) struct HashingQueue {
    running: Semaphore,
    waiting: Semaphore,
}

/// The permission to hash a password, until it is dropped.
pub(crate) struct HashingPermit<'a> {
    _running: SemaphorePermit<'a>,
    _waiting: SemaphorePermit<'a>,
}

impl HashingQueue {
    /// A queue in which at most so many passwords wait.
    pub(crate) fn new(waiting: usize) -> HashingQueue {
        HashingQueue { running: Semaphore::new(HASHES_AT_ONCE), waiting: Semaphore::new(waiting) }
    }

    /// Waits for the permission to hash a password.
    ///
    /// # Errors
    /// 503 when too many passwords wait.
    pub(crate) async fn permit(&self) -> Result<HashingPermit<'_>, Problem> {
        let full = |_| Problem::unavailable("too many people log in at once").retry_after(RETRY_S);
        let _waiting = self.waiting.try_acquire().map_err(full)?;
        let closing = |_| Problem::unavailable("the console is closing");
        let _running = self.running.acquire().await.map_err(closing)?;
        Ok(HashingPermit { _running, _waiting })
    }
}

const HASHES_AT_ONCE: usize = 2;
const RETRY_S: u64 = 2;
