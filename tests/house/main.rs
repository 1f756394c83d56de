//! Tests of the repository's structure: dependencies between crates and between files, the limits of
//! pure crates, the words of comments, and the files at the top level.
//!
//! `crates/README.md` explains the structure. A new crate, dependency or outside package needs a
//! line here, so that it is a decision.

mod comments;
mod dependencies;
mod files;
mod outside_packages;
mod purity;
mod requirements;
mod source;
mod tree;
