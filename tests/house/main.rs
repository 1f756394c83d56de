//! The house's own law: who may know whom, what is banned where, and what lies at the top.
//!
//! `crates/README.md` explains the plan; this holds the tree to it. A new crate, a new
//! arrow or a new door is a line here, and so a conversation.

mod arrows;
mod doors;
mod files;
mod purity;
mod requirements;
mod source;
mod tree;
