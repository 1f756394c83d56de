//! The keyring on disk: mode 0600, replaced atomically, one writer at a time.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use fs4::FileExt;

use super::{Keyring, KeyringError};

impl Keyring {
    /// Reads a keyring. A missing file is an empty keyring.
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
        // The message of serde may quote secrets, so only the position is reported.
        let ring: Keyring = serde_json::from_str(&text)
            .map_err(|e| damaged(format!("line {}, column {}", e.line(), e.column())))?;
        if !(OLDEST..=VERSION).contains(&ring.version) {
            let found = ring.version;
            return Err(damaged(format!("it has version {found}, not {OLDEST} to {VERSION}")));
        }
        Ok(ring)
    }

    /// Replaces the file with this keyring atomically.
    ///
    /// When another process may write too, use [`Keyring::modify`].
    pub fn save(&self, path: &Path) -> Result<(), KeyringError> {
        let folder = folder_of(path);
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(file_error(folder))?;
        let ring = Keyring { version: VERSION, ..self.clone() };
        let text = serde_json::to_vec_pretty(&ring)
            .map_err(|error| file_error(path)(io::Error::other(error)))?;
        let new = beside(path, "new");
        replace(path, &new, &text).map_err(file_error(path))
    }

    /// Reads, changes and saves the keyring under a lock, so that no concurrent change is lost.
    /// Nothing is saved when `change` fails. Blocks while another process has the lock.
    pub fn modify<T>(
        path: &Path,
        change: impl FnOnce(&mut Keyring) -> Result<T, KeyringError>,
    ) -> Result<T, KeyringError> {
        let folder = folder_of(path);
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(file_error(folder))?;
        // The lock is a separate file, because the keyring's file is replaced each time.
        let lock_path = beside(path, "lock");
        let lock = private().truncate(false).open(&lock_path).map_err(file_error(&lock_path))?;
        FileExt::lock(&lock).map_err(file_error(&lock_path))?;
        let mut ring = Keyring::load(path)?;
        ring.confirm_old_roles()?;
        let done = change(&mut ring)?;
        ring.save(path)?;
        // Closing the file releases the lock, also after a crash.
        drop(lock);
        Ok(done)
    }
}

/// Writes a new file, syncs it, renames it and syncs the folder. After a power failure the file is
/// the old one or the new one.
fn replace(path: &Path, new: &Path, text: &[u8]) -> io::Result<()> {
    // The file that a crash left may have any mode.
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

/// The permission bits of group and others.
const OTHERS: u32 = 0o077;
/// The version of the format, raised when older programs cannot read it. 2: accounts have persons,
/// dates and employers, and changes are kept until they are in the log. 3: roles are confirmed.
const VERSION: u32 = 3;
/// The version from which roles that see persons or decide are confirmed by a second person.
pub(super) const CONFIRMED_SINCE: u32 = 3;
/// The oldest version that is read.
const OLDEST: u32 = 1;
