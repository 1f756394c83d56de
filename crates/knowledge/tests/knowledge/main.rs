//! Tests of the knowledge base: rights, review, use, maintenance and import from a spreadsheet.

mod common;
mod import;
mod maintenance;
mod review;
mod rights;
mod sheets;
mod use_and_gaps;
