//! S6: the first night of the heating season, with phones and desk together: 800 calls in ten
//! hours, 160 of them in one hour, twenty seats. Half of the calls are about one heat exchange
//! station and become one matter.

use std::time::Duration;

use deadlines::{
    calendar::{Calendar, OfficeHours},
    clock::{ClockKind, ClockStatus},
};
use model::{
    CalendarTable, CallId, TicketId, Timestamp, Zone,
    desk::{
        Actor, Approver, AssignmentId, ContactPurpose, DispatchMethod, DispatchPart, Form, Grade,
        HandlingOutcome, Importance, MatterId, OrderId, OrderLevel, OrderStep, Post, Purpose,
        Reached, RedoReason, ReplyBy, ReplyMade, Satisfaction, Scope, TicketClosure, TicketState,
    },
};
use ticketing::{
    Desk, DeskCommand, Rules, TicketKind,
    assignment::AssignmentCommand as A,
    desk::{OrderCommand, OrderDraft},
    ticket::TicketCommand as T,
};

use super::story_desk::{
    StoryResult, agent, by_sms, caller, director, dispatch, dispatcher, form, group, head, lead,
    liaison, moment, pass, register, result, shown, sign, spoken,
};
use crate::{World, chance::Chance};

/// The daily calls of the city in hotline.md 6, S6.
const CALLS: u64 = 800;
const PEAK_CALLS: u64 = 160;
/// More than twenty seats can answer when everyone comes home to a cold flat.
const BURST_CALLS: u64 = 60;
const BURST_S: u64 = 420;
const DISPATCHES_MAX: usize = 120;
/// Calls about the station, of every hundred: Liaocheng had 3,075 of 5,588.
const ABOUT_HEAT: u64 = 55;

pub(super) fn play(days: &CalendarTable, say: &mut dyn FnMut(&str)) -> StoryResult {
    let mut night = Night::open(days, say)?;
    night.evening()?;
    night.result()?;
    night.morning()?;
    night.account()
}

struct Night<'a> {
    world: World,
    say: &'a mut dyn FnMut(&str),
    /// The first ticket about the station.
    master: Option<TicketId>,
    merged: usize,
    dispatched: usize,
    chased: usize,
    called_back: usize,
    /// Missed calls that were called back by their deadline.
    in_time: usize,
    clustered: bool,
}

impl<'a> Night<'a> {
    /// Twenty seats at noon, and the schedule of all calls.
    fn open(days: &CalendarTable, say: &'a mut dyn FnMut(&str)) -> Result<Night<'a>, String> {
        let calendar = Calendar::new(Zone::CHINA, OfficeHours::default(), days);
        let desk = Desk::new(Rules::shipped(), calendar, [1; 32]);
        let noon = time("2018-11-15 11:55")?;
        let mut world = World::scene(6, noon, desk);
        let mut chance = Chance::new(1_115);
        let (from, peak) = (time("2018-11-15 12:00")?, time("2018-11-15 18:00")?);
        let hour = Duration::from_secs(3_600);
        for n in 0..CALLS {
            let at = if n < BURST_CALLS {
                peak + chance.between(Duration::ZERO, Duration::from_secs(BURST_S))
            } else if n < PEAK_CALLS {
                peak + chance.between(Duration::ZERO, hour)
            } else {
                // The nine hours outside the peak.
                let at = from + chance.between(Duration::ZERO, hour * 9);
                if at < peak { at } else { at + hour }
            };
            let about_heat = chance.below(100) < ABOUT_HEAT;
            let prefix = if about_heat { "1391" } else { "1392" };
            world.dials_at(at, &format!("{prefix}000{n:04}"));
        }
        let mut night = Night {
            world,
            say,
            master: None,
            merged: 0,
            dispatched: 0,
            chased: 0,
            called_back: 0,
            in_time: 0,
            clustered: false,
        };
        night.tell("twenty seats are signed in and ready; the heating starts");
        Ok(night)
    }

    /// Ten hours of calls; each ticket is worked on as its call ends.
    fn evening(&mut self) -> StoryResult {
        let minute = Duration::from_secs(60);
        let end = time("2018-11-15 22:10")?;
        let (on_site, ordered) = (time("2018-11-15 13:30")?, time("2018-11-15 16:00")?);
        let (mut was_on_site, mut was_ordered) = (false, false);
        while self.world.now() < end {
            let next = self.world.now() + minute;
            self.world.play_to(next);
            self.work()?;
            if !was_on_site && self.world.now() >= on_site {
                was_on_site = true;
                self.on_site()?;
            }
            if !was_ordered && self.world.now() >= ordered {
                was_ordered = true;
                self.order()?;
            }
            if self.world.now() >= time("2018-11-15 18:06")?
                && self.world.now() < time("2018-11-15 18:07")?
            {
                let open = self.world.memory_now().open_calls.values();
                let waiting = open.filter(|cdr| cdr.connected.is_none()).count();
                self.holds(waiting > 10, &format!("the queue overflows: {waiting} wait"))?;
                self.tell(&format!("everybody calls at once: {waiting} wait for twenty seats"));
            }
            if self.world.now() >= time("2018-11-15 19:00")?
                && self.world.now() < time("2018-11-15 19:01")?
            {
                let report = self.world.report();
                let wait = report.longest_wait_ms / 1_000;
                self.tell(&format!(
                    "the peak hour is over: {} calls so far, {} answered, the longest wait {wait} s",
                    report.arrived, report.connected
                ));
            }
        }
        let open = self.world.memory_now().open_calls.len();
        self.holds(open == 0, &format!("{open} calls are still up"))
    }

    /// Agents and dispatchers work on the tickets of the calls that ended.
    fn work(&mut self) -> StoryResult {
        let memory = self.world.memory_now();
        let drafts = memory.desk.in_state(TicketState::Draft);
        let over = drafts.filter(|t| t.call.is_none_or(|c| !memory.open_calls.contains_key(&c)));
        let met = |t: &ticketing::Ticket| t.clocks.iter().any(|c| c.end().is_some());
        let over: Vec<(TicketId, TicketKind, bool, bool)> = over
            .map(|t| (t.ticket, t.kind, t.caller.reveal().starts_with("1391"), met(t)))
            .collect();
        for (ticket, kind, about_heat, met) in over {
            match kind {
                TicketKind::MissedCall if met => {
                    self.in_time += usize::from(self.was_in_time(ticket));
                    self.does(&agent(), ticket, T::Void { reason: "已回拨".into() });
                }
                TicketKind::MissedCall => {
                    self.called_back += 1;
                    let back = spoken(ContactPurpose::Other, None, "回拨，已登记");
                    self.does(&agent(), ticket, T::Contact(back));
                }
                TicketKind::Conversation if about_heat => self.about_heat(ticket)?,
                TicketKind::Conversation => self.about_else(ticket),
            }
        }
        self.taken()
    }

    /// The first ticket is dispatched; the others join its matter at once.
    fn about_heat(&mut self, ticket: TicketId) -> StoryResult {
        let demand = || {
            let mut demand = form(Purpose::Complaint, "020401", "换热站停暖", "371500");
            demand.quick_kind = Some("Q04".into());
            demand.scope = Some(Scope::Area);
            demand
        };
        let Some(master) = self.master else {
            let demand = Form { importance: Some(Importance::Important), ..demand() };
            self.does(&agent(), ticket, register(demand));
            self.does(&dispatcher(), ticket, T::Review);
            let listener = "热力公司值班员".into();
            let method =
                DispatchMethod::Phone { call: CallId::from_arrival(self.world.now()), listener };
            let part = DispatchPart { method, ..lead("heating") };
            let order = dispatch(vec![part], "housing", Grade::A);
            self.does(&dispatcher(), ticket, T::Dispatch(Box::new(order)));
            self.master = Some(ticket);
            self.dispatched += 1;
            self.tell(&format!("the first is {ticket}: to the heating company, by phone"));
            self.taken()?;
            return self.is(ticket, TicketState::Handling);
        };
        let matter = Some(MatterId(master));
        self.does(&agent(), ticket, T::Register { form: Box::new(demand()), matter });
        self.does(&dispatcher(), ticket, T::Review);
        self.does(&dispatcher(), ticket, T::Merge { matter: MatterId(master) });
        self.merged += 1;
        let calls = self.world.memory_now().desk.matter(MatterId(master)).map_or(0, |m| m.calls);
        if calls >= 10 && !self.clustered {
            self.clustered = true;
            self.tell("ten calls about one station: a mass event; agents join it in one go");
        }
        Ok(())
    }

    /// Every fourth of the other tickets goes to a unit, the rest is answered.
    fn about_else(&mut self, ticket: TicketId) {
        let work = ticket.number_of_day().is_multiple_of(4);
        let (purpose, title) =
            if work { (Purpose::Help, "路灯不亮") } else { (Purpose::Consult, "咨询缴费") };
        self.does(&agent(), ticket, register(form(purpose, "010402", title, "371500")));
        if work {
            self.does(&dispatcher(), ticket, T::Review);
            let order = dispatch(vec![lead("city")], "hub", Grade::B);
            self.does(&dispatcher(), ticket, T::Dispatch(Box::new(order)));
            self.dispatched += 1;
        } else {
            let (answer, no_item) = ("按规定答复".into(), Some("知识库无此条目".into()));
            self.does(&agent(), ticket, T::Answer { answer, knowledge: None, no_item });
        }
    }

    /// Within two hours a person is on site, and the short clocks are met.
    fn on_site(&mut self) -> StoryResult {
        let master = self.master()?;
        let unit = liaison("heating");
        let spoke = spoken(ContactPurpose::FirstContact, None, "抢修队已出发");
        self.unit(&unit, master, A::Contact(spoke));
        let (by, finding) = ("抢修队".into(), "一次网阀门故障".into());
        self.unit(&unit, master, A::OnSite { by, finding, evidence: Vec::new() });
        self.taken()?;
        let desk = &self.world.memory_now().desk;
        let now = self.world.now();
        let ticket = desk.ticket(master).ok_or("the master is gone")?;
        let quick = ticket.clocks.iter().filter(|c| c.terms().kind == ClockKind::QuickRespond);
        let in_time = quick.map(|clock| desk.reading(ticket, clock, now).status);
        let standings: Vec<ClockStatus> = in_time.collect();
        let kept = standings.iter().all(|s| matches!(s, ClockStatus::Met { on_time: true, .. }));
        self.holds(kept && standings.len() == 2, &format!("Q04 is met in time: {standings:?}"))?;
        self.tell("the heating company is at the station, within two hours");
        // A second call by the same caller urges the first ticket and opens no second one.
        let chaser = self.world.memory_now().desk.ticket(master).map(|t| t.caller.clone());
        let number = chaser.ok_or("the master is gone")?;
        self.world.dials_at(now, number.reveal());
        let later = now + Duration::from_secs(660);
        self.world.play_to(later);
        let memory = self.world.memory_now();
        let again = memory.desk.in_state(TicketState::Draft).find(|t| t.caller == number);
        let again = again.map(|t| t.ticket).ok_or("the second call left no draft")?;
        self.does(&agent(), again, T::Attach { to: master, text: "什么时候能热".into() });
        self.chased += 1;
        self.taken()?;
        let gone = self.state(again).is_none();
        self.holds(gone, &format!("{again} came to nothing and has left the desk"))
    }

    /// The director orders the company at once instead of after days.
    fn order(&mut self) -> StoryResult {
        let matter = MatterId(self.master()?);
        let draft = OrderDraft {
            level: OrderLevel::Remind,
            issuers: vec!["市政府督查室".into()],
            unit: "heating".into(),
            text: "当日二十时前恢复供热".into(),
            direct: true,
        };
        self.world.orders(&group(), DeskCommand::NewOrder(matter, draft));
        let steps = [
            (director(), OrderStep::Approved(Approver::Director)),
            (group(), OrderStep::Issued),
            (liaison("heating"), OrderStep::Receipted),
            (head("heating"), OrderStep::Answered(Post::Chief)),
            (group(), OrderStep::Checked { enough: true }),
            (group(), OrderStep::Closed),
        ];
        for (by, event) in steps {
            let step = OrderCommand { event, text: "限时恢复".into() };
            self.world.orders(&by, DeskCommand::Order(OrderId { matter, n: 1 }, step));
        }
        self.taken()?;
        self.tell("an order of level 1, answered by the company's chief");
        Ok(())
    }

    /// The result is passed, and every caller is answered.
    fn result(&mut self) -> StoryResult {
        let master = self.master()?;
        let fixed = result("一次网阀门损坏", "已更换阀门并恢复供热", HandlingOutcome::Solved);
        self.unit(&liaison("heating"), master, A::DraftResult(fixed));
        self.unit(&head("heating"), master, sign(Post::Chief));
        self.unit(&liaison("housing"), master, pass(5, 5));
        self.does(&group(), master, T::AcceptResult { feedback: Some("已恢复供热".into()) });
        self.taken()?;
        let tickets = self.of_matter();
        let waiting =
            tickets.iter().filter(|id| self.state(**id) == Some(TicketState::Reply)).count();
        let all = self.merged + 1;
        self.holds(waiting == all, &format!("{all} callers are to be answered, found {waiting}"))?;
        for ticket in &tickets {
            let reply = ReplyMade {
                how: ReplyBy::Sms,
                by_unit: None,
                text: "换热站已恢复供热".into(),
                interim: false,
                call: None,
                reached: Reached::Yes,
            };
            self.does(&agent(), *ticket, T::Reply(reply));
        }
        self.taken()?;
        self.tell(&format!("the station is warm again; {all} callers are told, by SMS"));
        Ok(())
    }

    /// Each caller evaluates the result; an unsatisfied caller's ticket is handled again.
    fn morning(&mut self) -> StoryResult {
        self.world.play_to(time("2018-11-16 09:00")?);
        let tickets = self.of_matter();
        let asked = tickets.iter().filter(|id| {
            let ticket = self.world.memory_now().desk.ticket(**id);
            ticket.is_some_and(|ticket| ticket.callbacks.len() == 1)
        });
        let asked = asked.count();
        self.holds(asked == tickets.len(), "every caller was asked by SMS, and none at night")?;
        let mut bad = Vec::new();
        for (n, ticket) in tickets.iter().enumerate() {
            let grade = match n % 50 {
                49 => Satisfaction::Dissatisfied,
                n if n % 3 == 0 => Satisfaction::Fairly,
                _ => Satisfaction::VerySatisfied,
            };
            if !grade.is_satisfied() {
                bad.push(*ticket);
            }
            self.does(&Actor::Citizen, *ticket, by_sms(grade));
        }
        self.taken()?;
        for ticket in &bad {
            let order = Box::new(dispatch(vec![lead("heating")], "housing", Grade::A));
            let (reason, text) = (RedoReason::Unsatisfied, "室温仍不达标".into());
            self.does(&caller(), *ticket, T::Redo { reason, text, dispatch: Some(order) });
        }
        self.taken()?;
        let evaluated = tickets.iter().filter(|id| {
            let ticket = self.world.memory_now().desk.ticket(**id);
            ticket.is_some_and(|t| {
                t.eval_first.is_some() && t.closure == Some(TicketClosure::Evaluated)
            })
        });
        let evaluated = evaluated.count();
        self.holds(evaluated + bad.len() == tickets.len(), "each has an evaluation of its own")?;
        let (all, own) = (tickets.len(), bad.len());
        self.tell(&format!("{evaluated} of {all} are content, {own} are handled for themselves"));
        Ok(())
    }

    /// Whether a caller who gave up was called back by the deadline.
    fn was_in_time(&self, ticket: TicketId) -> bool {
        let desk = &self.world.memory_now().desk;
        let Some(ticket) = desk.ticket(ticket) else { return false };
        let lost = ticket.clocks.iter().find(|c| c.terms().kind == ClockKind::LostCall);
        let standing = lost.map(|clock| desk.reading(ticket, clock, self.world.now()).status);
        matches!(standing, Some(ClockStatus::Met { on_time: true, .. }))
    }

    /// Tells the numbers of the night.
    fn account(&mut self) -> StoryResult {
        self.world.calm();
        self.world.audit();
        let report = self.world.report();
        self.holds(report.is_clean(), &report.summary())?;
        let (came, answered) = (report.arrived, report.connected);
        self.holds(came == CALLS + 1, &format!("{came} calls came"))?;
        self.holds(answered * 100 >= came * 95, &format!("F1: {answered} of {came}"))?;
        let quickly = report.quickly;
        self.holds(quickly * 100 >= answered * 90, &format!("F1b: {quickly} of {answered}"))?;
        let lost = usize::try_from(came - answered).unwrap_or(usize::MAX);
        let in_time = self.in_time;
        self.holds(in_time == lost, &format!("{in_time} of {lost} called back in time"))?;
        self.holds(lost > 0, "twenty seats cannot take such a burst")?;
        self.holds(self.called_back == lost, "each lost call was called back once")?;
        let dispatched = self.dispatched;
        self.holds(dispatched <= DISPATCHES_MAX, &format!("{dispatched} dispatches"))?;
        let share = |part: u64, all: u64| part as f64 * 100.0 / all.max(1) as f64;
        self.tell(&format!(
            "F1 {:.2} %, F1b {:.2} %, the longest wait {} s, {lost} lost and called back",
            share(answered, came),
            share(quickly, answered),
            report.longest_wait_ms / 1_000
        ));
        let (merged, records) = (self.merged, report.records);
        self.tell(&format!(
            "one matter of {} callers, {dispatched} dispatches; {records} records, replayed to the same",
            merged + 1
        ));
        Ok(())
    }

    // ---- helpers ---------------------------------------------------------------------

    fn master(&self) -> Result<TicketId, String> {
        self.master.ok_or_else(|| "nobody called about the station".into())
    }

    fn of_matter(&self) -> Vec<TicketId> {
        let matter = self.master.map(MatterId);
        let desk = &self.world.memory_now().desk;
        let matter = matter.and_then(|matter| desk.matter(matter));
        matter.into_iter().flat_map(|matter| matter.tickets.iter().copied()).collect()
    }

    fn state(&self, ticket: TicketId) -> Option<TicketState> {
        self.world.memory_now().desk.ticket(ticket).map(|ticket| ticket.state)
    }

    fn is(&mut self, ticket: TicketId, state: TicketState) -> StoryResult {
        let found = self.state(ticket);
        self.holds(found == Some(state), &format!("{ticket} is {state:?}, found {found:?}"))
    }

    fn does(&mut self, by: &Actor, ticket: TicketId, command: T) {
        self.world.orders(by, DeskCommand::Ticket(ticket, command));
    }

    fn unit(&mut self, by: &Actor, ticket: TicketId, command: A) {
        let id = AssignmentId { ticket, n: 1 };
        self.world.orders(by, DeskCommand::Assignment(id, command));
    }

    /// Checks that all commands given since the last check were accepted and are durable.
    fn taken(&mut self) -> StoryResult {
        let soon = self.world.now() + Duration::from_millis(200);
        self.world.play_to(soon);
        let denied = self.world.denied();
        self.holds(denied.is_empty(), &format!("refused: {}", denied.join("; ")))
    }

    fn holds(&self, true_: bool, what: &str) -> StoryResult {
        if true_ { Ok(()) } else { Err(format!("at {}: {what}", shown(self.world.now()))) }
    }

    fn tell(&mut self, what: &str) {
        let line = format!("  {}  {what}", shown(self.world.now()));
        (self.say)(&line);
    }
}

fn time(text: &str) -> Result<Timestamp, String> {
    moment(text).ok_or_else(|| format!("no time: {text}"))
}
