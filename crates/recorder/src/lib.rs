//! Writes the recordings of calls as WAV files.
//!
//! The media thread offers chunks through a [`RecorderHandle`] and never waits. Threads of the
//! recorder write `2026/11/22/<call>.wav.part`. A closed recording is synced, hashed, described in
//! `<call>.json` and only then named `<call>.wav`; it is reported when the folder with these names
//! is synced too. Files left by a crash are repaired by [`salvage()`] at the next start.
//!
//! A file is PCM16, or G.711 ([`Encoding`]); [`Playback`] reads both as PCM16.
//!
//! When the queue is full, a chunk of media is dropped, counted, and becomes silence of the same
//! length in the file. When the disk has less space than the full mark, new calls continue
//! unrecorded and the event says so; open recordings continue until a write fails, keep what they
//! have, and are described and named once there is space. When no file descriptor is free, or with
//! another error, the call continues unrecorded, its record says why, and
//! [`RecorderEvent::Failing`] is raised once for all calls. A call never waits for a recording.
//!
//! The crate knows no SIP, queue or ticket.

mod close;
mod disk_space;
mod disk_syncs;
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

pub use disk_syncs::SyncCount;
pub use event::{CallDetails, RecorderEvent};
pub use options::Options;
pub use salvage::{SalvagedRecording, read_sidecar, salvage};
pub use start::{Recorder, RecorderHandle};
pub use wav::{Encoding, Playback};
