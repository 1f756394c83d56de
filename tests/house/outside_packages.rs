//! Each outside package has one adapter: to replace a package, one place is edited.

use crate::dependencies::dependencies;
use crate::source::{code, idents, rust_files};

/// An outside package, and where it may be used.
struct OutsidePackage {
    name: &'static str,
    /// The crates whose Cargo.toml may list it.
    owner: &'static str,
    /// The sources that may name it, by prefix, with the tests that check the adapter's output
    /// independently. Empty: all sources of the owners.
    sources: &'static [&'static str],
}

const OUTSIDE_PACKAGES: &[OutsidePackage] = &[
    OutsidePackage { name: "rsip", owner: "sip", sources: &["crates/sip/src/wire"] },
    OutsidePackage { name: "rtp-rs", owner: "media", sources: &["crates/media/src/packet"] },
    OutsidePackage {
        name: "hound",
        owner: "recorder",
        sources: &["crates/recorder/src/wav", "crates/recorder/tests/"],
    },
    OutsidePackage {
        name: "sled",
        owner: "store",
        sources: &["crates/store/src/", "crates/store/tests/"],
    },
    OutsidePackage { name: "tantivy", owner: "library", sources: &["crates/library/src/"] },
    OutsidePackage {
        name: "tantivy-jieba",
        owner: "library",
        sources: &["crates/library/src/tokens"],
    },
    OutsidePackage {
        name: "ciborium",
        owner: "center ticketing",
        sources: &["crates/center/src/snapshot", "crates/ticketing/tests/"],
    },
    OutsidePackage { name: "csv", owner: "spreadsheet", sources: &[] },
    OutsidePackage { name: "docx-rs", owner: "press", sources: &["crates/press/src/docx"] },
    OutsidePackage { name: "maud", owner: "press", sources: &["crates/press/src/html"] },
    OutsidePackage { name: "rust_xlsxwriter", owner: "press", sources: &["crates/press/src/xlsx"] },
    // HTTP and the web page; sockets are the engine's.
    OutsidePackage { name: "axum", owner: "console", sources: &[] },
    OutsidePackage { name: "tower-http", owner: "console", sources: &[] },
    OutsidePackage { name: "rust-embed", owner: "console", sources: &[] },
    // Outgoing HTTP; no other crate makes requests.
    OutsidePackage {
        name: "hyper-rustls",
        owner: "courier",
        sources: &["crates/courier/src/client"],
    },
    // Signatures, our own and our partners'.
    OutsidePackage { name: "hmac", owner: "messaging", sources: &["crates/messaging/src/sign"] },
    OutsidePackage { name: "ring", owner: "journal", sources: &[] },
    OutsidePackage { name: "mio", owner: "engine", sources: &[] },
    OutsidePackage { name: "socket2", owner: "engine heartline console xtask", sources: &[] },
];

#[test]
fn outside_package_is_listed_by_its_owners_only() {
    for (of, dependencies) in dependencies() {
        for package in OUTSIDE_PACKAGES
            .iter()
            .filter(|package| package.owner.split(' ').all(|owner| owner != of))
        {
            assert!(
                !dependencies.contains(package.name),
                "{of} lists {}, which belongs to {}",
                package.name,
                package.owner
            );
        }
    }
}

#[test]
fn outside_package_is_named_in_its_adapter_only() {
    let mut faults = Vec::new();
    for (path, text) in rust_files(&["crates", "tests", "benches"]) {
        let code = code(&text);
        for package in OUTSIDE_PACKAGES.iter().filter(|package| !package.sources.is_empty()) {
            let is_allowed = package.sources.iter().any(|place| path.starts_with(place));
            let word = package.name.replace('-', "_");
            if !is_allowed && idents(&code).any(|ident| ident == word) {
                faults.push(format!("{path} names {word}; only {:?} may", package.sources));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
