//! What the console needs of the rest of the house, as one trait the engine implements.

use std::{collections::BTreeMap, future::Future, io, path::PathBuf, pin::Pin, sync::Arc};

use center::{Command, Reply};
use model::{
    AccountName, CallId, QueueId, Record, Seq, Staff, StaffChange, TicketId, Timestamp,
    desk::{Actor, DestinationId, InboundMessage, SmsReceipt},
    event::{AttachmentKept, LoginRefusal, ReportReleased, Role, SeatActor},
};
use reporting::{DueReport, ReferenceData};
use schemars::JsonSchema;
use serde::Serialize;
use stats::{AgentStats, Cdr, Interval, QueueIntervals, Thresholds, Wallboard};
use store::TicketIndex;
use ticketing::Ticket;
use tokio::sync::watch;
use workflow::Fault;

use crate::{
    far_end::{DeadLetter, FarEnd},
    reports::{
        Counted, DrillWish, Drilled, Paper, ReleaseWish, ReleasedReport, ReportRefusal, ReportWish,
    },
};

/// A future on the heap, so that the trait can be used behind `dyn`.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A person known to the hotline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Their name.
    pub name: AccountName,
    /// What they may do.
    pub role: Role,
    /// Whose it is, and from when to when.
    pub staff: Staff,
    /// Counts the account's passwords: a session opened with an earlier one is over.
    pub password_no: u32,
    /// A role given to it that no second person has confirmed; nobody comes in when it is `role`.
    pub role_asked: Option<Role>,
}

impl Account {
    /// The person as the desk's records name who did something.
    pub fn doer(&self) -> Actor {
        Actor::Person {
            account: self.name.clone(),
            role: self.role,
            unit: self.staff.unit.clone(),
            outsourced: self.staff.employer.is_contractor(),
        }
    }
}

/// What is to become of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountWish {
    /// Add it.
    Add {
        /// The name to log in with.
        name: String,
        /// What it may do.
        role: Role,
        /// What is known of it.
        staff: StaffChange,
    },
    /// Change what is known of it.
    Change {
        /// Which.
        name: AccountName,
        /// What.
        change: StaffChange,
    },
    /// Confirm, as a second person, the role that was given to it.
    Confirm {
        /// Which.
        name: AccountName,
    },
    /// End it, now.
    End {
        /// Which.
        name: AccountName,
    },
    /// Give it a password.
    Password {
        /// Which.
        name: AccountName,
        /// The person's own choice; without one it is made, and the person must choose another.
        own: Option<String>,
    },
}

/// An account as it became.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountGranted {
    /// The account.
    pub account: Account,
    /// The password that was made, to be shown once.
    pub password: Option<String>,
}

/// Why nothing became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountRefusal {
    /// There is no such account.
    NotFound,
    /// Everything that is wrong with the wish.
    Faults(Vec<Fault>),
    /// Not as things are: the name is taken, no admin would be left.
    Conflict(String),
    /// The keys or the log cannot be written now.
    Unavailable(String),
}

/// Something a person has in hand and somebody else must take over (SEAT-09, OPS-03).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OpenWork {
    /// What it is: `draft`, `ticket`, `callback`, `assignment`, `officer`.
    pub kind: &'static str,
    /// Its number.
    pub id: String,
    /// By when it is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
}

/// AgentIntervals and their quarter hours, by the moment each begins.
pub type AgentRows = BTreeMap<AccountName, BTreeMap<Timestamp, AgentStats>>;

/// How queues went: the quarter hours there are, since when, and what each queue is measured by.
#[derive(Clone, Debug, PartialEq)]
pub struct Quarters {
    /// The first moment asked for.
    pub from: Timestamp,
    /// The quarters, by when they began.
    pub rows: Vec<(Timestamp, Interval)>,
    /// Of each queue that was heard of.
    pub thresholds: BTreeMap<QueueId, Thresholds>,
}

impl Quarters {
    /// What these say from then (`None`: local midnight) to then.
    pub fn of(quarters: &QueueIntervals, from: Option<Timestamp>, to: Timestamp) -> Quarters {
        let from = from.unwrap_or_else(|| quarters.midnight(to));
        let rows = quarters.rows_between(from, to);
        let queues = rows.iter().flat_map(|(_, row)| row.queues.keys());
        let thresholds = queues.map(|queue| (queue.clone(), quarters.thresholds(queue))).collect();
        Quarters { from, rows, thresholds }
    }
}

/// What came by a webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inbound {
    /// Somebody wrote.
    Message(InboundMessage),
    /// What became of an SMS.
    Receipt(SmsReceipt),
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// It is on record, since now or since it was sent before.
    Taken,
    /// Not now: why, in a sentence. The sender tries again.
    Later(String),
}

/// The engine behind the page.
///
/// Plain methods that answer a `Result` may touch the disk: the console
/// calls them off the async threads. The other plain methods answer from
/// memory, at once.
pub trait Backend: Send + Sync + 'static {
    /// The engine's clock: the one the log is stamped with.
    fn now(&self) -> Timestamp;

    /// Ask the center for something. The answer comes once it is durable.
    fn command(&self, by: SeatActor, command: Command) -> BoxFuture<'_, Reply>;

    /// The account this name and password belong to, when it lets its person in
    /// today. Slow by design (Argon2): the hash is computed off the async threads.
    fn log_in<'a>(
        &'a self,
        name: &'a str,
        password: &'a str,
    ) -> BoxFuture<'a, Result<Account, LoginRefusal>>;

    /// The account a bearer token was issued to, when it lets its person in today.
    fn by_token(&self, token: &str) -> Option<Account>;

    /// The account as it is now; `None` once it lets nobody in. Asked at each
    /// request of a log-in session, so that an ended account is out at once.
    fn account(&self, name: &AccountName) -> Option<Account>;

    /// Every account, by name, ended ones too.
    fn accounts(&self) -> Vec<Account>;

    /// Do something to an account. The answer comes once it is on the record.
    fn change_account(
        &self,
        by: AccountName,
        wish: AccountWish,
    ) -> BoxFuture<'_, Result<AccountGranted, AccountRefusal>>;

    /// What this person has in hand, to be handed over; `None` where nobody keeps count of it.
    fn open_work(&self, _: &AccountName) -> io::Result<Option<Vec<OpenWork>>> {
        Ok(None)
    }

    /// The last moment for an appeal against the assessment of this piece; `None` where nobody
    /// counts the days.
    fn appeal_until(&self, _: &Ticket, _: u16) -> Option<Timestamp> {
        None
    }

    /// The newest live picture.
    fn wallboard(&self) -> Arc<Wallboard>;

    /// The last durable record, and when it changes.
    fn watch(&self) -> watch::Receiver<Seq>;

    /// The last durable record; 0 before the first.
    fn last_seq(&self) -> Seq {
        *self.watch().borrow()
    }

    /// Durable records in order, the first being `from` (or the oldest kept
    /// after it), at most `limit` of them. Empty when there are none yet.
    fn records(&self, from: Seq, limit: usize) -> io::Result<Vec<Record>>;

    /// One call.
    fn call(&self, call: CallId) -> io::Result<Option<Cdr>>;

    /// Calls, newest first, those before `before` when given, at most `limit`.
    fn calls(&self, before: Option<CallId>, limit: usize) -> io::Result<Vec<Cdr>>;

    /// One ticket.
    fn ticket(&self, ticket: TicketId) -> io::Result<Option<Ticket>>;

    /// Tickets, newest first, those before `before` when given, at most `limit`; of one place
    /// they are filed under, or of all.
    fn tickets(
        &self,
        before: Option<TicketId>,
        limit: usize,
        filed: Option<&TicketIndex>,
    ) -> io::Result<Vec<Ticket>>;

    /// The tickets of one place, the oldest first, as long as `see` goes on.
    fn each_ticket(&self, _: &TicketIndex, _: &mut dyn FnMut(Ticket) -> bool) -> io::Result<()> {
        Ok(())
    }

    /// Look at orders, filings and the network of units. Whoever looks holds up the log, so looks
    /// are short.
    fn with_reference_data(&self, _: &mut dyn FnMut(&ReferenceData)) {}

    /// What was done with a ticket, step by step, after this record; at most `limit`.
    fn course(&self, _: TicketId, _after: Seq, _limit: usize) -> io::Result<Vec<Record>> {
        Ok(Vec::new())
    }

    /// Keep what somebody hangs on a ticket, under its hash; it is on the disk when this returns.
    fn keep(&self, _sha256: &str, _: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// The file of this hash, when it was kept.
    fn attachment(&self, _sha256: &str) -> io::Result<Option<PathBuf>> {
        Ok(None)
    }

    /// The last record of a file that was sent, by its hash.
    fn attachment_record(&self, _sha256: &str) -> io::Result<Option<AttachmentKept>> {
        Ok(None)
    }

    /// The finished recording of a call: a WAV file, when there is one.
    fn recording(&self, call: CallId) -> io::Result<Option<PathBuf>>;

    /// What each agent did, by quarter hours that begin from `from` (`None`: local midnight) on,
    /// up to `to`; and since when that is.
    fn agents(&self, from: Option<Timestamp>, to: Timestamp) -> (Timestamp, AgentRows);

    /// How queues went, by quarter hours that begin from `from` (`None`: local midnight) on, up to `to`.
    fn quarters(&self, from: Option<Timestamp>, to: Timestamp) -> Quarters;

    /// A report on paper.
    fn report(&self, _: &ReportWish) -> Result<Paper, ReportRefusal> {
        Err(ReportRefusal::Unavailable("no reports are made here".into()))
    }

    /// The figures of a period, of one unit or of all.
    fn figures(&self, _: &str, _: Option<&str>) -> Result<Counted, ReportRefusal> {
        Err(ReportRefusal::Unavailable("no figures are counted here".into()))
    }

    /// What a figure counts, by name.
    fn drill(&self, _: &DrillWish) -> Result<Drilled, ReportRefusal> {
        Err(ReportRefusal::Unavailable("no figures are counted here".into()))
    }

    /// Release a report. The answer comes once it is kept and on the record.
    fn release(
        &self,
        _: AccountName,
        _: ReleaseWish,
    ) -> BoxFuture<'_, Result<ReportReleased, ReportRefusal>> {
        let what = "no reports are released here".into();
        Box::pin(std::future::ready(Err(ReportRefusal::Unavailable(what))))
    }

    /// What was released, the newest first.
    fn released(&self) -> Vec<ReleasedReport> {
        Vec::new()
    }

    /// What waits to be released, the longest first.
    fn reports_due(&self) -> Vec<DueReport> {
        Vec::new()
    }

    /// Who gets our records, and how far each has got.
    fn far_ends(&self) -> io::Result<Vec<FarEnd>> {
        Ok(Vec::new())
    }

    /// What a destination refused, those after this record, at most `limit`; `None` when there is
    /// no such destination.
    fn dead_letters(
        &self,
        _: &DestinationId,
        _after: Seq,
        _limit: usize,
    ) -> io::Result<Option<Vec<DeadLetter>>> {
        Ok(None)
    }

    /// Take what came by a webhook, once. The answer comes once it is durable.
    fn receive(&self, inbound: Inbound) -> BoxFuture<'_, Received>;

    /// Whether the engine runs without the hotline's log.
    fn is_emergency(&self) -> bool {
        false
    }

    /// Whether calls can be taken; otherwise what is in the way, in a sentence.
    fn ready(&self) -> Result<(), String>;

    /// All measurements as OpenMetrics 1.0.
    fn metrics(&self) -> String;
}
