//! The key of an app, checked as soon as it is read.

use std::net::IpAddr;

use sha2::{Digest, Sha256};

use super::{Fault, Open311};
use crate::desk::Desk;

/// The keys that a report shows, and whose they are.
pub(super) struct KeyCheck<'a> {
    desk: &'a Desk,
    server: &'a Open311,
    from: IpAddr,
    app: Option<String>,
}

impl<'a> KeyCheck<'a> {
    /// Nothing shown yet.
    pub(super) fn new(desk: &'a Desk, server: &'a Open311, from: IpAddr) -> KeyCheck<'a> {
        KeyCheck { desk, server, from, app: None }
    }

    /// Checks a key. The first that is known counts against its app's rate.
    ///
    /// # Errors
    /// The key is not known here, or too many were not, or the app asks too often.
    pub(super) fn show(&mut self, key: &str) -> Result<(), Fault> {
        let key = key.trim();
        if key.is_empty() {
            return Ok(());
        }
        let now = self.desk.now();
        let Some(app) = self.app_of(key) else {
            let failed = self.desk.hook_attempts.failed(now, self.from);
            failed.map_err(Fault::too_many)?;
            return Err(Fault::key("api_key is not known here"));
        };
        if self.app.is_none() {
            let most = self.server.per_minute;
            self.desk.open311_rates.take(now, &format!("key {app}"), most)?;
        }
        self.app = Some(app);
        Ok(())
    }

    /// The app whose key was shown.
    ///
    /// # Errors
    /// No key was shown until now.
    pub(super) fn require(&self) -> Result<&str, Fault> {
        let missing = "api_key is missing; a form with files has it before the first file";
        self.app.as_deref().ok_or_else(|| Fault::key(missing))
    }

    /// All keys are compared, so that it takes as long for each.
    fn app_of(&self, key: &str) -> Option<String> {
        let shown: String =
            Sha256::digest(key.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        let same = |hash: &str| {
            let hash = hash.to_ascii_lowercase();
            let differ = hash.bytes().zip(shown.bytes()).fold(0, |all, (a, b)| all | (a ^ b));
            hash.len() == shown.len() && differ == 0
        };
        let mut known = None;
        for (name, hash) in &self.server.keys {
            if same(hash) {
                known = Some(name.clone());
            }
        }
        known
    }
}
