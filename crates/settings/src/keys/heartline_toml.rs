//! Keys of `heartline.toml`.

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
