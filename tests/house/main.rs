//! Tests of the repository's structure: dependencies between crates and between files, what pure
//! crates may use, and what lies at the top level.
//!
//! `crates/README.md` explains the structure. A new crate, dependency or outside package needs a
//! line here, so that it is a decision.

mod dependencies;
mod files;
mod outside_packages;
mod purity;
mod requirements;
mod source;
mod tree;
