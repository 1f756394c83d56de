//! Keys of `blacklist.toml`.

section!(blocked, "blacklist.toml", "[[caller]]", {
    NUMBER = "number", "number", Required,
        "The number that is rejected, as the network writes it.";
    REASON = "reason", "text", Required,
        "Required, so that each rejection can be explained.";
    EXPIRES = "expires", "date, the last day", Absent("until it is removed"),
        "Give an end, because numbers change hands.";
    APPROVER = "approver", "text", Required,
        "The person who is responsible when the caller objects.";
});
