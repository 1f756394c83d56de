//! Keys of `trunks.toml`.

section!(proxy, "trunks.toml", "[[proxy]]", {
    SOURCES = "sources", "list of addresses or networks", Required,
        "The addresses a proxy of yours sends from. Trunks and phones behind it are recognised by the address that it saw, in the Via below its own, and phones register through it with Path. It must write that address (Kamailio: force_rport()), and no other machine may send from its address.";
});

section!(trunk, "trunks.toml", "[[trunk]]", {
    NAME = "name", "name", Required,
        "The name in records, statistics and lines.toml.";
    SOURCES = "sources", "list of addresses or networks", Required,
        "The addresses it sends from, by which it is recognised. No two trunks may share one.";
    NUMBERS = "numbers", "list of numbers, * at one end: any digits", Value("[]"),
        "The numbers it may dial; none means every line. Each must belong to a line.";
    CHANNELS = "channels", "calls, 1 to 100000", Absent("as many as there are ports"),
        "The channels of the contract: more calls are a fault of the carrier, or fraud.";
    MEDIA = "media", "list of addresses or networks", Absent("its sources"),
        "The networks its voice comes from, when that is neither the address in its SDP nor the source of its signalling. Voice from other addresses is not accepted.";
    SYMMETRIC = "symmetric", "auto, always or never", Value("\"auto\""),
        "The address that our voice is sent to: auto is the address in its SDP, or the source of its voice when signalling shows an address translation; always and never do not depend on that.";
});
