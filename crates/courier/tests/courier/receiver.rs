//! A real HTTP server that accepts, rejects, hangs and closes connections as the test says.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// The server's reaction to one request.
#[derive(Clone, Debug)]
pub(crate) enum Response {
    /// Answers with this status and body; the request is stored when the status is a success.
    Status(u16, &'static str),
    /// Stores the request and closes without an answer.
    StoreAndClose,
    /// Stores the request and closes in the middle of the answer.
    StoreAndTruncate,
    /// Stores the request and answers twice.
    StoreAndAnswerTwice,
    /// Closes without reading.
    Close,
    /// Never answers.
    NoAnswer,
}

/// One request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Arrived {
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Arrived {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// The server.
pub(crate) struct Receiver {
    pub(crate) url: String,
    shared: Arc<Shared>,
}

struct Shared {
    responses: Mutex<VecDeque<Response>>,
    default: Mutex<Response>,
    stored: watch::Sender<Vec<Arrived>>,
    received: watch::Sender<usize>,
}

impl Receiver {
    /// Starts a server that answers with `responses` in turn, then always with `default`.
    pub(crate) async fn start(
        responses: impl IntoIterator<Item = Response>,
        default: Response,
    ) -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/in", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            responses: Mutex::new(responses.into_iter().collect()),
            default: Mutex::new(default),
            stored: watch::Sender::new(Vec::new()),
            received: watch::Sender::new(0),
        });
        let serving = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&serving)));
            }
        });
        Receiver { url, shared }
    }

    /// The stored requests, once there are at least `count`.
    pub(crate) async fn wait_for(&self, count: usize) -> Vec<Arrived> {
        let mut stored = self.shared.stored.subscribe();
        stored.wait_for(|stored| stored.len() >= count).await.unwrap().clone()
    }

    /// The stored requests, once `done` is true of them.
    pub(crate) async fn wait_until(&self, done: impl Fn(&[Arrived]) -> bool) -> Vec<Arrived> {
        let mut stored = self.shared.stored.subscribe();
        stored.wait_for(|stored| done(stored)).await.unwrap().clone()
    }

    /// The requests received, stored or not, once there were at least `count`.
    pub(crate) async fn wait_for_received(&self, count: usize) {
        self.shared.received.subscribe().wait_for(|received| *received >= count).await.unwrap();
    }

    /// Sets the behaviour from now on.
    pub(crate) fn respond_with(&self, default: Response) {
        *self.shared.default.lock().unwrap() = default;
    }
}

impl Shared {
    fn response(&self) -> Response {
        let next = self.responses.lock().unwrap().pop_front();
        next.unwrap_or_else(|| self.default.lock().unwrap().clone())
    }
}

async fn serve(mut stream: TcpStream, shared: Arc<Shared>) {
    while let Some(arrived) = read(&mut stream).await {
        let response = shared.response();
        shared.received.send_modify(|received| *received += 1);
        let stores = match response {
            Response::Status(status, _) => (200..300).contains(&status),
            Response::StoreAndClose
            | Response::StoreAndTruncate
            | Response::StoreAndAnswerTwice => true,
            Response::Close | Response::NoAnswer => false,
        };
        if stores {
            shared.stored.send_modify(|stored| stored.push(arrived));
        }
        let answer = |status: u16, body: &str| {
            format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n{body}", body.len())
        };
        let said = match response {
            Response::Status(status, body) => answer(status, body),
            Response::StoreAndAnswerTwice => answer(200, "ok").repeat(2),
            Response::StoreAndTruncate => {
                let half = "HTTP/1.1 200 X\r\nContent-Length: 900\r\n\r\nhal";
                let _gone = stream.write_all(half.as_bytes()).await;
                return;
            }
            Response::StoreAndClose | Response::Close => return,
            Response::NoAnswer => std::future::pending().await,
        };
        if stream.write_all(said.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Handles one request; `None` when the connection is closed.
async fn read(stream: &mut TcpStream) -> Option<Arrived> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).ok()?;
    let headers: BTreeMap<String, String> = head
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(':'))
        .map(|(name, text)| (name.to_ascii_lowercase(), text.trim().to_owned()))
        .collect();
    let length: usize = headers.get("content-length")?.parse().ok()?;
    while bytes.len() < end + 4 + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let body = String::from_utf8(bytes[end + 4..end + 4 + length].to_vec()).ok()?;
    Some(Arrived { headers, body })
}
