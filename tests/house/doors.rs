//! One door per outside thing: whoever wants to replace a package opens one door.

use crate::arrows::dependencies;
use crate::source::{code, idents, rust_files};

/// An outside package and the one place that may name it.
struct Door {
    package: &'static str,
    /// Whose Cargo.toml may list it: one crate, or a few.
    owner: &'static str,
    /// Which sources may name it: these and what lies below them, and tests that look at what
    /// came through the door with other eyes. Empty: wherever the owner likes.
    sources: &'static [&'static str],
}

const DOORS: &[Door] = &[
    Door { package: "rsip", owner: "sip", sources: &["crates/sip/src/wire"] },
    Door { package: "rtp-rs", owner: "media", sources: &["crates/media/src/packet"] },
    Door {
        package: "hound",
        owner: "recorder",
        sources: &["crates/recorder/src/wav", "crates/recorder/tests/"],
    },
    Door {
        package: "sled",
        owner: "store",
        sources: &["crates/store/src/", "crates/store/tests/"],
    },
    Door { package: "tantivy", owner: "library", sources: &["crates/library/src/"] },
    Door { package: "tantivy-jieba", owner: "library", sources: &["crates/library/src/tokens"] },
    Door {
        package: "ciborium",
        owner: "center ticketing",
        sources: &["crates/center/src/kept", "crates/ticketing/tests/"],
    },
    Door { package: "csv", owner: "spreadsheet", sources: &[] },
    Door { package: "docx-rs", owner: "press", sources: &["crates/press/src/docx"] },
    Door { package: "maud", owner: "press", sources: &["crates/press/src/html"] },
    Door { package: "rust_xlsxwriter", owner: "press", sources: &["crates/press/src/xlsx"] },
    // The web, and only the web; sockets, and only the engine's.
    Door { package: "axum", owner: "console", sources: &[] },
    Door { package: "tower-http", owner: "console", sources: &[] },
    Door { package: "rust-embed", owner: "console", sources: &[] },
    // The web the other way: what leaves the house, and nobody else asks anybody.
    Door { package: "hyper-rustls", owner: "courier", sources: &["crates/courier/src/client"] },
    // Signatures, ours and our partners'.
    Door { package: "hmac", owner: "messaging", sources: &["crates/messaging/src/sign"] },
    Door { package: "ring", owner: "journal", sources: &[] },
    Door { package: "mio", owner: "engine", sources: &[] },
    Door { package: "socket2", owner: "engine heartline console xtask", sources: &[] },
];

#[test]
fn an_outside_package_is_listed_by_its_owner_alone() {
    for (package, dependencies) in dependencies() {
        for door in DOORS.iter().filter(|door| door.owner.split(' ').all(|owner| owner != package))
        {
            assert!(
                !dependencies.contains(door.package),
                "{package} lists {}, which belongs to {}",
                door.package,
                door.owner
            );
        }
    }
}

#[test]
fn an_outside_package_is_named_behind_its_door_alone() {
    let mut faults = Vec::new();
    for (path, text) in rust_files(&["crates", "tests", "benches"]) {
        let code = code(&text);
        for door in DOORS.iter().filter(|door| !door.sources.is_empty()) {
            let behind = door.sources.iter().any(|place| path.starts_with(place));
            let word = door.package.replace('-', "_");
            if !behind && idents(&code).any(|ident| ident == word) {
                faults.push(format!("{path} names {word}; only {:?} may", door.sources));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
