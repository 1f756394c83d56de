//! The live stream of the log, collected so that a test can wait for a record.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use model::Event;
use serde_json::Value;

use super::api::Api;
use super::program::PATIENCE;

/// Records in the order of the log.
type Seen = Arc<(Mutex<Vec<Value>>, Condvar)>;

/// Every record from the first on: as the live streams show it, and those of the desk, which no
/// stream shows, from the disk.
pub(crate) struct Events {
    seen: Seen,
}

impl Events {
    /// Listens from the log's first record on: to the stream as `supervisor` sees it, to the audit
    /// in it as `auditor` does, and to the log in its folder.
    pub(crate) fn listen(supervisor: &Api, auditor: &Api, journal: PathBuf) -> Events {
        let seen = Arc::new((Mutex::new(Vec::new()), Condvar::new()));
        follow(supervisor, &seen, |_| true);
        follow(auditor, &seen, |kind| AUDIT.contains(&kind));
        follow_desk(journal, &seen);
        Events { seen }
    }

    /// Waits for a matching record, from the first on.
    pub(crate) fn wait(&self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        self.wait_for_count(what, 1, fits).pop().unwrap()
    }

    /// Waits for the first record of this kind.
    pub(crate) fn wait_for(&self, kind: &str) -> Value {
        self.wait(kind, |record| record["event"] == kind)
    }

    /// Waits for the first record of this kind about this call.
    pub(crate) fn wait_for_call(&self, kind: &str, call: &str) -> Value {
        self.wait(&format!("{kind} of {call}"), |record| {
            record["event"] == kind && record["of"]["call"] == call
        })
    }

    /// Waits until a number of records match.
    pub(crate) fn wait_for_count(
        &self,
        what: &str,
        count: usize,
        fits: impl Fn(&Value) -> bool,
    ) -> Vec<Value> {
        self.wait_within(PATIENCE, what, count, fits)
    }

    pub(crate) fn wait_within(
        &self,
        bound: Duration,
        what: &str,
        count: usize,
        fits: impl Fn(&Value) -> bool,
    ) -> Vec<Value> {
        let until = Instant::now() + bound;
        let (seen, changed) = &*self.seen;
        let mut seen = seen.lock().unwrap();
        loop {
            let found: Vec<Value> = seen.iter().filter(|record| fits(record)).cloned().collect();
            if found.len() >= count {
                return found;
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let lines: Vec<String> = seen.iter().map(Value::to_string).collect();
                drop(seen);
                let last = &lines[lines.len().saturating_sub(60)..];
                panic!(
                    "{what}: {} of {count} after {bound:?}; the log ends\n{}",
                    found.len(),
                    last.join("\n")
                );
            }
            seen = changed.wait_timeout(seen, left).unwrap().0;
        }
    }

    /// The records seen so far.
    pub(crate) fn so_far(&self) -> Vec<Value> {
        self.seen.0.lock().unwrap().clone()
    }

    /// The number of such events of a seat.
    pub(crate) fn count_of(&self, kind: &str, seat: u32) -> usize {
        let of = |record: &&Value| record["event"] == kind && record["of"]["seat"] == seat;
        self.so_far().iter().filter(of).count()
    }

    pub(crate) fn count(&self, kind: &str) -> usize {
        self.so_far().iter().filter(|record| record["event"] == kind).count()
    }
}

/// Collects the records of one stream whose kind is wanted.
fn follow(api: &Api, seen: &Seen, wanted: impl Fn(&str) -> bool + Send + 'static) {
    let stream = api.stream("/api/v1/events?after=0");
    let seen = Arc::clone(seen);
    std::thread::spawn(move || {
        // Server-sent events: what matters are the lines `data: {…}`.
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let Some(text) = line.strip_prefix("data:") else { continue };
            let Ok(record) = serde_json::from_str::<Value>(text) else { continue };
            let (Some(seq), Some(kind)) = (record["seq"].as_u64(), record["event"].as_str()) else {
                continue;
            };
            if wanted(kind) {
                insert(&seen, seq, record);
            }
        }
    });
}

/// Collects the records of the desk from the disk while a test waits for them.
fn follow_desk(journal: PathBuf, seen: &Seen) {
    let seen = Arc::downgrade(seen);
    std::thread::spawn(move || {
        let mut next = 1;
        while let Some(seen) = seen.upgrade() {
            // The log of an emergency lies elsewhere, and its end may be half written.
            let records = journal::read_from(&journal, next).into_iter().flatten();
            for record in records.map_while(Result::ok) {
                next = record.seq + 1;
                if matches!(record.event, Event::Desk(_)) {
                    insert(&seen, record.seq, serde_json::to_value(&record).unwrap());
                }
            }
            drop(seen);
            std::thread::sleep(Duration::from_millis(50));
        }
    });
}

fn insert(seen: &Seen, seq: u64, record: Value) {
    let mut records = seen.0.lock().unwrap();
    let at = records.partition_point(|known| known["seq"].as_u64() <= Some(seq));
    records.insert(at, record);
    seen.1.notify_all();
}

/// Kinds of records that only an auditor sees.
const AUDIT: [&str; 16] = [
    "AccountAdded",
    "AccountChanged",
    "AccountEnded",
    "AttachmentTaken",
    "ExportRefused",
    "Exported",
    "ListSeen",
    "PasswordChanged",
    "PersonLoggedIn",
    "PersonLoggedOut",
    "PersonRefused",
    "RecordingHeard",
    "RoleConfirmed",
    "TicketSeen",
    "TokenIssued",
    "TokenRevoked",
];
