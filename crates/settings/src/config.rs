//! A config folder with the files it was read from, so that a plan can be recorded, compared and
//! read again from the record.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    fmt, fs, io,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use crate::{
    Fault, Settings, calendar,
    folder::{self, Folder},
    page::Faults,
    read,
};

/// The checked settings of a config folder and its files.
#[derive(Clone, Debug)]
pub struct Config {
    /// The settings.
    pub settings: Settings,
    /// The files.
    pub files: ConfigFiles,
}

/// The files of a config folder, as they were read.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ConfigFiles {
    /// The TOML files by their path in the folder: `seats.toml`, `calendar/2026.toml`.
    pub texts: BTreeMap<String, String>,
    /// The WAV files of `prompts/`, by name without `.wav`.
    pub prompts: BTreeMap<String, PromptFile>,
}

/// A prompt's file.
#[derive(Clone, PartialEq, Eq)]
pub struct PromptFile {
    /// The SHA-256 of its bytes, in hex.
    pub sha256: String,
    /// Its bytes.
    pub bytes: Cow<'static, [u8]>,
}

impl PromptFile {
    /// A file with these bytes.
    pub fn new(bytes: impl Into<Cow<'static, [u8]>>) -> PromptFile {
        let bytes = bytes.into();
        PromptFile { sha256: hex(&Sha256::digest(&bytes)), bytes }
    }
}

impl Config {
    /// Reads a config folder. All faults are reported together, by file and line.
    pub fn load(dir: &Path) -> Result<Config, Vec<Fault>> {
        let faults = Faults::default();
        let folder = Folder::read(dir, &faults);
        let place = dir.join("calendar");
        // A folder without a calendar has the shipped one.
        let days_faults = Faults::default();
        let days = match place.is_dir() {
            true => folder::texts(&place, "toml", &days_faults),
            false => calendar::built_in(),
        };
        check(folder, faults, &days, days_faults)
    }

    /// The shipped config, built into the program.
    ///
    /// A test checks that it is valid; the `Result` avoids a panic in this crate.
    pub fn embedded() -> Result<Config, Vec<Fault>> {
        check(Folder::built_in(), Faults::default(), &calendar::built_in(), Faults::default())
    }

    /// Reads files that were recorded. `shown` names them in faults.
    pub fn of_files(files: &ConfigFiles, shown: &str) -> Result<Config, Vec<Fault>> {
        let mut folder = Folder { shown: shown.to_owned(), ..Folder::default() };
        let mut days = BTreeMap::new();
        for (name, text) in &files.texts {
            match name.strip_prefix(CALENDAR) {
                Some(year) => days.insert(year.to_owned(), text.clone().into()),
                None => folder.texts.insert(name.clone(), text.clone().into()),
            };
        }
        for (name, file) in &files.prompts {
            folder.prompts.insert(name.clone(), file.bytes.clone());
        }
        check(folder, Faults::default(), &days, Faults::default())
    }
}

fn check(
    folder: Folder,
    faults: Faults,
    days: &BTreeMap<String, Cow<'static, str>>,
    days_faults: Faults,
) -> Result<Config, Vec<Fault>> {
    let settings = read::settings(&folder, faults);
    let shown = format!("{}/calendar", folder.shown.trim_end_matches('/'));
    match (settings, calendar::read(&shown, days, days_faults)) {
        (Ok(settings), Ok(calendar)) => Ok(Config {
            settings: Settings { calendar, ..settings },
            files: ConfigFiles::of(folder, days),
        }),
        (Err(mut found), Err(more)) => {
            found.extend(more);
            Err(found)
        }
        (Err(found), Ok(_)) | (Ok(_), Err(found)) => Err(found),
    }
}

impl ConfigFiles {
    fn of(folder: Folder, days: &BTreeMap<String, Cow<'static, str>>) -> ConfigFiles {
        let of_calendar = days
            .iter()
            .map(|(name, text)| (format!("{CALENDAR}{name}"), text.clone().into_owned()));
        let texts = folder.texts.into_iter().map(|(name, text)| (name, text.into_owned()));
        let prompts =
            folder.prompts.into_iter().map(|(name, bytes)| (name, PromptFile::new(bytes)));
        ConfigFiles { texts: texts.chain(of_calendar).collect(), prompts: prompts.collect() }
    }

    /// Reads the files of a folder without checking what they say.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn read(dir: &Path) -> io::Result<ConfigFiles> {
        let faults = Faults::default();
        let folder = Folder::read(dir, &faults);
        let place = dir.join("calendar");
        let days = match place.is_dir() {
            true => folder::texts(&place, "toml", &faults),
            false => calendar::built_in(),
        };
        if !dir.is_dir() {
            return Err(io::Error::new(io::ErrorKind::NotFound, dir.display().to_string()));
        }
        Ok(ConfigFiles::of(folder, &days))
    }

    /// The data folder that heartline.toml names, also when the config has faults; the default
    /// when it cannot be told.
    pub fn data_folder(&self) -> PathBuf {
        let text = self.texts.get("heartline.toml").map_or("", String::as_str);
        let table = text.parse::<toml::Table>().unwrap_or_default();
        let named = table.get("data").and_then(|data| data.get("folder")?.as_str());
        PathBuf::from(named.unwrap_or(DATA))
    }

    /// Writes the files into a config folder and removes its other TOML and WAV files. Everything
    /// else in the folder stays.
    ///
    /// # Errors
    /// The disk's error; some files may have been written.
    pub fn write(&self, dir: &Path) -> io::Result<()> {
        let now = ConfigFiles::read(dir)?;
        for name in now.texts.keys().filter(|name| !self.texts.contains_key(*name)) {
            remove(&dir.join(name))?;
        }
        for name in now.prompts.keys().filter(|name| !self.prompts.contains_key(*name)) {
            remove(&dir.join(format!("prompts/{name}.wav")))?;
        }
        for (name, text) in &self.texts {
            if now.texts.get(name) != Some(text) {
                put(&dir.join(name), text.as_bytes())?;
            }
        }
        for (name, prompt) in &self.prompts {
            if now.prompts.get(name).map(|known| &known.sha256) != Some(&prompt.sha256) {
                put(&dir.join(format!("prompts/{name}.wav")), &prompt.bytes)?;
            }
        }
        Ok(())
    }

    /// The paths in the folder of the files that differ, or that only one of the two has.
    pub fn changed_files(&self, other: &ConfigFiles) -> Vec<String> {
        let mut changed: Vec<String> = differing(&self.texts, &other.texts, |text| text);
        let prompts = differing(&self.prompts, &other.prompts, |prompt| &prompt.sha256);
        changed.extend(prompts.into_iter().map(|name| format!("prompts/{name}.wav")));
        changed
    }
}

/// The keys whose values differ, or that only one of the two maps has.
fn differing<'a, V>(
    one: &'a BTreeMap<String, V>,
    other: &'a BTreeMap<String, V>,
    content: impl Fn(&'a V) -> &'a String,
) -> Vec<String> {
    let keys: std::collections::BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    let differs = |key: &&&String| one.get(**key).map(&content) != other.get(**key).map(&content);
    keys.iter().filter(differs).map(|key| (*key).clone()).collect()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String does not fail.
        let _ok = write!(text, "{byte:02x}");
        text
    })
}

/// The texts have callers' numbers (blacklist.toml), so only their lengths are printed.
impl fmt::Debug for ConfigFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: BTreeMap<_, _> = self.texts.iter().map(|(name, t)| (name, t.len())).collect();
        f.debug_struct("ConfigFiles")
            .field("texts", &texts)
            .field("prompts", &self.prompts.keys())
            .finish()
    }
}

impl fmt::Debug for PromptFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PromptFile({}, {} bytes)", self.sha256, self.bytes.len())
    }
}

/// Removes a file. Files that are built into the program need not be in the folder.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Replaces a file: the new one is written beside it and renamed.
fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let beside = path.with_extension("part");
    fs::write(&beside, bytes)?;
    fs::rename(&beside, path)
}

/// The data folder by default.
const DATA: &str = "data";
/// The folder of the calendar's files.
const CALENDAR: &str = "calendar/";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recorded_files_give_the_same_settings() {
        let shipped = Config::load(Path::new("../../config")).unwrap();
        let again = Config::of_files(&shipped.files, "(recorded)").unwrap();
        assert_eq!(again.files, shipped.files);
        assert_eq!(format!("{:?}", again.settings), format!("{:?}", shipped.settings));
        assert_eq!(Config::embedded().unwrap().files, shipped.files);
    }

    #[test]
    fn changed_added_and_removed_files_are_named() {
        let shipped = Config::embedded().unwrap().files;
        let mut other = shipped.clone();
        other.texts.insert("calendar/local.toml".into(), String::new());
        other.texts.entry("seats.toml".into()).or_default().push('\n');
        other.prompts.remove("music");
        let named = ["calendar/local.toml", "seats.toml", "prompts/music.wav"];
        assert_eq!(shipped.changed_files(&other), named);
        assert!(shipped.changed_files(&shipped).is_empty());
    }

    #[test]
    fn numbers_of_the_blacklist_are_not_printed() {
        let mut files = Config::embedded().unwrap().files;
        files.texts.insert("blacklist.toml".into(), "number = \"13900001111\"".into());
        assert!(!format!("{files:?}").contains("1390000"));
    }
}
