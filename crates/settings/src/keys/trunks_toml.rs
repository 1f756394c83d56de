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
    DIAL = "dial", "address and port", Absent("no call is sent to it"),
        "The address that calls to outside numbers are sent to, over UDP; its host has to be among the sources.";
    OUTBOUND_CHANNELS = "outbound_channels", "calls, 1 to 100000", Value("10"),
        "The most calls sent to it at once, so that they do not take the channels of callers.";
    CALLER_ID = "caller_id", "number", Absent("the line that the caller dialled"),
        "The number that the called party sees; the carrier accepts those of the contract only.";
    SYMMETRIC = "symmetric", "auto, always or never", Value("\"auto\""),
        "The address that our voice is sent to: auto is the address in its SDP, or the source of its voice when signalling shows an address translation; always and never do not depend on that.";
});

section!(outbound, "trunks.toml", "[outbound]", {
    NUMBERS = "numbers", "list of numbers, * at one end: any digits", Value("[]"),
        "The outside numbers that may be called, as they are dialled; none means that only the emergency numbers may be. Write the prefixes of your city and of mobile phones, such as \"0371*\" and \"1*\": numbers abroad and those that cost more are then not among them.";
    EMERGENCY = "emergency", "list of numbers", Value("[\"110\", \"119\", \"120\", \"122\"]"),
        "The numbers that may always be called, before all other limits.";
});
