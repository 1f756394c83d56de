//! Rate limiting of messages by sender; see [`crate::shield`].

use primitives::Timestamp;

use super::Endpoint;
use crate::{
    Event, Flow, RateLimit, Transport,
    message::{Message, Name},
    peer::Peer,
    shield::{BucketKey, hash, network},
    text::has_key_starting_with_word,
    wire::Claims,
};

/// The kinds of senders. Each kind has its own buckets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SenderClass {
    Phone,
    Trunk,
    Proxy,
    /// An unknown sender at an address where phones registered before.
    KnownAddress,
    Stranger,
}

impl Endpoint {
    /// Returns whether a message is accepted. Otherwise it is counted and dropped without an
    /// answer.
    ///
    /// `claims` is called only when the sender's bucket is empty.
    pub(super) fn admit<'a>(
        &mut self,
        now: Timestamp,
        peer: Peer,
        claims: impl FnOnce() -> Claims<'a>,
    ) -> bool {
        let (sender, bucket) = self.bucket_of(now, peer);
        if self.shield.take(now, bucket) {
            return true;
        }
        // A phone may register from a trunk's address, as the load players do.
        let trunk = BucketKey::Trunk(peer.source.ip());
        if sender == SenderClass::Phone && self.is_trunk(peer) && self.shield.take(now, trunk) {
            return true;
        }
        if self.has_exception(now, peer, sender, claims()) {
            self.out.counts.let_in += 1;
            return true;
        }
        let counts = &mut self.out.counts;
        *match sender {
            SenderClass::Phone => &mut counts.dropped_phones,
            SenderClass::Trunk => &mut counts.dropped_trunks,
            SenderClass::Proxy => &mut counts.dropped_proxies,
            SenderClass::KnownAddress => &mut counts.dropped_offices,
            SenderClass::Stranger => &mut counts.dropped_strangers,
        } += 1;
        if self.shield.is_news(now, bucket) {
            let source = peer.source.ip();
            self.out.event(Event::RateLimited { source, limit: RateLimit::Messages });
        }
        false
    }

    /// Like [`Endpoint::admit`] for a request that came through a proxy of ours: the proxy's bucket
    /// has paid, and now the sender's pays. Responses are not limited here, since we asked for
    /// them.
    pub(super) fn admit_proxied(&mut self, now: Timestamp, peer: Peer, request: &Message) -> bool {
        !peer.is_behind_proxy() || self.admit(now, peer, || claims_of(request))
    }

    /// Returns whether a connection whose message was dropped stays open: only that of a known
    /// sender does.
    pub(super) fn may_keep_stream(&self, now: Timestamp, flow: Flow) -> bool {
        let (sender, _) = self.bucket_of(now, Peer::direct(flow));
        sender != SenderClass::Stranger
    }

    fn bucket_of(&self, now: Timestamp, peer: Peer) -> (SenderClass, BucketKey) {
        let source = peer.source.ip();
        if self.seat_at(peer).is_some() {
            return (SenderClass::Phone, BucketKey::Phone(peer));
        }
        if self.is_trunk(peer) {
            return (SenderClass::Trunk, BucketKey::Trunk(source));
        }
        if self.is_proxy(source) {
            return (SenderClass::Proxy, BucketKey::Proxy(source));
        }
        // The proxy saw the address at its own socket. Whether a handshake proved it is unknown, so
        // it counts as UDP.
        let transport = match peer.is_behind_proxy() {
            true => Transport::Udp,
            false => peer.flow.transport,
        };
        let bucket = BucketKey::Address(transport, network(source));
        match self.shield.is_known(now, source) {
            true => (SenderClass::KnownAddress, bucket),
            false => (SenderClass::Stranger, bucket),
        }
    }

    fn is_trunk(&self, peer: Peer) -> bool {
        self.trunks().any(|trunk| trunk.contains(peer.source.ip()))
    }

    /// Returns whether a message is accepted although its sender's bucket is empty. A flood from a
    /// neighbour or a forger must not end a call or keep a phone from registering.
    fn has_exception(
        &mut self,
        now: Timestamp,
        peer: Peer,
        sender: SenderClass,
        claims: Claims<'_>,
    ) -> bool {
        let source = peer.source.ip();
        let is_expected =
            self.is_of_dialog(claims) || claims.branch.is_some_and(|b| self.transactions.awaits(b));
        if is_expected
            && let Some(call_id) = claims.call_id
            && self.shield.take(now, BucketKey::Dialog(hash(call_id)))
        {
            return true;
        }
        if claims.nonce.is_some_and(|nonce| self.challenger.was_sent_to(now, source, nonce))
            && self.shield.take(now, BucketKey::Challenged(network(source)))
        {
            return true;
        }
        sender == SenderClass::KnownAddress && self.shield.take(now, BucketKey::Port(peer.source))
    }

    /// Returns whether one of our legs has this Call-ID.
    fn is_of_dialog(&self, claims: Claims<'_>) -> bool {
        // Keys are the Call-ID and the tags, separated by spaces.
        claims.call_id.is_some_and(|call_id| has_key_starting_with_word(&self.dialogs, call_id))
    }
}

/// The unverified identifiers of a parsed message.
pub(super) fn claims_of(message: &Message) -> Claims<'_> {
    let authorization = message.headers.get(&Name::Authorization);
    let via = message.headers.get(&Name::Via).filter(|_| !message.is_request());
    Claims {
        call_id: message.call_id(),
        branch: via.and_then(crate::wire::branch_of),
        nonce: authorization.and_then(crate::digest::nonce_of),
    }
}
