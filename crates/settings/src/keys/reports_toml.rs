//! Keys of `reports.toml`.

section!(periods, "reports.toml", "[periods]", {
    DAY_ENDS = "day_ends", "time of day, 24:00 or 00:01 to 23:59", Value("\"24:00\""),
        "Some cities count from noon to noon: 12:00. A day is named by the date it ends on.";
    WEEK_BEGINS = "week_begins", "monday to sunday", Value("\"monday\""),
        "Zhengzhou's weeks of 2012 began on Saturday. The first week of a year is the one with 4 January in it.";
    MONTH_ENDS = "month_ends", "day of the month, 1 to 28, 0: its last", Value("0"),
        "18 for assessment months from the 19th to the 18th. A month is named by the one it ends in.";
    YEAR_ENDS = "year_ends", "month, 1 to 12", Value("12"),
        "10 for assessment years from November to October. Quarters are three months each from its first.";
    DRAFT_AT = "draft_at", "time of day, 00:00 to 23:59", Value("\"07:30\""),
        "From then on a report whose period is over is on the list of those to be released, until it is.";
});

section!(counting, "reports.toml", "[counting]", {
    FAIRLY_SATISFIED = "fairly_satisfied", "0 to 1", Value("0.9"),
        "The weight of an answer of 3 (基本满意) in the satisfaction rate: a district of Beijing uses 0.9; 1 and 0 are also in use.";
    PARTLY_SOLVED = "partly_solved", "0 to 1", Value("0"),
        "The weight of \"partly\" in the solution rate; some cities use 0.5.";
    SHORT_ABANDON = "short_abandon", "duration, 0s to 1m", Value("\"0s\""),
        "Callers who leave the queue sooner do not count as attempts in the connect rate. As shipped every caller counts.";
    REPEAT_WITHIN = "repeat_within", "days, 1 to 365", Value("30"),
        "A matter with an earlier ticket within this time is a repeat.";
    OUTBREAK = "outbreak", "tickets, 2 to 1000", Value("5"),
        "This many tickets of one topic in one area within an hour are listed in the daily report.";
});

section!(ranking, "reports.toml", "[ranking]", {
    DUE_MIN = "due_min", "pieces, 0 to 10000", Value("10"),
        "A unit with fewer assignments due gets a band and no rank, because one late assignment of three says little.";
    BEST = "best", "units a group, 0 to 100", Value("10"),
        "How many are named the best (十佳).";
    BEST_FROM = "best_from", "points, 0 to 100", Value("80"),
        "A unit with a lower score is not among the best, however few others there are: as shipped, they are at least 良好.";
    WORST = "worst", "units a group, 0 to 100", Value("3"),
        "How many are named the worst (三差); fewer when fewer are below worst_below.";
    WORST_BELOW = "worst_below", "points, 0 to 100", Value("90"),
        "A unit with this score or more is never among the worst.";
    BANDS = "bands", "three points, falling", Value("[90, 80, 60]"),
        "The lowest scores of 优秀, 良好 and 合格, as in Bengbu.";
});

section!(score, "reports.toml", "[score]", {
    SIGN = "sign", "points", Value("5"),
        "For signing in time. The nine items add up to 100.";
    ON_TIME = "on_time", "points", Value("25"),
        "For assignments done by their due date.";
    SATISFIED = "satisfied", "points", Value("25"),
        "For callers who are satisfied.";
    SOLVED = "solved", "points", Value("15"),
        "For callers who say that it is solved.";
    AT_ONCE = "at_once", "points", Value("10"),
        "For results that were not redone.";
    RETURNS = "returns", "points", Value("5"),
        "For no rejected return.";
    CONTACT = "contact", "points", Value("5"),
        "For callers who say that the unit has spoken with them.";
    URGING = "urging", "points", Value("5"),
        "For not being urged by the hotline.";
    KNOWLEDGE = "knowledge", "points", Value("5"),
        "For reviewing its items of the knowledge base in time.";
});

section!(extras, "reports.toml", "[extras]", {
    UNSATISFIED = "unsatisfied", "points, 0 to 10", Value("0.5"),
        "Deducted for each unsatisfied closure.";
    UNSATISFIED_MAX = "unsatisfied_max", "points, 0 to 100", Value("10"),
        "The most that is deducted for all of them.";
    GIVEN_BACK = "given_back", "0 to 1", Value("0"),
        "The part of the deduction that is given back in the period in which the item is struck off (销号); 1 gives back all of it.";
    VAGUE = "vague", "points, 0 to 10", Value("0.2"),
        "Deducted for each result that the hotline sent back as vague (不详).";
    FALSE_RESULT = "false_result", "points, 0 to 10", Value("2"),
        "Deducted for each result that was found to be false (不实): sent back, redone or reopened for it.";
    ORDERS = "orders", "three points, 0 to 10", Value("[0.5, 1, 2]"),
        "Deducted for an order of level 1, 2 and 3.";
    THANKS = "thanks", "points, 0 to 10", Value("0.1"),
        "Added for each call, letter or banner of thanks.";
    ADDED_MAX = "added_max", "points, 0 to 100", Value("5"),
        "The most that is added in all.";
});

section!(opening, "reports.toml", "[opening]", {
    ACCEPTED = "accepted", "demands, 0 to 100000000", Value("0"),
        "The demands that the hotline had accepted before this engine; running totals (累计) continue from it. It is printed with them.";
    CLOSED = "closed", "demands, 0 to 100000000", Value("0"),
        "How many of them were closed.";
    SOURCE = "source", "text", Value("\"\""),
        "The source of both numbers, as it is printed: \"2009—2025年旧系统\".";
});
