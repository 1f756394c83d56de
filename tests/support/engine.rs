//! The engine under test: the real program, with a folder and ports of its own.

use std::fs::Permissions;
use std::net::{IpAddr, Ipv6Addr, SocketAddr, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::api::Api;
use super::baresip::Phone;
use super::events::Events;
use super::net::{free_port, two_free_pairs};
use super::program::Program;
use super::small_disk::SmallDisk;
use super::wav::Wav;

/// The callers' address, as in the tests' `trunks.toml`.
pub(crate) const TRUNK: &str = "127.0.0.2";

/// A folder with config, data and recordings. It outlives the engines that run in it.
pub(crate) struct Installation {
    folder: TempDir,
    sip: SocketAddr,
    http: SocketAddr,
    /// The passwords of `chief`, a supervisor, `yang`, an admin, and `shen`, an auditor.
    tokens: [String; 3],
    /// Voice ports, in the form of `--rtp-ports`.
    voice_ports: String,
    /// The number of engines started in it.
    starts: AtomicUsize,
}

impl Installation {
    /// A hotline with the tests' config, a supervisor, an admin, an auditor, and passwords for so many seats from 1001 on.
    pub(crate) fn with_seats(seats: u32) -> Installation {
        Installation::at(IpAddr::from([127, 0, 0, 1]), seats)
    }

    /// The same over IPv6. Loopback has a single IPv6 address, so callers are
    /// told from seats by the flow the seats registered over.
    pub(crate) fn with_seats_over_ipv6(seats: u32) -> Installation {
        let near = IpAddr::from(Ipv6Addr::LOCALHOST);
        let bound = UdpSocket::bind((near, 0));
        assert!(bound.is_ok(), "this test needs IPv6 on loopback, and there is no ::1: {bound:?}");
        let installation = Installation::at(near, seats);
        installation.edit("heartline.toml", |text| text.replace("127.0.0.1", "::1"));
        installation.edit("trunks.toml", |text| text.replace("= [\"127.0.0.2\"]", "= [\"::1\"]"));
        installation
    }

    /// One without seats whose data folder was written by an engine before it.
    pub(crate) fn with_data(data: &Path) -> Installation {
        let folder = tempfile::tempdir().unwrap();
        copy_folder(data, &folder.path().join("data"));
        Installation::in_folder(folder, IpAddr::from([127, 0, 0, 1]), 0)
    }

    fn at(near: IpAddr, seats: u32) -> Installation {
        Installation::in_folder(tempfile::tempdir().unwrap(), near, seats)
    }

    fn in_folder(folder: TempDir, near: IpAddr, seats: u32) -> Installation {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        copy(&root.join("tests/data/config"), &folder.path().join("config"));
        copy(&root.join("config/prompts"), &folder.path().join("config/prompts"));
        std::fs::create_dir(folder.path().join("recordings")).unwrap();
        let mut installation = Installation {
            folder,
            sip: SocketAddr::new(near, free_port()),
            http: SocketAddr::from(([127, 0, 0, 1], free_port())),
            tokens: Default::default(),
            voice_ports: "auto:300".to_owned(),
            starts: AtomicUsize::new(0),
        };
        let people = [("chief", "supervisor"), ("yang", "admin"), ("shen", "auditor")];
        installation.tokens = people.map(|(name, role)| {
            installation.add_person(name, role);
            installation.token(name)
        });
        for seat in 1001..1001 + seats {
            let password = password(seat);
            installation.ok(&["seat", "password", &seat.to_string(), "--password", &password]);
        }
        installation
    }

    /// With another number of pairs of voice ports.
    pub(crate) fn with_pairs(mut self, pairs: u16) -> Installation {
        self.voice_ports = format!("auto:{pairs}");
        self
    }

    /// With two pairs of voice ports, the same after each start.
    pub(crate) fn with_two_lasting_pairs(mut self) -> Installation {
        let first = two_free_pairs();
        self.voice_ports = format!("{first}-{}", first + 3);
        self
    }

    /// Changes one of the config's files.
    pub(crate) fn edit(&self, file: &str, change: impl FnOnce(String) -> String) {
        let path = self.path("config").join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, change(text)).unwrap();
    }

    /// Moves one of its folders to another disk.
    pub(crate) fn move_to(&self, below: &str, disk: &SmallDisk) {
        let old = self.path(below);
        copy_folder(&old, disk.path());
        std::fs::remove_dir_all(&old).unwrap();
        std::os::unix::fs::symlink(disk.path(), &old).unwrap();
    }

    /// Adds an account; returns its password.
    pub(crate) fn add_person(&self, name: &str, role: &str) -> String {
        last_word(&self.ok(&["user", "add", name, "--role", role]))
    }

    /// A token for an account.
    pub(crate) fn token(&self, name: &str) -> String {
        last_word(&self.ok(&["token", name]))
    }

    /// Something in the folder: `config`, `data`, `recordings`.
    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    /// Runs a command of the engine in this folder.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        binary().args(arguments).current_dir(self.folder.path()).output().unwrap()
    }

    /// The same, and it must succeed; returns its output.
    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success(),
            "heartline {}: {}\n{said}{}",
            arguments.join(" "),
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        said
    }

    /// The log, record by record, from the disk.
    pub(crate) fn log(&self) -> Vec<Value> {
        self.ok(&["log", "cat"]).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Starts the program without waiting for output.
    pub(crate) fn program(&self) -> Program {
        self.program_with(&[])
    }

    /// The same with more arguments for `serve`.
    pub(crate) fn program_with(&self, more: &[&str]) -> Program {
        Program::start("heartline", self.serve().args(more))
    }

    /// The command that starts it, for a test that adds to its environment.
    pub(crate) fn serve(&self) -> Command {
        let mut command = binary();
        command
            .current_dir(self.folder.path())
            .args(["serve", "--config", "config", "--data", "data", "--recordings", "recordings"])
            .args(["--sip", &self.sip.to_string(), "--http", &self.http.to_string()])
            .args(["--rtp-ports", &self.voice_ports, "--drain-timeout", "2s"]);
        command
    }

    /// The engine's API with a token.
    pub(crate) fn api(&self, token: &str) -> Api {
        Api::new(self.http, Some(token))
    }

    /// Starts the engine; returns when it takes calls.
    pub(crate) fn start(&self) -> Engine<'_> {
        self.start_with(&[])
    }

    /// The same with more arguments for `serve`.
    pub(crate) fn start_with(&self, more: &[&str]) -> Engine<'_> {
        let program = self.program_with(more);
        program.wait_for_line("that it is ready", |line| {
            line.split(|c: char| !c.is_alphanumeric()).any(|word| word == "ready")
        });
        let [api, admin, auditor] = self.tokens.each_ref().map(|token| self.api(token));
        let events = Events::listen(&api, &auditor, self.path("data/journal"));
        let nth = self.starts.fetch_add(1, Ordering::Relaxed) + 1;
        Engine {
            installation: self,
            program,
            sip: self.sip,
            http: self.http,
            api,
            admin,
            auditor,
            events,
            nth,
        }
    }
}

/// A running engine. It ends with the test at the latest.
pub(crate) struct Engine<'a> {
    pub(crate) installation: &'a Installation,
    program: Program,
    pub(crate) sip: SocketAddr,
    pub(crate) http: SocketAddr,
    /// The API as a supervisor.
    pub(crate) api: Api,
    /// The API as an admin, who manages accounts and sees no citizens.
    pub(crate) admin: Api,
    /// The API as an auditor.
    pub(crate) auditor: Api,
    /// The log as a supervisor and an auditor see it, from its first record on.
    pub(crate) events: Events,
    /// The count of engines in this folder, from 1.
    nth: usize,
}

impl Engine<'_> {
    /// A seat whose phone answers automatically, signed in and ready.
    pub(crate) fn ready_seat(&self, seat: u32, tone: u32) -> Phone {
        self.ready_seat_through(self.sip, seat, tone)
    }

    /// The same with a phone that registers at another address, such as a proxy.
    pub(crate) fn ready_seat_through(&self, registrar: SocketAddr, seat: u32, tone: u32) -> Phone {
        let phone = Phone::seat(registrar, seat, &password(seat), tone);
        self.sign_in(seat);
        phone
    }

    /// A seat whose phone rings until the test accepts, signed in and ready.
    pub(crate) fn slow_seat(&self, seat: u32, tone: u32) -> Phone {
        let phone = Phone::ringing_seat(self.sip, seat, &password(seat), tone);
        self.sign_in(seat);
        phone
    }

    /// The UDP ports it has bound, signalling aside, as the system knows them: voice and reports.
    pub(crate) fn voice_ports(&self) -> Vec<u16> {
        let fds = std::fs::read_dir(format!("/proc/{}/fd", self.program.id())).unwrap();
        let links = fds.filter_map(|fd| std::fs::read_link(fd.ok()?.path()).ok());
        let sockets: Vec<String> = links.map(|link| link.to_string_lossy().into_owned()).collect();
        let table = std::fs::read_to_string("/proc/net/udp").unwrap();
        let ports = table.lines().skip(1).filter_map(|line| {
            // Columns of proc(5): the second is address and port in hex, the tenth the inode.
            let columns: Vec<&str> = line.split_whitespace().collect();
            let port = u16::from_str_radix(columns.get(1)?.split_once(':')?.1, 16).ok()?;
            let socket = format!("socket:[{}]", columns.get(9)?);
            (sockets.contains(&socket) && port != self.sip.port()).then_some(port)
        });
        ports.collect()
    }

    /// Waits until a seat is ready in an engine that has been restarted. It stayed signed in, so
    /// it is ready once its phone is reachable.
    pub(crate) fn is_ready_again(&self, seat: u32) {
        let starts =
            self.events.wait_for_count("its start", self.nth, |r| r["event"] == "EngineStarted");
        let started = starts.last().and_then(|record| record["seq"].as_u64());
        self.events.wait(&format!("seat {seat} is ready again"), |record| {
            record["event"] == "SeatReady"
                && record["of"]["seat"] == seat
                && record["seq"].as_u64() > started
        });
    }

    /// Signs in at a seat whose phone can be reached, and makes it ready.
    pub(crate) fn sign_in(&self, seat: u32) {
        self.events.wait(&format!("seat {seat} is reached"), |record| {
            record["event"] == "SeatReached" && record["of"]["seat"] == seat
        });
        let before = self.events.count_of("SeatReady", seat);
        for verb in ["login", "ready"] {
            self.ask(seat, verb, &json!({}));
        }
        self.events.wait_for_count(&format!("seat {seat} is ready"), before + 1, |record| {
            record["event"] == "SeatReady" && record["of"]["seat"] == seat
        });
    }

    /// Sends a seat command through the API; it must be accepted.
    pub(crate) fn ask(&self, seat: u32, verb: &str, details: &Value) {
        let answer = self.api.post(&format!("/api/v1/seats/{seat}/{verb}"), details);
        assert!((200..300).contains(&answer.status), "{verb} of {seat}: {}", answer.text());
    }

    /// One call's record, as the API gives it once the view has followed the log.
    pub(crate) fn call(&self, call: &str) -> Value {
        self.api.json(&format!("/api/v1/calls/{call}"))
    }

    /// Everything the API lists below a path, newest first.
    pub(crate) fn list(&self, path: &str) -> Vec<Value> {
        self.api.json(path)["items"].as_array().cloned().expect("a page has items")
    }

    /// A finished recording, as the API gives it.
    pub(crate) fn recording(&self, call: &str) -> Wav {
        let closed = self.events.wait_for_call("RecordingClosed", call);
        let path = format!("/api/v1/recordings/{call}/audio");
        let answer = self.api.get(&path);
        assert_eq!(answer.status, 200, "GET {path}: {}", answer.text());
        let file =
            self.installation.path("recordings").join(closed["of"]["file"].as_str().unwrap());
        assert_eq!(std::fs::read(&file).unwrap(), answer.body, "the API gives the file as it is");
        Wav::parse(&answer.body).expect("a PCM WAV")
    }

    /// The API with another token, or without one.
    pub(crate) fn api_as(&self, token: Option<&str>) -> Api {
        Api::new(self.http, token)
    }

    /// Kills it as a power cut would.
    pub(crate) fn kill(mut self) {
        self.program.kill();
    }

    /// Sets the number of file descriptors it may have, at most the hard limit. Those open above it
    /// stay open.
    pub(crate) fn limit_descriptors(&self, limit: u64) {
        use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};
        let pid = Pid::from_raw(self.program.id().cast_signed());
        let maximum = getrlimit(Resource::Nofile).maximum;
        let current = maximum.map_or(limit, |maximum| limit.min(maximum));
        prlimit(pid, Resource::Nofile, Rlimit { current: Some(current), maximum }).unwrap();
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        self.program.signal(signal);
    }

    /// Waits for a matching line in its log.
    pub(crate) fn wait_for_line(&self, what: &str, fits: impl Fn(&str) -> bool) -> String {
        self.program.wait_for_line(what, fits)
    }

    /// Asks it to stop without waiting; [`Engine::stop`] waits.
    pub(crate) fn begin_stop(&mut self) {
        self.program.terminate();
    }

    /// Asks it to stop and waits; it must exit with success.
    pub(crate) fn stop(self) {
        self.program.terminate();
        self.wait_for_end();
    }

    /// Waits until it has stopped; it must exit with success.
    pub(crate) fn wait_for_end(mut self) {
        let status = self.program.wait_for_end(Duration::from_secs(40));
        assert!(status.success(), "heartline ended with {status}:\n{}", self.program.output());
    }

    /// Whether its health check answers.
    pub(crate) fn is_healthy(&self) -> bool {
        self.api.get("/healthz").status == 200 && self.api.get("/readyz").status == 200
    }

    pub(crate) fn output(&self) -> String {
        self.program.output()
    }
}

pub(crate) fn binary() -> Command {
    Command::new(env!("CARGO_BIN_EXE_heartline"))
}

pub(crate) fn password(seat: u32) -> String {
    format!("a-test-password-{seat}")
}

/// A command that prints a secret prints it last.
pub(crate) fn last_word(said: &str) -> String {
    said.split_whitespace().last().unwrap_or_default().to_owned()
}

/// Copies a folder. The copies of secret files are private to their owner, as the engine demands;
/// a checkout does not keep that.
pub(crate) fn copy_folder(from: &Path, to: &Path) {
    copy(from, to);
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            copy_folder(&path, &to.join(path.file_name().unwrap()));
        }
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let copy = to.join(path.file_name().unwrap());
            std::fs::copy(&path, &copy).unwrap();
            std::fs::set_permissions(&copy, Permissions::from_mode(0o600)).unwrap();
        }
    }
}
