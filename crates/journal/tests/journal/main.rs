//! Tests of the log in real files.

mod days;
mod jsonl;
mod log;
