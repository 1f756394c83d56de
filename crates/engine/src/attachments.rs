//! Attachments of tickets: scans, photographs and documents, as plain files named by their hash.
//!
//! `data/attachments/6c/a13d52…`: the first two digits of the SHA-256, then the rest. A file exists
//! complete or not at all and is never written again. The log has its hash, so that a change is
//! detected.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// Stores a file durably. An existing file is kept.
pub(crate) fn store(folder: &Path, sha256: &str, bytes: &[u8]) -> io::Result<()> {
    let path = path_of(folder, sha256)?;
    if path.is_file() {
        return Ok(());
    }
    let within = path.parent().unwrap_or(folder);
    DirBuilder::new().recursive(true).mode(0o700).create(within)?;
    let beside = within.join(format!(".{}.new", &sha256[2..]));
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if let Err(error) = written {
        // The disk may be full: the partial file is removed.
        let _ = fs::remove_file(&beside);
        return Err(error);
    }
    fs::rename(&beside, &path)?;
    // The directory entries, from the file's folder upwards.
    for folder in [within, folder] {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// The path of the file, if it exists.
pub(crate) fn find(folder: &Path, sha256: &str) -> io::Result<Option<PathBuf>> {
    let path = path_of(folder, sha256)?;
    Ok(path.is_file().then_some(path))
}

/// The path of a hash in the folder. Anything else than a hash is an error.
fn path_of(folder: &Path, sha256: &str) -> io::Result<PathBuf> {
    let is_hash = sha256.len() == 64
        && sha256.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if !is_hash {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a SHA-256"));
    }
    Ok(folder.join(&sha256[..2]).join(&sha256[2..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "6ca13d52ca70c883e0f0bb101e425a89e8624de51db2d2392593af6a84118090";

    #[test]
    fn stored_attachment_is_found_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(find(folder.path(), HASH).unwrap(), None);
        store(folder.path(), HASH, b"one").unwrap();
        store(folder.path(), HASH, b"two").unwrap();
        let path = find(folder.path(), HASH).unwrap().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "nothing beside it");
    }

    #[test]
    fn only_hashes_have_a_path() {
        let folder = tempfile::tempdir().unwrap();
        let upper = HASH.to_uppercase();
        for name in ["", "../../../etc/passwd", &upper, &HASH[1..], "6c/../../x"] {
            assert!(store(folder.path(), name, b"x").is_err(), "{name}");
            assert!(find(folder.path(), name).is_err(), "{name}");
        }
    }
}
