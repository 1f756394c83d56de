//! The engine's state at a start: the last snapshot, and the log after it.
//!
//! A snapshot is written at a clean stop, from the center's last memory, and every [`SNAPSHOT_EVERY`]
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
    mailbox::{Mailbox, MailboxWriter},
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
struct StateSnapshot<'a> {
    memory: center::MemorySnapshot<'a>,
    agents: Cow<'a, AgentIntervals>,
    quarters: Cow<'a, QueueIntervals>,
    #[serde(rename = "backdrop")]
    reference: Cow<'a, ReferenceData>,
}

/// The snapshots of one log.
#[derive(Clone, Debug)]
pub(crate) struct Snapshots {
    /// The folder of the view.
    pub(crate) store: PathBuf,
    /// The folder of the log.
    pub(crate) journal: PathBuf,
}

/// A state restored from a snapshot and the log after it.
pub(crate) struct RestoredState {
    pub(crate) state: State,
    /// The last record of the snapshot; 0 when none was used.
    pub(crate) snapshot_seq: Seq,
}

impl State {
    fn apply(&mut self, record: &Record) {
        self.memory.apply(record);
        self.agents.apply(record);
        self.quarters.apply(record);
        self.reference.apply(record);
    }

    fn restore(self, contents: StateSnapshot<'_>) -> State {
        State {
            memory: self.memory.restore(contents.memory),
            agents: contents.agents.into_owned(),
            quarters: self.quarters.restore(contents.quarters.into_owned()),
            reference: self.reference.restore(contents.reference.into_owned()),
        }
    }
}

/// The parts of a running engine that write its state at the end.
pub(crate) struct FinalSnapshot {
    pub(crate) snapshots: Snapshots,
    pub(crate) final_memory: Receiver<Memory>,
    pub(crate) thread: JoinHandle<()>,
    /// Dropping it ends the snapshot thread.
    pub(crate) stop: Sender<()>,
}

impl FinalSnapshot {
    /// Writes the state for the next start. The engine has ended, and all records are durable.
    pub(crate) fn write(
        self,
        agents: &Mutex<AgentIntervals>,
        quarters: &Mutex<QueueIntervals>,
        reports: &Reports,
        durable: Seq,
    ) {
        drop(self.stop);
        if self.thread.join().is_err() {
            tracing::error!("the snapshot thread had panicked");
        }
        let Ok(memory) = self.final_memory.try_recv() else { return };
        // The log could not be written completely: the next start reads the log instead.
        if memory.seq != durable {
            return;
        }
        let agents = agents.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let quarters = quarters.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let state = State { memory, agents, quarters, reference: reports.reference() };
        if let Err(e) = self.snapshots.write(&state) {
            tracing::warn!("cannot write a snapshot: {e}; the next start reads more of the log");
        }
    }
}

impl Snapshots {
    /// The state an engine starts with. When much of the log had to be read, a snapshot is written
    /// at once, so that the snapshot thread need not read it again.
    ///
    /// # Errors
    /// A text that says why the log cannot be read.
    pub(crate) fn restore_at_start(
        &self,
        blank: &State,
        last: Seq,
    ) -> Result<RestoredState, String> {
        let mut restored = self.state_at(blank, last, || true)?;
        if last >= restored.snapshot_seq + SNAPSHOT_EVERY {
            match self.write(&restored.state) {
                Ok(()) => restored.snapshot_seq = last,
                Err(e) => tracing::warn!(
                    "cannot write a snapshot: {e}; the next start reads more of the log"
                ),
            }
        }
        Ok(restored)
    }

    /// The state after the record `last`; `blank` is the state before the first one.
    ///
    /// # Errors
    /// A text that says why the log cannot be read, or that `go_on` returned false.
    fn state_at(
        &self,
        blank: &State,
        last: Seq,
        go_on: impl Fn() -> bool,
    ) -> Result<RestoredState, String> {
        let begun = Instant::now();
        let mut restored = match self.read_newest(blank, last) {
            Ok(Some(restored)) => restored,
            Ok(None) => RestoredState { state: blank.clone(), snapshot_seq: 0 },
            Err(why) => {
                tracing::warn!(
                    "the snapshot is not used ({why}); reading the log from its first record"
                );
                RestoredState { state: blank.clone(), snapshot_seq: 0 }
            }
        };
        let fault = |e: JournalError| format!("cannot read the log: {e}");
        let from = restored.snapshot_seq + 1;
        for record in journal::read_from(&self.journal, from).map_err(fault)? {
            let record = record.map_err(fault)?;
            if record.seq > last {
                break;
            }
            if record.seq % STOP_CHECK_RECORDS == 0 && !go_on() {
                return Err("the engine is stopping".to_owned());
            }
            restored.state.apply(&record);
        }
        let from = match restored.snapshot_seq {
            0 => "the log's first record".to_owned(),
            seq => format!("the snapshot of record {seq}"),
        };
        let ms = begun.elapsed().as_millis();
        tracing::info!("restored the state of record {last} from {from} in {ms} ms");
        Ok(restored)
    }

    /// Writes a snapshot. Its last record must be durable.
    ///
    /// # Errors
    /// The disk's error.
    fn write(&self, state: &State) -> io::Result<()> {
        let begun = Instant::now();
        let seq = state.memory.seq;
        let checksum = self.record_checksum(seq)?;
        let program = env!("CARGO_PKG_VERSION").to_owned();
        let header = SnapshotHeader { program, schema: snapshot::SCHEMA, seq, mark: checksum };
        let contents = StateSnapshot {
            memory: state.memory.snapshot(),
            agents: Cow::Borrowed(&state.agents),
            quarters: Cow::Borrowed(&state.quarters),
            reference: Cow::Borrowed(&state.reference),
        };
        let bytes =
            store::snapshot::write(&self.store, &header, |out| snapshot::write(out, &contents))?;
        let ms = begun.elapsed().as_millis();
        tracing::info!("wrote a snapshot of record {seq}: {bytes} bytes in {ms} ms");
        Ok(())
    }

    fn read_newest(&self, blank: &State, last: Seq) -> io::Result<Option<RestoredState>> {
        let unusable = |why: String| io::Error::new(io::ErrorKind::InvalidData, why);
        let check_header = |header: &SnapshotHeader| {
            let ours = (env!("CARGO_PKG_VERSION"), snapshot::SCHEMA);
            if (header.program.as_str(), header.schema) != ours {
                let (program, schema) = (&header.program, header.schema);
                return Err(unusable(format!("version {program} with schema {schema} wrote it")));
            }
            if header.seq > last {
                return Err(unusable(format!(
                    "it includes record {}, but the log ends at {last}",
                    header.seq
                )));
            }
            if header.seq == 0 || self.record_checksum(header.seq)? != header.mark {
                return Err(unusable("it belongs to another log".to_owned()));
            }
            Ok(())
        };
        let read = store::snapshot::read(&self.store, check_header, |from| {
            snapshot::read::<StateSnapshot<'_>>(from)
        });
        let Some((header, contents)) = read? else { return Ok(None) };
        if contents.memory.zone() != blank.memory.desk.zone() {
            return Err(unusable("it was written for another time zone".to_owned()));
        }
        let state = blank.clone().restore(contents);
        Ok(Some(RestoredState { state, snapshot_seq: header.seq }))
    }

    /// The checksum of a record, which differs for the same number in another log.
    fn record_checksum(&self, seq: Seq) -> io::Result<u32> {
        let checksum = journal::record_checksum(&self.journal, seq).map_err(io::Error::other)?;
        checksum.ok_or_else(|| io::Error::other(format!("the log has no record {seq}")))
    }
}

/// The snapshot thread. It reads the old segments of the log once, which a start skips, and writes
/// a snapshot every [`SNAPSHOT_EVERY`] records. `raised_text` is the alarm about the log's damage that is already
/// up. It ends when `stop` has no sender.
pub(crate) fn write_periodically(
    snapshots: &Snapshots,
    blank: &State,
    mut snapshot_seq: Seq,
    durable: &watch::Receiver<Seq>,
    center: &Arc<Mailbox<center::Input>>,
    raised_text: Option<&String>,
    stop: &Receiver<()>,
) {
    let go_on = || !matches!(stop.try_recv(), Err(TryRecvError::Disconnected));
    let mut center = MailboxWriter::new(center);
    match journal::verify_closed_segments(&snapshots.journal, go_on) {
        Ok(faults) => {
            if let Some(alarm) = damage::of_old_files(&faults, raised_text) {
                tracing::error!("the log: {}", alarm.text);
                center.send(center::Input::Note(Event::AlarmRaised(alarm)));
            }
        }
        Err(e) => tracing::warn!("cannot read the old segments of the log: {e}"),
    }
    while let Err(RecvTimeoutError::Timeout) = stop.recv_timeout(CHECK_EVERY) {
        center.flush();
        let now = *durable.borrow();
        if now < snapshot_seq + SNAPSHOT_EVERY {
            continue;
        }
        let done = snapshots
            .state_at(blank, now, go_on)
            .and_then(|restored| snapshots.write(&restored.state).map_err(|e| e.to_string()));
        match done {
            Ok(()) => snapshot_seq = now,
            Err(why) => {
                // The next start reads more of the log; nothing is lost.
                tracing::warn!(
                    "cannot write a snapshot: {why}; the next start reads more of the log"
                );
                snapshot_seq = now.saturating_sub(SNAPSHOT_EVERY / 2);
            }
        }
    }
}

/// Records between two snapshots: about a quarter of a second of reading.
const SNAPSHOT_EVERY: Seq = 100_000;
/// How often the thread checks whether a snapshot is due.
const CHECK_EVERY: Duration = Duration::from_secs(60);
/// Records between two checks whether to stop.
const STOP_CHECK_RECORDS: Seq = 1_024;
