//! Which messages we have: a fold, so that one that is sent twice counts once.

use std::collections::{BTreeMap, VecDeque};

use model::{Timestamp, desk::InboundMessage};
use serde::{Deserialize, Serialize};

/// The messages of the last days, by webhook and their sender's name for them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbox {
    known: BTreeMap<Name, Timestamp>,
    order: VecDeque<Name>,
}

/// Webhook and message.
type Name = (String, String);

impl Inbox {
    /// Whether this message was received.
    pub fn knows(&self, hook: &str, message_id: &str) -> bool {
        self.known.contains_key(&(hook.to_owned(), message_id.to_owned()))
    }

    /// It was received.
    ///
    /// Full: the oldest is forgotten. A sender that repeats a message later
    /// than that has had two hundred thousand others in between.
    pub fn apply(&mut self, at: Timestamp, message: &InboundMessage) {
        let name = (message.hook.clone(), message.message_id.clone());
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

/// A month of a large city's messages: some 30 MB.
const MESSAGES_MAX: usize = 200_000;

#[cfg(test)]
mod tests {
    use model::{Number, desk::Channel};

    use super::*;

    fn message(hook: &str, id: &str) -> InboundMessage {
        InboundMessage {
            hook: hook.into(),
            message_id: id.into(),
            channel: Channel::Wechat,
            from: Number::default(),
            to: String::new(),
            text: Default::default(),
            media: Vec::new(),
            at: Timestamp::default(),
            particulars: Default::default(),
        }
    }

    #[test]
    fn a_message_is_known_by_its_name_at_its_webhook() {
        let mut inbox = Inbox::default();
        inbox.apply(Timestamp::default(), &message("wechat", "7"));
        assert!(inbox.knows("wechat", "7"));
        assert!(!inbox.knows("weibo", "7"));
    }

    #[test]
    fn it_does_not_grow_without_end() {
        let mut inbox = Inbox::default();
        for n in 0..=MESSAGES_MAX {
            inbox.apply(Timestamp::default(), &message("wechat", &n.to_string()));
        }
        assert_eq!((inbox.known.len(), inbox.order.len()), (MESSAGES_MAX, MESSAGES_MAX));
        assert!(!inbox.knows("wechat", "0") && inbox.knows("wechat", "1"));
    }
}
