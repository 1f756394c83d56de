//! The desk's time: calendar, clocks, urges and orders, told as stories.

mod clocks;
mod common;
mod explained;
mod laws;
mod orders;
mod vectors;
