//! The index on disk: opened or created, filled with items, committed.

use std::{fs, path::Path};

use knowledge::Item;
use model::{Seq, desk::KnowledgeId};
use tantivy::{
    Index, IndexSettings, IndexWriter, directory::MmapDirectory, indexer::IndexWriterOptions,
    store::Compressor,
};

use crate::{
    IndexError, KnowledgeSearch,
    error::catch_panic,
    schema::{Fields, INDEX_FORMAT},
    tokens,
};

/// The index, open for writing.
///
/// Items can be found after the next [`commit`](KnowledgeIndex::commit). After an error the state of
/// the index is undefined: drop it and open it again.
pub struct KnowledgeIndex {
    writer: IndexWriter,
    fields: Fields,
    search: KnowledgeSearch,
    applied: Seq,
}

/// The state of the index when it was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IndexState {
    /// New and empty: every item must be added.
    New,
    /// Applied up to a record: the changes since then must be added.
    Existing {
        /// The last record applied.
        applied: Seq,
    },
    /// Unusable and therefore wiped: every item must be added.
    Wiped {
        /// The fault that was found.
        why: String,
    },
}

impl KnowledgeIndex {
    /// The memory of the writer before it writes to disk: 32 MB, twice the minimum of tantivy.
    pub const HEAP_BYTES: usize = 32 * 1024 * 1024;

    /// Opens the index in a folder, or creates one.
    ///
    /// Reads the whole index once to check its checksums, which takes a tenth of a second for 100,000
    /// items.
    ///
    /// # Errors
    /// The index is open for writing elsewhere, the folder is not an index, or an error of the disk.
    pub fn open(folder: &Path) -> Result<(KnowledgeIndex, IndexState), IndexError> {
        tokens::warm();
        fs::create_dir_all(folder)?;
        if !folder.join(META).exists() {
            return Ok((KnowledgeIndex::create(folder)?, IndexState::New));
        }
        match catch_panic(|| KnowledgeIndex::open_existing(folder)) {
            Ok(index) => {
                let applied = index.applied;
                Ok((index, IndexState::Existing { applied }))
            }
            Err(IndexError::InUse) => Err(IndexError::InUse),
            Err(error) => {
                let why = match error {
                    IndexError::Damaged(why) => why,
                    other => other.to_string(),
                };
                Ok((KnowledgeIndex::create(folder)?, IndexState::Wiped { why }))
            }
        }
    }

    /// Adds or replaces an item with its published text. A gap or a retired item is removed.
    ///
    /// # Errors
    /// An error of the disk.
    pub fn put(&mut self, id: &KnowledgeId, item: &Item) -> Result<(), IndexError> {
        self.remove(id);
        if let Some(shown) = item.shown() {
            let document = self.fields.document(id, shown);
            catch_panic(|| Ok(self.writer.add_document(document)?))?;
        }
        Ok(())
    }

    /// Removes an item.
    pub fn remove(&mut self, id: &KnowledgeId) {
        self.writer.delete_term(self.fields.id_term(id));
    }

    /// Makes all changes searchable and records that the log is applied up to `applied`.
    ///
    /// A commit syncs the disk several times: commit batches, not items.
    ///
    /// # Errors
    /// An error of the disk.
    pub fn commit(&mut self, applied: Seq) -> Result<(), IndexError> {
        catch_panic(|| {
            let mut commit = self.writer.prepare_commit()?;
            commit.set_payload(&format!("{INDEX_FORMAT} {applied}"));
            commit.commit()?;
            Ok(())
        })?;
        self.applied = applied;
        self.search.reload()
    }

    /// The last record of the log that is in the index.
    pub fn applied(&self) -> Seq {
        self.applied
    }

    /// A handle for searching on any thread, also during writes.
    pub fn search_handle(&self) -> KnowledgeSearch {
        self.search.clone()
    }

    fn create(folder: &Path) -> Result<KnowledgeIndex, IndexError> {
        wipe(folder)?;
        let (schema, _) = Fields::build();
        // Uncompressed: 100,000 items take 140 MB with their terms, and hits are read without delay.
        let settings =
            IndexSettings { docstore_compression: Compressor::None, ..IndexSettings::default() };
        let directory = MmapDirectory::open(folder).map_err(tantivy::TantivyError::from)?;
        let index = catch_panic(|| Ok(Index::create(directory, schema, settings)?))?;
        KnowledgeIndex::from_index(index, 0)
    }

    fn open_existing(folder: &Path) -> Result<KnowledgeIndex, IndexError> {
        let index = Index::open_in_dir(folder)?;
        let (schema, _) = Fields::build();
        let payload = index.load_metas()?.payload.unwrap_or_else(|| format!("{INDEX_FORMAT} 0"));
        let (format, applied) = payload.split_once(' ').unwrap_or_default();
        if format.parse() != Ok(INDEX_FORMAT) || index.schema() != schema {
            return Err(IndexError::Damaged("it was written by another version".into()));
        }
        let Ok(applied) = applied.parse() else {
            return Err(IndexError::Damaged(format!(
                "its last record `{applied}` is not a number"
            )));
        };
        let mut damaged: Vec<_> = index.validate_checksum()?.into_iter().collect();
        damaged.sort();
        if let Some(file) = damaged.first() {
            return Err(IndexError::Damaged(format!("{} has a wrong checksum", file.display())));
        }
        KnowledgeIndex::from_index(index, applied)
    }

    fn from_index(index: Index, applied: Seq) -> Result<KnowledgeIndex, IndexError> {
        let (_, fields) = Fields::build();
        let search = KnowledgeSearch::new(&index, fields)?;
        // One thread writes and one merges, since searches and calls have priority.
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(1)
            .memory_budget_per_thread(KnowledgeIndex::HEAP_BYTES)
            .build();
        let writer = catch_panic(|| Ok(index.writer_with_options(options)?))?;
        Ok(KnowledgeIndex { writer, fields, search, applied })
    }
}

/// Removes the files of an index. A folder that contains folders is not an index.
fn wipe(folder: &Path) -> Result<(), IndexError> {
    let entries: Vec<_> = fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    for entry in &entries {
        if entry.file_type()?.is_dir() {
            return Err(IndexError::NotOurs(folder.to_owned()));
        }
    }
    for entry in entries {
        fs::remove_file(entry.path())?;
    }
    Ok(())
}

/// tantivy's list of the files of the index.
const META: &str = "meta.json";
