//! The steps that follow by rule, computed from a ticket's state and the time, one event at a time.
//!
//! A step does not remember what it has done: the next event is the one that the state still lacks.
//! So a crash between two records loses nothing, and a restart looks at every ticket once.

use std::{collections::BTreeSet, time::Duration};

use model::{
    TicketId, Timestamp,
    desk::{
        AssignmentEvent, AssignmentId, AssignmentState, Callback, CallbackChannel, Channel,
        ClockKind, ClockTerms, DeskEvent, FilingEvent, FilingId, FilingState, FollowUp,
        FollowUpSource, Reached, TicketClosure, TicketEvent, TicketState, Urge, UrgeChannel,
        UrgeSource,
    },
};

use super::Desk;
use crate::{
    Filing, Ticket, TicketKind,
    assignment::{Assignment, is_handling_clock},
};
use deadlines::clock::{Allowance, Clock, OverdueLevel, child_due_latest, quick_kind};

impl Desk {
    /// The next event that follows by rule; `None` when nothing follows. Apply it before the next
    /// call.
    pub fn poll_step(&mut self, now: Timestamp) -> Option<DeskEvent> {
        while let Some((at, id)) = self.rule_agenda.by_time.first().copied()
            && at <= now
        {
            self.rule_agenda.by_time.remove(&(at, id));
            self.rule_agenda.by_ticket.remove(&id);
            self.rule_agenda.changed.insert(id);
        }
        while let Some(id) = self.rule_agenda.changed.first().copied() {
            let Some(ticket) = self.tickets.get(&id) else {
                self.rule_agenda.changed.remove(&id);
                continue;
            };
            if let Some(event) = self.next_step(ticket, now) {
                return Some(event);
            }
            let again = self.next_check(ticket, now);
            self.rule_agenda.changed.remove(&id);
            self.schedule(id, again);
        }
        None
    }

    /// When the rules look again, if nothing happens before: at once while there is a ticket that
    /// they have not looked at.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        if !self.rule_agenda.changed.is_empty() {
            return Some(Timestamp::default());
        }
        self.rule_agenda.by_time.first().map(|(at, _)| *at)
    }

    fn schedule(&mut self, id: TicketId, at: Option<Timestamp>) {
        if let Some(old) = self.rule_agenda.by_ticket.remove(&id) {
            self.rule_agenda.by_time.remove(&(old, id));
        }
        if let Some(at) = at {
            self.rule_agenda.by_ticket.insert(id, at);
            self.rule_agenda.by_time.insert((at, id));
        }
    }

    fn next_step(&self, ticket: &Ticket, now: Timestamp) -> Option<DeskEvent> {
        let on_ticket = |event| DeskEvent::Ticket(ticket.ticket, event);
        self.clock_to_start(ticket)
            .or_else(|| self.filing_to_show(ticket, now))
            .or_else(|| follow_up_to_set(ticket))
            .or_else(|| self.step_of_state(ticket, now))
            .map(on_ticket)
            .or_else(|| self.step_of_units(ticket, now))
            .or_else(|| self.filing_to_end(ticket, now))
    }

    /// A clock that the ticket's state requires and that was not started.
    fn clock_to_start(&self, ticket: &Ticket) -> Option<TicketEvent> {
        use TicketState as S;
        let policy = &self.rules.clocks;
        let ever = |kind| ticket.clocks.iter().any(|c| c.terms().kind == kind);
        let running =
            |kind| ticket.clocks.iter().any(|c| c.terms().kind == kind && c.end().is_none());
        let start = |kind| policy.terms(kind).map(TicketEvent::ClockStarted);
        let written = !matches!(ticket.channel, Channel::Phone | Channel::Found);
        if let Some(due) = self.upper_due_without_clock(ticket) {
            let (kind, policy) = (ClockKind::Upper, policy.version);
            let allowance = Allowance::Until(due);
            return Some(TicketEvent::ClockStarted(ClockTerms { kind, allowance, policy }));
        }
        match ticket.state {
            S::Draft if ticket.kind == TicketKind::MissedCall && !ever(ClockKind::LostCall) => {
                start(ClockKind::LostCall)
            }
            S::Draft if written && !ever(ClockKind::MessageAck) => start(ClockKind::MessageAck),
            S::Draft if written && !ever(ClockKind::MessageHuman) => start(ClockKind::MessageHuman),
            S::Draft => None,
            // Registration gave the message a number, which acknowledges it.
            S::Registered if running(ClockKind::MessageAck) => {
                Some(TicketEvent::ClockMet(ClockKind::MessageAck))
            }
            S::Registered if !ever(ClockKind::QuickRespond) && ticket.form.quick().is_some() => {
                let kind = quick_kind(ticket.form.quick()?)?;
                let allowance = Allowance::Natural(kind.respond_s);
                let (kind, policy) = (ClockKind::QuickRespond, policy.version);
                Some(TicketEvent::ClockStarted(ClockTerms { kind, allowance, policy }))
            }
            // The 24-hour ceiling of quick kinds applies as well (CLK-04).
            S::Registered if ticket.form.quick().is_some() && quick_clocks(ticket) < 2 => {
                start(ClockKind::QuickRespond)
            }
            S::Registered if ticket.form.danger == Some(true) && !ever(ClockKind::QuickDanger) => {
                start(ClockKind::QuickDanger)
            }
            S::InReview if !running(ClockKind::Review) => start(ClockKind::Review),
            S::ResultCheck if !running(ClockKind::HubAccept) => start(ClockKind::HubAccept),
            S::Reply if !running(ClockKind::HubReply) => start(ClockKind::HubReply),
            S::Callback if !running(ClockKind::CallbackStart) && !asked_in_round(ticket) => {
                start(ClockKind::CallbackStart)
            }
            _ => None,
        }
    }

    fn step_of_state(&self, ticket: &Ticket, now: Timestamp) -> Option<TicketEvent> {
        use TicketState as S;
        match ticket.state {
            S::Handling => self.results(ticket),
            S::Following => {
                let master = self.matter(ticket.matter?)?.master;
                if self.ticket(master).is_some_and(ended_without_result) {
                    let reason = "the ticket it followed ended without a result".into();
                    return Some(TicketEvent::Unmerged { reason, matter: ticket.ticket.into() });
                }
                let passed = match self.ticket(master) {
                    Some(master) => {
                        master.times.accepted.is_some()
                            && matches!(master.state, S::Reply | S::Callback | S::Closed)
                    }
                    // The master was closed before it was archived.
                    None => true,
                };
                passed.then_some(TicketEvent::MasterPassed)
            }
            S::Reply if ticket.contact().is_none() => Some(TicketEvent::ReplyImpossible),
            S::Callback => self.step_of_callback(ticket, now),
            S::Closed => self.archive(ticket, now),
            S::InReview => {
                self.route_to_propose(ticket, now).or_else(|| self.claim_to_lapse(ticket, now))
            }
            _ => self.claim_to_lapse(ticket, now),
        }
    }

    /// Releases a ticket whose claim from the pool has lapsed.
    fn claim_to_lapse(&self, ticket: &Ticket, now: Timestamp) -> Option<TicketEvent> {
        let lapse = self.claim_lapses(ticket)?;
        (lapse <= now).then_some(TicketEvent::Released)
    }

    /// The due date of an upper hotline for which no clock runs yet (CHAN-08, cases of the upper
    /// hotline).
    fn upper_due_without_clock(&self, ticket: &Ticket) -> Option<Timestamp> {
        let due = ticket.form.foreign.iter().flatten().filter_map(|foreign| foreign.due).min()?;
        let kept = ticket.clocks.iter().any(|clock| {
            let terms = clock.terms();
            terms.kind == ClockKind::Upper && terms.allowance == Allowance::Until(due)
        });
        (!kept && !ticket.is_over() && ticket.times.replied.is_none()).then_some(due)
    }

    /// Moves on when all results are in (T17), or recalls the ticket when every leading unit has
    /// returned it (T16).
    fn results(&self, ticket: &Ticket) -> Option<TicketEvent> {
        let of_hub = || {
            (ticket.assignments.iter()).filter(|a| a.required && a.parent.is_none() && !a.is_gone())
        };
        if !of_hub().any(crate::assignment::Assignment::is_lead) {
            let reason = "every leading unit has returned it".into();
            return Some(TicketEvent::Recalled { reason });
        }
        let passed = |state| matches!(state, AssignmentState::SupPassed | AssignmentState::Done);
        of_hub().all(|a| passed(a.state)).then_some(TicketEvent::ResultsIn)
    }

    fn step_of_callback(&self, ticket: &Ticket, now: Timestamp) -> Option<TicketEvent> {
        let evaluated = ticket.eval_final.filter(|e| e.round == ticket.round);
        // An answer in this round after the reply counts; an earlier one was about another
        // handling.
        if let Some(evaluation) = evaluated
            && ticket.times.replied.is_none_or(|replied| evaluation.at >= replied)
        {
            return evaluation.grade.is_satisfied().then_some(TicketEvent::Satisfied);
        }
        if self.is_unreachable(ticket) {
            return Some(TicketEvent::ClosedUnreached);
        }
        let by_sms = self.can_ask_by_sms(ticket) && !asked_in_round(ticket);
        (by_sms && self.may_write_at(now)).then(|| {
            TicketEvent::Asked(Callback {
                how: CallbackChannel::Sms,
                reached: Reached::NoAnswer,
                grade: None,
                contacted_by_unit: None,
                result_true: None,
                solved: None,
                call: None,
                text: String::new(),
            })
        })
    }

    /// Whether a gateway is configured and the number is a mobile phone's.
    fn can_ask_by_sms(&self, ticket: &Ticket) -> bool {
        self.rules.ask_by_sms && ticket.contact().is_some_and(messaging::is_mobile)
    }

    /// Whether an SMS was sent and the configured number of calls on different days reached nobody
    /// (T25).
    fn is_unreachable(&self, ticket: &Ticket) -> bool {
        let in_round = || ticket.callbacks.iter().filter(|a| a.round == ticket.round);
        let written = !self.can_ask_by_sms(ticket)
            || in_round().any(|a| a.callback.how == CallbackChannel::Sms);
        let tries: Vec<Timestamp> = in_round()
            .filter(|a| {
                a.callback.how == CallbackChannel::Manual && a.callback.reached != Reached::Yes
            })
            .map(|a| a.at)
            .collect();
        let days: BTreeSet<_> = tries.iter().map(|at| self.zone().date(*at)).collect();
        written
            && tries.len() >= usize::from(self.rules.tries_min)
            && days.len() >= usize::from(self.rules.tries_days_min)
    }

    fn archive(&self, ticket: &Ticket, now: Timestamp) -> Option<TicketEvent> {
        let due = self.archive_at(ticket)?;
        let free = ticket.archive_obstacles().is_empty()
            && self.matter_archive_obstacles(ticket).is_empty();
        (due <= now && free).then(|| TicketEvent::Archived { manifest: ticket.manifest() })
    }

    fn archive_at(&self, ticket: &Ticket) -> Option<Timestamp> {
        let days = u64::from(self.rules.archive_days);
        let struck_off = ticket.dissatisfaction.as_ref().and_then(|item| item.struck_off);
        Some(ticket.times.closed.max(struck_off)? + Duration::from_secs(days * DAY_S))
    }

    /// Steps for the units: reviews, results of lower units, urges.
    fn step_of_units(&self, ticket: &Ticket, now: Timestamp) -> Option<DeskEvent> {
        for (n, assignment) in ticket.assignments.iter().enumerate() {
            let n = u16::try_from(n + 1).ok()?;
            let id = AssignmentId { ticket: ticket.ticket, n };
            let reviewing = assignment.clocks.iter().any(|clock| {
                clock.terms().kind == ClockKind::SuperviseReview && clock.end().is_none()
            });
            let event = match assignment.state {
                AssignmentState::Submitted if self.needs_further_signatures(assignment) => {
                    let post = self.rules.further_signatures.clone();
                    Some(AssignmentEvent::SignaturesAsked { post })
                }
                AssignmentState::Submitted if !reviewing => {
                    let terms = self.rules.clocks.terms(ClockKind::SuperviseReview);
                    terms.map(AssignmentEvent::ClockStarted)
                }
                AssignmentState::Submitted if assignment.remarks.is_empty() => {
                    let remarks = (assignment.result.as_ref())
                        .map_or(Vec::new(), |result| self.rules.wording.remarks(result));
                    (!remarks.is_empty()).then_some(AssignmentEvent::WordingRemarked(remarks))
                }
                AssignmentState::Delegated => {
                    let mut children = ticket.assignments.iter().filter(|a| a.parent == Some(n));
                    let back = |state| {
                        use AssignmentState::{Done, Returned, SupPassed, Withdrawn};
                        matches!(state, SupPassed | Done | Returned | Withdrawn)
                    };
                    children.all(|child| back(child.state)).then_some(AssignmentEvent::ChildBack)
                }
                _ => None,
            };
            let event = event.or_else(|| self.leader_clock(ticket, assignment, now));
            let event = event.or_else(|| {
                let level = self.urge_level(
                    ticket,
                    assignment.clocks.iter().filter(|c| is_handling_clock(c.terms().kind)),
                    now,
                )?;
                let urged = assignment.urges.system_level();
                let open = assignment.is_open() && level > urged;
                open.then(|| AssignmentEvent::Urged(system_urge(level)))
            });
            if let Some(event) = event {
                return Some(DeskEvent::Assignment(id, event));
            }
        }
        let quick = ticket.clocks.iter().filter(|c| is_quick(c.terms().kind));
        let level = self.urge_level(ticket, quick, now)?;
        let open = !ticket.is_over() && level > ticket.urges.system_level();
        open.then(|| DeskEvent::Ticket(ticket.ticket, TicketEvent::Urged(system_urge(level))))
    }

    /// A ticket signed by a leader after its dispatch gets the leader's clock (CLK-02,
    /// leader-signed limit): for the leading unit from now on, for a lower unit a working day
    /// earlier.
    fn leader_clock(
        &self,
        ticket: &Ticket,
        assignment: &Assignment,
        now: Timestamp,
    ) -> Option<AssignmentEvent> {
        use AssignmentState::{Arbitrating, SupPassed};
        let signed = ticket.state == TicketState::Handling && !ticket.instructions.is_empty();
        let at_work = assignment.is_lead() && assignment.is_open();
        if !signed || !at_work || matches!(assignment.state, Arbitrating | SupPassed) {
            return None;
        }
        let kind = ClockKind::LeaderSigned;
        let has = |a: &Assignment| a.clocks.iter().any(|clock| clock.terms().kind == kind);
        // A legally paused assignment gets no new clock, which would run.
        let held = |clock: &Clock| clock.end().is_none() && clock.pauses().at(now).is_some();
        if has(assignment) || assignment.clocks.iter().any(held) {
            return None;
        }
        let terms = self.rules.clocks.terms(kind)?;
        let Some(above) = assignment.parent else {
            return Some(AssignmentEvent::ClockStarted(terms));
        };
        let above =
            ticket.assignment(above).filter(|above| has(above))?.due(self.working_time())?;
        if assignment.due(self.working_time()).is_some_and(|due| due < above) {
            return None;
        }
        let before = child_due_latest(self.working_time(), now, above);
        let before = before.unwrap_or(Timestamp::from_micros(above.micros() - 1_000_000));
        Some(AssignmentEvent::ClockStarted(ClockTerms {
            allowance: Allowance::Until(before),
            ..terms
        }))
    }

    /// Whether further posts sign this result of a top-level unit after the head (RPL-07). The
    /// chain is asked for once a result, so a chain that the rules get later is for the next one.
    fn needs_further_signatures(&self, assignment: &Assignment) -> bool {
        let asked = !assignment.further.is_empty();
        let chain = assignment.parent.is_none() && !self.rules.further_signatures.is_empty();
        chain && !asked && assignment.signatures.len() == 1
    }

    /// The highest level of lateness at which a unit is urged by message: O1 or O2 (hotline.md
    /// 2.5d).
    fn urge_level<'c>(
        &self,
        ticket: &Ticket,
        clocks: impl Iterator<Item = &'c Clock>,
        now: Timestamp,
    ) -> Option<OverdueLevel> {
        clocks
            .filter(|clock| clock.end().is_none())
            .map(|clock| self.reading(ticket, clock, now).level.min(OverdueLevel::O2))
            .max()
            .filter(|level| *level > OverdueLevel::O0)
    }

    /// The filing that answers the matter of a ticket that is registered or about to be dispatched
    /// (UNS-04).
    fn filing_to_show(&self, ticket: &Ticket, now: Timestamp) -> Option<TicketEvent> {
        if !matches!(ticket.state, TicketState::Registered | TicketState::InReview) {
            return None;
        }
        let holds = |(_, filing): &(FilingId, &Filing)| filing.is_in_force(now, None);
        let found = ticket.matter.and_then(|matter| self.filings_of(matter).find(holds));
        let filing = found.map(|(id, _)| id);
        let answer = found.map(|(_, filing)| filing.form.answer.clone()).unwrap_or_default();
        (filing != ticket.filed).then_some(TicketEvent::FilingFound { filing, answer })
    }

    fn filing_to_end(&self, ticket: &Ticket, now: Timestamp) -> Option<DeskEvent> {
        let matter = ticket.matter.filter(|matter| matter.0 == ticket.ticket)?;
        let over = |filing: &Filing| {
            filing.state == FilingState::Approved && !filing.is_in_force(now, None)
        };
        let (id, _) = self.filings_of(matter).find(|(_, filing)| over(filing))?;
        Some(DeskEvent::Filing(id, FilingEvent::Expired))
    }

    /// When a rule may have a new step for the ticket.
    fn next_check(&self, ticket: &Ticket, now: Timestamp) -> Option<Timestamp> {
        let levels = {
            let own = ticket.clocks.iter().filter(|c| is_quick(c.terms().kind));
            let units = ticket.assignments.iter().filter(|a| a.is_open()).flat_map(|a| &a.clocks);
            let clocks = own.chain(units.filter(|c| is_handling_clock(c.terms().kind)));
            clocks
                .filter_map(|c| c.next_level_at(now, self.working_time(), &self.rules.clocks))
                .min()
        };
        let archive = (ticket.state == TicketState::Closed)
            .then(|| self.archive_at(ticket))
            .flatten()
            // While something holds the ticket, its end triggers a new look, and so does each day.
            .map(|at| if at <= now { now + Duration::from_secs(DAY_S) } else { at });
        let ask = (ticket.state == TicketState::Callback
            && self.can_ask_by_sms(ticket)
            && !asked_in_round(ticket))
        .then(|| self.writable_from(now));
        // The filing that is shown holds until then.
        let filed = ticket.filed.and_then(|id| self.filing(id)?.valid_to);
        let filed = filed.map(|to| to + Duration::from_micros(1));
        [levels, archive, ask, filed, self.claim_lapses(ticket)]
            .into_iter()
            .flatten()
            .filter(|at| *at > now)
            .min()
    }

    fn claim_lapses(&self, ticket: &Ticket) -> Option<Timestamp> {
        let claim = ticket.claim.as_ref()?;
        Some(claim.at + Duration::from_secs(u64::from(self.rules.claim_minutes) * 60))
    }

    /// Whether SMS are sent at this time; they are not sent at night.
    fn may_write_at(&self, at: Timestamp) -> bool {
        let hour = self.zone().second_of_day(at) / 3_600;
        hour >= u32::from(self.rules.quiet_to) && hour < u32::from(self.rules.quiet_from)
    }

    fn writable_from(&self, now: Timestamp) -> Timestamp {
        let mut at = now;
        // The first whole hour within a day that is not quiet.
        for _ in 0..24 {
            if self.may_write_at(at) {
                break;
            }
            at += Duration::from_secs(3_600);
        }
        at
    }
}

/// The next follow-up that the rules set: a promise on its day (RPL-15), and some days after the
/// end of a ticket with promises, whether the trouble is back (RPL-24).
fn follow_up_to_set(ticket: &Ticket) -> Option<TicketEvent> {
    let promises = (1..).zip(&ticket.commitments).map(|(n, promise)| FollowUp {
        what: format!("{}承诺：{}", promise.by, promise.what),
        due: promise.due,
        binding: true,
        source: Some(FollowUpSource::Promise(n)),
    });
    let handled = matches!(
        ticket.closure,
        Some(TicketClosure::Evaluated | TicketClosure::NoEvaluation | TicketClosure::Unsatisfied)
    );
    let promised = !ticket.commitments.is_empty();
    let end = ticket.times.closed.filter(|_| handled && promised);
    let relapses = end.into_iter().flat_map(|end| {
        RELAPSE_DAYS.map(|days| FollowUp {
            what: "是否反弹".into(),
            due: end + Duration::from_secs(u64::from(days) * DAY_S),
            binding: true,
            source: Some(FollowUpSource::Days(days)),
        })
    });
    let is_set = |wanted: &FollowUp| {
        let mut all = ticket.follow_ups.iter().map(|followed| &followed.follow_up);
        all.any(|found| found.source == wanted.source && found.due == wanted.due)
    };
    promises.chain(relapses).find(|wanted| !is_set(wanted)).map(TicketEvent::FollowUpSet)
}

/// Whether a ticket is over without an accepted result that its followers could be told.
fn ended_without_result(master: &Ticket) -> bool {
    master.is_over() && master.times.accepted.is_none()
}

fn asked_in_round(ticket: &Ticket) -> bool {
    let since = ticket.times.replied.unwrap_or_default();
    ticket.callbacks.iter().any(|asked| asked.round == ticket.round && asked.at >= since)
}

fn quick_clocks(ticket: &Ticket) -> usize {
    ticket.clocks.iter().filter(|c| c.terms().kind == ClockKind::QuickRespond).count()
}

fn is_quick(kind: ClockKind) -> bool {
    matches!(kind, ClockKind::QuickRespond | ClockKind::QuickDanger)
}

fn system_urge(level: OverdueLevel) -> Urge {
    let text = match level {
        OverdueLevel::O0 | OverdueLevel::O1 => "临期提醒".to_owned(),
        OverdueLevel::O2 | OverdueLevel::O3 | OverdueLevel::O4 | OverdueLevel::O5 => {
            "已逾期，请说明原因".to_owned()
        }
    };
    Urge { source: UrgeSource::System, channel: UrgeChannel::Network, level, text, counts: true }
}

const DAY_S: u64 = 86_400;
/// The days after the end on which a person checks whether the trouble is back (RPL-24, follow-up).
const RELAPSE_DAYS: [u16; 2] = [7, 30];
