//! The calendar and the clocks, told as stories.

mod clocks;
mod common;
mod explained;
mod laws;
mod vectors;
