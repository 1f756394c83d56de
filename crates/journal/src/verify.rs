//! Checking a whole log: every record, every fault, nothing changed.

use std::path::Path;

use model::Seq;

use crate::{
    Finding, JournalError, folder, frame,
    scan::{Scan, Step},
};

/// What a log holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Segments.
    pub segments: u64,
    /// Whole, right records.
    pub records: u64,
    /// Bytes in all segments.
    pub bytes: u64,
    /// The first record.
    pub first: Option<Seq>,
    /// The last record.
    pub last: Option<Seq>,
    /// Every fault, by file and byte.
    pub faults: Vec<Finding>,
}

impl Report {
    /// Whether the log is whole.
    pub fn is_whole(&self) -> bool {
        self.faults.is_empty()
    }
}

/// Read every record of the log in `folder` and tell every fault. A writer may be running.
pub fn verify(folder: impl AsRef<Path>) -> Result<Report, JournalError> {
    let mut report = Report::default();
    let segments = folder::segments(folder.as_ref())?;
    for (n, segment) in segments.iter().enumerate() {
        let mut scan = Scan::open(&segment.path, segment.first)?;
        if let Some(last) = report.last
            && segment.first != last + 1
        {
            report.find(&scan, format!("record {} should begin this segment", last + 1));
        }
        report.read(&mut scan, n + 1 == segments.len())?;
        report.segments += 1;
    }
    Ok(report)
}

impl Report {
    fn read(&mut self, scan: &mut Scan, is_newest: bool) -> Result<(), JournalError> {
        loop {
            let at = scan.at();
            let fault = match scan.step()? {
                Step::End => break,
                Step::Frame { seq, payload } => {
                    match frame::decode(seq, payload) {
                        Ok(_) => self.records += 1,
                        Err(what) => {
                            let file = scan.path().into();
                            self.faults.push(Finding { file, byte: at, what });
                        }
                    }
                    self.first.get_or_insert(seq);
                    self.last = Some(seq);
                    continue;
                }
                Step::Fault(what) => what,
            };
            if let Some((byte, seq)) = scan.whole_frame_ahead()? {
                let what = format!("{fault}; record {seq} follows whole at byte {byte}");
                self.find(scan, what);
                scan.skip_to(byte, seq);
                continue;
            }
            let rest = scan.rest()?.len();
            self.bytes += rest as u64;
            let then = match is_newest {
                true => "the next start cuts them off and keeps them aside",
                false => "records are lost here: restore this file from a backup",
            };
            self.find(scan, format!("{fault}; the last {rest} bytes are no record, {then}"));
            break;
        }
        self.bytes += scan.at();
        Ok(())
    }

    fn find(&mut self, scan: &Scan, what: String) {
        self.faults.push(Finding { file: scan.path().into(), byte: scan.at(), what });
    }
}
