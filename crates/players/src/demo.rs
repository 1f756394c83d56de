//! `heartline demo`: the whole hotline on loopback, with its own seats and callers.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use console::EventLog;
use engine::{
    Fault,
    backend::Engine,
    clock::Clock,
    entropy, keyring,
    plan::{self, Addresses},
    site::Site,
    start::start,
    tables,
};
use model::{
    DecisionRule, Event, IpNetwork, Record, SeatId, StaffChange, SymmetricRtp, TrunkId, Zone,
    event::{OfferMade, Role},
};
use settings::{Duties, Ports, Settings, Trunk};

use crate::{
    play::{self, CALLERS_AT},
    script::Script,
    tally::Tally,
    voices::voices,
};

/// The size and length of a demonstration.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long it runs; without it until `end`.
    pub length: Option<Duration>,
    /// How many seats answer.
    pub seats: u32,
    /// Calls a minute.
    pub calls: u32,
    /// Addresses and folders in place of the demo's own.
    pub addresses: Addresses,
}

/// Run the demo until its time is over or `end` is there, and `say` what happens.
pub async fn run(
    demo: Options,
    end: impl Future<Output = ()>,
    say: impl Fn(&str),
) -> Result<(), Fault> {
    let (settings, folder) = prepare(&demo)?;
    let data = settings.data.folder.clone();
    // Nobody real calls here, and who looks on is alone.
    let duties = Duties { small_office: true };
    let hotline = &settings.hotline;
    let (zone, area_code) = (hotline.zone, hotline.area_code.clone());
    let site = Site { data: data.clone(), zone, area_code, duties };
    let password = keyring::add_account(&site, "demo", Role::Supervisor, StaffChange::default())?;
    let seats = make_seats(&settings, &data)?;
    let running = start(&settings, tables::embedded()?, None).await?;
    let engine = Arc::clone(&running.engine);

    say(&format!("Heartline demo: {} seats, about {} calls a minute", demo.seats, demo.calls));
    say(&format!("  console  http://{}  name demo  password {password}", running.http));
    for (transport, at) in &running.sip {
        say(&format!("  SIP      {transport:?} {at}"));
    }
    say(&format!("  leaves   {}", folder.display()));
    let sip = running.sip.first().map(|(_, at)| *at).ok_or_else(|| "no SIP address".to_owned())?;

    let script = Script {
        engine: sip,
        relay: Vec::new(),
        line: settings.lines.first().map_or("12345".to_owned(), |l| l.number.to_string()),
        seats,
        start_codes: vec![
            settings.feature_codes.log_in.clone(),
            settings.feature_codes.ready.clone(),
        ],
        between_calls: Duration::from_secs_f64(60.0 / f64::from(demo.calls)),
        ring: (Duration::from_secs(1), Duration::from_secs(4)),
        talk: (Duration::from_secs(10), Duration::from_secs(45)),
        patience: (Duration::from_secs(20), Duration::from_secs(120)),
        missed_one_in: 15,
        calls_max: u64::MAX,
        voices: voices(),
        speaking: true,
        stamped: false,
        seats_first: false,
        seed: entropy::seed(),
    };
    let stop = Arc::new(AtomicBool::new(false));
    let players = {
        let (stop, clock) = (Arc::clone(&stop), engine.clock);
        std::thread::spawn(move || play::run(&script, clock, &stop, |_| {}))
    };
    tokio::select! {
        () = tell(&engine, settings.hotline.zone, &say) => {}
        () = end => {}
        () = tokio::time::sleep(demo.length.unwrap_or(FOR_EVER)) => {}
    }

    say("the demo ends: callers and seats hang up");
    stop.store(true, Ordering::Release);
    let played = tokio::task::spawn_blocking(move || players.join()).await;
    let tally = match played {
        Ok(Ok(Ok(tally))) => tally,
        _ => return Err("the players stopped playing".to_owned().into()),
    };
    let clock = engine.clock;
    drop(engine);
    running.stop(Duration::from_secs(2)).await;
    let summary = summary(&data, &tally, clock.now())?;
    let path = folder.join("summary.txt");
    std::fs::write(&path, &summary).map_err(|e| format!("cannot write {}: {e}", path.display()))?;
    say(&summary);
    Ok(())
}

/// The embedded hotline, on loopback, in a folder of its own.
fn prepare(demo: &Options) -> Result<(Settings, PathBuf), Fault> {
    let mut settings = Settings::embedded().map_err(|faults| Fault::of_config(&faults))?;
    let stamp = Clock::start().now();
    let folder = PathBuf::from("demo").join(stamp.to_string().replace(':', "-"));
    settings.data.folder = folder.join("data");
    settings.recording.folder = folder.join("recordings");
    let sip = free_or_any(5060);
    settings.sip.udp = vec![sip];
    settings.sip.tcp = vec![sip];
    settings.http.listen = free_or_any(8080);
    settings.media.bind = IpAddr::V4(Ipv4Addr::LOCALHOST);
    settings.media.ports = Ports::Auto { pairs: 128 };
    settings.sip.advertise = None;
    settings.trunks = vec![Trunk {
        name: TrunkId::from("demo"),
        sources: vec![IpNetwork::host(CALLERS_AT.into())],
        numbers: Vec::new(),
        channels: None,
        media: Vec::new(),
        symmetric: SymmetricRtp::Auto,
        dial: None,
        outbound_channels: 1,
        caller_id: None,
    }];
    // Some seats of each row, so that every queue has a seat.
    let count = demo.seats as usize;
    let stride = (settings.seats.len() / count.max(1)).max(1);
    settings.seats = settings.seats.into_iter().step_by(stride).take(count).collect();
    for line in &mut settings.lines {
        line.trunks.clear();
    }
    let settings = plan::with_addresses(settings, &demo.addresses)?;
    for folder in [&folder, &settings.data.folder, &settings.recording.folder] {
        std::fs::create_dir_all(folder)
            .map_err(|e| format!("cannot make {}: {e}", folder.display()))?;
    }
    Ok((settings, folder))
}

fn make_seats(settings: &Settings, data: &Path) -> Result<Vec<(SeatId, String)>, Fault> {
    let mut seats = Vec::new();
    for seat in &settings.seats {
        let password = settings::password_from(entropy::seed());
        keyring::set_seat_password(data, &settings.sip.endpoint.realm, seat.seat, &password)?;
        seats.push((seat.seat, password));
    }
    Ok(seats)
}

/// Say what happens, from the log, as it becomes durable.
async fn tell(engine: &Arc<Engine>, zone: Zone, say: &impl Fn(&str)) {
    let mut watch = engine.watch();
    let mut next = *watch.borrow() + 1;
    while watch.changed().await.is_ok() {
        let reader = Arc::clone(engine);
        let records = tokio::task::spawn_blocking(move || reader.records(next, 1_000)).await;
        let Ok(Ok(records)) = records else { return };
        for record in &records {
            next = record.seq + 1;
            if let Some(line) = sentence(&record.event) {
                let second = zone.second_of_day(record.at);
                let (h, m, s) = (second / 3_600, second / 60 % 60, second % 60);
                say(&format!("{h:02}:{m:02}:{s:02}  {line}"));
            }
        }
    }
}

/// Why a call was offered to a seat, in English.
fn reason(made: &OfferMade) -> String {
    let Some(decision) = &made.decision else { return made.why.clone() };
    let n = decision.eligible;
    let mut reason = match decision.rule {
        DecisionRule::OnlyCandidate => "the only ready seat that may take it".to_owned(),
        DecisionRule::OwnQueue => format!("of its own queue, {n} ready seats"),
        DecisionRule::LowestTier => format!("lowest tier of {n} ready seats"),
        DecisionRule::LongestIdle => format!("longest idle of {n} ready seats"),
        DecisionRule::RoundRobin => format!("next in turn of {n} ready seats"),
        DecisionRule::FewestCalls => format!("fewest calls of {n} ready seats"),
        DecisionRule::LeastTalk => format!("least talk of {n} ready seats"),
        DecisionRule::BestSkill => format!("best skilled of {n} ready seats"),
        DecisionRule::Linear => format!("first by number of {n} ready seats"),
    };
    if let Some(chosen) = decision.candidates.first() {
        reason.push_str(&format!(", idle {} s", chosen.idle_ms / 1_000));
        for (skill, required) in &decision.requirement.skills {
            let level = chosen.skills.get(skill).unwrap_or(&0);
            reason.push_str(&format!("; {skill} {level} of {required}"));
        }
    }
    if let Some(queue) = &decision.overflow {
        reason.push_str(&format!("; by overflow to {queue}"));
    }
    let waited_s = decision.waited_ms / 1_000;
    format!("{reason}; the call waited {waited_s} s in {}", decision.queue)
}

fn sentence(event: &Event) -> Option<String> {
    Some(match event {
        Event::SeatReached(e) => format!("seat {} registered its phone", e.seat),
        Event::SeatLoggedIn(e) => format!("seat {} signed in", e.seat),
        Event::SeatReady(e) => format!("seat {} is ready", e.seat),
        Event::SeatNotReady(e) => format!("seat {} is not ready: {}", e.seat, e.reason.as_str()),
        Event::SeatWrapUpStarted(e) => format!("seat {} writes up call {}", e.seat, e.call),
        Event::CallArrived(e) => format!("call {} from {} on line {}", e.call, e.caller, e.line),
        Event::CallRefused(e) => format!("{} was turned away: {:?}", e.caller, e.cause),
        Event::CallQueued(e) => {
            format!("call {} waits in {}, place {}", e.call, e.queue, e.position)
        }
        Event::OfferMade(e) => format!("call {} rings at seat {}: {}", e.call, e.seat, reason(e)),
        Event::OfferMissed(e) => format!("seat {} missed call {}: {:?}", e.seat, e.call, e.outcome),
        Event::CallConnected(e) => format!(
            "call {} talks with seat {} after {:.1} s",
            e.call,
            e.seat,
            e.wait_ms as f64 / 1_000.0
        ),
        Event::TicketOpened(e) => format!("ticket {} for call {}", e.ticket, e.call),
        Event::MissedCallFiled(e) => format!("missed-call item {} for call {}", e.ticket, e.call),
        Event::CallEnded(e) => {
            format!(
                "call {} ended ({:?}), {:.1} s of talk",
                e.call,
                e.end,
                e.talk_ms as f64 / 1_000.0
            )
        }
        Event::RecordingClosed(e) => {
            format!("recording {} ({:.1} s)", e.file, e.length_ms as f64 / 1_000.0)
        }
        Event::RecordingFailed(e) => format!("call {} is not recorded: {}", e.call, e.why),
        Event::AlarmRaised(e) => format!("ALARM {:?}: {}", e.alarm, e.text),
        Event::AlarmCleared(e) => format!("alarm {:?} is over", e.alarm),
        _ => return None,
    })
}

/// A summary of the records that the demonstration left in the log.
fn summary(data: &Path, tally: &Tally, now: model::Timestamp) -> Result<String, String> {
    let records = journal::Reader::open(data.join("journal"))
        .and_then(|r| r.read_from(1))
        .map_err(|e| e.to_string())?;
    let mut count = Count::default();
    for record in records {
        count.apply(&record.map_err(|e| e.to_string())?);
    }
    let average = |sum: u64, n: u64| sum as f64 / n.max(1) as f64 / 1_000.0;
    Ok(format!(
        "Summary at {now}\n\
         calls        {} offered, {} answered, {} abandoned, {} refused\n\
         wait         {:.1} s on average for the answered\n\
         talk         {:.1} s on average\n\
         offers       {} made, {} missed\n\
         tickets      {} opened, {} missed-call items\n\
         recordings   {} closed, {:.0} s in all, {} failed\n\
         voice        callers sent {} packets and heard {}; seats sent {} and heard {}\n\
         log          {} records\n",
        count.arrived,
        count.connected,
        count.abandoned,
        count.refused,
        average(count.wait_ms, count.connected),
        average(count.talk_ms, count.connected),
        count.offers,
        count.missed,
        count.tickets,
        count.missed_items,
        count.recordings,
        count.recorded_ms as f64 / 1_000.0,
        count.unrecorded,
        tally.caller_sent,
        tally.caller_heard,
        tally.seat_sent,
        tally.seat_heard,
        count.records,
    ))
}

#[derive(Default)]
struct Count {
    records: u64,
    arrived: u64,
    connected: u64,
    abandoned: u64,
    refused: u64,
    wait_ms: u64,
    talk_ms: u64,
    offers: u64,
    missed: u64,
    tickets: u64,
    missed_items: u64,
    recordings: u64,
    recorded_ms: u64,
    unrecorded: u64,
}

impl Count {
    fn apply(&mut self, record: &Record) {
        self.records += 1;
        match &record.event {
            Event::CallArrived(_) => self.arrived += 1,
            Event::CallRefused(_) => self.refused += 1,
            Event::CallConnected(e) => {
                self.connected += 1;
                self.wait_ms += e.wait_ms;
            }
            Event::CallEnded(e) => {
                self.talk_ms += e.talk_ms;
                self.abandoned += u64::from(e.end == model::event::CallEnd::Abandoned);
            }
            Event::OfferMade(_) => self.offers += 1,
            Event::OfferMissed(_) => self.missed += 1,
            Event::TicketOpened(_) => self.tickets += 1,
            Event::MissedCallFiled(_) | Event::MissedCallRepeated(_) => self.missed_items += 1,
            Event::RecordingClosed(e) => {
                self.recordings += 1;
                self.recorded_ms += e.length_ms;
            }
            Event::RecordingFailed(_) => self.unrecorded += 1,
            _ => {}
        }
    }
}

/// The usual port, or any when another program has it.
fn free_or_any(port: u16) -> SocketAddr {
    let usual = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let free =
        std::net::UdpSocket::bind(usual).is_ok() && std::net::TcpListener::bind(usual).is_ok();
    if free { usual } else { SocketAddr::from((Ipv4Addr::LOCALHOST, 0)) }
}

/// Longer than anybody watches.
const FOR_EVER: Duration = Duration::from_secs(365 * 86_400);
