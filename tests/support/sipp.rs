//! Many callers, and callers that break the rules: SIPp with our scenarios.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use super::engine::TRUNK;
use super::net::free_voice_ports;
use super::program::Program;
use super::wav::alaw_tone;

/// A run of one scenario from `tests/data/sipp/`.
pub(crate) struct Sipp {
    program: Program,
    folder: TempDir,
    /// Scenario and bound, for the message when it fails.
    scenario: String,
    bound: Duration,
}

/// The parameters of a scenario.
pub(crate) struct Calls {
    /// The file's name without `.xml`.
    pub(crate) scenario: &'static str,
    /// The number dialled.
    pub(crate) dialled: &'static str,
    /// The number of calls.
    pub(crate) calls: u32,
    /// The call rate per second.
    pub(crate) rate: u32,
    /// The scenario's pause, in ms.
    pub(crate) pause_ms: u32,
    /// The tone the callers speak with, in Hz.
    pub(crate) tone: u32,
    /// The callers' address.
    pub(crate) from: &'static str,
}

impl Default for Calls {
    fn default() -> Calls {
        Calls {
            scenario: "call",
            dialled: "12345",
            calls: 1,
            rate: 10,
            pause_ms: 3_000,
            tone: 1_000,
            from: TRUNK,
        }
    }
}

impl Sipp {
    pub(crate) fn start(to: SocketAddr, calls: &Calls) -> Sipp {
        let folder = tempfile::tempdir().unwrap();
        // SIPp finds the file the scenario plays in the folder it runs in.
        std::fs::write(folder.path().join("tone.alaw"), alaw_tone(calls.tone.into())).unwrap();
        let bound = Duration::from_secs(45)
            + Duration::from_millis(calls.pause_ms.into())
            + Duration::from_secs((calls.calls / calls.rate).into());
        let mut command = Command::new("sipp");
        command
            .current_dir(folder.path())
            .arg(to.to_string())
            .arg("-sf")
            .arg(scenario(calls.scenario))
            .args(["-s", calls.dialled, "-i", calls.from, "-mi", calls.from])
            .args([
                "-p",
                &free_voice_ports(calls.from).to_string(),
                "-d",
                &calls.pause_ms.to_string(),
            ])
            .args(["-m", &calls.calls.to_string(), "-r", &calls.rate.to_string()])
            .args(["-mp", &free_voice_ports(calls.from).to_string()])
            .args(["-timeout", &bound.as_secs().to_string(), "-timeout_error", "-nostdin"])
            .args(["-trace_err", "-error_file", "errors.log"]);
        let program = Program::start("sipp", &mut command);
        Sipp { program, folder, scenario: calls.scenario.to_owned(), bound }
    }

    /// Waits for the end; every call must have followed the scenario.
    pub(crate) fn finish(mut self) {
        let status = self.program.wait_for_end(self.bound + Duration::from_secs(15));
        assert!(
            status.success(),
            "sipp {}: {status}; {}",
            self.scenario,
            std::fs::read_to_string(self.folder.path().join("errors.log")).unwrap_or_default()
        );
    }
}

fn scenario(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/data/sipp/{name}.xml"));
    assert!(path.is_file(), "no scenario {name}");
    path
}
