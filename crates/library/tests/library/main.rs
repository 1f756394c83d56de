//! The index from outside: fed with items, searched, closed, damaged, opened again.

mod common;
mod damage;
mod feeding;
mod filters;
mod shipped;
