//! Keys of `blacklist.toml`.

section!(blocked, "blacklist.toml", "[[caller]]", {
    NUMBER = "number", "number", Required,
        "Who is turned away, as the network writes it.";
    REASON = "reason", "text", Required,
        "Nobody is turned away without one.";
    EXPIRES = "expires", "date, the last day", Absent("until somebody removes it"),
        "People change; numbers change hands.";
    APPROVER = "approver", "text", Required,
        "Who answers for it when the caller objects.";
});
