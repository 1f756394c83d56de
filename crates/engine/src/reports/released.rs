//! Released reports: stored unchanged, numbered and hashed (hotline.md 2.8, invariant 10).

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{
    AgentIntervals, Mutex, Period, ReleaseRequest, Report, ReportError, ReportIssue, ReportRequest,
    Reports, Rows, Sheet, Timestamp, failed, lock,
};
use model::{AccountName, event::ReportReleased};
use reporting::{appeal, sheet::sha256};

use crate::replace::replace;

impl Reports {
    /// Makes the report to be released and stores it. The caller writes its record; until then the
    /// file does not count, and the next attempt replaces it.
    pub fn prepare(
        &self,
        rows: &dyn Rows,
        agents: &Mutex<AgentIntervals>,
        now: Timestamp,
        request: &ReleaseRequest,
        by: Option<AccountName>,
    ) -> Result<ReportReleased, ReportError> {
        let period = self.period(&request.period)?;
        let over = self.may_release_from(request.report, &period);
        if now < over {
            let what = format!(
                "{} {period} cannot be released before {}",
                request.report,
                self.local(over)
            );
            return Err(ReportError::Conflict(what));
        }
        let issue = ReportIssue {
            report: request.report.code().to_owned(),
            period: period.to_string(),
            unit: request.unit.as_deref().map(Into::into),
        };
        let before = lock(&self.reference).released(&issue).to_vec();
        let number = u32::try_from(before.len()).unwrap_or(u32::MAX).saturating_add(1);
        let why = request.why.trim();
        if number > 1 && why.is_empty() {
            let what = format!(
                "{} {period} has been released already; give the reason for the correction",
                request.report
            );
            return Err(ReportError::Invalid(what));
        }
        let json_request = ReportRequest {
            report: request.report,
            period: request.period.clone(),
            unit: request.unit.clone(),
            format: "json".to_owned(),
            issue: None,
        };
        let sheet = self.sheet(rows, agents, now, &json_request, &period)?;
        if let Some(last) = before.last() {
            let (last, _) = self.read(&issue, last.what.number, &last.what.facts_sha256)?;
            if last.parts == sheet.parts {
                return Err(ReportError::Conflict(
                    "it is the same as the issue that is released already".to_owned(),
                ));
            }
        }
        let text = sheet.to_json();
        replace(&self.path(&issue, number), text.as_bytes()).map_err(failed)?;
        Ok(ReportReleased {
            report: issue.report,
            period: issue.period,
            unit: issue.unit,
            number,
            facts_sha256: sha256(text.as_bytes()),
            why: (number > 1).then(|| why.to_owned()),
            by,
        })
    }

    /// The file of a released report, after its hash was checked against the record.
    pub(super) fn released(
        &self,
        request: &ReportRequest,
        period: &Period,
        number: u32,
    ) -> Result<(Sheet, press::ReleaseMark), ReportError> {
        let issue = ReportIssue {
            report: request.report.code().to_owned(),
            period: period.to_string(),
            unit: request.unit.as_deref().map(Into::into),
        };
        let known = lock(&self.reference).released(&issue).to_vec();
        let Some(found) = known.into_iter().find(|released| released.what.number == number) else {
            let what = format!("there is no issue {number} of {} {period}", request.report);
            return Err(ReportError::NotFound(what));
        };
        let (sheet, hash) = self.read(&issue, number, &found.what.facts_sha256)?;
        let on = self.zone.date(found.at);
        let mut issue = format!("第 {number} 号　{on} 发布");
        if let Some(why) = &found.what.why {
            issue = format!("第 {number} 号（更正：{why}）　{on} 发布");
        }
        Ok((sheet, press::ReleaseMark { issue, sha256: hash }))
    }

    fn read(
        &self,
        issue: &ReportIssue,
        number: u32,
        expected: &str,
    ) -> Result<(Sheet, String), ReportError> {
        let path = self.path(issue, number);
        let damaged =
            |what: String| ReportError::Unavailable(format!("{}: {what}", path.display()));
        let text = fs::read_to_string(&path).map_err(|e| damaged(e.to_string()))?;
        let found = sha256(text.as_bytes());
        if found != expected {
            return Err(damaged(format!(
                "the file was changed after its release: its SHA-256 is {found}, but {expected} \
                 was released"
            )));
        }
        let sheet = Sheet::from_json(&text).map_err(|e| damaged(e.to_string()))?;
        Ok((sheet, found))
    }

    /// When a report may be released: its period must be over, and a ranking of units waits for the
    /// days of appeal (4.4).
    pub(super) fn may_release_from(&self, report: Report, period: &Period) -> Timestamp {
        let (_, end) = period.times(&self.rules.cuts, self.zone);
        let ranks = matches!(report, Report::R3 | Report::R4 | Report::R5);
        if ranks { appeal::window(end, self.working_time(), &self.desk.clocks) } else { end }
    }

    fn path(&self, issue: &ReportIssue, number: u32) -> PathBuf {
        self.folder.join(file_of(issue, number))
    }

    fn local(&self, at: Timestamp) -> String {
        let second = self.zone.second_of_day(at);
        format!("{} {:02}:{:02}", self.zone.date(at), second / 3_600, second / 60 % 60)
    }
}

fn file_of(issue: &ReportIssue, number: u32) -> String {
    // A unit's code has letters, digits and dashes only; the file name keeps nothing else.
    let plain = |text: &str| -> String {
        text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect()
    };
    let whose = issue.unit.as_ref().map(|unit| format!("-{}", plain(unit.as_str())));
    format!("{}-{}{}-{number}.json", issue.report, issue.period, whose.unwrap_or_default())
}

/// The fault of a released report's file in a data folder or a backup, in a sentence; `None` when
/// it is sound.
pub(crate) fn fault_of_released(data: &Path, what: &ReportReleased) -> Option<String> {
    let ReportReleased { report, period, unit, number, facts_sha256, .. } = what;
    let issue = ReportIssue { report: report.clone(), period: period.clone(), unit: unit.clone() };
    let path = data.join(FOLDER).join(file_of(&issue, *number));
    match fs::read(&path) {
        Err(e) => Some(format!("{}: the released report cannot be read: {e}", path.display())),
        Ok(bytes) if sha256(&bytes) != *facts_sha256 => {
            Some(format!("{}: the report was changed after its release", path.display()))
        }
        Ok(_) => None,
    }
}

/// Copies the released reports into a backup. Returns how many.
pub(crate) fn copy_released(data: &Path, to: &Path) -> Result<usize, String> {
    let from = data.join(FOLDER);
    let listed = match fs::read_dir(&from) {
        Ok(listed) => listed,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(e) => return Err(format!("cannot read {}: {e}", from.display())),
    };
    let mut copied = 0;
    for entry in listed {
        let path = entry.map_err(|e| format!("cannot read {}: {e}", from.display()))?.path();
        let (Some(name), true) = (path.file_name(), path.extension().is_some_and(|e| e == "json"))
        else {
            continue;
        };
        let failed = |e: io::Error| format!("cannot copy {}: {e}", path.display());
        let bytes = fs::read(&path).map_err(failed)?;
        replace(&to.join(FOLDER).join(name), &bytes).map_err(failed)?;
        copied += 1;
    }
    Ok(copied)
}

/// The folder's name below the data folder.
pub(super) const FOLDER: &str = "reports";
