//! Prompts and music, encoded in both laws.

use std::sync::Arc;

use primitives::Codec;

use crate::{PromptId, codec};

/// A recorded prompt or a piece of music, 8 kHz mono. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Prompt {
    samples: Arc<[i16]>,
    alaw: Arc<[u8]>,
    ulaw: Arc<[u8]>,
}

impl Prompt {
    /// Creates a prompt from samples at 8 kHz. It is encoded here once for all calls.
    pub fn new(samples: Arc<[i16]>) -> Prompt {
        let encoded = |codec| samples.iter().map(|s| codec::encode(codec, *s)).collect();
        Prompt { alaw: encoded(Codec::Pcma), ulaw: encoded(Codec::Pcmu), samples }
    }

    /// Its samples, 8 kHz.
    pub fn samples(&self) -> &[i16] {
        &self.samples
    }

    /// Its bytes in a codec, one per sample.
    pub fn encoded(&self, codec: Codec) -> &[u8] {
        match codec {
            Codec::Pcma => &self.alaw,
            Codec::Pcmu => &self.ulaw,
        }
    }
}

/// Plays to one listener: prompts in sequence, then music in a loop.
#[derive(Clone, Debug)]
pub(crate) struct Player {
    prompts: Vec<PromptId>,
    /// The index of the current prompt.
    turn: usize,
    /// The next sample of the prompt or the music.
    place: usize,
    music: PromptId,
}

impl Player {
    pub(crate) fn new(prompts: Vec<PromptId>, music: PromptId) -> Player {
        Player { prompts, turn: 0, place: 0, music }
    }

    /// Plays this after the prompts from now on.
    pub(crate) fn set_music(&mut self, music: PromptId) {
        if self.music != music {
            self.music = music;
            if !self.has_prompts() {
                self.place = 0;
            }
        }
    }

    /// Plays these prompts from now on.
    pub(crate) fn play(&mut self, prompts: Vec<PromptId>) {
        *self = Player::new(prompts, self.music);
    }

    /// Stops the prompts; music follows.
    pub(crate) fn stop_prompts(&mut self) {
        if self.has_prompts() {
            self.play(Vec::new());
        }
    }

    pub(crate) fn has_prompts(&self) -> bool {
        self.turn < self.prompts.len()
    }

    /// Writes the next frame as samples and encoded in `codec`. Returns true when the last prompt
    /// ended in it.
    ///
    /// Prompts and music follow without a pause. Without anything to play the frame is silence.
    pub(crate) fn next_frame(
        &mut self,
        library: &[Prompt],
        codec: Codec,
        samples: &mut [i16],
        payload: &mut [u8],
    ) -> bool {
        let had_prompts = self.has_prompts();
        let mut filled = 0;
        while filled < samples.len() {
            let id = self.prompts.get(self.turn).copied().unwrap_or(self.music);
            let prompt = library.get(usize::from(id.0)).unwrap_or(&SILENT);
            let from = self.place.min(prompt.samples.len());
            let count = (prompt.samples.len() - from).min(samples.len() - filled);
            samples[filled..filled + count].copy_from_slice(&prompt.samples[from..from + count]);
            payload[filled..filled + count]
                .copy_from_slice(&prompt.encoded(codec)[from..from + count]);
            filled += count;
            self.place = from + count;
            if filled < samples.len() {
                // This prompt ended: the next one follows, or the music from its start.
                let was_music = !self.has_prompts();
                if was_music && count == 0 && from == 0 {
                    samples[filled..].fill(0);
                    payload[filled..].fill(codec::encode(codec, 0));
                    break;
                }
                self.place = 0;
                self.turn = self.prompts.len().min(self.turn + 1);
            }
        }
        had_prompts && !self.has_prompts()
    }
}

/// The id of no prompt: silence is played.
pub(crate) const NO_PROMPT: PromptId = PromptId(u16::MAX);

static SILENT: std::sync::LazyLock<Prompt> = std::sync::LazyLock::new(Prompt::default);

#[cfg(test)]
mod tests {
    use super::*;

    fn library() -> Vec<Prompt> {
        [vec![1_000i16; 50], vec![2_000; 300], vec![]]
            .into_iter()
            .map(|samples| Prompt::new(samples.into()))
            .collect()
    }

    fn frame(player: &mut Player, library: &[Prompt]) -> (bool, [i16; 160]) {
        let (mut samples, mut payload) = ([9; 160], [9; 160]);
        let ended = player.next_frame(library, Codec::Pcma, &mut samples, &mut payload);
        let table = codec::decode_table(Codec::Pcma);
        let heard = payload.map(|byte| table[usize::from(byte)]);
        assert!(samples.iter().zip(heard).all(|(s, h)| (i32::from(*s) - i32::from(h)).abs() < 80));
        (ended, samples)
    }

    #[test]
    fn prompts_follow_without_a_pause_and_music_loops() {
        let library = library();
        let mut player = Player::new(vec![PromptId(1), PromptId(0)], PromptId(0));
        assert!(!frame(&mut player, &library).0);
        let (ended, second) = frame(&mut player, &library);
        assert!(!ended && second[139] == 2_000 && second[140] == 1_000);
        let (ended, third) = frame(&mut player, &library);
        assert!(ended && third == [1_000; 160]);
        assert_eq!(frame(&mut player, &library), (false, [1_000; 160]));
    }

    #[test]
    fn missing_prompt_is_skipped_and_missing_music_is_silence() {
        let library = library();
        let mut player = Player::new(vec![PromptId(2), PromptId(77)], PromptId(2));
        assert_eq!(frame(&mut player, &library), (true, [0; 160]));
        assert_eq!(frame(&mut player, &library), (false, [0; 160]));
    }
}
