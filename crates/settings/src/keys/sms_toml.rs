//! Keys of `desk/sms.toml`.

section!(desk_sms, "desk/sms.toml", "", holds ["templates"], {
    CITY = "city", "text", Value("\"\""),
        "The value of {city}: the city of the hotline.";
});

section!(templates, "desk/sms.toml", "[templates]", {
    ACCEPTED = "accepted", "text with {city} {no} {code} {due}", Value("\"【{city}12345】您的诉求{no}已受理，查询码{code}，办理期限至{due}。\""),
        "To the citizen, when a demand is registered (T02).";
    EVAL1 = "eval1", "text with {city} {no} {unit} {short}", Value("\"【{city}12345】您的诉求{no}已由{unit}办理：{short}。请回复数字评价：5非常满意 4满意 3基本满意 2不满意 1非常不满意（2、1请附原因）。\""),
        "Asks how satisfied they are, the first time (T21).";
    EVAL2 = "eval2", "text with {city} {no} {unit} {short}", Value("\"【{city}12345】您的诉求{no}经再次办理：{short}。请回复5-1评价，如仍不满意我们将电话与您联系。\""),
        "Asks again, after it was handled once more.";
    REPLY = "reply", "text with {city} {no} {text}", Value("\"【{city}12345】您的诉求{no}：{text}\""),
        "To the citizen: the reply by SMS when no question follows (T20).";
    UNSATISFIED = "unsatisfied", "text with {city} {no}", Value("\"【{city}12345】您的诉求{no}已按不满意件结案，承办单位将继续办理，我们跟踪到您满意为止。\""),
        "To the citizen, when it is closed as unsatisfied (T24).";
    EXTENDED = "extended", "text with {city} {no} {reason} {due}", Value("\"【{city}12345】您的诉求{no}因{reason}延期至{due}，请谅解。\""),
        "To the citizen, when more time was given.";
    UNIT_NEW = "unit_new", "text with {city} {no} {title} {grade} {due_sign} {due} {sup}", Value("\"【12345派单】{no} {title}，{grade}类，请于{due_sign}前签收，{due}前办结。督办单位：{sup}。\""),
        "To a unit's liaison, when a ticket is dispatched (T14).";
    UNIT_YELLOW = "unit_yellow", "text with {city} {no}", Value("\"【12345黄牌】{no} 距办结时限不足1个工作日。\""),
        "To a unit, a working day before its deadline.";
    UNIT_RED = "unit_red", "text with {city} {no} {head} {n}", Value("\"【12345红牌】{no} 已超期，请{head}当日说明原因和办结时间。已催办{n}次。\""),
        "To a unit, after its deadline.";
});
