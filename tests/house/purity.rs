//! Pure crates use no clock, randomness, thread, socket, file or hash order.

use crate::source::{code, idents, root, rust_files, without_tests};

/// Crates whose results depend only on their inputs.
const PURE: &[&str] = &[
    "primitives",
    "model",
    "sip",
    "media",
    "queue",
    "ivr",
    "acd",
    "switch",
    "workflow",
    "deadlines",
    "directory",
    "knowledge",
    "messaging",
    "ticketing",
    "reporting",
    "stats",
    "center",
    "sim",
];

/// Banned identifiers, and what to use instead.
const BANNED_WORDS: &[(&str, &str)] = &[
    ("Instant", CLOCK),
    ("SystemTime", CLOCK),
    ("thread", THREAD),
    ("tokio", THREAD),
    ("UdpSocket", SOCKET),
    ("TcpStream", SOCKET),
    ("TcpListener", SOCKET),
    ("UnixStream", SOCKET),
    ("UnixListener", SOCKET),
    ("UnixDatagram", SOCKET),
    ("ToSocketAddrs", SOCKET),
    ("fs", FILE),
    ("HashMap", ORDER),
    ("HashSet", ORDER),
    ("RandomState", ORDER),
    ("DefaultHasher", ORDER),
    ("OsRng", CHANCE),
    ("ThreadRng", CHANCE),
    ("SmallRng", CHANCE),
    ("StdRng", CHANCE),
    ("thread_rng", CHANCE),
    ("from_os_rng", CHANCE),
    ("from_entropy", CHANCE),
    ("getrandom", CHANCE),
    ("fastrand", CHANCE),
    ("uuid", CHANCE),
];

/// The same for items that only a path identifies.
const BANNED_PATHS: &[(&str, &str)] = &[
    ("::now()", CLOCK),
    ("std::env::", "settings are handed in"),
    ("std::process", "a machine neither starts nor ends programs"),
    ("std::io::stdin", FILE),
    ("std::io::stdout", FILE),
    ("rand::rng(", CHANCE),
    ("rand::random", CHANCE),
];

const CLOCK: &str = "time is an argument: `now: Timestamp`";
const CHANCE: &str = "chance is a seeded generator handed in";
const THREAD: &str = "threads are the engine's";
const SOCKET: &str = "sockets are the engine's";
const FILE: &str = "files are the journal's, the store's and the recorder's";
const ORDER: &str = "order is a BTreeMap's: hash order differs from run to run";

#[test]
fn pure_crate_uses_no_clock_randomness_thread_socket_or_file() {
    let mut faults = Vec::new();
    for name in PURE {
        for (path, text) in rust_files(&[&format!("crates/{name}/src")]) {
            if path.split('/').any(|part| part == "tests" || part == "tests.rs") {
                continue;
            }
            let code = without_tests(&code(&text));
            for (word, instead) in BANNED_WORDS {
                if idents(&code).any(|ident| ident == *word) {
                    faults.push(format!("{path}: `{word}`: {instead}"));
                }
            }
            for (words, instead) in BANNED_PATHS {
                if code.contains(words) {
                    faults.push(format!("{path}: `{words}`: {instead}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn clippy_config_of_each_pure_crate_has_the_bans() {
    let mut faults = Vec::new();
    for name in PURE {
        let path = root().join("crates").join(name).join(".clippy.toml");
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        for word in
            ["Instant::now", "SystemTime::now", "thread::spawn", "UdpSocket", "HashMap", "HashSet"]
        {
            if !text.contains(word) {
                faults.push(format!("crates/{name}/.clippy.toml does not ban {word}"));
            }
        }
        if text.matches("path =").count() != text.matches("reason =").count() {
            faults.push(format!("crates/{name}/.clippy.toml bans something without a reason"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
