//! Keys of `courier.toml`.

section!(destination, "courier.toml", "[[destination]]", {
    NAME = "name", "name, not sms", Required,
        "In the log, and part of every record's key there: choose it once. A new name begins anew.";
    URL = "url", "http or https address", Required,
        "Where each record is sent by POST. Its certificate must be known to this machine; http only inside a network of your own.";
    SECRET = "secret", "name of a secret", Required,
        "Signs what is sent, as Standard Webhooks has it. Set it with `heartline secret`; it is never in this file.";
    EVENTS = "events", "list of kinds, subject.* or *", Value("[\"*\"]"),
        "Which deeds it gets: \"ticket.*\", \"assignment.signed\". In `*` is all there is; calls are not among it.";
    FROM = "from", "now or first", Value("\"now\""),
        "Where a new destination begins: with what happens from now on, or with the first record of the log.";
    PERSONS = "persons", "masked or whole", Value("\"masked\""),
        "Whether names, numbers and addresses go out. Whole still masks those who asked to stay unknown to others.";
    TIMEOUT = "timeout", "duration, 1s to 2m", Value("\"10s\""),
        "How long an answer may take: longer than a slow far end needs, short enough to notice a dead one.";
    HEADERS = "headers", "table of header to text, {secret}: the secret", Value("{}"),
        "What else the far end asks for, `Authorization = \"Bearer {secret}\"` for instance.";
    RECONCILE = "reconcile", "http or https address", Absent("it does not compare"),
        "Where it takes each day's statement of what it was sent: it says what it lacks, and that is sent again.";
});

section!(sms, "courier.toml", "[sms]", {
    URL = "url", "http or https address", Required,
        "Where the gateway takes an SMS.";
    SECRET = "secret", "name of a secret", Absent("the gateway asks for none"),
        "The gateway's password, wherever {secret} stands below. Set it with `heartline secret`.";
    CONTENT = "content", "json or form", Value("\"json\""),
        "What the body is, and so how what is filled in is escaped.";
    BODY = "body", "text with {to} {text} {key} {secret} {time}", Required,
        "What is sent. {key} is the same however often one SMS is sent: give it where the gateway knows repeats. {time} is yyyymmddhhmmss.";
    HEADERS = "headers", "table of header to text, {secret}: the secret", Value("{}"),
        "What else the gateway asks for.";
    TIMEOUT = "timeout", "duration, 1s to 2m", Value("\"10s\""),
        "How long its answer may take.";
    RESULT = "result", "path in its answer, data.code", Absent("HTTP 2xx means taken"),
        "Where its answer says whether it took the SMS: many say 200 to everything.";
    TAKEN = "taken", "list of texts", Value("[\"0\"]"),
        "What stands there when it did.";
    LATER = "later", "list of texts", Value("[]"),
        "What stands there when it is busy, or the account is empty: such an SMS waits. Anything else is a refusal.";
    ID = "id", "path in its answer, data.msgid", Absent("receipts name our key"),
        "Where it gives its own name for the SMS, by which receipts come.";
    QUIET_FROM = "quiet_from", "time of day", Value("\"21:00\""),
        "Nobody is woken to say how satisfied they are. What is urgent goes all the same.";
    QUIET_UNTIL = "quiet_until", "time of day", Value("\"08:00\""),
        "When what waited goes; the same time as quiet_from for no quiet hours.";
});

section!(hook, "courier.toml", "[[hook]]", {
    NAME = "name", "name", Required,
        "Part of its address: `POST /hooks/NAME`.";
    CARRIES = "carries", "messages or receipts", Value("\"messages\""),
        "What comes: what people wrote, or what became of our SMS.";
    CHANNEL = "channel", "a channel, mailbox, sms, wechat, police, grid …", Value("\"platform\""),
        "By which way its messages count as come, in tickets and reports.";
    PROOF = "proof", "signature or token", Value("\"signature\""),
        "How a sender shows who it is: by Standard Webhooks, or, for gateways that cannot, by `?token=` or a bearer token.";
    SECRETS = "secrets", "list of names of secrets", Required,
        "Any of them will do: two while one is changed for the other. Set them with `heartline secret`.";
    ITEMS = "items", "path in the body, data.list", Absent("the body is one, or a list"),
        "Where several come at once.";
    FIELDS = "fields", "table of our names to paths in theirs", Value("{}"),
        "What is called otherwise there: `{ from = \"mobile\", text = \"content\" }`. Ours are message_id, from, to, text, media, at, and of a case or a form case, due, title, name, contact, address, area, topic, purpose, confidential; of receipts gateway_id and status. Without message_id (and `webhook-id`), equal content within 20 minutes is a repeat, unless its sender was asked a question by SMS in between; later it is a new message.";
    DELIVERED = "delivered", "list of texts", Value("[\"DELIVRD\"]"),
        "Which status of a receipt means that the SMS is on the phone (SMPP 3.4).";
    ANSWER = "answer", "text", Value("\"{\\\"taken\\\":true}\""),
        "What a sender is told when its message is taken: some wait for a word of their own.";
});
