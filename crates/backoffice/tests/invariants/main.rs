//! The invariants of hotline.md 2.8 over a whole desk: random commands of random people, right and
//! wrong, over random time, with what follows by rule as the center polls it.

#[path = "../desk/common/mod.rs"]
#[allow(dead_code, reason = "shared with the tests of the clocks")]
mod common;
mod laws;
mod lessons;
mod people;
mod pick;
mod player;
mod waits;
mod words;
mod worklists;
