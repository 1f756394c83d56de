//! A virtual day from a seed.
//!
//! The same center the engine drives, driven by an agenda: citizens who call
//! and lose patience, people at seats who pick up, look away, walk off and come
//! back, a disk that is slow, an engine that dies. Time is virtual, chance
//! comes from one seed, and the same seed is the same day to the last record.
//! The [`Auditor`] reads the log as it grows and knows what must always hold.
//!
//! Two depths, one world: at [`Depth::Desk`] signalling is commands and events;
//! at [`Depth::Wire`] it is SIP, byte for byte, between the engine's endpoint
//! and phones and a carrier made of the same endpoint, over a network that
//! loses, doubles and reorders, with strangers in between.
//!
//! With a back office ([`months`]) people also work on the tickets that calls open, in a city with
//! its calendar and its units.
//!
//! [`Clerks`] are its people for who plays a center on a real disk.
//!
//! Beside the phones, [`story`] tells the back office's acceptance stories on a
//! whole desk, step by step with their dates.
//!
//! It will never know the engine, a socket or a clock.

mod agenda;
mod auditor;
mod chance;
mod desk;
mod floor;
mod lines;
mod office;
mod report;
mod storm;
pub mod story;
mod wire;
mod world;

pub use auditor::{Auditor, Breach};
pub use floor::Floor;
pub use lines::Depth;
pub use office::{City, Clerks, Tally as OfficeTally};
pub use report::{Report, Tally};
pub use storm::Storm;
pub use world::World;

/// Play `days` days of the standard floor from `seed`; what is worth saying goes to `say`.
///
/// At wire depth a day is one busy hour of it. A seed prints first and last, so that whoever
/// sees a breach can play it again.
pub fn run(seed: u64, days: u32, depth: Depth, say: &mut dyn FnMut(&str)) -> Report {
    say(&format!("seed {seed}"));
    let mut world = World::new(seed, depth, Floor::hotline(), Storm::usual());
    for day in 1..=days {
        world.play_day();
        say(&format!("day {day}: {}", world.report().line()));
    }
    world.calm();
    let report = world.report();
    say(&format!("seed {seed}"));
    report
}

/// Play `days` days of the first home with its back office from `seed`.
///
/// 80 seats, 51 units, 2,000 calls a day, citizens and units who behave as they do, the power
/// gone in the middle of a write now and then; the auditor goes through everything at midnight.
pub fn months(seed: u64, days: u32, city: &City, say: &mut dyn FnMut(&str)) -> Report {
    say(&format!("seed {seed}"));
    let mut world = World::with_office(seed, Storm::months(), city);
    for day in 1..=days {
        world.play_day();
        let office = world.office_tally();
        say(&format!(
            "day {day}: {}; {} accepted, {} dispatched, {} passed in time, {} late, {} satisfied",
            world.report().line(),
            office.accepted,
            office.dispatched,
            office.on_time,
            office.late,
            office.satisfied
        ));
    }
    world.calm();
    if let Some(text) = world.office_report() {
        say(&text);
    }
    let report = world.report();
    say(&format!("{} midnights audited", report.audits));
    say(&format!("seed {seed}"));
    report
}
