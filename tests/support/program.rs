//! A program started by the test: its output is read line by line, and it ends with the test.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// The limit for steps that take no time on an idle machine. On a full one, work in the background
/// (the search index, for instance) comes after everything else.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

/// Polls until there is a result.
pub(crate) fn until<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    let bound = Instant::now() + PATIENCE;
    let looks = std::iter::repeat_with(look).take_while(|_| Instant::now() < bound);
    looks.flatten().next().unwrap_or_else(|| panic!("{what}: not within {PATIENCE:?}"))
}

pub(crate) struct Program {
    name: String,
    child: Child,
    /// New lines of standard output and error; closed when the program has closed both.
    lines: Receiver<String>,
    /// Every line so far, for the message of a failed test.
    seen: Arc<Mutex<Vec<String>>>,
}

impl Program {
    pub(crate) fn start(name: &str, command: &mut Command) -> Program {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        let (sender, lines) = channel();
        let seen = Arc::new(Mutex::new(Vec::new()));
        follow(child.stdout.take().unwrap(), sender.clone(), Arc::clone(&seen));
        follow(child.stderr.take().unwrap(), sender, Arc::clone(&seen));
        Program { name: name.to_owned(), child, lines, seen }
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for a matching line; earlier lines are skipped.
    pub(crate) fn wait_for_line(&self, what: &str, fits: impl Fn(&str) -> bool) -> String {
        self.wait_within(PATIENCE, what, fits)
    }

    /// The same with another time limit.
    pub(crate) fn wait_within(
        &self,
        bound: Duration,
        what: &str,
        fits: impl Fn(&str) -> bool,
    ) -> String {
        let until = Instant::now() + bound;
        loop {
            match self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) if fits(&line) => return line,
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => {
                    panic!("{} never said {what}:\n{}", self.name, self.output())
                }
                Err(RecvTimeoutError::Disconnected) => {
                    panic!("{} ended before {what}:\n{}", self.name, self.output())
                }
            }
        }
    }

    /// Waits until the program ends.
    pub(crate) fn wait_for_end(&mut self, bound: Duration) -> ExitStatus {
        let until = Instant::now() + bound;
        loop {
            match self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(_) => {}
                Err(RecvTimeoutError::Disconnected) => return self.child.wait().unwrap(),
                Err(RecvTimeoutError::Timeout) => {
                    panic!("{} has not ended after {bound:?}:\n{}", self.name, self.output())
                }
            }
        }
    }

    /// Asks it to end: SIGTERM.
    pub(crate) fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// Ends it like a power cut: SIGKILL, without flushing.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    pub(crate) fn output(&self) -> String {
        let seen = self.seen.lock().unwrap();
        let from = seen.len().saturating_sub(200);
        seen[from..].join("\n")
    }
}

impl Drop for Program {
    #[allow(clippy::print_stderr, reason = "what a program said is shown when its test fails")]
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            eprintln!("---- {}\n{}", self.name, self.output());
        }
    }
}

/// Reads lines on a thread of its own, so that the program never blocks on its output.
fn follow(from: impl Read + Send + 'static, to: Sender<String>, seen: Arc<Mutex<Vec<String>>>) {
    std::thread::spawn(move || {
        let mut from = BufReader::new(from);
        let mut bytes = Vec::new();
        while from.read_until(b'\n', &mut bytes).is_ok_and(|read| read > 0) {
            // A progress display rewrites its line; only its last state counts.
            let text = String::from_utf8_lossy(&bytes);
            let line = text.trim_end().rsplit('\r').next().unwrap_or_default().to_owned();
            seen.lock().unwrap().push(line.clone());
            let _ = to.send(line);
            bytes.clear();
        }
    });
}
