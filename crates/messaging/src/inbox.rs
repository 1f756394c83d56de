//! The messages received: a fold that recognizes repeats.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use model::{Timestamp, desk::InboundMessage};
use serde::{Deserialize, Serialize};

/// The messages of the last days, by webhook and message id, or by content when the sender gives no
/// id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbox {
    known: BTreeMap<Name, Timestamp>,
    order: VecDeque<Name>,
}

/// A webhook with a message id or a content hash.
type Name = (String, String);

impl Inbox {
    /// Whether this message was received before. `asked` is when its sender was last asked a question
    /// by SMS.
    ///
    /// The same message id is the same message for as long as it is remembered. Equal content without
    /// an id is the same message within 20 minutes only, the time in which gateways repeat messages:
    /// weeks later the same "5" answers another question. For the same reason it is a new message when
    /// its sender was asked a question in between.
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

    /// Adds a message. The oldest of more than two hundred thousand is forgotten.
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

/// In logs from before `content_sha256` the content hash is the message id.
fn name_of(message: &InboundMessage) -> Name {
    let name = message.content_sha256.as_ref().unwrap_or(&message.message_id);
    (message.hook.clone(), name.clone())
}

/// The messages of a large city in a month: about 30 MB.
const MESSAGES_MAX: usize = 200_000;
/// Gateways repeat a message that was not acknowledged after one, five and ten minutes, which is 16
/// minutes in all. The same text of a person within this time says nothing new.
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
    fn message_id_of_a_webhook_is_recognized_at_any_time() {
        let mut inbox = Inbox::default();
        inbox.apply(minute(0), &message("wechat", "7"));
        assert!(inbox.knows(minute(1_000_000), &message("wechat", "7"), Some(minute(1))));
        assert!(!inbox.knows(minute(0), &message("weibo", "7"), None));
    }

    #[test]
    fn equal_content_without_an_id_is_a_repeat_for_minutes_only() {
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
    fn message_id_in_old_logs_counts_as_content_hash() {
        let mut inbox = Inbox::default();
        inbox.apply(minute(10), &message("sms", "ab"));
        assert!(inbox.knows(minute(12), &unnamed("ab", 12), None));
        assert!(!inbox.knows(minute(60), &unnamed("ab", 60), None));
    }

    #[test]
    fn inbox_is_bounded() {
        let mut inbox = Inbox::default();
        for n in 0..=MESSAGES_MAX {
            inbox.apply(Timestamp::default(), &message("wechat", &n.to_string()));
        }
        assert_eq!((inbox.known.len(), inbox.order.len()), (MESSAGES_MAX, MESSAGES_MAX));
        let knows = |id| inbox.knows(Timestamp::default(), &message("wechat", id), None);
        assert!(!knows("0") && knows("1"));
    }
}
