//! Keys of `desk.toml`.

section!(desk, "desk.toml", "[desk]", {
    HUB = "hub", "unit", Value("\"hub\""),
        "The hotline's own unit in desk/units.csv: it supervises where nobody else does.";
    OFFICE_HOURS = "office_hours", "list of spans, 08:30-12:00", Value("[\"08:30-12:00\", \"14:00-18:00\"]"),
        "Clocks of working hours run only in them. Which days are worked is in calendar/.";
    ROUNDS = "rounds", "whole number, 0 to 20", Value("2"),
        "How often a demand is handled at most: 1 never again, 2 with one redo, 0 until the caller is satisfied.";
    REPLY_BY = "reply_by", "hub, unit or both", Value("\"hub\""),
        "Who tells the caller the result (RPL-04, RPL-05).";
    SIGN_BEFORE_DISPATCH = "sign_before_dispatch", "none, important or all", Value("\"none\""),
        "What a leader signs before units get it. none still means what is marked for the leader (LDR-10).";
    FURTHER_SIGNATURES = "further_signatures", "list of posts", Value("[]"),
        "Who signs a result after the unit's head, in this order (RPL-07).";
    CLAIM = "claim", "duration, 1m to 24h", Value("\"30m\""),
        "A ticket somebody has taken from the pool and left alone goes back to it.";
    FILING_DAYS = "filing_days", "whole number, 1 to 3660", Value("365"),
        "How long a difficult matter's filing holds before it is looked at again (UNS-05).";
    REOPEN_DAYS = "reopen_days", "whole number, 0 to 366", Value("30"),
        "In which a citizen may open a closed ticket again; later a call opens a new one.";
    ARCHIVE_DAYS = "archive_days", "whole number, 1 to 3660", Value("30"),
        "After which a closed ticket nothing holds is put away.";
});

section!(wording, "desk.toml", "[wording]", {
    PROMISE = "promise", "list of words", Value("[\"尽快\", \"近期\", \"适时\", \"一定会\", \"保证\", \"力争\"]"),
        "Promises without a day; whoever reviews a result is pointed at them (RPL-02), nothing is refused for them.";
    VAGUE = "vague", "list of words", Value("[\"已协调\", \"已转交\", \"已反映\", \"正在处理\", \"相关部门\", \"加强监管\", \"高度重视\"]"),
        "Words that say that something was done and not what.";
    PASSING_ON = "passing_on", "list of words", Value("[\"不归我\", \"不属于我\", \"与我单位无关\", \"请向\", \"请咨询\", \"自行解决\"]"),
        "Words that send the caller to somebody else. Persons' numbers in a result are always pointed out.";
});

section!(callback, "desk.toml", "[callback]", {
    SMS_FIRST = "sms_first", "true or false", Value("true"),
        "Ask by SMS before a person calls, when courier.toml names a gateway.";
    UNSATISFIED_SMS = "unsatisfied_sms", "whole number, 0 to 9", Value("2"),
        "Unsatisfied answers by SMS before a ticket may be closed as unsatisfied (CB-06).";
    UNSATISFIED_CALLS = "unsatisfied_calls", "whole number, 0 to 9", Value("1"),
        "The same of answers to a person; both at 0 would close without asking and is refused.";
    TRIES = "tries", "whole number, 1 to 20", Value("3"),
        "Calls in vain before somebody counts as not to be reached (T08, T25).";
    TRIES_DAYS = "tries_days", "whole number, 1 to 20", Value("2"),
        "On how many days; not more than tries.";
    QUIET_FROM = "quiet_from", "hour, 0 to 23", Value("21"),
        "Nobody is asked from this hour on; where courier.toml names an SMS gateway, its quiet hours hold.";
    QUIET_TO = "quiet_to", "hour, 0 to 23", Value("8"),
        "Nor before this one.";
});

section!(policy, "desk.toml", "[policy]", holds ["clocks"], {
    VERSION = "version", "whole number, from 1", Value("1"),
        "Every promise names it: count it up whenever something below changes. What was promised stays as it was.";
    DOCUMENT = "document", "text", Value("\"Heartline\""),
        "The rule's title and number, printed with the reason of a due date (SUP-12).";
    EFFECTIVE_FROM = "effective_from", "date", Value("\"2007-01-01\""),
        "The first day the document holds; printed with it.";
    DAY_END = "day_end", "midnight or office_close", Value("\"midnight\""),
        "When the last day of a clock ends.";
    EXTENSION_DAYS = "extension_days", "whole number, 1 to 366", Value("10"),
        "The most working days one extension may add.";
    OVERDUE_DAYS = "overdue_days", "three growing numbers", Value("[3, 5, 10]"),
        "Working days late at which the levels O3, O4 and O5 begin.";
    ORDER_REPLY_DAYS = "order_reply_days", "three whole numbers", Value("[3, 2, 1]"),
        "Working days to answer a supervision order of level 1, 2 and 3.";
    ORDER_NAMES = "order_names", "three texts", Value("[\"一级督查令(提醒)\", \"二级督查令(警示)\", \"三级督查令(问责)\"]"),
        "What the levels are called on paper: some places number them the other way round.";
});

section!(clocks, "desk.toml", "[policy.clocks]", {
    ANSWER = "answer", "time", Value("\"15s\""), "C1: answering a call.";
    SIGN = "sign", "time", Value("\"1 working day\""), "C2: a unit signs for what it got.";
    RETURN_WINDOW = "return_window", "time", Value("\"1 working day\""), "C3: in which it may say that it is not theirs.";
    FIRST_CONTACT = "first_contact", "time", Value("\"1 working day\""), "C4: the unit has called the caller.";
    QUICK_RESPOND = "quick_respond", "time", Value("\"24h\""), "C5: the ceiling for the twelve quick kinds, besides their own.";
    QUICK_DANGER = "quick_danger", "time", Value("\"2h\""), "C5: where life or property is in danger.";
    HANDLE_A = "handle_a", "time", Value("\"5 working days\""), "C6: a simple matter.";
    HANDLE_B = "handle_b", "time", Value("\"7 working days\""), "C6: an ordinary one.";
    HANDLE_C = "handle_c", "time", Value("\"15 working days\""), "C6: a complex one.";
    HANDLE_CONSULT = "handle_consult", "time", Value("\"1 working day\""), "C6: a question that was dispatched.";
    SUPERVISE_REVIEW = "supervise_review", "time", Value("\"1 working day\""), "C7: the supervising unit looks at a result.";
    LEADER_SIGNED = "leader_signed", "time", Value("\"7 working days\""), "C8: what a leader has signed.";
    HUB_ACCEPT = "hub_accept", "time", Value("\"1 working day\""), "C9: the hotline checks a result.";
    HUB_REPLY = "hub_reply", "time", Value("\"1 working day\""), "C9: the caller is told.";
    CALLBACK_START = "callback_start", "time", Value("\"1 working day\""), "C9: the caller is asked.";
    FILING_REVIEW = "filing_review", "time", Value("\"3 working days\""), "C11: a difficult matter's filing is decided.";
    ARBITRATE = "arbitrate", "time", Value("\"1 working day\""), "C11: it is decided whose it is.";
    APPEAL = "appeal", "time", Value("\"3 working days\""), "C11: a unit may object to its score.";
    LOST_CALL = "lost_call", "time", Value("\"2 working hours\""), "C12: who reached nobody is called back.";
    MESSAGE_ACK = "message_ack", "time", Value("\"3m\""), "C13: a written message has a number.";
    MESSAGE_HUMAN = "message_human", "time", Value("\"2h\""), "C13: a person has answered it.";
    REVIEW = "review", "time", Value("\"2 working hours\""), "T09: a demand is checked before it is dispatched.";
});
