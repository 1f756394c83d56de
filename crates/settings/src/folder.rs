//! The files of the config folder, from disk or built into the program.

use std::{borrow::Cow, collections::BTreeMap, fs, io, path::Path};

use crate::{
    Fault,
    page::{Faults, nearest},
};

/// The files of a config folder.
#[derive(Clone, Debug, Default)]
pub(crate) struct Folder {
    /// The folder's name in faults.
    pub(crate) shown: String,
    /// The TOML files by name.
    pub(crate) texts: BTreeMap<String, Cow<'static, str>>,
    /// The WAV files of `prompts/`, by name without `.wav`.
    pub(crate) prompts: BTreeMap<String, Cow<'static, [u8]>>,
}

impl Folder {
    /// Reads a folder. A file that cannot be read is a fault; the others are still read.
    pub(crate) fn read(dir: &Path, faults: &Faults) -> Folder {
        let mut folder = Folder {
            shown: dir.display().to_string(),
            texts: texts(dir, "toml", faults),
            ..Folder::default()
        };
        // The texts of the desk's SMS. Older versions had no such folder.
        let desk = dir.join("desk");
        if desk.is_dir() {
            for (name, text) in texts(&desk, "toml", faults) {
                folder.texts.insert(format!("desk/{name}"), text);
            }
        }
        // The menus, of any name. Older versions had no such folder.
        let menus = dir.join("ivr");
        if menus.is_dir() {
            for (name, text) in texts(&menus, "toml", faults) {
                folder.texts.insert(format!("ivr/{name}"), text);
            }
        }
        folder.report_strangers(dir, faults);
        let prompts = dir.join("prompts");
        // A folder without prompts uses those built into the program.
        if !prompts.exists() {
            folder.prompts = Folder::built_in().prompts;
            return folder;
        }
        for (name, bytes) in files(&prompts, "wav", PROMPT_BYTES_MAX, faults) {
            folder.prompts.insert(name, bytes.into());
        }
        folder
    }

    /// Reports files that no reader knows. Most likely such a file's name is misspelt, and all its
    /// settings would silently have their defaults.
    fn report_strangers(&self, dir: &Path, faults: &Faults) {
        let known = TEXTS.iter().map(|(name, _)| *name);
        let is_known =
            |name: &&String| name.starts_with("ivr/") || known.clone().any(|known| known == *name);
        for name in self.texts.keys().filter(|name| !is_known(name)) {
            let right = match nearest(name, known.clone()) {
                Some(near) => format!("did you mean {near}?"),
                None => format!("known here: {}", known.clone().collect::<Vec<_>>().join(", ")),
            };
            faults.add(fault(&dir.join(name), "the engine reads no file of this name", &right));
        }
    }

    /// The shipped folder, built into the program.
    pub(crate) fn built_in() -> Folder {
        Folder {
            shown: "(built in)".into(),
            texts: TEXTS.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect(),
            prompts: PROMPTS.iter().map(|(name, wav)| ((*name).into(), (*wav).into())).collect(),
        }
    }

    /// A file's path in faults.
    pub(crate) fn path(&self, file: &str) -> String {
        format!("{}/{file}", self.shown.trim_end_matches('/'))
    }
}

/// The text files of a folder with one ending, by name.
pub(crate) fn texts(
    dir: &Path,
    ending: &str,
    faults: &Faults,
) -> BTreeMap<String, Cow<'static, str>> {
    let mut texts = BTreeMap::new();
    for (name, bytes) in files(dir, ending, TEXT_BYTES_MAX, faults) {
        match text(ending, bytes) {
            Some(text) => {
                texts.insert(format!("{name}.{ending}"), text.into());
            }
            None => {
                // The file is kept as empty so that readers do not report it as missing, too.
                faults.add(fault(
                    &dir.join(format!("{name}.{ending}")),
                    "it is not UTF-8",
                    "save it as UTF-8",
                ));
            }
        }
    }
    texts
}

/// A file's text. CSV files may have the encoding in which a Chinese Excel saves them; all others
/// are UTF-8.
fn text(ending: &str, bytes: Vec<u8>) -> Option<String> {
    match ending {
        "csv" => {
            let decoded = spreadsheet::decode(&bytes).ok()?;
            Some(model::text::clean(&decoded.text).into_owned())
        }
        _ => String::from_utf8(bytes).ok(),
    }
}

/// The files of a folder with one ending, by name without it.
fn files(dir: &Path, ending: &str, bytes_max: u64, faults: &Faults) -> Vec<(String, Vec<u8>)> {
    let listed = match fs::read_dir(dir) {
        Ok(listed) => listed,
        Err(error) => {
            faults.add(fault(dir, &unreadable(&error), "name a config folder that can be read"));
            return Vec::new();
        }
    };
    let mut found = Vec::new();
    for path in listed.flatten().map(|entry| entry.path()) {
        let name = path.file_stem().and_then(|name| name.to_str());
        let (Some(name), true) = (name, path.extension().is_some_and(|e| e == ending)) else {
            continue;
        };
        match read_up_to(&path, bytes_max) {
            Ok(bytes) => found.push((name.to_string(), bytes)),
            Err(error) => {
                faults.add(fault(&path, &unreadable(&error), "let the engine's user read it"));
            }
        }
    }
    found
}

fn read_up_to(path: &Path, bytes_max: u64) -> io::Result<Vec<u8>> {
    if fs::metadata(path)?.len() > bytes_max {
        let what = format!("larger than {} MiB", bytes_max >> 20);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, what));
    }
    fs::read(path)
}

fn unreadable(error: &io::Error) -> String {
    format!("it cannot be read: {error}")
}

fn fault(path: &Path, what: &str, right: &str) -> Fault {
    Fault {
        file: path.display().to_string(),
        line: 0,
        column: None,
        key: String::new(),
        what: what.into(),
        right: right.into(),
    }
}

/// Ten thousand seats, each in its own table, take one MiB.
const TEXT_BYTES_MAX: u64 = 8 << 20;
/// Half an hour of music at 16 kHz. Prompts are kept in memory.
const PROMPT_BYTES_MAX: u64 = 64 << 20;

macro_rules! built_in {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../config/", $name)))),*]
    };
}

macro_rules! built_in_prompts {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_bytes!(concat!("../../../config/prompts/", $name, ".wav")))),*]
    };
}

const TEXTS: &[(&str, &str)] = built_in![
    "agents.toml",
    "blacklist.toml",
    "courier.toml",
    "desk.toml",
    "desk/sms.toml",
    "heartline.toml",
    "ivr/after-hours.toml",
    "ivr/area-notice.toml",
    "ivr/language.toml",
    "lines.toml",
    "queues.toml",
    "reports.toml",
    "seats.toml",
    "trunks.toml",
];

const PROMPTS: &[(&str, &[u8])] = built_in_prompts![
    "beep",
    "confirmed",
    "denied",
    "greeting-en",
    "greeting-zh",
    "ivr-after-hours-en",
    "ivr-after-hours-zh",
    "ivr-area-notice-en",
    "ivr-area-notice-zh",
    "ivr-language-en",
    "ivr-language-zh",
    "ivr-wrong-en",
    "ivr-wrong-zh",
    "music",
    "sorry-en",
    "sorry-zh",
    "voicemail-en",
    "voicemail-zh",
    "wait-en",
    "wait-first-en",
    "wait-first-zh",
    "wait-zh",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_files_equal_the_shipped_ones() {
        let faults = Faults::default();
        let shipped = Folder::read(Path::new("../../config"), &faults);
        let built_in = Folder::built_in();
        assert_eq!(faults.sorted(), []);
        assert_eq!(built_in.texts, shipped.texts);
        assert!(
            built_in.prompts == shipped.prompts,
            "prompts differ: {:?}",
            shipped.prompts.keys()
        );
    }
}
