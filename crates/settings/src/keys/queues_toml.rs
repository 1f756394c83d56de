//! Keys of `queues.toml`.

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
