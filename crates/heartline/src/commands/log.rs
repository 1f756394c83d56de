//! `heartline log …`: verifies and prints the log, and clears the alarm of a damaged one.

use std::{collections::BTreeMap, io::Write, path::Path};

use engine::{
    fault::{EX_DATAERR, EX_USAGE, Fault},
    machine,
};
use model::{
    Event, Seq,
    event::{AlarmRaised, AlarmSettled},
};
use stats::QueueLog;

use crate::{
    cli::{LogVerb, Place},
    output::print_line,
};

/// Runs the command.
pub(crate) fn run(verb: LogVerb) -> Result<(), Fault> {
    match verb {
        LogVerb::Verify { keys, place } => verify(&keys, &place),
        LogVerb::Cat { from, queue_log, place } => print(from, queue_log, &place),
        LogVerb::Settle { why, place } => settle(&why, &place),
    }
}

/// Checks every record of the log, and the signatures of its days.
fn verify(keys: &[String], place: &Place) -> Result<(), Fault> {
    let folder = place.data_folder()?.join("journal");
    let report = journal::verify(&folder).map_err(|e| e.to_string())?;
    for fault in &report.faults {
        print_line(&fault.to_string());
    }
    print_line(&format!(
        "{} records in {} segments, {} to {}, {} bytes, {} faults",
        report.records,
        report.segments,
        report.first.unwrap_or(0),
        report.last.unwrap_or(0),
        report.bytes,
        report.faults.len()
    ));
    let signed = journal::verify_days(&folder, keys).map_err(|e| e.to_string())?;
    for fault in &signed.faults {
        print_line(fault);
    }
    print_line(&format!(
        "days signed: {}, the last {}, {} faults",
        signed.days,
        signed.last.as_deref().unwrap_or("none"),
        signed.faults.len()
    ));
    for key in &signed.keys {
        print_line(&format!("signed with key {key}"));
    }
    match report.is_whole() && signed.faults.is_empty() {
        true => Ok(()),
        false => Err(Fault::new(EX_DATAERR, "the log has faults")),
    }
}

/// Prints the log, one record per line.
fn print(from: u64, queue_log: bool, place: &Place) -> Result<(), Fault> {
    let data = place.data_folder()?;
    let folder = data.join("journal");
    let ends = journal::Reader::open(&folder).and_then(|r| r.ends()).map_err(|e| e.to_string())?;
    let rows = ends.map_or(0, |(first, last)| (last + 1).saturating_sub(from.max(first)));
    let what = if queue_log { "log as a queue_log" } else { "log" };
    machine::note_export(&data, format!("{what} from {from} on, printed"), rows, !queue_log)?;
    // A line of a queue_log depends on earlier records.
    let first = if queue_log { 1 } else { from };
    let records = journal::Reader::open(&folder)
        .and_then(|r| r.read_from(first))
        .map_err(|e| e.to_string())?;
    let mut lines = QueueLog::new();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for record in records {
        let record = record.map_err(|e| Fault::new(EX_DATAERR, e.to_string()))?;
        let line = if queue_log {
            lines.line(&record).filter(|_| record.seq >= from)
        } else {
            let mut line = Vec::new();
            record.write_json(&mut line).map_err(|e| e.to_string())?;
            Some(String::from_utf8_lossy(&line).into_owned())
        };
        let Some(line) = line else { continue };
        if writeln!(out, "{line}").is_err() {
            // The reader of our output has closed it, as `head` does.
            return Ok(());
        }
    }
    Ok(())
}

/// Clears the alarms that wait for a person, and records what was found and done.
fn settle(why: &str, place: &Place) -> Result<(), Fault> {
    let why = why.trim();
    if why.is_empty() {
        return Err(Fault::new(EX_USAGE, "describe with --why TEXT what was found and done"));
    }
    let data = place.data_folder()?;
    let up = unsettled(&data)?;
    if up.is_empty() {
        return Err(Fault::new(EX_USAGE, "there is no alarm to settle"));
    }
    for (seq, raised) in up {
        let settled =
            AlarmSettled { alarm: raised.alarm, by: machine::person(), why: why.to_owned() };
        machine::note(&data, Event::AlarmSettled(settled))?;
        print_line(&format!("cleared the alarm of record {seq}: {}", raised.text));
    }
    Ok(())
}

/// The alarms that wait for a person, each with the number of its record.
fn unsettled(data: &Path) -> Result<Vec<(Seq, AlarmRaised)>, Fault> {
    let mut up = BTreeMap::new();
    let records = journal::Reader::open(data.join("journal")).and_then(|log| log.read_from(0));
    for record in records.map_err(|e| e.to_string())? {
        let record = record.map_err(|e| Fault::new(EX_DATAERR, e.to_string()))?;
        match record.event {
            Event::AlarmRaised(e) if e.alarm.stays_until_settled() => {
                up.insert(e.alarm, (record.seq, e));
            }
            Event::AlarmSettled(e) => drop(up.remove(&e.alarm)),
            _ => {}
        }
    }
    Ok(up.into_values().collect())
}
