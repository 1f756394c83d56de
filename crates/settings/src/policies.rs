//! The settings in the types that the machines of the call path take.

use std::{collections::BTreeMap, sync::Arc};

use deadlines::calendar::{Calendar, OfficeHours};
use media::PromptId;
use model::{Date, MenuId, Number, QueueId, SeatId};

use crate::{Line, PromptIds, PromptName, Seat, Settings};

impl Settings {
    /// The policy of the dispatcher.
    pub fn dispatch_policy(&self) -> acd::Policy {
        acd::Policy {
            queues: self.queues.iter().map(|q| (q.name.clone(), q.policy.clone())).collect(),
            seats: self.seats.iter().map(|seat| (seat.seat, seat.policy.clone())).collect(),
            agents: self.agents.clone(),
            missed: self.seat_rules.missed.clone(),
            ready_at_login: self.seat_rules.ready_at_login,
            ..acd::Policy::default()
        }
    }

    /// The plan of the switch at a start.
    pub fn switch_plan(&self) -> switch::Plan {
        self.switch_plan_with(&PromptIds::new(self))
    }

    /// The plan of the switch with the prompts' ids of a run.
    pub fn switch_plan_with(&self, ids: &PromptIds) -> switch::Plan {
        let trunks = self.trunks.iter().map(|trunk| {
            let outbound = trunk.dial.map(|address| switch::OutboundPlan {
                address,
                channels: trunk.outbound_channels,
                caller_id: trunk.caller_id.as_deref().map(Number::new),
            });
            let (numbers, channels) = (trunk.numbers.clone(), trunk.channels);
            (trunk.name.clone(), switch::TrunkPlan { numbers, channels, outbound })
        });
        let lines = self.lines.iter().map(|line| (line.number.clone(), self.line_plan(line, ids)));
        let voicemail = self.queues.iter().filter_map(|queue| {
            let voicemail = queue.voicemail.as_ref()?;
            let plan = switch::VoicemailPlan {
                prompts: prompt_ids(ids, &voicemail.prompts),
                key: voicemail.key,
                max: voicemail.max,
            };
            Some((queue.name.clone(), plan))
        });
        // An entry is valid until the end of its last day.
        let until = |day: Date| self.hotline.zone.moment(day.plus(1), 0);
        let blocked = self.blacklist.iter().flat_map(|blocked| {
            let numbers = blocked.number.spellings(&self.hotline.area_code).into_iter();
            numbers.map(move |number| (number, blocked.expires.map(until)))
        });
        let hours = OfficeHours::default();
        let calendar = Calendar::new(self.hotline.zone, hours, &self.calendar);
        let queue_skills = self.queues.iter().filter(|queue| !queue.skills.is_empty());
        switch::Plan {
            queue_skills: queue_skills.map(|q| (q.name.clone(), q.skills.clone())).collect(),
            calendar: Some(Arc::new(calendar)),
            trunks: trunks.collect(),
            lines: lines.collect(),
            voicemail: voicemail.collect(),
            outbound_numbers: self.outbound.numbers.clone(),
            emergency_numbers: self.outbound.emergency.clone(),
            blacklist: blocked.collect(),
            features: self.feature_codes.clone(),
            retry_after_s: self.sip.endpoint.retry_after_s,
            sorry: prompt_ids(ids, &self.notices.sorry),
            confirmed: prompt_ids(ids, &self.notices.confirmed),
            denied: prompt_ids(ids, &self.notices.denied),
            prompt_lengths: ids.prompts().iter().map(crate::Prompt::length).collect(),
        }
    }

    /// The configuration of the signalling endpoint without its addresses and the seats' secrets.
    pub fn sip_config(&self) -> sip::Config {
        let trunks = self
            .trunks
            .iter()
            .map(|trunk| sip::Trunk { id: trunk.name.clone(), sources: trunk.sources.clone() });
        let trunk_voice = self.trunks.iter().map(|trunk| {
            let networks = trunk.media.as_slice().into();
            (trunk.name.clone(), sip::VoicePolicy { networks, symmetric: trunk.symmetric })
        });
        let seat_voice = self.seats.iter().map(|seat| {
            (seat.seat, sip::VoicePolicy { symmetric: seat.symmetric, ..Default::default() })
        });
        sip::Config {
            trunks: trunks.collect(),
            proxies: self.proxies.clone(),
            seats: self.seats.iter().map(|seat| seat.registered_as(None)).collect(),
            trunk_voice: trunk_voice.collect(),
            seat_voice: seat_voice.collect(),
            ..self.sip.endpoint.clone()
        }
    }

    /// The thresholds of each queue's statistics.
    pub fn thresholds(&self) -> BTreeMap<QueueId, stats::Thresholds> {
        self.queues.iter().map(|queue| (queue.name.clone(), queue.thresholds)).collect()
    }

    fn line_plan(&self, line: &Line, ids: &PromptIds) -> switch::LinePlan {
        let queue = self.queue(&line.queue);
        let numbers = std::iter::once(line.number.as_str().to_owned());
        switch::LinePlan {
            name: line.name.clone(),
            numbers: numbers.chain(line.aliases.iter().cloned()).collect(),
            trunks: line.trunks.clone(),
            queue: line.queue.clone(),
            menu: line.menu.as_ref().and_then(|name| self.menu_plan(name, ids)),
            skills: line.skills.clone(),
            priority: line.priority,
            greeting: prompt_ids(ids, &line.greeting),
            music: queue.and_then(|queue| ids.id(&queue.music)).unwrap_or(PromptId(0)),
            announcements: queue.map_or_else(Default::default, |q| switch::Announcements {
                first: prompt_ids(ids, &q.announcements.first),
                first_after: q.announcements.first_after,
                repeat: prompt_ids(ids, &q.announcements.repeat),
                every: q.announcements.every,
            }),
        }
    }

    fn menu_plan(&self, name: &MenuId, ids: &PromptIds) -> Option<Arc<switch::MenuPlan>> {
        let menu = Arc::new(self.menus.get(name)?.clone());
        let named = menu.nodes.iter().flat_map(|node| node.prompts());
        let prompts =
            named.filter_map(|name| Some((name.to_owned(), ids.id(&PromptName::from(name))?)));
        let prompts = prompts.collect();
        Some(Arc::new(switch::MenuPlan { menu, prompts }))
    }

    /// The part of the signalling's configuration that may change while calls go on, with all
    /// seats.
    pub fn sip_peers(&self, secret: impl Fn(SeatId) -> Option<sip::Secret>) -> sip::Peers {
        let sip::Config { trunks, proxies, trunk_voice, seat_voice, .. } = self.sip_config();
        let seats = self.seats.iter().map(|seat| seat.registered_as(secret(seat.seat)));
        sip::Peers { trunks, proxies, seats: seats.collect(), trunk_voice, seat_voice }
    }
}

fn prompt_ids(ids: &PromptIds, names: &[PromptName]) -> Vec<PromptId> {
    names.iter().filter_map(|name| ids.id(name)).collect()
}

impl Seat {
    /// The seat as the registrar knows it, with its secret from the keyring.
    pub fn registered_as(&self, secret: Option<sip::Secret>) -> sip::Seat {
        sip::Seat { seat: self.seat, secret, fixed: self.contact.clone() }
    }
}

#[cfg(test)]
mod tests {
    use acd::Strategy;
    use model::Number;

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
