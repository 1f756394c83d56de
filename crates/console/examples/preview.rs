//! The page with invented people and calls, to look at it without an engine.
//!
//! `cargo run -p console --example preview [ADDRESS]`, then log in with any name and password. The
//! first word of the name is the role: `admin`, `supervisor`, `agent`, `qa` or any other. A name
//! that ends in `-new` must choose a password first. With `PREVIEW_AS=supervisor` no log-in is
//! needed.
//!
//! The data is invented and not stored, and none of this code is in the engine.

use std::{
    collections::BTreeMap,
    io,
    path::PathBuf,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use axum::{extract::Request, http::HeaderValue, middleware::map_request};
use center::{Command, ControlCommand, ControlRequest, Refusal, Reply};
use console::{
    Account, AccountCommand, AccountError, Accounts, AgentQuarterHours, Attachments, Backend,
    BoxFuture, Calls, ChangedAccount, Clock, Commands, DeadLetter, Destination, DrillDown,
    DrillDownRequest, EventLog, Health, Inbound, InboundOutcome, Messaging, OpenWork, Options,
    PeriodFigures, QueueQuarterHours, ReferenceDataReader, ReleaseRequest, ReleasedReport,
    RenderedReport, ReportError, ReportRequest, Reports, Statistics, Tickets,
};
use directory::Directory;
use model::{
    AccountName, CallId, Event, Login, NotReadyReason, Number, Record, SeatId, Seq, Staff,
    TicketId, Timestamp, WorkState, Zone,
    desk::DestinationId,
    event::{
        Alarm, AttachmentKept, CallArrived, CallEnd, LoginRefusal, MissedCallFiled, ReportReleased,
        Role, SeatActor, TicketOpened,
    },
};
use reporting::{DueReport, ReferenceData};
use stats::{Cdr, EstimateAccuracy, QueueBoard, SeatBoard, WaitingCall, Wallboard};
use store::TicketIndex;
use ticketing::Ticket;
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
                call: CallId::from_arrival(self.ago(*seconds)),
                caller: Some(Number::new(&format!("138{seconds:08}")).masked()),
                since: self.ago(*seconds),
                priority: *priority,
                ringing: ringing.map(SeatId),
                position: Some(position),
                expected_ms: Some(u64::from(position) * 25_000),
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
        const PEOPLE: [&str; 10] = [
            "王芳",
            "李伟",
            "张敏",
            "刘洋",
            "陈静",
            "杨帆",
            "赵磊",
            "黄丽",
            "周杰",
            "zhang.xiaoming",
        ];
        let agent = (n % 9 != 4).then(|| PEOPLE[n as usize % PEOPLE.len()].into());
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

    fn calls(&self, before: Option<CallId>, limit: usize) -> io::Result<Vec<Cdr>> {
        let all = (0..40).filter_map(|n| self.cdr(n));
        Ok(all.filter(|cdr| before.is_none_or(|id| cdr.call < id)).take(limit).collect())
    }

    fn recording(&self, _: CallId) -> io::Result<Option<PathBuf>> {
        Ok(Some(self.wav.clone()))
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

    fn history(&self, _: TicketId, _: Seq, _: usize) -> io::Result<Vec<Record>> {
        Ok(Vec::new())
    }

    fn appeal_until(&self, _: &Ticket, _: u16) -> Option<Timestamp> {
        None
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
