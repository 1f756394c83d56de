//! The directory as a fold over the log, in which changes are drafted by some roles and approved by
//! others (hotline.md 2.7).

use std::collections::BTreeMap;

use model::{
    Timestamp,
    desk::{Actor, DirectoryChange, DirectoryEvent, DutyContact, DutyTime, UnitId},
    event::Role,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Directory, Table, TableFault, TableText};
use workflow::{Fault, Refusal};

/// The directory, and the drafts that wait for approval.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryState {
    #[serde(rename = "network")]
    directory: Directory,
    drafts: BTreeMap<u32, Draft>,
    last_draft: u32,
}

/// Changes that wait for approval.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Draft {
    /// The person who drafted them.
    pub by: Actor,
    /// The time they were drafted.
    pub at: Timestamp,
    /// The purpose.
    pub note: String,
    /// The changes, in order.
    pub changes: Vec<DirectoryChange>,
}

impl Eq for Draft {}

/// A command that changes the directory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "payload", rename_all = "snake_case", deny_unknown_fields)]
pub enum DirectoryCommand {
    /// Draft changes. A director's draft is approved at once.
    Draft {
        /// The purpose.
        note: String,
        /// The changes, in order.
        changes: Vec<DirectoryChange>,
    },
    /// Draft the changes that tables make. Rows that the tables do not name stay as they are.
    Import {
        /// The purpose.
        note: String,
        /// The tables as CSV, by name.
        tables: BTreeMap<Table, String>,
    },
    /// Approve a draft.
    Approve {
        /// Its number.
        draft: u32,
    },
    /// Refuse a draft.
    Refuse {
        /// Its number.
        draft: u32,
        /// The reason.
        reason: String,
    },
    /// Write the duty contacts of a unit for a time.
    WriteDuty {
        /// The unit.
        unit: UnitId,
        /// The time.
        time: DutyTime,
        /// The contacts in the order of calling; an empty list clears them.
        contacts: Vec<DutyContact>,
    },
}

impl DirectoryState {
    /// The directory with all approved changes.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// Whether nothing was ever drafted.
    pub fn is_new(&self) -> bool {
        self.last_draft == 0 && self.directory.is_empty()
    }

    /// The drafts that wait for approval.
    pub fn drafts(&self) -> impl Iterator<Item = (u32, &Draft)> {
        self.drafts.iter().map(|(number, draft)| (*number, draft))
    }

    /// Applies an event.
    pub fn apply(&mut self, at: Timestamp, by: &Actor, event: &DirectoryEvent) {
        match event {
            DirectoryEvent::Drafted { draft, note, changes } => {
                self.last_draft = self.last_draft.max(*draft);
                let (note, changes) = (note.clone(), changes.clone());
                self.drafts.insert(*draft, Draft { by: by.clone(), at, note, changes });
            }
            DirectoryEvent::Extended { draft, changes } => {
                if let Some(draft) = self.drafts.get_mut(draft) {
                    draft.changes.extend_from_slice(changes);
                }
            }
            DirectoryEvent::Approved { draft } => {
                for change in self.drafts.remove(draft).into_iter().flat_map(|d| d.changes) {
                    self.directory.apply(&change);
                }
            }
            DirectoryEvent::Refused { draft, .. } => {
                self.drafts.remove(draft);
            }
            DirectoryEvent::DutyWritten { unit, time, contacts } => {
                self.directory.write_duty(unit, *time, contacts.clone());
            }
        }
    }

    /// The events of a command.
    ///
    /// # Errors
    /// The role may not give the command, or the command has faults, all of which are listed.
    pub fn decide(
        &self,
        by: &Actor,
        command: DirectoryCommand,
    ) -> Result<Vec<DirectoryEvent>, Refusal> {
        match command {
            DirectoryCommand::Draft { note, changes } => self.draft(by, note, changes),
            DirectoryCommand::Import { note, tables } => {
                let files = tables.iter().map(|(table, text)| TableText { table: *table, text });
                let changes = self.directory.import(&files.collect::<Vec<_>>());
                let changes = changes.map_err(|faults| Refusal::Faults {
                    faults: faults.iter().take(FAULTS_MAX).map(TableFault::as_file_fault).collect(),
                })?;
                self.draft(by, note, changes)
            }
            DirectoryCommand::Approve { draft } => self.approve(by, draft),
            DirectoryCommand::Refuse { draft, reason } => {
                require_approver(by)?;
                self.waiting_draft(draft)?;
                Refusal::unless_none(note_fault("reason", &reason).into_iter().collect())?;
                Ok(vec![DirectoryEvent::Refused { draft, reason }])
            }
            DirectoryCommand::WriteDuty { unit, time, contacts } => {
                let own = by.unit() == Some(&unit)
                    && by.role().is_some_and(|role| UNIT_ROLES.contains(&role));
                if !own && !has_role(by, DRAFTERS) {
                    let roles = [UNIT_ROLES, DRAFTERS].concat();
                    let why = "a unit may write only its own duty contacts".to_string();
                    return Err(Refusal::Forbidden { why, roles });
                }
                let change = DirectoryChange::Duty(unit.clone(), time, contacts.clone());
                refuse_if_faulty(self.directory.faults_with(std::slice::from_ref(&change)))?;
                Ok(vec![DirectoryEvent::DutyWritten { unit, time, contacts }])
            }
        }
    }

    fn draft(
        &self,
        by: &Actor,
        note: String,
        changes: Vec<DirectoryChange>,
    ) -> Result<Vec<DirectoryEvent>, Refusal> {
        let own = by.unit().filter(|_| by.role().is_some_and(|role| UNIT_ROLES.contains(&role)));
        let keeps_own =
            own.is_some_and(|unit| changes.iter().all(|change| belongs_to(change, unit)));
        if !keeps_own && !has_role(by, DRAFTERS) {
            let why = "a unit may propose only routes that it leads and its own duty contacts"
                .to_string();
            return Err(Refusal::Forbidden { why, roles: DRAFTERS.to_vec() });
        }
        let mut faults = Vec::new();
        if changes.is_empty() {
            faults.push(Fault::no_change("changes", "write at least one change"));
        }
        if changes.len() > CHANGES_MAX {
            let what = format!("{} changes; send at most {CHANGES_MAX} at once", changes.len());
            faults.push(Fault::new("changes", what));
        }
        if self.drafts.len() >= DRAFTS_MAX {
            let what =
                format!("{DRAFTS_MAX} drafts wait for approval; approve or refuse one first");
            faults.push(Fault::new("changes", what));
        }
        faults.extend(note_fault("note", &note));
        faults
            .extend(self.directory.faults_with(&changes).iter().map(TableFault::as_command_fault));
        Refusal::unless_none(faults)?;

        let number = self.last_draft.saturating_add(1);
        let mut events = draft_events(number, note, changes);
        if has_role(by, APPROVERS) {
            events.push(DirectoryEvent::Approved { draft: number });
        }
        Ok(events)
    }

    fn approve(&self, by: &Actor, number: u32) -> Result<Vec<DirectoryEvent>, Refusal> {
        require_approver(by)?;
        let draft = self.waiting_draft(number)?;
        // The directory may have changed since the draft was checked.
        refuse_if_faulty(self.directory.faults_with(&draft.changes))?;
        Ok(vec![DirectoryEvent::Approved { draft: number }])
    }

    /// Changes that are approved at once, because the person who decides them may approve them.
    /// Empty when they would make the directory faulty.
    pub fn pre_approved_events(
        &self,
        note: &str,
        changes: Vec<DirectoryChange>,
    ) -> Vec<DirectoryEvent> {
        if changes.is_empty() || !self.directory.faults_with(&changes).is_empty() {
            return Vec::new();
        }
        let number = self.last_draft.saturating_add(1);
        let note = note.chars().take(NOTE_CHARS_MAX).collect();
        let mut events = draft_events(number, note, changes);
        events.push(DirectoryEvent::Approved { draft: number });
        events
    }

    fn waiting_draft(&self, number: u32) -> Result<&Draft, Refusal> {
        self.drafts.get(&number).ok_or_else(|| Refusal::not_found(format!("draft {number}")))
    }
}

/// The records with which an empty log begins: the shipped tables, drafted and approved.
///
/// # Errors
/// All faults of the tables.
pub fn initial_events(files: &[TableText<'_>]) -> Result<Vec<DirectoryEvent>, Vec<TableFault>> {
    let changes = Directory::default().import(files)?;
    let mut events = draft_events(1, FIRST_NOTE.to_string(), changes);
    events.push(DirectoryEvent::Approved { draft: 1 });
    Ok(events)
}

/// A draft as records of the log, each within the size limit.
fn draft_events(number: u32, note: String, changes: Vec<DirectoryChange>) -> Vec<DirectoryEvent> {
    let mut chunks = changes.chunks(CHANGES_A_RECORD).map(<[DirectoryChange]>::to_vec);
    let first = chunks.next().unwrap_or_default();
    let first = DirectoryEvent::Drafted { draft: number, note, changes: first };
    let rest = chunks.map(|changes| DirectoryEvent::Extended { draft: number, changes });
    std::iter::once(first).chain(rest).collect()
}

/// Whether a change belongs to a unit: a row that it leads, or its duty contacts (KB-05, units keep
/// their own duties).
fn belongs_to(change: &DirectoryChange, unit: &UnitId) -> bool {
    use model::desk::{Revision, UnitRef};
    match change {
        DirectoryChange::Duty(of, ..) => of == unit,
        DirectoryChange::Route(_, Revision::Written { now, .. }) => {
            now.lead == UnitRef::Unit(unit.clone())
        }
        _ => false,
    }
}

fn has_role(by: &Actor, roles: &[Role]) -> bool {
    // The engine acts by rule: at the first start, and when an authority has decided (DSP-09).
    matches!(by, Actor::Engine) || by.role().is_some_and(|role| roles.contains(&role))
}

fn require_approver(by: &Actor) -> Result<(), Refusal> {
    if has_role(by, APPROVERS) {
        return Ok(());
    }
    let why = "only the director may approve changes to the directory".to_string();
    Err(Refusal::Forbidden { why, roles: APPROVERS.to_vec() })
}

/// The fault of a note or reason, if it has one.
fn note_fault(field: &str, text: &str) -> Option<Fault> {
    match text.chars().count() {
        0 => Some(Fault::new(field, "it is empty; write the reason in a sentence")),
        n if n > NOTE_CHARS_MAX => {
            Some(Fault::new(field, format!("{n} characters; write {NOTE_CHARS_MAX} at most")))
        }
        _ => None,
    }
}

fn refuse_if_faulty(faults: Vec<TableFault>) -> Result<(), Refusal> {
    Refusal::unless_none(faults.iter().map(TableFault::as_command_fault).collect())
}

/// The roles that may draft any change (hotline.md 2.7).
const DRAFTERS: &[Role] = &[Role::Admin, Role::Dispatcher, Role::Director];
/// The roles that may approve.
const APPROVERS: &[Role] = &[Role::Director];
/// The roles that represent a unit.
const UNIT_ROLES: &[Role] = &[Role::Liaison, Role::UnitHead];

/// The most changes of one draft: a whole city's directory, several times over.
pub const CHANGES_MAX: usize = 20_000;
/// The most drafts that wait; more are refused until one is decided.
pub const DRAFTS_MAX: usize = 32;
/// The most faults of an import that are reported; a table with more is the wrong table.
const FAULTS_MAX: usize = 100;
/// The changes in one record. A record of the log is at most 1 MiB; a complete unit has about 5
/// KiB.
const CHANGES_A_RECORD: usize = 100;
/// The length of a sentence or two.
const NOTE_CHARS_MAX: usize = 500;
/// The note of the first draft.
const FIRST_NOTE: &str = "the tables of the config folder";
