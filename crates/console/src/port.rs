//! What the console needs of the rest of the house, as one trait the daemon implements.

use std::{collections::BTreeMap, future::Future, io, path::PathBuf, pin::Pin, sync::Arc};

use backoffice::Ticket;
use center::{Command, Reply};
use model::{
    AccountName, CallId, Record, Seq, TicketId, Timestamp,
    desk::{InboundMessage, SmsReceipt},
    event::{Actor, Role},
};
use reporting::{AgentStats, Cdr, Wallboard};
use store::Filed;
use tokio::sync::watch;

/// A future on the heap, so that the trait can be used behind `dyn`.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A person known to the hotline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Their name.
    pub name: AccountName,
    /// What they may do.
    pub role: Role,
}

/// Agents and their quarter hours, by the moment each begins.
pub type AgentRows = BTreeMap<AccountName, BTreeMap<Timestamp, AgentStats>>;

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
    /// It is on record.
    Taken,
    /// It was on record before: the sender has not heard so.
    Known,
    /// Not now: why, in a sentence. The sender tries again.
    Later(String),
}

/// The engine behind the page.
///
/// Plain methods that answer `io::Result` may touch the disk: the console
/// calls them off the async threads. The other plain methods answer from
/// memory, at once.
pub trait Backend: Send + Sync + 'static {
    /// The engine's clock: the one the log is stamped with.
    fn now(&self) -> Timestamp;

    /// Ask the center for something. The answer comes once it is durable.
    fn command(&self, by: Actor, command: Command) -> BoxFuture<'_, Reply>;

    /// The account this name and password belong to. Slow by design (Argon2):
    /// the hash is computed off the async threads.
    fn log_in<'a>(&'a self, name: &'a str, password: &'a str) -> BoxFuture<'a, Option<Account>>;

    /// The account a bearer token was issued to.
    fn by_token(&self, token: &str) -> Option<Account>;

    /// The account as it is now; `None` once it is gone. Asked at each request
    /// of a log-in session, so that a removed account is out at once.
    fn account(&self, name: &AccountName) -> Option<Account>;

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
        filed: Option<&Filed>,
    ) -> io::Result<Vec<Ticket>>;

    /// The finished recording of a call: a WAV file, when there is one.
    fn recording(&self, call: CallId) -> io::Result<Option<PathBuf>>;

    /// What each agent did, by quarter hours that begin from `from` (`None`: local midnight) on,
    /// up to `to`; and since when that is.
    fn agents(&self, from: Option<Timestamp>, to: Timestamp) -> (Timestamp, AgentRows);

    /// Take what came by a webhook, once. The answer comes once it is durable.
    fn receive(&self, inbound: Inbound) -> BoxFuture<'_, Received>;

    /// Whether calls can be taken; otherwise what is in the way, in a sentence.
    fn ready(&self) -> Result<(), String>;

    /// All measurements in the Prometheus text format.
    fn metrics(&self) -> String;
}
