//! The alarm about damage to the log that a start found.
//!
//! A line on a terminal is easily missed. The damage is therefore an alarm in the log, which stays
//! on the wallboard over every start until a person settles it with `heartline log settle --why
//! TEXT`. A log with damage in its middle is not opened at all; the journal's error says what to
//! do.

use journal::{Finding, OpenReport};
use model::{
    Seq,
    event::{Alarm, AlarmRaised},
};

/// The alarm, if damage was found. `ahead` is the last record the view had applied, when the log
/// ends before it. `before` is the text of the same alarm from an earlier start that is still up.
pub(crate) fn alarm(
    report: &OpenReport,
    ahead: Option<Seq>,
    before: Option<&String>,
) -> Option<AlarmRaised> {
    let last = report.last.unwrap_or(0);
    let mut findings: Vec<String> = report.found.iter().map(ToString::to_string).collect();
    match ahead {
        Some(seen) => findings.push(format!(
            "records {} to {seen} had been confirmed and are lost: the log ends with record \
             {last}. Compare with the newest backup, and ask people to repeat their last actions",
            last + 1
        )),
        None if !findings.is_empty() => findings.push(format!(
            "the log ends with record {last}. This happens when the machine crashes during a \
             write; no later record had been confirmed"
        )),
        None => return None,
    }
    Some(raised(findings, before))
}

/// The alarm about old files of the log that the start skipped and the snapshot thread has read
/// since; `None` when it is up already.
pub(crate) fn of_old_files(found: &[Finding], before: Option<&String>) -> Option<AlarmRaised> {
    let first = found.first()?.to_string();
    if before.is_some_and(|before| before.contains(&first)) {
        return None;
    }
    let mut findings = vec![first];
    if found.len() > 1 {
        findings.push(format!(
            "and {} more; run `heartline log verify` for the whole list",
            found.len() - 1
        ));
    }
    findings.push(
        "restore the file from a backup; the engine's state, which comes from a snapshot, is not \
         affected"
            .into(),
    );
    Some(raised(findings, before))
}

fn raised(mut findings: Vec<String>, before: Option<&String>) -> AlarmRaised {
    findings.push("when you have found the cause, run `heartline log settle --why TEXT`".into());
    let mut text = findings.join("; ");
    if let Some(before) = before {
        text.push_str("; found earlier: ");
        text.extend(before.chars().take(EARLIER_CHARS));
    }
    AlarmRaised { alarm: Alarm::LogDamaged, text }
}

/// How much of earlier findings an alarm repeats.
const EARLIER_CHARS: usize = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn report(found: &[&str]) -> OpenReport {
        let finding =
            |what: &&str| Finding { file: "1.log".into(), byte: 7, what: (*what).to_owned() };
        OpenReport { last: Some(40), found: found.iter().map(finding).collect() }
    }

    #[test]
    fn sound_log_raises_no_alarm() {
        assert_eq!(alarm(&report(&[]), None, None), None);
    }

    #[test]
    fn old_file_finding_raises_one_alarm() {
        let found = report(&["a record whose checksum is wrong", "another"]).found;
        let text = of_old_files(&found, None).unwrap().text;
        assert!(text.contains("checksum") && text.contains("and 1 more"), "{text}");
        assert_eq!(of_old_files(&found, Some(&text)), None);
        assert_eq!(of_old_files(&[], None), None);
    }

    #[test]
    fn lost_acknowledged_records_are_named() {
        let torn = alarm(&report(&["torn"]), None, None).unwrap().text;
        assert!(
            torn.contains("1.log at byte 7: torn")
                && torn.contains("no later record had been confirmed"),
            "{torn}"
        );
        let lost = alarm(&report(&["torn"]), Some(43), Some(&torn)).unwrap().text;
        assert!(lost.contains("records 41 to 43 had been confirmed"), "{lost}");
        assert!(lost.contains("found earlier: 1.log"), "{lost}");
        let cut = alarm(&report(&[]), Some(41), None).unwrap().text;
        assert!(cut.contains("records 41 to 41"), "{cut}");
        let again = alarm(&report(&["torn"]), None, Some(&"x".repeat(9_000))).unwrap().text;
        assert!(again.len() < 2_000, "it does not grow without end");
    }
}
