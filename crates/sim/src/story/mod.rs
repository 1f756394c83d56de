//! The acceptance stories of the back office (hotline.md 6), told step by step with their dates.
//!
//! A story is played on a whole desk, S6 with the phones too. Each step is a command given at its
//! time and what must be true afterwards. The same stories are tests and are told in the terminal
//! by `heartline story S2`.
//!
//! People have roles, not names.

mod drain;
mod heating;
mod infant;
mod nuisance;
mod power;
mod sewage;
mod story_desk;
mod wages;
mod works;

use model::{CalendarTable, Record};

pub use story_desk::{StoryDesk, StoryResult};

/// One story.
#[derive(Clone, Copy)]
pub struct Story {
    /// `S1` to `S8`.
    pub code: &'static str,
    /// Its title in one line.
    pub title: &'static str,
    play: Play,
}

/// A story that makes its own world.
type WorldStory = fn(&CalendarTable, &mut dyn FnMut(&str)) -> StoryResult;

/// The world a story is played on.
#[derive(Clone, Copy)]
enum Play {
    /// A whole desk.
    Desk(fn(&mut StoryDesk) -> StoryResult),
    /// A desk with phones: calls, queue and seats.
    Phones(WorldStory),
}

/// All stories.
pub const STORIES: [Story; 10] = [
    Story {
        code: "S1",
        title: "Power cuts: one matter, fifteen callers",
        play: Play::Desk(power::play),
    },
    Story {
        code: "S2",
        title: "Sewage by night, on a Sunday, by phone",
        play: Play::Desk(sewage::play),
    },
    Story {
        code: "S3",
        title: "The infant: act first, papers later",
        play: Play::Desk(infant::play),
    },
    Story {
        code: "S4",
        title: "Wages before Spring Festival, signed and signed again",
        play: Play::Desk(wages::play),
    },
    Story {
        code: "S5",
        title: "A night of nuisance, and the true story in it",
        play: Play::Desk(nuisance::play),
    },
    Story {
        code: "S6",
        title: "The first night of the heating season: 800 calls, one matter",
        play: Play::Phones(heating::play),
    },
    Story { code: "S7", title: "A works between two districts", play: Play::Desk(works::play) },
    Story { code: "S8a", title: "A drain: minutes for each stage", play: Play::Desk(drain::quick) },
    Story { code: "S8b", title: "A matter nobody can solve", play: Play::Desk(drain::filed) },
    Story {
        code: "S8c",
        title: "Unsatisfied to the end, and struck off",
        play: Play::Desk(drain::unsatisfied),
    },
];

impl Story {
    /// The story of this code, in upper or lower case.
    pub fn by_code(code: &str) -> Option<&'static Story> {
        STORIES.iter().find(|story| story.code.eq_ignore_ascii_case(code))
    }

    /// Plays it silently and returns the records of its desk.
    ///
    /// The error names the step that differed, or says that the story needs more than the desk.
    pub fn records(&self, days: &CalendarTable) -> Result<Vec<Record>, String> {
        let mut silence = |_: &str| {};
        let mut story_desk = StoryDesk::new(days, &mut silence);
        let Play::Desk(play) = self.play else {
            return Err(format!("{} is played with the phones", self.code));
        };
        play(&mut story_desk)?;
        Ok(story_desk.into_log())
    }

    /// Plays it by this calendar; each step goes to `say`, line by line.
    ///
    /// The error names the step that differed.
    pub fn play(&self, days: &CalendarTable, say: &mut dyn FnMut(&str)) -> StoryResult {
        say(&format!("{}  {}", self.code, self.title));
        match self.play {
            Play::Desk(play) => {
                let mut story_desk = StoryDesk::new(days, say);
                play(&mut story_desk)?;
                story_desk.close()
            }
            Play::Phones(play) => play(days, say),
        }
    }
}
