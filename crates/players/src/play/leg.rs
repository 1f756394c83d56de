//! A phone's end of a call: its socket, and what it says and hears.

use std::{
    io,
    net::{SocketAddr, UdpSocket},
    time::Duration,
};

use media::{Prompt, Talker};
use model::{Codec, Direction, LegId, PayloadTypes, RemoteMedia, SignalledSource, Timestamp};
use rustix::event::{Timespec, epoll};

use super::{CALLERS_AT, Players, SEATS_AT, Side};

/// An end of a call.
pub(crate) struct Leg {
    pub(crate) socket: UdpSocket,
    token: u64,
    /// The seat whose phone it is, for a seat that was called.
    pub(crate) seat: String,
    pub(crate) began: Timestamp,
    voice: Prompt,
    /// Speaks and listens once both ends know each other.
    pub(crate) talker: Option<Talker>,
    pub(crate) remote: Option<RemoteMedia>,
    /// Whether it was answered.
    pub(crate) up: bool,
}

impl Players<'_> {
    /// A leg with its own socket and voice.
    pub(crate) fn open_leg(&mut self, side: Side, leg: Option<LegId>) -> io::Result<LegId> {
        let leg = leg.unwrap_or_else(|| {
            self.last_dialled += 2;
            LegId(self.last_dialled)
        });
        let at = match side {
            Side::Seats => SEATS_AT,
            Side::Callers => CALLERS_AT,
        };
        let socket = UdpSocket::bind((at, 0))?;
        socket.set_nonblocking(true)?;
        let voice = self.script.voices.get(leg.0 as usize / 2 % self.script.voices.len().max(1));
        let voice = voice.cloned().unwrap_or_default();
        let token = self.next_token;
        self.next_token += 1;
        let watched = epoll::EventData::new_u64(token);
        epoll::add(&self.voice, &socket, watched, epoll::EventFlags::IN)?;
        self.by_token.insert(token, (side, leg));
        let (seat, began) = (String::new(), self.clock.now());
        let held = Leg { socket, token, seat, began, voice, talker: None, remote: None, up: false };
        self.legs.insert((side, leg), held);
        Ok(leg)
    }

    /// A leg that talks to a port of a relay, without signalling.
    pub(crate) fn open_relayed(&mut self, side: Side, port: SocketAddr) -> io::Result<()> {
        let leg = self.open_leg(side, None)?;
        if let Some(held) = self.legs.get_mut(&(side, leg)) {
            let numbers = PayloadTypes { codec: Codec::Pcma.payload_type(), telephone_event: None };
            held.remote = Some(RemoteMedia {
                rtp: port,
                codec: Codec::Pcma,
                send: numbers,
                receive: numbers,
                ptime: Duration::from_millis(20),
                direction: Direction::SendRecv,
                signalled: SignalledSource::default(),
            });
            held.up = true;
        }
        Ok(())
    }

    /// A leg is over; its socket leaves the epoll by being closed.
    pub(crate) fn forget(&mut self, side: Side, leg: LegId) {
        let Some(held) = self.legs.remove(&(side, leg)) else { return };
        self.by_token.remove(&held.token);
        self.tally.lost += held.talker.map_or(0, |talker| talker.reception().lost);
    }

    pub(crate) fn port_of(&self, side: Side, leg: LegId) -> u16 {
        let at = self.legs.get(&(side, leg)).and_then(|held| held.socket.local_addr().ok());
        at.map_or(0, |at| at.port())
    }

    pub(crate) fn speak(&mut self, now: Timestamp) {
        if !self.script.speaking {
            return;
        }
        for ((side, _), held) in &mut self.legs {
            let Some(remote) = held.remote.as_ref().filter(|_| held.up) else { continue };
            let talker = held.talker.get_or_insert_with(|| {
                let talker =
                    Talker::for_remote(now, remote, held.voice.clone(), self.chance.bits());
                if self.script.stamped { talker.with_timestamps() } else { talker }
            });
            let sent = match side {
                Side::Seats => &mut self.tally.seat_sent,
                Side::Callers => &mut self.tally.caller_sent,
            };
            while let Some(packet) = talker.poll_packet(self.clock.now()) {
                // A packet the kernel has no room for is a packet lost.
                let _sent = held.socket.send_to(packet, remote.rtp);
                *sent += 1;
            }
        }
    }

    pub(crate) fn receive_voice(&mut self) -> io::Result<()> {
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        let mut ready = Vec::with_capacity(256);
        loop {
            ready.clear();
            let buffer = rustix::buffer::spare_capacity(&mut ready);
            match epoll::wait(&self.voice, buffer, Some(&now)) {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                Err(rustix::io::Errno::INTR) => continue,
                Err(e) => return Err(e.into()),
            }
            for event in &ready {
                self.listen(event.data.u64());
            }
        }
    }

    /// A packet waits at a leg's socket; should there be two, epoll says so again.
    fn listen(&mut self, token: u64) {
        let Some((side, leg)) = self.by_token.get(&token) else { return };
        let Some(held) = self.legs.get_mut(&(*side, *leg)) else { return };
        let mut buffer = [0; 2048];
        let Ok((length, _)) = held.socket.recv_from(&mut buffer) else { return };
        match side {
            Side::Seats => self.tally.seat_heard += 1,
            Side::Callers => self.tally.caller_heard += 1,
        }
        let Some(talker) = &mut held.talker else { return };
        let before = talker.delay().packets;
        talker.handle_packet(self.clock.now(), buffer.get(..length).unwrap_or_default());
        let delay = talker.delay();
        if delay.packets > before {
            self.tally.delay.add(delay.last, self.chance.bits());
        }
    }
}
