//! Menus: their checks, their drawing, and the walk of callers.

mod common;
mod faults;
mod random;
mod walk;
