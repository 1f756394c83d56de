//! The engine as the console sees it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
    time::{Duration, SystemTime},
};

use center::{Command, DeskRequest, Refusal, Reply};
use console::{
    Account, AccountCommand, AccountError, Accounts, AgentQuarterHours, Attachments, BoxFuture,
    Calls, ChangedAccount, Commands, DeadLetter, Destination, DrillDown, DrillDownRequest,
    EventLog, Health, Inbound, InboundOutcome, Messaging, OpenWork, PeriodFigures,
    QueueQuarterHours, RecordingForm, ReferenceDataReader, ReleaseRequest, ReleasedReport,
    RenderedReport, ReportError, ReportRequest, Sound, Statistics, Tickets, WorklistIndex,
};
use model::{
    AccountName, AreaCode, CallId, Event, Record, Seq, TicketId, Timestamp,
    desk::{DestinationId, MatterId, MessagingEvent, TicketState},
    event::{Alarm, AttachmentKept, LoginRefusal, ReportReleased, SeatActor},
};
use recorder::Playback;
use reporting::{DueReport, ReferenceData};
use stats::{AgentIntervals, Cdr, QueueIntervals, Wallboard};
use store::{CallIndex, Reader, StoreError, TicketIndex};
use ticketing::{
    DeskCommand, Ticket,
    ticket::TicketCommand,
    worklist::{StaffMember, WorkIndex, in_hand},
};
use tokio::sync::watch;

use crate::{
    attachments,
    clock::Clock,
    destination_status::{DestinationStatus, entry},
    in_force::InForce,
    keys::Keys,
    live::LiveState,
    mailbox::Mailbox,
    metrics::{self, Metrics},
    progress::Progress,
    recent::Recent,
    reports::Reports,
    threads::center::PendingRequests,
    worklists::Worklists,
};

/// The part of the engine that the console can reach.
pub struct Engine {
    /// The engine's time.
    pub clock: Clock,
    /// The center's mailbox.
    pub(crate) center: Arc<Mailbox<center::Input>>,
    /// Requests that wait for the center's answers.
    pub(crate) requests: Arc<PendingRequests>,
    /// The live state that the console shows.
    pub(crate) live: Arc<LiveState>,
    /// The last durable record.
    pub(crate) durable: watch::Receiver<Seq>,
    /// The newest durable records.
    pub(crate) recent: Arc<Recent>,
    /// The agents' statistics in quarter hours.
    pub(crate) agents: Arc<Mutex<AgentIntervals>>,
    pub(crate) quarters: Arc<Mutex<QueueIntervals>>,
    /// The reports and their reference data.
    pub(crate) reports: Arc<Reports>,
    /// The work lists of all people and units.
    pub(crate) worklists: Arc<Worklists>,
    /// Held while a report is released, so that each number is given once.
    pub(crate) releasing: tokio::sync::Mutex<()>,
    /// The log's folder.
    pub(crate) journal: PathBuf,
    /// The view of the log.
    pub(crate) reader: Reader,
    /// The last record that the view has applied.
    pub(crate) view_progress: Arc<Progress>,
    /// The folder of recordings.
    pub(crate) recordings: PathBuf,
    /// The folder of attachments.
    pub(crate) attachments: PathBuf,
    /// The hotline's area.
    pub(crate) home: AreaCode,
    /// The accounts and tokens.
    pub(crate) keys: Arc<Keys>,
    /// The status of the courier's destinations.
    pub(crate) courier: Arc<DestinationStatus>,
    /// Held while changes of the keys are written to the log, so that each is written once.
    pub(crate) recording_changes: tokio::sync::Mutex<()>,
    /// The config in force.
    pub(crate) config: Arc<InForce>,
    /// The counters of signalling.
    pub(crate) sip_counts: Arc<Mutex<sip::Counts>>,
    /// The metrics for Prometheus.
    pub(crate) metrics: Arc<Metrics>,
    /// Whether the engine runs without the hotline's log. There is then no desk, and reports would
    /// show zeros.
    pub is_emergency: bool,
}

impl Engine {
    /// Asks the center; the answer comes once its records are durable.
    pub(crate) async fn ask(&self, by: SeatActor, command: Command) -> Reply {
        let mut request = self.requests.add();
        let input = center::Input::Command { reply_to: request.id, by, command };
        // Calls come first: while the mailbox is full, people wait, up to a limit.
        if self.center.send(input, ASK_PATIENCE).await.is_err() {
            return Err(Refusal::Busy);
        }
        (&mut request.answer).await.unwrap_or(Err(Refusal::Stopping))
    }
}

impl Engine {
    /// An emergency has no data for reports.
    fn has_reports(&self) -> Result<(), ReportError> {
        match self.is_emergency {
            true => Err(ReportError::Unavailable(Refusal::Emergency.to_string())),
            false => Ok(()),
        }
    }

    /// Stores a report and writes its release to the log. Releases run one after another, so that
    /// each number is given once.
    async fn release_report(
        &self,
        by: AccountName,
        request: ReleaseRequest,
    ) -> Result<ReportReleased, ReportError> {
        self.has_reports()?;
        let _turn = self.releasing.lock().await;
        let unavailable = |what: String| ReportError::Unavailable(what);
        let (reports, agents) = (Arc::clone(&self.reports), Arc::clone(&self.agents));
        let (reader, now, name) = (self.reader.clone(), self.clock.wall(), by.clone());
        let made = tokio::task::spawn_blocking(move || {
            reports.prepare(&reader, &agents, now, &request, Some(name))
        });
        let released = made.await.map_err(|e| unavailable(e.to_string()))??;
        let note = Command::Note(Event::ReportReleased(released.clone()));
        let noted = self.ask(SeatActor::Person(by), note).await;
        noted.map_err(|refusal| unavailable(refusal.to_string()))?;
        Ok(released)
    }

    /// A command to the desk, with the archived tickets it may be about: the desk has forgotten
    /// them, the view has them. Without the view the desk answers that it does not know them.
    async fn with_archived_tickets(&self, order: Box<DeskRequest>) -> Command {
        let (reader, home) = (self.reader.clone(), self.home.clone());
        let command = order.command.clone();
        let found =
            tokio::task::spawn_blocking(move || archived_tickets(&reader, &command, &home)).await;
        match found.ok().and_then(Result::ok) {
            Some(tickets) if !tickets.is_empty() => Command::DeskRecalling(order, tickets),
            _ => Command::Desk(order),
        }
    }

    /// The view, once it has applied every record that is durable now, so that a person who was
    /// told of an event finds it in the lists. Blocks for [`CATCH_UP_PATIENCE`] at most. A view
    /// that is further behind has an alarm of its own and is used as it is.
    fn catch_up(&self) -> &Reader {
        self.view_progress.wait_for(self.last_seq(), CATCH_UP_PATIENCE);
        &self.reader
    }
}

impl console::Clock for Engine {
    fn now(&self) -> Timestamp {
        self.clock.wall()
    }
}

impl Commands for Engine {
    fn execute(&self, by: SeatActor, command: Command) -> BoxFuture<'_, Reply> {
        Box::pin(async move {
            let command = match command {
                Command::Desk(order) => self.with_archived_tickets(order).await,
                other => other,
            };
            self.ask(by, command).await
        })
    }
}

impl Health for Engine {
    fn ready(&self) -> Result<(), String> {
        if self.live.draining.load(Ordering::Relaxed) {
            return Err("the engine stops: it takes no new calls".to_owned());
        }
        let board = self.live.wallboard.load();
        match board.alarms.get(&Alarm::LogFailed) {
            Some(text) => Err(text.clone()),
            None if self.live.ports_free.load(Ordering::Relaxed) < 2 => {
                Err("no voice ports are free: every new call is refused".to_owned())
            }
            None => Ok(()),
        }
    }

    fn is_emergency(&self) -> bool {
        self.is_emergency
    }

    fn metrics(&self) -> String {
        let board = self.live.wallboard.load();
        self.metrics.page(&metrics::Now {
            board: &board,
            calls: self.live.calls.load(Ordering::Relaxed),
            ports_free: self.live.ports_free.load(Ordering::Relaxed),
            strangers: self.live.strangers.load(Ordering::Relaxed),
            log_seq: self.last_seq(),
            sip: *self.sip_counts.lock().unwrap_or_else(PoisonError::into_inner),
        })
    }
}

impl EventLog for Engine {
    fn watch(&self) -> watch::Receiver<Seq> {
        self.durable.clone()
    }

    fn records(&self, from: Seq, limit: usize) -> io::Result<Vec<Record>> {
        if let Some(recent) = self.recent.since(from, limit) {
            return Ok(recent);
        }
        let last = self.last_seq();
        let records = journal::Reader::open(&self.journal)
            .and_then(|r| r.read_from(from))
            .map_err(io::Error::other)?;
        records
            .take(limit)
            .take_while(|record| record.as_ref().map_or(true, |r| r.seq <= last))
            .map(|record| record.map_err(io::Error::other))
            .collect()
    }
}

impl Accounts for Engine {
    fn log_in<'a>(
        &'a self,
        name: &'a str,
        password: &'a str,
    ) -> BoxFuture<'a, Result<Account, LoginRefusal>> {
        let keys = Arc::clone(&self.keys);
        let (name, password) = (name.to_owned(), password.to_owned());
        Box::pin(async move {
            let verified = tokio::task::spawn_blocking(move || keys.verify(&name, &password)).await;
            verified.unwrap_or(Err(LoginRefusal::WrongPassword))
        })
    }

    fn by_token(&self, token: &str) -> Option<Account> {
        self.keys.by_token(token)
    }

    fn account(&self, name: &AccountName) -> Option<Account> {
        self.keys.account(name)
    }

    fn accounts(&self) -> Vec<Account> {
        self.keys.accounts()
    }

    fn change_account(
        &self,
        by: AccountName,
        command: AccountCommand,
    ) -> BoxFuture<'_, Result<ChangedAccount, AccountError>> {
        Box::pin(self.change(by, command))
    }

    fn open_work(&self, name: &AccountName) -> io::Result<Option<Vec<OpenWork>>> {
        let accounts = self.keys.accounts();
        let Some(account) = accounts.iter().find(|account| account.name == *name) else {
            return Ok(None);
        };
        let staff = &account.staff;
        let who =
            StaffMember { account: name, real_name: &staff.real_name, unit: staff.unit.as_ref() };
        let mut work: BTreeMap<(&'static str, String), OpenWork> = BTreeMap::new();
        let reader = self.catch_up();
        // On signing, the handler's name or account may be written.
        let names = [name.as_str(), staff.real_name.as_str()];
        for name in names.into_iter().filter(|name| !name.is_empty()) {
            let look = &mut |ticket: Ticket| {
                // The ticket it follows is worked on instead.
                if ticket.state == TicketState::Following {
                    return true;
                }
                for held in in_hand(&ticket, who, self.reports.working_time()) {
                    let (kind, id) = (held.reason.word(), held.about.to_string());
                    let open = OpenWork { kind, id: id.clone(), due: held.due };
                    work.insert((kind, id), open);
                }
                true
            };
            let index = TicketIndex::HeldBy(name.to_owned());
            reader.each_in_index(&index, look).map_err(io::Error::other)?;
        }
        let mut work: Vec<OpenWork> = work.into_values().collect();
        work.sort_by_key(|held| held.due.map_or(u64::MAX, Timestamp::micros));
        Ok(Some(work))
    }
}

impl Calls for Engine {
    fn call(&self, call: CallId) -> io::Result<Option<Cdr>> {
        self.catch_up().call(call).map_err(io::Error::other)
    }

    fn calls(
        &self,
        before: Option<CallId>,
        limit: usize,
        index: Option<&CallIndex>,
    ) -> io::Result<Vec<Cdr>> {
        self.catch_up().calls(before, limit, index).map_err(io::Error::other)
    }

    fn offers(&self, call: CallId) -> io::Result<Vec<Record>> {
        self.catch_up().offers(call).map_err(io::Error::other)
    }

    fn recording(&self, call: CallId, form: RecordingForm) -> io::Result<Option<Arc<dyn Sound>>> {
        let Some(file) = self.call(call)?.and_then(|cdr| cdr.recording) else { return Ok(None) };
        let path = self.recordings.join(file);
        let sound: io::Result<Arc<dyn Sound>> = match form {
            RecordingForm::Pcm => Playback::open(path).map(|playback| Arc::new(Pcm(playback)) as _),
            RecordingForm::Stored => File::open(path).map(|file| Arc::new(file) as _),
        };
        match sound {
            Ok(sound) => Ok(Some(sound)),
            // The path is known from the start; the file exists once it is closed.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// A recording as PCM, for the console.
struct Pcm(Playback);

impl Sound for Pcm {
    fn length(&self) -> io::Result<u64> {
        Ok(self.0.length())
    }

    fn modified(&self) -> io::Result<SystemTime> {
        self.0.modified()
    }

    fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<usize> {
        self.0.read_at(into, at)
    }
}

impl Tickets for Engine {
    fn ticket(&self, ticket: TicketId) -> io::Result<Option<Ticket>> {
        self.catch_up().ticket(ticket).map_err(io::Error::other)
    }

    fn tickets(
        &self,
        before: Option<TicketId>,
        limit: usize,
        filed: Option<&TicketIndex>,
    ) -> io::Result<Vec<Ticket>> {
        self.catch_up().tickets(before, limit, filed).map_err(io::Error::other)
    }

    fn each_ticket(
        &self,
        filed: &TicketIndex,
        visit: &mut dyn FnMut(Ticket) -> bool,
    ) -> io::Result<()> {
        self.catch_up().each_in_index(filed, visit).map_err(io::Error::other)
    }

    fn tickets_by_number(
        &self,
        numbers: &BTreeSet<TicketId>,
    ) -> io::Result<BTreeMap<TicketId, Ticket>> {
        let reader = self.catch_up();
        let mut found = BTreeMap::new();
        for number in numbers {
            let ticket = reader.ticket(*number).map_err(io::Error::other)?;
            found.extend(ticket.map(|ticket| (*number, ticket)));
        }
        Ok(found)
    }

    fn matter_size(&self, matter: MatterId) -> io::Result<u64> {
        self.catch_up().matter_size(matter).map_err(io::Error::other)
    }

    fn history(&self, ticket: TicketId, after: Seq, limit: usize) -> io::Result<Vec<Record>> {
        self.catch_up().course(ticket, after, limit).map_err(io::Error::other)
    }

    fn appeal_until(&self, ticket: &Ticket, n: u16) -> Option<Timestamp> {
        self.reports.appeal_until(ticket, n)
    }
}

impl WorklistIndex for Engine {
    fn with_work_index(&self, now: Timestamp, read: &mut dyn FnMut(&WorkIndex)) {
        // The view's thread applies a record to the view and the work lists together.
        self.catch_up();
        self.worklists.read(now, read);
    }
}

impl ReferenceDataReader for Engine {
    fn with_reference_data(&self, read: &mut dyn FnMut(&ReferenceData)) {
        self.reports.with_reference_data(read);
    }
}

impl Attachments for Engine {
    fn keep(&self, sha256: &str, bytes: &[u8]) -> io::Result<()> {
        attachments::store(&self.attachments, sha256, bytes)
    }

    fn attachment(&self, sha256: &str) -> io::Result<Option<PathBuf>> {
        attachments::find(&self.attachments, sha256)
    }

    fn attachment_record(&self, sha256: &str) -> io::Result<Option<AttachmentKept>> {
        self.reader.attachment(sha256).map_err(io::Error::other)
    }
}

impl Statistics for Engine {
    fn wallboard(&self) -> Arc<Wallboard> {
        self.live.wallboard.load_full()
    }

    fn agents(&self, from: Option<Timestamp>, to: Timestamp) -> AgentQuarterHours {
        let agents = self.agents.lock().unwrap_or_else(PoisonError::into_inner);
        let from = from.unwrap_or_else(|| agents.midnight(to));
        AgentQuarterHours { from, rows: agents.between(from, to) }
    }

    fn queues(&self, from: Option<Timestamp>, to: Timestamp) -> QueueQuarterHours {
        let quarters = self.quarters.lock().unwrap_or_else(PoisonError::into_inner);
        QueueQuarterHours::between(&quarters, from, to)
    }
}

impl console::Reports for Engine {
    fn report(&self, request: &ReportRequest) -> Result<RenderedReport, ReportError> {
        self.has_reports()?;
        self.reports.document(self.catch_up(), &self.agents, self.clock.wall(), request)
    }

    fn figures(&self, period: &str, unit: Option<&str>) -> Result<PeriodFigures, ReportError> {
        self.has_reports()?;
        self.reports.figures(self.catch_up(), self.clock.wall(), period, unit)
    }

    fn drill_down(&self, request: &DrillDownRequest) -> Result<DrillDown, ReportError> {
        self.has_reports()?;
        self.reports.drill_down(self.catch_up(), self.clock.wall(), request)
    }

    fn release(
        &self,
        by: AccountName,
        request: ReleaseRequest,
    ) -> BoxFuture<'_, Result<ReportReleased, ReportError>> {
        Box::pin(self.release_report(by, request))
    }

    fn released(&self) -> Vec<ReleasedReport> {
        let all = self.reports.all_released().into_iter();
        all.map(|released| ReleasedReport { at: released.at, what: released.what }).collect()
    }

    fn due(&self) -> Vec<DueReport> {
        if self.is_emergency {
            return Vec::new();
        }
        self.reports.due(console::Clock::now(self))
    }
}

impl Messaging for Engine {
    fn destinations(&self) -> io::Result<Vec<Destination>> {
        self.courier.destinations(&|from, limit| self.records(from, limit))
    }

    fn dead_letters(
        &self,
        destination: &DestinationId,
        after: Seq,
        limit: usize,
    ) -> io::Result<Option<Vec<DeadLetter>>> {
        self.courier.dead_letters(
            &|from, limit| self.records(from, limit),
            destination,
            after,
            limit,
        )
    }

    fn receive(&self, inbound: Inbound) -> BoxFuture<'_, InboundOutcome> {
        let command = match inbound {
            Inbound::Message(message) => Command::Receive(Box::new(message)),
            // A receipt may come twice; the second one changes nothing.
            Inbound::Receipt(receipt) => {
                Command::Note(entry(MessagingEvent::ReceiptReceived(receipt)))
            }
        };
        Box::pin(async move {
            match self.ask(SeatActor::Engine, command).await {
                Ok(_) => InboundOutcome::Recorded,
                Err(refusal) => InboundOutcome::Unavailable(refusal.to_string()),
            }
        })
    }
}

/// The archived tickets that a command may be about, and whether the caller of a ticket being
/// registered has called before.
fn archived_tickets(
    reader: &Reader,
    command: &DeskCommand,
    home: &AreaCode,
) -> Result<Vec<Ticket>, StoreError> {
    let is_archived = |ticket: &Ticket| ticket.state == TicketState::Archived;
    let mut found = Vec::new();
    for id in command.archived_tickets_needed() {
        found.extend(reader.ticket(id)?.filter(is_archived));
    }
    if let DeskCommand::Ticket(id, TicketCommand::Register { .. }) = command
        && let Some(draft) = reader.ticket(*id)?
        && let Some(number) = draft.contact()
    {
        let theirs = reader.tickets(
            None,
            LOOKED_THROUGH,
            Some(&TicketIndex::Caller(number.spellings(home))),
        )?;
        let is_theirs = |old: &Ticket| old.contact().is_some_and(|one| one.is_same(number, home));
        let before = |old: &Ticket| is_archived(old) && is_theirs(old);
        found.extend(theirs.into_iter().find(before));
    }
    Ok(found)
}

/// The number of a caller's newest tickets that are searched for an archived one.
const LOOKED_THROUGH: usize = 20;
/// How long a request waits for the view to catch up. The view applies its records at once when a
/// request waits.
const CATCH_UP_PATIENCE: Duration = Duration::from_secs(1);
/// How long a command waits for room in the center's mailbox, below the 15 s that the browser waits
/// for its answer.
const ASK_PATIENCE: Duration = Duration::from_secs(5);
