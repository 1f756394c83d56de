//! A telephone: baresip without a display, controlled through its JSON port, speaking a tone.

use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::net::free_port;
use super::program::{PATIENCE, Program};
use super::wav::Wav;

/// How a telephone behaves.
pub(crate) struct Habits {
    /// Its address: seats and callers use different ones.
    address: &'static str,
    /// Its SIP port; 0 takes a free one, since others learn it by registration.
    port: u16,
    /// One line of baresip's `accounts` file.
    account: String,
    /// The tone it speaks with, in Hz.
    tone: u32,
}

pub(crate) struct Phone {
    program: Program,
    folder: TempDir,
    control: TcpStream,
    happened: Arc<(Mutex<Vec<Value>>, Condvar)>,
}

impl Phone {
    /// A seat's telephone: registers with the engine and answers automatically.
    pub(crate) fn seat(registrar: SocketAddr, seat: u32, password: &str, tone: u32) -> Phone {
        Phone::registered(registrar, seat, password, tone, "auto")
    }

    /// A seat's telephone that rings until the test accepts.
    pub(crate) fn ringing_seat(
        registrar: SocketAddr,
        seat: u32,
        password: &str,
        tone: u32,
    ) -> Phone {
        Phone::registered(registrar, seat, password, tone, "manual")
    }

    /// A seat's telephone that registers over TCP.
    pub(crate) fn seat_over_tcp(registrar: SocketAddr, seat: u32, password: &str) -> Phone {
        Phone::start(Habits {
            address: "127.0.0.1",
            port: 0,
            account: format!(
                "<sip:{seat}@{registrar};transport=tcp>;auth_user={seat};auth_pass={password};\
                 regint=60;answermode=auto;audio_codecs=PCMA/8000/1"
            ),
            tone: 700,
        })
    }

    /// A telephone at an address of its own; its registration is not awaited.
    pub(crate) fn unregistered(registrar: SocketAddr, seat: u32, password: &str) -> Phone {
        Phone::register("127.0.0.3", registrar, seat, password, 700, "auto")
    }

    fn registered(at: SocketAddr, seat: u32, password: &str, tone: u32, answer: &str) -> Phone {
        let from = if at.is_ipv6() { "::1" } else { "127.0.0.1" };
        let phone = Phone::register(from, at, seat, password, tone, answer);
        phone.program.wait_for_line("that it is registered", |line| line.contains("[1 binding]"));
        phone
    }

    fn register(
        from: &'static str,
        at: SocketAddr,
        seat: u32,
        password: &str,
        tone: u32,
        answer: &str,
    ) -> Phone {
        Phone::start(Habits {
            address: from,
            port: 0,
            account: format!(
                "<sip:{seat}@{at};transport=udp>;auth_user={seat};auth_pass={password};\
                 regint=60;answermode={answer};audio_codecs=PCMA/8000/1,PCMU/8000/1"
            ),
            tone,
        })
    }

    /// A citizen's telephone behind the trunk: it dials without registering.
    pub(crate) fn caller(number: &str, tone: u32) -> Phone {
        Phone::start(Habits {
            address: super::engine::TRUNK,
            port: 0,
            account: format!(
                "<sip:{number}@{}>;regint=0;audio_codecs=PCMA/8000/1",
                super::engine::TRUNK
            ),
            tone,
        })
    }

    /// A telephone of the outside world behind the trunk, which answers calls to this number at
    /// `port` of the trunk's address.
    pub(crate) fn outside(number: &str, port: u16, tone: u32) -> Phone {
        Phone::start(Habits {
            address: super::engine::TRUNK,
            port,
            account: format!(
                "<sip:{number}@{}>;regint=0;answermode=auto;audio_codecs=PCMA/8000/1",
                super::engine::TRUNK
            ),
            tone,
        })
    }

    /// A telephone without an engine that answers every call.
    pub(crate) fn answering_at(port: u16, tone: u32) -> (Phone, SocketAddr) {
        Phone::alone(port, tone, "auto")
    }

    /// The same, but it rings without answering.
    pub(crate) fn ringing_at(port: u16, tone: u32) -> (Phone, SocketAddr) {
        Phone::alone(port, tone, "manual")
    }

    fn alone(port: u16, tone: u32, answer: &str) -> (Phone, SocketAddr) {
        let phone = Phone::start(Habits {
            address: "127.0.0.1",
            port,
            account: format!(
                "<sip:1001@127.0.0.1>;regint=0;answermode={answer};audio_codecs=PCMA/8000/1"
            ),
            tone,
        });
        (phone, SocketAddr::from(([127, 0, 0, 1], port)))
    }

    fn start(habits: Habits) -> Phone {
        let folder = tempfile::tempdir().unwrap();
        let control_port = free_port();
        let address: IpAddr = habits.address.parse().unwrap();
        let config = format!(
            "poll_method epoll\n\
             sip_listen {listen}\n\
             net_interface {address}\n\
             rtp_ports 40000-59998\n\
             audio_source ausine,{tone}\n\
             audio_player aubridge,ear{control_port}\n\
             ausrc_srate 48000\n\
             ausrc_channels 2\n\
             auplay_srate 8000\n\
             auplay_channels 1\n\
             module_path {modules}\n\
             module g711.so\n\
             module ausine.so\n\
             module aubridge.so\n\
             module sndfile.so\n\
             snd_path {folder}\n\
             module_tmp account.so\n\
             module_app menu.so\n\
             module_app ctrl_tcp.so\n\
             ctrl_tcp_listen 127.0.0.1:{control_port}\n",
            listen = SocketAddr::new(address, habits.port),
            tone = habits.tone,
            modules = modules().display(),
            folder = folder.path().display(),
        );
        std::fs::write(folder.path().join("config"), config).unwrap();
        std::fs::write(folder.path().join("accounts"), habits.account + "\n").unwrap();
        std::fs::write(folder.path().join("contacts"), "").unwrap();
        // Into a pipe baresip would write in blocks; the test waits for single lines.
        let mut command = Command::new("stdbuf");
        command.args(["-oL", "baresip", "-f"]).arg(folder.path());
        let program = Program::start("baresip", &mut command);
        program.wait_for_line("that it is ready", |line| line.contains("baresip is ready"));
        let control = TcpStream::connect(("127.0.0.1", control_port)).unwrap();
        let happened = Arc::new((Mutex::new(Vec::new()), Condvar::new()));
        listen(control.try_clone().unwrap(), Arc::clone(&happened));
        Phone { program, folder, control, happened }
    }

    pub(crate) fn dial(&self, number: &str, engine: SocketAddr) {
        self.say("dial", &format!("sip:{number}@{engine}"));
    }

    pub(crate) fn accept(&self) {
        self.say("accept", "");
    }

    pub(crate) fn hang_up(&self) {
        self.say("hangup", "");
    }

    pub(crate) fn hold(&self) {
        self.say("hold", "");
    }

    pub(crate) fn resume(&self) {
        self.say("resume", "");
    }

    /// Presses a key in the call (RFC 4733).
    pub(crate) fn press(&self, key: char) {
        self.say("sndcode", &key.to_string());
    }

    /// Runs a command of baresip's menu.
    pub(crate) fn say(&self, command: &str, words: &str) {
        let text = json!({ "command": command, "params": words, "token": command }).to_string();
        let mut control = &self.control;
        // A netstring: length, colon, text, comma.
        control.write_all(format!("{}:{text},", text.len()).as_bytes()).unwrap();
    }

    /// Waits for an event of this type, since the telephone was switched on.
    pub(crate) fn wait_for(&self, kind: &str) -> Value {
        self.wait_for_nth(kind, 1)
    }

    /// Waits until an event of this type has happened so many times.
    pub(crate) fn wait_for_nth(&self, kind: &str, times: usize) -> Value {
        let until = Instant::now() + PATIENCE;
        let (events, changed) = &*self.happened;
        let mut events = events.lock().unwrap();
        loop {
            if let Some(event) = events.iter().filter(|e| e["type"] == kind).nth(times - 1) {
                return event.clone();
            }
            let left = until.saturating_duration_since(Instant::now());
            assert!(
                !left.is_zero(),
                "{kind} did not happen {times} times; {events:#?}\n{}",
                self.program.output()
            );
            events = changed.wait_timeout(events, left.min(Duration::from_secs(1))).unwrap().0;
        }
    }

    /// Lets the call run for this long; it must stay up.
    pub(crate) fn talks_for(&self, length: Duration) {
        let until = Instant::now() + length;
        let (events, changed) = &*self.happened;
        let closed =
            |events: &[Value]| events.iter().filter(|e| e["type"] == "CALL_CLOSED").count();
        let mut events = events.lock().unwrap();
        let before = closed(&events);
        loop {
            assert_eq!(closed(&events), before, "the call ended while it should go on");
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            events = changed.wait_timeout(events, left).unwrap().0;
        }
    }

    pub(crate) fn count(&self, kind: &str) -> usize {
        self.happened.0.lock().unwrap().iter().filter(|event| event["type"] == kind).count()
    }

    /// The audio it received in its calls, in order; the last file may still grow.
    pub(crate) fn heard(&self) -> Vec<Wav> {
        let mut files: Vec<PathBuf> = std::fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.to_string_lossy().ends_with("-dec.wav"))
            .collect();
        files.sort();
        files.iter().map(|path| Wav::read(path)).collect()
    }

    /// Kills its process, as a telephone that loses power: no BYE, no unregistration.
    pub(crate) fn pull_the_plug(&mut self) {
        self.program.kill();
    }
}

/// Debian puts the modules where the architecture says, older packages in one place.
fn modules() -> PathBuf {
    PathBuf::from("/usr/lib/baresip/modules")
}

/// Collects the telephone's events on a thread of its own.
fn listen(mut from: TcpStream, to: Arc<(Mutex<Vec<Value>>, Condvar)>) {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let mut chunk = [0; 4_096];
        while let Ok(read) = from.read(&mut chunk) {
            if read == 0 {
                return;
            }
            bytes.extend_from_slice(&chunk[..read]);
            while let Some((text, used)) = netstring(&bytes) {
                if let Ok(event) = serde_json::from_slice::<Value>(text) {
                    to.0.lock().unwrap().push(event);
                    to.1.notify_all();
                }
                bytes.drain(..used);
            }
        }
    });
}

/// The first whole netstring, and how many bytes it takes.
fn netstring(bytes: &[u8]) -> Option<(&[u8], usize)> {
    let colon = bytes.iter().position(|byte| *byte == b':')?;
    let length: usize = std::str::from_utf8(&bytes[..colon]).ok()?.parse().ok()?;
    let text = bytes.get(colon + 1..colon + 1 + length)?;
    (bytes.get(colon + 1 + length) == Some(&b',')).then_some((text, colon + length + 2))
}
