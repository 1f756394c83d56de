//! Tests of the switch between signalling, voice and the queue.

mod adoption;
mod common;
mod in_the_call;
mod many_calls;
mod menu;
mod ports;
mod waiting;
