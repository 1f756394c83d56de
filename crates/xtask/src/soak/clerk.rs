//! A clerk who closes the tickets of answered calls over the API, on one connection.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::load::fault;
use crate::step::Failure;

/// Makes an account that may void drafts, and returns its token.
pub(super) fn make_account(program: &Path, folder: &Path) -> Result<String, Failure> {
    let run = |arguments: &[&str]| {
        let output = Command::new(program)
            .args(arguments)
            .arg("--config")
            .arg(folder.join("config"))
            .arg("--data")
            .arg(folder.join("data"))
            .stderr(Stdio::null())
            .output()
            .map_err(|e| Failure::unavailable(format!("{}: {e}", program.display())))?;
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let word = printed.split_whitespace().last().map(str::to_owned);
        word.ok_or_else(|| fault(format!("heartline {} prints nothing", arguments.join(" "))))
    };
    run(&["user", "add", "clerk", "--role", "supervisor", "--create"])?;
    run(&["token", "clerk"])
}

/// The clerk, who works while calls are played.
pub(super) struct Clerk {
    http: SocketAddr,
    token: String,
    /// Drafts that the clerk saw in the last look.
    open: AtomicUsize,
}

impl Clerk {
    pub(super) fn new(http: SocketAddr, token: String) -> Clerk {
        Clerk { http, token, open: AtomicUsize::new(0) }
    }

    /// The drafts at the last look: open work, which takes memory by right.
    pub(super) fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// Closes every draft until `stop`; returns how many were closed.
    pub(super) fn close_tickets(&self, stop: &AtomicBool) -> Result<usize, Failure> {
        let mut line = Connection::open(self)?;
        let mut closed = 0;
        while !stop.load(Ordering::Relaxed) {
            let path = format!("/api/v1/tickets?state=draft&limit={PAGE}");
            let (status, page) = line.request("GET", &path, "")?;
            let drafts = page.get("items").and_then(Value::as_array);
            let Some(drafts) = drafts.filter(|_| status == 200) else {
                return Err(fault(format!("GET {path} was answered {status}: {page}")));
            };
            self.open.store(drafts.len(), Ordering::Relaxed);
            for draft in drafts {
                let Some(id) = draft.get("ticket").and_then(Value::as_u64) else {
                    return Err(fault(format!("a ticket without its number: {draft}")));
                };
                let void =
                    json!({ "type": "void", "payload": { "reason": "played by a machine" } });
                let path = format!("/api/v1/tickets/{id}/events");
                match line.request("POST", &path, &void.to_string())? {
                    (200, _) => closed += 1,
                    // The list is some milliseconds behind: it was closed in the page before.
                    (404 | 409, _) => {}
                    (status, why) => {
                        return Err(fault(format!("POST {path} was answered {status}: {why}")));
                    }
                }
            }
            if drafts.len() < PAGE {
                thread::sleep(Duration::from_secs(1));
            }
        }
        Ok(closed)
    }

    /// A page without a log-in, for values that the engine measures itself.
    pub(super) fn page(&self, path: &str) -> Result<String, Failure> {
        let mut line = Connection::open(self)?;
        let (status, body) = line.ask("GET", path, "")?;
        match status {
            200 => Ok(body),
            _ => Err(fault(format!("GET {path} was answered {status}: {body}"))),
        }
    }
}

/// One HTTP connection that stays open.
struct Connection<'c> {
    stream: BufReader<TcpStream>,
    token: &'c str,
}

impl<'c> Connection<'c> {
    fn open(clerk: &'c Clerk) -> Result<Connection<'c>, Failure> {
        let open = || {
            let stream = TcpStream::connect_timeout(&clerk.http, PATIENCE)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.set_nodelay(true)?;
            Ok::<_, std::io::Error>(BufReader::new(stream))
        };
        let stream = open().map_err(|e| fault(format!("the console does not answer: {e}")))?;
        Ok(Connection { stream, token: &clerk.token })
    }

    fn request(&mut self, how: &str, path: &str, body: &str) -> Result<(u16, Value), Failure> {
        let (status, body) = self.ask(how, path, body)?;
        let json = serde_json::from_str(&body).unwrap_or(Value::String(body));
        Ok((status, json))
    }

    fn ask(&mut self, how: &str, path: &str, body: &str) -> Result<(u16, String), Failure> {
        self.exchange(how, path, body).map_err(|e| fault(format!("{how} {path}: {e}")))
    }

    fn exchange(&mut self, how: &str, path: &str, body: &str) -> std::io::Result<(u16, String)> {
        let (length, token) = (body.len(), self.token);
        let head = format!(
            "{how} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        self.stream.get_mut().write_all(head.as_bytes())?;
        let mut status = 0;
        let (mut length, mut is_chunked) = (0, false);
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line)? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            let line = line.trim_end().to_ascii_lowercase();
            match line.split_once(": ") {
                None if line.is_empty() => break,
                None => status = line.get(9..12).and_then(|s| s.parse().ok()).unwrap_or(0),
                Some(("content-length", value)) => length = value.parse().unwrap_or(0),
                Some(("transfer-encoding", "chunked")) => is_chunked = true,
                Some(_) => {}
            }
        }
        let mut body = Vec::new();
        if !is_chunked {
            body.resize(length, 0);
            self.stream.read_exact(&mut body)?;
        }
        while is_chunked {
            let mut size = String::new();
            self.stream.read_line(&mut size)?;
            let size = usize::from_str_radix(size.trim(), 16).map_err(std::io::Error::other)?;
            let mut chunk = vec![0; size + 2];
            self.stream.read_exact(&mut chunk)?;
            body.extend_from_slice(chunk.get(..size).unwrap_or_default());
            is_chunked = size > 0;
        }
        Ok((status, String::from_utf8_lossy(&body).into_owned()))
    }
}

/// Tickets of one page.
const PAGE: usize = 100;
const PATIENCE: Duration = Duration::from_secs(30);
