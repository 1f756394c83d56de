//! Keys of `lines.toml`.

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
