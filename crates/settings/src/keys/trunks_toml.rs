//! Keys of `trunks.toml`.

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
