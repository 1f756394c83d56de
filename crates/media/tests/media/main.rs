//! Tests of the voice machine on a virtual clock.

mod keys;
mod lab;
mod latching;
mod recording;
mod reports;
mod robust;
mod several_legs;
mod sources;
mod stream;
