//! Figures with values worked out by hand.

use model::{
    Timestamp,
    desk::{
        AssignmentState, ClockKind, Disposition, RedoReason, ReturnGround, Satisfaction,
        TicketClosure, TicketState, UrgeSource,
    },
    event::CallEnd,
};
use reporting::{
    PeriodKind,
    bulletin::Report,
    facts::TicketRow,
    figure::{ExclusionReason, Figure, FigurePart, drill_down, formula, measure},
    score::{Score, score},
    sheet::{Cell, Sheet, SheetPart, Table},
};
use stats::Cdr;
use ticketing::assignment::{ReturnRequest, ReturnVerdict};

use crate::common::{Hotline, at, call, closed, evaluated, given, met, ticket};

const UNITS: &[(&str, &str)] = &[("a", "县区"), ("b", "县区")];

fn end_of_year() -> Timestamp {
    at("2026-12-31", 12, 0)
}

fn figure(hotline: &Hotline, rows: &[TicketRow], code: &str, period: &str) -> Figure {
    let facts = hotline.facts(&[], rows);
    let source = hotline.source(&facts);
    measure(formula(code).unwrap(), &source.scope(&hotline.period(period)))
}

fn shown(hotline: &Hotline, rows: &[TicketRow], code: &str) -> String {
    let figure = figure(hotline, rows, code, "2026-11");
    format!("{} {}", figure.shown, figure.fraction())
}

/// V12, a published bulletin: 24,932 due, 23,974 done, 22,345 of them on time.
#[test]
fn published_bulletin_of_24932_assignments_is_reproduced() {
    let hotline = Hotline::new(end_of_year(), UNITS);
    let issued = at("2026-11-02", 9, 0);
    let in_time = at("2026-11-10", 9, 0);
    let late = at("2026-12-01", 9, 0);
    let rows: Vec<TicketRow> = (0..24_932)
        .map(|n| {
            let row = given(ticket(n + 1, issued), "a", issued, 7);
            match n {
                0..22_345 => met(row, ClockKind::HandleB, in_time),
                22_345..23_974 => met(row, ClockKind::HandleB, late),
                _ => row,
            }
        })
        .collect();
    assert_eq!(shown(&hotline, &rows, "F5"), "96.16% 23974/24932");
    assert_eq!(shown(&hotline, &rows, "F6"), "89.62% 22345/24932");
}

/// Panjin: 7.25 of 9.67 answered on the spot. Binzhou: 3,700 of 4,800 valid.
#[test]
fn valid_and_direct_answer_rates_are_reproduced() {
    let hotline = Hotline::new(end_of_year(), UNITS);
    let opened = at("2026-11-02", 9, 0);
    let rows: Vec<TicketRow> = (0..967)
        .map(|n| match n {
            0..725 => closed(ticket(n + 1, opened), opened, TicketClosure::Direct),
            _ => given(ticket(n + 1, opened), "a", opened, 7),
        })
        .collect();
    assert_eq!(shown(&hotline, &rows, "F2b-direct"), "74.97% 725/967");
    assert_eq!(shown(&hotline, &rows, "F2b-dispatched"), "25.03% 242/967");
    let rows: Vec<TicketRow> = (0..4_800)
        .map(|n| {
            let row = ticket(n + 1, opened);
            if n < 3_700 { row } else { closed(row, opened, TicketClosure::Invalid) }
        })
        .collect();
    assert_eq!(shown(&hotline, &rows, "F2"), "77.08% 3700/4800");
}

/// Pingqiao: 103 nuisance calls beside 1,453 valid ones, 6.6 %.
#[test]
fn nuisance_rate_divides_by_answered_calls() {
    let hotline = Hotline::new(end_of_year(), UNITS);
    let opened = at("2026-11-02", 9, 0);
    let rows: Vec<TicketRow> = (0..1_556)
        .map(|n| {
            let mut row = ticket(n + 1, opened);
            if n >= 103 {
                return row;
            }
            row.disposition = Disposition::Harassment;
            closed(row, opened, TicketClosure::Invalid)
        })
        .collect();
    assert_eq!(shown(&hotline, &rows, "F24"), "6.62% 103/1556");
}

#[test]
fn fairly_satisfied_counts_nine_tenths_and_no_answer_is_excluded() {
    let mut hotline = Hotline::new(end_of_year(), UNITS);
    let (opened, asked) = (at("2026-11-02", 9, 0), at("2026-11-12", 9, 0));
    let with = |n, grade| {
        let row = given(ticket(n, opened), "a", opened, 7);
        closed(evaluated(row, asked, grade), asked, TicketClosure::Evaluated)
    };
    let mut rows = vec![
        with(1, Satisfaction::VerySatisfied),
        with(2, Satisfaction::Satisfied),
        with(3, Satisfaction::Fairly),
        with(4, Satisfaction::Dissatisfied),
    ];
    let mut silent = given(ticket(5, opened), "a", opened, 7);
    (silent.replied, silent.asked) = (Some(asked), 3);
    rows.push(closed(silent, asked, TicketClosure::NoEvaluation));
    // 2.9 of 4; of those told, all five were asked to the end and four answered.
    assert_eq!(shown(&hotline, &rows, "F9"), "72.50% 2.9/4");
    assert_eq!(shown(&hotline, &rows, "F8"), "100.00% 5/5");
    assert_eq!(shown(&hotline, &rows, "F8-valid"), "80.00% 4/5");
    // 0.1 × 4/4 + 0.5 × 3/4 + 0.4 × 2.9/4 = 0.1 + 0.375 + 0.29
    assert_eq!(shown(&hotline, &rows, "F12c"), "76.50% 3.06/4");
    hotline.rules.fairly_satisfied = 100;
    assert_eq!(shown(&hotline, &rows, "F9"), "75.00% 3/4");
    rows[3].unreasonable = true;
    let without = figure(&hotline, &rows, "F9", "2026-11");
    assert_eq!((without.shown.as_str(), without.denominator), ("100.00%", 3));
    assert_eq!(without.excluded[0].reason, ExclusionReason::Unreasonable);
}

/// An SMS "5" answers one question of three: the other two figures exclude it, and the score loses no
/// points.
#[test]
fn unasked_question_is_excluded_and_costs_no_points() {
    let hotline = Hotline::new(end_of_year(), UNITS);
    let (opened, asked) = (at("2026-11-02", 9, 0), at("2026-11-12", 9, 0));
    let mut row = met(given(ticket(1, opened), "a", opened, 7), ClockKind::HandleB, asked);
    row =
        closed(evaluated(row, asked, Satisfaction::VerySatisfied), asked, TicketClosure::Evaluated);
    row.methods = vec!["现场办公".into()];
    for eval in [&mut row.eval_first, &mut row.eval_final].into_iter().flatten() {
        (eval.solved, eval.contacted) = (None, None);
    }
    let rows = [row];
    assert_eq!(shown(&hotline, &rows, "F9"), "100.00% 1/1");
    for code in ["F12a", "F12b", "F12c", "methods"] {
        let figure = figure(&hotline, &rows, code, "2026-11");
        assert_eq!((figure.shown.as_str(), figure.left_out()), ("—", "未询问 1".into()), "{code}");
    }
    let score = score_of(&hotline, &rows, "2026-11");
    let line = |item: &str| score.lines.iter().find(|line| line.item == item).unwrap().clone();
    assert_eq!(
        (line("解决").why.as_str(), line("先行联系").why.as_str()),
        ("无数据，不计", "无数据，不计")
    );
    assert_eq!(line("满意").points, 2_500);
}

/// An advertisement by SMS that was never registered is neither valid nor invalid.
#[test]
fn unregistered_draft_is_not_counted_as_valid() {
    let hotline = Hotline::new(end_of_year(), UNITS);
    let opened = at("2026-11-02", 9, 0);
    let mut draft = ticket(1, opened);
    (draft.registered, draft.state) = (None, TicketState::Draft);
    let registered = ticket(2, opened);
    let rows = [draft, registered];
    let valid = figure(&hotline, &rows, "F2", "2026-11");
    assert_eq!((valid.fraction().as_str(), valid.left_out()), ("1/1", "待登记 1".into()));
    assert_eq!(shown(&hotline, &rows, "F5-cumulative"), "0.00% 0/1");
    assert_eq!(figure(&hotline, &rows, "F24", "2026-11").fraction(), "0/1");
    let facts = hotline.facts(&[], &rows);
    let source = hotline.source(&facts);
    let sheet = source.sheet(Report::R2, &hotline.period("2026-W45"), None).unwrap();
    let channels = table(&sheet, "来源渠道");
    assert_eq!(cells(&channels.rows[0])[..3], ["电话", "1", "1"]);
    assert!(channels.note.contains("待登记 1 件"), "{}", channels.note);
}

/// R1 of the 20th, made on the 30th, has the backlog of the evening of the 20th.
#[test]
fn daily_report_of_a_past_day_counts_that_days_backlog() {
    let hotline = Hotline::new(at("2026-11-30", 12, 0), UNITS);
    let issued = at("2026-11-02", 9, 0);
    let assignment = |n| given(ticket(n, issued), "a", issued, 7);
    // Due on the 11th: late on the 20th, done on the 23rd.
    let done_later = met(assignment(1), ClockKind::HandleB, at("2026-11-23", 9, 0));
    let done_before = met(assignment(2), ClockKind::HandleB, at("2026-11-19", 9, 0));
    let late = assignment(3);
    // Issued after the day, and late by the report's time.
    let issued_later = given(ticket(4, at("2026-11-21", 9, 0)), "a", at("2026-11-21", 9, 0), 1);
    // Due on Monday the 23rd, the next working day.
    let soon = given(ticket(5, at("2026-11-12", 9, 0)), "a", at("2026-11-12", 9, 0), 7);
    let rows = [done_later, done_before, late, issued_later, soon];
    let facts = hotline.facts(&[], &rows);
    let source = hotline.source(&facts);
    let sheet = source.sheet(Report::R1, &hotline.period("2026-11-20"), None).unwrap();
    let overall = table(&sheet, "一、总体");
    let row = |label: &str| {
        let found = overall.rows.iter().map(|row| cells(row)).find(|row| row[0] == label);
        found.expect("the row")[1..3].to_vec()
    };
    assert_eq!(row("在办"), ["3", "3"], "that day and the day before");
    assert_eq!(row("临期（黄）"), ["1", "0"], "on Thursday it had two working days left");
    assert_eq!(row("超期（红）"), ["2", "2"]);
    let overdue: Vec<_> = table(&sheet, "五、超期清单").rows.iter().map(|row| cells(row)).collect();
    let numbers: Vec<&str> = overdue.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(numbers, ["2026110200001", "2026110200003"]);
    assert_eq!(overdue[0][3], "9", "days late on the evening of the 20th");
    let today = source.sheet(Report::R1, &hotline.period("2026-11-30"), None).unwrap();
    assert_eq!(table(&today, "五、超期清单").rows.len(), 3);
}

/// The reasons beside the best and the worst units name the figures whose values they print.
#[test]
fn reasons_for_best_and_worst_name_the_printed_figure() {
    let hotline = Hotline::new(end_of_year(), UNITS);
    let issued = at("2026-11-02", 9, 0);
    let passed = at("2026-11-05", 9, 0);
    let rows: Vec<TicketRow> = (1..=12)
        .map(|n| {
            let row = given(ticket(n, issued), "a", issued, 7);
            let row = met(met(row, ClockKind::Sign, issued), ClockKind::HandleB, passed);
            closed(
                evaluated(row, passed, Satisfaction::Satisfied),
                passed,
                TicketClosure::Evaluated,
            )
        })
        .collect();
    let facts = hotline.facts(&[], &rows);
    let source = hotline.source(&facts);
    let sheet = source.sheet(Report::R3, &hotline.period("2026-11"), None).unwrap();
    let praised: Vec<_> = table(&sheet, "十佳三差").rows.iter().map(|row| cells(row)).collect();
    assert_eq!(praised.len(), 1);
    let reasons = &praised[0][4];
    let names: Vec<&str> = reasons.split('，').map(|of| of.split(' ').next().unwrap()).collect();
    let known = |name: &str| reporting::figure::FORMULAS.iter().any(|f| f.chinese == name);
    assert!(names.len() == 3 && names.iter().all(|name| known(name)), "{reasons}");
}

#[test]
fn first_evaluation_never_changes() {
    let hotline = Hotline::new(end_of_year(), UNITS);
    let opened = at("2026-11-02", 9, 0);
    let row = given(ticket(1, opened), "a", opened, 7);
    let row = evaluated(row, at("2026-11-10", 9, 0), Satisfaction::Dissatisfied);
    let row = evaluated(row, at("2026-12-02", 9, 0), Satisfaction::VerySatisfied);
    let rows = [closed(row, at("2026-12-03", 9, 0), TicketClosure::Evaluated)];
    let of = |code, period| figure(&hotline, &rows, code, period).fraction();
    assert_eq!((of("F10", "2026-11"), of("F10", "2026-12")), ("0/1".into(), "0/0".into()));
    assert_eq!((of("F9", "2026-11"), of("F9", "2026-12")), ("0/0".into(), "1/1".into()));
    assert_eq!(figure(&hotline, &rows, "F9", "2026-11").shown, "—");
}

/// Seven working days from Monday 2 November end on Wednesday the 11th, with the day.
#[test]
fn assignment_counts_in_the_period_it_is_due_and_is_on_time_until_the_last_second() {
    let hotline = Hotline::new(end_of_year(), UNITS);
    let issued = at("2026-11-02", 9, 0);
    let with = |n, done| met(given(ticket(n, issued), "a", issued, 7), ClockKind::HandleB, done);
    let last = at("2026-11-11", 23, 59) + std::time::Duration::from_secs(59);
    let after = at("2026-11-12", 0, 0);
    let rows = [with(1, last), with(2, after)];
    assert_eq!(shown(&hotline, &rows, "F6"), "50.00% 1/2");
    // Issued in October and due in November: it counts in November.
    let early = at("2026-10-29", 9, 0);
    let row = met(given(ticket(3, early), "a", early, 7), ClockKind::HandleB, early);
    let of = |period| figure(&hotline, std::slice::from_ref(&row), "F5", period).denominator;
    assert_eq!((of("2026-10"), of("2026-11")), (0, 1));
}

#[test]
fn exclusions_are_counted_by_reason() {
    let mut hotline = Hotline::new(at("2026-11-20", 12, 0), UNITS);
    let issued = at("2026-11-02", 9, 0);
    let assignment = |n| given(ticket(n, issued), "a", issued, 7);
    let mut returned = assignment(1);
    let verdict = Some(ReturnVerdict::Approved);
    let ground = ReturnGround::NotOurs;
    returned.assignments[0].returns.push(ReturnRequest {
        at: issued,
        ground,
        late: false,
        verdict,
    });
    returned.assignments[0].state = AssignmentState::Returned;
    let mut withdrawn = assignment(2);
    withdrawn.assignments[0].state = AssignmentState::Withdrawn;
    let mut unreasonable = assignment(3);
    unreasonable.unreasonable = true;
    let later = given(ticket(4, at("2026-11-18", 9, 0)), "a", at("2026-11-18", 9, 0), 7);
    let late = assignment(5);
    let appealed = assignment(6);
    let ruled = model::event::AssessmentRuled {
        assignment: model::desk::AssignmentId { ticket: appealed.ticket, n: 1 },
        excluded: true,
        reason: "自然灾害".into(),
        by: "zhang".into(),
        second: "wang".into(),
    };
    let event = model::Event::AssessmentRuled(ruled);
    hotline.reference.apply(&model::Record { seq: 1, at: issued, event });
    let rows = [returned, withdrawn, unreasonable, later, late, appealed];
    let figure = figure(&hotline, &rows, "F5", "2026-11");
    assert_eq!(figure.fraction(), "0/1");
    assert_eq!(figure.left_out(), "退单 1，收回 1，期限未到 1，不合理诉求 1，申诉剔除 1");
    assert_eq!(self::figure(&hotline, &rows, "F13", "2026-11").fraction(), "1/6");
}

#[test]
fn redone_assignment_counts_once_and_needs_every_round_in_time() {
    let hotline = Hotline::new(end_of_year(), UNITS);
    let issued = at("2026-11-02", 9, 0);
    // The first round was late and the second, in the same month, in time: not on time.
    let mut row =
        met(given(ticket(1, issued), "a", issued, 7), ClockKind::HandleB, at("2026-11-13", 9, 0));
    let again = at("2026-11-16", 9, 0);
    let second = given(ticket(1, issued), "a", again, 4).assignments.remove(0).clocks;
    row.assignments[0].clocks.extend(second);
    row.assignments[0].send_backs = 1;
    let row = met(row, ClockKind::HandleB, at("2026-11-17", 9, 0));
    let rows = [row];
    assert_eq!(shown(&hotline, &rows, "F5"), "100.00% 1/1");
    assert_eq!(shown(&hotline, &rows, "F6"), "0.00% 0/1");
    assert_eq!(shown(&hotline, &rows, "F14"), "100.00% 1/1");
    assert_eq!(shown(&hotline, &rows, "F14b"), "0.00% 0/1");
}

#[test]
fn lowest_24_hour_connect_rate_may_span_two_days() {
    let hotline = Hotline::new(end_of_year(), UNITS);
    // Ten answered on the 10th by noon; two missed late that evening; two missed the next
    // morning; then ten answered. Each whole day is 10 of 12; 22:00 to 10:00 has 0 of 4 new,
    // and the 24 hours that end with the last miss, 9:50 on the 11th, have 2 of 6.
    let mut calls: Vec<_> = (0..10).map(|n| call(at("2026-11-10", 9, 6 * n), Some(3))).collect();
    calls.extend([0, 10].map(|m| call(at("2026-11-10", 22, m), None)));
    calls.extend([45, 50].map(|m| call(at("2026-11-11", 9, m), None)));
    calls.extend((0..10).map(|n| call(at("2026-11-11", 20, 5 * n), Some(20))));
    let facts = hotline.facts(&calls, &[]);
    let source = hotline.source(&facts);
    let day = |code, period| {
        let figure = measure(formula(code).unwrap(), &source.scope(&hotline.period(period)));
        format!("{} {}", figure.shown, figure.fraction())
    };
    assert_eq!(day("F1", "2026-11-10"), "83.33% 10/12");
    assert_eq!(day("F1", "2026-11-11"), "83.33% 10/12");
    // At 9:50 the window holds the call of 9:54 on the 10th, two misses, two misses.
    assert_eq!(day("F1-24h", "2026-11-11"), "20.00% 1/5");
    assert_eq!(day("F1b", "2026-11-10"), "100.00% 10/10");
    assert_eq!(day("F1b", "2026-11-11"), "0.00% 0/10");
    // Of the wallboard's two rates, one counts abandoned callers and the other does not.
    assert_eq!(day("F1b-offered", "2026-11-10"), "83.33% 10/12");
    assert_eq!(day("F1c-asa", "2026-11"), "11.50 230/20");
    assert_eq!(day("F1c-abandoned", "2026-11"), "16.67% 4/24");
    // (10×3 + 4×40 + 10×20) / 24 = 16.25 s
    assert_eq!(day("F1c-wait", "2026-11"), "16.25 390/24");
}

#[test]
fn refused_call_is_an_attempt_and_is_called_back() {
    let hotline = Hotline::new(end_of_year(), UNITS);
    let arrived = at("2026-11-10", 9, 0);
    let mut missed = ticket(1, arrived);
    (missed.missed, missed.registered) = (true, None);
    let promise = model::desk::ClockTerms {
        kind: ClockKind::LostCall,
        allowance: model::desk::Allowance::Working(7_200),
        policy: 1,
    };
    let mut clock = deadlines::clock::Clock::started(promise, arrived);
    clock.apply(at("2026-11-10", 10, 59), &deadlines::clock::ClockEvent::Met);
    missed.clocks.push(clock);
    let facts = hotline.facts(&[call(at("2026-11-10", 8, 0), Some(3))], &[missed]);
    let source = hotline.source(&facts);
    let of = |code| {
        measure(formula(code).unwrap(), &source.scope(&hotline.period("2026-11"))).fraction()
    };
    assert_eq!((of("F1"), of("F1c-back"), of("F2")), ("1/2".into(), "1/1".into(), "0/0".into()));
}

#[test]
fn call_that_ended_in_a_menu_is_no_attempt_to_reach_a_person() {
    let hotline = Hotline::new(end_of_year(), UNITS);
    let left = |hour, end| Cdr {
        queue: None,
        queued: None,
        end: Some(end),
        ..call(at("2026-11-10", hour, 0), None)
    };
    let calls = [
        call(at("2026-11-10", 8, 0), Some(3)),
        left(9, CallEnd::LeftInMenu),
        left(10, CallEnd::MenuEnded),
        call(at("2026-11-10", 11, 0), None),
    ];
    let facts = hotline.facts(&calls, &[]);
    let source = hotline.source(&facts);
    let connected = measure(formula("F1").unwrap(), &source.scope(&hotline.period("2026-11")));
    assert_eq!(connected.fraction(), "1/2", "one answered, one abandoned");
}

#[test]
fn each_refused_attempt_of_one_item_is_counted() {
    let hotline = Hotline::new(end_of_year(), UNITS);
    let mut missed = ticket(1, at("2026-11-10", 9, 0));
    (missed.missed, missed.registered, missed.refused_again) = (true, None, 2);
    let facts = hotline.facts(&[call(at("2026-11-10", 8, 0), Some(3))], &[missed]);
    let source = hotline.source(&facts);
    let connected = measure(formula("F1").unwrap(), &source.scope(&hotline.period("2026-11")));
    assert_eq!(connected.fraction(), "1/4", "one answered, three tries refused");
}

#[test]
fn drill_down_lists_exactly_what_a_figure_counts() {
    let hotline = Hotline::new(end_of_year(), UNITS);
    let issued = at("2026-11-02", 9, 0);
    let assignment = |n| given(ticket(n, issued), "a", issued, 7);
    let rows = [met(assignment(1), ClockKind::HandleB, issued), assignment(2)];
    let facts = hotline.facts(&[], &rows);
    let source = hotline.source(&facts);
    let scope = source.scope(&hotline.period("2026-11"));
    let open = |part| drill_down(formula("F5").unwrap(), &scope, part);
    assert_eq!(open(FigurePart::Numerator), ["2026110200001-1"]);
    assert_eq!(open(FigurePart::Rest), ["2026110200002-1"]);
    assert_eq!(open(FigurePart::Denominator).len(), 2);
    assert!(open(FigurePart::Excluded).is_empty());
}

/// The score of unit `a`.
fn score_of(hotline: &Hotline, rows: &[TicketRow], period: &str) -> Score {
    let facts = hotline.facts(&[], rows);
    let source = hotline.source(&facts);
    score(&source.scope_of(&hotline.period(period), "a").unwrap())
}

/// The hundredths of a point that a line of a score gave; `None` without such a line.
fn given_for(score: &Score, item: &str) -> Option<i32> {
    score.lines.iter().find(|line| line.item == item).map(|line| line.points)
}

fn rule(hotline: &mut Hotline, of: &TicketRow, excluded: bool) {
    let ruled = model::event::AssessmentRuled {
        assignment: model::desk::AssignmentId { ticket: of.ticket, n: 1 },
        excluded,
        reason: "附现场照片".into(),
        by: "zhang".into(),
        second: "wang".into(),
    };
    let event = model::Event::AssessmentRuled(ruled);
    hotline.reference.apply(&model::Record { seq: 1, at: of.opened, event });
}

/// 2.6: a vague result costs 0.2 points each time, a false one 2 points.
#[test]
fn vague_and_false_results_cost_points_in_the_month_they_were_found() {
    let mut hotline = Hotline::new(end_of_year(), UNITS);
    let issued = at("2026-11-02", 9, 0);
    let passed = at("2026-11-05", 9, 0);
    let row = |n| met(given(ticket(n, issued), "a", issued, 7), ClockKind::HandleB, passed);
    let (mut vague, mut untrue) = (row(1), row(2));
    vague.assignments[0].faulted = vec![
        (at("2026-11-06", 9, 0), RedoReason::Vague),
        (at("2026-11-09", 9, 0), RedoReason::Vague),
    ];
    untrue.assignments[0].faulted = vec![(at("2026-12-01", 9, 0), RedoReason::False)];
    // A false result counts even when the assignment was withdrawn afterwards.
    untrue.assignments[0].state = AssignmentState::Withdrawn;
    let rows = [vague, untrue];
    let (november, december) =
        (score_of(&hotline, &rows, "2026-11"), score_of(&hotline, &rows, "2026-12"));
    assert_eq!(given_for(&november, "不详退回"), Some(-40));
    assert_eq!(given_for(&november, "虚假办理"), None);
    assert_eq!(given_for(&december, "虚假办理"), Some(-200));
    let opened = |code, period, part| {
        let facts = hotline.facts(&[], &rows);
        let source = hotline.source(&facts);
        drill_down(formula(code).unwrap(), &source.scope(&hotline.period(period)), part)
    };
    assert_eq!(opened("vague", "2026-11", FigurePart::Numerator), ["2026110200001-1"]);
    assert_eq!(opened("false", "2026-12", FigurePart::Numerator), ["2026110200002-1"]);
    let before = november.points.unwrap();
    rule(&mut hotline, &rows[0], true);
    let after = score_of(&hotline, &rows, "2026-11");
    assert_eq!(given_for(&after, "不详退回"), None, "it was taken out on appeal");
    assert_eq!(figure(&hotline, &rows, "vague", "2026-11").left_out(), "申诉剔除 1");
    assert_ne!(after.points.unwrap_or(0), before);
}

/// A ticket with a dissatisfaction item of `a`.
fn unsatisfied(n: u64, opened: &str, struck_off: Option<&str>) -> TicketRow {
    let issued = at("2026-10-08", 9, 0);
    let mut row = given(ticket(n, issued), "a", issued, 7);
    let moment = |date: &str| at(date, 9, 0);
    row.dissatisfaction = Some((Some("a".into()), moment(opened), struck_off.map(moment)));
    met(row, ClockKind::HandleB, at("2026-10-12", 9, 0))
}

/// UNS-08: points come back in the month of the strike-off, and never more than were deducted.
#[test]
fn deduction_for_an_unsatisfied_closure_is_given_back_when_struck_off() {
    let mut hotline = Hotline::new(end_of_year(), UNITS);
    let rows = [
        unsatisfied(1, "2026-10-15", Some("2026-11-10")),
        unsatisfied(2, "2026-11-03", Some("2026-11-20")),
        unsatisfied(3, "2026-11-04", None),
    ];
    let lines = |hotline: &Hotline, period: &str| {
        let score = score_of(hotline, &rows, period);
        (given_for(&score, "不满意结案"), given_for(&score, "销号返还"))
    };
    assert_eq!(lines(&hotline, "2026-11"), (Some(-100), None), "as shipped nothing comes back");
    hotline.rules.extras.given_back = 100;
    assert_eq!(lines(&hotline, "2026-10"), (Some(-50), None));
    assert_eq!(lines(&hotline, "2026-11"), (Some(-100), Some(100)));
    hotline.rules.extras.given_back = 50;
    assert_eq!(lines(&hotline, "2026-11"), (Some(-100), Some(50)));
    assert_eq!(figure(&hotline, &rows, "F19-struck", "2026-11").fraction(), "2");
    // Below the maximum the second item costs nothing: half a point was deducted for both, and half remains.
    hotline.rules.extras.given_back = 100;
    hotline.rules.extras.unsatisfied_max = 50;
    assert_eq!(lines(&hotline, "2026-11"), (Some(-50), Some(50)), "that of October's alone");
    rule(&mut hotline, &rows[2], true);
    assert_eq!(figure(&hotline, &rows, "F19-opened", "2026-11").left_out(), "申诉剔除 1");
}

fn table<'a>(sheet: &'a Sheet, heading: &str) -> &'a Table {
    let tables = sheet.parts.iter().filter_map(|part| match part {
        SheetPart::Table(table) => Some(table),
        SheetPart::Text { .. } => None,
    });
    tables.into_iter().find(|table| table.heading == heading).expect("the table")
}

fn cells(row: &[Cell]) -> Vec<String> {
    row.iter()
        .map(|cell| match cell {
            Cell::Text(text) => text.clone(),
            Cell::Count(n) => n.to_string(),
            Cell::Points(n) => n.to_string(),
            Cell::Rate { shown, .. } => shown.clone(),
        })
        .collect()
}

/// SUP-01: the urges column of R3 is split by source, with the urges on the ticket.
#[test]
fn urges_are_counted_by_source() {
    let hotline = Hotline::new(end_of_year(), UNITS);
    let issued = at("2026-11-02", 9, 0);
    let mut row = given(ticket(1, issued), "a", issued, 7);
    row.urges = vec![(UrgeSource::Citizen, 3)];
    row.assignments[0].urges =
        vec![(UrgeSource::Hub, 2), (UrgeSource::Leader, 1), (UrgeSource::System, 4)];
    let rows = [row, given(ticket(2, issued), "b", issued, 7)];
    let facts = hotline.facts(&[], &rows);
    let source = hotline.source(&facts);
    let sheet = source.sheet(Report::R3, &hotline.period("2026-11"), None).unwrap();
    let urges = table(&sheet, "催办来源");
    assert_eq!(urges.rows.len(), 1, "nobody has chased b");
    assert_eq!(cells(&urges.rows[0]), ["单位a", "10", "3", "2", "0", "1", "4"]);
    assert_eq!(shown(&hotline, &rows, "F15"), "50.00% 1/2");
}

/// SUP-08: which method solved what, in R4.
#[test]
fn methods_are_compared_by_solved_tickets() {
    let hotline = Hotline::new(end_of_year(), UNITS);
    let (opened, asked) = (at("2026-11-02", 9, 0), at("2026-11-12", 9, 0));
    let with = |n, unit: &str, methods: &[&str], grade| {
        let row = given(ticket(n, opened), unit, opened, 7);
        let mut row = closed(evaluated(row, asked, grade), asked, TicketClosure::Evaluated);
        row.methods = methods.iter().map(ToString::to_string).collect();
        row
    };
    let rows = [
        with(1, "a", &["现场督办"], Satisfaction::Satisfied),
        with(2, "a", &["现场督办", "联席会议"], Satisfaction::Dissatisfied),
        with(3, "b", &["联席会议"], Satisfaction::Satisfied),
        with(4, "b", &[], Satisfaction::Satisfied),
    ];
    let facts = hotline.facts(&[], &rows);
    let source = hotline.source(&facts);
    let of = |unit| {
        let sheet = source.sheet(Report::R4, &hotline.period("2026-Q4"), unit).unwrap();
        let rows = table(&sheet, "工作方法比较").rows.clone();
        rows.iter().map(|row| cells(&row[..6]).join(" ")).collect::<Vec<_>>()
    };
    assert_eq!(of(None), ["现场督办 2 2 1 50.00% 50.00%", "联席会议 2 2 1 50.00% 50.00%"]);
    assert_eq!(of(Some("b")), ["联席会议 1 1 1 100.00% 100.00%"]);
    assert_eq!(figure(&hotline, &rows, "methods", "2026-Q4").fraction(), "2/3");
}

/// RPT-12: running totals continue the numbers from before the engine, and name them.
#[test]
fn running_total_continues_the_opening_balance() {
    let mut hotline = Hotline::new(end_of_year(), UNITS);
    let opened = at("2026-11-02", 9, 0);
    let rows = [
        closed(ticket(1, opened), opened, TicketClosure::Direct),
        given(ticket(2, opened), "a", opened, 7),
    ];
    assert_eq!(shown(&hotline, &rows, "F5-cumulative"), "50.00% 1/2");
    hotline.rules.opening = reporting::OpeningBalance {
        accepted: 350_000,
        closed: 336_000,
        source: "2003—2025年旧系统".into(),
    };
    let total = figure(&hotline, &rows, "F5-cumulative", "2026-11");
    assert_eq!((total.shown.as_str(), total.fraction()), ("96.00%", "336001/350002".into()));
    assert_eq!(total.left_out(), "（已计入期初 336000/350000）");
    let facts = hotline.facts(&[], &rows);
    let source = hotline.source(&facts);
    let scope = source.scope(&hotline.period("2026-11"));
    // The listed tickets and the opening balance are the whole.
    let named =
        drill_down(formula("F5-cumulative").unwrap(), &scope, FigurePart::Denominator).len() as u64;
    assert_eq!(named + total.carried.unwrap().denominator, total.denominator);
    let assignments_of_unit =
        measure(formula("F5-cumulative").unwrap(), &scope.of(facts.units.find("a").unwrap()));
    assert_eq!(assignments_of_unit.fraction(), "0/1", "nobody knows it by unit");
    let sheet = source.sheet(Report::R5, &hotline.period("2026"), None).unwrap();
    assert!(sheet.notes.iter().any(|note| note.contains("350000") && note.contains("旧系统")));
    assert_eq!(cells(table(&sheet, "十年趋势与累计").rows.last().unwrap())[2], "350002");
}

fn released(hotline: &mut Hotline, period: &str, number: u32, moment: Timestamp) {
    let event = model::Event::ReportReleased(model::event::ReportReleased {
        report: "R6".into(),
        period: period.into(),
        unit: None,
        number,
        facts_sha256: String::new(),
        why: None,
        by: None,
    });
    hotline.reference.apply(&model::Record { seq: 1, at: moment, event });
}

/// RPT-05, LDR-07: special reports have running numbers by year; F27 counts leaders' instructions.
#[test]
fn special_reports_are_numbered_and_their_instructions_are_counted() {
    let mut hotline = Hotline::new(end_of_year(), UNITS);
    released(&mut hotline, "2025-12", 1, at("2026-01-04", 9, 0));
    released(&mut hotline, "2026-11-05", 1, at("2026-11-06", 9, 0));
    released(&mut hotline, "2026-W45", 1, at("2026-11-09", 9, 0));
    // Corrected in December: it is still November's issue and keeps its number.
    released(&mut hotline, "2026-11-05", 2, at("2026-12-06", 9, 0));
    let opened = at("2026-11-02", 9, 0);
    let rows = [closed(ticket(1, opened), opened, TicketClosure::Direct)];
    assert_eq!(figure(&hotline, &rows, "F27", "2026-11").fraction(), "0/2");
    let event = model::Event::ReportInstructed(model::event::ReportInstructed {
        report: "R6".into(),
        period: "2026-11-05".into(),
        leader: "sheng".into(),
        text: "请城管局整改".into(),
        unit: Some("a".into()),
        due: "2026-11-20".parse().ok(),
        ticket: Some(rows[0].ticket),
    });
    hotline.reference.apply(&model::Record { seq: 1, at: at("2026-11-10", 9, 0), event });
    let yield_of = figure(&hotline, &rows, "F27", "2026-11");
    assert_eq!((yield_of.shown.as_str(), yield_of.fraction()), ("50.00%", "1/2".into()));
    let facts = hotline.facts(&[], &rows);
    let source = hotline.source(&facts);
    let scope = source.scope(&hotline.period("2026-11"));
    let open = |part| drill_down(formula("F27").unwrap(), &scope, part);
    assert_eq!(open(FigurePart::Numerator), ["R6 2026-11-05"]);
    assert_eq!(open(FigurePart::Rest), ["R6 2026-W45"]);
    let sheet = |period: &str| source.sheet(Report::R6, &hotline.period(period), None).unwrap();
    let numbered = |period: &str, n: &str| sheet(period).title.contains(n);
    assert!(numbered("2026-11-05", "2026年第 2 期"), "{}", sheet("2026-11-05").title);
    assert!(numbered("2026-W45", "2026年第 3 期") && numbered("2026-12", "2026年第 4 期"));
    let tracked = table(&sheet("2026-12"), "专报批示跟踪").clone();
    assert_eq!(
        cells(&tracked.rows[0]),
        [
            "第 2 期",
            "sheng",
            "2026-11-10",
            "请城管局整改",
            "单位a",
            "2026-11-20",
            "2026110200001",
            "已办结"
        ]
    );
    assert!(tracked.note.contains("专报 3 期，领导批示 1 件次"), "{}", tracked.note);
}

/// C11, 4.4: three working days after the month in which an assignment counts last.
#[test]
fn appeal_deadline_is_before_the_release_of_the_month() {
    let hotline = Hotline::new(end_of_year(), UNITS);
    let (working_time, policy) = (hotline.working_time(), &hotline.desk.clocks);
    let month = hotline.period("2026-10");
    let (_, end) = month.times(&hotline.rules.cuts, model::Zone::CHINA);
    // October ends on a Saturday: Monday, Tuesday and Wednesday are the three.
    let last = reporting::appeal::window(end, working_time, policy);
    assert_eq!(model::Zone::CHINA.date(last).to_string(), "2026-11-04");
    let due = reporting::appeal::ruling_due(at("2026-11-04", 16, 0), working_time, policy).unwrap();
    assert_eq!(model::Zone::CHINA.date(due).to_string(), "2026-11-09");
    let mut cuts = hotline.rules.cuts;
    let month_of = |cuts: &reporting::PeriodCuts, moment| {
        reporting::Period::at(PeriodKind::Month, moment, cuts, model::Zone::CHINA)
            .unwrap()
            .to_string()
    };
    assert_eq!(month_of(&cuts, at("2026-12-31", 23, 59)), "2026-12");
    cuts.month_last = 18;
    assert_eq!(month_of(&cuts, at("2026-12-19", 0, 0)), "2027-01");
    assert_eq!(month_of(&cuts, at("2026-12-18", 23, 59)), "2026-12");
}
