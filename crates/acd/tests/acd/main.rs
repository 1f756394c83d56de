//! Tests of the call distribution on a virtual clock.

mod common;
mod laws;
mod offers;
mod profiles;
mod routing;
mod seats;
mod wait_reasons;
