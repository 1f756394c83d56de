//! Damage of the index is reported, and the index is created again.

use std::{fs, path::Path};

use library::{IndexError, IndexState, KnowledgeIndex};

use crate::common::{base, feed, found, indexed, row};

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Damages each file in turn: each time it is reported, and a refilled index works.
#[test]
fn flipped_byte_in_any_file_is_detected_and_repaired() {
    let base = base(vec![row("K1", "停暖找谁", "看阀门。"), row("K2", "停水", "看阀门。")]);
    let mut tried = 0;
    loop {
        // A new index for each file, since a refilled one keeps files for a while that are no longer
        // part of it.
        let (folder, index) = indexed(&base);
        drop(index);
        let mut files = files(folder.path());
        files.retain(|file| file.extension().is_some() && fs::metadata(file).unwrap().len() > 0);
        let Some(file) = files.get(tried) else { break };
        let extension = file.extension().unwrap();
        let mut bytes = fs::read(file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x55;
        fs::write(file, bytes).unwrap();
        let (mut index, opened) = KnowledgeIndex::open(folder.path()).unwrap();
        // Not every byte of tantivy's lists matters; when one does, the damage is reported.
        match opened {
            IndexState::Wiped { why } => assert!(!why.is_empty()),
            IndexState::Existing { applied: 1 } if extension == "json" => {}
            other => panic!("{}: {other:?}", file.display()),
        }
        feed(&mut index, &base, 1);
        assert_eq!(found(&index.search_handle(), "停暖"), ["K1"], "{}", file.display());
        tried += 1;
    }
    assert!(tried > 5, "{tried} files");
}

#[test]
fn index_with_a_missing_file_is_wiped() {
    let base = base(vec![row("K1", "停暖找谁", "看阀门。")]);
    let (folder, index) = indexed(&base);
    drop(index);
    let store = files(folder.path())
        .into_iter()
        .find(|file| file.extension().is_some_and(|e| e == "store"));
    fs::remove_file(store.unwrap()).unwrap();
    let (index, opened) = KnowledgeIndex::open(folder.path()).unwrap();
    assert!(matches!(opened, IndexState::Wiped { .. }), "{opened:?}");
    assert!(index.search_handle().is_empty());
}

#[test]
fn index_of_another_format_is_wiped() {
    let (folder, index) = indexed(&base(vec![row("K1", "停暖", "看阀门。")]));
    drop(index);
    let meta = folder.path().join("meta.json");
    let text = fs::read_to_string(&meta).unwrap();
    let other = text.replace("\"payload\": \"2 1\"", "\"payload\": \"1 1\"");
    assert_ne!(text, other, "the payload is in {text}");
    fs::write(&meta, other).unwrap();
    let (_, opened) = KnowledgeIndex::open(folder.path()).unwrap();
    let why = "it was written by another version".to_owned();
    assert_eq!(opened, IndexState::Wiped { why });
}

#[test]
fn index_has_one_writer() {
    let (folder, _library) = indexed(&base(vec![row("K1", "停暖", "看阀门。")]));
    assert!(matches!(KnowledgeIndex::open(folder.path()), Err(IndexError::InUse)));
}

#[test]
fn folder_with_other_content_is_left_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("photos")).unwrap();
    fs::write(folder.path().join("meta.json"), "{}").unwrap();
    assert!(matches!(KnowledgeIndex::open(folder.path()), Err(IndexError::NotOurs(_))));
    assert!(folder.path().join("photos").exists() && folder.path().join("meta.json").exists());
}
