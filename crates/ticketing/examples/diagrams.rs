//! Prints `docs/diagrams.md`; `cargo xtask diagrams` writes it there.

#![allow(clippy::print_stdout, reason = "an example prints")]

fn main() {
    print!("{}", ticketing::diagram::page());
}
