//! All config keys, each with its unit, its default and the reason for the default.
//!
//! The readers take their defaults from here, a test compares the README's tables with it, and the
//! reader of an unknown key looks here for a similar name.

/// A config key.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// The name in the file.
    pub name: &'static str,
    /// The kind of value, with its unit.
    pub unit: &'static str,
    /// The value when the key is omitted.
    pub default: Default,
    /// The reason, as a sentence that helps an operator to decide.
    pub reason: &'static str,
}

/// The value of a key that is omitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Default {
    /// The key must not be omitted.
    Required,
    /// There is no value; the text tells what that means.
    Absent(&'static str),
    /// The value as TOML.
    Value(&'static str),
}

/// The keys under one heading of one file.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    /// The file's name.
    pub file: &'static str,
    /// The heading, such as `[sip]` or `[[queue]]`; empty for the top of the file.
    pub heading: &'static str,
    /// The keys, in the order of the README.
    pub keys: &'static [Key],
    /// The names of tables in it that have their own heading.
    pub tables: &'static [&'static str],
}

impl Section {
    /// The names of the keys and of the tables.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + Clone + use<> {
        self.keys.iter().map(|key| key.name).chain(self.tables.iter().copied())
    }
}

/// All sections, in the order of the README.
pub const SECTIONS: &[Section] = &[
    hotline::SECTION,
    sip::SECTION,
    register::SECTION,
    shield::SECTION,
    streams::SECTION,
    media::SECTION,
    recording::SECTION,
    http::SECTION,
    open311::SECTION,
    data::SECTION,
    intake::SECTION,
    start::SECTION,
    emergency::SECTION,
    drain::SECTION,
    duties::SECTION,
    feature_codes::SECTION,
    floor::SECTION,
    missed::SECTION,
    notices::SECTION,
    trunk::SECTION,
    proxy::SECTION,
    lines::SECTION,
    line::SECTION,
    queue::SECTION,
    announcements::SECTION,
    overflow::SECTION,
    widening::SECTION,
    seats::SECTION,
    agent::SECTION,
    blocked::SECTION,
    destination::SECTION,
    sms::SECTION,
    hook::SECTION,
    desk::SECTION,
    wording::SECTION,
    callback::SECTION,
    policy::SECTION,
    clocks::SECTION,
    desk_sms::SECTION,
    templates::SECTION,
    periods::SECTION,
    counting::SECTION,
    ranking::SECTION,
    score::SECTION,
    extras::SECTION,
    opening::SECTION,
];

/// Keys that older versions had: the key's path, the message and the proposal.
pub(crate) const REMOVED: &[(&str, &str, &str)] = &[(
    "sip.shield.shut_out",
    "no address is shut out any more: floods are dropped message by message, and wrong passwords are slowed",
    "remove the line; wrong_passwords and password_retry say when passwords are slowed",
)];

macro_rules! section {
    ($module:ident, $file:literal, $heading:literal $(, holds [$($table:literal),*])?, {
        $($konst:ident = $name:literal, $unit:literal, $default:expr, $reason:literal;)*
    }) => {
        pub(crate) mod $module {
            use super::{Default::*, Key, Section};

            $(pub(crate) const $konst: Key =
                Key { name: $name, unit: $unit, default: $default, reason: $reason };)*

            pub(crate) const SECTION: Section =
                Section {
                    file: $file,
                    heading: $heading,
                    keys: &[$($konst),*],
                    tables: &[$($($table),*)?],
                };
        }
    };
}

section!(hotline, "heartline.toml", "[hotline]", {
    NAME = "name", "text", Value("\"12345\""),
        "Shown on the console; the number is what everybody calls it.";
    TIMEZONE = "timezone", "IANA name or offset", Value("\"Asia/Shanghai\""),
        "Dates of tickets and reports. A zone with summer time is refused: an hour that comes twice would count twice.";
    AREA_CODE = "area_code", "area code with its 0", Value("\"\""),
        "Of the city, \"010\" or \"0371\": 67178888 and 0371-67178888 are then one telephone for repeat callers, missed calls, the blacklist, searches and proofs of callbacks. Empty: they are two.";
});

section!(sip, "heartline.toml", "[sip]", holds ["register", "shield", "streams"], {
    UDP = "udp", "list of addresses", Value("[\"0.0.0.0:5060\", \"[::]:5060\"]"),
        "The port every phone and gateway expects, both families. Port 0 takes a free one.";
    TCP = "tcp", "list of addresses", Value("[\"0.0.0.0:5060\", \"[::]:5060\"]"),
        "Messages longer than a datagram come by TCP (RFC 3261 18.1.1).";
    ADVERTISE = "advertise", "address", Absent("the address a message came to"),
        "Set it when others reach us through an address translation; voice uses it too.";
    REALM = "realm", "text", Value("\"heartline\""),
        "Part of every seat's password hash: choose it once, since changing it voids all passwords.";
    DIGEST = "digest", "list of md5, sha-256", Value("[\"md5\"]"),
        "Every phone knows md5. Some, Debian 12's baresip among them, refuse to register where sha-256 is so much as offered; add it when yours do not.";
    SESSION_EXPIRES = "session_expires", "duration, 90s to 24h", Value("\"30m\""),
        "How long a call whose end nobody heard may live; RFC 4028 recommends 30 minutes.";
    RETRY_AFTER = "retry_after", "duration, 1s to 1h", Value("\"5s\""),
        "When a caller turned away for lack of room should try again: short, a citizen is waiting.";
});

section!(register, "heartline.toml", "[sip.register]", {
    MIN = "min", "duration, 10s to 24h", Value("\"60s\""),
        "Shorter is answered 423: eighty phones that register each second are a flood.";
    MAX = "max", "duration, 10s to 24h", Value("\"1h\""),
        "Longer is cut: a phone that vanished should not be rung for a day.";
    DEFAULT = "default", "duration, 10s to 24h", Value("\"5m\""),
        "When a phone names none; short enough to keep a translation open with its keep-alive.";
});

section!(shield, "heartline.toml", "[sip.shield]", {
    MESSAGES_PER_S = "messages_per_s", "messages a second, 1 to 1000000", Value("50"),
        "From one registered phone, and from one address where no phone is known; ten times as many where phones have registered. A phone in a call needs fewer than five.";
    BURST = "burst", "messages, 1 to 1000000", Value("200"),
        "At once, before the average counts; ten times as many from an office after a power cut. What is too much is dropped and counted, message by message.";
    TRUNK_MESSAGES_PER_S = "trunk_messages_per_s", "messages a second, 1 to 10000000", Value("20000"),
        "From one address of a trunk or of a proxy: two thousand calls a second of ten messages, more than any carrier sends.";
    WRONG_PASSWORDS = "wrong_passwords", "count, 1 to 1000", Value("10"),
        "For one user from one address, looked at without delay: a person mistypes three times, a guesser does not stop at ten.";
    PASSWORD_RETRY = "password_retry", "duration, 1s to 1h", Value("\"20s\""),
        "After those, one password of that user from that address is looked at in each such time; a phone with an old password, which tries once a minute, is never slowed.";
});

section!(streams, "heartline.toml", "[sip.streams]", {
    TOTAL = "total", "TCP connections, 16 to 16384", Value("4096"),
        "All together. One more closes the stranger's that was silent longest; those of registered phones, calls and trunks are closed for nobody.";
    PER_STRANGER = "per_stranger", "TCP connections, 1 to 16384", Value("32"),
        "From one address where no phone is known; a connection counts until its phone has shown its password.";
    PER_KNOWN = "per_known", "TCP connections, 1 to 16384", Value("256"),
        "From one address where phones have shown their password in the last 30 days: an office that comes back after a power cut, or after a restart of the engine.";
    PER_TRUNK = "per_trunk", "TCP connections, 1 to 16384", Value("1024"),
        "From one address of a trunk: a gateway may open one for each call.";
    FIRST_MESSAGE = "first_message", "duration, 1s to 5m", Value("\"10s\""),
        "Within which a stranger's first message must be whole; a phone registers as soon as it is connected.";
    MESSAGE = "message", "duration, 1s to 5m", Value("\"15s\""),
        "Within which a message must be whole from its first byte, whoever sends it.";
    IDLE = "idle", "duration, 10s to 24h", Value("\"150s\""),
        "After such a silence a connection is closed that no trunk opened and no registered phone, call or request of ours uses; phones send a keep-alive each 120 s at most (RFC 5626).";
});

section!(media, "heartline.toml", "[media]", {
    BIND = "bind", "address", Value("\"::\""),
        "Where voice comes in; :: takes IPv6 and IPv4 alike, since a caller and a seat may differ in it. What leaves is marked EF (DSCP 46), and signalling CS3 (DSCP 24).";
    PORTS = "ports", "range or auto:pairs", Value("\"20000-20999\""),
        "500 pairs: one for each caller, and one for each seat that rings or talks. A pair is kept free for each seat that could be rung for those who wait; `heartline check` notes when pairs, `channels` and `max_length` do not fit together. Below the system's own range (32768), so nothing else takes one.";
    VOICE_LOST_AFTER = "voice_lost_after", "duration, 1s to 10m, or 0s", Value("\"30s\""),
        "Neither RTP nor RTCP from a side for so long: in a talk an alarm goes up, and the far end is asked by OPTIONS whether it is still there. Silence alone ends no call; 0s does neither.";
    ASSUME_SOURCE = "assume_source", "true or false", Value("true"),
        "Where a phone's own address is private and no host that signalling names sends its voice, whether one source that is alone for half a second is taken for it; the call's record says so. With false such a phone is not heard.";
});

section!(recording, "heartline.toml", "[recording]", {
    FOLDER = "folder", "path", Value("\"recordings\""),
        "Relative to where the engine is started. A disk of its own keeps the journal quick.";
    LOW_WATER = "low_water", "size in KiB, MiB, GiB, TiB", Value("\"20GiB\""),
        "Free space that raises the alarm: a stereo hour is 110 MiB, so this is about eight days of one seat.";
    FULL_WATER = "full_water", "size in KiB, MiB, GiB, TiB", Value("\"1GiB\""),
        "Free space below which new calls go on unrecorded, an alarm is up, and each such call says so on the record.";
    THREADS = "threads", "count, 1 to 64", Value("2"),
        "One may wait for the disk while the other writes.";
});

section!(http, "heartline.toml", "[http]", {
    LISTEN = "listen", "address", Value("\"127.0.0.1:8080\""),
        "The machine itself only: put a proxy with TLS before it to open it to others.";
    LOGIN_LASTS = "login_lasts", "duration, 1m to 24h", Value("\"12h\""),
        "Used or not: a shift and its handover.";
    LOGIN_IDLE = "login_idle", "duration, 1m to 24h", Value("\"30m\""),
        "With no request and no page open: a browser somebody closed.";
    PROXIES = "proxies", "list of addresses and networks", Value("[\"127.0.0.1\", \"::1\"]"),
        "Reverse proxies in front of the console. What they say of a client is believed: its address (for log-ins, limits and the audit), https, and the host that was asked for. Nobody else's word is.";
    PROXY_HEADER = "proxy_header", "x-forwarded-for or forwarded", Value("\"x-forwarded-for\""),
        "What they write, read from the right. The other one is not read: a proxy passes it on as the client wrote it.";
    CONNECTIONS = "connections", "count, 8 to 65536", Value("4096"),
        "At once. One more closes the oldest of somebody who is not logged in, or an idle one.";
    CONNECTIONS_PER_ADDRESS = "connections_per_address", "count, 4 to 65536", Value("512"),
        "From one address that is no proxy: an office of eighty browsers opens six each.";
    REQUESTS_PER_ACCOUNT = "requests_per_account", "count, 2 to 65536", Value("64"),
        "Open at once, live streams counted; more are answered 429.";
    REQUESTS_PER_ADDRESS = "requests_per_address", "count, 2 to 65536", Value("128"),
        "Open at once without a log-in or token, webhooks and Open311 counted: a shift of eighty that logs in.";
    STREAMS_PER_ACCOUNT = "streams_per_account", "count, 1 to 2000", Value("32"),
        "Live pages at once, of 2,000 in all: the walls of a house may share an account.";
});

section!(open311, "heartline.toml", "[open311]", {
    ENABLED = "enabled", "true or false", Value("false"),
        "Serve Open311 GeoReport v2 at /open311/v2: apps and web forms of others report and look up. Put a proxy with TLS before it.";
    JURISDICTION = "jurisdiction", "text", Value("\"\""),
        "Such as zhengzhou.gov.cn: a request that names another is turned away. Empty asks nobody.";
    KEYS = "keys", "table of name to SHA-256 in hex", Value("{}"),
        "Who may report. `heartline open311-key NAME` makes a key and prints the line for here; the key itself is nowhere with us.";
    CHANNEL = "channel", "app, mailbox, wechat, weibo or forum", Value("\"app\""),
        "By which way what comes counts as come, in tickets and reports.";
    PUBLISH = "publish", "own or all", Value("\"own\""),
        "Which tickets anybody may look up: those that came this way, or all. Never those that are confidential, sensitive, or report wrongdoing; never who called, nor what they wrote.";
    PER_MINUTE = "per_minute", "requests a minute, 1 to 100000", Value("120"),
        "Of one address that looks up, and of one key that reports; one more is answered 429.";
    BASE = "base", "http or https address", Absent("http:// and the address of [http]"),
        "Where others reach us; discovery tells it.";
    CONTACT = "contact", "text", Value("\"\""),
        "Whom to ask, as discovery tells it.";
    KEY_SERVICE = "key_service", "text", Value("\"\""),
        "Where to ask for a key, as discovery tells it.";
});

section!(data, "heartline.toml", "[data]", {
    FOLDER = "folder", "path", Value("\"data\""),
        "Journal, index and keyring. Relative to where the engine is started; back it up by copying.";
});

section!(intake, "heartline.toml", "[intake]", {
    CAPACITY = "capacity", "calls, 16 to 1000000", Value("4096"),
        "Arrivals the center has not yet taken; it takes them in microseconds, so more than this is a flood and gets 503.";
});

section!(start, "heartline.toml", "[start]", {
    EMERGENCY = "emergency", "table, see below", Absent("a start whose log or disk fails ends with an error"),
        "With it such a start takes calls without the log: answered, queued, recorded, and imported once the log is mended.";
});

section!(emergency, "heartline.toml", "[start.emergency]", {
    FOLDER = "folder", "path", Required,
        "On another disk than [data] and [recording], with room for a day of recordings; a copy of the keys is kept there.";
});

section!(drain, "heartline.toml", "[drain]", {
    TIMEOUT = "timeout", "duration, 0s to 24h", Value("\"10m\""),
        "How long calls may go on after a stop: nine in ten end within it.";
});

section!(duties, "heartline.toml", "[duties]", {
    SMALL_OFFICE = "small_office", "true or false", Value("false"),
        "Whoever gives a role that sees persons or decides may confirm it, too: two of the three duties (三员) are one person, and `check` warns. The auditor's stays apart.";
});

section!(feature_codes, "heartline.toml", "[feature_codes]", {
    LOGIN = "login", "code of * # digits, empty: off", Value("\"*71\""),
        "Sign in. The 7x block is free of the network's own star codes in most countries.";
    LOGOUT = "logout", "code of * # digits, empty: off", Value("\"*72\""),
        "Sign out.";
    READY = "ready", "code of * # digits, empty: off", Value("\"*73\""),
        "Take calls; ends after-call work.";
    NOT_READY = "not_ready", "code of * # digits, empty: off", Value("\"*74\""),
        "Take no calls; a digit after it names the reason, none is a break.";
    WRAP_UP_EXTEND = "wrap_up_extend", "code of * # digits, empty: off", Value("\"*75\""),
        "More time for after-call work.";
    WRAP_UP_EXTEND_BY = "wrap_up_extend_by", "duration, 5s to 1h", Value("\"60s\""),
        "How much more: once for a long ticket, twice for a very long one.";
    REASONS = "reasons", "table of digit to reason",
        Value("{ 1 = \"break\", 2 = \"meal\", 3 = \"training\", 4 = \"meeting\", 5 = \"coaching\", 6 = \"admin\", 7 = \"outbound\", 8 = \"leader\" }"),
        "The digit after not_ready; the words are those of reports.";
});

section!(floor, "heartline.toml", "[floor]", holds ["missed"], {
    READY_AT_LOGIN = "ready_at_login", "true or false", Value("false"),
        "Whether signing in makes a seat ready: people sign in, sit down, and then say so.";
});

section!(missed, "heartline.toml", "[floor.missed]", {
    NO_ANSWER = "no_answer", "until_ready or duration, 1s to 1h", Value("\"until_ready\""),
        "Rang to the deadline: nobody sits there, and the next caller should not find out as well.";
    REJECTED = "rejected", "until_ready or duration, 1s to 1h", Value("\"15s\""),
        "The reject key: a moment's peace, not the end of the shift.";
    BUSY = "busy", "until_ready or duration, 1s to 1h", Value("\"10s\""),
        "The phone is in a call of its own: soon free, but not at once.";
    UNREACHABLE = "unreachable", "until_ready or duration, 1s to 1h", Value("\"60s\""),
        "The phone is away: it gave no answer before the deadline, or 3xx, 404, 408, 410, 480 or 503. Sooner when it registers anew or dials a code; a fixed contact never registers.";
    FAILED = "failed", "until_ready or duration, 1s to 1h", Value("\"30s\""),
        "A fault of phone or configuration: it does not mend itself in seconds.";
    SAME_CALL = "same_call", "duration, 1s to 1h", Value("\"30s\""),
        "How long the call does not ring the seat that missed it: others get their turn first.";
});

section!(notices, "heartline.toml", "[notices]", {
    SORRY = "sorry", "list of prompts", Value("[\"sorry-zh\", \"sorry-en\"]"),
        "Before a waiting call is let go: silence would be rude.";
    CONFIRMED = "confirmed", "list of prompts", Value("[\"confirmed\"]"),
        "To a seat whose feature code was taken: two rising tones need no language.";
    DENIED = "denied", "list of prompts", Value("[\"denied\"]"),
        "To a seat whose feature code was not taken: two falling tones.";
});

section!(proxy, "trunks.toml", "[[proxy]]", {
    SOURCES = "sources", "list of addresses or networks", Required,
        "Where a proxy of yours sends from. Trunks and phones behind it are known by the address that it saw, in the Via below its own, and phones register through it with Path. It must write what it saw (Kamailio: force_rport()), and nobody else may send from there.";
});

section!(trunk, "trunks.toml", "[[trunk]]", {
    NAME = "name", "name", Required,
        "In records, statistics and lines.toml.";
    SOURCES = "sources", "list of addresses or networks", Required,
        "Where it sends from: what else could tell it from a stranger. No two trunks share one.";
    NUMBERS = "numbers", "list of numbers, * at one end: any digits", Value("[]"),
        "What it may dial; none means every line. Each must reach a line.";
    CHANNELS = "channels", "calls, 1 to 100000", Absent("as many as there are ports"),
        "What the carrier sold: more is a fault on their side, or fraud.";
    MEDIA = "media", "list of addresses or networks", Absent("its sources"),
        "Where its voice comes from, when that is neither the address in its SDP nor where its signalling comes from. Anybody else's voice is not taken.";
    SYMMETRIC = "symmetric", "auto, always or never", Value("\"auto\""),
        "Where our voice goes: auto is the address in its SDP, or where its voice comes from when an address translation shows; always and never do not look.";
});

section!(lines, "lines.toml", "", holds ["line"], {
    BLACKLIST = "blacklist", "file name beside this one", Absent("nobody is turned away"),
        "Kept apart, since other people keep it.";
});

section!(line, "lines.toml", "[[line]]", {
    NUMBER = "number", "number", Required,
        "What citizens dial.";
    ALIASES = "aliases", "list of numbers, * at one end: any digits", Value("[]"),
        "Other ways the network writes it: with area code, with country code.";
    NAME = "name", "text", Value("\"\""),
        "On the display of the seat that is rung, beside the caller's number: one seat may answer fifteen lines. Empty shows the line's number.";
    TRUNKS = "trunks", "list of trunks", Value("[]"),
        "Who may bring calls to it; none means every trunk.";
    GREETING = "greeting", "list of prompts", Value("[]"),
        "Played on answer, while a seat is already looked for.";
    QUEUE = "queue", "queue", Required,
        "Where its callers wait.";
    SKILLS = "skills", "table of skill to level 1 to 10", Value("{}"),
        "What a seat must know, and how well, beside what the queue asks.";
    PRIORITY = "priority", "0 to 255", Value("0"),
        "Higher goes first; equal goes by who came first. 0 for all is the fair start.";
});

section!(queue, "queues.toml", "[[queue]]", {
    NAME = "name", "name", Required,
        "In records, statistics, lines.toml and seats.toml.";
    TITLE = "title", "text", Value("\"\""),
        "Shown on the wallboard; empty shows the name.";
    STRATEGY = "strategy", "longest_idle, fewest_calls, best_skill, round_robin, least_talk or linear",
        Value("\"longest_idle\""),
        "Which free seat is rung: the one free longest is what people call fair.";
    RING = "ring", "duration, 3s to 5m", Value("\"15s\""),
        "How long one seat is rung: five rings; who has not picked up by then is not there.";
    WRAP_UP = "wrap_up", "duration, 0s to 1h", Value("\"20s\""),
        "After-call work, to finish the ticket; a feature code gives more.";
    MAX_WAIT = "max_wait", "duration, 5s to 24h", Absent("for ever"),
        "When a caller is told sorry: a hotline does not hang up on those who wait, so never.";
    MAX_LENGTH = "max_length", "callers, 1 to 100000", Value("200"),
        "One more is turned away busy: who hears 200 before them is better told at once.";
    SKILLS = "skills", "table of skill to level 1 to 10", Value("{}"),
        "What a seat must know, and how well, for every call here.";
    MUSIC = "music", "prompt", Value("\"music\""),
        "Played over and over while waiting: silence sounds like a dead line.";
    ANNOUNCEMENTS = "announcements", "table", Value("{}"),
        "What those who wait are told; see below.";
    OVERFLOW = "overflow", "list of tables", Value("[]"),
        "Where else to look for a seat; see below.";
    WIDENING = "widening", "list of tables", Value("[]"),
        "What to ask less of as a caller waits; see below.";
    LEAVE_WHEN_EMPTY = "leave_when_empty", "true or false", Value("false"),
        "Whether callers are let go when nobody who serves it is signed in: somebody comes back from a break, so no.";
    WEIGHT = "weight", "0 to 255", Value("0"),
        "For shared seats: all calls of a heavier queue go first. 0 for all is the fair start.";
    SERVICE_LEVEL = "service_level", "duration, 1s to 1h", Value("\"15s\""),
        "An answer within it is in time in `/api/v1/queues/figures`; the wall shows 15 seconds, as GB/T 33358-2016 asks.";
    SHORT_ABANDON = "short_abandon", "duration, 0s to 5m", Value("\"5s\""),
        "Who hangs up within it misdialled: `/api/v1/queues/figures` shows them apart.";
});

section!(announcements, "queues.toml", "announcements = { … }", {
    FIRST = "first", "list of prompts", Value("[]"),
        "The first thing a waiting caller is told.";
    FIRST_AFTER = "first_after", "duration, 0s to 1h", Value("\"15s\""),
        "After joining: who is answered in time needs no apology.";
    REPEAT = "repeat", "list of prompts", Value("[]"),
        "What they are told again and again.";
    EVERY = "every", "duration, 10s to 1h", Absent("never again"),
        "How often; 30 seconds shows the line is alive and does not nag.";
});

section!(overflow, "queues.toml", "overflow = [{ … }]", {
    AFTER = "after", "duration, 0s to 24h", Required,
        "Since the caller joined.";
    TO = "to", "queue", Required,
        "Whose seats count too; the caller keeps their place here.";
});

section!(widening, "queues.toml", "widening = [{ … }]", {
    AFTER = "after", "duration, 0s to 24h", Required,
        "Since the caller joined.";
    LOWER_BY = "lower_by", "levels, 0 to 10", Value("0"),
        "How much lower every level asked for is; one that falls to 0 is asked no more.";
    TIERS = "tiers", "tiers, 0 to 10", Value("0"),
        "How many more tiers of seats count; before, only those of tier 1 do.";
});

section!(seats, "seats.toml", "[[seats]]", {
    NUMBERS = "numbers", "numbers and ranges", Required,
        "What their phones register with: \"1001-1080\", \"1001-1010, 1020\".";
    QUEUES = "queues", "table of queue to tier 1 to 10", Required,
        "The queues they serve, and who is rung first: tier 1.";
    SKILLS = "skills", "table of skill to level 1 to 10", Value("{}"),
        "What they know, and how well.";
    CONTACT = "contact", "SIP URI, {seat}: the number", Absent("its phone registers"),
        "For phones that cannot register.";
    STARTS_READY = "starts_ready", "true or false", Value("false"),
        "Whether they take calls without anybody signing in: for robots and load tests; people sign in.";
    WAITS_AFTER_WRAP_UP = "waits_after_wrap_up", "true or false", Value("false"),
        "Whether they take the next call only when somebody says ready: for beginners.";
    SYMMETRIC = "symmetric", "auto, always or never", Value("\"auto\""),
        "Where our voice goes: auto is the address in the phone's SDP, or where its voice comes from when an address translation shows; always and never do not look.";
});

section!(agent, "agents.toml", "[[agent]]", {
    ACCOUNT = "account", "name of an account", Required,
        "The person; `heartline check` warns about a name that the keyring does not have.";
    TEAM = "team", "text", Value("\"\""),
        "The team they are shown in; it does not decide which calls they get.";
    SKILLS = "skills", "table of skill to level 1 to 10", Value("{}"),
        "Their skills, at whichever seat they sign in, instead of the seat's own.";
    QUEUES = "queues", "table of queue to tier 1 to 10", Required,
        "The queues they serve instead of the seat's own; tier 1 is rung first.";
});

section!(blocked, "blacklist.toml", "[[caller]]", {
    NUMBER = "number", "number", Required,
        "Who is turned away, as the network writes it.";
    REASON = "reason", "text", Required,
        "Nobody is turned away without one.";
    EXPIRES = "expires", "date, the last day", Absent("until somebody removes it"),
        "People change; numbers change hands.";
    APPROVER = "approver", "text", Required,
        "Who answers for it when the caller objects.";
});

section!(destination, "courier.toml", "[[destination]]", {
    NAME = "name", "name, not sms", Required,
        "In the log, and part of every record's key there: choose it once. A new name begins anew.";
    URL = "url", "http or https address", Required,
        "Where each record is sent by POST. Its certificate must be known to this machine; http only inside a network of your own.";
    SECRET = "secret", "name of a secret", Required,
        "Signs what is sent, as Standard Webhooks has it. Set it with `heartline secret`; it is never in this file.";
    EVENTS = "events", "list of kinds, subject.* or *", Value("[\"*\"]"),
        "Which deeds it gets: \"ticket.*\", \"assignment.signed\". In `*` is all there is; calls are not among it.";
    FROM = "from", "now or first", Value("\"now\""),
        "Where a new destination begins: with what happens from now on, or with the first record of the log.";
    PERSONS = "persons", "masked or whole", Value("\"masked\""),
        "Whether names, numbers and addresses go out. Whole still masks those who asked to stay unknown to others.";
    TIMEOUT = "timeout", "duration, 1s to 2m", Value("\"10s\""),
        "How long an answer may take: longer than a slow far end needs, short enough to notice a dead one.";
    HEADERS = "headers", "table of header to text, {secret}: the secret", Value("{}"),
        "What else the far end asks for, `Authorization = \"Bearer {secret}\"` for instance.";
    RECONCILE = "reconcile", "http or https address", Absent("it does not compare"),
        "Where it takes each day's statement of what it was sent: it says what it lacks, and that is sent again.";
});

section!(sms, "courier.toml", "[sms]", {
    URL = "url", "http or https address", Required,
        "Where the gateway takes an SMS.";
    SECRET = "secret", "name of a secret", Absent("the gateway asks for none"),
        "The gateway's password, wherever {secret} stands below. Set it with `heartline secret`.";
    CONTENT = "content", "json or form", Value("\"json\""),
        "What the body is, and so how what is filled in is escaped.";
    BODY = "body", "text with {to} {text} {key} {secret} {time}", Required,
        "What is sent. {key} is the same however often one SMS is sent: give it where the gateway knows repeats. {time} is yyyymmddhhmmss.";
    HEADERS = "headers", "table of header to text, {secret}: the secret", Value("{}"),
        "What else the gateway asks for.";
    TIMEOUT = "timeout", "duration, 1s to 2m", Value("\"10s\""),
        "How long its answer may take.";
    RESULT = "result", "path in its answer, data.code", Absent("HTTP 2xx means taken"),
        "Where its answer says whether it took the SMS: many say 200 to everything.";
    TAKEN = "taken", "list of texts", Value("[\"0\"]"),
        "What stands there when it did.";
    LATER = "later", "list of texts", Value("[]"),
        "What stands there when it is busy, or the account is empty: such an SMS waits. Anything else is a refusal.";
    ID = "id", "path in its answer, data.msgid", Absent("receipts name our key"),
        "Where it gives its own name for the SMS, by which receipts come.";
    QUIET_FROM = "quiet_from", "time of day", Value("\"21:00\""),
        "Nobody is woken to say how satisfied they are. What is urgent goes all the same.";
    QUIET_UNTIL = "quiet_until", "time of day", Value("\"08:00\""),
        "When what waited goes; the same time as quiet_from for no quiet hours.";
});

section!(hook, "courier.toml", "[[hook]]", {
    NAME = "name", "name", Required,
        "Part of its address: `POST /hooks/NAME`.";
    CARRIES = "carries", "messages or receipts", Value("\"messages\""),
        "What comes: what people wrote, or what became of our SMS.";
    CHANNEL = "channel", "a channel, mailbox, sms, wechat, police, grid …", Value("\"platform\""),
        "By which way its messages count as come, in tickets and reports.";
    PROOF = "proof", "signature or token", Value("\"signature\""),
        "How a sender shows who it is: by Standard Webhooks, or, for gateways that cannot, by `?token=` or a bearer token.";
    SECRETS = "secrets", "list of names of secrets", Required,
        "Any of them will do: two while one is changed for the other. Set them with `heartline secret`.";
    ITEMS = "items", "path in the body, data.list", Absent("the body is one, or a list"),
        "Where several come at once.";
    FIELDS = "fields", "table of our names to paths in theirs", Value("{}"),
        "What is called otherwise there: `{ from = \"mobile\", text = \"content\" }`. Ours are message_id, from, to, text, media, at, and of a case or a form case, due, title, name, contact, address, area, topic, purpose, confidential; of receipts gateway_id and status. Without message_id (and `webhook-id`), equal content within 20 minutes is a repeat, unless its sender was asked a question by SMS in between; later it is a new message.";
    DELIVERED = "delivered", "list of texts", Value("[\"DELIVRD\"]"),
        "Which status of a receipt means that the SMS is on the phone (SMPP 3.4).";
    ANSWER = "answer", "text", Value("\"{\\\"taken\\\":true}\""),
        "What a sender is told when its message is taken: some wait for a word of their own.";
});

section!(desk, "desk.toml", "[desk]", {
    HUB = "hub", "unit", Value("\"hub\""),
        "The hotline's own unit in desk/units.csv: it supervises where nobody else does.";
    OFFICE_HOURS = "office_hours", "list of spans, 08:30-12:00", Value("[\"08:30-12:00\", \"14:00-18:00\"]"),
        "Clocks of working hours run only in them. Which days are worked is in calendar/.";
    ROUNDS = "rounds", "whole number, 0 to 20", Value("2"),
        "How often a demand is handled at most: 1 never again, 2 with one redo, 0 until the caller is satisfied.";
    REPLY_BY = "reply_by", "hub, unit or both", Value("\"hub\""),
        "Who tells the caller the result (RPL-04, RPL-05).";
    SIGN_BEFORE_DISPATCH = "sign_before_dispatch", "none, important or all", Value("\"none\""),
        "What a leader signs before units get it. none still means what is marked for the leader (LDR-10).";
    FURTHER_SIGNATURES = "further_signatures", "list of posts", Value("[]"),
        "Who signs a result after the unit's head, in this order (RPL-07).";
    CLAIM = "claim", "duration, 1m to 24h", Value("\"30m\""),
        "A ticket somebody has taken from the pool and left alone goes back to it.";
    FILING_DAYS = "filing_days", "whole number, 1 to 3660", Value("365"),
        "How long a difficult matter's filing holds before it is looked at again (UNS-05).";
    REOPEN_DAYS = "reopen_days", "whole number, 0 to 366", Value("30"),
        "In which a citizen may open a closed ticket again; later a call opens a new one.";
    ARCHIVE_DAYS = "archive_days", "whole number, 1 to 3660", Value("30"),
        "After which a closed ticket nothing holds is put away.";
});

section!(wording, "desk.toml", "[wording]", {
    PROMISE = "promise", "list of words", Value("[\"尽快\", \"近期\", \"适时\", \"一定会\", \"保证\", \"力争\"]"),
        "Promises without a day; whoever reviews a result is pointed at them (RPL-02), nothing is refused for them.";
    VAGUE = "vague", "list of words", Value("[\"已协调\", \"已转交\", \"已反映\", \"正在处理\", \"相关部门\", \"加强监管\", \"高度重视\"]"),
        "Words that say that something was done and not what.";
    PASSING_ON = "passing_on", "list of words", Value("[\"不归我\", \"不属于我\", \"与我单位无关\", \"请向\", \"请咨询\", \"自行解决\"]"),
        "Words that send the caller to somebody else. Persons' numbers in a result are always pointed out.";
});

section!(callback, "desk.toml", "[callback]", {
    SMS_FIRST = "sms_first", "true or false", Value("true"),
        "Ask by SMS before a person calls, when courier.toml names a gateway.";
    UNSATISFIED_SMS = "unsatisfied_sms", "whole number, 0 to 9", Value("2"),
        "Unsatisfied answers by SMS before a ticket may be closed as unsatisfied (CB-06).";
    UNSATISFIED_CALLS = "unsatisfied_calls", "whole number, 0 to 9", Value("1"),
        "The same of answers to a person; both at 0 would close without asking and is refused.";
    TRIES = "tries", "whole number, 1 to 20", Value("3"),
        "Calls in vain before somebody counts as not to be reached (T08, T25).";
    TRIES_DAYS = "tries_days", "whole number, 1 to 20", Value("2"),
        "On how many days; not more than tries.";
    QUIET_FROM = "quiet_from", "hour, 0 to 23", Value("21"),
        "Nobody is asked from this hour on; where courier.toml names an SMS gateway, its quiet hours hold.";
    QUIET_TO = "quiet_to", "hour, 0 to 23", Value("8"),
        "Nor before this one.";
});

section!(policy, "desk.toml", "[policy]", holds ["clocks"], {
    VERSION = "version", "whole number, from 1", Value("1"),
        "Every promise names it: count it up whenever something below changes. What was promised stays as it was.";
    DOCUMENT = "document", "text", Value("\"Heartline\""),
        "The rule's title and number, printed with the reason of a due date (SUP-12).";
    EFFECTIVE_FROM = "effective_from", "date", Value("\"2007-01-01\""),
        "The first day the document holds; printed with it.";
    DAY_END = "day_end", "midnight or office_close", Value("\"midnight\""),
        "When the last day of a clock ends.";
    EXTENSION_DAYS = "extension_days", "whole number, 1 to 366", Value("10"),
        "The most working days one extension may add.";
    OVERDUE_DAYS = "overdue_days", "three growing numbers", Value("[3, 5, 10]"),
        "Working days late at which the levels O3, O4 and O5 begin.";
    ORDER_REPLY_DAYS = "order_reply_days", "three whole numbers", Value("[3, 2, 1]"),
        "Working days to answer a supervision order of level 1, 2 and 3.";
    ORDER_NAMES = "order_names", "three texts", Value("[\"一级督查令(提醒)\", \"二级督查令(警示)\", \"三级督查令(问责)\"]"),
        "What the levels are called on paper: some places number them the other way round.";
});

section!(clocks, "desk.toml", "[policy.clocks]", {
    ANSWER = "answer", "time", Value("\"15s\""), "C1: answering a call.";
    SIGN = "sign", "time", Value("\"1 working day\""), "C2: a unit signs for what it got.";
    RETURN_WINDOW = "return_window", "time", Value("\"1 working day\""), "C3: in which it may say that it is not theirs.";
    FIRST_CONTACT = "first_contact", "time", Value("\"1 working day\""), "C4: the unit has called the caller.";
    QUICK_RESPOND = "quick_respond", "time", Value("\"24h\""), "C5: the ceiling for the twelve quick kinds, besides their own.";
    QUICK_DANGER = "quick_danger", "time", Value("\"2h\""), "C5: where life or property is in danger.";
    HANDLE_A = "handle_a", "time", Value("\"5 working days\""), "C6: a simple matter.";
    HANDLE_B = "handle_b", "time", Value("\"7 working days\""), "C6: an ordinary one.";
    HANDLE_C = "handle_c", "time", Value("\"15 working days\""), "C6: a complex one.";
    HANDLE_CONSULT = "handle_consult", "time", Value("\"1 working day\""), "C6: a question that was dispatched.";
    SUPERVISE_REVIEW = "supervise_review", "time", Value("\"1 working day\""), "C7: the supervising unit looks at a result.";
    LEADER_SIGNED = "leader_signed", "time", Value("\"7 working days\""), "C8: what a leader has signed.";
    HUB_ACCEPT = "hub_accept", "time", Value("\"1 working day\""), "C9: the hotline checks a result.";
    HUB_REPLY = "hub_reply", "time", Value("\"1 working day\""), "C9: the caller is told.";
    CALLBACK_START = "callback_start", "time", Value("\"1 working day\""), "C9: the caller is asked.";
    FILING_REVIEW = "filing_review", "time", Value("\"3 working days\""), "C11: a difficult matter's filing is decided.";
    ARBITRATE = "arbitrate", "time", Value("\"1 working day\""), "C11: it is decided whose it is.";
    APPEAL = "appeal", "time", Value("\"3 working days\""), "C11: a unit may object to its score.";
    LOST_CALL = "lost_call", "time", Value("\"2 working hours\""), "C12: who reached nobody is called back.";
    MESSAGE_ACK = "message_ack", "time", Value("\"3m\""), "C13: a written message has a number.";
    MESSAGE_HUMAN = "message_human", "time", Value("\"2h\""), "C13: a person has answered it.";
    REVIEW = "review", "time", Value("\"2 working hours\""), "T09: a demand is checked before it is dispatched.";
});

section!(desk_sms, "desk/sms.toml", "", holds ["templates"], {
    CITY = "city", "text", Value("\"\""),
        "Fills {city}: whose 12345 it is.";
});

section!(templates, "desk/sms.toml", "[templates]", {
    ACCEPTED = "accepted", "text with {city} {no} {code} {due}", Value("\"【{city}12345】您的诉求{no}已受理，查询码{code}，办理期限至{due}。\""),
        "To the citizen, when a demand is registered (T02).";
    EVAL1 = "eval1", "text with {city} {no} {unit} {short}", Value("\"【{city}12345】您的诉求{no}已由{unit}办理：{short}。请回复数字评价：5非常满意 4满意 3基本满意 2不满意 1非常不满意（2、1请附原因）。\""),
        "Asks how satisfied they are, the first time (T21).";
    EVAL2 = "eval2", "text with {city} {no} {unit} {short}", Value("\"【{city}12345】您的诉求{no}经再次办理：{short}。请回复5-1评价，如仍不满意我们将电话与您联系。\""),
        "Asks again, after it was handled once more.";
    REPLY = "reply", "text with {city} {no} {text}", Value("\"【{city}12345】您的诉求{no}：{text}\""),
        "To the citizen, what they are told by SMS when no question follows (T20).";
    UNSATISFIED = "unsatisfied", "text with {city} {no}", Value("\"【{city}12345】您的诉求{no}已按不满意件结案，承办单位将继续办理，我们跟踪到您满意为止。\""),
        "To the citizen, when it is closed as unsatisfied (T24).";
    EXTENDED = "extended", "text with {city} {no} {reason} {due}", Value("\"【{city}12345】您的诉求{no}因{reason}延期至{due}，请谅解。\""),
        "To the citizen, when more time was given.";
    UNIT_NEW = "unit_new", "text with {city} {no} {title} {grade} {due_sign} {due} {sup}", Value("\"【12345派单】{no} {title}，{grade}类，请于{due_sign}前签收，{due}前办结。督办单位：{sup}。\""),
        "To a unit's liaison, when a ticket is dispatched (T14).";
    UNIT_YELLOW = "unit_yellow", "text with {city} {no}", Value("\"【12345黄牌】{no} 距办结时限不足1个工作日。\""),
        "To a unit, a working day before its time is over.";
    UNIT_RED = "unit_red", "text with {city} {no} {head} {n}", Value("\"【12345红牌】{no} 已超期，请{head}当日说明原因和办结时间。已催办{n}次。\""),
        "To a unit, when its time is over.";
});

section!(periods, "reports.toml", "[periods]", {
    DAY_ENDS = "day_ends", "time of day, 24:00 or 00:01 to 23:59", Value("\"24:00\""),
        "Some cities count from noon to noon: 12:00. A day is named by the date it ends on.";
    WEEK_BEGINS = "week_begins", "monday to sunday", Value("\"monday\""),
        "Zhengzhou's weeks of 2012 began on Saturday. The first week of a year is the one with 4 January in it.";
    MONTH_ENDS = "month_ends", "day of the month, 1 to 28, 0: its last", Value("0"),
        "18 for assessment months from the 19th to the 18th. A month is named by the one it ends in.";
    YEAR_ENDS = "year_ends", "month, 1 to 12", Value("12"),
        "10 for assessment years from November to October. Quarters are three months each from its first.";
    DRAFT_AT = "draft_at", "time of day, 00:00 to 23:59", Value("\"07:30\""),
        "From then on a report whose period is over is on the list of those to be released, until it is.";
});

section!(counting, "reports.toml", "[counting]", {
    FAIRLY_SATISFIED = "fairly_satisfied", "0 to 1", Value("0.9"),
        "What an answer of 3 (基本满意) adds to the satisfied: a district of Beijing uses 0.9; 1 and 0 are in use too.";
    PARTLY_SOLVED = "partly_solved", "0 to 1", Value("0"),
        "What \"partly\" adds to the solved; some cities say 0.5.";
    SHORT_ABANDON = "short_abandon", "duration, 0s to 1m", Value("\"0s\""),
        "Callers who leave the queue sooner are no attempts in the connect rate. As shipped every caller is one.";
    REPEAT_WITHIN = "repeat_within", "days, 1 to 365", Value("30"),
        "A matter that had a ticket so lately is a repeat.";
    OUTBREAK = "outbreak", "tickets, 2 to 1000", Value("5"),
        "So many of one topic in one area within an hour are listed in the daily report.";
});

section!(ranking, "reports.toml", "[ranking]", {
    DUE_MIN = "due_min", "pieces, 0 to 10000", Value("10"),
        "A unit with fewer pieces due is given its band and no rank: one late piece of three says little.";
    BEST = "best", "units a group, 0 to 100", Value("10"),
        "How many are named the best (十佳).";
    BEST_FROM = "best_from", "points, 0 to 100", Value("80"),
        "A unit with a lower score is not among the best, however few others there are: as shipped, they are at least 良好.";
    WORST = "worst", "units a group, 0 to 100", Value("3"),
        "How many are named the worst (三差); fewer when fewer are below the line.";
    WORST_BELOW = "worst_below", "points, 0 to 100", Value("90"),
        "Who has as many is never among the worst.";
    BANDS = "bands", "three points, falling", Value("[90, 80, 60]"),
        "The lowest scores of 优秀, 良好 and 合格, as in Bengbu.";
});

section!(score, "reports.toml", "[score]", {
    SIGN = "sign", "points", Value("5"),
        "For signing in time. The nine together make 100.";
    ON_TIME = "on_time", "points", Value("25"),
        "For what was done by its due date.";
    SATISFIED = "satisfied", "points", Value("25"),
        "For callers who are satisfied.";
    SOLVED = "solved", "points", Value("15"),
        "For callers who say that it is solved.";
    AT_ONCE = "at_once", "points", Value("10"),
        "For what was not done again.";
    RETURNS = "returns", "points", Value("5"),
        "For not returning in vain.";
    CONTACT = "contact", "points", Value("5"),
        "For callers who say that the unit has spoken with them.";
    URGING = "urging", "points", Value("5"),
        "For not being urged by the hotline.";
    KNOWLEDGE = "knowledge", "points", Value("5"),
        "For reviewing its items of the knowledge base in time.";
});

section!(extras, "reports.toml", "[extras]", {
    UNSATISFIED = "unsatisfied", "points, 0 to 10", Value("0.5"),
        "Taken off for each unsatisfied end.";
    UNSATISFIED_MAX = "unsatisfied_max", "points, 0 to 100", Value("10"),
        "At most for all of them.";
    GIVEN_BACK = "given_back", "0 to 1", Value("0"),
        "What part of it is given back in the period in which the item is struck off (销号); 1 gives back all of it.";
    VAGUE = "vague", "points, 0 to 10", Value("0.2"),
        "Taken off for each result that the hotline sent back as vague (不详).";
    FALSE_RESULT = "false_result", "points, 0 to 10", Value("2"),
        "Taken off for each result that was found to be false (不实): sent back, done again or opened again for it.";
    ORDERS = "orders", "three points, 0 to 10", Value("[0.5, 1, 2]"),
        "Taken off for an order of level 1, 2 and 3.";
    THANKS = "thanks", "points, 0 to 10", Value("0.1"),
        "Added for each call, letter or banner of thanks.";
    ADDED_MAX = "added_max", "points, 0 to 100", Value("5"),
        "At most for all that is added.";
});

section!(opening, "reports.toml", "[opening]", {
    ACCEPTED = "accepted", "demands, 0 to 100000000", Value("0"),
        "What the hotline had taken on before this engine: running totals (累计) go on from it. It is printed with them.";
    CLOSED = "closed", "demands, 0 to 100000000", Value("0"),
        "How many of them were closed.";
    SOURCE = "source", "text", Value("\"\""),
        "Where the two are from, as it is printed: \"2009—2025年旧系统\".";
});
