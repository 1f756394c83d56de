//! Checks a whole log, reports every fault and changes nothing.

use std::path::Path;

use model::Seq;

use crate::{
    Finding, JournalError,
    folder::{self, Segment},
    frame,
    segment_scanner::{SegmentScanner, Step},
};

/// The result of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// The number of segments.
    pub segments: u64,
    /// Complete, valid records.
    pub records: u64,
    /// The bytes of all segments.
    pub bytes: u64,
    /// The first record.
    pub first: Option<Seq>,
    /// The last record.
    pub last: Option<Seq>,
    /// All faults, by file and byte.
    pub faults: Vec<Finding>,
}

impl VerifyReport {
    /// Returns whether the log has no fault.
    pub fn is_whole(&self) -> bool {
        self.faults.is_empty()
    }
}

/// Reads every record of the log in `folder` and reports every fault. A writer may be running.
pub fn verify(folder: impl AsRef<Path>) -> Result<VerifyReport, JournalError> {
    let mut report = VerifyReport::default();
    let segments = folder::segments(folder.as_ref())?;
    for (n, segment) in segments.iter().enumerate() {
        report.read_segment(segment, n + 1 == segments.len())?;
    }
    Ok(report)
}

/// Returns the faults of all segments but the newest, which every opening checks. `go_on` is called
/// between two segments; when it returns false, the faults so far are returned.
pub fn verify_closed_segments(
    folder: impl AsRef<Path>,
    go_on: impl Fn() -> bool,
) -> Result<Vec<Finding>, JournalError> {
    let mut report = VerifyReport::default();
    let mut segments = folder::segments(folder.as_ref())?;
    segments.pop();
    for segment in segments.iter().take_while(|_| go_on()) {
        report.read_segment(segment, false)?;
    }
    Ok(report.faults)
}

impl VerifyReport {
    fn read_segment(&mut self, segment: &Segment, is_newest: bool) -> Result<(), JournalError> {
        let mut scan = SegmentScanner::open(&segment.path, segment.first)?;
        if let Some(last) = self.last
            && segment.first != last + 1
        {
            self.find(&scan, format!("record {} should begin this segment", last + 1));
        }
        self.read(&mut scan, is_newest)?;
        self.segments += 1;
        Ok(())
    }

    fn read(&mut self, scan: &mut SegmentScanner, is_newest: bool) -> Result<(), JournalError> {
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
                let what = format!("{fault}; the complete record {seq} follows at byte {byte}");
                self.find(scan, what);
                scan.skip_to(byte, seq);
                continue;
            }
            let rest = scan.rest()?.len();
            self.bytes += rest as u64;
            let then = match is_newest {
                true => "the next start cuts them off and keeps them in a file",
                false => "records are lost here: restore this file from a backup",
            };
            let what = format!("{fault}; the last {rest} bytes are not a complete record; {then}");
            self.find(scan, what);
            break;
        }
        self.bytes += scan.at();
        Ok(())
    }

    fn find(&mut self, scan: &SegmentScanner, what: String) {
        self.faults.push(Finding { file: scan.path().into(), byte: scan.at(), what });
    }
}
