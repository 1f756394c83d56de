//! Checks the key of an app as soon as it is read.

use std::net::IpAddr;

use sha2::{Digest, Sha256};

use super::{Open311, Open311Error, Server};

/// The check of the keys in a request.
pub(super) struct KeyCheck<'a> {
    server: &'a Server,
    config: &'a Open311,
    from: IpAddr,
    /// The app whose key was valid.
    app: Option<String>,
}

impl<'a> KeyCheck<'a> {
    pub(super) fn new(server: &'a Server, config: &'a Open311, from: IpAddr) -> KeyCheck<'a> {
        KeyCheck { server, config, from, app: None }
    }

    /// Checks a key. The first valid one counts as a request of its app.
    ///
    /// # Errors
    /// The key is unknown, too many keys were unknown, or the app sends too many requests.
    pub(super) fn check(&mut self, key: &str) -> Result<(), Open311Error> {
        let key = key.trim();
        if key.is_empty() {
            return Ok(());
        }
        let now = self.server.clock.now();
        let Some(app) = self.app_of(key) else {
            let failed = self.server.failed_attempts.failed(now, self.from);
            failed.map_err(Open311Error::too_many)?;
            return Err(Open311Error::forbidden("api_key is unknown"));
        };
        if self.app.is_none() {
            let most = self.config.per_minute;
            let taken = self.server.rate_limits.take(now, &format!("key {app}"), most);
            taken.map_err(Open311Error::too_many)?;
        }
        self.app = Some(app);
        Ok(())
    }

    /// The app whose key was valid.
    ///
    /// # Errors
    /// There was no valid key so far.
    pub(super) fn require(&self) -> Result<&str, Open311Error> {
        let missing = "api_key is missing; in a form with files it must come before the first file";
        self.app.as_deref().ok_or_else(|| Open311Error::forbidden(missing))
    }

    /// The app with this key. All keys are compared, so that the time does not tell which one matched.
    fn app_of(&self, key: &str) -> Option<String> {
        let shown: String =
            Sha256::digest(key.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        let same = |hash: &str| {
            let hash = hash.to_ascii_lowercase();
            let differ = hash.bytes().zip(shown.bytes()).fold(0, |all, (a, b)| all | (a ^ b));
            hash.len() == shown.len() && differ == 0
        };
        let mut known = None;
        for (name, hash) in &self.config.keys {
            if same(hash) {
                known = Some(name.clone());
            }
        }
        known
    }
}
