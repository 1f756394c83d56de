//! Signals and their effect on a running engine.
//!
//! | signal | effect |
//! |---|---|
//! | `SIGTERM`, `SIGINT` | drain: new calls are refused, calls in progress continue for `[drain] timeout`; a second one stops the engine at once |
//! | `SIGHUP` | the config folder is read and put in force while calls go on, or refused with its faults in the log; one that comes during the start is done after it. A demo logs a line |
//! | `SIGUSR1`, `SIGUSR2` | a line in the log; the default would end the engine |
//! | `SIGTSTP`, `SIGTTIN`, `SIGTTOU` | a line in the log; the default would suspend the engine with all calls |
//! | `SIGALRM`, `SIGVTALRM`, `SIGPROF`, `SIGIO`, `SIGPWR`, `SIGXFSZ` | a line in the log; the engine uses none of them, and a file that grows too large is an error of the write |
//! | `SIGPIPE` | none: Rust's runtime ignores it, and a write to a closed pipe or socket returns an error |
//! | `SIGCHLD`, `SIGURG`, `SIGWINCH`, `SIGCONT` | none, as by default |
//! | `SIGQUIT`, `SIGABRT` | the default: the engine ends at once with a core dump, for debugging |
//! | `SIGXCPU` | the default: the engine ends, because its CPU time is limited on purpose |
//! | `SIGILL`, `SIGFPE`, `SIGSEGV`, `SIGBUS`, `SIGTRAP`, `SIGSYS` | the default: the engine ends, because it has a bug |
//! | `SIGKILL`, `SIGSTOP` | the default, which no program can change |
//!
//! An engine that ended at once continues from its log: see `recall` and `sip_state`.

use std::{collections::BTreeMap, sync::Arc};

use console::{Configuration, ReloadRequest};
use engine::{backend::Engine, supervisor};
use model::event::AdoptionCause;
use rustix::process::Signal as Number;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// SIGTERM and SIGINT. From its creation on they do not end the process at once, not even during the
/// start, and the ignored signals are ignored.
pub(crate) struct ShutdownSignal(Option<(Signal, Signal)>);

impl ShutdownSignal {
    /// Listens from now on. It must be called within the tokio runtime.
    pub(crate) fn listen() -> ShutdownSignal {
        ignore();
        let heard = signal(SignalKind::terminate()).ok().zip(signal(SignalKind::interrupt()).ok());
        if heard.is_none() {
            tracing::error!("cannot wait for signals; only SIGKILL ends this program");
        }
        ShutdownSignal(heard)
    }

    /// Waits for one of them.
    pub(crate) async fn recv(&mut self) {
        let Some((term, int)) = &mut self.0 else { return std::future::pending().await };
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
    }
}

/// Ignores the signals that must not end or suspend the engine, and logs each of them.
fn ignore() {
    for (name, number, why) in IGNORED {
        match signal(SignalKind::from_raw(number.as_raw())) {
            Ok(heard) => {
                tokio::spawn(log_each(heard, name, why));
            }
            Err(e) => tracing::error!("cannot ignore {name}: {e}; it would end the engine"),
        }
    }
}

/// SIGHUP. From its creation on it does not end the process: a closed terminal must not end calls.
pub(crate) struct HangUp(Option<Signal>);

impl HangUp {
    /// Listens from now on. It must be called within the tokio runtime.
    pub(crate) fn listen() -> HangUp {
        let heard = signal(SignalKind::hangup());
        if let Err(e) = &heard {
            tracing::error!("cannot hear SIGHUP: {e}; it would end the engine");
        }
        HangUp(heard.ok())
    }

    /// Reloads the config at each of them. The engine logs the result.
    pub(crate) async fn reload(self, engine: Arc<Engine>) {
        let Some(mut heard) = self.0 else { return };
        while heard.recv().await.is_some() {
            let request = ReloadRequest {
                cause: AdoptionCause::Signal,
                by: None,
                move_to: BTreeMap::new(),
                dry_run: false,
            };
            supervisor::reloading();
            let result = engine.reload(request).await;
            supervisor::ready(match result {
                Ok(_) => "calls are taken",
                Err(_) => "calls are taken; the last reload was refused, the journal says why",
            });
        }
    }

    /// Logs each of them.
    pub(crate) async fn ignore(self, why: &'static str) {
        if let Some(heard) = self.0 {
            log_each(heard, "SIGHUP", why).await;
        }
    }
}

async fn log_each(mut heard: Signal, name: &'static str, why: &'static str) {
    while heard.recv().await.is_some() {
        tracing::warn!("{name} is ignored: {why}");
    }
}

const IGNORED: [(&str, Number, &str); 11] = [
    ("SIGUSR1", Number::USR1, UNUSED),
    ("SIGUSR2", Number::USR2, UNUSED),
    ("SIGTSTP", Number::TSTP, STOPS),
    ("SIGTTIN", Number::TTIN, STOPS),
    ("SIGTTOU", Number::TTOU, STOPS),
    ("SIGALRM", Number::ALARM, UNUSED),
    ("SIGVTALRM", Number::VTALARM, UNUSED),
    ("SIGPROF", Number::PROF, UNUSED),
    ("SIGIO", Number::IO, UNUSED),
    ("SIGPWR", Number::POWER, "SIGTERM drains and stops"),
    ("SIGXFSZ", Number::XFSZ, "the write that went beyond the limit has failed"),
];
const UNUSED: &str = "the engine does not use it";
const STOPS: &str = "it would suspend every call";
