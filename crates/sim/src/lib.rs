//! A virtual day from a seed.
//!
//! The same center the daemon drives, driven by an agenda: citizens who call
//! and lose patience, people at seats who pick up, look away, walk off and come
//! back, a disk that is slow, an engine that dies. Time is virtual, chance
//! comes from one seed, and the same seed is the same day to the last record.
//! The [`Auditor`] reads the log as it grows and knows what must always hold.
//!
//! It will never know the daemon, a socket or a clock.

mod auditor;
mod chance;
mod floor;
mod report;
mod world;

pub use auditor::{Auditor, Breach};
pub use floor::{Floor, Storm};
pub use report::Report;
pub use world::World;

/// Play `days` days of the standard floor from `seed`; what is worth saying goes to `say`.
///
/// A seed prints first and last, so that whoever sees a breach can play it again.
pub fn run(seed: u64, days: u32, say: &mut dyn FnMut(&str)) -> Report {
    say(&format!("seed {seed}"));
    let mut world = World::new(seed, Floor::hotline(), Storm::usual());
    for day in 1..=days {
        world.play_day();
        say(&format!("day {day}: {}", world.report().line()));
    }
    world.calm();
    let report = world.report();
    say(&format!("seed {seed}"));
    report
}
