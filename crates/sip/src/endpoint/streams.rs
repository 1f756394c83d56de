//! The table of open TCP connections: their owners, how long each may be silent, and which one is
//! closed when there is no room.
//!
//! A connection of an unknown sender must bring a complete message soon and further ones from time
//! to time, and an address may hold few of them. Connections of registered phones, calls and trunks
//! are never closed to make room. Every sender must finish a message it has started.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    time::Duration,
};

use primitives::Timestamp;

use crate::{Flow, shield::network, wire::Framer};

/// Limits of TCP connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamLimits {
    /// Most connections in all. A further one closes the unknown sender's connection that was
    /// silent longest.
    pub total: usize,
    /// Most connections from an address without known phones. A further one closes the address's
    /// own connection that was silent longest.
    pub per_stranger: usize,
    /// Most connections from an address where phones authenticated; connections of registered
    /// phones do not count.
    pub per_known: usize,
    /// Most connections from one address of a trunk or of a proxy of ours.
    pub per_trunk: usize,
    /// Time limit for the first complete message of an unknown sender.
    pub first_message: Duration,
    /// Time limit for a message, from its first byte.
    pub message: Duration,
    /// Silence after which a connection is closed, unless a trunk opened it or a registered phone,
    /// a call or a request of ours uses it.
    pub idle: Duration,
}

impl Default for StreamLimits {
    fn default() -> StreamLimits {
        StreamLimits {
            total: TOTAL,
            per_stranger: PER_STRANGER,
            per_known: PER_KNOWN,
            per_trunk: PER_TRUNK,
            first_message: FIRST_MESSAGE,
            message: MESSAGE,
            idle: IDLE,
        }
    }
}

/// The owner of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StreamOwner {
    /// An unknown sender connected to us.
    Stranger,
    /// A sender authenticated over it.
    Authenticated,
    /// A trunk connected, or a proxy of ours.
    Trunk,
    /// We connected.
    Us,
}

/// The reason why a connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StreamExpiry {
    /// No complete message came in time.
    IncompleteMessage,
    /// It was silent too long.
    Idle,
}

/// The content of a piece of a stream.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct StreamActivity {
    /// A complete message.
    pub(super) message: bool,
    /// A keep-alive.
    pub(super) ping: bool,
}

/// The table of connections.
#[derive(Debug)]
pub(super) struct Streams {
    limits: StreamLimits,
    open: BTreeMap<Flow, Stream>,
    /// Connections with a deadline, the earliest first.
    due: BTreeSet<(Timestamp, Flow)>,
    /// Connections of unknown senders, by the time they were last active.
    strangers: BTreeSet<(Timestamp, Flow)>,
    /// Connections of unknown senders and trunks, by source and the time they were last active.
    by_source: BTreeMap<IpAddr, BTreeSet<(Timestamp, Flow)>>,
}

#[derive(Debug)]
struct Stream {
    framer: Framer,
    owner: StreamOwner,
    /// When it was opened, or last brought a complete message or keep-alive.
    heard: Timestamp,
    /// When the incomplete message began.
    begun: Option<Timestamp>,
    /// It has brought no complete message yet.
    is_fresh: bool,
    due: Option<(Timestamp, StreamExpiry)>,
}

impl Streams {
    pub(super) fn new(limits: StreamLimits) -> Streams {
        Streams {
            limits,
            open: BTreeMap::new(),
            due: BTreeSet::new(),
            strangers: BTreeSet::new(),
            by_source: BTreeMap::new(),
        }
    }

    pub(super) fn contains(&self, flow: Flow) -> bool {
        self.open.contains_key(&flow)
    }

    /// Returns the connection to close before `owner` may open one, with `share` connections
    /// allowed per source. `Err` when there is no room and none may be closed.
    pub(super) fn stream_to_evict(
        &self,
        flow: Flow,
        owner: StreamOwner,
        share: usize,
    ) -> Result<Option<Flow>, ()> {
        let oldest = |set: &BTreeSet<(Timestamp, Flow)>| set.first().map(|(_, flow)| *flow);
        if matches!(owner, StreamOwner::Stranger | StreamOwner::Trunk) {
            let own = self.by_source.get(&network(flow.remote.ip()));
            if let Some(own) = own.filter(|own| own.len() >= share.max(1)) {
                return Ok(oldest(own));
            }
        }
        match self.open.len() >= self.limits.total {
            true => oldest(&self.strangers).map(Some).ok_or(()),
            false => Ok(None),
        }
    }

    pub(super) fn open(&mut self, now: Timestamp, flow: Flow, owner: StreamOwner) {
        self.close(flow);
        let (framer, is_fresh) = (Framer::default(), owner == StreamOwner::Stranger);
        let stream = Stream { framer, owner, heard: now, begun: None, is_fresh, due: None };
        self.open.insert(flow, stream);
        self.index(flow);
        self.schedule(flow);
    }

    pub(super) fn close(&mut self, flow: Flow) {
        self.unindex(flow);
        if let Some(Stream { due: Some((at, _)), .. }) = self.open.remove(&flow) {
            self.due.remove(&(at, flow));
        }
    }

    /// Takes the framer of a connection; [`Streams::put_back`] returns it.
    pub(super) fn take_framer(&mut self, flow: Flow) -> Option<Framer> {
        self.open.get_mut(&flow).map(|stream| std::mem::take(&mut stream.framer))
    }

    /// Returns the framer after a piece was read. A connection closed meanwhile stays closed.
    pub(super) fn put_back(
        &mut self,
        now: Timestamp,
        flow: Flow,
        framer: Framer,
        heard: StreamActivity,
    ) {
        self.unindex(flow);
        if let Some(stream) = self.open.get_mut(&flow) {
            if heard.message || heard.ping {
                (stream.heard, stream.begun) = (now, None);
            }
            stream.is_fresh &= !heard.message;
            stream.begun = framer.is_amid_message().then(|| stream.begun.unwrap_or(now));
            stream.framer = framer;
        }
        self.index(flow);
        self.schedule(flow);
    }

    /// A sender authenticated over it.
    pub(super) fn mark_authenticated(&mut self, flow: Flow) {
        self.unindex(flow);
        if let Some(stream) = self.open.get_mut(&flow)
            && stream.owner == StreamOwner::Stranger
        {
            (stream.owner, stream.is_fresh) = (StreamOwner::Authenticated, false);
        }
        self.index(flow);
        self.schedule(flow);
    }

    /// Restarts the silence period.
    pub(super) fn renew(&mut self, now: Timestamp, flow: Flow) {
        self.unindex(flow);
        if let Some(stream) = self.open.get_mut(&flow) {
            stream.heard = now;
        }
        self.index(flow);
        self.schedule(flow);
    }

    /// Returns a connection whose deadline has passed. The caller closes or renews it.
    pub(super) fn next_expired(&mut self, now: Timestamp) -> Option<(Flow, StreamExpiry)> {
        let (at, flow) = self.due.first().copied().filter(|(at, _)| *at <= now)?;
        self.due.remove(&(at, flow));
        let (_, why) = self.open.get_mut(&flow)?.due.take()?;
        Some((flow, why))
    }

    pub(super) fn next_timeout(&self) -> Option<Timestamp> {
        self.due.first().map(|(at, _)| *at)
    }

    fn schedule(&mut self, flow: Flow) {
        let limits = self.limits;
        let Some(stream) = self.open.get_mut(&flow) else { return };
        if let Some((at, _)) = stream.due.take() {
            self.due.remove(&(at, flow));
        }
        let begun = stream.begun.map(|at| (at + limits.message, StreamExpiry::IncompleteMessage));
        let silent = match stream.owner {
            StreamOwner::Stranger if stream.is_fresh => {
                Some((stream.heard + limits.first_message, StreamExpiry::IncompleteMessage))
            }
            StreamOwner::Stranger | StreamOwner::Authenticated | StreamOwner::Us => {
                Some((stream.heard + limits.idle, StreamExpiry::Idle))
            }
            StreamOwner::Trunk => None,
        };
        stream.due = begun.into_iter().chain(silent).min_by_key(|(at, _)| *at);
        if let Some((at, _)) = stream.due {
            self.due.insert((at, flow));
        }
    }

    fn index(&mut self, flow: Flow) {
        let Some(stream) = self.open.get(&flow) else { return };
        let entry = (stream.heard, flow);
        if stream.owner == StreamOwner::Stranger {
            self.strangers.insert(entry);
        }
        if matches!(stream.owner, StreamOwner::Stranger | StreamOwner::Trunk) {
            self.by_source.entry(network(flow.remote.ip())).or_default().insert(entry);
        }
    }

    fn unindex(&mut self, flow: Flow) {
        let Some(stream) = self.open.get(&flow) else { return };
        let entry = (stream.heard, flow);
        self.strangers.remove(&entry);
        let source = network(flow.remote.ip());
        if let Some(own) = self.by_source.get_mut(&source) {
            own.remove(&entry);
            if own.is_empty() {
                self.by_source.remove(&source);
            }
        }
    }
}

/// Every seat of the largest hotline over TCP, and its trunks.
const TOTAL: usize = 4_096;
/// A person who tries out a phone needs one; an office after a power cut needs one per phone until
/// it has registered.
const PER_STRANGER: usize = 32;
/// The known phones behind one address.
const PER_KNOWN: usize = 256;
/// A gateway that opens a connection per call; still less than half of all.
const PER_TRUNK: usize = 1_024;
/// A phone sends REGISTER as soon as it is connected.
const FIRST_MESSAGE: Duration = Duration::from_secs(10);
/// Time for 64 KiB on the slowest line.
const MESSAGE: Duration = Duration::from_secs(15);
/// RFC 5626 4.4.1: phones send a keep-alive at least every 120 s where the registrar asks for it.
const IDLE: Duration = Duration::from_secs(150);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Transport;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    fn flow(host: u8, port: u16) -> Flow {
        Flow {
            transport: Transport::Tcp,
            local: ([10, 0, 0, 1], 5060).into(),
            remote: ([192, 0, 2, host], port).into(),
        }
    }

    fn streams(total: usize) -> Streams {
        Streams::new(StreamLimits { total, ..StreamLimits::default() })
    }

    /// Feeds bytes with this activity.
    fn bring(
        streams: &mut Streams,
        now: Timestamp,
        flow: Flow,
        bytes: &[u8],
        heard: StreamActivity,
    ) {
        let mut framer = streams.take_framer(flow).unwrap();
        framer.push(bytes);
        streams.put_back(now, flow, framer, heard);
    }

    const MESSAGE_HEARD: StreamActivity = StreamActivity { message: true, ping: false };
    const PING_HEARD: StreamActivity = StreamActivity { message: false, ping: true };
    const NOTHING: StreamActivity = StreamActivity { message: false, ping: false };

    #[test]
    fn unknown_sender_without_a_message_expires_after_ten_seconds() {
        let mut streams = streams(10);
        let (silent, pings) = (flow(1, 1), flow(1, 2));
        streams.open(at(0), silent, StreamOwner::Stranger);
        streams.open(at(0), pings, StreamOwner::Stranger);
        bring(&mut streams, at(5), pings, b"", PING_HEARD);
        assert_eq!(streams.next_expired(at(9)), None);
        assert_eq!(streams.next_expired(at(10)), Some((silent, StreamExpiry::IncompleteMessage)));
        assert_eq!(streams.next_expired(at(10)), None);
        // A ping is not a message.
        assert_eq!(streams.next_expired(at(15)), Some((pings, StreamExpiry::IncompleteMessage)));
    }

    #[test]
    fn incomplete_message_expires_for_every_owner() {
        for owner in
            [StreamOwner::Stranger, StreamOwner::Authenticated, StreamOwner::Trunk, StreamOwner::Us]
        {
            let mut streams = streams(10);
            streams.open(at(0), flow(1, 1), owner);
            bring(&mut streams, at(1), flow(1, 1), b"", MESSAGE_HEARD);
            bring(&mut streams, at(100), flow(1, 1), b"OPT", NOTHING);
            bring(&mut streams, at(110), flow(1, 1), b"IONS", NOTHING);
            assert_eq!(streams.next_expired(at(114)), None, "{owner:?}");
            assert_eq!(
                streams.next_expired(at(115)),
                Some((flow(1, 1), StreamExpiry::IncompleteMessage)),
                "{owner:?}"
            );
        }
    }

    #[test]
    fn trunk_connection_has_no_silence_limit() {
        let mut streams = streams(10);
        streams.open(at(0), flow(1, 1), StreamOwner::Trunk);
        assert_eq!(streams.next_timeout(), None);
    }

    #[test]
    fn silent_connection_expires_and_may_be_renewed() {
        let mut streams = streams(10);
        streams.open(at(0), flow(1, 1), StreamOwner::Stranger);
        streams.mark_authenticated(flow(1, 1));
        assert_eq!(streams.next_expired(at(150)), Some((flow(1, 1), StreamExpiry::Idle)));
        streams.renew(at(150), flow(1, 1));
        assert_eq!(streams.next_expired(at(299)), None);
        assert_eq!(streams.next_expired(at(300)), Some((flow(1, 1), StreamExpiry::Idle)));
        streams.close(flow(1, 1));
        assert_eq!((streams.next_timeout(), streams.by_source.len()), (None, 0));
    }

    #[test]
    fn source_at_its_share_evicts_its_own_longest_silent_connection() {
        let mut streams = streams(10);
        streams.open(at(0), flow(2, 1), StreamOwner::Stranger);
        for port in 1..=3 {
            streams.open(at(port.into()), flow(1, port), StreamOwner::Stranger);
        }
        bring(&mut streams, at(5), flow(1, 1), b"", MESSAGE_HEARD);
        assert_eq!(
            streams.stream_to_evict(flow(1, 9), StreamOwner::Stranger, 3),
            Ok(Some(flow(1, 2)))
        );
        assert_eq!(streams.stream_to_evict(flow(3, 9), StreamOwner::Stranger, 3), Ok(None));
        // An authenticated connection no longer counts.
        streams.mark_authenticated(flow(1, 2));
        assert_eq!(streams.stream_to_evict(flow(1, 9), StreamOwner::Stranger, 3), Ok(None));
    }

    #[test]
    fn full_table_evicts_the_longest_silent_unknown_sender() {
        let mut streams = streams(4);
        streams.open(at(0), flow(1, 1), StreamOwner::Trunk);
        streams.open(at(1), flow(2, 1), StreamOwner::Stranger);
        streams.mark_authenticated(flow(2, 1));
        streams.open(at(2), flow(3, 1), StreamOwner::Stranger);
        streams.open(at(3), flow(4, 1), StreamOwner::Stranger);
        for owner in [StreamOwner::Stranger, StreamOwner::Trunk, StreamOwner::Us] {
            assert_eq!(streams.stream_to_evict(flow(9, 9), owner, 32), Ok(Some(flow(3, 1))));
        }
        streams.mark_authenticated(flow(3, 1));
        streams.mark_authenticated(flow(4, 1));
        assert_eq!(streams.stream_to_evict(flow(9, 9), StreamOwner::Stranger, 32), Err(()));
    }
}
