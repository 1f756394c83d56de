//! Copies a log while it is written: a prefix of complete records, synced.

use std::{
    fs::{self, File},
    io::Write,
    path::Path,
};

use model::Seq;

use crate::{
    JournalError, days,
    folder::{self, Segment},
    segment_scanner::{SegmentScanner, Step},
};

/// The result of a backup.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BackupSummary {
    /// Segments copied.
    pub segments: u64,
    /// Records copied.
    pub records: u64,
    /// Bytes copied.
    pub bytes: u64,
    /// The last record copied.
    pub last: Option<Seq>,
}

/// Copies the log in `folder` to `target` and checks every frame.
///
/// A writer may be running: the copy ends with a complete record. `target` is an empty or missing
/// folder, or an earlier backup of the same log, which stays complete when this is interrupted.
/// Damage stops the backup; what was copied stays.
pub fn backup(
    folder: impl AsRef<Path>,
    target: impl AsRef<Path>,
) -> Result<BackupSummary, JournalError> {
    let (folder, target) = (folder.as_ref(), target.as_ref());
    let segments = folder::segments(folder)?;
    folder::make(target)?;
    // Prevents two backups at once, and a backup into a log in use.
    let _lock = folder::lock(target)?;
    let names = |s: &Segment| s.path.file_name().map(|name| name.to_os_string());
    let ours: Vec<_> = segments.iter().map(names).collect();
    if let Some(stranger) =
        folder::segments(target)?.iter().find(|segment| !ours.contains(&names(segment)))
    {
        return Err(JournalError::BadTarget {
            target: target.into(),
            why: format!(
                "it holds {}, which is not part of this log; choose an empty folder",
                stranger.path.display()
            ),
        });
    }
    let mut done = BackupSummary::default();
    for (n, segment) in segments.iter().enumerate() {
        let is_newest = n + 1 == segments.len();
        copy(segment, &Segment::of(target, segment.first).path, is_newest, &mut done)?;
    }
    days::copy(folder, target, done.last)?;
    folder::sync(target)?;
    Ok(done)
}

fn copy(
    from: &Segment,
    to: &Path,
    is_newest: bool,
    done: &mut BackupSummary,
) -> Result<(), JournalError> {
    let mut scan = SegmentScanner::open(&from.path, from.first)?;
    let fault = loop {
        match scan.step()? {
            Step::Frame { seq, .. } => (done.records, done.last) = (done.records + 1, Some(seq)),
            Step::End => break None,
            Step::Fault(what) => break Some(what),
        }
    };
    if let Some(what) = fault
        && (!is_newest || scan.whole_frame_ahead()?.is_some())
    {
        return Err(scan.damaged(what));
    }
    let part = to.with_extension("log.part");
    copy_bytes(&from.path, &part, scan.at())?;
    fs::rename(&part, to).map_err(|e| JournalError::io("name", to, e))?;
    done.segments += 1;
    done.bytes += scan.at();
    Ok(())
}

fn copy_bytes(from: &Path, to: &Path, length: u64) -> Result<(), JournalError> {
    let source = File::open(from).map_err(|e| JournalError::io("open", from, e))?;
    let mut file = folder::file_to_write(to).map_err(|e| JournalError::io("make", to, e))?;
    let write = |e| JournalError::io("write to", to, e);
    file.set_len(0).map_err(write)?;
    let copied =
        std::io::copy(&mut std::io::Read::take(source, length), &mut file).map_err(write)?;
    file.flush().and_then(|()| file.sync_all()).map_err(write)?;
    match copied == length {
        true => Ok(()),
        false => Err(write(std::io::ErrorKind::UnexpectedEof.into())),
    }
}
