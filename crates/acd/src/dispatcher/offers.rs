//! Offers: one seat, one call, one deadline. Each ends exactly once.

use std::{collections::BTreeSet, time::Duration};

use model::{
    CallId, Decision, Event, NotReadyReason, OfferId, QueueId, SeatId, Timestamp,
    event::{
        AfterTalk, MissedReason, OfferAccepted, OfferMade, OfferMissed, OfferWithdrawn, SeatActor,
        SeatWrapUpStarted, TalkTaken, WithdrawalReason,
    },
};

use super::{Dispatcher, Timer, calls::Stage};
use crate::{
    Output, WithdrawReason, Work,
    backlog::{CallClass, ClassId},
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
    /// The queue it came from; `None` once a new policy has none.
    pub(super) queue: Option<usize>,
    /// The wrap-up time of a queue that is gone.
    pub(super) wrap_up: Duration,
    /// Whether the call was transferred to a phone at which nobody was signed in. The phone is then in a call
    /// of its own for the dispatcher, also for an agent who signs in meanwhile.
    is_unattended: bool,
}

impl Talk {
    pub(super) fn is_at(&self, seat: SeatId) -> bool {
        self.seat == seat
    }
}

impl Dispatcher {
    /// Matches seats that became ready and calls that became available. Afterwards no ready seat is
    /// left beside an available call that it may serve, unless the turn made so many offers that
    /// the rest is matched in the next one.
    ///
    /// While no voice port is free no seat is rung; these seats and calls are matched later.
    pub(super) fn dispatch(&mut self, now: Timestamp) {
        if self.no_ports {
            return;
        }
        let mut offers_left = OFFERS_A_TURN;
        self.match_seats(now, &mut offers_left);
        if self.unmatched_seats.is_empty() {
            self.match_calls(now, &mut offers_left);
        }
        if !self.unmatched_seats.is_empty() || !self.unmatched_calls.is_empty() {
            self.timers.insert((now, Timer::Dispatch));
        }
    }

    /// Ready seats take the first calls that they may serve, beginning with the first call of all.
    fn match_seats(&mut self, now: Timestamp, offers_left: &mut usize) {
        let mut takers: BTreeSet<(Precedence, SeatId)> = BTreeSet::new();
        for _ in 0..SEATS_A_TURN {
            let Some(seat) = self.unmatched_seats.pop_first() else { break };
            takers.extend(self.first_for(seat).map(|first| (first, seat)));
        }
        while *offers_left > 0
            && let Some((first, seat)) = takers.pop_first()
        {
            match self.first_for(seat) {
                Some(still) if still == first => {
                    if self.offer_best(now, first.1.call) {
                        *offers_left -= 1;
                        // The queue's strategy may have chosen another seat.
                        takers.extend(self.first_for(seat).map(|next| (next, seat)));
                    }
                }
                // Another seat has taken that call.
                next => takers.extend(next.map(|next| (next, seat))),
            }
        }
        self.unmatched_seats.extend(takers.into_iter().map(|(_, seat)| seat));
    }

    /// Available calls take the seats that remain. None of those could serve an older call.
    fn match_calls(&mut self, now: Timestamp, offers_left: &mut usize) {
        for _ in 0..CALLS_A_TURN {
            if *offers_left == 0 {
                return;
            }
            let Some((_, entry)) = self.unmatched_calls.pop_first() else { return };
            *offers_left -= usize::from(self.offer_best(now, entry.call));
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
        if let Some(engaged) = self.engaged.get_mut(seat) {
            *engaged = Some((queue, now));
        }
        let accepted = OfferAccepted { offer: id, call, seat, ring_ms };
        self.seat_event(now, seat, Event::OfferAccepted(accepted));
        self.forget(call);
        let wrap_up = Duration::ZERO;
        let talk = Talk { seat, queue: Some(queue), wrap_up, is_unattended: false };
        self.talks.insert(call, talk);
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
            self.missed_calls.insert(call);
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

    /// A seat has a call that was transferred to it.
    pub(super) fn talk_taken(
        &mut self,
        now: Timestamp,
        call: CallId,
        seat: SeatId,
        queue: &QueueId,
        ring_ms: u64,
    ) {
        let Some(state) = self.seats.get(seat) else { return };
        let asked_for = match (&state.work, &state.next) {
            (Work::NotReady { reason, .. }, _)
                if NotReadyReason::by_person(reason.as_str()).is_some() =>
            {
                Some(AfterTalk::NotReady { reason: reason.clone() })
            }
            _ => None,
        };
        let queue = self.queue_index.get(queue).copied();
        let is_unattended = !state.is_logged_in();
        if let Some(queue) = queue
            && !is_unattended
            && let Some(engaged) = self.engaged.get_mut(seat)
        {
            *engaged = Some((queue, now));
        }
        // The phone's own call is the talk now.
        self.change(now, seat, |state| state.device.in_own_call = is_unattended);
        self.seat_event(now, seat, Event::TalkTaken(TalkTaken { call, seat, ring_ms }));
        self.talks.insert(call, Talk { seat, queue, wrap_up: Duration::ZERO, is_unattended });
        if asked_for.is_some() {
            self.set_next(now, seat, asked_for, SeatActor::Engine);
        }
    }

    pub(super) fn talk_ended(&mut self, now: Timestamp, call: CallId) {
        // The talk is over already, or there was none.
        let Some(talk) = self.talks.remove(&call) else { return };
        let Talk { seat, queue, wrap_up, is_unattended } = talk;
        if is_unattended {
            self.seat_free(now, seat);
            return;
        }
        let next = self.seats.get(seat).and_then(|state| state.next.clone());
        let queue = queue.and_then(|n| self.queues.get(n));
        let wrap_up = queue.map_or(wrap_up, |queue| queue.policy.wrap_up);
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

    /// Offers an available call to the seat that its queue's strategy chooses. Returns whether
    /// there is one.
    fn offer_best(&mut self, now: Timestamp, call: CallId) -> bool {
        let Some(class_id) = self.class_of(call) else { return false };
        self.backlog.refresh(class_id, &self.ready_agents);
        let Some((seat, until, decision)) = self.decide(now, call, class_id) else { return false };
        self.last_offer = OfferId(self.last_offer.0 + 1);
        let offer = self.last_offer;
        self.set_offered(call, offer);
        self.offers.insert(offer, Offer { call, seat, made: now, rings: false });
        let decision = Some(Box::new(decision));
        let made = OfferMade { offer, call, seat, until, why: String::new(), decision };
        self.seat_event(now, seat, Event::OfferMade(made));
        self.outputs.push_back(Output::Offer { offer, call, seat, until });
        true
    }

    /// The seat that a call is offered to, until when, and why.
    fn decide(
        &self,
        now: Timestamp,
        call: CallId,
        class: ClassId,
    ) -> Option<(SeatId, Timestamp, Decision)> {
        let waiting = self.calls.get(&call)?;
        let queue = self.queues.get(waiting.queue)?;
        let class = self.backlog.class(class)?;
        let (rank, seat) = best_seat(&self.ready_agents, class, |seat| waiting.may_ring(seat))?;
        let missed_by = waiting.missed_by();
        let decision = Context {
            now,
            ready_agents: &self.ready_agents,
            class,
            queue: &queue.id,
            overflow: self.overflow_queue(class, rank),
            waited_ms: now.ms_since(waiting.queued),
            missed_by: &missed_by,
            agent_of: |seat| self.seats.get(seat)?.agent().cloned(),
        }
        .decision();
        Some((seat, now + queue.policy.ring, decision))
    }

    /// The overflow queue through which a group of this rank is reached.
    fn overflow_queue(&self, class: &CallClass, rank: Rank) -> Option<QueueId> {
        let step = usize::from(rank.overflow.checked_sub(1)?);
        let queue = self.queues.get(*class.requirement.overflow.get(step)?)?;
        Some(queue.id.clone())
    }
}

/// The most offers of one turn: each becomes two records, a port and a call to a phone, and costs
/// some tens of microseconds.
const OFFERS_A_TURN: usize = 16;
/// The most seats that are matched in one turn.
const SEATS_A_TURN: usize = 64;
/// The most calls that are matched in one turn; without a ready seat one costs a fraction of a
/// microsecond.
const CALLS_A_TURN: usize = 256;
