//! The sidecar file that describes a recording.

use std::{fs, io, io::Write};

use media::{Gaps, Reception, RecordingSummary};
use serde::Serialize;

use crate::{CallDetails, Encoding, paths, paths::RecordingPaths};

/// `<call>.json`. Times are RFC 3339 in UTC, lengths are ms.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Manifest {
    pub(crate) version: u32,
    pub(crate) call: String,
    pub(crate) file: String,
    pub(crate) sha256: String,
    pub(crate) length_ms: u64,
    /// How the samples are stored: `pcm16`, `alaw` or `ulaw`.
    pub(crate) encoding: &'static str,
    /// Further files, when the call was too long for one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) continued: Vec<Continued>,
    /// Whether it was repaired after a crash; the end may be missing.
    pub(crate) salvaged: bool,
    /// Why the recording ends before the call, if it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) broken_off: Option<String>,
    pub(crate) channels: [&'static str; 2],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) about: Option<CallInfo>,
    pub(crate) caller_gap_ms: u64,
    pub(crate) hotline_gap_ms: u64,
    /// Part of both gaps: media received that could not be written in time.
    pub(crate) dropped_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) voice: Option<Voice>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Continued {
    pub(crate) file: String,
    pub(crate) sha256: String,
    pub(crate) length_ms: u64,
}

/// The details of the call, from [`CallDetails`].
#[derive(Clone, Debug, Serialize)]
pub(crate) struct CallInfo {
    caller: String,
    dialled: String,
    line: String,
    seat: Option<u32>,
    arrived: String,
    connected: Option<String>,
    ended: Option<String>,
}

impl From<&CallDetails> for CallInfo {
    fn from(details: &CallDetails) -> CallInfo {
        CallInfo {
            // The sidecar is as confidential as the recording, so numbers are complete.
            caller: details.caller.reveal().into(),
            dialled: details.dialled.reveal().into(),
            line: details.line.to_string(),
            seat: details.seat.map(|seat| seat.0),
            arrived: details.arrived.to_string(),
            connected: details.connected.map(|at| at.to_string()),
            ended: details.ended.map(|at| at.to_string()),
        }
    }
}

/// The media quality.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Voice {
    caller: Side,
    hotline: Side,
}

#[derive(Clone, Debug, Serialize)]
struct Side {
    packets: u64,
    lost: u64,
    late: u64,
    jitter_ms: f32,
    round_trip_ms: Option<u64>,
    gap_count: u64,
    /// The first gaps, each `[start_ms, length_ms]`.
    gaps: Vec<[u64; 2]>,
}

impl From<&RecordingSummary> for Voice {
    fn from(closing: &RecordingSummary) -> Voice {
        let side = |gaps: &Gaps, heard: &Reception, round_trip: Option<std::time::Duration>| Side {
            packets: heard.packets,
            lost: heard.lost,
            late: gaps.late_packets,
            jitter_ms: heard.jitter_ms,
            round_trip_ms: round_trip.map(|t| t.as_millis() as u64),
            gap_count: gaps.count,
            gaps: gaps.list.iter().map(|gap| [gap.start_ms, gap.len_ms]).collect(),
        };
        let quality = &closing.quality;
        Voice {
            caller: side(&closing.caller, &quality.caller, closing.caller_round_trip),
            hotline: side(&closing.hotline, &quality.seat, closing.seat_round_trip),
        }
    }
}

impl Manifest {
    pub(crate) fn new(paths: &RecordingPaths, encoding: Encoding) -> Manifest {
        Manifest {
            version: 1,
            call: paths.call().to_string(),
            file: paths.name(1),
            encoding: encoding.name(),
            channels: ["caller", "hotline"],
            ..Manifest::default()
        }
    }

    /// Writes the sidecar atomically.
    ///
    /// Its content is not synced: when a power cut loses it, salvage writes it again from the
    /// recording. The log keeps length, hash and gaps.
    pub(crate) fn write(&self, paths: &RecordingPaths) -> io::Result<()> {
        let path = paths.sidecar();
        let part = path.with_extension("json.part");
        let mut text = serde_json::to_vec_pretty(self)?;
        text.push(b'\n');
        if part.exists() {
            fs::remove_file(&part)?;
        }
        let mut file = paths::create(&part)?;
        file.write_all(&text)?;
        fs::rename(part, path)
    }
}
