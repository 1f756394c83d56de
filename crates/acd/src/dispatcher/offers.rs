//! Offers: one seat, one call, one deadline. Each ends exactly once.

use std::collections::BTreeSet;

use model::{
    CallId, Event, OfferId, QueueId, SeatId, Timestamp,
    event::{
        MissedReason, OfferAccepted, OfferMade, OfferMissed, OfferWithdrawn, SeatWrapUpStarted,
        WithdrawalReason,
    },
};

use super::{Dispatcher, calls::Stage};
use crate::{
    Output, WithdrawReason,
    backlog::CallClass,
    decision::Context,
    matching::{Precedence, best_call, best_seat},
    requirement::Rank,
};

/// A reservation of one seat for one call.
#[derive(Debug)]
pub(super) struct Offer {
    call: CallId,
    seat: SeatId,
    made: Timestamp,
    /// Whether the phone has answered that it rings.
    rings: bool,
}

/// A caller and a seat that talk.
#[derive(Debug)]
pub(super) struct Talk {
    seat: SeatId,
    queue: usize,
}

impl Dispatcher {
    /// Matches seats that became ready and calls that became available. Afterwards no ready seat is
    /// left beside an available call that it may serve.
    ///
    /// While no voice port is free no seat is rung; these seats and calls are matched later.
    pub(super) fn dispatch(&mut self, now: Timestamp) {
        if self.no_ports {
            return;
        }
        // Ready seats take the first calls that they may serve, beginning with the first call of
        // all.
        let mut takers: BTreeSet<(Precedence, SeatId)> = BTreeSet::new();
        for seat in std::mem::take(&mut self.unmatched_seats) {
            takers.extend(self.first_for(seat).map(|first| (first, seat)));
        }
        while let Some((first, seat)) = takers.pop_first() {
            match self.first_for(seat) {
                Some(still) if still == first => {
                    self.offer_best(now, first.1.call);
                    // The queue's strategy may have chosen another seat.
                    takers.extend(self.first_for(seat).map(|next| (next, seat)));
                }
                // Another seat has taken that call.
                next => takers.extend(next.map(|next| (next, seat))),
            }
        }
        // Then available calls take the seats that remain. None of those could serve an older call.
        let mut calls = Vec::from_iter(std::mem::take(&mut self.unmatched_calls));
        calls.sort_by_key(|call| self.precedence(*call));
        for call in calls {
            self.offer_best(now, call);
        }
    }

    pub(super) fn ringing(&mut self, offer: OfferId) {
        // The lease runs from the offer, so a slow phone does not get more time.
        if let Some(offer) = self.offers.get_mut(&offer) {
            offer.rings = true;
        }
    }

    pub(super) fn answered(&mut self, now: Timestamp, id: OfferId) {
        // The answer crossed the end of its offer: the switch was told to end that leg, and the
        // call may ring elsewhere by now.
        let Some(offer) = self.offers.remove(&id) else { return };
        let Offer { call, seat, made, .. } = offer;
        let queue = self.calls.get(&call).map_or(0, |waiting| waiting.queue);
        let ring_ms = now.ms_since(made);
        self.engaged.insert(seat, (queue, now));
        let accepted = OfferAccepted { offer: id, call, seat, ring_ms };
        self.seat_event(now, seat, Event::OfferAccepted(accepted));
        self.forget(call);
        self.talks.insert(call, Talk { seat, queue });
    }

    pub(super) fn missed(
        &mut self,
        now: Timestamp,
        id: OfferId,
        reason: MissedReason,
        code: Option<u16>,
    ) {
        // This is the 487 to our own CANCEL, or a repeated answer: the offer is over.
        let Some(offer) = self.offers.remove(&id) else { return };
        let Offer { call, seat, made, .. } = offer;
        let ring_ms = now.ms_since(made);
        let outcome = reason.outcome();
        let missed =
            OfferMissed { offer: id, call, seat, outcome, reason: Some(reason), code, ring_ms };
        self.seat_event(now, seat, Event::OfferMissed(missed));
        let (not_ready, _) = self.policy.missed.consequence(outcome);
        self.back_off_after_miss(now, seat, not_ready);
        let again = now + self.policy.missed.same_call;
        if let Some(waiting) = self.calls.get_mut(&call) {
            waiting.does_not_ring(seat, again);
        }
        self.make_available(now, call);
    }

    /// The lease is over. A phone that rang was not answered; one that never rang is unreachable.
    pub(super) fn offer_lapsed(&mut self, now: Timestamp, id: OfferId) {
        let Some(offer) = self.offers.get(&id) else { return };
        let reason = match offer.rings {
            true => MissedReason::Unanswered,
            false => MissedReason::Silent,
        };
        let (call, seat, why) = (offer.call, offer.seat, WithdrawReason::Lapsed);
        self.outputs.push_back(Output::Withdraw { offer: id, call, seat, why });
        self.missed(now, id, reason, None);
    }

    /// No voice port was free to ring the seat. The seat and the call keep their positions.
    pub(super) fn not_rung(&mut self, now: Timestamp, id: OfferId) {
        let Some(call) = self.offers.get(&id).map(|offer| offer.call) else { return };
        self.no_ports = true;
        self.withdraw(now, id, WithdrawalReason::NoPorts);
        self.make_available(now, call);
    }

    /// A voice port is free; seats may be rung again.
    pub(super) fn ports_free(&mut self) {
        self.no_ports = false;
    }

    /// Withdraws the offer of a call, if there is one. The caller removes the call or puts it back.
    pub(super) fn withdraw_call(&mut self, now: Timestamp, call: CallId, why: WithdrawalReason) {
        if let Some(Stage::Offered(offer)) = self.calls.get(&call).map(|waiting| waiting.stage) {
            self.withdraw(now, offer, why);
        }
    }

    /// Withdraws an offer. The seat is as idle as before; the caller of the function puts the call
    /// back.
    pub(super) fn withdraw(&mut self, now: Timestamp, id: OfferId, why: WithdrawalReason) {
        let Some(offer) = self.offers.remove(&id) else { return };
        let Offer { call, seat, made, .. } = offer;
        let ring_ms = now.ms_since(made);
        let taken_back = WithdrawReason::TakenBack;
        self.outputs.push_back(Output::Withdraw { offer: id, call, seat, why: taken_back });
        let withdrawn = OfferWithdrawn { offer: id, call, seat, why, ring_ms };
        self.seat_event(now, seat, Event::OfferWithdrawn(withdrawn));
        if why != WithdrawalReason::SeatGone {
            self.recheck_phone(now, seat);
        }
    }

    pub(super) fn talk_ended(&mut self, now: Timestamp, call: CallId) {
        // The talk is over already, or there was none.
        let Some(Talk { seat, queue }) = self.talks.remove(&call) else { return };
        let next = self.seats.get(&seat).and_then(|state| state.next.clone());
        let wrap_up = self.queues.get(queue).map(|queue| queue.policy.wrap_up).unwrap_or_default();
        match next {
            Some((next, by)) => self.apply_after_talk(now, seat, next, by),
            None if wrap_up.is_zero() => self.after_work(now, seat),
            None => {
                let until = now + wrap_up;
                let started = SeatWrapUpStarted { seat, call, until };
                self.seat_event(now, seat, Event::SeatWrapUpStarted(started));
            }
        }
    }

    /// The first call that this seat may take, if the seat is ready.
    fn first_for(&self, seat: SeatId) -> Option<Precedence> {
        if !self.ready_agents.is_ready(seat) {
            return None;
        }
        let weight = |n: usize| self.queues.get(n).map_or(0, |queue| queue.policy.weight);
        let may = |call| self.calls.get(&call).is_some_and(|waiting| waiting.may_ring(seat));
        best_call(&self.backlog, self.ready_agents.group_of(seat)?, weight, may)
    }

    fn precedence(&self, call: CallId) -> Option<Precedence> {
        let waiting = self.calls.get(&call)?;
        let weight = self.queues.get(waiting.queue)?.policy.weight;
        Some((std::cmp::Reverse(weight), waiting.entry))
    }

    /// Offers an available call to the seat that its queue's strategy chooses, if there is one.
    fn offer_best(&mut self, now: Timestamp, call: CallId) {
        let Some(waiting) = self.calls.get(&call) else { return };
        let Stage::Available(class_id) = waiting.stage else { return };
        let Some(queue) = self.queues.get(waiting.queue) else { return };
        let Some(class) = self.backlog.class(class_id) else { return };
        let strategy = queue.policy.strategy;
        let best = best_seat(&self.ready_agents, class, strategy, |seat| waiting.may_ring(seat));
        let Some((rank, seat)) = best else { return };
        let missed_by = waiting.missed_by();
        let decision = Context {
            now,
            ready_agents: &self.ready_agents,
            class,
            queue: &queue.id,
            overflow: self.overflow_queue(class, rank),
            strategy,
            waited_ms: now.ms_since(waiting.queued),
            missed_by: &missed_by,
            agent_of: |seat| self.seats.get(&seat)?.agent().cloned(),
        }
        .decision();
        let until = now + queue.policy.ring;
        self.last_offer = OfferId(self.last_offer.0 + 1);
        let offer = self.last_offer;
        self.set_offered(call, offer);
        self.offers.insert(offer, Offer { call, seat, made: now, rings: false });
        let decision = Some(Box::new(decision));
        let made = OfferMade { offer, call, seat, until, why: String::new(), decision };
        self.seat_event(now, seat, Event::OfferMade(made));
        self.outputs.push_back(Output::Offer { offer, call, seat, until });
    }

    /// The overflow queue through which a group of this rank is reached.
    fn overflow_queue(&self, class: &CallClass, rank: Rank) -> Option<QueueId> {
        let step = usize::from(rank.overflow.checked_sub(1)?);
        let queue = self.queues.get(*class.requirement.overflow.get(step)?)?;
        Some(queue.id.clone())
    }
}
