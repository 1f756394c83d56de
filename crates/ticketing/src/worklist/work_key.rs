//! The place of a piece of work in a list.

use std::{fmt, str::FromStr};

use model::Timestamp;

use super::{WorkKind, WorkSubject, api_word};

/// The place of a piece of work in a list: by due date, work without one last, then by the name of
/// the item. The text form, `1795334592000000.2026112200004-1.sign`, is the cursor of a page.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WorkKey {
    /// The due date in microseconds; `u64::MAX` when there is none.
    due_us: u64,
    /// The number of the item and the word of its work. No two items have the same name.
    name: Box<str>,
}

impl WorkKey {
    pub(super) fn new(due: Option<Timestamp>, about: WorkSubject, work: WorkKind) -> WorkKey {
        let name = format!("{about}.{}", api_word(&work)).into();
        WorkKey { due_us: due.map_or(NEVER_US, Timestamp::micros), name }
    }

    /// Whether the work is due before this moment.
    pub(super) fn is_due_before(&self, then: Timestamp) -> bool {
        self.due_us < then.micros()
    }
}

impl fmt::Display for WorkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.due_us, self.name)
    }
}

/// The text is not the place of a piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadWorkKey;

impl FromStr for WorkKey {
    type Err = BadWorkKey;

    fn from_str(text: &str) -> Result<WorkKey, BadWorkKey> {
        let (due, name) = text.split_once('.').ok_or(BadWorkKey)?;
        let due_us = due.parse().map_err(|_| BadWorkKey)?;
        Ok(WorkKey { due_us, name: name.into() })
    }
}

const NEVER_US: u64 = u64::MAX;

#[cfg(test)]
mod tests {
    use model::TicketId;

    use super::*;

    #[test]
    fn text_of_a_key_is_read_back() {
        let about = WorkSubject::Ticket(TicketId(2_026_112_200_001));
        for due in [None, Some(Timestamp::from_micros(5))] {
            let key = WorkKey::new(due, about, WorkKind::Dispatch);
            assert_eq!(key.to_string().parse(), Ok(key));
        }
        assert_eq!("later".parse::<WorkKey>(), Err(BadWorkKey));
        assert_eq!("soon.2026112200001.dispatch".parse::<WorkKey>(), Err(BadWorkKey));
    }

    #[test]
    fn work_that_is_due_comes_before_work_that_is_not() {
        let key = |due: Option<u64>, ticket| {
            let about = WorkSubject::Ticket(TicketId(ticket));
            WorkKey::new(due.map(Timestamp::from_micros), about, WorkKind::Dispatch)
        };
        assert!(key(Some(2), 1) < key(Some(3), 1) && key(Some(3), 2) < key(None, 1));
        assert!(key(None, 1) < key(None, 2));
        assert!(key(Some(2), 1).is_due_before(Timestamp::from_micros(3)));
        assert!(!key(None, 1).is_due_before(Timestamp::from_micros(u64::MAX)));
    }
}
