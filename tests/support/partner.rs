//! A partner of the hotline: a real HTTP server that stores its requests and reacts as the test says.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Instant;

use serde_json::Value;

use super::program::PATIENCE;

/// The reaction to its `n`th request, from 1.
pub(crate) type Mood = fn(usize) -> Reaction;

/// A reaction to a request.
#[derive(Clone, Copy)]
pub(crate) enum Reaction {
    /// Answers 200 with this body.
    Takes(&'static str),
    /// Stores it and closes the connection without an answer.
    TakesUnsaid,
    /// Stores it and never answers.
    TakesAndHangs,
    /// Answers 503.
    Fails,
    /// Answers 422.
    Refuses,
}

/// A request it stored.
#[derive(Clone)]
pub(crate) struct Taken {
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Taken {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// The server. It runs as long as the test.
pub(crate) struct Partner {
    pub(crate) at: SocketAddr,
    state: Arc<(Mutex<State>, Condvar)>,
}

#[derive(Default)]
struct State {
    asked: usize,
    taken: Vec<Taken>,
}

impl Partner {
    pub(crate) fn start(mood: Mood) -> Partner {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap();
        let state = Arc::new((Mutex::new(State::default()), Condvar::new()));
        let serving = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let state = Arc::clone(&serving);
                std::thread::spawn(move || converse(stream, &state, mood));
            }
        });
        Partner { at, state }
    }

    /// The requests stored, once there are this many different records.
    pub(crate) fn wait_for_keys(&self, count: usize) -> Vec<Taken> {
        let until = Instant::now() + PATIENCE * 3;
        let (state, changed) = &*self.state;
        let mut state = state.lock().unwrap();
        loop {
            let keys: std::collections::BTreeSet<&str> =
                state.taken.iter().map(|taken| taken.header("idempotency-key")).collect();
            if keys.len() >= count {
                return state.taken.clone();
            }
            let left = until.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "the partner has {} of {count}", keys.len());
            state = changed.wait_timeout(state, left).unwrap().0;
        }
    }
}

fn converse(stream: TcpStream, state: &(Mutex<State>, Condvar), mood: Mood) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut stream = stream;
    while let Some(taken) = read(&mut reader) {
        let mut kept = state.0.lock().unwrap();
        kept.asked += 1;
        let reaction = mood(kept.asked);
        if !matches!(reaction, Reaction::Fails | Reaction::Refuses) {
            kept.taken.push(taken);
            state.1.notify_all();
        }
        drop(kept);
        let (status, body) = match reaction {
            Reaction::Takes(body) => ("200 OK", body),
            Reaction::Fails => ("503 Service Unavailable", "later"),
            Reaction::Refuses => ("422 Unprocessable Content", "no such unit"),
            Reaction::TakesUnsaid => return,
            Reaction::TakesAndHangs => loop {
                std::thread::park();
            },
        };
        let length = body.len();
        let said = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n\r\n{body}");
        if stream.write_all(said.as_bytes()).is_err() {
            return;
        }
    }
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Taken> {
    let mut line = String::new();
    if reader.read_line(&mut line).ok()? == 0 {
        return None;
    }
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, text)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), text.trim().to_owned());
    }
    let mut body = vec![0; headers.get("content-length")?.parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    Some(Taken { headers, body: String::from_utf8(body).ok()? })
}
