//! Keys of `lines.toml`.

section!(lines, "lines.toml", "", holds ["line"], {
    BLACKLIST = "blacklist", "name of a file in this folder", Absent("no caller is rejected"),
        "A separate file, because other people maintain it.";
});

section!(line, "lines.toml", "[[line]]", {
    NUMBER = "number", "number", Required,
        "What citizens dial.";
    ALIASES = "aliases", "list of numbers, * at one end: any digits", Value("[]"),
        "Other forms in which the network writes it: with area code, with country code.";
    NAME = "name", "text", Value("\"\""),
        "Shown on the display of the ringing seat, beside the caller's number. Empty shows the line's number.";
    TRUNKS = "trunks", "list of trunks", Value("[]"),
        "The trunks that may bring calls to it; none means every trunk.";
    GREETING = "greeting", "list of prompts", Value("[]"),
        "Played when the call is answered, while a seat is being searched.";
    QUEUE = "queue", "queue", Required,
        "The queue of its callers.";
    MENU = "menu", "menu", Absent("callers go to the queue at once"),
        "A file of ivr/ without .toml. GB/T 33358 asks for no menu before a person, so the shipped lines have none.";
    SKILLS = "skills", "table of skill to level 1 to 10", Value("{}"),
        "The skills that a seat must have, with levels, in addition to those of the queue.";
    PRIORITY = "priority", "0 to 255", Value("0"),
        "Higher goes first; equal priorities are served in the order of arrival. Start with 0 for all.";
});
