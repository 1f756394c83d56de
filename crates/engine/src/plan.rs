//! The start parameters of each machine, made from the settings.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, time::Duration};

use center::Memory;
use deadlines::calendar::Calendar;
use messaging::Templates;
use model::{QueueId, SeatId};
use settings::Settings;
use stats::{QueueIntervals, Wallboard};
use ticketing::Desk;

/// The desk with its rules and calendar, without tickets.
pub(crate) fn desk(settings: &Settings, seed: [u8; 32], has_gateway: bool) -> Desk {
    let hours = settings.desk.office_hours.clone();
    let calendar = Calendar::new(settings.hotline.zone, hours, &settings.calendar);
    let mut rules = settings.desk.rules.clone();
    match &settings.courier.sms {
        // Without a gateway no SMS may be recorded as sent.
        Some(sms) if has_gateway => {
            (rules.quiet_from, rules.quiet_to) = quiet_hours(sms.quiet_from_s, sms.quiet_until_s);
        }
        _ => rules.ask_by_sms = false,
    }
    Desk::new(rules, calendar, seed)
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

/// Empty queue statistics with the thresholds of each queue.
pub(crate) fn quarters(settings: &Settings) -> QueueIntervals {
    QueueIntervals::new(settings.hotline.zone, settings.thresholds())
}

/// An empty wallboard with every queue and seat.
pub(crate) fn wallboard(settings: &Settings) -> Wallboard {
    let queues: Vec<QueueId> = settings.queues.iter().map(|q| q.name.clone()).collect();
    let seats: Vec<SeatId> = settings.seats.iter().map(|s| s.seat).collect();
    let profiles = settings.seats.iter().map(|seat| (seat.seat, seat.policy.profile()));
    Wallboard::new(settings.hotline.zone, queues, seats)
        .with_agents(settings.agents.clone())
        .with_seat_profiles(profiles.collect())
}

/// The number of voice threads: half of the cores when the config does not tell, at least one.
pub(crate) fn voice_threads(settings: &Settings) -> usize {
    let half = || std::thread::available_parallelism().map_or(1, |cores| cores.get() / 2);
    settings.media.threads.map_or_else(half, |threads| threads as usize).max(1)
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
    let seats = settings.seats.iter();
    sip::Config {
        product: format!("Heartline/{}", env!("CARGO_PKG_VERSION")),
        locals,
        known_sources,
        seats: seats.map(|seat| seat.registered_as(secrets.get(&seat.seat).cloned())).collect(),
        ..settings.sip_config()
    }
}

/// The reverse proxies in front of the console. `settings` cannot use the console's types: it would
/// then be built after the console's web server, and with it wherever a config is read.
pub(crate) fn proxies(http: &settings::Http) -> console::Proxies {
    console::Proxies {
        networks: http.proxies.clone(),
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
