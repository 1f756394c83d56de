//! The settings in the types that the machines of the call path take.

use media::PromptId;
use model::Date;

use crate::{Line, PromptName, Settings};

impl Settings {
    /// The policy of the dispatcher.
    pub fn dispatch_policy(&self) -> acd::Policy {
        acd::Policy {
            queues: self.queues.iter().map(|q| (q.name.clone(), q.policy.clone())).collect(),
            seats: self.seats.iter().map(|seat| (seat.seat, seat.policy.clone())).collect(),
            agents: self.agents.clone(),
            missed: self.floor.missed.clone(),
            ready_at_login: self.floor.ready_at_login,
            ..acd::Policy::default()
        }
    }

    /// The plan of the switch.
    pub fn switch_plan(&self) -> switch::Plan {
        let trunks = self.trunks.iter().map(|trunk| {
            let (numbers, channels) = (trunk.numbers.clone(), trunk.channels);
            (trunk.name.clone(), switch::TrunkPlan { numbers, channels })
        });
        let lines = self.lines.iter().map(|line| (line.number.clone(), self.line_plan(line)));
        // An entry is valid until the end of its last day.
        let until = |day: Date| self.hotline.zone.moment(day.plus(1), 0);
        let blocked = self.blacklist.iter().flat_map(|blocked| {
            let numbers = blocked.number.spellings(&self.hotline.area_code).into_iter();
            numbers.map(move |number| (number, blocked.expires.map(until)))
        });
        switch::Plan {
            trunks: trunks.collect(),
            lines: lines.collect(),
            blacklist: blocked.collect(),
            features: self.feature_codes.clone(),
            retry_after_s: u32::try_from(self.sip.retry_after.as_secs()).unwrap_or(u32::MAX),
            sorry: self.prompt_ids(&self.notices.sorry),
            confirmed: self.prompt_ids(&self.notices.confirmed),
            denied: self.prompt_ids(&self.notices.denied),
            prompt_lengths: self.prompts.iter().map(crate::Prompt::length).collect(),
        }
    }

    fn line_plan(&self, line: &Line) -> switch::LinePlan {
        let queue = self.queue(&line.queue);
        let numbers = std::iter::once(line.number.as_str().to_owned());
        switch::LinePlan {
            name: line.name.clone(),
            numbers: numbers.chain(line.aliases.iter().cloned()).collect(),
            trunks: line.trunks.clone(),
            queue: line.queue.clone(),
            skills: line.skills.clone(),
            priority: line.priority,
            greeting: self.prompt_ids(&line.greeting),
            music: queue.and_then(|queue| self.prompt_id(&queue.music)).unwrap_or(PromptId(0)),
            announcements: queue.map_or_else(Default::default, |q| switch::Announcements {
                first: self.prompt_ids(&q.announcements.first),
                first_after: q.announcements.first_after,
                repeat: self.prompt_ids(&q.announcements.repeat),
                every: q.announcements.every,
            }),
        }
    }

    fn prompt_ids(&self, names: &[PromptName]) -> Vec<PromptId> {
        names.iter().filter_map(|name| self.prompt_id(name)).collect()
    }

    fn prompt_id(&self, name: &PromptName) -> Option<PromptId> {
        self.prompt(name).and_then(|place| u16::try_from(place).ok()).map(PromptId)
    }
}

#[cfg(test)]
mod tests {
    use acd::Strategy;
    use model::{Number, QueueId, SeatId};

    use super::*;
    use crate::Blocked;

    #[test]
    fn blocked_number_is_blocked_with_and_without_the_area_code() {
        let mut settings = Settings::embedded().expect("the shipped config is sound");
        settings.hotline.area_code = "0371".parse().unwrap();
        let number = Number::new("67178888");
        let (reason, approver) = (String::new(), String::new());
        settings.blacklist = vec![Blocked { number, reason, expires: None, approver }];
        let blocked = settings.switch_plan().blacklist;
        let blocked: Vec<&str> = blocked.keys().map(Number::reveal).collect();
        assert_eq!(blocked, ["037167178888", "67178888"]);
    }

    #[test]
    fn policies_have_what_the_files_say() {
        let settings = Settings::embedded().expect("the shipped config is sound");
        let policy = settings.dispatch_policy();
        let mandarin = &policy.queues[&QueueId::from("mandarin")];
        assert_eq!((mandarin.strategy, mandarin.max_length), (Strategy::LongestIdle, Some(200)));
        let seat = &policy.seats[&SeatId(1061)];
        assert_eq!(seat.skills, [("english".into(), 5)].into());
        assert_eq!(seat.queues, [("english".into(), 1), ("mandarin".into(), 2)].into());
        let plan = settings.switch_plan();
        let line = &plan.lines[&model::LineId::from("12345")];
        assert_eq!(line.queue, QueueId::from("mandarin"));
        let first = settings.prompt(&settings.lines[0].greeting[0]);
        assert_eq!(line.greeting.first().map(|id| usize::from(id.0)), first);
        assert_eq!(plan.prompt_lengths.len(), settings.prompts.len());
        assert_eq!(plan.features.log_in, settings.feature_codes.log_in);
    }
}
