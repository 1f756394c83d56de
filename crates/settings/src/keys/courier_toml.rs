//! Keys of `courier.toml`.

section!(destination, "courier.toml", "[[destination]]", {
    NAME = "name", "name, not sms", Required,
        "In the log, and part of every record's key there: choose it once. A new name is a new destination.";
    URL = "url", "http or https address", Required,
        "Where each record is sent by POST. Its certificate must be known to this machine; http only inside a network of your own.";
    SECRET = "secret", "name of a secret", Required,
        "Signs what is sent, as Standard Webhooks has it. Set it with `heartline secret`; it is never in this file.";
    EVENTS = "events", "list of kinds, subject.* or *", Value("[\"*\"]"),
        "The kinds of events it gets: \"ticket.*\", \"assignment.signed\". `*` means all kinds; calls are not among them.";
    FROM = "from", "now or first", Value("\"now\""),
        "Where a new destination begins: with the next record, or with the first record of the log.";
    PERSONS = "persons", "masked or whole", Value("\"masked\""),
        "Whether names, numbers and addresses are sent. With whole they are still masked for callers who asked to stay unknown.";
    TIMEOUT = "timeout", "duration, 1s to 2m", Value("\"10s\""),
        "How long an answer may take: longer than a slow far end needs, short enough to notice a dead one.";
    HEADERS = "headers", "table of header to text, {secret}: the secret", Value("{}"),
        "Additional headers, for instance `Authorization = \"Bearer {secret}\"`.";
    RECONCILE = "reconcile", "http or https address", Absent("no statement is sent"),
        "The address for the daily statement of the records that were sent; its answer names the records that it lacks, and these are sent again.";
});

section!(sms, "courier.toml", "[sms]", {
    URL = "url", "http or https address", Required,
        "The address to which an SMS is sent.";
    SECRET = "secret", "name of a secret", Absent("no secret is sent"),
        "The gateway's password, which replaces {secret} below. Set it with `heartline secret`.";
    CONTENT = "content", "json or form", Value("\"json\""),
        "The format of the body, by which values are escaped.";
    BODY = "body", "text with {to} {text} {key} {secret} {time}", Required,
        "The body of the request. {key} is the same for each attempt of one SMS: use it when the gateway detects repeats. {time} is yyyymmddhhmmss.";
    HEADERS = "headers", "table of header to text, {secret}: the secret", Value("{}"),
        "Additional headers.";
    TIMEOUT = "timeout", "duration, 1s to 2m", Value("\"10s\""),
        "How long its answer may take.";
    RESULT = "result", "path in its answer, data.code", Absent("HTTP 2xx means taken"),
        "The path of the result code in its answer; many gateways always answer 200.";
    TAKEN = "taken", "list of texts", Value("[\"0\"]"),
        "The result codes that mean accepted.";
    LATER = "later", "list of texts", Value("[]"),
        "The result codes after which the SMS waits, such as busy or an empty account. Any other code is a refusal.";
    ID = "id", "path in its answer, data.msgid", Absent("receipts have our key"),
        "The path of the gateway's own id of the SMS, which receipts name.";
    QUIET_FROM = "quiet_from", "time of day", Value("\"21:00\""),
        "From this time on only urgent SMS are sent.";
    QUIET_UNTIL = "quiet_until", "time of day", Value("\"08:00\""),
        "When waiting SMS are sent; the same time as quiet_from means no quiet hours.";
});

section!(hook, "courier.toml", "[[hook]]", {
    NAME = "name", "name", Required,
        "Part of its address: `POST /hooks/NAME`.";
    CARRIES = "carries", "messages or receipts", Value("\"messages\""),
        "The content: messages of people, or delivery receipts of our SMS.";
    CHANNEL = "channel", "a channel, mailbox, sms, wechat, police, grid …", Value("\"platform\""),
        "The channel under which its messages are counted in tickets and reports.";
    PROOF = "proof", "signature or token", Value("\"signature\""),
        "How a sender is authenticated: by Standard Webhooks or, for gateways without it, by `?token=` or a bearer token.";
    SECRETS = "secrets", "list of names of secrets", Required,
        "Each of them is accepted; use two while a secret is being replaced. Set them with `heartline secret`.";
    ITEMS = "items", "path in the body, data.list", Absent("the body is one, or a list"),
        "The path of the list when one body has several.";
    FIELDS = "fields", "table of our names to paths in theirs", Value("{}"),
        "Fields that have other names in the body: `{ from = \"mobile\", text = \"content\" }`. Our names are message_id, from, to, text, media, at, and of a case or a form case, due, title, name, contact, address, area, topic, purpose, confidential; of receipts gateway_id and status. Without message_id (and `webhook-id`), equal content within 20 minutes is a repeat, unless its sender was asked a question by SMS in between; later it is a new message.";
    DELIVERED = "delivered", "list of texts", Value("[\"DELIVRD\"]"),
        "The statuses of a receipt that mean delivered (SMPP 3.4).";
    ANSWER = "answer", "text", Value("\"{\\\"taken\\\":true}\""),
        "The answer to an accepted message; some senders require a text of their own.";
});
