//! Recordings: WAV files and only WAV files.
//!
//! The voice thread offers pieces through a [`RecorderHandle`] and never waits. Threads of
//! the recorder write `2026/11/22/<call>.wav.part`; a closed recording is
//! synced, hashed, described in `<call>.json` and only then named
//! `<call>.wav`. What a crash leaves is mended by [`salvage()`] at the next start.
//!
//! Full? The tap: a stretch of voice is dropped, counted, and becomes silence of
//! the same length in the file. The disk: below the full mark new calls go on
//! unrecorded and say so; open recordings go on until the disk refuses, and
//! keep what they have; they are described and named once there is space. No free file descriptor, or
//! another fault: the call goes on unrecorded, its record says why, and [`RecorderEvent::Failing`] says it
//! for all of them. A call never waits for a recording.
//!
//! It will never know SIP, a queue or a ticket.

mod close;
mod disk_space;
mod event;
mod health;
mod manifest;
mod options;
mod paths;
mod recording;
mod salvage;
mod shard;
mod start;
mod wav;

pub use event::{CallDetails, RecorderEvent};
pub use options::Options;
pub use salvage::{SalvagedRecording, read_sidecar, salvage};
pub use start::{Recorder, RecorderHandle};
