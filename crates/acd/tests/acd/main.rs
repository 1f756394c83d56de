//! Tests of the call distribution on a virtual clock.

mod adoption;
mod bounded_turns;
mod common;
mod invariants;
mod offers;
mod profiles;
mod routing;
mod seats;
mod wait_reasons;
