//! The state that signalling needs after a crash, on disk: registrations, dialogs that need a BYE,
//! and INVITEs that need a CANCEL.
//!
//! The signalling thread keeps the newest state in memory and hands it to a writing thread at most
//! twice a second, and only after a change. That thread writes the whole file under another name,
//! syncs and renames it. When the disk is slow the next state waits. The size is bounded by the
//! endpoint's contacts and dialogs.
//!
//! The file is `sip.state` in the data folder: a header line, a line of JSON for each contact,
//! dialog and INVITE, and a last line with the CRC-32 of everything before. A file that is damaged
//! or of another version is skipped with a warning; phones then come back as they register.
//!
//! An emergency runs in another folder ([`crate::emergency`]). Each start therefore reads the files
//! of both folders and writes its own only.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TrySendError};
use model::{LegId, SeatId, Timestamp};
use serde::{Deserialize, Serialize};
use sip::{SavedContact, SavedDialog, SavedInvite, SavedState, StateUpdate};

use crate::replace::replace;

/// All contacts, dialogs and INVITEs at one moment.
#[derive(Clone, Debug, Default)]
pub(crate) struct Snapshot {
    contacts: BTreeMap<SeatId, Arc<[SavedContact]>>,
    dialogs: BTreeMap<LegId, Arc<SavedDialog>>,
    invites: BTreeMap<u64, Arc<SavedInvite>>,
}

/// The signalling thread's end: the newest state, and the time of the last hand-over.
pub(crate) struct StateSender {
    newest: Snapshot,
    changed: bool,
    sent_at: Timestamp,
    to: Sender<Snapshot>,
}

/// The writing thread's end.
pub(crate) struct StateWriter {
    file: PathBuf,
    from: Receiver<Snapshot>,
}

/// Both ends, for the state in this data folder.
pub(crate) fn channel(data: &Path) -> (StateSender, StateWriter) {
    // At most one state waits; a newer one replaces it.
    let (to, from) = crossbeam_channel::bounded(1);
    // It is written at the start too, so that this run's file is the newest of all folders.
    let sender = StateSender {
        newest: Snapshot::default(),
        changed: true,
        sent_at: Timestamp::default(),
        to,
    };
    (sender, StateWriter { file: data.join(NAME), from })
}

impl StateSender {
    /// Applies a change that the endpoint reports.
    pub(crate) fn apply(&mut self, update: StateUpdate) {
        self.changed = true;
        let Snapshot { contacts, dialogs, invites } = &mut self.newest;
        match update {
            StateUpdate::Contacts { seat, contacts: none } if none.is_empty() => {
                contacts.remove(&seat);
            }
            StateUpdate::Contacts { seat, contacts: some } => {
                contacts.insert(seat, some.into());
            }
            StateUpdate::Dialog { leg, dialog } => {
                dialogs.insert(leg, Arc::new(*dialog));
            }
            StateUpdate::DialogEnded { leg } => {
                dialogs.remove(&leg);
            }
            StateUpdate::Invite { id, invite } => {
                invites.insert(id, Arc::new(*invite));
            }
            StateUpdate::InviteEnded { id } => {
                invites.remove(&id);
            }
        }
    }

    /// Hands the state over when it has changed and the last hand-over was long enough ago.
    pub(crate) fn send_if_due(&mut self, now: Timestamp) {
        if !self.changed || now.since(self.sent_at) < SEND_EVERY {
            return;
        }
        match self.to.try_send(self.newest.clone()) {
            Ok(()) => (self.changed, self.sent_at) = (false, now),
            // The disk is slow; the next turn tries again.
            Err(TrySendError::Full(_)) => self.sent_at = now,
            Err(TrySendError::Disconnected(_)) => self.changed = false,
        }
    }

    /// How long until the next hand-over; `None` when nothing has changed.
    pub(crate) fn due_in(&self, now: Timestamp) -> Option<Duration> {
        self.changed.then(|| SEND_EVERY.saturating_sub(now.since(self.sent_at)))
    }

    /// Writes the last state when the engine stops, however long that takes.
    pub(crate) fn finish(self) {
        if self.changed && self.to.send(self.newest).is_err() {
            tracing::error!("the thread that saves registrations has ended");
        }
    }
}

impl StateWriter {
    /// Writes each state until the other end is dropped.
    pub(crate) fn run(self) {
        let mut unwritten: Option<Snapshot> = None;
        let mut is_failing = false;
        loop {
            let wait = if unwritten.is_some() { TRY_AGAIN_AFTER } else { LONG };
            match self.from.recv_timeout(wait) {
                Ok(snapshot) => unwritten = Some(snapshot),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            let Some(snapshot) = &unwritten else { continue };
            match write(&self.file, snapshot) {
                Ok(()) => {
                    if std::mem::take(&mut is_failing) {
                        tracing::info!("registrations and dialogs are saved again");
                    }
                    unwritten = None;
                }
                Err(e) => {
                    if !std::mem::replace(&mut is_failing, true) {
                        tracing::warn!(
                            "cannot write {}: {e}; after a crash, phones would have to register \
                             again",
                            self.file.display()
                        );
                    }
                }
            }
        }
    }
}

/// The state that earlier runs left in this data folder and in others where the hotline may have
/// run.
///
/// The contacts are those of the file that was written last. Dialogs and INVITEs are those of all
/// files, because the run that wrote one of them may have died: an unneeded BYE is answered with
/// 481, a missing one leaves two people in a silent call. A folder in which another engine runs is
/// left out, since its calls are up.
pub(crate) fn load(data: &Path, others: &[PathBuf]) -> SavedState {
    let is_free = |folder: &&Path| !journal::is_locked(folder.join("journal"));
    let others = others.iter().map(PathBuf::as_path).filter(is_free);
    let mut files: Vec<_> = std::iter::once(data).chain(others).filter_map(load_from).collect();
    files.sort_by_key(|(written, _)| *written);
    files.into_iter().fold(SavedState::default(), |before, (_, newer)| SavedState {
        contacts: newer.contacts,
        dialogs: [before.dialogs, newer.dialogs].concat(),
        invites: [before.invites, newer.invites].concat(),
    })
}

/// The state in one data folder and when it was written; `None` when it is missing or incomplete.
fn load_from(data: &Path) -> Option<(SystemTime, SavedState)> {
    let file = data.join(NAME);
    let (written, bytes) = match read_file(&file) {
        Ok(found) => found,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return None,
        Err(e) => {
            tracing::warn!("cannot read {}: {e}; phones must register again", file.display());
            return None;
        }
    };
    match read(&bytes) {
        Ok(saved) => Some((written, saved)),
        Err(why) => {
            tracing::warn!("{} is not used ({why}); phones must register again", file.display());
            None
        }
    }
}

fn read_file(file: &Path) -> io::Result<(SystemTime, Vec<u8>)> {
    let mut file = File::open(file)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok((file.metadata()?.modified()?, bytes))
}

/// The first line.
#[derive(Serialize, Deserialize)]
struct Head {
    what: String,
    version: u32,
}

/// A line between the first and the last.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line<C, D, I> {
    Contact(C),
    Dialog(D),
    Invite(I),
}

fn write(file: &Path, snapshot: &Snapshot) -> io::Result<()> {
    let mut bytes = Vec::new();
    let head = Head { what: WHAT.to_owned(), version: VERSION };
    push_line(&mut bytes, &head)?;
    for contact in snapshot.contacts.values().flat_map(|contacts| contacts.iter()) {
        push_line(&mut bytes, &Line::<_, (), ()>::Contact(contact))?;
    }
    for dialog in snapshot.dialogs.values() {
        push_line(&mut bytes, &Line::<(), &SavedDialog, ()>::Dialog(dialog))?;
    }
    for invite in snapshot.invites.values() {
        push_line(&mut bytes, &Line::<(), (), &SavedInvite>::Invite(invite))?;
    }
    let sum = crc32fast::hash(&bytes);
    bytes.extend_from_slice(format!("{sum:08x}\n").as_bytes());

    replace(file, &bytes)
}

fn push_line(bytes: &mut Vec<u8>, line: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *bytes, line)?;
    bytes.push(b'\n');
    Ok(())
}

fn read(bytes: &[u8]) -> Result<SavedState, String> {
    let body = bytes.len().checked_sub(SUM_LINE).ok_or("it is too short")?;
    let (body, sum) = bytes.split_at(body);
    if sum != format!("{:08x}\n", crc32fast::hash(body)).as_bytes() {
        return Err("its checksum is wrong".to_owned());
    }
    let mut lines = body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let unreadable = |e: serde_json::Error| e.to_string();
    let head: Head =
        serde_json::from_slice(lines.next().ok_or("it is empty")?).map_err(unreadable)?;
    if head.what != WHAT || head.version != VERSION {
        return Err(format!("it is {} of version {}", head.what, head.version));
    }
    let mut saved = SavedState::default();
    for line in lines {
        match serde_json::from_slice(line).map_err(unreadable)? {
            Line::Contact(contact) => saved.contacts.push(contact),
            Line::Dialog(dialog) => saved.dialogs.push(dialog),
            Line::Invite(invite) => saved.invites.push(invite),
        }
    }
    Ok(saved)
}

const NAME: &str = "sip.state";
const WHAT: &str = "heartline registrations and dialogs";
/// The version of the file's lines; a program reads only its own.
const VERSION: u32 = 1;
/// Eight hexadecimal digits and the end of the line.
const SUM_LINE: usize = 9;
/// Half of the second within which an answered call must be on disk; the other half is for writing.
const SEND_EVERY: Duration = Duration::from_millis(500);
/// The pause after a failed write.
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(5);
/// The wait while nothing is to be written.
const LONG: Duration = Duration::from_secs(3_600);

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn contact(seat: u32) -> SavedContact {
        let peer = r#"{"flow":{"transport":"udp","local":"10.0.0.1:5060","remote":"10.0.0.9:5060"},"source":"10.0.0.9:5060"}"#;
        let text = format!(
            r#"{{"seat":{seat},"contact":"<sip:{seat}@10.0.0.9>","peer":{peer},"way":{peer},"path":[],"call_id":"c","cseq":1,"expires_at":5,"password_mark":"m"}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    fn dialog(call_id: &str) -> SavedDialog {
        let peer = r#"{"flow":{"transport":"tcp","local":"[::1]:5060","remote":"[::1]:5070"},"source":"[::1]:5070"}"#;
        let text = format!(
            r#"{{"call_id":"{call_id}","local":"<sip:a@b>;tag=1","remote":"<sip:c@d>;tag=2","target":"sip:c@d","routes":[],"cseq":7,"peer":{peer},"party":{{"phone":1001}},"expires_at":5}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    fn invite() -> SavedInvite {
        let flow = r#"{"transport":"udp","local":"10.0.0.1:5060","remote":"10.0.0.9:5060"}"#;
        let text = format!(r#"{{"request":"INVITE\r\n","flow":{flow},"expires_at":5}}"#);
        serde_json::from_str(&text).unwrap()
    }

    fn two_of_each() -> Snapshot {
        let (mut sender, _writer) = channel(Path::new("unused"));
        for seat in [1001, 1002] {
            let contacts = vec![contact(seat)];
            sender.apply(StateUpdate::Contacts { seat: SeatId(seat), contacts });
        }
        for leg in [1, 2] {
            let dialog = Box::new(dialog(&leg.to_string()));
            sender.apply(StateUpdate::Dialog { leg: LegId(leg), dialog });
            sender.apply(StateUpdate::Invite { id: leg, invite: Box::new(invite()) });
        }
        sender.newest
    }

    #[test]
    fn written_state_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        assert!(load(folder.path(), &[]).contacts.is_empty());
        write(&folder.path().join(NAME), &two_of_each()).unwrap();
        let saved = load(folder.path(), &[]);
        assert_eq!(saved.contacts, [contact(1001), contact(1002)]);
        assert_eq!(saved.dialogs, [dialog("1"), dialog("2")]);
        assert_eq!(saved.invites, [invite(), invite()]);
    }

    #[test]
    fn contacts_are_those_written_last_and_dialogs_those_of_both_folders() {
        let (usual, standby) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let others = [standby.path().to_owned()];
        let left = |folder: &tempfile::TempDir, seat: u32, call_id: &str| {
            let (mut sender, writer) = channel(folder.path());
            let contacts = vec![contact(seat)];
            sender.apply(StateUpdate::Contacts { seat: SeatId(seat), contacts });
            sender.apply(StateUpdate::Dialog { leg: LegId(1), dialog: Box::new(dialog(call_id)) });
            sender.finish();
            writer.run();
        };
        let written_at = |folder: &tempfile::TempDir, seconds: u64| {
            let file = File::options().write(true).open(folder.path().join(NAME)).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)).unwrap();
        };
        left(&usual, 1001, "usual");
        assert_eq!(load(usual.path(), &others).contacts, [contact(1001)]);
        left(&standby, 1002, "standby");
        written_at(&usual, 1_000);
        for (seconds, seat, dialogs) in
            [(2_000, 1002, ["usual", "standby"]), (500, 1001, ["standby", "usual"])]
        {
            written_at(&standby, seconds);
            let saved = load(usual.path(), &others);
            assert_eq!(saved.contacts, [contact(seat)]);
            assert_eq!(saved.dialogs, dialogs.map(dialog));
        }
    }

    #[test]
    fn calls_of_an_engine_that_runs_elsewhere_are_left_alone() {
        let (usual, standby) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        write(&usual.path().join(NAME), &two_of_each()).unwrap();
        let others = [usual.path().to_owned()];
        let running = journal::FolderLock::acquire(usual.path().join("journal")).unwrap();
        assert_eq!(load(standby.path(), &others), SavedState::default());
        drop(running);
        assert_eq!(load(standby.path(), &others).dialogs.len(), 2);
    }

    #[test]
    fn state_damaged_anywhere_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(NAME);
        write(&file, &two_of_each()).unwrap();
        let whole = fs::read(&file).unwrap();
        assert!(read(&whole).is_ok());
        for place in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[place] ^= 1;
            assert!(read(&bytes).is_err(), "byte {place}");
            assert!(read(&whole[..place]).is_err(), "cut at {place}");
        }
        fs::write(&file, &whole[1..]).unwrap();
        let saved = load(folder.path(), &[]);
        assert!(saved.contacts.is_empty() && saved.dialogs.is_empty());
    }

    #[test]
    fn state_is_handed_over_when_it_changed_and_not_too_often() {
        let (mut sender, writer) = channel(Path::new("unused"));
        let at = |ms: u64| Timestamp::from_micros(1_000_000_000 + ms * 1_000);
        // The first hand-over makes this run's file the newest.
        sender.send_if_due(at(0));
        assert!(writer.from.try_recv().is_ok() && sender.due_in(at(0)).is_none());
        sender.send_if_due(at(1_000));
        assert!(writer.from.try_recv().is_err());
        let at = |ms: u64| at(2_000 + ms);
        sender.apply(StateUpdate::Dialog { leg: LegId(1), dialog: Box::new(dialog("a")) });
        sender.send_if_due(at(0));
        assert_eq!(writer.from.try_recv().unwrap().dialogs.len(), 1);
        sender.apply(StateUpdate::DialogEnded { leg: LegId(1) });
        assert_eq!(sender.due_in(at(100)), Some(Duration::from_millis(400)));
        sender.send_if_due(at(100));
        assert!(writer.from.try_recv().is_err());
        sender.send_if_due(at(500));
        // The disk is slow: this state still waits when the next change comes.
        sender.apply(StateUpdate::Dialog { leg: LegId(2), dialog: Box::new(dialog("b")) });
        sender.send_if_due(at(1_000));
        assert!(writer.from.try_recv().unwrap().dialogs.is_empty());
        sender.send_if_due(at(1_500));
        assert_eq!(writer.from.try_recv().unwrap().dialogs.len(), 1);
    }

    #[test]
    fn last_state_is_written_when_the_engine_stops() {
        let folder = tempfile::tempdir().unwrap();
        let (mut sender, writer) = channel(folder.path());
        sender.apply(StateUpdate::Contacts { seat: SeatId(1001), contacts: vec![contact(1001)] });
        sender.finish();
        writer.run();
        assert_eq!(load(folder.path(), &[]).contacts, [contact(1001)]);
    }
}
