//! Look at one.
fn main() {
    let a: Vec<u64> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    let mut storm = sim::Storm::wild(); let _ = &mut storm;
    let mut w = sim::World::new(a[0], sim::Floor::cramped(), storm);
    w.play_day();
    w.calm();
    let r = w.report();
    for b in r.breaches.iter().take(5) {
        eprintln!("{b}");
        let words: Vec<&str> = b.what.split(' ').collect();
        let (x, y) = (words[1], words.last().unwrap());
        for rec in w.log() {
            let t = format!("{rec:?}");
            if rec.seq <= b.seq + 3 && (t.contains(x) || t.contains(*y)) { eprintln!("{}", &t[..t.len().min(260)]); }
        }
    }
}
