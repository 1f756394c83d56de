//! A relay that does nothing but relay: what comes to one port of a pair leaves by the other.
//!
//! It shows what the system itself takes for the packets of a call, and is what the engine's voice is
//! compared with.

#![allow(clippy::print_stdout, reason = "the ports are read by the program that started it")]

use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::process::ExitCode;

use clap::Args;
use rustix::event::epoll;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The number of calls, each with two ports
    #[arg(long)]
    calls: usize,
}

/// Prints the two ports of each call, then relays until it is killed.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match relay(arguments.calls) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}

struct Port {
    socket: UdpSocket,
    /// The address that sends to it.
    peer: Option<SocketAddr>,
}

fn relay(calls: usize) -> io::Result<()> {
    let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    let mut ports = Vec::with_capacity(calls * 2);
    for token in 0..calls * 2 {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket.set_nonblocking(true)?;
        epoll::add(
            &epoll,
            &socket,
            epoll::EventData::new_u64(token as u64),
            epoll::EventFlags::IN,
        )?;
        ports.push(Port { socket, peer: None });
    }
    let mut out = io::stdout().lock();
    for pair in ports.chunks_exact(2) {
        if let [caller, seat] = pair {
            writeln!(out, "{} {}", caller.socket.local_addr()?, seat.socket.local_addr()?)?;
        }
    }
    writeln!(out, "ready")?;
    out.flush()?;
    let (mut ready, mut buffer) = (Vec::with_capacity(1_024), [0; 2_048]);
    loop {
        ready.clear();
        match epoll::wait(&epoll, rustix::buffer::spare_capacity(&mut ready), None) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        for event in &ready {
            let token = event.data.u64() as usize;
            let Some(port) = ports.get_mut(token) else { continue };
            let Ok((length, from)) = port.socket.recv_from(&mut buffer) else { continue };
            port.peer = Some(from);
            let Some(other) = ports.get(token ^ 1) else { continue };
            if let (Some(to), Some(packet)) = (other.peer, buffer.get(..length)) {
                // A packet the kernel has no room for is lost, as on any network.
                let _sent = other.socket.send_to(packet, to);
            }
        }
    }
}
