//! Keys of `ivr/*.toml`: the menus of callers.

section!(menu, "ivr/*.toml", "", holds ["node"], {
    START = "start", "node", Absent("the first node"),
        "Where callers begin.";
});

section!(node, "ivr/*.toml", "[[node]]", holds ["case"], {
    NAME = "name", "name", Required,
        "What other nodes and the log call it; unique in its file.";
    DO = "do", "\"play\", \"menu\", \"collect\", \"branch\", \"set\", \"queue\", \"voicemail\" or \"hang_up\"", Required,
        "What happens there. A menu waits for one key, collect for a number; queue, voicemail and hang_up are the ways out.";
    PLAY = "play", "list of prompts", Value("[]"),
        "Heard there, for play, menu, collect and hang_up. A key interrupts them in a menu and in collect.";
    NEXT = "next", "node", Absent("the queue of the line"),
        "The node after play, set, and the digits of collect.";
    KEYS = "keys", "table of key to node", Value("{}"),
        "For a menu: where each key leads. Write \"*\" and \"#\" in quotes.";
    TRIES = "tries", "1 to 9", Value("2"),
        "For menu and collect: how often it asks. People need a second try more often than a third.";
    TIMEOUT = "timeout", "duration, 1s to 30s", Value("\"5s\""),
        "For menu and collect: the wait for a key after the prompts, and after each digit.";
    WRONG = "wrong", "list of prompts", Value("[]"),
        "For menu and collect: heard before it asks again after a wrong key.";
    ELSE = "else", "node", Absent("the queue of the line"),
        "For menu and collect: after the last try. For branch: when no case holds. A caller who presses nothing still gets a person.";
    INTO = "into", "name", Absent("needed by collect"),
        "For collect: the variable that has the digits from then on, for the cases of a branch.";
    MIN = "min", "1 to 32", Value("1"),
        "For collect: the fewest digits.";
    MAX = "max", "1 to 32", Value("32"),
        "For collect: the most digits; the last one ends the input.";
    END = "end", "key", Value("\"#\""),
        "For collect: the key that ends the input before the most digits.";
    SECRET = "secret", "true or false", Value("false"),
        "For collect: the digits stand in no log and in no list, such as those of an identity card.";
    SKILLS = "skills", "table of skill to level 1 to 10", Value("{}"),
        "For set: the skills that a seat must have, in addition to those of the line.";
    PRIORITY = "priority", "0 to 255", Absent("that of the line"),
        "For set: the priority in the queue.";
    VARIABLES = "variables", "table of name to text", Value("{}"),
        "For set: variables for the cases of a branch.";
    QUEUE = "queue", "queue", Absent("the queue of the line"),
        "For queue: where the caller waits for a person. For voicemail, which needs it: whose people work off the message.";
});

section!(case, "ivr/*.toml", "[[node.case]]", {
    HOURS = "hours", "\"08:30-17:30\"", Absent("any time"),
        "The local time of day; the end is not included. From 22:00 to 06:00 goes over midnight.";
    DAY = "day", "\"working\" or \"off\"", Absent("any day"),
        "By the calendar, with its public holidays and the weekends that are worked.";
    CALLER = "caller", "list of numbers, * at one end: any digits", Absent("any caller"),
        "The caller's number. A withheld number is none of them.";
    LINE = "line", "list of lines", Absent("any line"),
        "The line that was dialled, for a menu that several lines share.";
    VARIABLE = "variable", "name", Absent("none"),
        "A variable of collect or set, with its values in `is`.";
    IS = "is", "list of texts", Value("[]"),
        "The values of the variable for which the case holds.";
    THEN = "then", "node", Absent("the queue of the line"),
        "The node of the first case that holds. All conditions of a case must hold.";
});
