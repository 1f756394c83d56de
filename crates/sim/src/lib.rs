//! The simulator: a virtual day of the call center from a seed.
//!
//! It drives the same center as the engine. Simulated citizens call and lose patience, agents
//! answer, ignore calls, leave and come back, the disk is slow, and the engine dies. Time is
//! virtual, chance comes from one seed, and the same seed gives the same records to the last one.
//! The [`Auditor`] reads the log as it grows and checks the invariants that must always hold.
//!
//! There are two depths. At [`Depth::Desk`] signalling is commands and events. At [`Depth::Wire`]
//! it is SIP, byte for byte, between the engine's endpoint and phones and a carrier made of the
//! same endpoint, over a network that loses, duplicates and reorders datagrams, with strangers
//! sending too.
//!
//! With a back office ([`months`]) simulated people also work on the tickets that calls open, in a
//! city with its calendar and units.
//!
//! [`Clerks`] are these people for a program that drives its own center on a real disk.
//!
//! [`story`] plays the acceptance stories of the back office on a whole desk, step by step with
//! their dates.
//!
//! This crate does not depend on the engine, sockets or the system clock.

mod agenda;
mod auditor;
mod chance;
mod desk;
mod hotline;
mod lines;
mod office;
mod output;
mod report;
mod storm;
pub mod story;
mod wire;
mod world;

pub use auditor::{Auditor, Violation};
pub use hotline::Hotline;
pub use lines::Depth;
pub use office::{City, Clerks, Tally as OfficeTally};
pub use report::{Report, Tally};
pub use storm::Storm;
pub use world::World;

/// Plays `days` days of the standard hotline from `seed`; messages go to `say`.
///
/// At wire depth a day is one of its busy hours. The seed is printed first and last, so that a
/// violation can be reproduced.
pub fn run(seed: u64, days: u32, depth: Depth, say: &mut dyn FnMut(&str)) -> Report {
    say(&format!("seed {seed}"));
    let mut world = World::new(seed, depth, Hotline::reference(), Storm::usual());
    for day in 1..=days {
        world.play_day();
        say(&format!("day {day}: {}", world.report().line()));
    }
    world.calm();
    let report = world.report();
    say(&format!("seed {seed}"));
    report
}

/// Plays `days` days of the reference hotline with its back office from `seed`.
///
/// It has 80 seats, 51 units and 2,000 calls a day. The power fails in the middle of a write now
/// and then, and the auditor checks everything at midnight.
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
