//! Limits of open live streams, in all and for each account.

use std::sync::Arc;

use model::AccountName;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    options::Limits,
    problem::Problem,
    quota::{Quota, QuotaPermit},
};

/// The live streams that are open.
pub(crate) struct StreamLimits {
    all: Arc<Semaphore>,
    by_account: Quota<AccountName>,
    per_account: usize,
}

/// The permission to hold a live stream open, until it is dropped.
pub(crate) struct StreamPermit {
    _of_all: OwnedSemaphorePermit,
    _of_account: QuotaPermit<AccountName>,
}

impl StreamLimits {
    pub(crate) fn new(limits: Limits) -> StreamLimits {
        StreamLimits {
            all: Arc::new(Semaphore::new(limits.streams)),
            by_account: Quota::default(),
            per_account: limits.streams_per_account,
        }
    }

    /// Opens a live stream of this account.
    ///
    /// # Errors
    /// 429 when the account or the console has too many; the page tries again later.
    pub(crate) fn open(&self, account: &AccountName) -> Result<StreamPermit, Problem> {
        let own = || Problem::too_many("this account has too many live streams open", RETRY_S);
        let of_account = self.by_account.take(account.clone(), self.per_account);
        let _of_account = of_account.ok_or_else(own)?;
        let all = |_| Problem::too_many("too many live streams are open", RETRY_S);
        let _of_all = Arc::clone(&self.all).try_acquire_owned().map_err(all)?;
        Ok(StreamPermit { _of_all, _of_account })
    }
}

const RETRY_S: u64 = 10;
