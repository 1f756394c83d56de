//! Records of calls: each call that ends gets a ticket or a missed-call item, and calls that a dead
//! engine left open are ended.

use model::{
    CallId, Event, TicketId, Timestamp,
    event::{
        CallEnd, CallEnded, LegLeft, LegLeftReason, MenuExit, MenuLeft, OfferWithdrawn,
        WithdrawalReason,
    },
};
use stats::Cdr;
use ticketing::CallToFile;

use crate::{Center, Output, memory::call_to_file};

impl Center {
    /// Appends an event, and the ticket or missed-call item that the desk files for it.
    pub(crate) fn append_with_ticket(&mut self, now: Timestamp, event: Event) {
        if self.is_emergency() {
            return self.append_in_emergency(now, event);
        }
        match &event {
            Event::CallConnected(connected) => {
                let cdr = self.memory.open_calls.get(&connected.call);
                let call = cdr.filter(|cdr| cdr.ticket.is_none()).map(|cdr| {
                    let answered = CallToFile { seat: Some(connected.seat), ..call_to_file(cdr) };
                    (cdr.call, answered)
                });
                self.append(now, event);
                if let Some((call, answered)) = call {
                    self.file_call(now, call, answered);
                }
            }
            Event::CallEnded(ended) => {
                let cdr = self.memory.open_calls.get(&ended.call).cloned();
                let (wait_ms, ended_in_menu) = (ended.wait_ms, ended.end.is_in_menu());
                self.append(now, event);
                let Some(mut cdr) = cdr else { return };
                if cdr.connected.is_none() && !ended_in_menu {
                    let missed = CallToFile { wait_ms, ..call_to_file(&cdr) };
                    cdr.ticket = Some(self.file_call(now, cdr.call, missed));
                }
                self.describe(now, cdr);
            }
            Event::CallRefused(refused) => {
                let (call, missed) = (refused.call, CallToFile::of_refused(refused));
                self.append(now, event);
                match missed {
                    Some(missed) if self.memory.desk.accepts_call(&missed) => {
                        self.file_call(now, call, missed);
                    }
                    Some(_) => self.raise_missed_calls_full(now),
                    None => {}
                }
            }
            _ => self.append(now, event),
        }
    }

    /// Appends an event during an emergency. Without a desk no call is filed; the description that
    /// belongs beside its recording is still written.
    pub(crate) fn append_in_emergency(&mut self, now: Timestamp, event: Event) {
        let cdr = match &event {
            Event::CallEnded(ended) => self.memory.open_calls.get(&ended.call).cloned(),
            _ => None,
        };
        self.append(now, event);
        if let Some(cdr) = cdr {
            self.describe(now, cdr);
        }
    }

    /// Outputs the record of a call that ended now, for its recording's sidecar.
    pub(crate) fn describe(&mut self, now: Timestamp, mut cdr: Cdr) {
        cdr.ended = Some(now);
        self.outputs.push_back(Output::Describe(Box::new(cdr)));
    }

    /// Files a call at the desk and returns its ticket.
    pub(crate) fn file_call(
        &mut self,
        now: Timestamp,
        call: CallId,
        filed: CallToFile,
    ) -> TicketId {
        let next = self.memory.next_ticket(now);
        let (ticket, event) = self.memory.desk.file_call(call, filed, next);
        self.append(now, event);
        ticket
    }

    /// Files the calls whose end is in the log without their ticket or missed-call item.
    pub(crate) fn file_missing_tickets(&mut self, now: Timestamp) {
        for (call, filed) in self.memory.unfiled_calls.clone() {
            self.file_call(now, call, filed);
        }
    }

    /// Ends in the log the offers and calls that were up when the engine died, at `died`.
    pub(crate) fn close_interrupted_calls(&mut self, now: Timestamp, died: Timestamp) {
        let offers = std::mem::take(&mut self.memory.open_offers);
        for (offer, open) in offers {
            let withdrawn = OfferWithdrawn {
                offer,
                call: open.call,
                seat: open.seat,
                why: WithdrawalReason::Engine,
                ring_ms: died.ms_since(open.since),
            };
            self.append(now, Event::OfferWithdrawn(withdrawn));
        }
        for ((call, leg), open) in std::mem::take(&mut self.memory.open_guests) {
            let joined_ms = open.joined.map(|joined| died.ms_since(joined));
            let end = LegLeftReason::CallEnded;
            self.append(
                now,
                Event::LegLeft(LegLeft { call, leg, role: open.role, end, joined_ms }),
            );
        }
        let calls: Vec<Cdr> = self.memory.open_calls.values().cloned().collect();
        for cdr in calls {
            // A seat had answered, but the record of the ticket did not reach the disk.
            if cdr.connected.is_some() && cdr.ticket.is_none() && !self.is_emergency() {
                let call = call_to_file(&cdr);
                if call.seat.is_some() {
                    self.file_call(now, cdr.call, call);
                }
            }
            if let Some((menu, since)) = cdr.open_menu() {
                let (menu, menu_ms) = (menu.clone(), died.ms_since(since));
                let exit = MenuExit::CallEnded;
                self.append(now, Event::MenuLeft(MenuLeft { call: cdr.call, menu, exit, menu_ms }));
            }
            let [waited, talked] = cdr.times_until(died);
            let ended = CallEnded {
                call: cdr.call,
                end: CallEnd::NodeFailed,
                seat: cdr.seat,
                total_ms: died.ms_since(cdr.arrived),
                wait_ms: waited,
                talk_ms: talked,
            };
            self.append_with_ticket(now, Event::CallEnded(ended));
        }
    }
}
