//! The invariants of hotline.md 2.8 over a whole desk: random actors give random commands, valid
//! and invalid, at random times, and the rules run as the center runs them.

mod laws;
mod lessons;
mod people;
mod pick;
mod player;
mod waits;
mod words;
mod worklists;
