//! `heartline audit`: searches the audit trail.

use std::io::Write;

use engine::{
    fault::{EX_DATAERR, EX_USAGE, Fault},
    site::{Site, local},
};
use model::Number;
use stats::audit::{AuditFilter, AuditSearch};

use crate::cli::Audit;

/// Reads the whole log once and prints each line that matches.
pub(crate) fn run(audit: Audit) -> Result<(), Fault> {
    let Site { data, zone, area_code, .. } = audit.place.site()?;
    let call = audit.call.as_deref().map(str::parse).transpose();
    let filter = AuditFilter {
        person: audit.person.as_deref().map(Into::into),
        call: call.map_err(|_| Fault::new(EX_USAGE, "the id of a call has eleven characters"))?,
        ticket: audit.ticket,
        caller: audit
            .caller
            .map_or_else(Vec::new, |caller| Number::new(&caller).spellings(&area_code)),
        what: None,
        since: audit.since.map(|day| zone.moment(day, 0)),
        until: audit.until.map(|day| zone.moment(day.plus(1), 0)),
    };
    let mut search = AuditSearch::new(filter, [], []);
    let records = journal::Reader::open(data.join("journal"))
        .and_then(|reader| reader.read_from(0))
        .map_err(|e| e.to_string())?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for record in records {
        let record = record.map_err(|e| Fault::new(EX_DATAERR, e.to_string()))?;
        let Some(line) = search.apply(&record) else { continue };
        let text = if audit.json {
            serde_json::to_string(&line).map_err(|e| e.to_string())?
        } else {
            format!("{} {line}", local(zone, line.at))
        };
        if writeln!(out, "{text}").is_err() {
            // The reader of our output has closed it, as `head` does.
            break;
        }
    }
    Ok(())
}
