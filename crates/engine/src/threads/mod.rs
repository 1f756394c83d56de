//! The engine's threads, one file each, with their start and end.

pub(crate) mod center;
pub(crate) mod knowledge;
pub(crate) mod log;
pub(crate) mod media;
pub(crate) mod messaging;
pub(crate) mod outcomes;
pub(crate) mod signalling;
pub(crate) mod sip_sockets;
pub(crate) mod voice_ports;
pub(crate) mod wallboard;

use std::thread::JoinHandle;

use crate::fault::EX_SOFTWARE;

/// Starts a thread. When it panics the whole process ends; otherwise the hotline would look alive
/// and answer no call. The service manager starts the process again.
pub(crate) fn spawn(
    name: &'static str,
    work: impl FnOnce() + Send + 'static,
) -> Result<JoinHandle<()>, String> {
    let guarded = move || {
        set_priority(name);
        if std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).is_err() {
            tracing::error!("the {name} thread panicked; the engine exits and must be restarted");
            std::process::exit(i32::from(EX_SOFTWARE));
        }
    };
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(guarded)
        .map_err(|e| format!("cannot start the {name} thread: {e}"))
}

/// Sets the nice value: voice comes first, then signalling and the center, then the log and the
/// recorder, then what only people wait for. A value below zero needs a permission (`LimitNICE=` in
/// systemd); without it voice and calls are equal to the log.
fn set_priority(name: &str) {
    let rank = match name {
        "voice" => -15,
        "sip" | "center" => -10,
        // The console's threads belong to the program's runtime.
        CONSOLE | "wallboard" => 5,
        "view" | "outcomes" | "courier" | "index" | "snapshots" | "sip state" => 10,
        _ => return,
    };
    if let Err(e) = rustix::process::nice(rank) {
        tracing::debug!("cannot set the priority of the {name} thread: {e}");
    }
}

/// Gives the calling thread, one of those that serve the console and the courier, the lower priority
/// of work that people wait for: a list may be late, a voice may not.
pub fn put_behind_calls() {
    set_priority(CONSOLE);
}

const CONSOLE: &str = "console";

pub(crate) fn join(threads: Vec<JoinHandle<()>>) {
    for thread in threads {
        let name = thread.thread().name().unwrap_or("a").to_owned();
        if thread.join().is_err() {
            tracing::error!("the {name} thread had panicked");
        }
    }
}
