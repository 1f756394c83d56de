//! `heartline.toml`: the settings of the engine itself.

use std::{
    ops::RangeInclusive,
    path::{Path, PathBuf},
    time::Duration,
};

use acd::{Consequence, MissedPolicy};
use jiff::{Timestamp, tz::TimeZone};
use model::{AreaCode, Codec, Zone};

use super::{DAY, Defined, codes, network};
use crate::{
    Drain, Duties, Hotline, Http, Intake, Media, Notices, Open311, ProxyHeader, Recording,
    SeatRules, Sip, Start, Store,
    keys::{self, Section},
    kinds,
    page::{Table, Value},
};

/// The settings of the whole file.
pub(super) struct General {
    pub(super) hotline: Hotline,
    pub(super) sip: Sip,
    pub(super) media: Media,
    pub(super) recording: Recording,
    pub(super) http: Http,
    pub(super) open311: Open311,
    pub(super) data: Store,
    pub(super) intake: Intake,
    pub(super) start: Start,
    pub(super) drain: Drain,
    pub(super) duties: Duties,
    pub(super) feature_codes: switch::Features,
    pub(super) seat_rules: SeatRules,
    pub(super) notices: Notices,
}

/// Reads the file. Every section is read, even when another one is wrong.
pub(super) fn read(root: &Table<'_>, defined: &Defined) -> Option<General> {
    root.report_unknown(PARTS.iter().map(|(name, _)| *name));
    let part = |name: &str| {
        let section = PARTS.iter().find(|(part, _)| *part == name)?.1;
        root.table(name, section)
    };
    let hotline = part("hotline").and_then(|t| hotline(&t));
    let sip_table = part("sip");
    let sip = sip_table.as_ref().and_then(network::sip);
    let media_table = part("media");
    let media = media_table.as_ref().and_then(network::media);
    let recording = part("recording").and_then(|t| recording(&t));
    let http_table = part("http");
    let http = http_table.as_ref().and_then(http);
    let open311 = part("open311").and_then(|t| super::open311::read(&t));
    let data = part("data").and_then(|t| data(&t));
    let intake = part("intake").and_then(|t| t.read(&keys::intake::CAPACITY, capacity));
    let start_table = part("start");
    let start = start_table.as_ref().and_then(start);
    let drain = part("drain")
        .and_then(|t| t.read(&keys::drain::TIMEOUT, kinds::duration(Duration::ZERO..=DAY)));
    let small_office =
        part("duties").and_then(|t| t.read(&keys::duties::SMALL_OFFICE, kinds::flag));
    let feature_codes = part("feature_codes").and_then(|t| codes::read(&t));
    let seat_rules = part("floor").and_then(|t| seat_rules(&t));
    let notices = part("notices").and_then(|t| notices(&t, defined));

    if let (Some(table), Some(sip), Some(media)) = (&media_table, &sip, &media) {
        network::check_ports(table, sip, media);
    }
    if let (Some(table), Some(sip), Some(http)) = (&http_table, &sip, &http) {
        network::check_console(table, sip, http);
    }
    if let (Some(table), Some(start), Some(data), Some(recording)) =
        (&start_table, &start, &data, &recording)
    {
        check_emergency(table, start, &data.folder, recording);
    }
    Some(General {
        hotline: hotline?,
        sip: sip?,
        media: media?,
        recording: recording?,
        http: http?,
        open311: open311?,
        data: data?,
        intake: Intake { capacity: intake? },
        start: start?,
        drain: Drain { timeout: drain? },
        duties: Duties { small_office: small_office? },
        feature_codes: feature_codes?,
        seat_rules: seat_rules?,
        notices: notices?,
    })
}

fn hotline(t: &Table<'_>) -> Option<Hotline> {
    let name = t.read(&keys::hotline::NAME, kinds::some_text);
    let zone = t.read(&keys::hotline::TIMEZONE, zone);
    let area_code = t.read(&keys::hotline::AREA_CODE, area_code);
    let (zone_name, zone) = zone?;
    Some(Hotline { name: name?, zone_name, zone, area_code: area_code? })
}

/// An area code with its leading 0, or an empty text.
fn area_code(v: &Value<'_>) -> Option<AreaCode> {
    let text = kinds::text(v)?;
    match text.parse() {
        Ok(code) => Some(code),
        Err(_) => v.wrong(
            format!("\"{text}\" is not an area code of mainland China"),
            "write it with its 0, as in \"010\" or \"0371\", or \"\" for none",
        ),
    }
}

/// A zone with a fixed offset: an IANA name, or `+08:00`.
fn zone(v: &Value<'_>) -> Option<(String, Zone)> {
    let name = kinds::some_text(v)?;
    let right = "write \"Asia/Shanghai\" or \"+08:00\"";
    let known = if name.starts_with(['+', '-']) {
        // jiff parses an offset only as part of a date and time.
        format!("1970-01-01T00:00{name}[{name}]")
            .parse::<jiff::Zoned>()
            .ok()
            .map(|z| z.time_zone().clone())
    } else {
        TimeZone::get(&name).ok()
    };
    let Some(zone) = known else {
        return v.wrong(format!("\"{name}\" is not a time zone"), right);
    };
    let now = Timestamp::now();
    if let Some(change) = zone.following(now).next() {
        let what = format!("\"{name}\" changes its clock on {}", change.timestamp());
        return v.wrong(what, "write the offset to use instead, such as \"+01:00\"");
    }
    Some((name, Zone { east_s: zone.to_offset(now).seconds() }))
}

fn data(t: &Table<'_>) -> Option<Store> {
    let folder = t.read(&keys::data::FOLDER, folder);
    let cache = t.read(&keys::data::CACHE, kinds::size_within(CACHE));
    Some(Store { folder: folder?, cache_bytes: cache? })
}

fn recording(t: &Table<'_>) -> Option<Recording> {
    let folder = t.read(&keys::recording::FOLDER, folder);
    let encodings = [("pcm", None), ("alaw", Some(Codec::Pcma)), ("ulaw", Some(Codec::Pcmu))];
    let encoding = t.read(&keys::recording::ENCODING, kinds::word(&encodings));
    let low = t.read(&keys::recording::LOW_WATER, kinds::size);
    let full = t.read(&keys::recording::FULL_WATER, kinds::size);
    let threads = t.read(&keys::recording::THREADS, kinds::count(1..=network::THREADS_MAX));
    if low.zip(full).is_some_and(|(low, full)| low < full) {
        let name = keys::recording::LOW_WATER.name;
        t.wrong(
            name,
            "recording would stop before the warning",
            "make low_water the larger of the two",
        );
    }
    Some(Recording {
        folder: folder?,
        encoding: encoding?,
        low_water_bytes: low?,
        full_water_bytes: full?,
        threads: threads?,
    })
}

fn http(t: &Table<'_>) -> Option<Http> {
    let listen = t.read(&keys::http::LISTEN, kinds::socket);
    let minute = Duration::from_secs(60);
    let lasts = t.read(&keys::http::LOGIN_LASTS, kinds::duration(minute..=DAY));
    let idle = t.read(&keys::http::LOGIN_IDLE, kinds::duration(minute..=DAY));
    let proxies = t.read(&keys::http::PROXIES, kinds::set(kinds::proxy));
    let words =
        [("x-forwarded-for", ProxyHeader::XForwardedFor), ("forwarded", ProxyHeader::Forwarded)];
    let header = t.read(&keys::http::PROXY_HEADER, kinds::word(&words));
    let connections = t.read(&keys::http::CONNECTIONS, kinds::count(8..=MANY));
    let per_address = t.read(&keys::http::CONNECTIONS_PER_ADDRESS, kinds::count(4..=MANY));
    let of_account = t.read(&keys::http::REQUESTS_PER_ACCOUNT, kinds::count(2..=MANY));
    let of_address = t.read(&keys::http::REQUESTS_PER_ADDRESS, kinds::count(2..=MANY));
    let streams = t.read(&keys::http::STREAMS_PER_ACCOUNT, kinds::count(1..=2_000));
    Some(Http {
        listen: listen?,
        login_lasts: lasts?,
        login_idle: idle?,
        proxies: proxies?,
        proxy_header: header?,
        connections: connections?,
        connections_per_address: per_address?,
        requests_per_account: of_account?,
        requests_per_address: of_address?,
        streams_per_account: streams?,
    })
}

fn seat_rules(t: &Table<'_>) -> Option<SeatRules> {
    let ready_at_login = t.read(&keys::floor::READY_AT_LOGIN, kinds::flag);
    let missed = t.table("missed", &keys::missed::SECTION).and_then(|t| missed(&t));
    Some(SeatRules { ready_at_login: ready_at_login?, missed: missed? })
}

fn missed(t: &Table<'_>) -> Option<MissedPolicy> {
    let no_answer = t.read(&keys::missed::NO_ANSWER, consequence);
    let rejected = t.read(&keys::missed::REJECTED, consequence);
    let busy = t.read(&keys::missed::BUSY, consequence);
    let unreachable = t.read(&keys::missed::UNREACHABLE, consequence);
    let failed = t.read(&keys::missed::FAILED, consequence);
    let same_call = t.read(&keys::missed::SAME_CALL, back_off());
    Some(MissedPolicy {
        no_answer: no_answer?,
        rejected: rejected?,
        busy: busy?,
        unreachable: unreachable?,
        failed: failed?,
        same_call: same_call?,
    })
}

fn consequence(v: &Value<'_>) -> Option<Consequence> {
    if v.value.as_str() == Some("until_ready") {
        return Some(Consequence::UntilReady);
    }
    back_off()(v).map(Consequence::BackOff)
}

fn back_off() -> impl Fn(&Value<'_>) -> Option<Duration> {
    kinds::duration(Duration::from_secs(1)..=Duration::from_secs(3_600))
}

fn notices(t: &Table<'_>, defined: &Defined) -> Option<Notices> {
    let prompts = || kinds::list(kinds::prompt(&defined.prompts));
    let sorry = t.read(&keys::notices::SORRY, prompts());
    let confirmed = t.read(&keys::notices::CONFIRMED, prompts());
    let denied = t.read(&keys::notices::DENIED, prompts());
    Some(Notices { sorry: sorry?, confirmed: confirmed?, denied: denied? })
}

fn start(t: &Table<'_>) -> Option<Start> {
    let emergency = t.optional(&keys::start::EMERGENCY, |v| {
        v.table(&keys::emergency::SECTION)?.read(&keys::emergency::FOLDER, folder)
    });
    Some(Start { emergency: emergency? })
}

fn check_emergency(table: &Table<'_>, start: &Start, data: &Path, recording: &Recording) {
    let Some(emergency) = &start.emergency else { return };
    if let Some(clash) = Start::emergency_clash(emergency, data, &recording.folder) {
        table.wrong("emergency", clash, "name a folder on another disk");
    }
}

fn folder(v: &Value<'_>) -> Option<PathBuf> {
    kinds::some_text(v).map(PathBuf::from)
}

fn capacity(v: &Value<'_>) -> Option<usize> {
    kinds::whole(16..=1_000_000)(v).and_then(|n| usize::try_from(n).ok())
}

/// Less than 8 MiB holds not even the upper pages of the trees.
const CACHE: RangeInclusive<u64> = 8 << 20..=64 << 30;
/// More connections than any machine has file descriptors for.
const MANY: u32 = 65_536;

const PARTS: [(&str, &Section); 14] = [
    ("hotline", &keys::hotline::SECTION),
    ("sip", &keys::sip::SECTION),
    ("media", &keys::media::SECTION),
    ("recording", &keys::recording::SECTION),
    ("http", &keys::http::SECTION),
    ("open311", &keys::open311::SECTION),
    ("data", &keys::data::SECTION),
    ("intake", &keys::intake::SECTION),
    ("start", &keys::start::SECTION),
    ("drain", &keys::drain::SECTION),
    ("duties", &keys::duties::SECTION),
    ("feature_codes", &keys::feature_codes::SECTION),
    ("floor", &keys::floor::SECTION),
    ("notices", &keys::notices::SECTION),
];
