//! Delivers each datagram, with the tap in between.

use std::time::Duration;

use model::Timestamp;

use super::{
    Wire,
    carrier::Fault,
    glance::{Glance, Start},
    network::{Arrived, Host, PhoneId, is_strange},
    phone::PhoneLeg,
};
use crate::output::SignallingOutput;

impl Wire {
    pub(super) fn deliver(&mut self, now: Timestamp, arrived: Arrived) {
        self.tally.datagrams += 1;
        let Arrived { to, flow, bytes } = arrived;
        let glance = Glance::at(&bytes);
        let strange = is_strange(flow.remote.ip());
        if let Some(glance) = glance.filter(|_| !strange) {
            self.tap.delivered(to, &glance);
        }
        let call_id = glance.map_or("", |glance| glance.call_id);
        match to {
            Host::Engine => {
                self.engine.receive(now, flow, &bytes);
                // Strangers overhear only what the engine reads: they could use a digest answer it
                // never read once, which digest cannot prevent (RFC 7616 5.5).
                if !strange && self.engine.is_alive() {
                    self.strangers.overhear(&bytes);
                }
                self.flush_engine(now);
            }
            Host::Carrier => {
                self.carrier.receive(now, flow, &bytes);
                self.flush_carrier(now);
            }
            Host::Phone(id) => {
                if let Some(phone) = self.phones.get_mut(&id) {
                    phone.receive(now, flow, &bytes, call_id);
                }
                self.flush_phone(now, id);
            }
            Host::Stranger => {}
        }
    }

    pub(super) fn flush_engine(&mut self, now: Timestamp) {
        while let Some((flow, bytes)) = self.engine.out.pop_front() {
            if let Some(glance) = Glance::at(&bytes) {
                self.tap.sent(now, Host::Engine, &glance);
                let is_call = glance.start == Start::Request("INVITE") || glance.is_accept();
                if is_call && is_strange(flow.remote.ip()) {
                    let what =
                        format!("a stranger at {} is let into {}", flow.remote, glance.call_id);
                    self.outputs.push_back(SignallingOutput::Violation(13, what));
                }
            }
            self.network.send(now, Host::Engine, flow, bytes);
        }
        self.outputs.extend(self.engine.outputs.drain(..));
    }

    pub(super) fn flush_phone(&mut self, now: Timestamp, id: PhoneId) {
        let Some(phone) = self.phones.get_mut(&id) else { return };
        while let Some(call_id) = phone.rung.pop_front() {
            self.tally.rung += 1;
            let others = phone.legs().filter(|leg| leg.call_id != call_id);
            for other in others {
                if self.engine.wants_both(&call_id, &other.call_id) {
                    let what = format!("phone {id} rings for a second offer beside a first");
                    self.outputs.push_back(SignallingOutput::Violation(3, what));
                }
            }
        }
        while let Some(PhoneLeg { since, call_id, .. }) = phone.deserted.pop_front() {
            let trouble = self.troubled.get(&id).copied().unwrap_or_default().max(self.died);
            // An INVITE sent while the phone was away may reach it until then.
            if trouble + LINGERS < since && !self.tap.is_dismissed(&call_id) {
                let what = format!("phone {id} was left alone on {call_id}, since {since}");
                self.outputs.push_back(SignallingOutput::Violation(12, what));
            }
        }
        while let Some((flow, bytes)) = phone.out.pop_front() {
            if let Some(glance) = Glance::at(&bytes) {
                self.tap.sent(now, Host::Phone(id), &glance);
            }
            self.network.send(now, Host::Phone(id), flow, bytes);
        }
    }

    pub(super) fn flush_carrier(&mut self, now: Timestamp) {
        while let Some(fault) = self.carrier.faults.pop_front() {
            match fault {
                Fault::Sever(call_id) => self.network.sever(&call_id),
                Fault::Silence(call_id) => self.network.silence(&call_id),
            }
        }
        while let Some((since, call_id)) = self.carrier.deserted.pop_front() {
            if self.died < since && !self.tap.is_dismissed(&call_id) {
                let what = format!("a caller was left alone on {call_id}, since {since}");
                self.outputs.push_back(SignallingOutput::Violation(12, what));
            }
        }
        while let Some((flow, bytes)) = self.carrier.out.pop_front() {
            if let Some(glance) = Glance::at(&bytes) {
                self.tap.sent(now, Host::Carrier, &glance);
            }
            self.network.send(now, Host::Carrier, flow, bytes);
        }
    }
}

/// How long an INVITE is retransmitted (timer B).
const LINGERS: Duration = Duration::from_secs(33);
