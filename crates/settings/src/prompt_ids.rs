//! The ids of prompts over reloads: an id that was given stays what it is, so that a call that hears
//! a prompt hears it to its end.

use std::{collections::BTreeMap, sync::Arc};

use media::PromptId;

use crate::{Prompt, PromptName, Settings};

/// The prompts of a run by their ids.
#[derive(Clone, Debug, Default)]
pub struct PromptIds {
    /// By id: the present prompts, and those that a reload replaced or removed.
    prompts: Vec<Prompt>,
    by_name: BTreeMap<PromptName, PromptId>,
}

impl PromptIds {
    /// The ids of a start: the places in [`Settings::prompts`].
    pub fn new(settings: &Settings) -> PromptIds {
        // A fresh table takes as many as a config may have.
        PromptIds::default().reloaded(settings).unwrap_or_default()
    }

    /// The ids with the prompts of other settings. New and changed prompts get new ids; the old
    /// ones stay as long as the engine runs, up to a limit.
    ///
    /// # Errors
    /// So many prompts were replaced since the start that only a restart frees them.
    pub fn reloaded(&self, settings: &Settings) -> Result<PromptIds, String> {
        let mut prompts = self.prompts.clone();
        let mut by_name = BTreeMap::new();
        for prompt in &settings.prompts {
            let known = self.by_name.get(&prompt.name).filter(|id| {
                self.prompts.get(usize::from(id.0)).is_some_and(|old| old.samples == prompt.samples)
            });
            let id = match known {
                Some(id) => *id,
                None => {
                    let id = u16::try_from(prompts.len()).map_err(|_| too_many())?;
                    prompts.push(prompt.clone());
                    PromptId(id)
                }
            };
            by_name.insert(prompt.name.clone(), id);
        }
        let all: usize = prompts.iter().map(|prompt| prompt.samples.len()).sum();
        let present: usize = settings.prompts.iter().map(|prompt| prompt.samples.len()).sum();
        if all.saturating_sub(present) > REPLACED_SAMPLES_MAX {
            return Err(too_many());
        }
        Ok(PromptIds { prompts, by_name })
    }

    /// The id of a prompt.
    pub fn id(&self, name: &PromptName) -> Option<PromptId> {
        self.by_name.get(name).copied()
    }

    /// All prompts by their ids.
    pub fn prompts(&self) -> &[Prompt] {
        &self.prompts
    }

    /// The samples of the prompt with this id.
    pub fn samples(&self, id: PromptId) -> Option<&Arc<[i16]>> {
        self.prompts.get(usize::from(id.0)).map(|prompt| &prompt.samples)
    }
}

fn too_many() -> String {
    "so many prompts were replaced since the start that their memory is used up; restart the engine"
        .to_owned()
}

/// Four hours of replaced prompts, a quarter of a GiB with both encodings.
const REPLACED_SAMPLES_MAX: usize = 4 * 3_600 * 8_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_prompt_gets_a_new_id_and_the_old_one_stays() {
        let old = Settings::embedded().unwrap();
        let ids = PromptIds::new(&old);
        let music = PromptName::from("music");
        let before = ids.id(&music).unwrap();
        assert_eq!(ids.prompts(), old.prompts);
        let mut new = old.clone();
        let place = new.prompt(&music).unwrap();
        new.prompts[place].samples = vec![7; 80].into();
        new.prompts.remove(0);
        let again = ids.reloaded(&new).unwrap();
        let after = again.id(&music).unwrap();
        assert_ne!(before, after);
        assert_eq!(again.samples(before), ids.samples(before));
        assert_eq!(again.samples(after).map(|samples| samples.len()), Some(80));
        assert_eq!(again.id(&old.prompts[0].name), None);
        assert_eq!(again.id(&old.prompts[1].name), ids.id(&old.prompts[1].name));
        // The same settings once more change nothing.
        assert_eq!(again.reloaded(&new).unwrap().prompts().len(), again.prompts().len());
    }

    #[test]
    fn replaced_prompts_have_a_limit() {
        let mut settings = Settings::embedded().unwrap();
        let mut ids = PromptIds::new(&settings);
        let mut refused = None;
        for n in 0..6 {
            // An hour each.
            settings.prompts[0].samples = vec![n; 3_600 * 8_000].into();
            match ids.reloaded(&settings) {
                Ok(next) => ids = next,
                Err(why) => refused = refused.or(Some((n, why))),
            }
        }
        assert!(refused.is_some_and(|(n, why)| n == 4 && why.contains("restart")));
    }
}
