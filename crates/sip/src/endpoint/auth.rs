//! Digest authentication of requests from phones (RFC 3261 22, RFC 7616).

use primitives::{SeatId, Timestamp};

use super::Endpoint;
use crate::{
    Event, Flow, RateLimit, Transport,
    digest::Verdict,
    message::{Message, Name},
    peer::Peer,
    wire,
};

impl Endpoint {
    /// Returns the seat whose password the request proves, or the answer to send; `Err(None)` sends
    /// nothing. Unknown users get the same answers as known ones.
    pub(super) fn authenticate(
        &mut self,
        now: Timestamp,
        peer: Peer,
        request: &Message,
    ) -> Result<SeatId, Option<Box<Message>>> {
        let source = peer.source.ip();
        let (registrar, shield) = (&self.registrar, &mut self.shield);
        let lookup = |user: &str| registrar.secret(user);
        let may_try = |user: &str, attempt| {
            // Wrong passwords of others behind the same address must not keep a registered phone
            // from refreshing.
            let is_there = user.parse().is_ok_and(|seat| registrar.is_seat_at(SeatId(seat), peer));
            is_there || shield.may_try(now, attempt)
        };
        let is_stale = match self.challenger.verify(now, request, lookup, may_try) {
            Verdict::Good(user) => match user.parse() {
                Ok(seat) => {
                    self.shield.succeeded(now, source);
                    // Behind a proxy of ours the connection is the proxy's, which needs no proof.
                    self.streams.mark_authenticated(peer.flow);
                    return Ok(SeatId(seat));
                }
                // All users of the registrar are numbers.
                Err(_) => false,
            },
            Verdict::Stale => true,
            Verdict::Absent => false,
            Verdict::Slowed => {
                self.out.counts.slowed_passwords += 1;
                return Err(self.refuse_slowed(peer, request));
            }
            Verdict::Bad(attempt) => {
                self.out.counts.wrong_passwords += 1;
                if self.shield.wrong_password(now, attempt) {
                    self.out.event(Event::RateLimited { source, limit: RateLimit::Passwords });
                }
                // A fresh challenge would make phones retry the same wrong password without end. An
                // unknown user gets the same 403.
                return Err(Some(self.refusal(request, 403)));
            }
        };
        let mut challenge = self.refusal(request, 401);
        for value in self.challenger.challenges(now, source, is_stale, self.config.digest) {
            challenge.headers.push(Name::WwwAuthenticate, value);
        }
        Err(Some(challenge))
    }

    /// Returns the answer to a password that is not checked now: nothing over UDP, since the
    /// request is retransmitted and may be checked then; 503 over TCP, where it comes once.
    fn refuse_slowed(&self, peer: Peer, request: &Message) -> Option<Box<Message>> {
        if peer.flow.transport == Transport::Udp {
            return None;
        }
        let mut answer = self.refusal(request, 503);
        let retry_s = self.config.shield.password_retry.as_secs().max(1);
        answer.headers.push(Name::RetryAfter, retry_s);
        Some(answer)
    }

    /// Builds a refusal that needs no transaction.
    fn refusal(&self, request: &Message, code: u16) -> Box<Message> {
        let mut refusal = request.reply(code, Some(wire::STATELESS_TAG));
        refusal.headers.push(Name::Server, &self.config.product);
        Box::new(refusal)
    }

    /// Sends a refusal without a transaction, so that an unknown sender takes no memory.
    pub(super) fn send_refusal(&mut self, back: Flow, challenge: Option<Box<Message>>) {
        if let Some(challenge) = challenge {
            self.out.counts.challenged += 1;
            self.out.send(back, wire::write(&challenge));
        }
    }
}
