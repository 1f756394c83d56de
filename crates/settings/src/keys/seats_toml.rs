//! Keys of `seats.toml`.

section!(seats, "seats.toml", "[[seats]]", {
    NUMBERS = "numbers", "numbers and ranges", Required,
        "The numbers that their phones register with: \"1001-1080\", \"1001-1010, 1020\".";
    QUEUES = "queues", "table of queue to tier 1 to 10", Required,
        "The queues they serve, with tiers; tier 1 is rung first.";
    SKILLS = "skills", "table of skill to level 1 to 10", Value("{}"),
        "Their skills with levels.";
    CONTACT = "contact", "SIP URI, {seat}: the number", Absent("its phone registers"),
        "For phones that cannot register.";
    STARTS_READY = "starts_ready", "true or false", Value("false"),
        "Whether they take calls without a sign-in, for robots and load tests.";
    WAITS_AFTER_WRAP_UP = "waits_after_wrap_up", "true or false", Value("false"),
        "Whether they get the next call only after the agent becomes ready, for beginners.";
    SYMMETRIC = "symmetric", "auto, always or never", Value("\"auto\""),
        "The address that our voice is sent to: auto is the address in the phone's SDP, or the source of its voice when signalling shows an address translation; always and never do not depend on that.";
});
