//! Callers in a menu (IVR), before a queue.
//!
//! `ivr` walks the menu; here its prompts are played, its waits become deadlines, its steps go on
//! record, and the caller goes where it leads. A caller who stays for longer than [`MENU_MAX`] or
//! presses more than [`KEYS_MAX`] keys goes to the queue of the line, so that nobody is kept from a
//! person.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use ivr::{Exit, Input, Listen, Next, Outcome, Progress, Visit, Walk};
use media::PromptId;
use model::{
    CallId, Event, QueueId, Skill, Timestamp,
    event::{CallEnd, MenuEntered, MenuExit, MenuLeft, MenuOutcome, MenuVisited},
};

use crate::{
    MenuPlan, Switch,
    call::{MenuCall, Stage},
};

impl Switch {
    /// Lets an accepted call into the menu of its line.
    pub(crate) fn enter_menu(
        &mut self,
        now: Timestamp,
        call: CallId,
        plan: Arc<MenuPlan>,
        greeting: Vec<PromptId>,
    ) {
        let Some(held) = self.calls.get_mut(&call) else { return };
        let facts = self.plan.facts(now, &held.caller, &held.line);
        let (walk, progress) = Walk::start(Arc::clone(&plan.menu), facts);
        let menu = plan.menu.name.clone();
        held.menu = Some(Box::new(MenuCall { plan, walk, entered: now, keys: 0, greeting }));
        held.stage = Stage::Menu { wait: None, prompts_end: now, until: now };
        self.emit(Event::MenuEntered(MenuEntered { call, menu }));
        self.follow_menu(now, call, progress);
    }

    /// A caller in a menu pressed a key.
    pub(crate) fn menu_key(&mut self, now: Timestamp, call: CallId, key: char) {
        let Some(menu) = self.calls.get_mut(&call).and_then(|held| held.menu.as_mut()) else {
            return;
        };
        menu.keys += 1;
        self.step_menu(now, call, Input::Key(key));
    }

    /// The prompts of a menu were played to their end: the wait for a key begins.
    pub(crate) fn menu_prompts_ended(&mut self, now: Timestamp, call: CallId) {
        let Some(held) = self.calls.get_mut(&call) else { return };
        let Stage::Menu { wait: Some(wait), prompts_end, .. } = held.stage else { return };
        // The end of prompts that others have replaced meanwhile.
        if now + EARLY_MAX < prompts_end {
            return;
        }
        if wait.is_zero() {
            return self.step_menu(now, call, Input::WaitOver);
        }
        let until = now + wait;
        held.stage = Stage::Menu { wait: None, prompts_end, until };
        self.set_deadline(until, call);
    }

    /// The deadline of a menu has come.
    pub(crate) fn menu_due(&mut self, now: Timestamp, call: CallId) {
        self.step_menu(now, call, Input::WaitOver);
    }

    fn step_menu(&mut self, now: Timestamp, call: CallId, input: Input) {
        let Some(held) = self.calls.get_mut(&call) else { return };
        let facts = self.plan.facts(now, &held.caller, &held.line);
        let Some(menu) = held.menu.as_mut() else { return };
        if now.since(menu.entered) > MENU_MAX || menu.keys > KEYS_MAX {
            return self.leave_menu(now, call, MenuExit::Limit, None, BTreeMap::new(), None);
        }
        let progress = menu.walk.handle(input, facts);
        self.follow_menu(now, call, progress);
    }

    /// Does what the walk needs.
    fn follow_menu(&mut self, now: Timestamp, call: CallId, progress: Progress) {
        for Visit { node, outcome } in progress.visits {
            let outcome = on_record(outcome);
            self.emit(Event::MenuVisited(MenuVisited { call, node, outcome }));
        }
        match progress.next {
            Next::Ignored => {}
            Next::Listen(listen) => self.play_in_menu(now, call, listen),
            Next::Leave(Exit::Queue { queue, skills, priority }) => {
                self.leave_menu(now, call, MenuExit::Queue, queue, skills, priority);
            }
            Next::Leave(Exit::Voicemail { queue }) => self.leave_for_message(now, call, queue),
            Next::Leave(Exit::HangUp) => self.end(now, call, CallEnd::MenuEnded),
        }
    }

    fn play_in_menu(&mut self, now: Timestamp, call: CallId, listen: Listen) {
        let Some(held) = self.calls.get_mut(&call) else { return };
        let Some(menu) = held.menu.as_mut() else { return };
        let named = listen.prompts.iter().filter_map(|name| menu.plan.prompts.get(name).copied());
        let prompts: Vec<PromptId> =
            std::mem::take(&mut menu.greeting).into_iter().chain(named).collect();
        let prompts_end = now + self.plan.length_of(&prompts);
        let (leg, silent) = (held.leg, prompts.is_empty());
        // Without prompts no end of theirs is told, and the wait begins at once.
        let wait = (!silent).then_some(listen.wait);
        let played = if silent { now } else { self.prompt_deadline(now, &prompts) };
        let until = played + listen.wait;
        if let Some(held) = self.calls.get_mut(&call) {
            held.stage = Stage::Menu { wait, prompts_end, until };
        }
        self.set_deadline(until, call);
        self.route(call);
        self.media(media::Command::Play { call, leg, prompts });
    }

    /// The caller goes from the menu to a queue; `None` is the one of the line.
    fn leave_menu(
        &mut self,
        now: Timestamp,
        call: CallId,
        exit: MenuExit,
        queue: Option<QueueId>,
        mut skills: BTreeMap<Skill, u8>,
        priority: Option<u8>,
    ) {
        let Some(greeting) = self.end_menu(now, call, exit) else { return };
        let Some(held) = self.calls.get_mut(&call) else { return };
        let own = held.queue.clone();
        let queue = queue.filter(|queue| self.dispatcher.has_queue(queue)).unwrap_or(own);
        held.queue = queue.clone();
        (held.stage, held.queued) = (Stage::Waiting, now);
        let (leg, line) = (held.leg, held.line.clone());
        let (needed, usual) = self.plan.needs(&line, &queue);
        for (skill, level) in needed {
            let known = skills.entry(skill).or_default();
            *known = level.max(*known);
        }
        self.announce_later(now, call, &line);
        self.route(call);
        // Nothing of the menu plays on. A menu that said nothing leaves the greeting to be heard.
        self.media(media::Command::Play { call, leg, prompts: greeting });
        let (priority, since, transferred) = (priority.unwrap_or(usual), now, false);
        let wait = acd::Input::Enqueue { call, queue, skills, priority, since, transferred };
        self.dispatcher.handle_input(now, wait);
        self.handle_dispatcher_outputs(now);
    }

    fn leave_for_message(&mut self, now: Timestamp, call: CallId, queue: QueueId) {
        if !self.plan.voicemail.contains_key(&queue) {
            // A reload took the voicemail away: a person is better than nothing.
            return self.leave_menu(now, call, MenuExit::Queue, None, BTreeMap::new(), None);
        }
        if self.end_menu(now, call, MenuExit::Voicemail).is_none() {
            return;
        }
        if let Some(held) = self.calls.get_mut(&call) {
            held.queue = queue;
        }
        self.begin_message(now, call);
    }

    /// Ends the stay in the menu, on record. Returns the greeting when it was not played; `None` when
    /// the call is in no menu.
    pub(crate) fn end_menu(
        &mut self,
        now: Timestamp,
        call: CallId,
        exit: MenuExit,
    ) -> Option<Vec<PromptId>> {
        let menu = self.calls.get_mut(&call)?.menu.take()?;
        let menu_ms = now.ms_since(menu.entered);
        let left = MenuLeft { call, menu: menu.plan.menu.name.clone(), exit, menu_ms };
        self.emit(Event::MenuLeft(left));
        Some(menu.greeting)
    }
}

fn on_record(outcome: Outcome) -> MenuOutcome {
    match outcome {
        Outcome::Done => MenuOutcome::Done,
        Outcome::Key(key) => MenuOutcome::Key { key },
        Outcome::Digits(digits) => MenuOutcome::Digits { digits },
        Outcome::SecretDigits(count) => {
            MenuOutcome::SecretDigits { count: u32::try_from(count).unwrap_or(u32::MAX) }
        }
        Outcome::Wrong => MenuOutcome::Wrong,
        Outcome::TimedOut => MenuOutcome::TimedOut,
        Outcome::Case(case) => MenuOutcome::Case { case: u32::try_from(case).unwrap_or(u32::MAX) },
    }
}

/// The longest stay in a menu.
const MENU_MAX: Duration = Duration::from_secs(10 * 60);
/// The most keys of one caller in a menu.
const KEYS_MAX: u32 = 500;
/// The end of prompts may be told this much before the time that their length gives.
const EARLY_MAX: Duration = Duration::from_millis(500);
