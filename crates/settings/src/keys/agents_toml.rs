//! Keys of `agents.toml`.

section!(agent, "agents.toml", "[[agent]]", {
    ACCOUNT = "account", "name of an account", Required,
        "The person; `heartline check` warns about a name that the keyring does not have.";
    TEAM = "team", "text", Value("\"\""),
        "The team they are shown in; it does not decide which calls they get.";
    SKILLS = "skills", "table of skill to level 1 to 10", Value("{}"),
        "Their skills, at whichever seat they sign in, instead of the seat's own.";
    QUEUES = "queues", "table of queue to tier 1 to 10", Required,
        "The queues they serve instead of the seat's own; tier 1 is rung first.";
});
