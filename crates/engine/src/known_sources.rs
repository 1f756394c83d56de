//! Addresses from which phones gave the right password, kept over a restart.
//!
//! After a restart no phone is registered, and an office of a hundred phones registers at once. A
//! known address has ten times the usual limit (`sip::shield`). The list is bounded there, changes
//! at most once an hour for each address, and is written within ten seconds. It may be lost; the
//! next registrations make it again.

use std::{
    collections::BTreeMap,
    fs, io,
    net::IpAddr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use model::Timestamp;
use serde::{Deserialize, Serialize};
use sip::shield::KnownSource;

use crate::replace::replace;

/// The signalling thread's list, for the task that writes it.
#[derive(Debug, Default)]
pub(crate) struct KnownSources {
    newest: Mutex<Newest>,
}

#[derive(Debug, Default)]
struct Newest {
    version: u64,
    sources: Vec<KnownSource>,
    /// The version that is on disk.
    written: u64,
}

/// The contents of the file.
#[derive(Serialize, Deserialize)]
struct Written {
    sources: Vec<WrittenSource>,
}

#[derive(Serialize, Deserialize)]
struct WrittenSource {
    address: IpAddr,
    seen_at: Timestamp,
}

impl KnownSources {
    /// Copies the signalling thread's list when it has changed; skipped while the old copy is being
    /// read.
    pub(crate) fn follow(&self, endpoint: &sip::Endpoint) {
        if let Ok(mut newest) = self.newest.try_lock()
            && newest.version != endpoint.known_sources_version()
        {
            newest.version = endpoint.known_sources_version();
            newest.sources = endpoint.known_sources();
        }
    }

    /// Writes the list when it has changed. Blocks.
    pub(crate) fn save(&self, folder: &Path) {
        let (version, sources) = {
            let newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
            if newest.version == newest.written {
                return;
            }
            (newest.version, newest.sources.clone())
        };
        match write(folder, &sources) {
            Ok(()) => {
                let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
                newest.written = version;
            }
            Err(e) => tracing::warn!("cannot write {}: {e}", path(folder).display()),
        }
    }
}

/// Writes the list every ten seconds while it changes, until the engine ends.
pub(crate) async fn save_periodically(known: Arc<KnownSources>, folder: PathBuf) {
    loop {
        tokio::time::sleep(WRITE_EVERY).await;
        let (known, folder) = (Arc::clone(&known), folder.clone());
        if tokio::task::spawn_blocking(move || known.save(&folder)).await.is_err() {
            return;
        }
    }
}

/// The lists of earlier runs in these folders; each address once, with its latest time.
pub(crate) fn load<'a>(folders: impl IntoIterator<Item = &'a Path>) -> Vec<KnownSource> {
    let mut seen_at = BTreeMap::new();
    for source in folders.into_iter().flat_map(read) {
        let newest: &mut Timestamp = seen_at.entry(source.address).or_default();
        *newest = source.seen_at.max(*newest);
    }
    seen_at.into_iter().map(|(address, seen_at)| KnownSource { address, seen_at }).collect()
}

/// The list of one folder. An unreadable one is skipped with a warning.
fn read(folder: &Path) -> Vec<KnownSource> {
    let path = path(folder);
    let text = match fs::read(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Vec::new(),
        Err(e) => {
            tracing::warn!(
                "cannot read {}: {e}; the addresses of offices are learned again as phones \
                 register",
                path.display()
            );
            return Vec::new();
        }
    };
    match serde_json::from_slice::<Written>(&text) {
        Ok(written) => {
            let known = |source: WrittenSource| KnownSource {
                address: source.address,
                seen_at: source.seen_at,
            };
            written.sources.into_iter().map(known).collect()
        }
        Err(e) => {
            tracing::warn!(
                "{} is damaged: {e}; the addresses of offices are learned again as phones register",
                path.display()
            );
            Vec::new()
        }
    }
}

fn write(folder: &Path, sources: &[KnownSource]) -> io::Result<()> {
    let sources = sources
        .iter()
        .map(|source| WrittenSource { address: source.address, seen_at: source.seen_at });
    replace(&path(folder), &serde_json::to_vec(&Written { sources: sources.collect() })?)
}

fn path(folder: &Path) -> PathBuf {
    folder.join("known_sources.json")
}

/// A crash loses later changes; the next registrations bring them back.
const WRITE_EVERY: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(read(folder.path()), []);
        let at = Timestamp::from_micros(1_795_334_592_000_000);
        let known = ["203.0.113.9", "2001:db8::"].map(|address| KnownSource {
            address: address.parse().expect("an address"),
            seen_at: at,
        });
        write(folder.path(), &known).expect("written");
        assert_eq!(read(folder.path()), known);
    }

    #[test]
    fn address_in_two_lists_was_seen_at_the_later_time() {
        let (usual, standby) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let source = |last: u8, seconds: u64| KnownSource {
            address: IpAddr::from([203, 0, 113, last]),
            seen_at: Timestamp::from_micros(seconds * 1_000_000),
        };
        write(usual.path(), &[source(1, 10), source(2, 40)]).unwrap();
        write(standby.path(), &[source(1, 20), source(2, 30), source(3, 5)]).unwrap();
        let known = load([usual.path(), standby.path()]);
        assert_eq!(known, [source(1, 20), source(2, 40), source(3, 5)]);
    }

    #[test]
    fn damaged_list_is_passed_over() {
        let folder = tempfile::tempdir().expect("a folder");
        for text in ["", "{", "{\"sources\":[{\"address\":\"x\"}]}"] {
            fs::write(path(folder.path()), text).expect("written");
            assert_eq!(read(folder.path()), []);
        }
    }
}
