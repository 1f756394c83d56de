//! Over a real socket: the address is known, and shutting down lets go.

use console::{Options, router, serve};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
};

use crate::double::Engine;

async fn ask(address: std::net::SocketAddr, path: &str, headers: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

#[tokio::test]
async fn a_served_console_answers_and_goes_when_asked() {
    let engine = Engine::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let served = tokio::spawn(serve(listener, router(engine, Options::default()), async {
        let _ = stopped.await;
    }));

    // Loopback may read the measurements: the address of the socket is known.
    let mut answer = String::new();
    let mut stream = ask(address, "/metrics", "Connection: close\r\n").await;
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");

    // A live stream does not hold up the end.
    let token = "Authorization: Bearer token-of-li\r\n";
    let mut live = ask(address, "/api/v1/wallboard/live", token).await;
    let mut first = [0; 12];
    live.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
    stop.send(()).unwrap();
    served.await.unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}
