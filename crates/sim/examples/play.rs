//! Play a seed.
fn main() {
    let a: Vec<u64> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    for seed in a[0]..a[1] {
        for (name, floor, storm) in [("usual", sim::Floor::hotline(), sim::Storm::usual()), ("wild", sim::Floor::hotline(), sim::Storm::wild()), ("cramped", sim::Floor::cramped(), sim::Storm::wild())] {
            let mut w = sim::World::new(seed, floor, storm);
            w.play_day();
            w.calm();
            let r = w.report();
            if !r.is_clean() { eprintln!("{name} {seed}: {}", r.summary()); }
            else { eprintln!("{name} {seed} {}", r.line()); }
        }
    }
}
