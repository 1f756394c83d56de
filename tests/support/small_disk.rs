//! A small disk: a tmpfs in a mount namespace of its own.
//!
//! A user namespace allows the mount without root; other processes see it
//! through `/proc` as long as the process lives that holds it.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::program::Program;

/// It is removed with the test.
pub(crate) struct SmallDisk {
    _holder: Program,
    _place: TempDir,
    seen_at: PathBuf,
}

impl SmallDisk {
    pub(crate) fn new(kib: u64) -> SmallDisk {
        let place = tempfile::tempdir().unwrap();
        let mut command = Command::new("unshare");
        let script =
            "mount -t tmpfs -o \"size=$0k\" none \"$1\" && echo mounted && exec sleep infinity";
        command.args(["--map-root-user", "--mount", "sh", "-c", script]);
        command.arg(kib.to_string()).arg(place.path());
        let holder = Program::start("a small disk (unshare, mount)", &mut command);
        holder.wait_for_line("that it is mounted", |line| line == "mounted");
        let root = PathBuf::from(format!("/proc/{}/root", holder.id()));
        let seen_at = root.join(place.path().strip_prefix("/").unwrap());
        SmallDisk { _holder: holder, _place: place, seen_at }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.seen_at
    }

    /// Fills it, and frees a number of bytes.
    pub(crate) fn fill_but(&self, left: u64) {
        let mut file = OpenOptions::new().create(true).append(true).open(self.ballast()).unwrap();
        let block = [0; 4_096];
        loop {
            match file.write_all(&block) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => break,
                Err(error) => panic!("the ballast: {error}"),
            }
        }
        let length = file.metadata().unwrap().len();
        file.set_len(length.saturating_sub(left)).unwrap();
    }

    /// Frees the space.
    pub(crate) fn make_room(&self) {
        File::create(self.ballast()).unwrap();
    }

    fn ballast(&self) -> PathBuf {
        self.seen_at.join("ballast")
    }
}
