//! The functions of `fuzz/` on stable: random bytes, and the seeds changed in a few places.

use std::fs;
use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;

#[path = "../fuzz/src/lib.rs"]
mod heartline_fuzz;

use heartline_fuzz::{
    config, digest, dtmf, journal_frames, rtcp, rtp, sdp, sip_message, sip_stream,
};

type Target = fn(&[u8]);

const TARGETS: [(&str, Target); 9] = [
    ("config", config),
    ("digest", digest),
    ("dtmf", dtmf),
    ("journal_frames", journal_frames),
    ("rtcp", rtcp),
    ("rtp", rtp),
    ("sdp", sdp),
    ("sip_message", sip_message),
    ("sip_stream", sip_stream),
];

#[test]
fn every_seed_keeps_the_invariants() {
    for (name, target) in TARGETS {
        let seeds = seeds(name);
        assert!(!seeds.is_empty(), "fuzz/seeds/{name} is empty");
        seeds.iter().for_each(|seed| target(seed));
    }
}

#[test]
fn every_target_of_cargo_fuzz_runs_here_too() {
    let listed = fs::read_dir(root().join("fuzz/fuzz_targets")).unwrap().flatten();
    let mut names: Vec<String> =
        listed.filter_map(|file| Some(file.path().file_stem()?.to_str()?.to_owned())).collect();
    names.sort();
    assert_eq!(names, TARGETS.map(|(name, _)| name));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_keep_the_invariants(bytes in vec(any::<u8>(), 0..600)) {
        for (_, target) in TARGETS {
            target(&bytes);
        }
    }

    #[test]
    fn changed_seeds_keep_the_invariants(
        which in any::<prop::sample::Index>(),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        length in any::<prop::sample::Index>(),
    ) {
        for (name, target) in TARGETS {
            let seeds = seeds(name);
            let mut bytes = which.get(&seeds).clone();
            for (at, to) in &changes {
                let at = at.index(bytes.len());
                bytes[at] = *to;
            }
            target(&bytes);
            bytes.truncate(length.index(bytes.len()));
            target(&bytes);
        }
    }
}

/// The inputs a fuzzer begins with, none of them empty.
fn seeds(name: &str) -> Vec<Vec<u8>> {
    let mut paths: Vec<_> = fs::read_dir(root().join("fuzz/seeds").join(name))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let read = paths.iter().map(|path| fs::read(path).unwrap());
    read.filter(|bytes| !bytes.is_empty()).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
