//! The console over real sockets: addresses, shutdown, and the limit of connections.

use std::sync::Arc;

use console::{Backend, Limits, Options, Proxies, router, serve};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
};

use crate::engine::Engine;

async fn ask(address: std::net::SocketAddr, path: &str, headers: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

#[tokio::test]
async fn served_console_answers_and_stops_on_shutdown() {
    let engine = Engine::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let router = router(Backend::from_one(engine), Options::default());
    let shutdown = async {
        let _ = stopped.await;
    };
    let served =
        tokio::spawn(serve(listener, router, Limits::default(), Proxies::default(), shutdown));

    // Loopback may read the measurements, so the address of the socket is known.
    let mut answer = String::new();
    let mut stream = ask(address, "/metrics", "Connection: close\r\n").await;
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");

    // A live stream does not delay the shutdown.
    let token = "Authorization: Bearer token-of-li\r\n";
    let mut live = ask(address, "/api/v1/wallboard/live", token).await;
    let mut first = [0; 12];
    live.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
    stop.send(()).unwrap();
    served.await.unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}

/// Starts a console with these limits, and returns its address.
async fn served(engine: &Arc<Engine>, limits: Limits) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router =
        router(Backend::from_one(engine.clone()), Options { limits, ..Options::default() });
    let never = std::future::pending();
    tokio::spawn(serve(listener, router, limits, Proxies::default(), never));
    address
}

async fn answer(stream: &mut TcpStream) -> String {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn unfinished_requests_of_strangers_do_not_close_the_console() {
    let engine = Engine::new();
    let limits = Limits { connections: 8, connections_per_address: 8, ..Limits::default() };
    let address = served(&engine, limits).await;
    let token = "Authorization: Bearer token-of-li\r\n";
    let mut live = ask(address, "/api/v1/wallboard/live", token).await;
    let mut first = [0; 12];
    live.read_exact(&mut first).await.unwrap();

    let mut held = Vec::new();
    for n in 0..40 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        // Half of them stop in the headers and half in the body; the console may have closed some.
        let begun = match n % 2 {
            0 => "POST /hooks/wechat HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{",
            _ => "POST /hooks/wechat HTTP/1.1\r\nHost:",
        };
        let _ = stream.write_all(begun.as_bytes()).await;
        held.push(stream);
    }
    for _ in 0..20 {
        let mut person = ask(address, "/healthz", "Connection: close\r\n").await;
        assert!(answer(&mut person).await.starts_with("HTTP/1.1 200"));
    }
    // The stream of the person who was known before is still open.
    let before = engine.board.lock().unwrap().seq;
    Arc::make_mut(&mut engine.board.lock().unwrap()).seq = before + 1;
    let news = format!("\"seq\":{}", before + 1);
    let mut seen = Vec::new();
    while !String::from_utf8_lossy(&seen).contains(&news) {
        let mut more = [0; 4096];
        let length = live.read(&mut more).await.unwrap();
        assert_ne!(length, 0, "the live stream was closed");
        seen.extend_from_slice(&more[..length]);
    }
}
