//! The start parameters of each machine, made from the settings.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, time::Duration};

use center::Memory;
use deadlines::{
    calendar::{Calendar, OfficeHours},
    clock::{DayEnd, Policy},
};
use media::Prompt;
use messaging::Templates;
use model::{AreaCode, IpNetwork, QueueId, SeatId};
use settings::{Settings, desk::ReplyBy};
use stats::{QueueIntervals, Thresholds, Wallboard};
use ticketing::{
    Desk, Rules,
    rules::{Presign, ReplyRule},
    wording::Wording,
};

/// The desk with its rules and calendar, without tickets.
pub(crate) fn desk(settings: &Settings, seed: [u8; 32], has_gateway: bool) -> Desk {
    let zone = settings.hotline.zone;
    let spans = settings.desk.office_hours.clone();
    // `settings` has checked them by the same rules.
    let calendar =
        Calendar::new(zone, OfficeHours::new(spans).unwrap_or_default(), &settings.calendar);
    let mut rules = rules(&settings.desk, &settings.hotline.area_code);
    match &settings.courier.sms {
        // Without a gateway no SMS may be recorded as sent.
        Some(sms) if has_gateway => {
            (rules.quiet_from, rules.quiet_to) = quiet_hours(sms.quiet_from_s, sms.quiet_until_s);
        }
        _ => rules.ask_by_sms = false,
    }
    Desk::new(rules, calendar, seed)
}

/// The rules from `desk.toml`, with the hotline's area.
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

/// The gateway's quiet hours as the desk's, so that nobody is recorded as asked while nothing is
/// sent.
fn quiet_hours(from_s: u32, until_s: u32) -> (u8, u8) {
    let hour = |s: u32| u8::try_from(s.min(86_400).div_ceil(3_600)).unwrap_or(24);
    match from_s.cmp(&until_s) {
        std::cmp::Ordering::Equal => (24, 0),
        // The quiet hours cross midnight.
        std::cmp::Ordering::Greater => (hour(from_s), hour(until_s)),
        // Quiet hours that begin after midnight belong to the day before.
        std::cmp::Ordering::Less => (24, hour(until_s)),
    }
}

/// The center's memory before the first record.
pub(crate) fn memory(settings: &Settings, seed: [u8; 32], has_gateway: bool) -> Memory {
    let memory = Memory::new(wallboard(settings), desk(settings, seed, has_gateway));
    if has_gateway {
        memory.with_sms_templates(Templates::new(settings.sms_templates.clone()))
    } else {
        memory
    }
}

/// How figures are counted, and how units are scored and ranked.
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

/// Empty queue statistics with the settings of each queue.
pub(crate) fn quarters(settings: &Settings) -> QueueIntervals {
    let ms = |long: Duration| u64::try_from(long.as_millis()).unwrap_or(u64::MAX);
    let thresholds = settings.queues.iter().map(|queue| {
        let (answer_ms, short_abandon_ms) = (ms(queue.service_level), ms(queue.short_abandon));
        (queue.name.clone(), Thresholds { answer_ms, short_abandon_ms })
    });
    QueueIntervals::new(settings.hotline.zone, thresholds.collect())
}

/// An empty wallboard with every queue and seat.
pub(crate) fn wallboard(settings: &Settings) -> Wallboard {
    let queues: Vec<QueueId> = settings.queues.iter().map(|q| q.name.clone()).collect();
    let seats: Vec<SeatId> = settings.seats.iter().map(|s| s.seat).collect();
    Wallboard::new(settings.hotline.zone, queues, seats).with_agents(settings.agents.clone())
}

/// The prompts of the voice thread, each at its index.
pub(crate) fn prompts(settings: &Settings) -> Vec<Prompt> {
    settings.prompts.iter().map(|prompt| Prompt::new(prompt.samples.clone())).collect()
}

/// How long a caller may need to hear why the queue ended their wait: all its prompts, and a margin
/// for a prompt that is still playing.
pub(crate) fn sorry_lasts(settings: &Settings) -> Duration {
    let prompts = settings.notices.sorry.iter();
    let named = |name: &settings::PromptName| settings.prompts.iter().find(|p| p.name == *name);
    let lasts: Duration = prompts.filter_map(named).map(settings::Prompt::length).sum();
    match lasts.is_zero() {
        true => Duration::ZERO,
        false => (lasts + SORRY_MARGIN).min(SORRY_MAX),
    }
}

/// The start parameters of the signalling endpoint.
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
        digest: settings.sip.digest,
        session_expires: settings.sip.session_expires,
        retry_after_s: seconds(settings.sip.retry_after),
        shield: settings.sip.shield,
        streams: settings.sip.streams,
        ..sip::Config::new(&settings.sip.realm)
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

/// The limits of each client of the console.
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

/// A seat for the registrar.
pub(crate) fn seat_of(seat: &settings::Seat, secret: Option<sip::Secret>) -> sip::Seat {
    sip::Seat { seat: seat.seat, secret, fixed: seat.contact.clone() }
}

/// Addresses and folders that replace the config's.
#[derive(Debug, Clone, Default)]
pub struct Addresses {
    /// The address for SIP, UDP and TCP; port 0 takes a free one.
    pub sip: Option<SocketAddr>,
    /// The address of the console; port 0 takes a free one.
    pub http: Option<SocketAddr>,
    /// The folder of the log, its view and the keys.
    pub data: Option<PathBuf>,
    /// The folder of recordings.
    pub recordings: Option<PathBuf>,
    /// Voice ports, such as 20000-20999, or auto:64 for any 64 pairs.
    pub rtp_ports: Option<String>,
}

/// Settings with the command line's addresses and folders.
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

/// The longest time between two checks of the keys on disk.
pub(crate) const KEYS_EVERY: Duration = Duration::from_secs(1);

/// The margin for an announcement that still plays when the sorry prompt is due.
const SORRY_MARGIN: Duration = Duration::from_secs(5);
/// A stop waits no longer, because the service manager has a deadline of its own.
const SORRY_MAX: Duration = Duration::from_secs(45);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_rules_equal_desk_defaults() {
        let shipped = Settings::embedded().expect("the shipped config is sound");
        assert_eq!(rules(&shipped.desk, &shipped.hotline.area_code), Rules::shipped());
    }
}
