//! The index on disk: opened or made anew, fed with items, committed.

use std::{fs, path::Path};

use knowledge::Item;
use model::{Seq, desk::KnowledgeId};
use tantivy::{
    Index, IndexSettings, IndexWriter, directory::MmapDirectory, indexer::IndexWriterOptions,
    store::Compressor,
};

use crate::{
    Catalog, LibraryError,
    error::guarded,
    fields::{FORMAT, Fields},
    words,
};

/// The index, for the one who writes it.
///
/// What was put in is found after the next [`commit`](Library::commit). After
/// an error the index may be anything: drop it and open it again.
pub struct Library {
    writer: IndexWriter,
    fields: Fields,
    catalog: Catalog,
    applied: Seq,
}

/// What was found in the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    /// Nothing: it is empty now and wants every item.
    New,
    /// An index that has seen the log up to this record: it wants what changed since.
    Kept {
        /// The last record it has seen.
        applied: Seq,
    },
    /// An index that cannot be used: it was wiped and wants every item.
    Wiped {
        /// What was wrong with it.
        why: String,
    },
}

impl Library {
    /// What the writer keeps in memory before it writes to disk: 32 MB, twice what tantivy needs at least.
    pub const HEAP_BYTES: usize = 32 * 1024 * 1024;

    /// Open the index in this folder, or make one.
    ///
    /// Reads the whole index once to see whether it is as it was written:
    /// a tenth of a second for 100,000 items.
    ///
    /// # Errors
    /// Somebody else writes it, the folder is no index's, or the disk says no.
    pub fn open(folder: &Path) -> Result<(Library, Opened), LibraryError> {
        words::warm();
        fs::create_dir_all(folder)?;
        if !folder.join(META).exists() {
            return Ok((Library::make(folder)?, Opened::New));
        }
        match guarded(|| Library::kept(folder)) {
            Ok(library) => {
                let applied = library.applied;
                Ok((library, Opened::Kept { applied }))
            }
            Err(LibraryError::InUse) => Err(LibraryError::InUse),
            Err(error) => {
                let why = match error {
                    LibraryError::Damaged(why) => why,
                    other => other.to_string(),
                };
                Ok((Library::make(folder)?, Opened::Wiped { why }))
            }
        }
    }

    /// Take an item as it is now: what people read of it, or nothing of a gap or a retired one.
    ///
    /// # Errors
    /// The disk says no.
    pub fn put(&mut self, id: &KnowledgeId, item: &Item) -> Result<(), LibraryError> {
        self.remove(id);
        if let Some(shown) = item.shown() {
            let entry = self.fields.entry(id, shown);
            guarded(|| Ok(self.writer.add_document(entry)?))?;
        }
        Ok(())
    }

    /// Forget an item.
    pub fn remove(&mut self, id: &KnowledgeId) {
        self.writer.delete_term(self.fields.id_term(id));
    }

    /// From now on all that was put in is found, and the log is seen up to `applied`.
    ///
    /// Costs a few syncs of the disk: commit a batch, not an item.
    ///
    /// # Errors
    /// The disk says no.
    pub fn commit(&mut self, applied: Seq) -> Result<(), LibraryError> {
        guarded(|| {
            let mut commit = self.writer.prepare_commit()?;
            commit.set_payload(&format!("{FORMAT} {applied}"));
            commit.commit()?;
            Ok(())
        })?;
        self.applied = applied;
        self.catalog.reload()
    }

    /// The last record of the log that is in it.
    pub fn applied(&self) -> Seq {
        self.applied
    }

    /// What searches it, on any thread, also while this one writes.
    pub fn catalog(&self) -> Catalog {
        self.catalog.clone()
    }

    fn make(folder: &Path) -> Result<Library, LibraryError> {
        wipe(folder)?;
        let (schema, _) = Fields::schema();
        // Uncompressed: 100,000 items are 140 MB with all they are found by, and hits are read at once.
        let settings =
            IndexSettings { docstore_compression: Compressor::None, ..IndexSettings::default() };
        let directory = MmapDirectory::open(folder).map_err(tantivy::TantivyError::from)?;
        let index = guarded(|| Ok(Index::create(directory, schema, settings)?))?;
        Library::with(index, 0)
    }

    fn kept(folder: &Path) -> Result<Library, LibraryError> {
        let index = Index::open_in_dir(folder)?;
        let (schema, _) = Fields::schema();
        let payload = index.load_metas()?.payload.unwrap_or_else(|| format!("{FORMAT} 0"));
        let (format, applied) = payload.split_once(' ').unwrap_or_default();
        if format.parse() != Ok(FORMAT) || index.schema() != schema {
            return Err(LibraryError::Damaged("it was written by another version".into()));
        }
        let Ok(applied) = applied.parse() else {
            return Err(LibraryError::Damaged(format!("its last record is `{applied}`")));
        };
        let mut damaged: Vec<_> = index.validate_checksum()?.into_iter().collect();
        damaged.sort();
        if let Some(file) = damaged.first() {
            return Err(LibraryError::Damaged(format!("{} is not as written", file.display())));
        }
        Library::with(index, applied)
    }

    fn with(index: Index, applied: Seq) -> Result<Library, LibraryError> {
        let (_, fields) = Fields::schema();
        let catalog = Catalog::new(&index, fields)?;
        // One thread writes and one merges: search goes first, and the machine has calls to carry.
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(1)
            .memory_budget_per_thread(Library::HEAP_BYTES)
            .build();
        let writer = guarded(|| Ok(index.writer_with_options(options)?))?;
        Ok(Library { writer, fields, catalog, applied })
    }
}

/// Remove the files of an index; a folder with folders in it is somebody else's.
fn wipe(folder: &Path) -> Result<(), LibraryError> {
    let entries: Vec<_> = fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    for entry in &entries {
        if entry.file_type()?.is_dir() {
            return Err(LibraryError::NotOurs(folder.to_owned()));
        }
    }
    for entry in entries {
        fs::remove_file(entry.path())?;
    }
    Ok(())
}

/// tantivy's list of what is in the index.
const META: &str = "meta.json";
