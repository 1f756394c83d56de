//! The knowledge base: who writes, reviews and uses it, how it is kept, how it comes in from a spreadsheet.

mod common;
mod import;
mod review;
mod rights;
mod sheets;
mod upkeep;
mod use_and_gaps;
