//! REQUIREMENTS.md names every requirement once, and nothing that is not there.

use std::{collections::BTreeMap, fs, path::Path};

const PAGE: &str = include_str!("../../docs/domain/REQUIREMENTS.md");

/// The repository's root.
const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// How many requirements each of the twenty groups has.
const GROUPS: [(&str, usize); 20] = [
    ("CALL", 37),
    ("SEAT", 19),
    ("CHAN", 11),
    ("REC", 28),
    ("DSP", 24),
    ("CLK", 10),
    ("RPL", 25),
    ("CB", 11),
    ("SUP", 15),
    ("LDR", 12),
    ("UNS", 11),
    ("ASM", 13),
    ("RPT", 14),
    ("KB", 5),
    ("QA", 8),
    ("PUB", 10),
    ("NUI", 10),
    ("INT", 5),
    ("OPS", 6),
    ("COM", 2),
];

/// The lines of the tables: id, and where it lives or what it waits for.
fn lines() -> Vec<(&'static str, &'static str)> {
    let cells = |line: &'static str| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [id, _name, _chinese, where_] = cells[..] else { return None };
        let group = id.split_once('-')?.0;
        GROUPS.iter().any(|(known, _)| *known == group).then_some((id, where_))
    };
    PAGE.lines().filter(|line| line.starts_with("| ")).filter_map(cells).collect()
}

#[test]
fn all_276_requirements_are_listed_once() {
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    for (id, _) in lines() {
        *found.entry(id).or_default() += 1;
    }
    let mut expected = 0;
    for (group, count) in GROUPS {
        for n in 1..=count {
            let id = format!("{group}-{n:02}");
            assert_eq!(found.get(id.as_str()), Some(&1), "{id}");
            expected += 1;
        }
    }
    assert_eq!((expected, found.len()), (276, 276));
}

#[test]
fn every_line_has_an_implementation_or_a_reason() {
    for (id, where_) in lines() {
        let (lives, waits) = match where_.split_once("waits: ") {
            Some((lives, waits)) => (lives.trim_end_matches("; "), Some(waits)),
            None => (where_, None),
        };
        assert!(waits.is_none_or(|waits| !waits.is_empty()), "{id} waits for nothing");
        if waits.is_none() || !lives.is_empty() {
            assert!(lives.starts_with("lives: "), "{id}: {where_}");
            assert!(places(lives).next().is_some(), "{id} lives nowhere: {where_}");
        }
    }
}

#[test]
fn every_named_file_and_test_exists() {
    let mut faults = Vec::new();
    for (id, where_) in lines() {
        for place in places(where_) {
            let (path, test) = place.split_once('#').map_or((place, None), |(p, t)| (p, Some(t)));
            let file = Path::new(ROOT).join(path);
            if !file.exists() {
                faults.push(format!("{id}: there is no {path}"));
            } else if let Some(test) = test {
                let text = fs::read_to_string(&file).unwrap_or_default();
                if !text.contains(&format!("fn {test}(")) {
                    faults.push(format!("{id}: {path} has no test {test}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The files in backticks.
fn places(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2).filter(|word| word.contains('/'))
}
