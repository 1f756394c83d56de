//! Keys of `desk.toml`.

section!(desk, "desk.toml", "[desk]", {
    HUB = "hub", "unit", Value("\"hub\""),
        "The hotline's own unit in desk/units.csv: it supervises where no other unit does.";
    OFFICE_HOURS = "office_hours", "list of spans, 08:30-12:00", Value("[\"08:30-12:00\", \"14:00-18:00\"]"),
        "Clocks of working hours run only in them. Which days are worked is in calendar/.";
    ROUNDS = "rounds", "whole number, 0 to 20", Value("2"),
        "How often a demand is handled at most: 1 never again, 2 with one redo, 0 until the caller is satisfied.";
    REPLY_BY = "reply_by", "hub, unit or both", Value("\"hub\""),
        "Who tells the caller the result (RPL-04, RPL-05).";
    SIGN_BEFORE_DISPATCH = "sign_before_dispatch", "none, important or all", Value("\"none\""),
        "The tickets that a leader signs before dispatch. With none, tickets marked for the leader are still signed (LDR-10).";
    FURTHER_SIGNATURES = "further_signatures", "list of posts", Value("[]"),
        "The posts that sign a result after the unit's head, in this order (RPL-07).";
    CLAIM = "claim", "duration, 1m to 24h", Value("\"30m\""),
        "The time without work after which a claimed ticket returns to the pool.";
    FILING_DAYS = "filing_days", "whole number, 1 to 3660", Value("365"),
        "How long a difficult matter's filing is valid before it is reviewed (UNS-05).";
    REOPEN_DAYS = "reopen_days", "whole number, 0 to 366", Value("30"),
        "The days in which a citizen may reopen a closed ticket; a later call opens a new one.";
    ARCHIVE_DAYS = "archive_days", "whole number, 1 to 3660", Value("30"),
        "The days after which a closed ticket is archived, unless something keeps it open.";
});

section!(wording, "desk.toml", "[wording]", {
    PROMISE = "promise", "list of words", Value("[\"尽快\", \"近期\", \"适时\", \"一定会\", \"保证\", \"力争\"]"),
        "Promises without a date. The review of a result marks them (RPL-02) and refuses nothing because of them.";
    VAGUE = "vague", "list of words", Value("[\"已协调\", \"已转交\", \"已反映\", \"正在处理\", \"相关部门\", \"加强监管\", \"高度重视\"]"),
        "Words that report an action without saying what was done.";
    PASSING_ON = "passing_on", "list of words", Value("[\"不归我\", \"不属于我\", \"与我单位无关\", \"请向\", \"请咨询\", \"自行解决\"]"),
        "Words that send the caller elsewhere. Personal numbers in a result are always marked.";
});

section!(callback, "desk.toml", "[callback]", {
    SMS_FIRST = "sms_first", "true or false", Value("true"),
        "Ask by SMS before a person calls, when courier.toml names a gateway.";
    UNSATISFIED_SMS = "unsatisfied_sms", "whole number, 0 to 9", Value("2"),
        "Unsatisfied answers by SMS before a ticket may be closed as unsatisfied (CB-06).";
    UNSATISFIED_CALLS = "unsatisfied_calls", "whole number, 0 to 9", Value("1"),
        "The same for answers to a person; 0 for both would close without asking and is refused.";
    TRIES = "tries", "whole number, 1 to 20", Value("3"),
        "Calls without success before a caller counts as unreachable (T08, T25).";
    TRIES_DAYS = "tries_days", "whole number, 1 to 20", Value("2"),
        "The number of days on which these calls are made; not more than tries.";
    QUIET_FROM = "quiet_from", "hour, 0 to 23", Value("21"),
        "No caller is asked from this hour on; where courier.toml names an SMS gateway, its quiet hours apply.";
    QUIET_TO = "quiet_to", "hour, 0 to 23", Value("8"),
        "No caller is asked before this hour.";
});

section!(policy, "desk.toml", "[policy]", holds ["clocks"], {
    VERSION = "version", "whole number, from 1", Value("1"),
        "Every deadline names it: increase it whenever something below changes. Existing deadlines do not change.";
    DOCUMENT = "document", "text", Value("\"Heartline\""),
        "The rule's title and number, printed with the reason of a due date (SUP-12).";
    EFFECTIVE_FROM = "effective_from", "date", Value("\"2007-01-01\""),
        "The first day on which the document is valid; printed with it.";
    DAY_END = "day_end", "midnight or office_close", Value("\"midnight\""),
        "When the last day of a clock ends.";
    EXTENSION_DAYS = "extension_days", "whole number, 1 to 366", Value("10"),
        "The most working days one extension may add.";
    OVERDUE_DAYS = "overdue_days", "three growing numbers", Value("[3, 5, 10]"),
        "Working days late at which the levels O3, O4 and O5 begin.";
    ORDER_REPLY_DAYS = "order_reply_days", "three whole numbers", Value("[3, 2, 1]"),
        "Working days to answer a supervision order of level 1, 2 and 3.";
    ORDER_NAMES = "order_names", "three texts", Value("[\"一级督查令(提醒)\", \"二级督查令(警示)\", \"三级督查令(问责)\"]"),
        "The printed names of the levels; some places number them in reverse.";
});

section!(clocks, "desk.toml", "[policy.clocks]", {
    ANSWER = "answer", "time", Value("\"15s\""), "C1: answering a call.";
    SIGN = "sign", "time", Value("\"1 working day\""), "C2: a unit signs for an assignment.";
    RETURN_WINDOW = "return_window", "time", Value("\"1 working day\""), "C3: a unit may return an assignment that is not its responsibility.";
    FIRST_CONTACT = "first_contact", "time", Value("\"1 working day\""), "C4: the unit has called the caller.";
    QUICK_RESPOND = "quick_respond", "time", Value("\"24h\""), "C5: the ceiling for the twelve quick kinds, besides their own.";
    QUICK_DANGER = "quick_danger", "time", Value("\"2h\""), "C5: where life or property is in danger.";
    HANDLE_A = "handle_a", "time", Value("\"5 working days\""), "C6: a simple matter.";
    HANDLE_B = "handle_b", "time", Value("\"7 working days\""), "C6: an ordinary one.";
    HANDLE_C = "handle_c", "time", Value("\"15 working days\""), "C6: a complex one.";
    HANDLE_CONSULT = "handle_consult", "time", Value("\"1 working day\""), "C6: a question that was dispatched.";
    SUPERVISE_REVIEW = "supervise_review", "time", Value("\"1 working day\""), "C7: the supervising unit looks at a result.";
    LEADER_SIGNED = "leader_signed", "time", Value("\"7 working days\""), "C8: a matter that a leader has signed.";
    HUB_ACCEPT = "hub_accept", "time", Value("\"1 working day\""), "C9: the hotline checks a result.";
    HUB_REPLY = "hub_reply", "time", Value("\"1 working day\""), "C9: the caller is told.";
    CALLBACK_START = "callback_start", "time", Value("\"1 working day\""), "C9: the caller is asked.";
    FILING_REVIEW = "filing_review", "time", Value("\"3 working days\""), "C11: a difficult matter's filing is decided.";
    ARBITRATE = "arbitrate", "time", Value("\"1 working day\""), "C11: the responsible unit is decided.";
    APPEAL = "appeal", "time", Value("\"3 working days\""), "C11: a unit may object to its score.";
    LOST_CALL = "lost_call", "time", Value("\"2 working hours\""), "C12: an unanswered caller is called back.";
    MESSAGE_ACK = "message_ack", "time", Value("\"3m\""), "C13: a written message has a number.";
    MESSAGE_HUMAN = "message_human", "time", Value("\"2h\""), "C13: a person has answered it.";
    REVIEW = "review", "time", Value("\"2 working hours\""), "T09: a demand is checked before it is dispatched.";
});
