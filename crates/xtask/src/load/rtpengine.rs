//! rtpengine as a peer to compare with: started with one worker thread, told of calls by its control
//! protocol, and recording them into pcap files.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use super::{ENGINES_CORE, fault, pinned};
use crate::step::Failure;

/// A running rtpengine; dropping it ends the process.
pub(super) struct Rtpengine {
    process: Child,
    control: UdpSocket,
    cookie: u32,
}

impl Rtpengine {
    /// Starts it, unless it is not installed.
    pub(super) fn start(folder: &Path) -> Result<Option<Rtpengine>, Failure> {
        let program = Path::new("/usr/bin/rtpengine");
        if !program.exists() {
            return Ok(None);
        }
        let recordings = folder.join("rtpengine");
        let log = folder.join("rtpengine.log");
        let made = fs::create_dir_all(&recordings).and_then(|()| File::create(&log));
        let log = made.map_err(|e| fault(format!("{}: {e}", folder.display())))?;
        let control = control_socket().map_err(|e| fault(format!("a control socket: {e}")))?;
        let to = control.peer_addr().map_err(|e| fault(e.to_string()))?;
        let process = pinned(ENGINES_CORE, program)
            .args(["--foreground", "--log-stderr", "--log-level=3", "--table=-1"])
            .args(["--interface=127.0.0.1", "--num-threads=1"])
            .args(["--port-min=40000", "--port-max=48000", "--recording-method=pcap"])
            .arg(format!("--listen-ng={to}"))
            .arg(format!("--recording-dir={}", recordings.display()))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(|e| Failure::unavailable(format!("rtpengine did not start: {e}")))?;
        let mut rtpengine = Rtpengine { process, control, cookie: 0 };
        for _ in 0..50 {
            if rtpengine.ask(&[("command", "ping")]).is_ok() {
                return Ok(Some(rtpengine));
            }
        }
        Err(fault("rtpengine does not answer its control protocol".to_owned()))
    }

    pub(super) fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// Opens a recorded call. Returns where the caller and the seat send to.
    pub(super) fn open_call(&mut self, n: usize) -> Result<(SocketAddr, SocketAddr), Failure> {
        let call = format!("call-{n}");
        let offer = [
            ("call-id", call.as_str()),
            ("command", "offer"),
            ("from-tag", "caller"),
            ("sdp", &sdp(20_000)),
        ];
        let towards_seat = port_in(&self.ask(&offer)?)?;
        let answer = [
            ("call-id", call.as_str()),
            ("command", "answer"),
            ("from-tag", "caller"),
            ("sdp", &sdp(20_002)),
            ("to-tag", "seat"),
        ];
        let towards_caller = port_in(&self.ask(&answer)?)?;
        self.ask(&[("call-id", call.as_str()), ("command", "start recording")])?;
        let at = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Ok((at(towards_caller), at(towards_seat)))
    }

    /// Sends a command, a dictionary with its keys in order (bencode), and returns the answer.
    fn ask(&mut self, command: &[(&str, &str)]) -> Result<String, Failure> {
        self.cookie += 1;
        let text = |text: &str| format!("{}:{text}", text.len());
        let fields = command.iter().map(|(key, value)| text(key) + &text(value));
        let message = format!("{} d{}e", self.cookie, fields.collect::<String>());
        let mut buffer = vec![0; 65_535];
        let answered = self.control.send(message.as_bytes()).and_then(|_| {
            let length = self.control.recv(&mut buffer)?;
            Ok(String::from_utf8_lossy(buffer.get(..length).unwrap_or_default()).into_owned())
        });
        let answer = answered.map_err(|e| {
            // A refused port answers at once: the process is not there yet.
            std::thread::sleep(Duration::from_millis(100));
            fault(format!("rtpengine does not answer: {e}"))
        })?;
        match answer.contains("6:result5:error") {
            true => Err(fault(format!("rtpengine refuses {command:?}: {answer}"))),
            false => Ok(answer),
        }
    }
}

impl Drop for Rtpengine {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A socket connected to a free port, for rtpengine to listen on.
fn control_socket() -> std::io::Result<UdpSocket> {
    let free = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
    let control = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    control.connect(free)?;
    control.set_read_timeout(Some(Duration::from_secs(2)))?;
    Ok(control)
}

/// rtpengine learns where packets really come from.
fn sdp(port: u16) -> String {
    format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} \
         RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
    )
}

fn port_in(answer: &str) -> Result<u16, Failure> {
    let media = answer.split("m=audio ").nth(1).and_then(|rest| rest.split(' ').next());
    let port = media.and_then(|port| port.parse().ok());
    port.ok_or_else(|| fault(format!("rtpengine names no port: {answer}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn port_of_an_answer_is_found() {
        let answer = format!("7 d3:sdp{}:{}6:result2:oke", sdp(40_012).len(), sdp(40_012));
        assert_eq!(port_in(&answer).unwrap(), 40_012);
        assert!(port_in("7 d6:result2:oke").is_err());
    }
}
