//! The engine's state at a start: the last snapshot, and the log after it.
//!
//! A snapshot is written at a clean stop, from the center's last memory, and every [`EVERY`]
//! records by a thread of its own. That thread does not ask the center, which must not wait while a
//! hundred thousand tickets are copied. Instead it does what a start does: it reads the last
//! snapshot and the log after it, and writes the result. For some seconds the tickets are in memory
//! twice; a city writes that many records in a week. Each snapshot also tests reading the one
//! before.
//!
//! A snapshot that is damaged, or of another version, time zone or log, is ignored with a warning,
//! and the log is read from its first record.

use std::{
    borrow::Cow,
    io,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use center::{Memory, snapshot};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TryRecvError};
use journal::JournalError;
use model::{Event, Record, Seq};
use reporting::ReferenceData;
use serde::{Deserialize, Serialize};
use stats::{AgentIntervals, QueueIntervals};
use store::snapshot::SnapshotHeader;
use tokio::sync::watch;

use crate::{
    damage,
    mailbox::{Mailbox, Post},
    reports::Reports,
};

/// The folds an engine needs from its start.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct State {
    /// The center's memory.
    pub(crate) memory: Memory,
    /// The agents' statistics.
    pub(crate) agents: AgentIntervals,
    /// The queues' statistics.
    pub(crate) quarters: QueueIntervals,
    /// The reports' reference data.
    pub(crate) reference: ReferenceData,
}

/// The state as it is on disk.
#[derive(Serialize, Deserialize)]
struct Written<'a> {
    memory: center::MemorySnapshot<'a>,
    agents: Cow<'a, AgentIntervals>,
    quarters: Cow<'a, QueueIntervals>,
    #[serde(rename = "backdrop")]
    reference: Cow<'a, ReferenceData>,
}

/// Where a snapshot is stored, and what it belongs to.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The folder of the view.
    pub(crate) store: PathBuf,
    /// The folder of the log.
    pub(crate) journal: PathBuf,
}

/// A state, and the record its snapshot was written at.
pub(crate) struct Recalled {
    pub(crate) state: State,
    pub(crate) written: Seq,
}

impl State {
    fn apply(&mut self, record: &Record) {
        self.memory.apply(record);
        self.agents.apply(record);
        self.quarters.apply(record);
        self.reference.apply(record);
    }

    fn restore(self, written: Written<'_>) -> State {
        State {
            memory: self.memory.restore(written.memory),
            agents: written.agents.into_owned(),
            quarters: self.quarters.restore(written.quarters.into_owned()),
            reference: self.reference.restore(written.reference.into_owned()),
        }
    }
}

/// The parts of a running engine that write its state at the end.
pub(crate) struct Past {
    pub(crate) place: Place,
    pub(crate) legacy: Receiver<Memory>,
    pub(crate) keeper: JoinHandle<()>,
    /// Dropping it ends the snapshot thread.
    pub(crate) stop: Sender<()>,
}

impl Past {
    /// Writes the state for the next start. The engine has ended, and all records are durable.
    pub(crate) fn write_down(
        self,
        agents: &Mutex<AgentIntervals>,
        quarters: &Mutex<QueueIntervals>,
        reports: &Reports,
        durable: Seq,
    ) {
        drop(self.stop);
        if self.keeper.join().is_err() {
            tracing::error!("the snapshot thread had panicked");
        }
        let Ok(memory) = self.legacy.try_recv() else { return };
        // The log could not be written completely: the next start reads the log instead.
        if memory.seq != durable {
            return;
        }
        let agents = agents.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let quarters = quarters.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let state = State { memory, agents, quarters, reference: reports.reference() };
        if let Err(e) = self.place.keep(&state) {
            tracing::warn!("cannot write a snapshot: {e}; the next start reads more of the log");
        }
    }
}

impl Place {
    /// The state an engine starts with. When much of the log had to be read, a snapshot is written
    /// at once, so that the snapshot thread need not read it again.
    ///
    /// # Errors
    /// A text that says why the log cannot be read.
    pub(crate) fn begin(&self, blank: &State, last: Seq) -> Result<Recalled, String> {
        let mut recalled = self.recall(blank, last, || true)?;
        if last >= recalled.written + EVERY {
            match self.keep(&recalled.state) {
                Ok(()) => recalled.written = last,
                Err(e) => tracing::warn!(
                    "cannot write a snapshot: {e}; the next start reads more of the log"
                ),
            }
        }
        Ok(recalled)
    }

    /// The state after the record `last`; `blank` is the state before the first one.
    ///
    /// # Errors
    /// A text that says why the log cannot be read, or that `go_on` returned false.
    fn recall(
        &self,
        blank: &State,
        last: Seq,
        go_on: impl Fn() -> bool,
    ) -> Result<Recalled, String> {
        let begun = Instant::now();
        let mut recalled = match self.read(blank, last) {
            Ok(Some(recalled)) => recalled,
            Ok(None) => Recalled { state: blank.clone(), written: 0 },
            Err(why) => {
                tracing::warn!(
                    "the snapshot is not used ({why}); reading the log from its first record"
                );
                Recalled { state: blank.clone(), written: 0 }
            }
        };
        let fault = |e: JournalError| format!("cannot read the log: {e}");
        let from = recalled.written + 1;
        for record in journal::read_from(&self.journal, from).map_err(fault)? {
            let record = record.map_err(fault)?;
            if record.seq > last {
                break;
            }
            if record.seq % LOOK_EVERY_RECORDS == 0 && !go_on() {
                return Err("told to stop".to_owned());
            }
            recalled.state.apply(&record);
        }
        let from = match recalled.written {
            0 => "the log's first record".to_owned(),
            seq => format!("the snapshot of record {seq}"),
        };
        let ms = begun.elapsed().as_millis();
        tracing::info!("restored the state of record {last} from {from} in {ms} ms");
        Ok(recalled)
    }

    /// Writes a snapshot. Its last record must be durable.
    ///
    /// # Errors
    /// The disk's error.
    fn keep(&self, state: &State) -> io::Result<()> {
        let begun = Instant::now();
        let seq = state.memory.seq;
        let mark = self.mark(seq)?;
        let program = env!("CARGO_PKG_VERSION").to_owned();
        let stamp = SnapshotHeader { program, schema: snapshot::SCHEMA, seq, mark };
        let written = Written {
            memory: state.memory.snapshot(),
            agents: Cow::Borrowed(&state.agents),
            quarters: Cow::Borrowed(&state.quarters),
            reference: Cow::Borrowed(&state.reference),
        };
        let bytes =
            store::snapshot::write(&self.store, &stamp, |out| snapshot::write(out, &written))?;
        let ms = begun.elapsed().as_millis();
        tracing::info!("wrote a snapshot of record {seq}: {bytes} bytes in {ms} ms");
        Ok(())
    }

    fn read(&self, blank: &State, last: Seq) -> io::Result<Option<Recalled>> {
        let no = |why: String| io::Error::new(io::ErrorKind::InvalidData, why);
        let believe = |stamp: &SnapshotHeader| {
            let ours = (env!("CARGO_PKG_VERSION"), snapshot::SCHEMA);
            if (stamp.program.as_str(), stamp.schema) != ours {
                let (program, schema) = (&stamp.program, stamp.schema);
                return Err(no(format!("version {program} with schema {schema} wrote it")));
            }
            if stamp.seq > last {
                return Err(no(format!(
                    "it includes record {}, but the log ends at {last}",
                    stamp.seq
                )));
            }
            if stamp.seq == 0 || self.mark(stamp.seq)? != stamp.mark {
                return Err(no("it is of another log".to_owned()));
            }
            Ok(())
        };
        let read =
            store::snapshot::read(&self.store, believe, |from| snapshot::read::<Written<'_>>(from));
        let Some((stamp, written)) = read? else { return Ok(None) };
        if written.memory.zone() != blank.memory.desk.zone() {
            return Err(no("it was written for another time zone".to_owned()));
        }
        let state = blank.clone().restore(written);
        Ok(Some(Recalled { state, written: stamp.seq }))
    }

    /// The checksum of a record, which differs for the same number in another log.
    fn mark(&self, seq: Seq) -> io::Result<u32> {
        let mark = journal::record_checksum(&self.journal, seq).map_err(io::Error::other)?;
        mark.ok_or_else(|| io::Error::other(format!("the log has no record {seq}")))
    }
}

/// The snapshot thread. It reads the old segments of the log once, which a start skips, and writes
/// a snapshot every [`EVERY`] records. `hangs` is the alarm about the log's damage that is already
/// up. It ends when `stop` has no sender.
pub(crate) fn keep_snapshots(
    place: &Place,
    blank: &State,
    mut written: Seq,
    durable: &watch::Receiver<Seq>,
    center: &Arc<Mailbox<center::Input>>,
    hangs: Option<&String>,
    stop: &Receiver<()>,
) {
    let go_on = || !matches!(stop.try_recv(), Err(TryRecvError::Disconnected));
    let mut center = Post::new(center);
    match journal::verify_closed_segments(&place.journal, go_on) {
        Ok(faults) => {
            if let Some(alarm) = damage::of_old_files(&faults, hangs) {
                tracing::error!("the log: {}", alarm.text);
                center.send(center::Input::Note(Event::AlarmRaised(alarm)));
            }
        }
        Err(e) => tracing::warn!("cannot read the old segments of the log: {e}"),
    }
    while let Err(RecvTimeoutError::Timeout) = stop.recv_timeout(LOOK_EVERY) {
        center.flush();
        let now = *durable.borrow();
        if now < written + EVERY {
            continue;
        }
        let done = place
            .recall(blank, now, go_on)
            .and_then(|recalled| place.keep(&recalled.state).map_err(|e| e.to_string()));
        match done {
            Ok(()) => written = now,
            Err(why) => {
                // The next start reads more of the log; nothing is lost.
                tracing::warn!(
                    "cannot write a snapshot: {why}; the next start reads more of the log"
                );
                written = now.saturating_sub(EVERY / 2);
            }
        }
    }
}

/// Records between two snapshots: about a quarter of a second of reading.
const EVERY: Seq = 100_000;
/// How often the thread checks whether a snapshot is due.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// Records between two checks whether to stop.
const LOOK_EVERY_RECORDS: Seq = 1_024;
