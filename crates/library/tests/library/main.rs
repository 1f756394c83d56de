//! The index as its users see it: filled, searched, closed, damaged, opened again.

mod common;
mod damage;
mod feeding;
mod filters;
mod shipped;
