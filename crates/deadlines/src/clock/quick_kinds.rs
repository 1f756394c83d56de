//! The twelve kinds of matters that need a quick response (CLK-04, hotline.md 5.2).

/// A kind of matter that is answered within minutes or hours, day and night.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuickKind {
    /// `Q01` to `Q12`.
    pub code: &'static str,
    /// Its name, in Chinese.
    pub chinese: &'static str,
    /// Its name, in English.
    pub english: &'static str,
    /// The natural seconds within which a person must have called or arrived. The limit of 24 hours
    /// applies as well.
    pub respond_s: u32,
}

/// The kind with this code.
pub fn quick_kind(code: &str) -> Option<&'static QuickKind> {
    QUICK_KINDS.iter().find(|kind| kind.code == code)
}

/// All kinds. The list is our own, because that of Zhuzhou was not found.
pub const QUICK_KINDS: [QuickKind; 12] = [
    kind("Q01", "供水故障、爆管", "water supply failure, burst pipe", 60),
    kind("Q02", "供电故障", "power failure", 60),
    kind("Q03", "燃气异味、停气", "gas smell or outage", 30),
    kind("Q04", "供暖故障", "heating failure in season", 120),
    kind("Q05", "污水外溢、内涝", "sewage overflow, flooding", 60),
    kind("Q06", "路面塌陷、井盖缺失", "road collapse, missing manhole cover", 30),
    kind("Q07", "信号灯、路灯故障", "traffic light or street light failure", 30),
    kind("Q08", "公交出行求助、失物", "stranded passenger, lost property in transit", 120),
    kind("Q09", "弃婴、走失、流浪救助", "abandoned infant, lost person, homeless in danger", 60),
    kind("Q10", "高坠隐患、电梯停运", "falling hazard, lift stopped", 60),
    kind("Q11", "现场扰民、正在发生的违法", "nuisance or offence going on", 120),
    kind("Q12", "消费、欠薪现场纠纷", "consumer or wage dispute on the spot", 120),
];

const fn kind(
    code: &'static str,
    chinese: &'static str,
    english: &'static str,
    minutes: u32,
) -> QuickKind {
    QuickKind { code, chinese, english, respond_s: minutes * 60 }
}
