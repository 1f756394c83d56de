//! The knowledge base for readers: a fold beside the log, and the index on a thread of its own.
//!
//! The index is a view of the log in the folder `library`, written from the fold. It is made again
//! when it is damaged or does not fit the log.

use std::{
    path::Path,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use arc_swap::ArcSwapOption;
use center::Memory;
use console::{DirectorySource, KnowledgeBase, KnowledgeQuery, SearchHit};
use crossbeam_channel::{Receiver, Sender};
use directory::{Directory, DirectoryState};
use knowledge::Item;
use library::{IndexState, KnowledgeIndex, KnowledgeSearch, Query};
use model::{
    Event, Record, Seq,
    desk::{DeskEvent, KnowledgeId},
};
use ticketing::channels::TrackedKnowledge;

/// The items and their search index.
pub(crate) struct KnowledgeReader {
    knowledge: RwLock<TrackedKnowledge>,
    /// Units, areas and topics, for readers that do not ask the center.
    register: RwLock<DirectoryState>,
    /// `None` while the index is being made.
    catalog: ArcSwapOption<KnowledgeSearch>,
}

/// The log's thread reports durable records through it.
pub(crate) struct KnowledgeFeed {
    library: Arc<KnowledgeReader>,
    wake: Sender<()>,
}

/// The items in the log so far, the feed for later records, and the channel that wakes the index
/// thread.
pub(crate) fn open(memory: &Memory) -> (Arc<KnowledgeReader>, KnowledgeFeed, Receiver<()>) {
    let library = Arc::new(KnowledgeReader {
        knowledge: RwLock::new(memory.channels.knowledge.clone()),
        register: RwLock::new(memory.desk.directory_state().clone()),
        catalog: ArcSwapOption::empty(),
    });
    // One message is enough: the index thread then checks everything.
    let (wake, woken) = crossbeam_channel::bounded(1);
    (Arc::clone(&library), KnowledgeFeed { library, wake }, woken)
}

impl KnowledgeFeed {
    /// Applies durable records.
    pub(crate) fn apply(&self, batch: &[Record]) {
        let mut knowledge = self.library.knowledge.write().unwrap_or_else(PoisonError::into_inner);
        batch.iter().for_each(|record| knowledge.apply(record));
        drop(knowledge);
        for record in batch {
            if let Event::Desk(entry) = &record.event
                && let DeskEvent::Directory(event) = &entry.event
            {
                let register = &self.library.register;
                let mut register = register.write().unwrap_or_else(PoisonError::into_inner);
                register.apply(record.at, &entry.by, event);
            }
        }
        let is_item = |record: &Record| match &record.event {
            Event::Desk(entry) => matches!(entry.event, DeskEvent::Knowledge(..)),
            _ => false,
        };
        if batch.iter().any(is_item) {
            // A full channel means that the index thread is woken already.
            let _told = self.wake.try_send(());
        }
    }
}

impl KnowledgeReader {
    /// Updates the index until the log's thread is gone.
    pub(crate) fn index(&self, folder: &Path, woken: &Receiver<()>) {
        let mut doubt = false;
        loop {
            match self.follow(folder, woken, doubt) {
                Ok(()) => return,
                Err(error) => {
                    self.catalog.store(None);
                    tracing::error!(
                        "cannot write the search index of the knowledge base: {error}; it is \
                         rebuilt from the log"
                    );
                }
            }
            doubt = true;
            // The log's thread is gone, so this one ends.
            if woken.recv_timeout(AFTER_A_FAULT)
                == Err(crossbeam_channel::RecvTimeoutError::Disconnected)
            {
                return;
            }
        }
    }

    fn follow(
        &self,
        folder: &Path,
        woken: &Receiver<()>,
        doubt: bool,
    ) -> Result<(), library::IndexError> {
        if doubt && folder.exists() {
            std::fs::remove_dir_all(folder)?;
        }
        let (mut library, opened) = KnowledgeIndex::open(folder)?;
        let mut from = match opened {
            IndexState::New => 0,
            IndexState::Existing { applied } => applied,
            IndexState::Wiped { why } => {
                tracing::warn!("rebuilding the search index of the knowledge base: {why}");
                0
            }
        };
        // The index has seen more records than there are: an older log was restored.
        if from > self.look(TrackedKnowledge::seq) {
            drop(library);
            std::fs::remove_dir_all(folder)?;
            library = KnowledgeIndex::open(folder)?.0;
            from = 0;
        }
        from = self.feed(&mut library, from)?;
        self.catalog.store(Some(Arc::new(library.search_handle())));
        while woken.recv().is_ok() {
            std::thread::sleep(GATHER);
            from = self.feed(&mut library, from)?;
        }
        Ok(())
    }

    /// Indexes everything that changed after `from`. Returns the last record seen.
    fn feed(&self, library: &mut KnowledgeIndex, from: Seq) -> Result<Seq, library::IndexError> {
        let (seq, changed) = self.look(|knowledge| {
            (knowledge.seq(), knowledge.changed_after(from).cloned().collect::<Vec<KnowledgeId>>())
        });
        for bunch in changed.chunks(BUNCH) {
            // Copies, so that the log's thread never waits for the disk.
            let items: Vec<(KnowledgeId, Item)> = self.look(|knowledge| {
                let item =
                    |id: &KnowledgeId| Some((id.clone(), knowledge.knowledge().item(id)?.clone()));
                bunch.iter().filter_map(item).collect()
            });
            for (id, item) in &items {
                library.put(id, item)?;
            }
        }
        if !changed.is_empty() || library.applied() == 0 {
            library.commit(seq)?;
        }
        Ok(seq)
    }

    fn look<T>(&self, look: impl FnOnce(&TrackedKnowledge) -> T) -> T {
        look(&self.knowledge.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl DirectorySource for KnowledgeReader {
    fn with_directory(&self, look: &mut dyn FnMut(&Directory)) {
        look(self.register.read().unwrap_or_else(PoisonError::into_inner).directory());
    }
}

impl KnowledgeBase for KnowledgeReader {
    fn with(&self, look: &mut dyn FnMut(&TrackedKnowledge)) {
        self.look(look);
    }

    fn search(&self, wanted: &KnowledgeQuery) -> std::io::Result<Vec<SearchHit>> {
        let Some(catalog) = self.catalog.load_full() else {
            return Err(std::io::Error::other(
                "the search index of the knowledge base is being built; try again in a moment",
            ));
        };
        let query = Query {
            text: wanted.text.clone(),
            topic: wanted.topic.clone(),
            line: wanted.line.clone(),
            reader: wanted.reader,
            on: Some(wanted.on),
            limit: wanted.limit,
        };
        let hits = catalog.search(&query).map_err(std::io::Error::other)?;
        let pieces = |pieces: Vec<library::Fragment>| {
            pieces.into_iter().map(|p| console::TextPart { text: p.text, hit: p.hit }).collect()
        };
        let finding = |hit: library::Hit| SearchHit {
            id: hit.id,
            version: hit.version,
            score: hit.score,
            question: pieces(hit.question),
            snippet: pieces(hit.snippet),
        };
        Ok(hits.into_iter().map(finding).collect())
    }
}

/// Items copied at once.
const BUNCH: usize = 500;
/// A commit costs some syncs; waiting turns the many batches of an import into few commits.
const GATHER: Duration = Duration::from_millis(50);
const AFTER_A_FAULT: Duration = Duration::from_secs(5);
