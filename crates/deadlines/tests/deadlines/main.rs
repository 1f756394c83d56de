//! Calendar and clocks, tested with the shipped calendar.

mod clocks;
mod common;
mod explained;
mod invariants;
mod vectors;
