//! Handwritten phones and gateways with unusual registrations, and their messages in a dialog.

use sip::Transport;

use super::{raw_messages::*, *};

/// A registration of a seat's phone.
pub(crate) struct Registration {
    pub(crate) seat: u32,
    pub(crate) transport: Transport,
    /// Where it is sent from.
    pub(crate) from: String,
    /// Where its Via says that it is sent from.
    pub(crate) sent_by: String,
    /// Whether its Via asks for responses to the source address (RFC 3581).
    pub(crate) rport: bool,
    pub(crate) contact: String,
    pub(crate) call_id: String,
}

impl Registration {
    /// A usual registration over UDP: Via and Contact have the source address.
    pub(crate) fn of(seat: u32, from: &str) -> Registration {
        Registration {
            seat,
            transport: Transport::Udp,
            from: from.to_owned(),
            sent_by: from.to_owned(),
            rport: true,
            contact: format!("<sip:{seat}@{from}>"),
            call_id: format!("registration-of-{seat}-{from}"),
        }
    }

    /// Registers with the right password.
    pub(crate) fn send(&self, lab: &mut Lab, center: usize) {
        let Registration { seat, from, sent_by, contact, call_id, .. } = self;
        let rport = if self.rport { ";rport" } else { "" };
        let cseq = lab.sent.len();
        let transport = match self.transport {
            Transport::Udp => "UDP",
            Transport::Tcp => "TCP",
        };
        let register = format!(
            "REGISTER sip:{REALM} SIP/2.0\n\
             Via: SIP/2.0/{transport} {sent_by};branch=z9hG4bKreg{cseq}{from}{rport}\n\
             Max-Forwards: 70\n\
             From: <sip:{seat}@{REALM}>;tag=r\n\
             To: <sip:{seat}@{REALM}>\n\
             Call-ID: {call_id}\n\
             CSeq: {cseq} REGISTER\n\
             Contact: {contact}\n\
             Expires: 300\nContent-Length: 0\n\n"
        );
        self.say(lab, center, &register);
        let nonce = nonce_of(&lab.last_sent(center, "SIP/2.0 401"));
        let password = format!("pw{seat}");
        self.say(lab, center, &authorized(&register, *seat, &password, &nonce));
        assert!(lab.last_sent(center, "SIP/2.0").starts_with("SIP/2.0 200 "));
        lab.events(center);
    }

    fn say(&self, lab: &mut Lab, center: usize, text: &str) {
        match self.transport {
            Transport::Udp => lab.inject(&self.from, center, text),
            Transport::Tcp => lab.inject_stream(&self.from, center, text),
        }
    }
}

/// The 200 to an INVITE of ours, from a phone of 1001 there.
pub(crate) fn answered_at(at: &str, invite: &str, sdp: &str) -> String {
    answered(invite, sdp).replace(PHONE, at)
}

/// The 200 to a request of ours inside the dialog that [`answered_at`] began.
pub(crate) fn accepted_at(at: &str, request: &str, sdp: &str) -> String {
    let to = header(request, "To");
    answered_at(at, request, sdp).replace(&format!("{to};tag=phone"), &to)
}

/// A request of the caller whose INVITE this 200 of ours answers.
pub(crate) fn of_caller(accepted: &str, method: &str, cseq: u32, from: &str) -> String {
    let [who, to, call_id] = ["From", "To", "Call-ID"].map(|name| header(accepted, name));
    format!(
        "{method} sip:{CENTER} SIP/2.0\n\
         Via: SIP/2.0/UDP {from};branch=z9hG4bKin{method}{cseq};rport\n\
         Max-Forwards: 70\nFrom: {who}\nTo: {to}\nCall-ID: {call_id}\n\
         CSeq: {cseq} {method}\nContent-Length: 0\n\n"
    )
}

/// The value of a header.
pub(crate) fn header(message: &str, name: &str) -> String {
    let prefix = format!("{name}: ");
    let line = message.lines().find_map(|line| line.strip_prefix(prefix.as_str()));
    line.unwrap_or_else(|| panic!("no {name} in {message}")).to_owned()
}
