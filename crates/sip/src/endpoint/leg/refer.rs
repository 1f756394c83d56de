//! REFER inside a phone's call: the phone transfers (RFC 3515, RFC 3891).
//!
//! It is taken from a seat's phone only. Of Refer-To only the user part counts, as if the phone had
//! dialled it, and a Replaces that names another call of ours. Everything else is refused with 603,
//! so that a phone cannot make us call any address. The switch decides; its decision is told in one
//! NOTIFY, which ends the implicit subscription.

use primitives::{LegId, Timestamp};

use super::Leg;
use crate::{
    Endpoint, Event,
    dialog::key_of_tags,
    message::{Message, Method, Name, NameAddr, phrase},
    transaction::{TransactionUser, TxId},
    uri::{Scheme, Uri, unescape},
};

impl Endpoint {
    /// Handles REFER inside an answered leg.
    pub(super) fn referred(&mut self, now: Timestamp, id: LegId, tx: TxId, request: &Message) {
        let realm = self.config.realm.clone();
        let Some(Leg::Established(established)) = self.legs.get(&id) else {
            return self.answer(now, tx, request, 603);
        };
        if !established.dialog.far_end().is_phone() {
            return self.answer(now, tx, request, 603);
        }
        let Some(target) = request.headers.get(&Name::ReferTo).and_then(NameAddr::parse) else {
            return self.answer(now, tx, request, 400);
        };
        let uri = target.uri;
        let is_ours =
            established.dialog.is_own_host(&uri.host) || uri.host.eq_ignore_ascii_case(&realm);
        if uri.scheme != Scheme::Sip || !is_ours || uri.number().is_withheld() {
            return self.answer(now, tx, request, 603);
        }
        let replaces = match Replaced::of(&uri) {
            Replaced::None => None,
            Replaced::Dialog(key) => match self.dialogs.get(&key) {
                Some(leg) => Some(*leg),
                None => return self.answer(now, tx, request, 603),
            },
            Replaced::Other => return self.answer(now, tx, request, 603),
        };
        let Some(Leg::Established(established)) = self.legs.get_mut(&id) else { return };
        established.refers += 1;
        established.refer_cseq = request.cseq().map(|(number, _)| number);
        self.answer(now, tx, request, 202);
        self.out.event(Event::Referred { leg: id, to: uri.number(), replaces });
    }

    /// Tells the phone what became of its REFER.
    pub(crate) fn answer_refer(&mut self, now: Timestamp, id: LegId, code: u16) {
        let Some(Leg::Established(established)) = self.legs.get_mut(&id) else { return };
        let Some(cseq) = established.refer_cseq.take().filter(|_| !established.is_over) else {
            return;
        };
        let (mut notify, flow) = established.dialog.request(Method::Notify, &mut self.ids);
        // The first REFER of a dialog needs no id, and some phones do not expect one (RFC 3515
        // 2.4.6).
        match established.refers {
            1 => notify.headers.push(Name::Event, "refer"),
            _ => notify.headers.push(Name::Event, format_args!("refer;id={cseq}")),
        }
        notify.headers.push(Name::SubscriptionState, "terminated;reason=noresource");
        let contact = established.dialog.contact();
        self.add_dialog_headers(&mut notify, contact);
        let line = format!("SIP/2.0 {code} {}\r\n", phrase(code));
        notify.set_body("message/sipfrag;version=2.0", line.into_bytes());
        self.transactions.request(now, notify, flow, TransactionUser::None, &mut self.out);
        self.update_timer(id);
    }
}

/// The headers of a Refer-To URI.
#[derive(Debug, PartialEq, Eq)]
enum Replaced {
    /// There is none.
    None,
    /// A Replaces with the dialog of this key.
    Dialog(String),
    /// Any other header, or a malformed Replaces.
    Other,
}

impl Replaced {
    fn of(uri: &Uri) -> Replaced {
        if uri.headers.is_empty() {
            return Replaced::None;
        }
        Replaced::read(&uri.headers).map_or(Replaced::Other, Replaced::Dialog)
    }

    /// `Replaces=call%3Bto-tag%3Dours%3Bfrom-tag%3Dtheirs`
    fn read(headers: &str) -> Option<String> {
        let (name, value) = headers.split_once('=')?;
        if !name.eq_ignore_ascii_case("replaces") || value.contains('&') {
            return None;
        }
        let value = unescape(value);
        let mut parts = value.split(';');
        let call_id = parts.next().map(str::trim).filter(|id| !id.is_empty())?;
        let (mut ours, mut theirs) = (None, None);
        for part in parts {
            match part.split_once('=').map(|(name, tag)| (name.trim(), tag.trim())) {
                Some(("to-tag", tag)) => ours = Some(tag),
                Some(("from-tag", tag)) => theirs = Some(tag),
                // `early-only` does not matter: an early dialog is found as any other.
                _ => {}
            }
        }
        Some(key_of_tags(call_id, ours?, theirs?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(headers: &str) -> Replaced {
        Replaced::of(&Uri::parse(&format!("sip:1002@10.0.0.1{headers}")).unwrap())
    }

    #[test]
    fn replaces_names_a_dialog_by_our_tag_and_theirs() {
        let dialog = Replaced::Dialog(key_of_tags("a1@phone", "ours", "theirs"));
        let escaped = "?Replaces=a1%40phone%3Bto-tag%3Dours%3Bfrom-tag%3Dtheirs";
        assert_eq!(read(escaped), dialog);
        let other_order = "?replaces=a1%40phone%3Bfrom-tag%3Dtheirs%3Bto-tag%3Dours%3Bearly-only";
        assert_eq!(read(other_order), dialog);
        assert_eq!(read(""), Replaced::None);
    }

    #[test]
    fn other_headers_and_malformed_replaces_are_recognised() {
        for headers in [
            "?Subject=x",
            "?Replaces=a1%3Bto-tag%3Dours",
            "?Replaces=",
            "?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc&Route=x",
        ] {
            assert_eq!(read(headers), Replaced::Other, "{headers}");
        }
    }
}
