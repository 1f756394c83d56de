//! Decides replies, callbacks, urges, failed tries and reopening (T20 to T26).

use std::{collections::BTreeSet, time::Duration};

use model::{
    desk::{
        Actor, Callback, CallbackChannel, Reached, ReopenGround, ReplyBy, ReplyMade, TicketEvent,
        TicketState, Urge, UrgeChannel, UrgeSource,
    },
    event::Role,
};

use super::{CommandContext, DAY_S, check_room};
use crate::rules::ReplyRule;
use workflow::{
    Fault, Refusal,
    text::{TEXT_MAX, bounded, filled},
};

impl CommandContext<'_> {
    /// Closes the ticket as unsatisfied (T24), which requires unsatisfied answers to two messages
    /// and one call. A call may replace a message, because some callers have a fixed line or never
    /// write.
    pub(super) fn close_unsatisfied(&self, faults: &mut Vec<Fault>, reason: String) -> TicketEvent {
        filled(faults, "reason", &reason);
        let (sms, calls) = self.ticket.unsatisfied_answers();
        let rules = self.desk.rules();
        let (need_sms, need_calls) = (rules.unsatisfied_sms, rules.unsatisfied_calls);
        let (need_sms, need_calls) = (usize::from(need_sms), usize::from(need_calls));
        if calls < need_calls + need_sms.saturating_sub(sms) {
            let what = format!(
                "have {sms} unsatisfied SMS and {calls} unsatisfied calls; {need_sms} and {need_calls} are needed, and a call may replace an SMS (CB-06)"
            );
            faults.push(Fault::new("callbacks", what));
        }
        TicketEvent::ClosedUnsatisfied { reason }
    }

    /// Reopens the ticket (T26): a citizen may do so for some weeks, the hotline at any time.
    pub(super) fn reopen(
        &self,
        faults: &mut Vec<Fault>,
        ground: ReopenGround,
        text: String,
    ) -> TicketEvent {
        filled(faults, "text", &text);
        if self.ticket.times.registered.is_none() {
            faults.push(Fault::new("ticket", "was never registered: open a new ticket"));
        }
        let days = self.desk.rules().reopen_days;
        let last = Duration::from_secs(u64::from(days) * DAY_S);
        let closed = self.ticket.times.closed.unwrap_or(self.now);
        if *self.by == Actor::Citizen && self.now.since(closed) > last {
            let what = format!("is more than {days} days ago: open a new ticket by a new call");
            faults.push(Fault::new("closed", what));
        }
        TicketEvent::Reopened { ground, text }
    }

    /// Records the check of a follow-up; a relapse opens a closed ticket again (RPL-24, follow-up;
    /// T26).
    pub(super) fn check_follow_up(
        &self,
        mut faults: Vec<Fault>,
        n: u16,
        kept: bool,
        text: String,
    ) -> Result<Vec<TicketEvent>, Refusal> {
        let ticket = self.ticket;
        match ticket.follow_ups.get(usize::from(n).wrapping_sub(1)) {
            Some(followed) if followed.checked.is_none() => {}
            Some(_) => faults.push(Fault::new("n", "was checked already")),
            None => faults.push(Fault::new("n", format!("1 to {}", ticket.follow_ups.len()))),
        }
        bounded(&mut faults, "text", &text, TEXT_MAX);
        let again =
            !kept && ticket.state == TicketState::Closed && ticket.times.registered.is_some();
        if again {
            filled(&mut faults, "text", &text);
        }
        Refusal::unless_none(faults)?;
        let reopened = TicketEvent::Reopened { ground: ReopenGround::Relapse, text: text.clone() };
        let checked = TicketEvent::FollowUpChecked { n, kept, text };
        Ok([checked].into_iter().chain(again.then_some(reopened)).collect())
    }

    pub(super) fn reply(
        &self,
        faults: &mut Vec<Fault>,
        reply: ReplyMade,
    ) -> Result<ReplyMade, Refusal> {
        filled(faults, "text", &reply.text);
        if !reply.interim && self.ticket.state != TicketState::Reply {
            let what = "must be true: the result is not accepted yet";
            faults.push(Fault::new("interim", what));
        }
        let by_unit = matches!(self.by.role(), Some(Role::Liaison | Role::UnitHead));
        // The rule at the time the result was accepted decides, because the work list follows it
        // too.
        let rule = match self.ticket.state {
            TicketState::Reply => self.ticket.reply_rule(),
            _ => self.desk.rules().reply_by,
        };
        let allowed = match rule {
            ReplyRule::Hub => !by_unit || reply.interim,
            ReplyRule::Unit => by_unit || reply.interim,
            ReplyRule::Both => true,
        };
        if !allowed {
            let why = format!("by the rules of this hotline the {rule:?} tells the caller");
            return Err(Refusal::Forbidden { why, roles: vec![] });
        }
        if reply.how == ReplyBy::Phone && reply.reached == Reached::Yes && reply.call.is_none() {
            faults.push(Fault::new("call", "is missing: name the recorded call"));
        }
        let by_unit = by_unit.then(|| self.by.unit().cloned()).flatten();
        Ok(ReplyMade { by_unit, ..reply })
    }

    pub(super) fn ask(
        &self,
        faults: &mut Vec<Fault>,
        mut callback: Callback,
    ) -> Result<Callback, Refusal> {
        if self.by.account().is_some_and(|account| self.ticket.worked_by.contains(account)) {
            let why = "you worked on this ticket: another person must call back (2.7)".into();
            return Err(Refusal::Forbidden { why, roles: vec![Role::Callback] });
        }
        if callback.grade.is_some() && callback.reached != Reached::Yes {
            faults.push(Fault::new("grade", "is given, but the caller was not reached"));
        }
        if *self.by == Actor::Citizen
            && !matches!(
                callback.how,
                CallbackChannel::Sms | CallbackChannel::Web | CallbackChannel::Robot
            )
        {
            callback.how = CallbackChannel::Web;
        }
        if callback.how == CallbackChannel::Manual
            && callback.reached == Reached::Yes
            && callback.call.is_none()
        {
            faults.push(Fault::new("call", "is missing: name the recorded call"));
        }
        check_room(faults, "callbacks", self.ticket.callbacks.len());
        bounded(faults, "text", &callback.text, TEXT_MAX);
        Ok(callback)
    }

    pub(super) fn urge(&self, channel: UrgeChannel, text: String) -> Urge {
        let source = match self.by {
            Actor::Citizen | Actor::Partner(_) => UrgeSource::Citizen,
            Actor::Engine => UrgeSource::System,
            Actor::Person { role: Role::Leader, .. } => UrgeSource::Leader,
            Actor::Person { role: Role::GovSupervision, .. } => UrgeSource::Supervisor,
            Actor::Person { role: Role::Agent | Role::Supervisor, .. } => UrgeSource::Citizen,
            Actor::Person { .. } => UrgeSource::Hub,
        };
        let level = self.desk.level_of(self.ticket, self.now);
        let counts = self.ticket.urges.counts(source, self.now, self.desk.zone());
        Urge { source, channel, level, text, counts }
    }

    pub(super) fn check_tries(&self, faults: &mut Vec<Fault>) {
        let rules = self.desk.rules();
        let calls = self.ticket.tries.iter().filter(|t| t.what.0 == ReplyBy::Phone);
        let missed = calls.filter(|t| t.what.1 != Reached::Yes);
        let days: BTreeSet<_> = missed.clone().map(|t| self.desk.zone().date(t.at)).collect();
        let (tries, days) = (missed.count(), days.len());
        if tries < usize::from(rules.tries_min) || days < usize::from(rules.tries_days_min) {
            let what = format!(
                "{tries} failed calls on {days} days; {} calls on {} days are needed (T08)",
                rules.tries_min, rules.tries_days_min
            );
            faults.push(Fault::new("tries", what));
        }
        if !self.ticket.tries.iter().any(|t| t.what.0 == ReplyBy::Sms) {
            faults.push(Fault::new("tries", "are missing an SMS: send one first (T08)"));
        }
    }
}
