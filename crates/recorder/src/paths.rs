//! The paths of a recording, by the local date of its call's arrival.

use std::{
    fs::{DirBuilder, File, OpenOptions},
    io,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use primitives::{CallId, Zone};

/// The paths of one call's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RecordingPaths {
    root: PathBuf,
    /// `2026/11/22`, or the folder in which the call's files were found.
    day: String,
    call: CallId,
}

impl RecordingPaths {
    pub(crate) fn of(root: &Path, zone: Zone, call: CallId) -> RecordingPaths {
        let date = zone.date(call.arrived_at());
        let day = format!("{:04}/{:02}/{:02}", date.year, date.month, date.day);
        RecordingPaths { root: root.into(), day, call }
    }

    pub(crate) fn found(root: &Path, day: &str, call: CallId) -> RecordingPaths {
        RecordingPaths { root: root.into(), day: day.into(), call }
    }

    pub(crate) fn call(&self) -> CallId {
        self.call
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.root.join(&self.day)
    }

    /// The name of the `n`th file (from 1), relative to the root. A call has one, unless it is
    /// longer than a WAV file can be.
    pub(crate) fn name(&self, n: u32) -> String {
        match n {
            0 | 1 => format!("{}/{}.wav", self.day, self.call),
            n => format!("{}/{}-{n}.wav", self.day, self.call),
        }
    }

    pub(crate) fn wav(&self, n: u32) -> PathBuf {
        self.root.join(self.name(n))
    }

    /// The path of the file while it is being written.
    pub(crate) fn part(&self, n: u32) -> PathBuf {
        self.root.join(self.name(n) + PART)
    }

    pub(crate) fn sidecar(&self) -> PathBuf {
        self.root.join(format!("{}/{}.json", self.day, self.call))
    }
}

/// Parses call and number of a file `<call>.wav.part` or `<call>-2.wav.part`.
pub(crate) fn parse_part(name: &str) -> Option<(CallId, u32)> {
    let stem = name.strip_suffix(PART)?.strip_suffix(".wav")?;
    match stem.split_once('-') {
        None => Some((stem.parse().ok()?, 1)),
        Some((call, n)) => Some((call.parse().ok()?, n.parse().ok().filter(|n| *n > 1)?)),
    }
}

/// A file of a closed recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Closed {
    /// `<call>.wav`, the first of its files.
    Recording,
    /// `<call>.json`
    Sidecar,
}

/// Parses the call of a file `<call>.wav` or `<call>.json`.
pub(crate) fn parse_closed(name: &str) -> Option<(CallId, Closed)> {
    let (stem, kind) = match name.rsplit_once('.')? {
        (stem, "wav") => (stem, Closed::Recording),
        (stem, "json") => (stem, Closed::Sidecar),
        _ => return None,
    };
    Some((stem.parse().ok()?, kind))
}

/// Creates a folder with mode 0700.
pub(crate) fn make(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Creates a new file with mode 0600; an existing recording is never overwritten.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)
}

/// The suffix of an unfinished file.
pub(crate) const PART: &str = ".part";

#[cfg(test)]
mod tests {
    use primitives::Timestamp;

    use super::*;

    #[test]
    fn call_just_after_local_midnight_is_in_the_new_day() {
        // 2026-11-21T16:00Z is midnight of the 22nd in China.
        let call = CallId::from_arrival(Timestamp::from_micros(1_795_276_800_000_000));
        let paths = RecordingPaths::of(Path::new("/r"), Zone::CHINA, call);
        assert_eq!(paths.name(1), format!("2026/11/22/{call}.wav"));
        assert_eq!(paths.part(2), Path::new(&format!("/r/2026/11/22/{call}-2.wav.part")));
    }

    #[test]
    fn part_names_are_parsed_and_others_ignored() {
        let call = CallId::from(1_795_276_800_000_000);
        assert_eq!(parse_part(&format!("{call}.wav.part")), Some((call, 1)));
        assert_eq!(parse_part(&format!("{call}-12.wav.part")), Some((call, 12)));
        for stranger in ["", "x.wav.part", ".wav.part", "a.json.part", &format!("{call}.wav")] {
            assert_eq!(parse_part(stranger), None);
        }
    }
}
