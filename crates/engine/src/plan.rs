//! From settings to what each machine is started with.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, time::Duration};

use center::Memory;
use deadlines::{
    calendar::{Calendar, OfficeHours},
    clock::{DayEnd, Policy},
};
use media::{Prompt, PromptId};
use messaging::Templates;
use model::{AreaCode, Date, IpNetwork, QueueId, SeatId};
use settings::{PromptName, Settings, Strategy, desk::ReplyBy};
use stats::{QueueIntervals, Thresholds, Wallboard};
use ticketing::{
    Desk, Rules,
    rules::{Presign, ReplyRule},
    wording::Wording,
};

/// The desk with its rules and calendar, and nothing on it yet.
pub(crate) fn desk(settings: &Settings, seed: [u8; 32], has_gateway: bool) -> Desk {
    let zone = settings.hotline.zone;
    let spans = settings.desk.office_hours.clone();
    // `settings` has checked them by the same law.
    let calendar =
        Calendar::new(zone, OfficeHours::new(spans).unwrap_or_default(), &settings.calendar);
    let mut rules = rules(&settings.desk, &settings.hotline.area_code);
    match &settings.courier.sms {
        // Without a gateway none may be on record as sent.
        Some(sms) if has_gateway => {
            (rules.quiet_from, rules.quiet_to) = quiet_hours(sms.quiet_from_s, sms.quiet_until_s);
        }
        _ => rules.ask_by_sms = false,
    }
    Desk::new(rules, calendar, seed)
}

/// The rules as `desk.toml` has them, and the hotline's area.
pub(crate) fn rules(desk: &settings::desk::Desk, area_code: &AreaCode) -> Rules {
    let (callback, policy) = (desk.callback, &desk.policy);
    Rules {
        clocks: Policy {
            version: policy.version,
            document: policy.document.clone(),
            effective_from: policy.effective_from,
            day_end: match policy.ends_at_office_close {
                true => DayEnd::OfficeClose,
                false => DayEnd::Midnight,
            },
            allowances: policy.clocks.iter().copied().collect(),
            extension_days_max: policy.extension_days,
            overdue_days: policy.overdue_days,
            order_reply_days: policy.order_reply_days,
            order_names: policy.order_names.clone(),
        },
        hub: desk.hub.clone(),
        rounds_max: desk.rounds,
        reply_by: match desk.reply_by {
            ReplyBy::Hub => ReplyRule::Hub,
            ReplyBy::Unit => ReplyRule::Unit,
            ReplyBy::Both => ReplyRule::Both,
        },
        presign: match desk.sign_before_dispatch {
            settings::desk::Presign::None => Presign::None,
            settings::desk::Presign::Important => Presign::Important,
            settings::desk::Presign::All => Presign::All,
        },
        further_signatures: desk.further_signatures.clone(),
        wording: Wording {
            promise: desk.wording.promise.clone(),
            vague: desk.wording.vague.clone(),
            passing_on: desk.wording.passing_on.clone(),
        },
        unsatisfied_sms: callback.unsatisfied_sms,
        unsatisfied_calls: callback.unsatisfied_calls,
        tries_min: callback.tries,
        tries_days_min: callback.tries_days,
        reopen_days: desk.reopen_days,
        filing_days: desk.filing_days,
        archive_days: desk.archive_days,
        claim_minutes: u16::try_from(desk.claim.as_secs() / 60).unwrap_or(u16::MAX),
        ask_by_sms: callback.sms_first,
        quiet_from: callback.quiet_from,
        quiet_to: callback.quiet_to,
        area_code: area_code.clone(),
    }
}

/// The gateway's quiet hours as the desk's: nobody is on record as asked while nothing goes out.
fn quiet_hours(from_s: u32, until_s: u32) -> (u8, u8) {
    let hour = |s: u32| u8::try_from(s.min(86_400).div_ceil(3_600)).unwrap_or(24);
    match from_s.cmp(&until_s) {
        std::cmp::Ordering::Equal => (24, 0),
        // Over midnight, as nights are.
        std::cmp::Ordering::Greater => (hour(from_s), hour(until_s)),
        // A night that begins after midnight ends the day's before.
        std::cmp::Ordering::Less => (24, hour(until_s)),
    }
}

/// What the center remembers before the first record.
pub(crate) fn memory(settings: &Settings, seed: [u8; 32], has_gateway: bool) -> Memory {
    let memory = Memory::new(wallboard(settings), desk(settings, seed, has_gateway));
    if has_gateway {
        memory.writing_sms(Templates::new(settings.sms_templates.clone()))
    } else {
        memory
    }
}

/// How figures are counted, units scored and ranked.
pub(crate) fn report_rules(of: &settings::Reports) -> reporting::ReportRules {
    let [sign, on_time, satisfied, solved, at_once, returns, contact, urging, knowledge] =
        of.weights;
    reporting::ReportRules {
        cuts: reporting::PeriodCuts {
            day_end_s: of.day_end_s,
            week_from: of.week_from,
            month_last: of.month_last,
            year_last: of.year_last,
        },
        fairly_satisfied: of.fairly_satisfied,
        partly_solved: of.partly_solved,
        short_abandon_s: of.short_abandon_s,
        repeat_days: of.repeat_days,
        outbreak: of.outbreak,
        due_min: of.due_min,
        best: of.best,
        best_from: of.best_from,
        worst: of.worst,
        worst_below: of.worst_below,
        bands: of.bands,
        weights: reporting::ScoreWeights {
            sign,
            on_time,
            satisfied,
            solved,
            at_once,
            returns,
            contact,
            urging,
            knowledge,
        },
        extras: reporting::ScoreAdjustments {
            unsatisfied: of.unsatisfied,
            unsatisfied_max: of.unsatisfied_max,
            given_back: u32::from(of.given_back),
            vague: of.vague,
            false_result: of.false_result,
            orders: of.orders,
            thanks: of.thanks,
            added_max: of.added_max,
        },
        opening: reporting::OpeningBalance {
            accepted: of.opening_accepted,
            closed: of.opening_closed,
            source: of.opening_source.clone(),
        },
    }
}

/// What the switch decides by.
pub(crate) fn plan(settings: &Settings) -> switch::Plan {
    let prompts = |names: &[PromptName]| -> Vec<PromptId> {
        names.iter().filter_map(|name| prompt(settings, name)).collect()
    };
    let trunks = settings.trunks.iter().map(|trunk| {
        let plan = switch::TrunkPlan { numbers: trunk.numbers.clone(), channels: trunk.channels };
        (trunk.name.clone(), plan)
    });
    let lines = settings.lines.iter().map(|line| {
        let queue = settings.queue(&line.queue);
        let numbers = std::iter::once(line.number.as_str().to_owned());
        let plan = switch::LinePlan {
            name: line.name.clone(),
            numbers: numbers.chain(line.aliases.iter().cloned()).collect(),
            trunks: line.trunks.clone(),
            queue: line.queue.clone(),
            skills: line.skills.clone(),
            priority: line.priority,
            greeting: prompts(&line.greeting),
            music: queue.and_then(|q| prompt(settings, &q.music)).unwrap_or(PromptId(0)),
            announcements: queue.map_or_else(Default::default, |q| switch::Announcements {
                first: prompts(&q.announcements.first),
                first_after: q.announcements.first_after,
                repeat: prompts(&q.announcements.repeat),
                every: q.announcements.every,
            }),
        };
        (line.number.clone(), plan)
    });
    // The last day is the whole day.
    let zone = settings.hotline.zone;
    let until = |day: Date| zone.moment(day.plus(1), 0);
    let blocked = settings.blacklist.iter().flat_map(|b| {
        let numbers = b.number.spellings(&settings.hotline.area_code).into_iter();
        numbers.map(move |number| (number, b.expires.map(until)))
    });
    switch::Plan {
        trunks: trunks.collect(),
        lines: lines.collect(),
        blacklist: blocked.collect(),
        features: switch::Features {
            log_in: settings.feature_codes.login.clone(),
            log_out: settings.feature_codes.logout.clone(),
            ready: settings.feature_codes.ready.clone(),
            not_ready: settings.feature_codes.not_ready.clone(),
            reasons: settings.feature_codes.reasons.clone(),
            extend: settings.feature_codes.wrap_up_extend.clone(),
            extend_by: settings.feature_codes.wrap_up_extend_by,
        },
        retry_after_s: u32::try_from(settings.sip.retry_after.as_secs()).unwrap_or(u32::MAX),
        sorry: prompts(&settings.notices.sorry),
        confirmed: prompts(&settings.notices.confirmed),
        denied: prompts(&settings.notices.denied),
        prompt_lengths: settings.prompts.iter().map(settings::Prompt::length).collect(),
    }
}

/// What the dispatcher decides by.
pub(crate) fn policy(settings: &Settings) -> acd::Policy {
    let queues = settings.queues.iter().map(|queue| {
        let overflow = queue.overflow.iter();
        let widening = queue.widening.iter();
        let policy = acd::QueuePolicy {
            strategy: match queue.strategy {
                Strategy::LongestIdle => acd::Strategy::LongestIdle,
                Strategy::FewestCalls => acd::Strategy::FewestCalls,
                Strategy::BestSkill => acd::Strategy::BestSkill,
                Strategy::RoundRobin => acd::Strategy::RoundRobin,
                Strategy::LeastTalk => acd::Strategy::LeastTalk,
                Strategy::Linear => acd::Strategy::Linear,
            },
            ring: queue.ring,
            wrap_up: queue.wrap_up,
            max_length: Some(queue.max_length),
            max_wait: queue.max_wait,
            overflow: overflow
                .map(|o| acd::Overflow { after: o.after, to: o.to.clone() })
                .collect(),
            widening: widening
                .map(|w| acd::Widening { after: w.after, lower_by: w.lower_by, tiers: w.tiers })
                .collect(),
            leave_when_empty: queue.leave_when_empty,
            weight: queue.weight,
        };
        (queue.name.clone(), policy)
    });
    let seats = settings.seats.iter().map(|seat| {
        let policy = acd::SeatPolicy {
            skills: seat.skills.clone(),
            queues: seat.queues.clone(),
            starts_ready: seat.starts_ready,
            waits_after_wrap_up: seat.waits_after_wrap_up,
        };
        (seat.seat, policy)
    });
    let missed = settings.floor.missed;
    acd::Policy {
        queues: queues.collect(),
        seats: seats.collect(),
        agents: settings.agents.clone(),
        ready_at_login: settings.floor.ready_at_login,
        missed: acd::MissedPolicy {
            no_answer: consequence(missed.no_answer),
            rejected: consequence(missed.rejected),
            busy: consequence(missed.busy),
            unreachable: consequence(missed.unreachable),
            failed: consequence(missed.failed),
            same_call: missed.same_call,
        },
        ..acd::Policy::default()
    }
}

fn consequence(of: settings::Consequence) -> acd::Consequence {
    match of {
        settings::Consequence::UntilReady => acd::Consequence::UntilReady,
        settings::Consequence::BackOff(period) => acd::Consequence::BackOff(period),
    }
}

/// An empty day that knows what each queue is measured by.
pub(crate) fn quarters(settings: &Settings) -> QueueIntervals {
    let ms = |long: Duration| u64::try_from(long.as_millis()).unwrap_or(u64::MAX);
    let thresholds = settings.queues.iter().map(|queue| {
        let (answer_ms, short_abandon_ms) = (ms(queue.service_level), ms(queue.short_abandon));
        (queue.name.clone(), Thresholds { answer_ms, short_abandon_ms })
    });
    QueueIntervals::new(settings.hotline.zone, thresholds.collect())
}

/// An empty wallboard that knows every queue and seat.
pub(crate) fn wallboard(settings: &Settings) -> Wallboard {
    let queues: Vec<QueueId> = settings.queues.iter().map(|q| q.name.clone()).collect();
    let seats: Vec<SeatId> = settings.seats.iter().map(|s| s.seat).collect();
    Wallboard::new(settings.hotline.zone, queues, seats).with_agents(settings.agents.clone())
}

/// The voices the voice thread speaks with, each at its place.
pub(crate) fn prompts(settings: &Settings) -> Vec<Prompt> {
    settings.prompts.iter().map(|prompt| Prompt::new(prompt.samples.clone())).collect()
}

/// How long a caller may need to hear why their queue let them go: all its prompts, and a margin for
/// what they hear when these begin.
pub(crate) fn sorry_lasts(settings: &Settings) -> Duration {
    let prompts = settings.notices.sorry.iter();
    let named = |name: &settings::PromptName| settings.prompts.iter().find(|p| p.name == *name);
    let lasts: Duration = prompts.filter_map(named).map(settings::Prompt::length).sum();
    match lasts.is_zero() {
        true => Duration::ZERO,
        false => (lasts + SORRY_MARGIN).min(SORRY_MAX),
    }
}

/// What the signalling endpoint is started with.
pub(crate) fn sip(
    settings: &Settings,
    locals: Vec<(sip::Transport, SocketAddr)>,
    secrets: &BTreeMap<SeatId, sip::Secret>,
    known_sources: Vec<sip::shield::KnownSource>,
) -> sip::Config {
    let trunks = settings.trunks.iter().map(|trunk| sip::Trunk {
        id: trunk.name.clone(),
        sources: trunk.sources.iter().map(|s| (s.address, s.prefix)).collect(),
    });
    let trunk_voice = settings.trunks.iter().map(|trunk| {
        let network = |s: &settings::Source| IpNetwork { address: s.address, prefix: s.prefix };
        let networks = trunk.media.iter().map(network).collect();
        (trunk.name.clone(), sip::VoicePolicy { networks, symmetric: trunk.symmetric })
    });
    let seat_voice = settings.seats.iter().map(|seat| {
        (seat.seat, sip::VoicePolicy { symmetric: seat.symmetric, ..Default::default() })
    });
    let seats = settings.seats.iter().map(|seat| seat_of(seat, secrets.get(&seat.seat).cloned()));
    let seconds = |d: Duration| u32::try_from(d.as_secs()).unwrap_or(u32::MAX);
    sip::Config {
        product: format!("Heartline/{}", env!("CARGO_PKG_VERSION")),
        locals,
        trunks: trunks.collect(),
        proxies: settings.proxies.iter().map(|s| (s.address, s.prefix)).collect(),
        known_sources,
        seats: seats.collect(),
        trunk_voice: trunk_voice.collect(),
        seat_voice: seat_voice.collect(),
        registration_s_min: seconds(settings.sip.register.min),
        registration_s_max: seconds(settings.sip.register.max),
        registration_s_default: seconds(settings.sip.register.default),
        digest: sip::DigestAlgorithms {
            md5: settings.sip.digest.contains(&settings::Digest::Md5),
            sha256: settings.sip.digest.contains(&settings::Digest::Sha256),
        },
        session_expires: settings.sip.session_expires,
        retry_after_s: seconds(settings.sip.retry_after),
        shield: shield(settings.sip.shield),
        streams: streams(settings.sip.streams),
        ..sip::Config::new(&settings.sip.realm)
    }
}

fn shield(ours: settings::Shield) -> sip::shield::Limits {
    let stranger = sip::shield::Rate { per_s: ours.messages_per_s, burst: ours.burst };
    sip::shield::Limits {
        stranger,
        office: sip::shield::Rate {
            per_s: stranger.per_s.saturating_mul(OFFICE_TIMES),
            burst: stranger.burst.saturating_mul(OFFICE_TIMES),
        },
        trusted: sip::shield::Rate {
            per_s: ours.trunk_messages_per_s,
            burst: ours.trunk_messages_per_s.saturating_mul(2),
        },
        wrong_passwords: ours.wrong_passwords,
        password_retry: ours.password_retry,
    }
}

fn streams(ours: settings::Streams) -> sip::StreamLimits {
    sip::StreamLimits {
        total: ours.total as usize,
        per_stranger: ours.per_stranger as usize,
        per_known: ours.per_known as usize,
        per_trunk: ours.per_trunk as usize,
        first_message: ours.first_message,
        message: ours.message,
        idle: ours.idle,
    }
}

/// The reverse proxies in front of the console.
pub(crate) fn proxies(http: &settings::Http) -> console::Proxies {
    let network = |source: &settings::Source| console::Network {
        address: source.address,
        prefix: source.prefix,
    };
    console::Proxies {
        networks: http.proxies.iter().map(network).collect(),
        header: match http.proxy_header {
            settings::ProxyHeader::XForwardedFor => console::ForwardedBy::XForwardedFor,
            settings::ProxyHeader::Forwarded => console::ForwardedBy::Forwarded,
        },
    }
}

/// How much each client of the console may hold at once.
pub(crate) fn limits(http: &settings::Http) -> console::Limits {
    console::Limits {
        connections: http.connections as usize,
        connections_per_address: http.connections_per_address as usize,
        requests_per_account: http.requests_per_account as usize,
        requests_per_address: http.requests_per_address as usize,
        streams_per_account: http.streams_per_account as usize,
        ..console::Limits::default()
    }
}

/// One seat as the registrar shall know it.
pub(crate) fn seat_of(seat: &settings::Seat, secret: Option<sip::Secret>) -> sip::Seat {
    sip::Seat { seat: seat.seat, secret, fixed: seat.contact.clone() }
}

/// What the relays are started with.
pub(crate) fn relays(settings: &Settings) -> media::Config {
    media::Config {
        voice_lost_after: settings.media.voice_lost_after,
        assume_source: settings.media.assume_source,
        ..media::Config::default()
    }
}

fn prompt(settings: &Settings, name: &PromptName) -> Option<PromptId> {
    settings.prompt(name).and_then(|place| u16::try_from(place).ok()).map(PromptId)
}

/// Addresses and folders in place of the config's.
#[derive(Debug, Clone, Default)]
pub struct Addresses {
    /// Listen for SIP here, UDP and TCP; port 0 takes a free one.
    pub sip: Option<SocketAddr>,
    /// Serve the console here; port 0 takes a free one.
    pub http: Option<SocketAddr>,
    /// Keep the log, its view and the keys here.
    pub data: Option<PathBuf>,
    /// Keep recordings here.
    pub recordings: Option<PathBuf>,
    /// Voice ports, such as 20000-20999, or auto:64 for any 64 pairs.
    pub rtp_ports: Option<String>,
}

/// Settings with the command line's addresses and folders in their place.
pub fn with_addresses(mut settings: Settings, addresses: &Addresses) -> Result<Settings, String> {
    if let Some(sip) = addresses.sip {
        settings.sip.udp = vec![sip];
        settings.sip.tcp = vec![sip];
    }
    if let Some(http) = addresses.http {
        settings.http.listen = http;
    }
    if let Some(data) = &addresses.data {
        settings.data.folder = data.clone();
    }
    if let Some(recordings) = &addresses.recordings {
        settings.recording.folder = recordings.clone();
    }
    if let Some(ports) = &addresses.rtp_ports {
        settings.media.ports =
            settings::Ports::parse(ports).map_err(|e| format!("--rtp-ports {ports}: {e}"))?;
    }
    Ok(settings)
}

/// How many times more an address may send where phones have registered: config/README.md says so.
const OFFICE_TIMES: u32 = 10;
/// Longest time between two looks at the keys on disk.
pub(crate) const KEYS_EVERY: Duration = Duration::from_secs(1);

/// A voice announcement that still plays when the sorry prompt is due.
const SORRY_MARGIN: Duration = Duration::from_secs(5);
/// A stop waits no longer: the service manager has a deadline of its own.
const SORRY_MAX: Duration = Duration::from_secs(45);

#[cfg(test)]
mod tests {
    use model::Number;

    use super::*;

    #[test]
    fn blocked_number_is_blocked_with_and_without_the_area_code() {
        let mut settings = Settings::embedded().expect("the shipped config is sound");
        settings.hotline.area_code = "0371".parse().unwrap();
        let number = Number::new("67178888");
        let (reason, approver) = (String::new(), String::new());
        settings.blacklist = vec![settings::Blocked { number, reason, expires: None, approver }];
        let blocked = plan(&settings).blacklist;
        let blocked: Vec<&str> = blocked.keys().map(Number::reveal).collect();
        assert_eq!(blocked, ["037167178888", "67178888"]);
    }

    #[test]
    fn what_we_ship_is_what_the_desk_takes_for_granted() {
        let shipped = Settings::embedded().expect("the shipped config is sound");
        assert_eq!(rules(&shipped.desk, &shipped.hotline.area_code), Rules::shipped());
    }
}
