//! Keys of `queues.toml`.

section!(queue, "queues.toml", "[[queue]]", {
    NAME = "name", "name", Required,
        "The name in records, statistics, lines.toml and seats.toml.";
    TITLE = "title", "text", Value("\"\""),
        "Shown on the wallboard; empty shows the name.";
    STRATEGY = "strategy", "longest_idle, fewest_calls, best_skill, round_robin, least_talk or linear",
        Value("\"longest_idle\""),
        "The rule by which a free seat is chosen. Most people find longest_idle fair.";
    RING = "ring", "duration, 3s to 5m", Value("\"15s\""),
        "How long one seat is rung: about five rings.";
    WRAP_UP = "wrap_up", "duration, 0s to 1h", Value("\"20s\""),
        "After-call work, to finish the ticket; a feature code extends it.";
    MAX_WAIT = "max_wait", "duration, 5s to 24h", Absent("for ever"),
        "The longest wait, after which the caller hears the sorry prompt and the call ends. A hotline usually ends no waiting call.";
    MAX_LENGTH = "max_length", "callers, 1 to 100000", Value("200"),
        "One more caller is refused as busy, because a wait behind 200 others is too long.";
    SKILLS = "skills", "table of skill to level 1 to 10", Value("{}"),
        "The skills that a seat must have for every call here, with levels.";
    MUSIC = "music", "prompt", Value("\"music\""),
        "Played in a loop while waiting; silence sounds like a broken line.";
    ANNOUNCEMENTS = "announcements", "table", Value("{}"),
        "The announcements to waiting callers; see below.";
    VOICEMAIL = "voicemail", "table", Absent("no messages"),
        "How callers leave a message; see below.";
    OVERFLOW = "overflow", "list of tables", Value("[]"),
        "Other queues whose seats are used as well; see below.";
    WIDENING = "widening", "list of tables", Value("[]"),
        "How the requirements are lowered while a caller waits; see below.";
    LEAVE_WHEN_EMPTY = "leave_when_empty", "true or false", Value("false"),
        "Whether callers leave the queue when no agent who serves it is signed in. An agent may soon come back from a break, so no.";
    WEIGHT = "weight", "0 to 255", Value("0"),
        "For shared seats: all calls of a queue with a higher weight go first. Start with 0 for all.";
    SERVICE_LEVEL = "service_level", "duration, 1s to 1h", Value("\"15s\""),
        "An answer within it is in time in `/api/v1/queues/figures`; the wallboard shows 15 seconds, as GB/T 33358-2016 requires.";
    SHORT_ABANDON = "short_abandon", "duration, 0s to 5m", Value("\"5s\""),
        "A caller who hangs up within it probably misdialled; `/api/v1/queues/figures` counts these callers separately.";
});

section!(announcements, "queues.toml", "announcements = { … }", {
    FIRST = "first", "list of prompts", Value("[]"),
        "The first announcement to a waiting caller.";
    FIRST_AFTER = "first_after", "duration, 0s to 1h", Value("\"15s\""),
        "The wait before it; callers who are answered in time do not hear it.";
    REPEAT = "repeat", "list of prompts", Value("[]"),
        "The repeated announcement.";
    EVERY = "every", "duration, 10s to 1h", Absent("never again"),
        "The time between repetitions; 30 seconds shows that the line works and does not disturb.";
});

section!(voicemail, "queues.toml", "voicemail = { … }", {
    PROMPTS = "prompts", "list of prompts", Value("[\"voicemail-zh\", \"beep\"]"),
        "What the caller hears before the message; the last one is the tone.";
    KEY = "key", "one key, 0 to 9", Absent("only when nobody can answer"),
        "The key by which a waiting caller chooses to leave a message; say it in the announcements.";
    MAX = "max", "duration, 10s to 10m", Value("\"2m\""),
        "The longest message. The caller ends it by the hash key or hangs up.";
});

section!(overflow, "queues.toml", "overflow = [{ … }]", {
    AFTER = "after", "duration, 0s to 24h", Required,
        "The wait after which it applies.";
    TO = "to", "queue", Required,
        "The queue whose seats are used as well; the caller keeps their position here.";
});

section!(widening, "queues.toml", "widening = [{ … }]", {
    AFTER = "after", "duration, 0s to 24h", Required,
        "The wait after which it applies.";
    LOWER_BY = "lower_by", "levels, 0 to 10", Value("0"),
        "By how much every required level is lowered; a skill whose level falls to 0 is not required.";
    TIERS = "tiers", "tiers, 0 to 10", Value("0"),
        "How many further tiers of seats are used; before, only tier 1 is.";
});
