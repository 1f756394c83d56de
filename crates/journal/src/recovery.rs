//! Recovery at the start: finds the end of the log and what a crash left after it.

use std::{fs::OpenOptions, io::Write, os::unix::fs::OpenOptionsExt, path::Path};

use model::Seq;

use crate::{
    Finding, JournalError,
    folder::{self, Segment},
    segment_scanner::SegmentScanner,
};

/// The result of [`Journal::open`](crate::Journal::open).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenReport {
    /// The last record in the log; `None` in a new one.
    pub last: Option<Seq>,
    /// Findings and repairs, for people.
    pub found: Vec<Finding>,
}

/// The end of the log, where the next record is written.
pub(crate) struct LogEnd {
    pub(crate) segment: Segment,
    pub(crate) length: u64,
    pub(crate) last: Seq,
    pub(crate) found: Vec<Finding>,
}

/// Finds the end of the log. An incomplete tail is saved in a file; the caller cuts the segment to
/// `length`.
pub(crate) fn recover(folder: &Path) -> Result<LogEnd, JournalError> {
    let mut segments = folder::segments(folder)?;
    let Some(segment) = segments.pop() else {
        let segment = Segment::of(folder, 1);
        return Ok(LogEnd { segment, length: 0, last: 0, found: Vec::new() });
    };
    if let Some(before) = segments.last() {
        check_previous_segment(before, &segment)?;
    }
    let mut scan = SegmentScanner::open(&segment.path, segment.first)?;
    let fault = scan.skip_whole_frames()?;
    let found = match fault {
        Some(what) => vec![save_tail(&mut scan, what)?],
        None => Vec::new(),
    };
    Ok(LogEnd { length: scan.at(), last: scan.expected().saturating_sub(1), segment, found })
}

/// Checks that the newest segment begins where the previous one ends.
///
/// A new segment is created only when the old one is complete and synced, so a gap between the two
/// is not the effect of a crash.
fn check_previous_segment(before: &Segment, newest: &Segment) -> Result<(), JournalError> {
    let mut scan = SegmentScanner::open(&before.path, before.first)?;
    let fault = scan.skip_whole_frames()?;
    let gap = || format!("the segment ends, and the next begins with record {}", newest.first);
    match fault.or_else(|| (scan.expected() != newest.first).then(gap)) {
        Some(what) => Err(scan.damaged(what)),
        None => Ok(()),
    }
}

/// Saves an incomplete tail in a file beside the segment, unless it is damage.
fn save_tail(scan: &mut SegmentScanner, what: String) -> Result<Finding, JournalError> {
    if let Some((byte, seq)) = scan.whole_frame_ahead()? {
        let what = format!("{what}, and the complete record {seq} follows at byte {byte}");
        return Err(scan.damaged(what));
    }
    let tail = scan.rest()?;
    let (mut aside, mut file) = (scan.path().to_path_buf(), None);
    for n in 1..=TORN_FILES_MAX {
        aside = scan.path().with_extension(format!("{}-{n}.torn", scan.at()));
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside) {
            Ok(new) => file = Some(new),
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => continue,
            Err(e) => return Err(JournalError::io("make", &aside, e)),
        }
        break;
    }
    if let Some(mut file) = file {
        file.write_all(&tail)
            .and_then(|()| file.sync_all())
            .map_err(|e| JournalError::io("write to", &aside, e))?;
    }
    let what = format!(
        "{what}; the last {} bytes are not a complete record, were cut off and are kept in {}",
        tail.len(),
        aside.display()
    );
    Ok(Finding { file: scan.path().into(), byte: scan.at(), what })
}

/// Most saved tails at one byte.
const TORN_FILES_MAX: u32 = 1_000;
