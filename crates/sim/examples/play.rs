//! Play a seed.
fn main() {
    let seed = std::env::args().nth(1).and_then(|a| a.parse().ok()).unwrap_or(1);
    let days = std::env::args().nth(2).and_then(|a| a.parse().ok()).unwrap_or(1);
    let report = sim::run(seed, days, &mut |l| eprintln!("{l}"));
    eprintln!("{}", report.summary());
}
