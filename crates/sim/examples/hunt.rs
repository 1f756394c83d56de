//! Searches for a seed that breaks an invariant:
//! `cargo run --release -p sim --example hunt -- wire cramped wild 1 100 60`.
//!
//! The arguments are depth, hotline, storm, first seed, number of seeds and minutes for each. Prints
//! the violations it finds.
#![allow(clippy::print_stdout, reason = "an example speaks to whoever runs it")]

use std::time::Duration;

use sim::{Depth, Hotline, Storm, World};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let word = |n: usize, default: &str| words.get(n).map_or(default, String::as_str).to_owned();
    let number = |n: usize, default: u64| word(n, "").parse().unwrap_or(default);
    let depth = if word(0, "wire") == "desk" { Depth::Desk } else { Depth::Wire };
    let hotline = || match word(1, "cramped").as_str() {
        "hotline" => Hotline::reference(),
        "rushed" => Hotline::rushed(),
        _ => Hotline::cramped(),
    };
    let storm = || if word(2, "wild") == "usual" { Storm::usual() } else { Storm::wild() };
    let first = number(3, 1);
    let mut broken = 0;
    for seed in first..first + number(4, 100) {
        let mut world = World::new(seed, depth, hotline(), storm());
        world.play(Duration::from_secs(60 * number(5, 60)));
        world.calm();
        let report = world.report();
        if !report.is_clean() {
            broken += 1;
            println!("seed {seed}: {}", report.summary());
        } else if seed % 50 == 0 {
            println!("seed {seed}: {}", report.line());
        }
    }
    println!("{broken} seeds broke an invariant");
}
