//! Which voices each leg of a call hears, from the routes and the states of its legs.

use crate::mix::{FRAME, Frame};

/// Legs of a call by their index, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LegSet(u16);

impl LegSet {
    pub(crate) fn insert(&mut self, index: usize) {
        self.0 |= 1 << index;
    }

    pub(crate) fn contains(self, index: usize) -> bool {
        self.0 & (1 << index) != 0
    }

    pub(crate) fn intersection(self, other: LegSet) -> LegSet {
        LegSet(self.0 & other.0)
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// Removes the lowest index and returns it.
    pub(crate) fn take_first(&mut self) -> Option<usize> {
        let index = self.first()?;
        self.0 &= self.0 - 1;
        Some(index)
    }

    /// The lowest index.
    pub(crate) fn first(self) -> Option<usize> {
        (self.0 != 0).then(|| self.0.trailing_zeros() as usize)
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = usize> {
        let mut left = self;
        std::iter::from_fn(move || left.take_first())
    }
}

/// The voices that a leg hears now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Hearing {
    /// Nothing: it rings.
    #[default]
    Nothing,
    /// Prompts or music of ours, or silence.
    Player,
    /// The packets of this leg, passed through.
    One(usize),
    /// A mix of these voices.
    Mix(LegSet),
}

impl Hearing {
    /// Decides what a connected leg hears, from the voices it may hear and whether it hears prompts.
    pub(crate) fn of(voices: LegSet, has_prompts: bool) -> Hearing {
        match (has_prompts, voices.len(), voices.first()) {
            (false, 1, Some(speaker)) => Hearing::One(speaker),
            (false, 2.., _) => Hearing::Mix(voices),
            _ => Hearing::Player,
        }
    }

    /// Returns whether it hears this voice.
    pub(crate) fn includes(self, speaker: usize) -> bool {
        match self {
            Hearing::One(one) => one == speaker,
            Hearing::Mix(voices) => voices.contains(speaker),
            Hearing::Nothing | Hearing::Player => false,
        }
    }
}

/// The frames of the voices of a call at one tick, by index; `None` for those that nobody mixes.
pub(crate) type Frames = [Option<Frame>; LEGS_MAX];

/// The state of a mix: the fade of the voice heard before, which is added once after a change.
#[derive(Debug, Default)]
pub(crate) struct MixState {
    pub(crate) fade: Option<Frame>,
    /// The last frame sent.
    pub(crate) last: Option<Box<[i16; FRAME]>>,
}

/// The legs of one call: the caller, an agent, eight in a conference and supervisors.
pub(crate) const LEGS_MAX: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn set(indexes: &[usize]) -> LegSet {
        let mut set = LegSet::default();
        indexes.iter().for_each(|index| set.insert(*index));
        set
    }

    #[test]
    fn one_voice_is_passed_through_and_several_are_mixed() {
        assert_eq!(Hearing::of(set(&[]), false), Hearing::Player);
        assert_eq!(Hearing::of(set(&[3]), false), Hearing::One(3));
        assert_eq!(Hearing::of(set(&[0, 15]), false), Hearing::Mix(set(&[0, 15])));
    }

    #[test]
    fn prompts_come_before_voices() {
        assert_eq!(Hearing::of(set(&[1, 2]), true), Hearing::Player);
    }

    #[test]
    fn set_lists_its_indexes_in_order() {
        let legs = set(&[15, 0, 7]);
        assert_eq!(legs.iter().collect::<Vec<_>>(), [0, 7, 15]);
        assert_eq!((legs.len(), legs.contains(7), legs.contains(8)), (3, true, false));
    }
}
