//! Plays days of the whole hotline: `cargo run --release -p sim --example months -- 42 30`.
//!
//! The arguments are seed and days.
#![allow(clippy::print_stdout, reason = "an example speaks to whoever runs it")]

#[path = "../tests/months/city.rs"]
mod city;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |n: usize, default| words.get(n).and_then(|w| w.parse().ok()).unwrap_or(default);
    let (seed, days) = (number(0, 42), number(1, 30) as u32);
    let report = sim::months(seed, days, &city::shipped(), &mut |line| println!("{line}"));
    println!("{}", report.summary());
}
