//! A running engine's reaction to every signal, on one page.
//!
//! | signal | what happens |
//! |---|---|
//! | `SIGTERM`, `SIGINT` | drain: no new calls, talks go on for `[drain] timeout`; a second one ends the engine at once |
//! | `SIGHUP` | nothing, and a line in the log: there is no reload yet, and a closed terminal must end no talk |
//! | `SIGUSR1`, `SIGUSR2` | nothing, and a line in the log; the system's default would end the engine |
//! | `SIGTSTP`, `SIGTTIN`, `SIGTTOU` | nothing, and a line in the log; the system's default would stop every talk in the middle of a word |
//! | `SIGALRM`, `SIGVTALRM`, `SIGPROF`, `SIGIO`, `SIGPWR`, `SIGXFSZ` | nothing, and a line in the log; the engine uses none of them, and a file that grows too large is an error of the write |
//! | `SIGPIPE` | nothing: Rust's runtime ignores it, and a write to a closed pipe or socket is an error of that write |
//! | `SIGCHLD`, `SIGURG`, `SIGWINCH`, `SIGCONT` | nothing, as is the system's default |
//! | `SIGQUIT`, `SIGABRT` | the system's default: an end at once with a core dump, for whoever looks for a fault |
//! | `SIGXCPU` | the system's default: whoever limits the engine's CPU time wants it ended |
//! | `SIGILL`, `SIGFPE`, `SIGSEGV`, `SIGBUS`, `SIGTRAP`, `SIGSYS` | the system's default: the program is wrong and must not go on |
//! | `SIGKILL`, `SIGSTOP` | the system's; nobody can decide them |
//!
//! An engine that ended at once goes on from its log: see `recall` and `sip_state`.

use rustix::process::Signal as Number;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// SIGTERM and SIGINT, heard from when it is made: one that comes while the engine starts is not
/// the process's sudden end. All that are to be ignored are so from then on, too.
pub(crate) struct Ending(Option<(Signal, Signal)>);

impl Ending {
    /// Must be called within the runtime.
    pub(crate) fn listen() -> Ending {
        ignore();
        let heard = signal(SignalKind::terminate()).ok().zip(signal(SignalKind::interrupt()).ok());
        if heard.is_none() {
            tracing::error!("cannot wait for signals; only kill ends this program");
        }
        Ending(heard)
    }

    /// One of them comes.
    pub(crate) async fn comes(&mut self) {
        let Some((term, int)) = &mut self.0 else { return std::future::pending().await };
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
    }
}

/// Takes the signals that must not end or stop the engine, and says each in the log.
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

async fn log_each(mut heard: Signal, name: &'static str, why: &'static str) {
    while heard.recv().await.is_some() {
        tracing::warn!("{name} is ignored: {why}");
    }
}

const IGNORED: [(&str, Number, &str); 12] = [
    ("SIGHUP", Number::HUP, "the config is read at a start only; SIGTERM drains and ends"),
    ("SIGUSR1", Number::USR1, UNUSED),
    ("SIGUSR2", Number::USR2, UNUSED),
    ("SIGTSTP", Number::TSTP, STOPS),
    ("SIGTTIN", Number::TTIN, STOPS),
    ("SIGTTOU", Number::TTOU, STOPS),
    ("SIGALRM", Number::ALARM, UNUSED),
    ("SIGVTALRM", Number::VTALARM, UNUSED),
    ("SIGPROF", Number::PROF, UNUSED),
    ("SIGIO", Number::IO, UNUSED),
    ("SIGPWR", Number::POWER, "SIGTERM drains and ends"),
    ("SIGXFSZ", Number::XFSZ, "the write that went beyond the limit has failed"),
];
const UNUSED: &str = "the engine has no use for it";
const STOPS: &str = "it would stop every talk";
