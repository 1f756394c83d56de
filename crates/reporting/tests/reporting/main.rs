//! Figures and reports, worked out by hand and over years made up from a seed.

mod common;
mod figures;
mod invariants;
