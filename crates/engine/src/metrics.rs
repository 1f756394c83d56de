//! The engine's metrics, in the format of Prometheus (OpenMetrics 1.0).
//!
//! Counters and histograms are a fold over the durable records since the process began, and only
//! grow: daily figures are in the reports, and Prometheus computes rates itself. Gauges are set at
//! each request.

use std::{
    collections::BTreeMap,
    fs,
    sync::{Mutex, PoisonError, atomic::Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use model::{
    CallId, Event, Record, Timestamp,
    event::{CallEnd, StreamQuality, VoiceMeasured},
};
use prometheus_client::{
    encoding::text::encode,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram, info::Info},
    registry::Registry,
};
use stats::Wallboard;

/// One label and its value.
type Of = [(&'static str, String); 1];
type Histograms = Family<Of, Histogram, fn() -> Histogram>;
/// A leg of calls and a direction.
type OfVoice = [(&'static str, &'static str); 2];

/// All metrics.
pub(crate) struct Metrics {
    registry: Registry,
    /// Held while gauges are set and the page is written, so that two requests see consistent
    /// pages.
    turn: Mutex<()>,
    arrived: Counter,
    refused: Family<Of, Counter>,
    offered: Family<Of, Counter>,
    answered: Family<Of, Counter>,
    abandoned: Family<Of, Counter>,
    left: Family<Of, Counter>,
    ended: Family<Of, Counter>,
    setup: Histogram,
    offer: Histograms,
    wait: Histograms,
    talk: Histogram,
    voice: Voice,
    strangers: Counter,
    signalling: Family<Of, Counter>,
    gauges: Gauges,
    process: Process,
    open: Mutex<Open>,
}

struct Gauges {
    calls: Gauge,
    ports_free: Gauge,
    log_seq: Gauge,
    alarms: Gauge,
    alarm: Family<Of, Gauge>,
    seats: Family<Of, Gauge>,
    waiting: Family<Of, Gauge>,
    offered_today: Family<Of, Gauge>,
    answered_today: Family<Of, Gauge>,
    abandoned_today: Family<Of, Gauge>,
}

/// The voice quality of ended calls, by leg and direction.
struct Voice {
    packets: Family<OfVoice, Counter>,
    lost: Family<OfVoice, Counter>,
    mos: Family<OfVoice, Histogram, fn() -> Histogram>,
    jitter: Family<OfVoice, Histogram, fn() -> Histogram>,
}

/// Process metrics, under the names all client libraries use.
struct Process {
    cpu_s: Counter<f64, std::sync::atomic::AtomicU64>,
    resident_bytes: Gauge,
    virtual_bytes: Gauge,
    open_fds: Gauge,
    max_fds: Gauge,
    threads: Gauge,
}

/// Calls with measurements pending; at most as many as are up.
#[derive(Default)]
struct Open {
    arrived: BTreeMap<CallId, Timestamp>,
    /// The queue of each waiting call, since when it waits, and whether it has been offered.
    queued: BTreeMap<CallId, (String, Timestamp, bool)>,
}

/// The values the gauges are set from.
pub(crate) struct Now<'a> {
    pub(crate) board: &'a Wallboard,
    pub(crate) calls: usize,
    pub(crate) ports_free: usize,
    pub(crate) strangers: u64,
    pub(crate) log_seq: u64,
    pub(crate) sip: sip::Counts,
}

impl Metrics {
    /// Metrics before the first record.
    pub(crate) fn new(version: &str) -> Metrics {
        let mut root = Registry::default();
        let process = Process::register(&mut root);
        let r = root.sub_registry_with_prefix("heartline");
        let build = Info::new([("version", version.to_owned())]);
        r.register("build", "The program", build);
        let metrics = Metrics {
            turn: Mutex::default(),
            arrived: counter(r, "calls_arrived", "Calls that were admitted"),
            refused: family(r, "calls_refused", "Refused calls, by cause"),
            offered: family(r, "queue_offered", "Calls that entered a queue"),
            answered: family(r, "queue_answered", "Calls of a queue that a seat answered"),
            abandoned: family(r, "queue_abandoned", "Callers who left before a seat answered"),
            left: family(r, "queue_left", "Calls that left a queue by rule"),
            ended: family(r, "calls_ended", "Ended calls, by how they ended"),
            setup: histogram(
                r,
                "call_setup_seconds",
                "From a call's arrival to our answer",
                SETUP_S,
            ),
            offer: histograms(
                r,
                "offer_latency_seconds",
                "From entering a queue to the first seat that rings",
                || Histogram::new(WAIT_S),
            ),
            wait: histograms(
                r,
                "queue_wait_seconds",
                "Waits of answered calls, ring included",
                || Histogram::new(WAIT_S),
            ),
            talk: histogram(r, "call_talk_seconds", "Talks with seats", TALK_S),
            voice: Voice::register(r),
            strangers: counter(
                r,
                "rtp_strangers",
                "Packets to voice ports of calls that came from elsewhere than the far end, dropped",
            ),
            signalling: family(r, "sip", "Counters of signalling"),
            gauges: Gauges::register(r),
            process,
            open: Mutex::default(),
            registry: Registry::default(),
        };
        Metrics { registry: root, ..metrics }
    }

    /// Applies durable records. Imported records are left out, as they happened before this process
    /// began.
    pub(crate) fn apply(&self, batch: &[Record]) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        for record in batch {
            self.follow(&mut open, record.at, &record.event);
        }
    }

    fn follow(&self, open: &mut Open, at: Timestamp, event: &Event) {
        match event {
            Event::CallArrived(e) => {
                self.arrived.inc();
                open.arrived.insert(e.call, at);
            }
            Event::CallRefused(e) => {
                self.refused.get_or_create(&of("cause", enum_name(&e.cause))).inc();
            }
            Event::CallAccepted(e) => {
                if let Some(since) = open.arrived.remove(&e.call) {
                    self.setup.observe(seconds(at.ms_since(since)));
                }
            }
            // A transferred call was counted when it was queued first.
            Event::CallQueued(e) if e.transferred => {}
            Event::CallQueued(e) => {
                self.offered.get_or_create(&queue(e.queue.as_str())).inc();
                open.queued.insert(e.call, (e.queue.to_string(), at, false));
            }
            Event::OfferMade(e) => {
                if let Some((name, since, offered)) = open.queued.get_mut(&e.call)
                    && !std::mem::replace(offered, true)
                {
                    let latency = seconds(at.ms_since(*since));
                    self.offer.get_or_create(&queue(name)).observe(latency);
                }
            }
            Event::CallConnected(e) => {
                let is_first = open.queued.remove(&e.call).is_some();
                if is_first {
                    let name = queue(e.queue.as_str());
                    self.answered.get_or_create(&name).inc();
                    self.wait.get_or_create(&name).observe(seconds(e.wait_ms));
                }
            }
            Event::CallMoved(e) => {
                self.left.get_or_create(&queue(e.from.as_str())).inc();
                self.offered.get_or_create(&queue(e.to.as_str())).inc();
                if let Some((name, ..)) = open.queued.get_mut(&e.call) {
                    *name = e.to.to_string();
                }
            }
            Event::CallLeftQueue(e) => {
                let is_first = open.queued.remove(&e.call).is_some();
                if is_first {
                    self.left.get_or_create(&queue(e.queue.as_str())).inc();
                }
            }
            Event::CallEnded(e) => {
                open.arrived.remove(&e.call);
                self.ended.get_or_create(&of("end", enum_name(&e.end))).inc();
                if let Some((name, ..)) = open.queued.remove(&e.call) {
                    let gave_up =
                        matches!(e.end, CallEnd::Abandoned | CallEnd::CallerHungUp | CallEnd::Lost);
                    let family = if gave_up { &self.abandoned } else { &self.left };
                    family.get_or_create(&queue(&name)).inc();
                }
                if e.talk_ms > 0 {
                    self.talk.observe(seconds(e.talk_ms));
                }
            }
            Event::VoiceMeasured(e) => self.voice.add(e),
            _ => {}
        }
    }

    /// The text of the page.
    pub(crate) fn page(&self, now: &Now<'_>) -> String {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.gauges.set(now);
        self.process.look();
        self.strangers.inner().store(now.strangers, Ordering::Relaxed);
        for (what, n) in now.sip.named() {
            let counter = self.signalling.get_or_create(&of("what", what.to_owned()));
            counter.inner().store(n, Ordering::Relaxed);
        }
        let mut page = String::new();
        // Writing into a String cannot fail.
        let _written = encode(&mut page, &self.registry);
        page
    }
}

impl Gauges {
    fn register(r: &mut Registry) -> Gauges {
        Gauges {
            calls: gauge(r, "calls", "Calls up"),
            ports_free: gauge(r, "voice_ports_free", "Voice ports free; a call takes two"),
            log_seq: gauge(r, "log_seq", "Last durable record"),
            alarms: gauge(r, "alarms", "Alarms up"),
            alarm: family(r, "alarm", "Each alarm that is up"),
            seats: family(r, "seats", "Seats by state"),
            waiting: family(r, "queue_waiting", "Calls waiting"),
            offered_today: family(r, "queue_offered_today", "Entered since local midnight"),
            answered_today: family(r, "queue_answered_today", "Answered since local midnight"),
            abandoned_today: family(r, "queue_abandoned_today", "Abandoned since local midnight"),
        }
    }

    fn set(&self, now: &Now<'_>) {
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        self.calls.set(count(now.calls));
        self.ports_free.set(count(now.ports_free));
        self.log_seq.set(i64::try_from(now.log_seq).unwrap_or(i64::MAX));
        self.alarms.set(count(now.board.alarms.len()));
        self.alarm.clear();
        for alarm in now.board.alarms.keys() {
            self.alarm.get_or_create(&of("alarm", enum_name(alarm))).set(1);
        }
        self.seats.clear();
        for seat in now.board.seats.values() {
            self.seats.get_or_create(&of("state", state(seat).to_owned())).inc();
        }
        let whole = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        for (name, board) in &now.board.queues {
            let name = queue(name.as_str());
            self.waiting.get_or_create(&name).set(count(board.waiting.len()));
            self.offered_today.get_or_create(&name).set(whole(board.offered));
            self.answered_today.get_or_create(&name).set(whole(board.answered));
            self.abandoned_today.get_or_create(&name).set(whole(board.abandoned));
        }
    }
}

impl Voice {
    fn register(r: &mut Registry) -> Voice {
        let voice = Voice {
            packets: Family::default(),
            lost: Family::default(),
            mos: Family::new_with_constructor(|| Histogram::new(MOS)),
            jitter: Family::new_with_constructor(|| Histogram::new(JITTER_S)),
        };
        r.register("voice_packets", "RTP packets of ended calls", voice.packets.clone());
        let lost = "RTP packets of ended calls that did not arrive";
        r.register("voice_packets_lost", lost, voice.lost.clone());
        let mos = "Estimated mean opinion score of ended calls (ITU-T G.107)";
        r.register("voice_mos", mos, voice.mos.clone());
        let jitter = "Interarrival jitter at the end of calls (RFC 3550)";
        r.register("voice_jitter_seconds", jitter, voice.jitter.clone());
        voice
    }

    fn add(&self, measured: &VoiceMeasured) {
        let seat = measured.seat.unwrap_or_default();
        for (leg, direction, voice) in [
            ("caller", "received", measured.caller.received),
            ("caller", "sent", measured.caller.sent),
            ("seat", "received", seat.received),
            ("seat", "sent", seat.sent),
        ] {
            let Some(StreamQuality { packets, lost, jitter_ms, mos }) = voice else { continue };
            let of = [("leg", leg), ("direction", direction)];
            self.packets.get_or_create(&of).inc_by(packets);
            self.lost.get_or_create(&of).inc_by(lost);
            self.mos.get_or_create(&of).observe(f64::from(mos));
            self.jitter.get_or_create(&of).observe(f64::from(jitter_ms) / 1_000.0);
        }
    }
}

impl Process {
    fn register(r: &mut Registry) -> Process {
        let began = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let start = Gauge::<f64, std::sync::atomic::AtomicU64>::default();
        start.set(began.as_secs_f64());
        r.register("process_start_time_seconds", "When the process began, since 1970", start);
        let cpu_s = Counter::default();
        r.register("process_cpu_seconds", "Processor time, user and system", cpu_s.clone());
        Process {
            cpu_s,
            resident_bytes: gauge(r, "process_resident_memory_bytes", "Resident memory"),
            virtual_bytes: gauge(r, "process_virtual_memory_bytes", "Virtual memory"),
            open_fds: gauge(r, "process_open_fds", "Open file descriptors"),
            max_fds: gauge(r, "process_max_fds", "Most file descriptors that may be open"),
            threads: gauge(r, "process_threads", "Threads"),
        }
    }

    /// Reads proc_pid_stat(5); a value that cannot be read stays.
    fn look(&self) {
        if let Ok(listed) = fs::read_dir("/proc/self/fd") {
            self.open_fds.set(i64::try_from(listed.count()).unwrap_or(i64::MAX));
        }
        let most = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
        self.max_fds.set(most.and_then(|n| i64::try_from(n).ok()).unwrap_or(i64::MAX));
        let Ok(stat) = fs::read_to_string("/proc/self/stat") else { return };
        // The program's name, in parentheses, may contain spaces and parentheses.
        let Some((_, rest)) = stat.rsplit_once(") ") else { return };
        let fields: Vec<&str> = rest.split(' ').collect();
        let field =
            |n: usize| fields.get(n - 3).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
        let ticks = rustix::param::clock_ticks_per_second() as f64;
        let cpu_s = (field(14) + field(15)) as f64 / ticks;
        self.cpu_s.inner().store(cpu_s.to_bits(), Ordering::Relaxed);
        let whole = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        self.threads.set(whole(field(20)));
        self.virtual_bytes.set(whole(field(23)));
        self.resident_bytes.set(whole(field(24) * rustix::param::page_size() as u64));
    }
}

fn counter(r: &mut Registry, name: &str, help: &str) -> Counter {
    let counter = Counter::default();
    r.register(name, help, counter.clone());
    counter
}

fn gauge(r: &mut Registry, name: &str, help: &str) -> Gauge {
    let gauge = Gauge::default();
    r.register(name, help, gauge.clone());
    gauge
}

fn family<M>(r: &mut Registry, name: &str, help: &str) -> Family<Of, M>
where
    M: Default + Clone + std::fmt::Debug + Send + Sync + 'static,
    Family<Of, M>: prometheus_client::registry::Metric,
{
    let family = Family::<Of, M>::default();
    r.register(name, help, family.clone());
    family
}

fn histogram<const N: usize>(r: &mut Registry, name: &str, help: &str, s: [f64; N]) -> Histogram {
    let histogram = Histogram::new(s);
    r.register(name, help, histogram.clone());
    histogram
}

fn histograms(r: &mut Registry, name: &str, help: &str, make: fn() -> Histogram) -> Histograms {
    let family = Histograms::new_with_constructor(make);
    r.register(name, help, family.clone());
    family
}

fn of(label: &'static str, value: String) -> Of {
    [(label, value)]
}

fn queue(name: &str) -> Of {
    of("queue", name.to_owned())
}

fn seconds(ms: u64) -> f64 {
    ms as f64 / 1_000.0
}

/// The log's word for a cause, an end or an alarm.
fn enum_name(of: &impl serde::Serialize) -> String {
    match serde_json::to_value(of) {
        Ok(serde_json::Value::String(enum_name)) => enum_name,
        _ => String::new(),
    }
}

fn state(seat: &stats::SeatBoard) -> &'static str {
    use model::WorkState;
    match (&seat.login, &seat.work) {
        (model::Login::LoggedOut, _) | (_, None) => "logged_out",
        (_, Some(WorkState::Ready)) => "ready",
        (_, Some(WorkState::NotReady { .. })) => "not_ready",
        (_, Some(WorkState::Alerting { .. })) => "alerting",
        (_, Some(WorkState::Talking { .. })) => "talking",
        (_, Some(WorkState::WrapUp { .. })) => "wrap_up",
    }
}

/// The boundaries of ITU-T G.107 Annex B (nearly all users dissatisfied, many, some, satisfied),
/// and nearly perfect.
const MOS: [f64; 5] = [2.6, 3.1, 3.6, 4.0, 4.3];
/// A jitter buffer of 40 ms hides smaller values.
const JITTER_S: [f64; 6] = [0.005, 0.01, 0.02, 0.04, 0.08, 0.16];
/// A call is answered within milliseconds; longer times show a problem.
const SETUP_S: [f64; 9] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];
/// 15 s is the limit of GB/T 33358; a wait of ten minutes is a bad day.
const WAIT_S: [f64; 12] = [0.1, 0.5, 1.0, 5.0, 10.0, 15.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0];
/// A talk takes some minutes.
const TALK_S: [f64; 9] = [5.0, 15.0, 30.0, 60.0, 120.0, 180.0, 300.0, 600.0, 1_800.0];

#[cfg(test)]
mod tests {
    use model::{
        LineId, Number, OfferId, QueueId, SeatId, TrunkId,
        event::{CallAccepted, CallArrived, CallConnected, CallEnded, CallQueued, OfferMade},
    };

    use super::*;

    fn page(metrics: &Metrics) -> String {
        let board = Wallboard::default();
        let sip = sip::Counts { legs_in: 3, ..sip::Counts::default() };
        metrics.page(&Now {
            board: &board,
            calls: 2,
            ports_free: 8,
            strangers: 5,
            log_seq: 40,
            sip,
        })
    }

    fn a_call(number: u64) -> Vec<Record> {
        let (call, seat, queue) = (CallId::from(number), SeatId(1001), QueueId::from("main"));
        let arrived = CallArrived {
            call,
            caller: Number::new("13812345678"),
            dialled: Number::new("12345"),
            line: LineId::from("12345"),
            trunk: TrunkId::from("telecom"),
        };
        let (skills, priority, position, expected_ms) = (Vec::new(), 0, 1, None);
        let queued = CallQueued {
            transferred: false,
            waited_ms: 0,
            call,
            queue: queue.clone(),
            skills,
            requirement: Default::default(),
            priority,
            position,
            expected_ms,
        };
        let until = Timestamp::from_micros(30_000_000);
        let made =
            OfferMade { offer: OfferId(1), call, seat, until, why: String::new(), decision: None };
        let connected = CallConnected { call, queue, seat, wait_ms: 12_000, ring_ms: 2_000 };
        let (end, seat) = (CallEnd::CallerHungUp, Some(seat));
        let ended =
            CallEnded { call, end, seat, total_ms: 40_000, wait_ms: 12_000, talk_ms: 20_000 };
        let story = [
            (0, Event::CallArrived(arrived)),
            (20, Event::CallAccepted(CallAccepted { call })),
            (1_000, Event::CallQueued(queued)),
            (11_000, Event::OfferMade(made)),
            (13_000, Event::CallConnected(connected)),
            (33_000, Event::CallEnded(ended)),
        ];
        let numbered = story.into_iter().zip(1..);
        let record = |((ms, event), seq): ((u64, Event), u64)| Record {
            seq,
            at: Timestamp::from_micros(ms * 1_000),
            event,
        };
        numbered.map(record).collect()
    }

    #[test]
    fn calls_are_counted_and_their_times_are_histograms() {
        let metrics = Metrics::new("0.1.0");
        metrics.apply(&a_call(1));
        metrics.apply(&a_call(2));
        let page = page(&metrics);
        for line in [
            "heartline_build_info{version=\"0.1.0\"} 1",
            "heartline_calls_arrived_total 2",
            "heartline_queue_offered_total{queue=\"main\"} 2",
            "heartline_queue_answered_total{queue=\"main\"} 2",
            "heartline_calls_ended_total{end=\"caller_hung_up\"} 2",
            "heartline_call_setup_seconds_bucket{le=\"0.025\"} 2",
            "heartline_call_setup_seconds_count 2",
            "heartline_offer_latency_seconds_bucket{le=\"10.0\",queue=\"main\"} 2",
            "heartline_queue_wait_seconds_sum{queue=\"main\"} 24.0",
            "heartline_sip_total{what=\"legs_in\"} 3",
            "heartline_calls 2",
            "heartline_voice_ports_free 8",
            "# EOF",
        ] {
            assert!(page.contains(line), "no {line} in\n{page}");
        }
        let open = metrics.open.lock().unwrap();
        assert!(open.arrived.is_empty() && open.queued.is_empty(), "ended calls are forgotten");
    }

    #[test]
    fn process_metrics_have_standard_names() {
        let page = page(&Metrics::new("0.1.0"));
        let value = |name: &str| {
            let line = page.lines().find(|line| line.starts_with(&format!("{name} ")));
            let value = line.and_then(|line| line.rsplit(' ').next()?.parse::<f64>().ok());
            value.unwrap_or_else(|| panic!("no {name} in\n{page}"))
        };
        assert!(value("process_resident_memory_bytes") > 1e6);
        assert!(value("process_open_fds") >= 3.0);
        assert!(value("process_max_fds") >= value("process_open_fds"));
        assert!(value("process_start_time_seconds") > 1.7e9);
        assert!(value("process_cpu_seconds_total") >= 0.0 && value("process_threads") >= 1.0);
    }
}
