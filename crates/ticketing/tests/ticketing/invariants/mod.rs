//! The invariants of hotline.md 2.8 over a whole desk: random commands of random people, right and
//! wrong, over random time, with what follows by rule as the center polls it.

mod laws;
mod lessons;
mod people;
mod pick;
mod player;
mod waits;
mod words;
mod worklists;
