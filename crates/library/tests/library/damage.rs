//! The index is a view: what is wrong with it is said, and it is made anew.

use std::{fs, path::Path};

use library::{Library, LibraryError, Opened};

use crate::common::{base, feed, found, indexed, row};

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Damage each of its files: each time it is said, and a fed index finds again.
#[test]
fn a_flipped_byte_in_any_file_is_found_and_mended() {
    let base = base(vec![row("K1", "停暖找谁", "看阀门。"), row("K2", "停水", "看阀门。")]);
    let mut tried = 0;
    loop {
        // An index of its own for each: one that was fed again keeps files for a while that are
        // no part of it any more.
        let (folder, library) = indexed(&base);
        drop(library);
        let mut files = files(folder.path());
        files.retain(|file| file.extension().is_some() && fs::metadata(file).unwrap().len() > 0);
        let Some(file) = files.get(tried) else { break };
        let extension = file.extension().unwrap();
        let mut bytes = fs::read(file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x55;
        fs::write(file, bytes).unwrap();
        let (mut library, opened) = Library::open(folder.path()).unwrap();
        // Not every byte of tantivy's own lists matters; when it does, it is said.
        match opened {
            Opened::Wiped { why } => assert!(!why.is_empty()),
            Opened::Kept { applied: 1 } if extension == "json" => {}
            other => panic!("{}: {other:?}", file.display()),
        }
        feed(&mut library, &base, 1);
        assert_eq!(found(&library.catalog(), "停暖"), ["K1"], "{}", file.display());
        tried += 1;
    }
    assert!(tried > 5, "{tried} files");
}

#[test]
fn an_index_that_lost_a_file_is_made_anew() {
    let base = base(vec![row("K1", "停暖找谁", "看阀门。")]);
    let (folder, library) = indexed(&base);
    drop(library);
    let store = files(folder.path())
        .into_iter()
        .find(|file| file.extension().is_some_and(|e| e == "store"));
    fs::remove_file(store.unwrap()).unwrap();
    let (library, opened) = Library::open(folder.path()).unwrap();
    assert!(matches!(opened, Opened::Wiped { .. }), "{opened:?}");
    assert!(library.catalog().is_empty());
}

#[test]
fn an_index_of_another_format_is_made_anew() {
    let (folder, library) = indexed(&base(vec![row("K1", "停暖", "看阀门。")]));
    drop(library);
    let meta = folder.path().join("meta.json");
    let text = fs::read_to_string(&meta).unwrap();
    let other = text.replace("\"payload\": \"2 1\"", "\"payload\": \"1 1\"");
    assert_ne!(text, other, "the payload is in {text}");
    fs::write(&meta, other).unwrap();
    let (_, opened) = Library::open(folder.path()).unwrap();
    let why = "it was written by another version".to_owned();
    assert_eq!(opened, Opened::Wiped { why });
}

#[test]
fn an_index_has_one_writer() {
    let (folder, _library) = indexed(&base(vec![row("K1", "停暖", "看阀门。")]));
    assert!(matches!(Library::open(folder.path()), Err(LibraryError::InUse)));
}

#[test]
fn a_folder_with_other_things_in_it_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("photos")).unwrap();
    fs::write(folder.path().join("meta.json"), "{}").unwrap();
    assert!(matches!(Library::open(folder.path()), Err(LibraryError::NotOurs(_))));
    assert!(folder.path().join("photos").exists() && folder.path().join("meta.json").exists());
}
