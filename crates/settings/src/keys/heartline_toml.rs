//! Keys of `heartline.toml`.

section!(hotline, "heartline.toml", "[hotline]", {
    NAME = "name", "text", Value("\"12345\""),
        "Shown on the console.";
    TIMEZONE = "timezone", "IANA name or offset", Value("\"Asia/Shanghai\""),
        "Dates of tickets and reports. A zone with summer time is refused: an hour that comes twice would count twice.";
    AREA_CODE = "area_code", "area code with its 0", Value("\"\""),
        "The city's area code, \"010\" or \"0371\": with it 67178888 and 0371-67178888 count as one telephone for repeat callers, missed calls, the blacklist, searches and proofs of callbacks. Empty: they count as two.";
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
        "Every phone supports md5. Some, such as baresip in Debian 12, do not register when sha-256 is offered; add it when all of yours support it.";
    SESSION_EXPIRES = "session_expires", "duration, 90s to 24h", Value("\"30m\""),
        "The time until a call ends whose BYE was lost; RFC 4028 recommends 30 minutes.";
    RETRY_AFTER = "retry_after", "duration, 1s to 1h", Value("\"5s\""),
        "The Retry-After of calls that are refused for lack of capacity; short, because a citizen is waiting.";
});

section!(register, "heartline.toml", "[sip.register]", {
    MIN = "min", "duration, 10s to 24h", Value("\"60s\""),
        "A shorter registration is answered 423, because eighty phones that register each second are a flood.";
    MAX = "max", "duration, 10s to 24h", Value("\"1h\""),
        "A longer registration is shortened, so that a phone that is gone is not rung for a day.";
    DEFAULT = "default", "duration, 10s to 24h", Value("\"5m\""),
        "For a phone that names none; short enough to keep an address translation open.";
});

section!(shield, "heartline.toml", "[sip.shield]", {
    MESSAGES_PER_S = "messages_per_s", "messages a second, 1 to 1000000", Value("50"),
        "From one registered phone, and from one address where no phone is known; ten times as many where phones have registered. A phone in a call needs fewer than five.";
    BURST = "burst", "messages, 1 to 1000000", Value("200"),
        "Messages at once before the average applies; ten times as many where phones have registered, for an office after a power cut. Each message above it is dropped and counted.";
    TRUNK_MESSAGES_PER_S = "trunk_messages_per_s", "messages a second, 1 to 10000000", Value("20000"),
        "From one address of a trunk or of a proxy: two thousand calls a second of ten messages, more than any carrier sends.";
    WRONG_PASSWORDS = "wrong_passwords", "count, 1 to 1000", Value("10"),
        "Wrong passwords for one user from one address that are checked without delay: a person mistypes a few times, a guesser more than ten times.";
    PASSWORD_RETRY = "password_retry", "duration, 1s to 1h", Value("\"20s\""),
        "After those, one password of that user from that address is checked in this time; a phone with an old password, which tries once a minute, is never slowed.";
});

section!(streams, "heartline.toml", "[sip.streams]", {
    TOTAL = "total", "TCP connections, 16 to 16384", Value("4096"),
        "All connections together. One more closes the unknown sender's connection that was silent longest; connections of registered phones, calls and trunks are never closed for it.";
    PER_STRANGER = "per_stranger", "TCP connections, 1 to 16384", Value("32"),
        "From one address where no phone is known; a connection counts until its phone has authenticated.";
    PER_KNOWN = "per_known", "TCP connections, 1 to 16384", Value("256"),
        "From one address where phones have authenticated in the last 30 days: an office that comes back after a power cut, or after a restart of the engine.";
    PER_TRUNK = "per_trunk", "TCP connections, 1 to 16384", Value("1024"),
        "From one address of a trunk: a gateway may open one for each call.";
    FIRST_MESSAGE = "first_message", "duration, 1s to 5m", Value("\"10s\""),
        "The time limit for the first complete message of an unknown sender; a phone registers as soon as it is connected.";
    MESSAGE = "message", "duration, 1s to 5m", Value("\"15s\""),
        "The time limit for a complete message from its first byte, for every sender.";
    IDLE = "idle", "duration, 10s to 24h", Value("\"150s\""),
        "The silence after which a connection is closed, unless a trunk opened it or a registered phone, a call or a request of ours uses it; phones send a keep-alive at least every 120 s (RFC 5626).";
});

section!(media, "heartline.toml", "[media]", {
    BIND = "bind", "address", Value("\"::\""),
        "The address for voice; :: accepts IPv6 and IPv4, because a caller and a seat may use different ones. Voice is marked EF (DSCP 46) and signalling CS3 (DSCP 24).";
    PORTS = "ports", "range or auto:pairs", Value("\"20000-20999\""),
        "500 pairs: one for each caller, and one for each seat that rings or talks. A pair is kept free for each seat that could be rung for waiting callers; `heartline check` notes when pairs, `channels` and `max_length` do not fit together. Below the system's own range (32768), so that no other program takes one.";
    THREADS = "threads", "count, 1 to 64", Absent("half of the cores, at least one"),
        "The threads that carry voice; each takes a part of the calls. One relays and records some hundred calls at once.";
    VOICE_LOST_AFTER = "voice_lost_after", "duration, 1s to 10m, or 0s", Value("\"30s\""),
        "The time without RTP and RTCP from a side after which an alarm is raised in a talk and the far end is probed by OPTIONS. Silence alone ends no call; 0s switches both off.";
    ASSUME_SOURCE = "assume_source", "true or false", Value("true"),
        "Whether a single unverified source is accepted after half a second when a phone's own address is private and no host that signalling names sends its voice; the call's record says so. With false such a phone is not heard.";
});

section!(recording, "heartline.toml", "[recording]", {
    FOLDER = "folder", "path", Value("\"recordings\""),
        "Relative to where the engine is started. A separate disk keeps the journal fast.";
    ENCODING = "encoding", "pcm, alaw or ulaw", Value("\"pcm\""),
        "How new recordings are stored: pcm is 16 bits (a stereo hour is 110 MiB), alaw and ulaw are G.711 in half the space. The calls' own law keeps their voice as it came; choose alaw in China and Europe. The console plays all of them.";
    LOW_WATER = "low_water", "size in KiB, MiB, GiB, TiB", Value("\"20GiB\""),
        "Free space that raises the alarm: as pcm this is about eight days of one seat.";
    FULL_WATER = "full_water", "size in KiB, MiB, GiB, TiB", Value("\"1GiB\""),
        "Free space below which new calls are not recorded and an alarm is raised; the record of each such call says so.";
    THREADS = "threads", "count, 1 to 64", Value("2"),
        "One may wait for the disk while the other writes.";
});

section!(http, "heartline.toml", "[http]", {
    LISTEN = "listen", "address", Value("\"127.0.0.1:8080\""),
        "This machine only; to open it to others, put a proxy with TLS in front of it.";
    LOGIN_LASTS = "login_lasts", "duration, 1m to 24h", Value("\"12h\""),
        "The longest session, used or not: a shift and its handover.";
    LOGIN_IDLE = "login_idle", "duration, 1m to 24h", Value("\"30m\""),
        "The time after which a session without a request and an open page ends, such as that of a closed browser.";
    PROXIES = "proxies", "list of addresses and networks", Value("[\"127.0.0.1\", \"::1\"]"),
        "Reverse proxies in front of the console. Their headers about a client are trusted: its address (for log-ins, limits and the audit), https, and the requested host. The headers of other senders are ignored.";
    PROXY_HEADER = "proxy_header", "x-forwarded-for or forwarded", Value("\"x-forwarded-for\""),
        "The header that they write, read from the right. The other header is not read, because a proxy passes it on as the client wrote it.";
    CONNECTIONS = "connections", "count, 8 to 65536", Value("4096"),
        "Open connections. One more closes the oldest of a person who is not logged in, or an idle one.";
    CONNECTIONS_PER_ADDRESS = "connections_per_address", "count, 4 to 65536", Value("512"),
        "From one address that is not a proxy's: each of eighty browsers in an office opens six.";
    REQUESTS_PER_ACCOUNT = "requests_per_account", "count, 2 to 65536", Value("64"),
        "Open requests, live streams included; more are answered 429.";
    REQUESTS_PER_ADDRESS = "requests_per_address", "count, 2 to 65536", Value("128"),
        "Open requests without a log-in or token, webhooks and Open311 included: a shift of eighty people who log in.";
    STREAMS_PER_ACCOUNT = "streams_per_account", "count, 1 to 2000", Value("32"),
        "Open live streams, of 2,000 in all: the wallboards of a hotline may share an account.";
});

section!(open311, "heartline.toml", "[open311]", {
    ENABLED = "enabled", "true or false", Value("false"),
        "Whether Open311 GeoReport v2 is served at /open311/v2, for apps and web forms that report and look up requests. Put a proxy with TLS in front of it.";
    JURISDICTION = "jurisdiction", "text", Value("\"\""),
        "Such as zhengzhou.gov.cn: a request with another one is refused. Empty: any is accepted.";
    KEYS = "keys", "table of name to SHA-256 in hex", Value("{}"),
        "The apps that may report. `heartline open311-key NAME` makes a key and prints the line for this table; the key itself is not stored.";
    CHANNEL = "channel", "app, mailbox, wechat, weibo or forum", Value("\"app\""),
        "The channel under which requests are counted in tickets and reports.";
    PUBLISH = "publish", "own or all", Value("\"own\""),
        "The tickets that anybody may look up: those reported over Open311, or all. Confidential and sensitive tickets and reports of wrongdoing are never shown, and neither are the caller and the caller's text.";
    PER_MINUTE = "per_minute", "requests a minute, 1 to 100000", Value("120"),
        "For each address that looks up and each key that reports; one more is answered 429.";
    BASE = "base", "http or https address", Absent("http:// and the address of [http]"),
        "The address at which others reach the server, as discovery states it.";
    CONTACT = "contact", "text", Value("\"\""),
        "The contact for questions, as discovery states it.";
    KEY_SERVICE = "key_service", "text", Value("\"\""),
        "The place to ask for a key, as discovery states it.";
});

section!(data, "heartline.toml", "[data]", {
    FOLDER = "folder", "path", Value("\"data\""),
        "Journal, index and keyring. Relative to where the engine is started; back it up by copying.";
    CACHE = "cache", "size in KiB, MiB, GiB, 8MiB to 64GiB", Value("\"64MiB\""),
        "Memory for pages of the index: the calls and tickets of a day. Lists that go back further read the disk; give more where people search years.";
});

section!(intake, "heartline.toml", "[intake]", {
    CAPACITY = "capacity", "calls, 16 to 1000000", Value("4096"),
        "Arrivals the center has not yet taken; it takes them in microseconds, so more than this is a flood and gets 503.";
});

section!(start, "heartline.toml", "[start]", {
    EMERGENCY = "emergency", "table, see below", Absent("a start whose log or disk fails ends with an error"),
        "With it such a start takes calls without the log: they are answered, queued and recorded, and imported once the log is repaired.";
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
        "Whether the person who gives a role with personal data or decisions may also confirm it: one person then has two of the three duties (三员), and `heartline check` warns. The auditor's duty stays separate.";
});

section!(feature_codes, "heartline.toml", "[feature_codes]", {
    LOGIN = "login", "code of * # digits, empty: off", Value("\"*71\""),
        "Sign in. The 7x block is free of the network's own star codes in most countries.";
    LOGOUT = "logout", "code of * # digits, empty: off", Value("\"*72\""),
        "Sign out.";
    READY = "ready", "code of * # digits, empty: off", Value("\"*73\""),
        "Take calls; ends after-call work.";
    NOT_READY = "not_ready", "code of * # digits, empty: off", Value("\"*74\""),
        "Take no calls; a digit after it names the reason, without one it is a break.";
    WRAP_UP_EXTEND = "wrap_up_extend", "code of * # digits, empty: off", Value("\"*75\""),
        "More time for after-call work.";
    WRAP_UP_EXTEND_BY = "wrap_up_extend_by", "duration, 5s to 1h", Value("\"60s\""),
        "How much more: once for a long ticket, twice for a very long one.";
    REASONS = "reasons", "table of digit to reason",
        Value("{ 1 = \"break\", 2 = \"meal\", 3 = \"training\", 4 = \"meeting\", 5 = \"coaching\", 6 = \"admin\", 7 = \"outbound\", 8 = \"leader\" }"),
        "The reason for each digit after not_ready, in the words of reports.";
});

section!(floor, "heartline.toml", "[floor]", holds ["missed"], {
    READY_AT_LOGIN = "ready_at_login", "true or false", Value("false"),
        "Whether signing in makes a seat ready. People usually sign in first and become ready later.";
});

section!(missed, "heartline.toml", "[floor.missed]", {
    NO_ANSWER = "no_answer", "until_ready or duration, 1s to 1h", Value("\"until_ready\""),
        "The phone rang until the deadline: the seat is probably empty, and the next caller should not wait for it.";
    REJECTED = "rejected", "until_ready or duration, 1s to 1h", Value("\"15s\""),
        "The agent pressed the reject key: a short pause.";
    BUSY = "busy", "until_ready or duration, 1s to 1h", Value("\"10s\""),
        "The phone is in another call and soon free.";
    UNREACHABLE = "unreachable", "until_ready or duration, 1s to 1h", Value("\"60s\""),
        "The phone gave no answer before the deadline, or 3xx, 404, 408, 410, 480 or 503. The pause ends sooner when it registers again or dials a code; a fixed contact never registers.";
    FAILED = "failed", "until_ready or duration, 1s to 1h", Value("\"30s\""),
        "A fault of the phone or its configuration, which lasts longer than seconds.";
    SAME_CALL = "same_call", "duration, 1s to 1h", Value("\"30s\""),
        "How long a call does not ring the seat that missed it, so that other seats are tried first.";
});

section!(notices, "heartline.toml", "[notices]", {
    SORRY = "sorry", "list of prompts", Value("[\"sorry-zh\", \"sorry-en\"]"),
        "Played before a waiting call is ended without an answer.";
    CONFIRMED = "confirmed", "list of prompts", Value("[\"confirmed\"]"),
        "Played to a seat whose feature code was accepted: two rising tones, which need no language.";
    DENIED = "denied", "list of prompts", Value("[\"denied\"]"),
        "Played to a seat whose feature code was rejected: two falling tones.";
});
