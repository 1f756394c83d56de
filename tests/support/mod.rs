//! The tools of the end-to-end tests: the engine, telephones, callers, and a WAV reader.
//!
//! The engine is the real program on free loopback ports, in a folder of its own. Seats are
//! baresip, callers are baresip or SIPp, each seat and caller has a tone of its own, so that a
//! recording tells by frequency who was on which side. Nothing here sleeps: every wait is for
//! something that happens, and has a bound.

#![allow(dead_code, unused_imports, reason = "each test binary plays with its own part of this")]

mod api;
mod baresip;
mod browser;
mod engine;
mod events;
mod kamailio;
mod net;
pub(crate) mod partner;
mod program;
mod scripted_caller;
pub(crate) mod sipp;
mod small_disk;
mod spray;
mod wav;

pub(crate) use api::Api;
pub(crate) use baresip::Phone;
pub(crate) use browser::Browser;
pub(crate) use engine::{Engine, Installation, TRUNK, binary, copy_folder, last_word, password};
pub(crate) use events::Events;
pub(crate) use kamailio::Kamailio;
pub(crate) use net::{Wire, free_port};
pub(crate) use program::{PATIENCE, Program, until};
pub(crate) use scripted_caller::ScriptedCaller;
pub(crate) use sipp::Sipp;
pub(crate) use small_disk::SmallDisk;
pub(crate) use spray::Spray;
pub(crate) use wav::{Side, Wav, alaw_tone};
