//! The page with invented people and calls, to look at it without an engine.
//!
//! `cargo run -p console --example preview [ADDRESS]`, then log in with any name and password. The
//! first word of the name is the role: `admin`, `supervisor`, `agent`, `qa` or any other. A name
//! that ends in `-new` must choose a password first. With `PREVIEW_AS=supervisor` no log-in is
//! needed.
//!
//! The data is invented and not stored, and none of this code is in the engine.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io,
    path::PathBuf,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use axum::{extract::Request, http::HeaderValue, middleware::map_request};
use center::{Command, ControlCommand, ControlRequest, Refusal, Reply};
use console::{
    Account, AccountCommand, AccountError, Accounts, AgentQuarterHours, Attachments, Backend,
    BoxFuture, Calls, ChangedAccount, Clock, Commands, ConfigEntry, Configuration, DeadLetter,
    Destination, DrillDown, DrillDownRequest, EventLog, Health, Inbound, InboundOutcome, Messaging,
    NotReloaded, OpenWork, Options, PeriodFigures, QueueQuarterHours, RecordingForm,
    ReferenceDataReader, ReleaseRequest, ReleasedReport, ReloadRequest, Reloaded, RenderedReport,
    ReportError, ReportRequest, Reports, Sound, Statistics, Tickets, WorklistIndex,
};
use directory::Directory;
use model::{
    AccountName, AgentProfile, CallId, Candidate, Decision, DecisionRule, Event, Login,
    NotReadyReason, Number, OfferId, QueueId, Record, Requirement, RoutingProfile, RuledOut,
    RuledOutReason, SeatId, Seq, Staff, TemporaryProfile, TicketId, Timestamp, WaitCause,
    WaitReason, WorkState, Zone,
    desk::{DestinationId, MatterId},
    event::{
        Alarm, AttachmentKept, CallArrived, CallEnd, LoginRefusal, MissedCallFiled, MissedOutcome,
        MissedReason, OfferAccepted, OfferMade, OfferMissed, ReportReleased, Role, SeatActor,
        TicketOpened,
    },
};
use reporting::{DueReport, ReferenceData};
use stats::{Cdr, EstimateAccuracy, QueueBoard, SeatBoard, WaitingCall, Wallboard};
use store::{CallIndex, TicketIndex};
use ticketing::{Ticket, worklist::WorkIndex};
use tokio::{net::TcpListener, sync::watch};

#[tokio::main]
async fn main() -> io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8090".into());
    let preview = Preview { began: clock(), durable: watch::Sender::new(1), wav: tone()? };
    let queues = [("mandarin", "普通话"), ("english", "English"), ("市民咨询", "市民咨询")];
    let queues = queues.map(|(name, title)| (name.into(), title.to_owned())).into();
    let options =
        Options { hotline: "12345 政务服务热线".into(), queues, ..Options::default() };
    let (limits, proxies) = (options.limits, options.proxies.clone());
    let mut router = console::router(Backend::from_one(Arc::new(preview)), options);
    if let Ok(name) = std::env::var("PREVIEW_AS") {
        let token = HeaderValue::from_str(&format!("Bearer {name}")).map_err(io::Error::other)?;
        router = router.layer(map_request(move |mut request: Request| {
            let token = token.clone();
            async move {
                request.headers_mut().entry("authorization").or_insert(token);
                request
            }
        }));
    }
    let never = std::future::pending();
    console::serve(TcpListener::bind(address).await?, router, limits, proxies, never).await
}

struct Preview {
    began: Timestamp,
    durable: watch::Sender<Seq>,
    wav: PathBuf,
}

impl Preview {
    fn ago(&self, seconds: u64) -> Timestamp {
        self.began - Duration::from_secs(seconds)
    }

    fn queue(&self, waits: &[(u64, u8, Option<u32>)], day: [u64; 4]) -> QueueBoard {
        let waiting =
            waits.iter().zip(1..).map(|((seconds, priority, ringing), position)| WaitingCall {
                transferred: false,
                call: CallId::from_arrival(self.ago(*seconds)),
                caller: Some(Number::new(&format!("138{seconds:08}")).masked()),
                since: self.ago(*seconds),
                priority: *priority,
                ringing: ringing.map(SeatId),
                position: Some(position),
                expected_ms: Some(u64::from(position) * 25_000),
                cause: None,
            });
        let [answered, abandoned, answered_in_15s, average_s] = day;
        QueueBoard {
            waiting: waiting.collect(),
            offered: answered + abandoned + waits.len() as u64,
            answered,
            abandoned,
            flowed_out: 0,
            answered_in_15s,
            answered_wait_ms: answered * average_s * 1_000,
            forecast: EstimateAccuracy {
                compared: answered,
                mean_error_ms: Some(9_000),
                ..EstimateAccuracy::default()
            },
        }
    }

    fn seat(&self, n: u32) -> SeatBoard {
        let call = CallId::from_arrival(self.ago(u64::from(n) * 7 + 60));
        let soon = clock() + Duration::from_secs(u64::from(n % 20) + 4);
        let not_ready = |reason| Some(WorkState::NotReady { reason });
        let work = match n % 12 {
            0 | 3 | 5 | 9 => Some(WorkState::Talking { call }),
            1 | 6 => Some(WorkState::Ready),
            2 => Some(WorkState::Alerting { call, until: soon }),
            4 => Some(WorkState::WrapUp { call, until: soon }),
            7 => not_ready(NotReadyReason::Meal),
            8 => not_ready(NotReadyReason::Rona),
            10 => Some(WorkState::Ready),
            _ => None,
        };
        let agent = (n % 9 != 4).then(|| agent_at(n));
        let since = self.ago(match &work {
            Some(WorkState::Alerting { .. }) => u64::from(n % 9),
            Some(WorkState::Talking { .. }) => u64::from(n * 37 % 700),
            _ => u64::from(n * 101 % 4_000),
        });
        SeatBoard {
            reachable: n % 12 != 10,
            login: if work.is_some() { Login::LoggedIn { agent } } else { Login::LoggedOut },
            work,
            since,
            answered: u64::from(n * 7 % 53),
            missed: u64::from(n % 5 / 4),
            talk_ms: u64::from(n * 7 % 53) * 134_000,
            ..SeatBoard::default()
        }
    }

    /// Profiles that a supervisor changed: one until a time, one until the log-out.
    fn temporary_profiles(&self) -> BTreeMap<AccountName, TemporaryProfile> {
        let by = SeatActor::Person("chen".into());
        let until = Some(self.began + Duration::from_secs(7_200));
        let helps_out = RoutingProfile {
            skills: [("english".into(), 4), ("dialect".into(), 6)].into(),
            queues: [("mandarin".into(), 1), ("english".into(), 2)].into(),
        };
        let only_citizens = RoutingProfile {
            skills: [("dialect".into(), 8)].into(),
            queues: [("市民咨询".into(), 1)].into(),
        };
        let temporary = |routing, until, since| TemporaryProfile {
            routing,
            until,
            since: self.ago(since),
            by: by.clone(),
        };
        [
            (agent_at(1), temporary(helps_out, until, 2_400)),
            (agent_at(3), temporary(only_citizens, None, 900)),
        ]
        .into()
    }

    /// The reasons why the waiting calls of `queue` are not offered to a seat.
    fn wait_reasons(&self, queue: &QueueBoard) -> BTreeMap<CallId, Arc<WaitReason>> {
        let waiting = queue.waiting.iter().filter(|call| call.ringing.is_none());
        let causes = [WaitCause::Unqualified, WaitCause::Busy, WaitCause::Busy];
        let reason = |cause| {
            let is_busy = cause == WaitCause::Busy;
            let level = RuledOutReason::Skill { skill: "dialect".into(), level: 3, required: 6 };
            let tier = RuledOutReason::Tier { tier: 2, tier_max: 1 };
            let ruled_out = [(1_001, level), (1_006, tier)];
            let ruled_out = ruled_out.map(|(seat, reason)| RuledOut {
                seat: SeatId(seat),
                agent: Some(agent_at(seat)),
                reason,
            });
            WaitReason {
                cause,
                requirement: Requirement { skills: [("dialect".into(), 6)].into() },
                tier_max: 1,
                overflow: Vec::new(),
                busy: if is_busy { 4 } else { 0 },
                not_ready: u32::from(is_busy),
                unreachable: 0,
                ruled_out: ruled_out.into(),
            }
        };
        waiting.zip(causes).map(|(call, cause)| (call.call, Arc::new(reason(cause)))).collect()
    }

    /// A missed offer, then an accepted one.
    fn offers_of(&self, cdr: &Cdr) -> Vec<Record> {
        let (call, queue) = (cdr.call, cdr.queue.clone().unwrap_or_else(|| "mandarin".into()));
        let last = cdr.seat.unwrap_or(SeatId(1_005));
        let first = SeatId(1_001 + (last.0 + 4) % 24);
        let candidate = |seat: SeatId, idle_s: u64| Candidate {
            seat,
            agent: Some(agent_at(seat.0)),
            tier: 1,
            idle_ms: idle_s * 1_000,
            answered: seat.0 % 23,
            talked_ms: u64::from(seat.0 % 23) * 131_000,
            skills: [("english".into(), 5 + (seat.0 % 4) as u8)].into(),
        };
        let made = |offer, seat: SeatId, rule, others: &[Candidate], ruled_out| {
            let candidates = [&[candidate(seat, 312)][..], others].concat();
            let decision = Decision {
                rule,
                queue: queue.clone(),
                waited_ms: offer * 9_000,
                requirement: Requirement { skills: [("english".into(), 5)].into() },
                overflow: None,
                eligible: candidates.len() as u32,
                candidates,
                ruled_out,
            };
            let (until, decision) = (self.began, Some(Box::new(decision)));
            let (offer, why) = (OfferId(offer), String::new());
            Event::OfferMade(OfferMade { offer, call, seat, until, why, decision })
        };
        let missed = OfferMissed {
            offer: OfferId(1),
            call,
            seat: first,
            outcome: MissedOutcome::NoAnswer,
            reason: Some(MissedReason::Unanswered),
            code: None,
            ring_ms: 20_000,
        };
        let ruled_out = vec![RuledOut {
            seat: first,
            agent: Some(agent_at(first.0)),
            reason: RuledOutReason::MissedThisCall,
        }];
        let others = [candidate(SeatId(1_010), 204), candidate(SeatId(1_006), 41)];
        let mut events = vec![
            made(1, first, DecisionRule::LongestIdle, &others, Vec::new()),
            Event::OfferMissed(missed),
            made(2, last, DecisionRule::OnlyCandidate, &[], ruled_out),
        ];
        if let Some(seat) = cdr.seat {
            let accepted = OfferAccepted { offer: OfferId(2), call, seat, ring_ms: 3_400 };
            events.push(Event::OfferAccepted(accepted));
        }
        let at = |n: u64| cdr.arrived + Duration::from_secs(n * 10);
        (1..).zip(events).map(|(seq, event)| Record { seq, at: at(seq), event }).collect()
    }

    fn cdr(&self, n: u64) -> Option<Cdr> {
        let arrived = self.ago(n * 83 + 20);
        let arrival = CallArrived {
            call: CallId::from_arrival(arrived),
            caller: Number::new(&format!("138{:08}", n * 7_654_321 % 100_000_000)),
            dialled: Number::new("12345"),
            line: "12345".into(),
            trunk: "telecom".into(),
        };
        let mut cdr = Cdr::begin(arrived, &Event::CallArrived(arrival))?;
        cdr.queue = Some(if n % 4 == 3 { "english" } else { "mandarin" }.into());
        cdr.wait_ms = n * 3_700 % 40_000;
        if n % 6 == 4 {
            cdr.end = Some(CallEnd::Abandoned);
            cdr.ended = Some(arrived + Duration::from_millis(cdr.wait_ms));
            return Some(cdr);
        }
        cdr.seat = Some(SeatId(1_001 + n as u32 % 24));
        cdr.connected = Some(arrived + Duration::from_millis(cdr.wait_ms));
        cdr.voice_source_assumed = n == 5;
        if n > 2 {
            cdr.talk_ms = 30_000 + n * 17_000 % 400_000;
            cdr.ended = cdr.connected.map(|at| at + Duration::from_millis(cdr.talk_ms));
            cdr.end =
                Some(if n.is_multiple_of(3) { CallEnd::SeatHungUp } else { CallEnd::CallerHungUp });
            cdr.recording_ms = Some(cdr.talk_ms + cdr.wait_ms);
            cdr.recording_sha256 = Some("made up".into());
        }
        Some(cdr)
    }
}

impl Clock for Preview {
    fn now(&self) -> Timestamp {
        clock()
    }
}

impl Commands for Preview {
    fn execute(&self, _: SeatActor, command: Command) -> BoxFuture<'_, Reply> {
        let reply = match command {
            Command::Control(ControlRequest { command: ControlCommand::LogOut { .. }, .. }) => {
                Err(Refusal::NotNow {
                    reason: center::NotNowReason::SeatTaken,
                    state: "the preview ends no calls".into(),
                    allowed: vec!["ready", "not-ready"],
                })
            }
            _ => Ok(center::CommandReceipt::default()),
        };
        Box::pin(async move { reply })
    }
}

impl Health for Preview {
    fn ready(&self) -> Result<(), String> {
        Ok(())
    }

    fn is_emergency(&self) -> bool {
        false
    }

    fn metrics(&self) -> String {
        "heartline_preview 1\n".into()
    }
}

impl EventLog for Preview {
    fn watch(&self) -> watch::Receiver<Seq> {
        self.durable.subscribe()
    }

    fn records(&self, _: Seq, _: usize) -> io::Result<Vec<Record>> {
        Ok(Vec::new())
    }
}

impl Accounts for Preview {
    fn log_in<'a>(
        &'a self,
        name: &'a str,
        password: &'a str,
    ) -> BoxFuture<'a, Result<Account, LoginRefusal>> {
        let account = self.by_token(name).filter(|_| password != "wrong");
        Box::pin(async move { account.ok_or(LoginRefusal::WrongPassword) })
    }

    fn by_token(&self, token: &str) -> Option<Account> {
        self.account(&token.into())
    }

    fn account(&self, name: &AccountName) -> Option<Account> {
        let word = name.as_str().split('-').next().unwrap_or_default();
        let role = Role::by_word(word).unwrap_or(Role::Supervisor);
        let staff =
            Staff { must_change_password: name.as_str().ends_with("-new"), ..Staff::default() };
        Some(Account { name: name.clone(), role, staff, password_no: 1, role_asked: None })
    }

    fn accounts(&self) -> Vec<Account> {
        ["agent", "supervisor", "qa"]
            .iter()
            .filter_map(|name| self.account(&(*name).into()))
            .collect()
    }

    fn change_account(
        &self,
        _: AccountName,
        _: AccountCommand,
    ) -> BoxFuture<'_, Result<ChangedAccount, AccountError>> {
        let error = AccountError::Conflict("this is a preview: nothing is kept".into());
        Box::pin(async move { Err(error) })
    }

    fn open_work(&self, name: &AccountName) -> io::Result<Option<Vec<OpenWork>>> {
        Ok(self.account(name).map(|_| Vec::new()))
    }
}

impl Calls for Preview {
    fn call(&self, call: CallId) -> io::Result<Option<Cdr>> {
        Ok((0..40).filter_map(|n| self.cdr(n)).find(|cdr| cdr.call == call))
    }

    fn calls(
        &self,
        before: Option<CallId>,
        limit: usize,
        index: Option<&CallIndex>,
    ) -> io::Result<Vec<Cdr>> {
        let all = (0..40).filter_map(|n| self.cdr(n));
        let all = all.filter(|cdr| index.is_none_or(|index| index.contains(cdr)));
        Ok(all.filter(|cdr| before.is_none_or(|id| cdr.call < id)).take(limit).collect())
    }

    fn offers(&self, call: CallId) -> io::Result<Vec<Record>> {
        Ok(self.call(call)?.map(|cdr| self.offers_of(&cdr)).unwrap_or_default())
    }

    fn recording(&self, _: CallId, _: RecordingForm) -> io::Result<Option<Arc<dyn Sound>>> {
        Ok(Some(Arc::new(File::open(&self.wav)?)))
    }
}

impl Tickets for Preview {
    fn ticket(&self, ticket: TicketId) -> io::Result<Option<Ticket>> {
        Ok(self.tickets(None, 50, None)?.into_iter().find(|found| found.ticket == ticket))
    }

    fn tickets(
        &self,
        before: Option<TicketId>,
        limit: usize,
        filed: Option<&TicketIndex>,
    ) -> io::Result<Vec<Ticket>> {
        let all = (0..40).filter_map(|n| {
            let cdr = self.cdr(n)?;
            let ticket = TicketId(2_026_112_200_400 - n);
            let (call, caller, line) = (cdr.call, cdr.caller, cdr.line);
            let event = match cdr.seat {
                Some(seat) => {
                    Event::TicketOpened(TicketOpened { ticket, call, caller, line, seat })
                }
                None => {
                    let wait_ms = cdr.wait_ms;
                    Event::MissedCallFiled(MissedCallFiled { ticket, call, caller, line, wait_ms })
                }
            };
            let mut opened = Ticket::open(n, cdr.ended.unwrap_or(cdr.arrived), &event)?;
            opened.missed_again = if cdr.seat.is_none() { 2 } else { 0 };
            Some(opened)
        });
        let all = all.filter(|t| filed.is_none_or(|filed| filed.contains(t)));
        Ok(all.filter(|t| before.is_none_or(|id| t.ticket < id)).take(limit).collect())
    }

    fn each_ticket(
        &self,
        filed: &TicketIndex,
        visit: &mut dyn FnMut(Ticket) -> bool,
    ) -> io::Result<()> {
        let tickets = self.tickets(None, usize::MAX, Some(filed))?;
        tickets.into_iter().rev().all(visit);
        Ok(())
    }

    fn tickets_by_number(
        &self,
        numbers: &BTreeSet<TicketId>,
    ) -> io::Result<BTreeMap<TicketId, Ticket>> {
        let all = self.tickets(None, usize::MAX, None)?.into_iter();
        let found = all.filter(|ticket| numbers.contains(&ticket.ticket));
        Ok(found.map(|ticket| (ticket.ticket, ticket)).collect())
    }

    fn matter_size(&self, matter: MatterId) -> io::Result<u64> {
        Ok(self.tickets(None, usize::MAX, Some(&TicketIndex::Matter(matter)))?.len() as u64)
    }

    fn history(&self, _: TicketId, _: Seq, _: usize) -> io::Result<Vec<Record>> {
        Ok(Vec::new())
    }

    fn appeal_until(&self, _: &Ticket, _: u16) -> Option<Timestamp> {
        None
    }
}

impl WorklistIndex for Preview {
    fn with_work_index(&self, now: Timestamp, read: &mut dyn FnMut(&WorkIndex)) {
        let options = Options::default();
        let mut index = WorkIndex::new(options.calendar, options.desk.clocks);
        let tickets = self.tickets(None, usize::MAX, None).unwrap_or_default();
        tickets.iter().for_each(|ticket| index.set_ticket(ticket));
        index.advance(now);
        read(&index);
    }
}

impl ReferenceDataReader for Preview {
    fn with_reference_data(&self, read: &mut dyn FnMut(&ReferenceData)) {
        read(&ReferenceData::new(Zone::CHINA, Directory::default()));
    }
}

impl Attachments for Preview {
    fn keep(&self, _: &str, _: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn attachment(&self, _: &str) -> io::Result<Option<PathBuf>> {
        Ok(None)
    }

    fn attachment_record(&self, _: &str) -> io::Result<Option<AttachmentKept>> {
        Ok(None)
    }
}

impl Statistics for Preview {
    fn wallboard(&self) -> Arc<Wallboard> {
        let mandarin = [(74, 0, Some(1_010)), (41, 0, None), (17, 2, None), (6, 0, None)];
        let alarm = (Alarm::RecordingDiskLow, "8 GB of 500 GB are free; add space".to_owned());
        let calm = std::env::var_os("PREVIEW_CALM").is_some();
        let mut board = Wallboard::new(Zone::CHINA, [], []);
        board.seq = 1;
        board.queues = [
            ("english".into(), self.queue(&[(19, 0, Some(1_002))], [61, 2, 58, 9])),
            ("mandarin".into(), self.queue(&mandarin, [1_284, 37, 1_219, 11])),
            ("市民咨询".into(), self.queue(&[], [302, 4, 299, 6])),
        ]
        .into();
        board.seats = (1_001..=1_024).map(|n| (SeatId(n), self.seat(n))).collect();
        board.agents = Arc::new((1_001..=1_008).map(|n| (agent_at(n), profile_of(n))).collect());
        board.temporary_profiles = self.temporary_profiles();
        let of_seat = |n| (SeatId(n), profile_of(n).routing);
        board.seat_profiles = Arc::new((1_001..=1_024).map(of_seat).collect());
        let reasons = board.queues.values().flat_map(|queue| self.wait_reasons(queue)).collect();
        board.set_wait_reasons(reasons);
        board.alarms = if calm { Default::default() } else { [alarm].into() };
        Arc::new(board)
    }

    fn agents(&self, from: Option<Timestamp>, to: Timestamp) -> AgentQuarterHours {
        AgentQuarterHours { from: from.unwrap_or(to), rows: BTreeMap::new() }
    }

    fn queues(&self, from: Option<Timestamp>, to: Timestamp) -> QueueQuarterHours {
        QueueQuarterHours {
            from: from.unwrap_or(to),
            rows: Vec::new(),
            thresholds: BTreeMap::new(),
        }
    }
}

impl Reports for Preview {
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

impl Messaging for Preview {
    fn destinations(&self) -> io::Result<Vec<Destination>> {
        Ok(Vec::new())
    }

    fn dead_letters(
        &self,
        _: &DestinationId,
        _: Seq,
        _: usize,
    ) -> io::Result<Option<Vec<DeadLetter>>> {
        Ok(None)
    }

    fn receive(&self, _: Inbound) -> BoxFuture<'_, InboundOutcome> {
        Box::pin(async { InboundOutcome::Unavailable("the preview stores nothing".into()) })
    }
}

impl Configuration for Preview {
    fn reload(&self, _: ReloadRequest) -> BoxFuture<'_, Result<Reloaded, NotReloaded>> {
        Box::pin(async { Err(NotReloaded::Unavailable("the preview has no config folder".into())) })
    }

    fn configs(&self) -> io::Result<Vec<ConfigEntry>> {
        Ok(Vec::new())
    }

    fn changed_files(&self) -> io::Result<Vec<String>> {
        Ok(Vec::new())
    }

    fn queues(&self) -> Option<Vec<(QueueId, String)>> {
        None
    }
}

/// The person who sits at a seat.
fn agent_at(seat: u32) -> AccountName {
    const PEOPLE: [&str; 10] =
        ["王芳", "李伟", "张敏", "刘洋", "陈静", "杨帆", "赵磊", "黄丽", "周杰", "zhang.xiaoming"];
    PEOPLE[seat as usize % PEOPLE.len()].into()
}

fn profile_of(seat: u32) -> AgentProfile {
    let team = if seat.is_multiple_of(2) { "白班一组" } else { "白班二组" };
    let mut routing = RoutingProfile {
        skills: [("dialect".into(), 1 + (seat % 9) as u8)].into(),
        queues: [("mandarin".into(), 1), ("市民咨询".into(), 2)].into(),
    };
    if seat.is_multiple_of(3) {
        routing.skills.insert("english".into(), 7);
        routing.queues.insert("english".into(), 1);
    }
    AgentProfile { team: team.into(), routing }
}

fn no_reports() -> ReportError {
    ReportError::Unavailable("the preview makes no reports".into())
}

fn clock() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(since.as_micros() as u64)
}

/// Twenty seconds of stereo: the left side hums low, the right side high.
fn tone() -> io::Result<PathBuf> {
    let rate = 8_000u32;
    let frames = rate * 20;
    let size = frames * 4;
    let mut wav = Vec::new();
    wav.extend_from_slice(b"RIFF");
    wav.extend_from_slice(&(36 + size).to_le_bytes());
    wav.extend_from_slice(b"WAVEfmt ");
    for word in [16, 0x0002_0001, rate, rate * 4, 0x0010_0004] {
        wav.extend_from_slice(&u32::to_le_bytes(word));
    }
    wav.extend_from_slice(b"data");
    wav.extend_from_slice(&size.to_le_bytes());
    for n in 0..frames {
        for hertz in [220.0, 440.0] {
            let phase = f64::from(n) / f64::from(rate) * hertz * std::f64::consts::TAU;
            wav.extend_from_slice(&((phase.sin() * 8_000.0) as i16).to_le_bytes());
        }
    }
    let path = std::env::temp_dir().join("heartline-preview.wav");
    std::fs::write(&path, wav)?;
    Ok(path)
}
