//! A far end of ours: a real HTTP server that takes, refuses, hangs and hangs up as it is told.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// What it does with one request.
#[derive(Clone, Debug)]
pub(crate) enum Mood {
    /// Answer with this status and body; it has the request when the status is a good one.
    Says(u16, &'static str),
    /// Take it, and hang up without a word.
    TakesAndHangsUp,
    /// Take it, and hang up in the middle of the answer.
    TakesAndBreaksOff,
    /// Take it, and answer twice.
    TakesAndSaysItTwice,
    /// Not even read it: hang up.
    HangsUp,
    /// Say nothing for ever.
    Hangs,
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
    moods: Mutex<VecDeque<Mood>>,
    usual: Mutex<Mood>,
    taken: watch::Sender<Vec<Arrived>>,
    asked: watch::Sender<usize>,
}

impl Receiver {
    /// A server that goes through these moods, one a request, and is usual afterwards.
    pub(crate) async fn start(moods: impl IntoIterator<Item = Mood>, usual: Mood) -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/in", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            moods: Mutex::new(moods.into_iter().collect()),
            usual: Mutex::new(usual),
            taken: watch::Sender::new(Vec::new()),
            asked: watch::Sender::new(0),
        });
        let serving = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, Arc::clone(&serving)));
            }
        });
        Receiver { url, shared }
    }

    /// What it has, once it has so much.
    pub(crate) async fn wait_for(&self, count: usize) -> Vec<Arrived> {
        let mut taken = self.shared.taken.subscribe();
        taken.wait_for(|taken| taken.len() >= count).await.unwrap().clone()
    }

    /// What it has, once it has this.
    pub(crate) async fn wait_until(&self, done: impl Fn(&[Arrived]) -> bool) -> Vec<Arrived> {
        let mut taken = self.shared.taken.subscribe();
        taken.wait_for(|taken| done(taken)).await.unwrap().clone()
    }

    /// Requests it was sent, taken or not, once there were so many.
    pub(crate) async fn wait_for_asked(&self, count: usize) {
        self.shared.asked.subscribe().wait_for(|asked| *asked >= count).await.unwrap();
    }

    /// From now on.
    pub(crate) fn be(&self, usual: Mood) {
        *self.shared.usual.lock().unwrap() = usual;
    }
}

impl Shared {
    fn mood(&self) -> Mood {
        let next = self.moods.lock().unwrap().pop_front();
        next.unwrap_or_else(|| self.usual.lock().unwrap().clone())
    }
}

async fn converse(mut stream: TcpStream, shared: Arc<Shared>) {
    while let Some(arrived) = read(&mut stream).await {
        let mood = shared.mood();
        shared.asked.send_modify(|asked| *asked += 1);
        let takes = match mood {
            Mood::Says(status, _) => (200..300).contains(&status),
            Mood::TakesAndHangsUp | Mood::TakesAndBreaksOff | Mood::TakesAndSaysItTwice => true,
            Mood::HangsUp | Mood::Hangs => false,
        };
        if takes {
            shared.taken.send_modify(|taken| taken.push(arrived));
        }
        let answer = |status: u16, body: &str| {
            format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n{body}", body.len())
        };
        let said = match mood {
            Mood::Says(status, body) => answer(status, body),
            Mood::TakesAndSaysItTwice => answer(200, "ok").repeat(2),
            Mood::TakesAndBreaksOff => {
                let half = "HTTP/1.1 200 X\r\nContent-Length: 900\r\n\r\nhal";
                let _gone = stream.write_all(half.as_bytes()).await;
                return;
            }
            Mood::TakesAndHangsUp | Mood::HangsUp => return,
            Mood::Hangs => std::future::pending().await,
        };
        if stream.write_all(said.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// One request; `None` when the other side is done.
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
