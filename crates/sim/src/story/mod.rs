//! The acceptance stories of the back office (hotline.md 6), told step by step with their dates.
//!
//! A story is played on a whole desk: each step is a command somebody gives, at
//! its time, and what must then be true. The same stories are tests and what
//! `heartline story S2` tells in the terminal.
//!
//! They know people by role, never by name.

mod drain;
mod infant;
mod nuisance;
mod power;
mod sewage;
mod teller;
mod wages;
mod works;

use model::{DayTable, Record};

pub use teller::{Tale, Teller};

/// One story.
#[derive(Clone, Copy)]
pub struct Story {
    /// `S1` to `S8`.
    pub code: &'static str,
    /// In a line.
    pub title: &'static str,
    play: fn(&mut Teller) -> Tale,
}

/// All of them. S6, the heating peak, is played by calls and lives with the wire's seeds.
pub const STORIES: [Story; 9] = [
    Story { code: "S1", title: "Power cuts: one matter, fifteen callers", play: power::play },
    Story { code: "S2", title: "Sewage by night, on a Sunday, by phone", play: sewage::play },
    Story { code: "S3", title: "The infant: act first, papers later", play: infant::play },
    Story {
        code: "S4",
        title: "Wages before Spring Festival, signed and signed again",
        play: wages::play,
    },
    Story {
        code: "S5",
        title: "A night of nuisance, and the true story in it",
        play: nuisance::play,
    },
    Story { code: "S7", title: "A works between two districts", play: works::play },
    Story { code: "S8a", title: "A drain: minutes for each stage", play: drain::quick },
    Story { code: "S8b", title: "A matter nobody can solve", play: drain::filed },
    Story {
        code: "S8c",
        title: "Unsatisfied to the end, and struck off",
        play: drain::unsatisfied,
    },
];

impl Story {
    /// The story of this code, whatever its case.
    pub fn by_code(code: &str) -> Option<&'static Story> {
        STORIES.iter().find(|story| story.code.eq_ignore_ascii_case(code))
    }

    /// Play it in silence: what is on the record at its end.
    ///
    /// The error says at which step what was not as told.
    pub fn records(&self, days: &DayTable) -> Result<Vec<Record>, String> {
        let mut silence = |_: &str| {};
        let mut teller = Teller::new(days, &mut silence);
        (self.play)(&mut teller)?;
        Ok(teller.into_log())
    }

    /// Play it by this calendar; what happens goes to `say`, line by line.
    ///
    /// The error says at which step what was not as told.
    pub fn tell(&self, days: &DayTable, say: &mut dyn FnMut(&str)) -> Tale {
        say(&format!("{}  {}", self.code, self.title));
        let mut teller = Teller::new(days, say);
        (self.play)(&mut teller)?;
        teller.close()
    }
}
