//! May a message come in, or does its sender send too many? See [`crate::shield`].

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

/// The kinds of senders, each with buckets of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SenderClass {
    Phone,
    Trunk,
    Proxy,
    /// A sender that we do not know, at an address where phones of ours have been.
    KnownAddress,
    Stranger,
}

impl Endpoint {
    /// Whether a message may come in. It is dropped silently otherwise, and counted.
    ///
    /// `claims` is asked only when the sender's own bucket is empty.
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
        // A phone that registered from a trunk's address, as the load players' do.
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

    /// The same for a request that came through a proxy of ours: the proxy has paid, and now
    /// its sender does. An answer came from whom we asked.
    pub(super) fn admit_proxied(&mut self, now: Timestamp, peer: Peer, request: &Message) -> bool {
        !peer.is_behind_proxy() || self.admit(now, peer, || claims_of(request))
    }

    /// Whether a stream whose message was dropped goes on: one of somebody known does.
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
        // A proxy saw the address at its own socket; whether that is proven we cannot know.
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
        self.config.trunks.iter().any(|trunk| trunk.holds(peer.source.ip()))
    }

    /// Whether a message comes in although its sender's bucket is empty: what a neighbour or a
    /// forger sent must not end a talk, nor keep a phone from registering.
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

    /// Whether a leg of ours has this Call-ID.
    fn is_of_dialog(&self, claims: Claims<'_>) -> bool {
        // Keys are the Call-ID, a space, the tags.
        claims.call_id.is_some_and(|call_id| has_key_starting_with_word(&self.dialogs, call_id))
    }
}

/// What a message claims, once it is read.
pub(super) fn claims_of(message: &Message) -> Claims<'_> {
    let authorization = message.headers.get(&Name::Authorization);
    let via = message.headers.get(&Name::Via).filter(|_| !message.is_request());
    Claims {
        call_id: message.call_id(),
        branch: via.and_then(crate::wire::branch_of),
        nonce: authorization.and_then(crate::digest::nonce_of),
    }
}
