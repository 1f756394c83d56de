//! A small engine in memory that the console runs over, and a client that sends requests to it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use center::{Command, CommandReceipt, ControlRequest, Refusal, Reply};
use console::{
    Account, AccountCommand, AccountError, Accounts, AgentQuarterHours, Attachments, Backend,
    BoxFuture, Calls, ChangedAccount, Clock, Commands, ConfigEntry, Configuration, DeadLetter,
    Destination, DrillDown, DrillDownRequest, EventLog, Health, Inbound, InboundOutcome, Messaging,
    NotReloaded, OpenWork, Options, PeriodFigures, QueueQuarterHours, RecordingForm,
    ReferenceDataReader, ReleaseRequest, ReleasedReport, ReloadRequest, Reloaded, RenderedReport,
    ReportError, ReportRequest, Reports, Sound, Statistics, Tickets, WorklistIndex,
};
use directory::Directory;
use http_body_util::BodyExt;
use model::{
    AccountName, AccountStatus, CallId, Event, LineId, Login, Number, QueueId, Record, SeatId, Seq,
    Staff, TicketId, Timestamp, WorkState, Zone,
    desk::{Actor, DeskEntry, DeskEvent, DestinationId, MatterId},
    event::{
        AttachmentKept, CallArrived, CallEnd, LoginRefusal, MissedCallFiled, ReportReleased, Role,
        SeatActor, TicketOpened,
    },
};
use reporting::{DueReport, ReferenceData};
use serde_json::Value;
use stats::{AgentIntervals, Cdr, QueueIntervals, SeatBoard, Wallboard};
use store::{CallIndex, TicketIndex};
use ticketing::{Ticket, TicketKind, worklist::WorkIndex};
use tokio::sync::watch;
use tower::ServiceExt;

/// Everything that a test sets or checks.
pub(crate) struct Engine {
    pub(crate) now: Mutex<Timestamp>,
    /// Password and account, by name.
    pub(crate) people: Mutex<BTreeMap<AccountName, (String, Account)>>,
    pub(crate) account_commands: Mutex<Vec<(AccountName, AccountCommand)>>,
    pub(crate) board: Mutex<Arc<Wallboard>>,
    /// The commands that the center got and did not refuse for want of a right.
    pub(crate) commands: Mutex<Vec<(SeatActor, Command)>>,
    /// The answer of the center to the next commands.
    pub(crate) reply: Mutex<Reply>,
    /// Whether the next command is never answered.
    stall: Mutex<bool>,
    pub(crate) records: Mutex<Vec<Record>>,
    pub(crate) durable: watch::Sender<Seq>,
    pub(crate) calls: Mutex<BTreeMap<CallId, Cdr>>,
    pub(crate) tickets: Mutex<BTreeMap<TicketId, Ticket>>,
    /// Units, areas and topics.
    pub(crate) directory: Mutex<Directory>,
    pub(crate) recordings: Mutex<BTreeMap<CallId, PathBuf>>,
    pub(crate) ready: Mutex<Result<(), String>>,
    /// The attachments that were uploaded, by hash.
    pub(crate) files: Mutex<BTreeMap<String, PathBuf>>,
    pub(crate) folder: tempfile::TempDir,
    /// The last moment for appeals.
    pub(crate) appeal_until: Mutex<Option<Timestamp>>,
    /// The destinations of our records, with their dead letters.
    pub(crate) destinations: Mutex<Vec<(Destination, Vec<DeadLetter>)>>,
    /// The messages that came by webhooks.
    pub(crate) received: Mutex<Vec<Inbound>>,
    /// The outcome of the next messages.
    pub(crate) inbound_outcome: Mutex<InboundOutcome>,
    /// The reloads that were asked for.
    pub(crate) reloads: Mutex<Vec<ReloadRequest>>,
    /// The refusal of the next reload.
    pub(crate) reload_refusal: Mutex<Option<NotReloaded>>,
}

impl Engine {
    pub(crate) fn new() -> Arc<Engine> {
        let people = [
            ("li", "agent-pass", Role::Agent),
            ("wang", "super-pass", Role::Supervisor),
            ("qian", "qa-pass", Role::Qa),
            ("root", "admin-pass", Role::Admin),
            ("sun", "audit-pass", Role::Auditor),
            ("zhou", "unit-pass", Role::Liaison),
        ];
        let people = people.map(|(name, pass, role)| {
            let (name, staff) = (AccountName::from(name), Staff::default());
            let account =
                Account { name: name.clone(), role, staff, password_no: 1, role_asked: None };
            (name, (pass.to_owned(), account))
        });
        Arc::new(Engine {
            now: Mutex::new(Timestamp::from_micros(1_795_334_592_000_000)),
            people: Mutex::new(people.into()),
            account_commands: Mutex::default(),
            board: Mutex::new(Arc::new(board())),
            commands: Mutex::default(),
            reply: Mutex::new(Ok(CommandReceipt::default())),
            stall: Mutex::default(),
            records: Mutex::default(),
            durable: watch::Sender::new(0),
            calls: Mutex::default(),
            tickets: Mutex::default(),
            directory: Mutex::default(),
            recordings: Mutex::default(),
            ready: Mutex::new(Ok(())),
            files: Mutex::default(),
            folder: tempfile::tempdir().unwrap(),
            appeal_until: Mutex::default(),
            destinations: Mutex::default(),
            received: Mutex::default(),
            inbound_outcome: Mutex::new(InboundOutcome::Recorded),
            reloads: Mutex::default(),
            reload_refusal: Mutex::default(),
        })
    }

    pub(crate) fn now_us(&self) -> u64 {
        self.now().micros()
    }

    pub(crate) fn wait(&self, time: Duration) {
        *self.now.lock().unwrap() += time;
    }

    /// The next command gets no answer, as on a disk that hangs.
    pub(crate) fn stall_next_command(&self) {
        *self.stall.lock().unwrap() = true;
    }

    /// Whether the command that gets no answer has begun.
    pub(crate) fn has_stalled(&self) -> bool {
        !*self.stall.lock().unwrap()
    }

    /// Changes an account.
    pub(crate) fn person(&self, name: &str, change: impl FnOnce(&mut Account)) {
        change(&mut self.people.lock().unwrap().get_mut(&name.into()).unwrap().1);
    }

    /// Adds an account, of a unit when one is named.
    pub(crate) fn add_account(&self, name: &str, role: Role, unit: Option<&str>) {
        let (account, staff) = (AccountName::from(name), Staff::default());
        let staff = Staff { unit: unit.map(Into::into), ..staff };
        let account =
            Account { name: account.clone(), role, staff, password_no: 1, role_asked: None };
        self.people.lock().unwrap().insert(name.into(), ("pass".into(), account));
    }

    /// Records a desk event.
    pub(crate) fn record_desk_event(&self, by: Actor, event: DeskEvent) {
        let entry = DeskEntry { by, key: None, event };
        if let Some(id) = entry.event.ticket() {
            let seq = self.records.lock().unwrap().len() as Seq + 1;
            let mut tickets = self.tickets.lock().unwrap();
            tickets.get_mut(&id).unwrap().apply_entry(seq, self.now(), &entry);
        }
        self.append(Event::Desk(Box::new(entry)));
    }

    fn status(&self, account: &Account) -> AccountStatus {
        account.staff.status(Zone::CHINA.date(self.now()))
    }

    /// The commands so far.
    pub(crate) fn commands(&self) -> Vec<(SeatActor, Command)> {
        self.commands.lock().unwrap().clone()
    }

    /// Records the arrival of a call.
    pub(crate) fn arrive(&self, caller: &str) {
        let event = Event::CallArrived(CallArrived {
            call: CallId::from(7),
            caller: Number::new(caller),
            dialled: Number::new("12345"),
            line: "12345".into(),
            trunk: "telecom".into(),
        });
        self.append(event);
    }

    pub(crate) fn append(&self, event: Event) {
        let mut records = self.records.lock().unwrap();
        let seq = records.len() as Seq + 1;
        records.push(Record { seq, at: self.now(), event });
        drop(records);
        self.durable.send_replace(seq);
    }

    /// Adds a call that seat 1001 or 1002 answered.
    pub(crate) fn add_call(&self, id: u64, seat: u32) -> CallId {
        let call = CallId::from(id);
        let mut cdr = Cdr::begin(
            Timestamp::from_micros(id),
            &Event::CallArrived(CallArrived {
                call,
                caller: Number::new("13812345678"),
                dialled: Number::new("12345"),
                line: "12345".into(),
                trunk: "telecom".into(),
            }),
        )
        .unwrap();
        cdr.queue = Some("mandarin".into());
        cdr.connected = Some(Timestamp::from_micros(id + 1));
        cdr.seat = Some(SeatId(seat));
        cdr.agent = Some(if seat == 1001 { "li" } else { "zhao" }.into());
        cdr.end = Some(CallEnd::CallerHungUp);
        self.calls.lock().unwrap().insert(call, cdr);
        call
    }

    pub(crate) fn add_recorded_call(&self, id: u64, file: PathBuf) -> CallId {
        let call = self.add_call(id, 1001);
        self.calls.lock().unwrap().get_mut(&call).unwrap().recording_sha256 = Some("00".into());
        self.recordings.lock().unwrap().insert(call, file);
        call
    }

    pub(crate) fn add_ticket(&self, id: u64, kind: TicketKind) {
        let (ticket, call) = (TicketId(id), CallId::from(7));
        let (caller, line) = (Number::new("13812345678"), LineId::from("12345"));
        let event = match kind {
            TicketKind::Conversation => {
                let seat = SeatId(1001);
                Event::TicketOpened(TicketOpened { ticket, call, caller, line, seat })
            }
            TicketKind::MissedCall => {
                let wait_ms = 0;
                Event::MissedCallFiled(MissedCallFiled { ticket, call, caller, line, wait_ms })
            }
        };
        let ticket = Ticket::open(1, self.now(), &event).unwrap();
        self.tickets.lock().unwrap().insert(TicketId(id), ticket);
    }
}

/// Li talks at seat 1001, zhao is ready at 1002, and no one is signed in at 1003.
fn board() -> Wallboard {
    let seat = |agent: Option<&str>, work| SeatBoard {
        reachable: true,
        login: match agent {
            Some(name) => Login::LoggedIn { agent: Some(name.into()) },
            None => Login::LoggedOut,
        },
        work,
        ..SeatBoard::default()
    };
    let mut board = Wallboard::new(Zone::CHINA, ["mandarin".into()], []);
    board.seq = 1;
    board.seats = [
        (SeatId(1001), seat(Some("li"), Some(WorkState::Talking { call: CallId::from(7) }))),
        (SeatId(1002), seat(Some("zhao"), Some(WorkState::Ready))),
        (SeatId(1003), seat(None, None)),
    ]
    .into();
    board
}

impl Clock for Engine {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }
}

impl Commands for Engine {
    /// Checks the rights as the center does, and answers as the test wants.
    fn execute(&self, by: SeatActor, command: Command) -> BoxFuture<'_, Reply> {
        let command = match command {
            Command::Control(request) => {
                let actor = request.by.clone();
                match request.authorize(&self.wallboard()) {
                    Ok(command) => Command::Control(ControlRequest { by: actor, command }),
                    Err(forbidden) => return Box::pin(async move { Err(forbidden.into()) }),
                }
            }
            other => other,
        };
        self.commands.lock().unwrap().push((by, command));
        let reply = self.reply.lock().unwrap().clone();
        if std::mem::take(&mut *self.stall.lock().unwrap()) {
            return Box::pin(std::future::pending());
        }
        Box::pin(async move { reply })
    }
}

impl Accounts for Engine {
    fn log_in<'a>(
        &'a self,
        name: &'a str,
        password: &'a str,
    ) -> BoxFuture<'a, Result<Account, LoginRefusal>> {
        let people = self.people.lock().unwrap();
        let right = people.get(&name.into()).filter(|(known, _)| known == password);
        let entry = match right.map(|(_, account)| (account, self.status(account))) {
            None => Err(LoginRefusal::WrongPassword),
            Some((account, AccountStatus::Open)) => Ok(account.clone()),
            Some((_, AccountStatus::NotYet)) => Err(LoginRefusal::NotYet),
            Some((_, AccountStatus::Ended)) => Err(LoginRefusal::Ended),
            Some((_, AccountStatus::Disabled)) => Err(LoginRefusal::Disabled),
        };
        Box::pin(async move { entry })
    }

    fn by_token(&self, token: &str) -> Option<Account> {
        self.account(&token.strip_prefix("token-of-")?.into())
    }

    fn account(&self, name: &AccountName) -> Option<Account> {
        let people = self.people.lock().unwrap();
        let found = people.get(name).map(|(_, account)| account.clone());
        found.filter(|account| self.status(account) == AccountStatus::Open)
    }

    fn accounts(&self) -> Vec<Account> {
        self.people.lock().unwrap().values().map(|(_, account)| account.clone()).collect()
    }

    /// Keeps passwords and ends; what other changes do is tested with the key file.
    fn change_account(
        &self,
        by: AccountName,
        command: AccountCommand,
    ) -> BoxFuture<'_, Result<ChangedAccount, AccountError>> {
        self.account_commands.lock().unwrap().push((by, command.clone()));
        let mut people = self.people.lock().unwrap();
        let mut made = None;
        let (name, own) = match command {
            AccountCommand::Add { name, role, staff } => {
                let name = AccountName::from(name.as_str());
                made = Some("made-pass".to_owned());
                let (role, staff) = staff.apply_to(role, &Staff::default()).unwrap();
                let account =
                    Account { name: name.clone(), role, staff, password_no: 1, role_asked: None };
                people.insert(name.clone(), ("made-pass".into(), account));
                (name, None)
            }
            AccountCommand::Change { name, .. } => (name, None),
            AccountCommand::Confirm { name } => {
                if let Some((_, account)) = people.get_mut(&name) {
                    account.role_asked = None;
                }
                (name, None)
            }
            AccountCommand::End { name } => {
                if let Some((_, account)) = people.get_mut(&name) {
                    account.staff.disabled = true;
                }
                (name, None)
            }
            AccountCommand::Password { name, own } => {
                if own.is_none() {
                    made = Some("made-pass".into());
                }
                (name, Some(own.unwrap_or("made-pass".into())))
            }
        };
        let changed = match people.get_mut(&name) {
            None => Err(AccountError::NotFound),
            Some((password, account)) => {
                if let Some(own) = own {
                    *password = own;
                    account.password_no += 1;
                    account.staff.must_change_password = made.is_some();
                }
                Ok(ChangedAccount { account: account.clone(), password: made })
            }
        };
        Box::pin(async move { changed })
    }

    fn open_work(&self, name: &AccountName) -> io::Result<Option<Vec<OpenWork>>> {
        let ticket = OpenWork { kind: "ticket", id: "2026112200017".into(), due: None };
        Ok((name.as_str() == "li").then(|| vec![ticket]))
    }
}

impl EventLog for Engine {
    fn watch(&self) -> watch::Receiver<Seq> {
        self.durable.subscribe()
    }

    fn records(&self, from: Seq, limit: usize) -> io::Result<Vec<Record>> {
        let records = self.records.lock().unwrap();
        Ok(records.iter().filter(|r| r.seq >= from).take(limit).cloned().collect())
    }
}

impl Calls for Engine {
    fn call(&self, call: CallId) -> io::Result<Option<Cdr>> {
        Ok(self.calls.lock().unwrap().get(&call).cloned())
    }

    fn calls(
        &self,
        before: Option<CallId>,
        limit: usize,
        index: Option<&CallIndex>,
    ) -> io::Result<Vec<Cdr>> {
        let calls = self.calls.lock().unwrap();
        let older = calls.values().rev().filter(|c| before.is_none_or(|before| c.call < before));
        let older = older.filter(|c| index.is_none_or(|index| index.contains(c)));
        Ok(older.take(limit).cloned().collect())
    }

    fn offers(&self, call: CallId) -> io::Result<Vec<Record>> {
        let records = self.records.lock().unwrap();
        let of_call = |record: &&Record| match &record.event {
            Event::OfferMade(e) => e.call == call,
            Event::OfferAccepted(e) => e.call == call,
            Event::OfferMissed(e) => e.call == call,
            Event::OfferWithdrawn(e) => e.call == call,
            _ => false,
        };
        Ok(records.iter().filter(of_call).cloned().collect())
    }

    fn recording(&self, call: CallId, form: RecordingForm) -> io::Result<Option<Arc<dyn Sound>>> {
        let Some(mut path) = self.recordings.lock().unwrap().get(&call).cloned() else {
            return Ok(None);
        };
        if form == RecordingForm::Stored {
            path.set_extension("stored");
        }
        match File::open(path) {
            Ok(file) => Ok(Some(Arc::new(file))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl Tickets for Engine {
    fn ticket(&self, ticket: TicketId) -> io::Result<Option<Ticket>> {
        Ok(self.tickets.lock().unwrap().get(&ticket).cloned())
    }

    fn tickets(
        &self,
        before: Option<TicketId>,
        limit: usize,
        filed: Option<&TicketIndex>,
    ) -> io::Result<Vec<Ticket>> {
        let tickets = self.tickets.lock().unwrap();
        let older = tickets.values().rev().filter(|t| before.is_none_or(|b| t.ticket < b));
        let older = older.filter(|t| filed.is_none_or(|filed| filed.contains(t)));
        Ok(older.take(limit).cloned().collect())
    }

    fn each_ticket(
        &self,
        filed: &TicketIndex,
        visit: &mut dyn FnMut(Ticket) -> bool,
    ) -> io::Result<()> {
        let tickets = self.tickets.lock().unwrap();
        let _all = tickets.values().filter(|t| filed.contains(t)).all(|t| visit(t.clone()));
        Ok(())
    }

    fn tickets_by_number(
        &self,
        numbers: &BTreeSet<TicketId>,
    ) -> io::Result<BTreeMap<TicketId, Ticket>> {
        let tickets = self.tickets.lock().unwrap();
        let found = numbers.iter().filter_map(|id| Some((*id, tickets.get(id)?.clone())));
        Ok(found.collect())
    }

    fn matter_size(&self, matter: MatterId) -> io::Result<u64> {
        let tickets = self.tickets.lock().unwrap();
        Ok(tickets.values().filter(|ticket| ticket.matter == Some(matter)).count() as u64)
    }

    fn history(&self, ticket: TicketId, after: Seq, limit: usize) -> io::Result<Vec<Record>> {
        let records = self.records.lock().unwrap();
        let of = |record: &&Record| match &record.event {
            Event::Desk(entry) => entry.event.ticket() == Some(ticket),
            _ => false,
        };
        let of_ticket = records.iter().filter(of).filter(|record| record.seq > after);
        Ok(of_ticket.take(limit).cloned().collect())
    }

    fn appeal_until(&self, ticket: &Ticket, n: u16) -> Option<Timestamp> {
        ticket.assignment(n)?;
        *self.appeal_until.lock().unwrap()
    }
}

impl WorklistIndex for Engine {
    fn with_work_index(&self, now: Timestamp, read: &mut dyn FnMut(&WorkIndex)) {
        let options = Options::default();
        let mut index = WorkIndex::new(options.calendar, options.desk.clocks);
        self.tickets.lock().unwrap().values().for_each(|ticket| index.set_ticket(ticket));
        self.with_reference_data(&mut |data| data.index_work(&mut index));
        index.advance(now);
        read(&index);
    }
}

impl ReferenceDataReader for Engine {
    fn with_reference_data(&self, read: &mut dyn FnMut(&ReferenceData)) {
        let mut data = ReferenceData::new(Zone::CHINA, self.directory.lock().unwrap().clone());
        self.records.lock().unwrap().iter().for_each(|record| data.apply(record));
        read(&data);
    }
}

impl Attachments for Engine {
    fn keep(&self, sha256: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.folder.path().join(sha256);
        std::fs::write(&path, bytes)?;
        self.files.lock().unwrap().insert(sha256.to_owned(), path);
        Ok(())
    }

    fn attachment(&self, sha256: &str) -> io::Result<Option<PathBuf>> {
        if sha256.len() != 64 {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        Ok(self.files.lock().unwrap().get(sha256).cloned())
    }

    fn attachment_record(&self, sha256: &str) -> io::Result<Option<AttachmentKept>> {
        let commands = self.commands.lock().unwrap();
        let kept = commands.iter().rev().find_map(|(_, command)| match command {
            Command::Note(Event::AttachmentKept(kept)) if kept.sha256 == sha256 => {
                Some(kept.clone())
            }
            _ => None,
        });
        Ok(kept)
    }
}

impl Statistics for Engine {
    fn wallboard(&self) -> Arc<Wallboard> {
        self.board.lock().unwrap().clone()
    }

    fn agents(&self, from: Option<Timestamp>, to: Timestamp) -> AgentQuarterHours {
        let mut agents = AgentIntervals::new(Zone::CHINA);
        self.records.lock().unwrap().iter().for_each(|record| agents.apply(record));
        let from = from.unwrap_or_else(|| agents.midnight(to));
        AgentQuarterHours { from, rows: agents.between(from, to) }
    }

    fn queues(&self, from: Option<Timestamp>, to: Timestamp) -> QueueQuarterHours {
        let mut intervals = QueueIntervals::new(Zone::CHINA, BTreeMap::new());
        self.records.lock().unwrap().iter().for_each(|record| intervals.apply(record));
        QueueQuarterHours::between(&intervals, from, to)
    }
}

/// Reports are tested with the real engine.
impl Reports for Engine {
    fn report(&self, _: &ReportRequest) -> Result<RenderedReport, ReportError> {
        Err(no_reports())
    }

    fn figures(&self, _: &str, _: Option<&str>) -> Result<PeriodFigures, ReportError> {
        Err(no_reports())
    }

    fn drill_down(&self, _: &DrillDownRequest) -> Result<DrillDown, ReportError> {
        Err(no_reports())
    }

    fn release(
        &self,
        _: AccountName,
        _: ReleaseRequest,
    ) -> BoxFuture<'_, Result<ReportReleased, ReportError>> {
        Box::pin(async { Err(no_reports()) })
    }

    fn released(&self) -> Vec<ReleasedReport> {
        Vec::new()
    }

    fn due(&self) -> Vec<DueReport> {
        Vec::new()
    }
}

fn no_reports() -> ReportError {
    ReportError::Unavailable("this engine makes no reports".into())
}

impl Messaging for Engine {
    fn destinations(&self) -> io::Result<Vec<Destination>> {
        let all = self.destinations.lock().unwrap();
        Ok(all.iter().map(|(destination, _)| destination.clone()).collect())
    }

    fn dead_letters(
        &self,
        destination: &DestinationId,
        after: Seq,
        limit: usize,
    ) -> io::Result<Option<Vec<DeadLetter>>> {
        let all = self.destinations.lock().unwrap();
        let found = all.iter().find(|(known, _)| known.destination == *destination);
        let later = |dead: &&DeadLetter| dead.seq > after;
        Ok(found.map(|(_, dead)| dead.iter().filter(later).take(limit).cloned().collect()))
    }

    fn receive(&self, inbound: Inbound) -> BoxFuture<'_, InboundOutcome> {
        let mut received = self.received.lock().unwrap();
        let is_known = received.contains(&inbound);
        let outcome = match is_known {
            true => InboundOutcome::Recorded,
            false => self.inbound_outcome.lock().unwrap().clone(),
        };
        if !is_known && outcome == InboundOutcome::Recorded {
            received.push(inbound);
        }
        Box::pin(async move { outcome })
    }
}

/// Its reloads are noted, and refused when a test says so.
impl Configuration for Engine {
    fn reload(&self, request: ReloadRequest) -> BoxFuture<'_, Result<Reloaded, NotReloaded>> {
        let refusal = self.reload_refusal.lock().unwrap().take();
        self.reloads.lock().unwrap().push(request);
        Box::pin(async move {
            match refusal {
                Some(refusal) => Err(refusal),
                None => Ok(Reloaded { seq: Some(7), changes: Vec::new() }),
            }
        })
    }

    fn configs(&self) -> io::Result<Vec<ConfigEntry>> {
        Ok(vec![ConfigEntry {
            seq: 3,
            at: Timestamp::default(),
            cause: "start".to_owned(),
            by: None,
            version: "0.2.0".to_owned(),
            changes: Vec::new(),
            changes_in_all: 0,
        }])
    }

    fn changed_files(&self) -> io::Result<Vec<String>> {
        Ok(vec!["seats.toml".to_owned()])
    }

    fn queues(&self) -> Option<Vec<(QueueId, String)>> {
        None
    }
}

impl Health for Engine {
    fn ready(&self) -> Result<(), String> {
        self.ready.lock().unwrap().clone()
    }

    fn is_emergency(&self) -> bool {
        false
    }

    fn metrics(&self) -> String {
        "heartline_calls 3\n".into()
    }
}

/// The center answers every further command with this refusal.
pub(crate) fn refuse(engine: &Engine, refusal: Refusal) {
    *engine.reply.lock().unwrap() = Err(refusal);
}

/// A browser or a program that sends requests.
pub(crate) struct Client {
    router: Router,
    pub(crate) from: IpAddr,
    pub(crate) headers: HeaderMap,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub(crate) fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Client {
    pub(crate) fn new(engine: &Arc<Engine>) -> Client {
        Client::with_options(engine, Options::default())
    }

    pub(crate) fn with_options(engine: &Arc<Engine>, options: Options) -> Client {
        Client {
            router: console::router(Backend::from_one(engine.clone()), options),
            from: IpAddr::from([192, 0, 2, 7]),
            headers: HeaderMap::new(),
        }
    }

    /// A program with the token of this person.
    pub(crate) fn of(engine: &Arc<Engine>, name: &str) -> Client {
        Client::new(engine).with("authorization", &format!("Bearer token-of-{name}"))
    }

    /// Another browser at the same console.
    pub(crate) fn beside(&self) -> Client {
        Client { router: self.router.clone(), from: self.from, headers: HeaderMap::new() }
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Client {
        self.headers.insert(name, value.parse().unwrap());
        self
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, "").await
    }

    pub(crate) async fn post(&self, path: &str, body: impl AsRef<[u8]>) -> Answer {
        self.ask(Method::POST, path, body).await
    }

    pub(crate) async fn ask(&self, method: Method, path: &str, body: impl AsRef<[u8]>) -> Answer {
        let response = self.open(method, path, body).await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Sends a request; the caller reads the body as it comes.
    pub(crate) async fn open(
        &self,
        method: Method,
        path: &str,
        body: impl AsRef<[u8]>,
    ) -> axum::http::Response<Body> {
        self.send(method, path, Body::from(body.as_ref().to_vec())).await
    }

    /// Sends a request with a body that comes slowly.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Body,
    ) -> axum::http::Response<Body> {
        let mut request = Request::builder().method(method).uri(path).body(body).unwrap();
        *request.headers_mut() = self.headers.clone();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(self.from, 40_000)));
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// Logs in as a browser does, and keeps the cookie.
    pub(crate) async fn log_in(&mut self, name: &str, password: &str) -> Answer {
        let body = serde_json::json!({ "name": name, "password": password }).to_string();
        let answer = self.post("/api/v1/login", &body).await;
        if let Some((cookie, _)) = answer.header(header::SET_COOKIE).split_once(';') {
            self.headers.insert(header::COOKIE, cookie.parse().unwrap());
        }
        answer
    }
}

/// The lines of the next event of a stream; `None` at its end. Comments are skipped.
pub(crate) async fn next_event(body: &mut Body) -> Option<String> {
    loop {
        let frame = body.frame().await?.unwrap();
        if let Ok(text) = frame.into_data() {
            let text = String::from_utf8(text.to_vec()).unwrap();
            if !text.starts_with(':') {
                return Some(text);
            }
        }
    }
}
