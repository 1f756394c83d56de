//! The heartline binary.
fn main() {}
