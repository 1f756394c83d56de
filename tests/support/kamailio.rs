//! A real SIP proxy in front of the engine: Kamailio with our config.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::net::free_port;
use super::program::{Program, until};

/// A running proxy. It ends with the test.
pub(crate) struct Kamailio {
    program: Program,
    /// Its working folder.
    _folder: TempDir,
    /// The address where phones and carriers reach it.
    pub(crate) address: SocketAddr,
}

impl Kamailio {
    /// Its address, as in the tests' `[[proxy]]`.
    pub(crate) const HOST: [u8; 4] = [127, 0, 0, 5];

    /// Starts it in front of an engine; returns when it answers.
    pub(crate) fn before(engine: SocketAddr) -> Kamailio {
        let folder = tempfile::tempdir().unwrap();
        let address = SocketAddr::new(IpAddr::from(Kamailio::HOST), free_port());
        let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/kamailio/kamailio.cfg");
        let mut command = Command::new("kamailio");
        command
            .arg("-f")
            .arg(config)
            // In the foreground, logging to standard error, with little memory.
            .args(["-DD", "-E", "-m", "16", "-M", "4", "-Y"])
            .arg(folder.path())
            .args(["-A", &format!("ENGINE_IP=\"{}\"", engine.ip())])
            .args(["-A", &format!("ENGINE_PORT={}", engine.port())])
            .args(["-A", &format!("LISTEN=udp:{address}")]);
        let program = Program::start("kamailio", &mut command);
        let proxy = Kamailio { program, _folder: folder, address };
        until("the proxy answers", || proxy.answers().then_some(()));
        proxy
    }

    /// Whether it answers: it refuses a message with Max-Forwards 0 on its own.
    fn answers(&self) -> bool {
        let socket = UdpSocket::bind((IpAddr::from([127, 0, 0, 9]), 0)).unwrap();
        socket.set_read_timeout(Some(std::time::Duration::from_millis(200))).unwrap();
        let (us, them) = (socket.local_addr().unwrap(), self.address);
        let far = format!(
            "OPTIONS sip:{them} SIP/2.0\r\nVia: SIP/2.0/UDP {us};branch=z9hG4bKfar;rport\r\n\
             Max-Forwards: 0\r\nFrom: <sip:test@{us}>;tag=far\r\nTo: <sip:{them}>\r\n\
             Call-ID: far\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
        );
        // The send fails while it does not listen yet.
        let _sent = socket.send_to(far.as_bytes(), them);
        socket.recv_from(&mut [0; 2_048]).is_ok()
    }
}

impl Drop for Kamailio {
    fn drop(&mut self) {
        // Its child processes end only with SIGTERM.
        self.program.terminate();
        self.program.wait_for_end(std::time::Duration::from_secs(10));
    }
}
