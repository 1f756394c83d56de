//! `prompts/*.wav`: each file is a prompt.

use crate::{Fault, Prompt, PromptName, folder::Folder, page::Faults, wav};

pub(super) fn read(folder: &Folder, faults: &Faults) -> Option<Vec<Prompt>> {
    let read: Vec<Option<Prompt>> = (folder.prompts.iter())
        .map(|(name, bytes)| match wav::samples(bytes) {
            Ok(samples) => Some(Prompt { name: PromptName::from(name.as_str()), samples }),
            Err((what, right)) => {
                faults.add(Fault {
                    file: folder.path(&format!("prompts/{name}.wav")),
                    line: 0,
                    column: None,
                    key: String::new(),
                    what,
                    right: right.into(),
                });
                None
            }
        })
        .collect();
    // The folder's map, and so the list, is sorted by name.
    read.into_iter().collect()
}
