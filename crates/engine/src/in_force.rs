//! The config in force: where it came from, its prompts' ids, and the copies of the configs on
//! record.
//!
//! `data/config/` has a file for each config on record, named by its record (`1042.json`), and the
//! prompts that they name, by their hash. The log is the source: a copy that is missing is made again
//! from its record. `running` is there while the engine runs, so that a start knows whether the last
//! run ended by itself; `pending.json` is a config that was sent to the center and is not known to be
//! on record.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use arc_swap::ArcSwap;
use console::{ConfigEntry, NotReloaded, ReloadRequest, Reloaded};
use model::{
    Event, QueueId, Record, Seq,
    event::{AdoptionCause, ConfigAdopted, ConfigText, MeasuredBy},
};
use serde::{Deserialize, Serialize};
use settings::{Config, ConfigFiles, Fault, PromptFile, PromptIds};

use tokio::sync::{mpsc, oneshot};

use crate::replace::replace;

/// The config that the engine runs with.
pub(crate) struct InForce {
    /// The config folder; `None` where the engine was started without one.
    pub(crate) folder: Option<PathBuf>,
    /// The copies of the configs on record.
    pub(crate) copies: Copies,
    /// The config and the ids of its prompts.
    pub(crate) current: ArcSwap<Current>,
    /// The prompts of the voice threads, each at its id.
    pub(crate) prompts: Arc<ArcSwap<Vec<media::Prompt>>>,
    /// Reloads that were asked for.
    pub(crate) reloads: mpsc::Sender<Reload>,
}

/// A reload, and where its result goes.
pub(crate) type Reload = (ReloadRequest, oneshot::Sender<Result<Reloaded, NotReloaded>>);

/// A config with what the engine made of it.
pub(crate) struct Current {
    /// The config.
    pub(crate) config: Config,
    /// Its prompts.
    pub(crate) ids: PromptIds,
    /// Its record; `None` when there is none.
    pub(crate) seq: Option<Seq>,
}

/// A config folder with its contents, for a start.
#[derive(Clone, Debug)]
pub struct Source {
    /// The folder.
    pub folder: PathBuf,
    /// Its config, or the one that was in force when the engine died.
    pub config: Config,
}

impl Source {
    /// The config of a start. Usually it is that of the folder. After a run that died it is the one
    /// that was in force, so that a folder that is being edited does not come into force by itself;
    /// `as_edited` takes the folder all the same. `data` replaces the data folder of the config.
    ///
    /// # Errors
    /// The faults of the folder, where it is needed.
    pub fn of_start(
        folder: &Path,
        data: Option<&Path>,
        as_edited: bool,
    ) -> Result<Source, Vec<Fault>> {
        let source = |config: Config| Source { folder: folder.to_owned(), config };
        let loaded = Config::load(folder);
        let named = match (&loaded, data) {
            (_, Some(data)) => data.to_owned(),
            (Ok(config), None) => config.settings.data.folder.clone(),
            (Err(_), None) => ConfigFiles::read(folder).unwrap_or_default().data_folder(),
        };
        let copies = Copies::of(&named);
        if as_edited || !copies.has_died() {
            return loaded.map(source);
        }
        copies.settle_pending(&named.join("journal"));
        let before = match copies.last_config() {
            Ok(Some(before)) => before,
            Ok(None) => return loaded.map(source),
            Err(why) => {
                tracing::error!(
                    "the last run died, and the config it used cannot be read again, so that the \
                     config folder is used as it is: {why}"
                );
                return loaded.map(source);
            }
        };
        let changed = match &loaded {
            Ok(config) => before.files.changed_files(&config.files),
            Err(_) => changed_files(folder, &before).unwrap_or_default(),
        };
        if changed.is_empty() {
            return loaded.map(source);
        }
        tracing::warn!(
            "the last run died, and {} has changed since it was put in force: {}. The engine uses the \
             config that was in force. Run `heartline check --diff` and `heartline reload`, or start \
             with --as-edited",
            folder.display(),
            changed.join(", ")
        );
        for fault in loaded.err().into_iter().flatten() {
            tracing::warn!("the changed config has a fault: {fault}");
        }
        Ok(source(before))
    }
}

/// The files of a folder that differ from a config, also when the folder has faults.
pub(crate) fn changed_files(folder: &Path, config: &Config) -> io::Result<Vec<String>> {
    ConfigFiles::read(folder).map(|files| config.files.changed_files(&files))
}

impl InForce {
    /// The config of a start.
    pub(crate) fn new(
        folder: Option<PathBuf>,
        config: Config,
        copies: Copies,
    ) -> (InForce, mpsc::Receiver<Reload>) {
        let (reloads, asked) = mpsc::channel(RELOADS_MAX);
        let ids = PromptIds::new(&config.settings);
        let prompts = ids.prompts().iter().map(|p| media::Prompt::new(p.samples.clone()));
        let in_force = InForce {
            folder,
            copies,
            prompts: Arc::new(ArcSwap::from_pointee(prompts.collect())),
            current: ArcSwap::from_pointee(Current { config, ids, seq: None }),
            reloads,
        };
        (in_force, asked)
    }

    /// Hands the prompts of other ids to the voice threads. They are there before the center names
    /// any of them.
    pub(crate) fn hand_out(&self, ids: &PromptIds) {
        let known = self.prompts.load();
        let prompts = ids.prompts().iter().enumerate().map(|(n, prompt)| match known.get(n) {
            Some(known) => known.clone(),
            None => media::Prompt::new(prompt.samples.clone()),
        });
        self.prompts.store(Arc::new(prompts.collect()));
    }
}

/// The record of a config.
pub(crate) fn record_of(
    config: &Config,
    cause: AdoptionCause,
    changes: &[String],
) -> ConfigAdopted {
    let Config { settings, files } = config;
    let texts = files.texts.iter();
    let prompts = files.prompts.iter();
    ConfigAdopted {
        cause,
        by: None,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        files: texts.map(|(name, text)| (name.clone(), ConfigText(text.clone()))).collect(),
        prompts: prompts.map(|(name, file)| (name.clone(), file.sha256.clone())).collect(),
        seats: ConfigAdopted::ranges(settings.seats.iter().map(|seat| seat.seat)),
        queues: settings.queues.iter().map(measured_by).collect(),
        moved: BTreeMap::new(),
        changes: changes.iter().take(ConfigAdopted::CHANGES_MAX).cloned().collect(),
        changes_in_all: u32::try_from(changes.len()).unwrap_or(u32::MAX),
    }
}

fn measured_by(queue: &settings::Queue) -> (QueueId, MeasuredBy) {
    let stats::Thresholds { answer_ms, short_abandon_ms } = queue.thresholds;
    (queue.name.clone(), MeasuredBy { answer_ms, short_abandon_ms })
}

/// A config on record, for people.
pub fn entry(record: Record) -> Option<ConfigEntry> {
    let Event::ConfigAdopted(adopted) = record.event else { return None };
    Some(ConfigEntry {
        seq: record.seq,
        at: record.at,
        cause: adopted.cause.as_str().to_owned(),
        by: adopted.by,
        version: adopted.version,
        changes: adopted.changes,
        changes_in_all: adopted.changes_in_all,
    })
}

/// The folder with the copies of the configs on record.
#[derive(Clone, Debug)]
pub struct Copies(PathBuf);

/// A config that was sent to the center.
#[derive(Serialize, Deserialize)]
struct Pending {
    /// The last record before.
    after: Seq,
    config: ConfigAdopted,
}

impl Copies {
    /// The copies in a data folder.
    pub fn of(data: &Path) -> Copies {
        Copies(data.join("config"))
    }

    /// Keeps a record whose event is a config; another record does nothing.
    pub(crate) fn keep(&self, record: &Record) -> io::Result<()> {
        if !matches!(record.event, Event::ConfigAdopted(_)) {
            return Ok(());
        }
        replace(&self.file(record.seq), &serde_json::to_vec(record)?)
    }

    /// Keeps the prompts of a config, each under its hash.
    pub(crate) fn keep_prompts(&self, files: &ConfigFiles) -> io::Result<()> {
        for prompt in files.prompts.values() {
            let path = self.prompt(&prompt.sha256);
            if !path.is_file() {
                replace(&path, &prompt.bytes)?;
            }
        }
        Ok(())
    }

    /// Notes a config before it is sent to the center.
    pub(crate) fn note_pending(&self, after: Seq, config: &ConfigAdopted) -> io::Result<()> {
        let pending = Pending { after, config: config.clone() };
        replace(&self.0.join(PENDING), &serde_json::to_vec(&pending)?)
    }

    /// Forgets what [`Copies::note_pending`] noted.
    pub(crate) fn forget_pending(&self) {
        self.remove(PENDING);
    }

    /// Settles what a run that died left pending: when it is in the log, its record is kept.
    pub(crate) fn settle_pending(&self, journal: &Path) {
        let Ok(bytes) = fs::read(self.0.join(PENDING)) else { return };
        if let Ok(pending) = serde_json::from_slice::<Pending>(&bytes)
            && let Ok(records) = journal::Reader::open(journal)
                .and_then(|reader| reader.read_from(pending.after + 1))
        {
            for record in records.map_while(Result::ok) {
                if let Err(e) = self.keep(&record) {
                    tracing::warn!("cannot keep the config of record {}: {e}", record.seq);
                }
            }
        }
        self.forget_pending();
    }

    /// The records of all configs that are kept, the oldest first.
    pub fn records(&self) -> Vec<Record> {
        let listed = fs::read_dir(&self.0).into_iter().flatten().flatten();
        let mut numbers: Vec<Seq> = listed.filter_map(|entry| number_of(&entry.path())).collect();
        numbers.sort_unstable();
        numbers.into_iter().filter_map(|seq| self.record(seq)).collect()
    }

    /// The record of a config.
    pub fn record(&self, seq: Seq) -> Option<Record> {
        serde_json::from_slice(&fs::read(self.file(seq)).ok()?).ok()
    }

    /// The record of the last config.
    pub fn last(&self) -> Option<Record> {
        let listed = fs::read_dir(&self.0).ok()?.flatten();
        self.record(listed.filter_map(|entry| number_of(&entry.path())).max()?)
    }

    /// The last config; `None` when none is kept.
    ///
    /// # Errors
    /// It is kept and cannot be used.
    pub fn last_config(&self) -> Result<Option<Config>, String> {
        let Some(Record { seq, event: Event::ConfigAdopted(adopted), .. }) = self.last() else {
            return Ok(None);
        };
        let read = Config::of_files(&self.files(&adopted)?, &format!("(record {seq})"));
        let told = |faults: Vec<Fault>| {
            faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
        };
        read.map(Some).map_err(told)
    }

    /// The files of a config on record, with the prompts that were kept.
    ///
    /// # Errors
    /// A prompt is not kept, or its file was changed.
    pub fn files(&self, adopted: &ConfigAdopted) -> Result<ConfigFiles, String> {
        let texts = adopted.files.iter().map(|(name, text)| (name.clone(), text.0.clone()));
        let mut prompts = BTreeMap::new();
        for (name, sha256) in &adopted.prompts {
            let path = self.prompt(sha256);
            let bytes = fs::read(&path)
                .map_err(|e| format!("the prompt {name} is not in {}: {e}", path.display()))?;
            let file = PromptFile::new(bytes);
            if file.sha256 != *sha256 {
                return Err(format!("{} was changed", path.display()));
            }
            prompts.insert(name.clone(), file);
        }
        Ok(ConfigFiles { texts: texts.collect(), prompts })
    }

    /// Copies the records and their prompts into another data folder.
    ///
    /// # Errors
    /// The disk's error.
    pub(crate) fn copy_to(&self, data: &Path) -> io::Result<()> {
        let to = Copies::of(data);
        for folder in [self.0.clone(), self.0.join("prompts")] {
            let listed = match fs::read_dir(&folder) {
                Ok(listed) => listed,
                Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
                Err(e) => return Err(e),
            };
            for path in listed.flatten().map(|entry| entry.path()) {
                let is_prompt = path.extension().is_some_and(|ending| ending == "wav");
                if let Ok(name) = path.strip_prefix(&self.0)
                    && (is_prompt || number_of(&path).is_some())
                {
                    replace(&to.0.join(name), &fs::read(&path)?)?;
                }
            }
        }
        Ok(())
    }

    /// Notes that the engine runs. A start that finds the note knows that the last run died.
    pub(crate) fn note_running(&self) -> io::Result<()> {
        replace(&self.0.join(RUNNING), b"")
    }

    /// Notes that the engine has stopped.
    pub(crate) fn note_stopped(&self) {
        self.remove(RUNNING);
    }

    /// Whether the last run died.
    pub fn has_died(&self) -> bool {
        self.0.join(RUNNING).is_file()
    }

    fn remove(&self, name: &str) {
        let path = self.0.join(name);
        if let Err(e) = fs::remove_file(&path)
            && e.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!("cannot remove {}: {e}", path.display());
        }
    }

    fn file(&self, seq: Seq) -> PathBuf {
        self.0.join(format!("{seq}.json"))
    }

    fn prompt(&self, sha256: &str) -> PathBuf {
        self.0.join("prompts").join(format!("{sha256}.wav"))
    }
}

fn number_of(path: &Path) -> Option<Seq> {
    let is_json = path.extension().is_some_and(|ending| ending == "json");
    path.file_stem().filter(|_| is_json)?.to_str()?.parse().ok()
}

/// The most reloads that wait for the one before.
const RELOADS_MAX: usize = 16;
const PENDING: &str = "pending.json";
const RUNNING: &str = "running";
