//! What became of each SMS: a fold, and the guard before a new one (CHAN-03).

use std::{collections::BTreeMap, time::Duration};

use model::{
    Number, Seq, TicketId, Timestamp,
    desk::{MessagingEvent, Private, SmsId, SmsOrder, SmsReceipt},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Templates;
use workflow::{Fault, Refusal};

/// The SMS of the last weeks, and all that are still to go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Texts {
    waiting: BTreeMap<SmsId, (Timestamp, SmsOrder)>,
    recent: BTreeMap<SmsId, Text>,
    by_gateway: BTreeMap<String, SmsId>,
    /// Receipts that came before we had it on record that the gateway took the SMS.
    early: BTreeMap<String, (Timestamp, SmsReceipt)>,
    asked: BTreeMap<Number, (Timestamp, SmsId, Option<TicketId>)>,
}

/// One SMS, without its words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// When it was ordered.
    pub ordered: Timestamp,
    /// To whom.
    pub to: Number,
    /// From which template.
    pub template: String,
    /// About which ticket.
    pub ticket: Option<TicketId>,
    /// The gateway's name for it.
    pub gateway_id: Option<String>,
    /// Where it stands.
    pub state: SmsState,
}

/// Where an SMS stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmsState {
    /// Ordered, not yet with the gateway.
    Waiting,
    /// The gateway has it.
    Handed {
        /// Since when.
        at: Timestamp,
    },
    /// It is on the phone, says the network.
    Delivered {
        /// Since when.
        at: Timestamp,
    },
    /// It is not, says the network.
    Undelivered {
        /// Since when.
        at: Timestamp,
        /// The network's word.
        status: String,
    },
    /// We gave it up.
    Failed {
        /// Since when.
        at: Timestamp,
        /// Why.
        why: String,
    },
}

/// An SMS somebody wants sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SmsWish {
    /// To whom.
    pub to: Number,
    /// From which template of `desk/sms.toml`.
    pub template: String,
    /// What fills its places.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
    /// About which ticket.
    #[serde(default)]
    pub ticket: Option<TicketId>,
    /// About which assignment of it, from 1.
    #[serde(default)]
    pub assignment: Option<u16>,
    /// At night too: quick kinds and red cards, not evaluations.
    #[serde(default)]
    pub urgent: bool,
    /// The next digit this number sends answers it.
    #[serde(default)]
    pub asks: bool,
}

impl Texts {
    /// What putting this SMS on order puts on record; every fault at once.
    pub fn order(&self, templates: &Templates, wish: SmsWish) -> Result<MessagingEvent, Refusal> {
        if self.waiting.len() >= WAITING_MAX {
            let state = format!("full: {WAITING_MAX} SMS wait for the gateway");
            return Err(Refusal::NotNow { state, allowed: Vec::new() });
        }
        let mut faults = Vec::new();
        if !takes_sms(&wish.to) {
            let what = "no SMS can go there; write a number of 5 to 15 digits";
            faults.push(Fault::new("to", what));
        }
        let text = match templates.render(&wish.template, &wish.values) {
            Ok(text) => text,
            Err(Refusal::Faults { faults: more }) => {
                faults.extend(more);
                String::new()
            }
            Err(other) => return Err(other),
        };
        let chars = text.chars().count();
        if chars > TEXT_CHARS_MAX {
            let what = format!("the text has {chars} characters; at most {TEXT_CHARS_MAX} go out");
            faults.push(Fault::new("values", what));
        }
        Refusal::unless_none(faults)?;
        Ok(MessagingEvent::SmsOrdered(SmsOrder {
            to: wish.to,
            template: wish.template,
            text: Private::new(text),
            ticket: wish.ticket,
            assignment: wish.assignment,
            urgent: wish.urgent,
            asks: wish.asks,
        }))
    }

    /// Whether another one can wait for the gateway.
    pub fn has_room(&self) -> bool {
        self.waiting.len() < WAITING_MAX
    }

    /// What is still to go, by name: when it was ordered, and what.
    pub fn waiting(&self) -> impl Iterator<Item = (SmsId, Timestamp, &SmsOrder)> {
        self.waiting.iter().map(|(sms, (at, order))| (*sms, *at, order))
    }

    /// One SMS of the last weeks.
    pub fn of(&self, sms: SmsId) -> Option<&Text> {
        self.recent.get(&sms)
    }

    /// The SMS of a ticket, oldest first.
    pub fn about(&self, ticket: TicketId) -> impl Iterator<Item = (SmsId, &Text)> {
        let about = move |(_, text): &(&SmsId, &Text)| text.ticket == Some(ticket);
        self.recent.iter().filter(about).map(|(sms, text)| (*sms, text))
    }

    /// The last SMS that asked this number something, and its ticket: what a digit from there answers.
    pub fn asked(&self, now: Timestamp, number: &Number) -> Option<(SmsId, Option<TicketId>)> {
        let (at, sms, ticket) = self.asked.get(number)?;
        (now.since(*at) <= ANSWER_WITHIN).then_some((*sms, *ticket))
    }

    /// When this number was last asked something by SMS.
    pub(super) fn last_asked(&self, number: &Number) -> Option<Timestamp> {
        self.asked.get(number).map(|(at, ..)| *at)
    }

    /// It happened; `seq` is the record's number.
    pub fn apply(&mut self, seq: Seq, at: Timestamp, event: &MessagingEvent) {
        match event {
            MessagingEvent::SmsOrdered(order) => self.ordered(SmsId(seq), at, order),
            MessagingEvent::SmsHanded { sms, gateway_id } => self.handed(*sms, at, gateway_id),
            MessagingEvent::SmsFailed { sms, why } => {
                self.waiting.remove(sms);
                if let Some(text) = self.recent.get_mut(sms) {
                    text.state = SmsState::Failed { at, why: why.clone() };
                }
            }
            MessagingEvent::ReceiptReceived(receipt) => self.receipted(at, receipt),
            _ => {}
        }
    }

    fn ordered(&mut self, sms: SmsId, at: Timestamp, order: &SmsOrder) {
        self.waiting.insert(sms, (at, order.clone()));
        let text = Text {
            ordered: at,
            to: order.to.clone(),
            template: order.template.clone(),
            ticket: order.ticket,
            gateway_id: None,
            state: SmsState::Waiting,
        };
        self.recent.insert(sms, text);
        if self.recent.len() > RECENT_MAX
            && let Some((_, oldest)) = self.recent.pop_first()
            && let Some(gateway_id) = oldest.gateway_id
        {
            self.by_gateway.remove(&gateway_id);
        }
    }

    fn handed(&mut self, sms: SmsId, at: Timestamp, gateway_id: &str) {
        let asking = self.waiting.remove(&sms).map(|(_, order)| order).filter(|order| order.asks);
        if let Some(order) = asking {
            self.asked.insert(order.to.clone(), (at, sms, order.ticket));
            self.forget_old_questions(at);
        }
        let Some(text) = self.recent.get_mut(&sms) else { return };
        text.state = SmsState::Handed { at };
        if gateway_id.is_empty() {
            return;
        }
        text.gateway_id = Some(gateway_id.to_owned());
        self.by_gateway.insert(gateway_id.to_owned(), sms);
        if let Some((at, receipt)) = self.early.remove(gateway_id) {
            self.receipted(at, &receipt);
        }
    }

    fn receipted(&mut self, at: Timestamp, receipt: &SmsReceipt) {
        let known = self.by_gateway.get(&receipt.gateway_id).copied();
        let sms = known.or_else(|| SmsId::of_key(&receipt.gateway_id));
        let Some(text) = sms.and_then(|sms| self.recent.get_mut(&sms)) else {
            // Full: the first by name goes. Only strangers' receipts stay here for long.
            if self.early.len() >= EARLY_MAX {
                self.early.pop_first();
            }
            self.early.insert(receipt.gateway_id.clone(), (at, receipt.clone()));
            return;
        };
        text.state = if receipt.delivered {
            SmsState::Delivered { at }
        } else {
            SmsState::Undelivered { at, status: receipt.status.clone() }
        };
    }

    /// Full, or once in a while: those nobody may answer any more go.
    fn forget_old_questions(&mut self, now: Timestamp) {
        if self.asked.len() > ASKED_MAX {
            self.asked.retain(|_, (at, ..)| now.since(*at) <= ANSWER_WITHIN);
        }
        if self.asked.len() > ASKED_MAX {
            let oldest = self.asked.iter().min_by_key(|(_, (at, ..))| *at);
            let oldest = oldest.map(|(number, _)| number.clone());
            oldest.and_then(|number| self.asked.remove(&number));
        }
    }
}

/// Whether a number can be sent to: digits, with + before or not.
fn takes_sms(number: &Number) -> bool {
    let text = number.reveal();
    let digits = text.strip_prefix('+').unwrap_or(text);
    (5..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a telephone can show an SMS: a mobile of the mainland, or one abroad. A fixed line, a
/// handle and a withheld number cannot.
pub fn is_mobile(number: &Number) -> bool {
    let abroad = number.reveal().strip_prefix('+').is_some_and(|rest| {
        (7..=15).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_digit())
    });
    abroad || number.is_chinese_mobile()
}

/// Ten parts of a long SMS (67 characters each in UCS-2, 3GPP TS 23.040).
const TEXT_CHARS_MAX: usize = 670;
/// SMS that may wait for the gateway: a gateway away for a long weekend. Full: no more are ordered.
const WAITING_MAX: usize = 50_000;
/// SMS whose fate is known here; older ones are in the log.
const RECENT_MAX: usize = 100_000;
/// Receipts that wait for their SMS.
const EARLY_MAX: usize = 1_000;
/// Numbers asked and not answered.
const ASKED_MAX: usize = 100_000;
/// A digit that comes later is no answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(7 * 86_400);

#[cfg(test)]
mod tests {
    use super::*;

    fn wish() -> SmsWish {
        SmsWish {
            to: Number::new("13812345678"),
            template: "eval1".into(),
            values: BTreeMap::new(),
            ticket: Some(TicketId(2_026_112_200_017)),
            urgent: false,
            assignment: None,
            asks: true,
        }
    }

    fn templates(text: &str) -> Templates {
        Templates::new([("eval1".to_owned(), text.to_owned())].into())
    }

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_micros(1_795_334_592_000_000) + Duration::from_secs(seconds)
    }

    fn receipt(gateway_id: &str, delivered: bool) -> MessagingEvent {
        let (gateway_id, status) = (gateway_id.to_owned(), "DELIVRD".to_owned());
        MessagingEvent::ReceiptReceived(SmsReceipt { gateway_id, delivered, status })
    }

    fn ordered() -> Texts {
        let mut texts = Texts::default();
        let event = texts.order(&templates("请回复"), wish()).unwrap();
        texts.apply(7, at(0), &event);
        texts
    }

    fn hand(texts: &mut Texts) {
        texts.apply(
            8,
            at(1),
            &MessagingEvent::SmsHanded { sms: SmsId(7), gateway_id: "g1".into() },
        );
    }

    #[test]
    fn an_sms_is_ordered_handed_and_delivered() {
        let mut texts = ordered();
        assert_eq!(texts.waiting().map(|(sms, ..)| sms).collect::<Vec<_>>(), [SmsId(7)]);
        hand(&mut texts);
        assert_eq!(texts.waiting().count(), 0);
        texts.apply(9, at(2), &receipt("g1", true));
        let text = texts.of(SmsId(7)).unwrap();
        assert_eq!(text.state, SmsState::Delivered { at: at(2) });
        assert_eq!(texts.about(TicketId(2_026_112_200_017)).count(), 1);
    }

    #[test]
    fn a_receipt_that_overtakes_the_gateways_answer_still_counts() {
        let mut texts = ordered();
        texts.apply(8, at(1), &receipt("g1", true));
        assert_eq!(texts.of(SmsId(7)).unwrap().state, SmsState::Waiting);
        hand(&mut texts);
        assert_eq!(texts.of(SmsId(7)).unwrap().state, SmsState::Delivered { at: at(1) });
    }

    #[test]
    fn a_receipt_may_name_our_key() {
        let mut texts = ordered();
        texts.apply(8, at(1), &receipt("sms-7", false));
        let undelivered = SmsState::Undelivered { at: at(1), status: "DELIVRD".into() };
        assert_eq!(texts.of(SmsId(7)).unwrap().state, undelivered);
    }

    #[test]
    fn a_digit_answers_the_last_question_for_a_week() {
        let mut texts = ordered();
        hand(&mut texts);
        let answered = Some((SmsId(7), Some(TicketId(2_026_112_200_017))));
        for number in ["13812345678", "+8613812345678", "8613812345678"] {
            assert_eq!(texts.asked(at(60), &Number::new(number)), answered, "{number}");
        }
        assert_eq!(texts.asked(at(60), &Number::new("13912345678")), None);
        assert_eq!(texts.asked(at(8 * 86_400), &Number::new("13812345678")), None);
    }

    #[test]
    fn a_mobile_can_be_written_to_and_a_fixed_line_cannot() {
        for number in ["13812345678", "+8619912345678", "008613812345678", "+14155550100"] {
            assert!(is_mobile(&Number::new(number)), "{number}");
        }
        for number in ["073112345678", "12345", "wechat-user", "", "12812345678", "+8607311234567"]
        {
            assert!(!is_mobile(&Number::new(number)), "{number}");
        }
    }

    #[test]
    fn all_faults_of_an_order_come_at_once() {
        let wish = SmsWish { to: Number::new("anonymous"), ..wish() };
        let refusal = Texts::default().order(&templates("{no}{due}"), wish).unwrap_err();
        let Refusal::Faults { faults } = refusal else { panic!("{refusal}") };
        let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["to", "values.no", "values.due"]);
    }

    #[test]
    fn a_text_longer_than_ten_parts_is_refused() {
        let long = "字".repeat(TEXT_CHARS_MAX + 1);
        let refusal = Texts::default().order(&templates(&long), wish()).unwrap_err();
        assert!(refusal.to_string().contains("671 characters"), "{refusal}");
    }
}
