//! Tests of the switch between signalling, voice and the queue.

mod common;
mod ports;
mod waiting;
