//! Replies to commands. A reply waits until the records that it confirms are durable.

use model::{
    Event, Seq, Timestamp,
    event::{Alarm, AlarmCleared, AlarmRaised},
};

use crate::{Center, Output, PendingReply, Refusal, Reply};

impl Center {
    /// Replies once the records up to `seq` are durable.
    pub(crate) fn reply_when_durable(&mut self, reply_to: u64, seq: Seq, reply: Reply) {
        match reply {
            Ok(_) if self.log_failed => self.reply(reply_to, Err(Refusal::LogFailed)),
            Ok(_) if seq > self.durable => {
                self.pending_replies.push_back(PendingReply { seq, reply_to, reply });
            }
            // A refusal has no records, and these records are durable already.
            Ok(_) | Err(_) => self.reply(reply_to, reply),
        }
    }

    pub(crate) fn reply(&mut self, reply_to: u64, reply: Reply) {
        self.outputs.push_back(Output::Reply { reply_to, reply });
    }

    pub(crate) fn release_replies(&mut self, now: Timestamp, durable: Seq) {
        self.durable = durable;
        if std::mem::replace(&mut self.log_failed, false) {
            self.append(now, Event::AlarmCleared(AlarmCleared { alarm: Alarm::LogFailed }));
        }
        while self.pending_replies.front().is_some_and(|pending| pending.seq <= durable) {
            if let Some(pending) = self.pending_replies.pop_front() {
                self.reply(pending.reply_to, pending.reply);
            }
        }
    }

    pub(crate) fn fail_replies(&mut self, now: Timestamp, why: String) {
        if !std::mem::replace(&mut self.log_failed, true) {
            // The wallboard shows it at once; the log has it when it can be written again.
            let text = format!("{why}; new calls are refused until the log can be written");
            self.append(now, Event::AlarmRaised(AlarmRaised { alarm: Alarm::LogFailed, text }));
        }
        for pending in std::mem::take(&mut self.pending_replies) {
            self.reply(pending.reply_to, Err(Refusal::LogFailed));
        }
    }

    pub(crate) fn is_log_behind(&self) -> bool {
        self.log_failed || self.memory.seq - self.durable > UNSYNCED_MAX
    }
}

/// Records that may wait for the disk before new calls are refused: some minutes of the busiest
/// hour of a province.
const UNSYNCED_MAX: u64 = 100_000;
