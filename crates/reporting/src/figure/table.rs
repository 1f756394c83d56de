//! The table of formulas, in the order of hotline.md 4.2.

use super::{
    Basis::{Accepted, Arrived, Closed, Cumulative, Due, Evaluated, Issued, Released},
    Formula,
    Population::{
        self, Assignments, Calls, Filings, Issues, Items, Knowledge, Orders, SinceOpening, Tickets,
        Unmeasured, WorstDay,
    },
    Shape::{self, Count, Days, Rate, Seconds},
    assignments, calls, tickets,
};

const fn row(
    code: &'static str,
    names: (&'static str, &'static str),
    how: &'static str,
    basis: super::Basis,
    shape: Shape,
    over: Population,
) -> Formula {
    Formula { code, chinese: names.0, english: names.1, how, basis, shape, over }
}

/// Every formula. A formula that the engine cannot measure yet has its reason and prints `—`.
#[rustfmt::skip]
pub const FORMULAS: &[Formula] = &[
    row("F1", ("接通率", "connect rate"), "人工接听 / 呼入（不含黑名单、短时挂断）", Arrived, Rate, Calls(calls::connected)),
    row("F1-24h", ("任意24小时最低接通率", "lowest connect rate over 24 h"), "接通率最低的连续24小时", Arrived, Rate, WorstDay),
    row("F1b", ("15秒接听率", "answered within 15 s"), "入队15秒内接听 / 人工接听", Arrived, Rate, Calls(calls::in_15_s)),
    row("F1b-offered", ("15秒接通率", "answered within 15 s of those who waited for it"), "入队15秒内接听 /（人工接听＋排队中放弃）", Arrived, Rate, Calls(calls::in_15_s_of_offered)),
    row("F1c-abandoned", ("放弃率", "abandoned"), "排队中放弃 / 入队", Arrived, Rate, Calls(calls::abandoned)),
    row("F1c-wait", ("平均等待秒数", "average wait, seconds"), "等待总时长 / 入队", Arrived, Seconds, Calls(calls::waited)),
    row("F1c-asa", ("平均应答秒数", "average speed of answer, seconds"), "接听前等待总时长 / 人工接听", Arrived, Seconds, Calls(calls::waited_until_answered)),
    row("F1c-back", ("漏接回拨率", "missed calls called back in time"), "按时回拨 / 未接来电", Accepted, Rate, Tickets(tickets::called_back)),
    row("F2", ("有效率", "valid"), "有效 / 全部登记", Accepted, Rate, Tickets(tickets::valid)),
    row("F2b-direct", ("直接答复率", "answered on the spot"), "当场答复 / 有效", Accepted, Rate, Tickets(tickets::direct)),
    row("F2b-dispatched", ("转办率", "dispatched"), "转办 / 有效", Accepted, Rate, Tickets(tickets::dispatched)),
    row("issued", ("交办件", "issued"), "主办件数", Issued, Count, Assignments(assignments::count_issued)),
    row("F3", ("按时签收率", "signed for in time"), "按时签收 / 交办", Issued, Rate, Assignments(assignments::signed)),
    row("F4", ("按时转出率", "dispatched in time"), "审核时限内转办 / 转办", Issued, Rate, Tickets(tickets::dispatched_in_time)),
    row("F5", ("办结率", "completion"), "办结 / 应办结", Due, Rate, Assignments(assignments::done)),
    row("F5-written", ("书面交办件办结率", "completion of written pieces"), "书面件办结 / 书面件应办结", Due, Rate, Assignments(assignments::written_done)),
    row("F5-cumulative", ("累计办结率", "completion since opening"), "累计办结 / 累计受理", Cumulative, Rate, SinceOpening(tickets::closed_since_opening)),
    row("F6", ("按时办结率", "on time"), "按时办结 / 应办结", Due, Rate, Assignments(assignments::on_time)),
    row("F6-written", ("书面交办件按时办结率", "written pieces on time"), "书面件按时办结 / 书面件应办结", Due, Rate, Assignments(assignments::written_on_time)),
    row("F7", ("平均办理工作日", "working days a round"), "办理工作日 / 办结", Closed, Days, Assignments(assignments::days)),
    row("F7-A", ("A类平均办理工作日", "working days, grade A"), "办理工作日 / A类办结", Closed, Days, Assignments(assignments::days_a)),
    row("F7-B", ("B类平均办理工作日", "working days, grade B"), "办理工作日 / B类办结", Closed, Days, Assignments(assignments::days_b)),
    row("F7-C", ("C类平均办理工作日", "working days, grade C"), "办理工作日 / C类办结", Closed, Days, Assignments(assignments::days_c)),
    row("F8", ("回访率", "callback coverage"), "完成回访 / 应回访", Closed, Rate, Tickets(tickets::covered)),
    row("F8-valid", ("有效回访率", "valid callbacks"), "有效评价 / 应回访", Closed, Rate, Tickets(tickets::covered_validly)),
    row("F9", ("满意率", "satisfaction"), "（非常满意＋满意＋w×基本满意） / 有效评价", Evaluated, Rate, Tickets(tickets::satisfied)),
    row("F9b", ("双满意率", "process and result satisfied"), "过程与结果均满意 / 有效评价", Evaluated, Rate, Unmeasured("回访未分别询问过程与结果")),
    row("F10", ("首次办理满意率", "first-handling satisfaction"), "首次有效评价满意 / 首次有效评价", Evaluated, Rate, Tickets(tickets::first_satisfied)),
    row("F11", ("最终满意率", "final satisfaction"), "末次评价满意 / 办结且有评价", Closed, Rate, Tickets(tickets::finally_satisfied)),
    row("F12a", ("响应率", "contacted, says the caller"), "来电人答已联系 / 询问过是否联系的有效评价", Evaluated, Rate, Tickets(tickets::contacted)),
    row("F12a-log", ("先行联系率", "first contact in time, by the log"), "时限内先行联系 / 交办", Issued, Rate, Assignments(assignments::contacted)),
    row("F12b", ("解决率", "solved"), "来电人答已解决 / 询问过是否解决的有效评价", Evaluated, Rate, Tickets(tickets::solved)),
    row("F12c", ("三率综合", "three rates together"), "0.1×响应＋0.5×解决＋0.4×满意，三问均询问过的有效评价", Evaluated, Rate, Tickets(tickets::three_rates)),
    row("F13", ("退单率", "rightly returned"), "同意退单 / 交办", Issued, Rate, Assignments(assignments::returned)),
    row("F13b", ("无效退单率", "returned in vain"), "驳回退单 / 交办", Issued, Rate, Assignments(assignments::returned_in_vain)),
    row("F13b-late", ("超时退单率", "returned after the window"), "超时申请退单 / 交办", Issued, Rate, Assignments(assignments::returned_late)),
    row("F14", ("重办率", "done again"), "重办件 / 首次报结", Closed, Rate, Assignments(assignments::redone)),
    row("F14-rounds", ("重办次数", "rounds after the first"), "重办轮次", Closed, Count, Assignments(assignments::rounds)),
    row("F14b", ("一次完成率", "done at once"), "未重办 / 首次报结", Closed, Rate, Assignments(assignments::done_at_once)),
    row("F15-count", ("催办次数", "urges"), "各来源计数的催办", Due, Count, Assignments(assignments::urges)),
    row("F15-hub", ("热线催办次数", "urges by the hub"), "热线计数的催办", Due, Count, Assignments(assignments::urges_by_hub)),
    row("F15-citizen", ("来电人催办次数", "urges by callers"), "来电人计数的催办（每日至多一次）", Due, Count, Assignments(assignments::urges_by_citizen)),
    row("F15-supervisor", ("督办单位催办次数", "urges by supervising units"), "督办单位计数的催办", Due, Count, Assignments(assignments::urges_by_supervisor)),
    row("F15-leader", ("领导催办次数", "urges by leaders"), "领导计数的催办", Due, Count, Assignments(assignments::urges_by_leader)),
    row("F15-system", ("系统催办次数", "urges by a clock"), "时限到级自动催办", Due, Count, Assignments(assignments::urges_by_system)),
    row("F15", ("催办率", "urged by the hub"), "热线催办过 / 应办结", Due, Rate, Assignments(assignments::urged)),
    row("vague", ("不详退回", "sent back as vague"), "认定办理结果不详的次数", Closed, Count, Assignments(assignments::vague)),
    row("false", ("虚假办理", "found false"), "认定办理结果不实的次数", Closed, Count, Assignments(assignments::false_result)),
    row("methods", ("工作方法解决率", "solved with a named method"), "来电人答已解决 / 标注工作方法且询问过是否解决的办结件", Closed, Rate, Tickets(tickets::moved_by_method)),
    row("F16", ("延期率", "extended"), "批准延期 / 交办", Issued, Rate, Assignments(assignments::extended)),
    row("F17", ("督办办结率", "orders answered in time"), "按时答复督查令 / 应答复", Due, Rate, Orders(assignments::order)),
    row("F17-1", ("一级督查令按时答复率", "orders of level 1 answered in time"), "按时答复 / 应答复", Due, Rate, Orders(assignments::order_1)),
    row("F17-2", ("二级督查令按时答复率", "orders of level 2 answered in time"), "按时答复 / 应答复", Due, Rate, Orders(assignments::order_2)),
    row("F17-3", ("三级督查令按时答复率", "orders of level 3 answered in time"), "按时答复 / 应答复", Due, Rate, Orders(assignments::order_3)),
    row("orders", ("督查令", "orders sent"), "发出督查令", Issued, Count, Orders(assignments::orders_sent)),
    row("F18", ("签批件办结率", "leader pieces in time"), "按时办结签批件 / 应办结签批件", Due, Rate, Assignments(assignments::leader)),
    row("F19-opened", ("不满意结案数", "closed unsatisfied"), "新增不满意事项", Closed, Count, Items(tickets::item_opened)),
    row("F19-struck", ("销号数", "struck off"), "销号", Closed, Count, Items(tickets::item_closed)),
    row("F19-back", ("当期结案当期销号", "closed unsatisfied and struck off in the period"), "当期新增且当期销号", Closed, Count, Items(tickets::item_closed_at_once)),
    row("F19", ("销号率", "struck off since opening"), "累计销号 / 累计不满意事项", Cumulative, Rate, Items(tickets::items_closed)),
    row("F20", ("疑难备案数", "filings in force"), "期末有效备案", Cumulative, Count, Filings),
    row("F20-answers", ("备案答复数", "answered by a filing"), "备案答复办结", Closed, Count, Tickets(tickets::answered_by_filing)),
    row("F21", ("快速响应达标率", "quick pieces in time"), "时限内联系或到场 / 快速响应件", Due, Rate, Tickets(tickets::quick)),
    row("F22", ("错派率", "sent to the wrong unit"), "改派 / 转办", Issued, Rate, Tickets(tickets::misdirected)),
    row("F23", ("重复诉求率", "repeats"), "同一事项期内再诉 / 有效", Accepted, Rate, Tickets(tickets::repeated)),
    row("F24", ("骚扰率", "nuisance"), "骚扰 / 人工接听登记", Accepted, Rate, Tickets(tickets::nuisance)),
    row("F25", ("质检合格率", "calls scored 90 and more"), "90分以上 / 质检", Closed, Rate, Unmeasured("尚无质检评分")),
    row("F26", ("知识库更新率", "knowledge reviewed in time"), "按时复审 / 应复审", Due, Rate, Knowledge),
    row("F27", ("批示转化率", "instructions an issue"), "对专报的领导批示 / 专报期数", Released, Rate, Issues),
    row("thanks", ("群众感谢", "thanks"), "来电、来信、锦旗", Accepted, Count, Tickets(tickets::thanks)),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn formula_names_are_unique() {
        let names: BTreeSet<&str> = FORMULAS.iter().map(|formula| formula.chinese).collect();
        assert_eq!(names.len(), FORMULAS.len());
    }

    #[test]
    fn every_formula_is_in_the_table_once() {
        let codes: BTreeSet<&str> = FORMULAS.iter().map(|formula| formula.code).collect();
        assert_eq!(codes.len(), FORMULAS.len());
        for n in 1..=27 {
            let of = |code: &&&str| {
                let rest = code.strip_prefix(&format!("F{n}"));
                rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
            };
            assert!(codes.iter().any(|code| of(&code)), "F{n}");
        }
    }
}
