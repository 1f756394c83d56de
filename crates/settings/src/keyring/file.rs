//! The keyring on disk: 0600, replaced whole, one writer at a time.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use fs4::FileExt;

use super::{Keyring, KeyringError};

impl Keyring {
    /// Reads a keyring; a file that is not there yet is an empty one.
    pub fn load(path: &Path) -> Result<Keyring, KeyringError> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Keyring::default()),
            Err(error) => return Err(file_error(path)(error)),
        };
        let mode = fs::metadata(path).map_err(file_error(path))?.permissions().mode();
        if mode & OTHERS != 0 {
            return Err(KeyringError::TooOpen(path.into()));
        }
        let damaged = |why: String| KeyringError::Damaged { path: path.into(), why };
        // serde's own words may quote what they stumbled over: give the place only.
        let ring: Keyring = serde_json::from_str(&text)
            .map_err(|e| damaged(format!("line {}, column {}", e.line(), e.column())))?;
        if !(OLDEST..=VERSION).contains(&ring.version) {
            let found = ring.version;
            return Err(damaged(format!("it has version {found}, not {OLDEST} to {VERSION}")));
        }
        Ok(ring)
    }

    /// Puts this keyring in the file's place, whole or not at all.
    ///
    /// Whoever may not be alone uses [`Keyring::modify`].
    pub fn save(&self, path: &Path) -> Result<(), KeyringError> {
        let folder = folder_of(path);
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(file_error(folder))?;
        let ring = Keyring { version: VERSION, ..self.clone() };
        let text = serde_json::to_vec_pretty(&ring)
            .map_err(|error| file_error(path)(io::Error::other(error)))?;
        let new = beside(path, "new");
        replace(path, &new, &text).map_err(file_error(path))
    }

    /// Reads, changes and saves under a lock, so that nobody's change is lost.
    /// Nothing is saved when `change` fails. Waits while another holds the lock.
    pub fn modify<T>(
        path: &Path,
        change: impl FnOnce(&mut Keyring) -> Result<T, KeyringError>,
    ) -> Result<T, KeyringError> {
        let folder = folder_of(path);
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(file_error(folder))?;
        // The lock has a file of its own: the keyring's is replaced each time.
        let lock_path = beside(path, "lock");
        let lock = private().truncate(false).open(&lock_path).map_err(file_error(&lock_path))?;
        FileExt::lock(&lock).map_err(file_error(&lock_path))?;
        let mut ring = Keyring::load(path)?;
        ring.confirm_old_roles()?;
        let done = change(&mut ring)?;
        ring.save(path)?;
        // Closing the file gives the lock back, after a crash too.
        drop(lock);
        Ok(done)
    }
}

/// Write aside, sync, rename, sync the folder: after a power cut it is the old file or the new one.
fn replace(path: &Path, new: &Path, text: &[u8]) -> io::Result<()> {
    // One left by a crash may have any mode.
    match fs::remove_file(new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = private().create_new(true).open(new)?;
    file.write_all(text)?;
    file.sync_all()?;
    fs::rename(new, path)?;
    File::open(folder_of(path))?.sync_all()
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true).mode(0o600);
    options
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn file_error(path: &Path) -> impl Fn(io::Error) -> KeyringError + '_ {
    move |error| KeyringError::File { path: path.into(), error }
}

/// Read, write, execute of group and others.
const OTHERS: u32 = 0o077;
/// Raised when an older program could not read what a newer one wrote. 2: accounts have people,
/// dates and employers, and changes wait here until they are on the record.
const VERSION: u32 = 3;
/// From here on roles that see persons or decide are confirmed by a second person.
pub(super) const CONFIRMED_SINCE: u32 = 3;
/// Read for ever.
const OLDEST: u32 = 1;
