//! Keys of `seats.toml`.

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
