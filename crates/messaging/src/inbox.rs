//! Which messages we have: a fold, so that one that is sent twice counts once.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use model::{Timestamp, desk::InboundMessage};
use serde::{Deserialize, Serialize};

/// The messages of the last days, by webhook and their sender's name for them, or by their content
/// where the sender names none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbox {
    known: BTreeMap<Name, Timestamp>,
    order: VecDeque<Name>,
}

/// Webhook, and message or content.
type Name = (String, String);

impl Inbox {
    /// Whether this message was received before. `asked`: when its sender was last asked a question
    /// by SMS.
    ///
    /// A name of the sender's is the same message for as long as it is remembered. Equal content
    /// without a name is the same message only within 20 minutes, the time in which gateways
    /// repeat what was not acknowledged: weeks later the same "5" answers another question. For the
    /// same reason it is a new message when its sender was asked a question in between.
    pub fn knows(
        &self,
        now: Timestamp,
        message: &InboundMessage,
        asked: Option<Timestamp>,
    ) -> bool {
        let Some(at) = self.known.get(&name_of(message)) else { return false };
        if message.content_sha256.is_none() {
            return true;
        }
        now.since(*at) <= REPEATED_WITHIN && asked.is_none_or(|asked| asked <= *at)
    }

    /// It was received.
    ///
    /// Full: the oldest is forgotten. A sender that repeats a message later
    /// than that has had two hundred thousand others in between.
    pub fn apply(&mut self, at: Timestamp, message: &InboundMessage) {
        let name = name_of(message);
        if self.known.insert(name.clone(), at).is_none() {
            self.order.push_back(name);
        }
        while self.order.len() > MESSAGES_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }
}

/// In logs of before `content_sha256` the hash of the content is the message's name.
fn name_of(message: &InboundMessage) -> Name {
    let name = message.content_sha256.as_ref().unwrap_or(&message.message_id);
    (message.hook.clone(), name.clone())
}

/// A month of a large city's messages: some 30 MB.
const MESSAGES_MAX: usize = 200_000;
/// Gateways repeat a push that was not acknowledged after one, five and ten minutes, which is 16
/// minutes in all. A person who writes the same words about the same thing within that time says
/// nothing new.
const REPEATED_WITHIN: Duration = Duration::from_secs(20 * 60);

#[cfg(test)]
mod tests {
    use model::{Number, desk::Channel};

    use super::*;

    fn message(hook: &str, id: &str) -> InboundMessage {
        InboundMessage {
            hook: hook.into(),
            message_id: id.into(),
            content_sha256: None,
            channel: Channel::Wechat,
            from: Number::default(),
            to: String::new(),
            text: Default::default(),
            media: Vec::new(),
            at: Timestamp::default(),
            particulars: Default::default(),
        }
    }

    fn unnamed(hash: &str, received: u64) -> InboundMessage {
        let content_sha256 = Some(hash.to_owned());
        InboundMessage { content_sha256, ..message("sms", &format!("{hash}-{received}")) }
    }

    fn minute(n: u64) -> Timestamp {
        Timestamp::from_micros(n * 60_000_000)
    }

    #[test]
    fn message_is_known_by_its_name_at_its_webhook_however_late() {
        let mut inbox = Inbox::default();
        inbox.apply(minute(0), &message("wechat", "7"));
        assert!(inbox.knows(minute(1_000_000), &message("wechat", "7"), Some(minute(1))));
        assert!(!inbox.knows(minute(0), &message("weibo", "7"), None));
    }

    #[test]
    fn equal_content_without_a_name_is_a_repeat_for_minutes_only() {
        let mut inbox = Inbox::default();
        inbox.apply(minute(10), &unnamed("ab", 10));
        assert!(inbox.knows(minute(26), &unnamed("ab", 26), None));
        assert!(!inbox.knows(minute(26), &unnamed("cd", 26), None), "other content");
        assert!(!inbox.knows(minute(31), &unnamed("ab", 31), None), "after 21 minutes");
        inbox.apply(minute(31), &unnamed("ab", 31));
        assert!(inbox.knows(minute(40), &unnamed("ab", 40), None), "a repeat of the second");
    }

    #[test]
    fn question_asked_in_between_makes_equal_content_a_new_answer() {
        let mut inbox = Inbox::default();
        inbox.apply(minute(10), &unnamed("ab", 10));
        assert!(inbox.knows(minute(12), &unnamed("ab", 12), Some(minute(9))));
        assert!(!inbox.knows(minute(12), &unnamed("ab", 12), Some(minute(11))));
    }

    #[test]
    fn record_of_an_old_log_named_by_its_content_counts_as_content() {
        let mut inbox = Inbox::default();
        inbox.apply(minute(10), &message("sms", "ab"));
        assert!(inbox.knows(minute(12), &unnamed("ab", 12), None));
        assert!(!inbox.knows(minute(60), &unnamed("ab", 60), None));
    }

    #[test]
    fn it_does_not_grow_without_end() {
        let mut inbox = Inbox::default();
        for n in 0..=MESSAGES_MAX {
            inbox.apply(Timestamp::default(), &message("wechat", &n.to_string()));
        }
        assert_eq!((inbox.known.len(), inbox.order.len()), (MESSAGES_MAX, MESSAGES_MAX));
        let knows = |id| inbox.knows(Timestamp::default(), &message("wechat", id), None);
        assert!(!knows("0") && knows("1"));
    }
}
