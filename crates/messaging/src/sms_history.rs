//! The state of each SMS: a fold, and the checks of a new order (CHAN-03 SMS).

use std::{collections::BTreeMap, time::Duration};

use model::{
    Number, Seq, TicketId, Timestamp,
    desk::{MessagingEvent, Private, SmsId, SmsOrder, SmsReceipt},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Templates;
use workflow::{Fault, Refusal};

/// The SMS of the last weeks, and all that wait to be sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmsHistory {
    waiting: BTreeMap<SmsId, (Timestamp, SmsOrder)>,
    recent: BTreeMap<SmsId, SmsStatus>,
    by_gateway: BTreeMap<String, SmsId>,
    /// Receipts that arrived before it was logged that the gateway accepted the SMS.
    early: BTreeMap<String, (Timestamp, SmsReceipt)>,
    asked: BTreeMap<Number, (Timestamp, SmsId, Option<TicketId>)>,
}

/// One SMS without its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmsStatus {
    /// When it was ordered.
    pub ordered: Timestamp,
    /// The recipient.
    pub to: Number,
    /// The template.
    pub template: String,
    /// The ticket it is about.
    pub ticket: Option<TicketId>,
    /// The gateway's id of the SMS.
    pub gateway_id: Option<String>,
    /// The state.
    pub state: SmsState,
}

/// The state of an SMS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmsState {
    /// Ordered, and not accepted by the gateway yet.
    Waiting,
    /// Accepted by the gateway.
    Handed {
        /// When.
        at: Timestamp,
    },
    /// Delivered to the telephone, as the network reports.
    Delivered {
        /// When.
        at: Timestamp,
    },
    /// Not delivered, as the network reports.
    Undelivered {
        /// When.
        at: Timestamp,
        /// The status of the network.
        status: String,
    },
    /// Given up.
    Failed {
        /// When.
        at: Timestamp,
        /// Why.
        why: String,
    },
}

/// A request to send an SMS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SmsRequest {
    /// The recipient.
    pub to: Number,
    /// A template of `desk/sms.toml`.
    pub template: String,
    /// The values of its placeholders.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
    /// The ticket it is about.
    #[serde(default)]
    pub ticket: Option<TicketId>,
    /// The assignment of the ticket it is about, from 1.
    #[serde(default)]
    pub assignment: Option<u16>,
    /// Whether it is sent in quiet hours too: for quick response and red cards, not evaluations.
    #[serde(default)]
    pub urgent: bool,
    /// Whether the next digit from this number is the answer.
    #[serde(default)]
    pub asks: bool,
}

impl SmsHistory {
    /// The event that orders an SMS, or every fault at once.
    pub fn order(
        &self,
        templates: &Templates,
        request: SmsRequest,
    ) -> Result<MessagingEvent, Refusal> {
        if self.waiting.len() >= WAITING_MAX {
            let state = format!("the queue is full: {WAITING_MAX} SMS wait for the gateway");
            return Err(Refusal::NotNow { state, allowed: Vec::new() });
        }
        let mut faults = Vec::new();
        if !takes_sms(&request.to) {
            let what = "this number cannot receive SMS; write 5 to 15 digits";
            faults.push(Fault::new("to", what));
        }
        let text = match templates.render(&request.template, &request.values) {
            Ok(text) => text,
            Err(Refusal::Faults { faults: more }) => {
                faults.extend(more);
                String::new()
            }
            Err(other) => return Err(other),
        };
        let chars = text.chars().count();
        if chars > TEXT_CHARS_MAX {
            let what =
                format!("the text has {chars} characters; at most {TEXT_CHARS_MAX} can be sent");
            faults.push(Fault::new("values", what));
        }
        Refusal::unless_none(faults)?;
        Ok(MessagingEvent::SmsOrdered(SmsOrder {
            to: request.to,
            template: request.template,
            text: Private::new(text),
            ticket: request.ticket,
            assignment: request.assignment,
            urgent: request.urgent,
            asks: request.asks,
        }))
    }

    /// Whether another SMS can wait for the gateway.
    pub fn has_room(&self) -> bool {
        self.waiting.len() < WAITING_MAX
    }

    /// The SMS that wait, with the time of the order.
    pub fn waiting(&self) -> impl Iterator<Item = (SmsId, Timestamp, &SmsOrder)> {
        self.waiting.iter().map(|(sms, (at, order))| (*sms, *at, order))
    }

    /// One SMS of the last weeks.
    pub fn of(&self, sms: SmsId) -> Option<&SmsStatus> {
        self.recent.get(&sms)
    }

    /// The SMS of a ticket, oldest first.
    pub fn about(&self, ticket: TicketId) -> impl Iterator<Item = (SmsId, &SmsStatus)> {
        let about = move |(_, text): &(&SmsId, &SmsStatus)| text.ticket == Some(ticket);
        self.recent.iter().filter(about).map(|(sms, text)| (*sms, text))
    }

    /// The last SMS that asked this number a question, and its ticket, if an answer is still accepted.
    pub fn asked(&self, now: Timestamp, number: &Number) -> Option<(SmsId, Option<TicketId>)> {
        let (at, sms, ticket) = self.asked.get(number)?;
        (now.since(*at) <= ANSWER_WITHIN).then_some((*sms, *ticket))
    }

    /// When this number was last asked a question by SMS.
    pub(super) fn last_asked(&self, number: &Number) -> Option<Timestamp> {
        self.asked.get(number).map(|(at, ..)| *at)
    }

    /// Applies an event; `seq` is the number of its record.
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
        let text = SmsStatus {
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
            // When full, the first by id is dropped. Only receipts of unknown SMS stay for long.
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

    /// Removes questions that can no longer be answered, when there are too many.
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

/// Whether an SMS can be sent to a number: digits, with or without `+`.
fn takes_sms(number: &Number) -> bool {
    let text = number.reveal();
    let digits = text.strip_prefix('+').unwrap_or(text);
    (5..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a number is a mobile of mainland China or a number abroad, which can receive SMS. Fixed
/// lines, handles of messengers and withheld numbers cannot.
pub fn is_mobile(number: &Number) -> bool {
    let abroad = number.reveal().strip_prefix('+').is_some_and(|rest| {
        (7..=15).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_digit())
    });
    abroad || number.is_chinese_mobile()
}

/// Ten parts of a long SMS (67 characters each in UCS-2, 3GPP TS 23.040).
const TEXT_CHARS_MAX: usize = 670;
/// The maximum of SMS that wait for the gateway: an outage of a long weekend.
const WAITING_MAX: usize = 50_000;
/// The maximum of SMS kept here; older ones are in the log.
const RECENT_MAX: usize = 100_000;
/// The maximum of receipts that wait for their SMS.
const EARLY_MAX: usize = 1_000;
/// The maximum of questions without an answer.
const ASKED_MAX: usize = 100_000;
/// A digit that arrives later is not an answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(7 * 86_400);

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> SmsRequest {
        SmsRequest {
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

    fn ordered() -> SmsHistory {
        let mut texts = SmsHistory::default();
        let event = texts.order(&templates("请回复"), request()).unwrap();
        texts.apply(7, at(0), &event);
        texts
    }

    fn hand_over(texts: &mut SmsHistory) {
        texts.apply(
            8,
            at(1),
            &MessagingEvent::SmsHanded { sms: SmsId(7), gateway_id: "g1".into() },
        );
    }

    #[test]
    fn sms_is_ordered_accepted_and_delivered() {
        let mut texts = ordered();
        assert_eq!(texts.waiting().map(|(sms, ..)| sms).collect::<Vec<_>>(), [SmsId(7)]);
        hand_over(&mut texts);
        assert_eq!(texts.waiting().count(), 0);
        texts.apply(9, at(2), &receipt("g1", true));
        let text = texts.of(SmsId(7)).unwrap();
        assert_eq!(text.state, SmsState::Delivered { at: at(2) });
        assert_eq!(texts.about(TicketId(2_026_112_200_017)).count(), 1);
    }

    #[test]
    fn receipt_before_the_response_of_the_gateway_counts() {
        let mut texts = ordered();
        texts.apply(8, at(1), &receipt("g1", true));
        assert_eq!(texts.of(SmsId(7)).unwrap().state, SmsState::Waiting);
        hand_over(&mut texts);
        assert_eq!(texts.of(SmsId(7)).unwrap().state, SmsState::Delivered { at: at(1) });
    }

    #[test]
    fn receipt_may_name_the_message_key() {
        let mut texts = ordered();
        texts.apply(8, at(1), &receipt("sms-7", false));
        let undelivered = SmsState::Undelivered { at: at(1), status: "DELIVRD".into() };
        assert_eq!(texts.of(SmsId(7)).unwrap().state, undelivered);
    }

    #[test]
    fn digit_answers_the_last_question_for_a_week() {
        let mut texts = ordered();
        hand_over(&mut texts);
        let answered = Some((SmsId(7), Some(TicketId(2_026_112_200_017))));
        for number in ["13812345678", "+8613812345678", "8613812345678"] {
            assert_eq!(texts.asked(at(60), &Number::new(number)), answered, "{number}");
        }
        assert_eq!(texts.asked(at(60), &Number::new("13912345678")), None);
        assert_eq!(texts.asked(at(8 * 86_400), &Number::new("13812345678")), None);
    }

    #[test]
    fn mobile_numbers_receive_sms_and_fixed_lines_do_not() {
        for number in ["13812345678", "+8619912345678", "008613812345678", "+14155550100"] {
            assert!(is_mobile(&Number::new(number)), "{number}");
        }
        for number in ["073112345678", "12345", "wechat-user", "", "12812345678", "+8607311234567"]
        {
            assert!(!is_mobile(&Number::new(number)), "{number}");
        }
    }

    #[test]
    fn every_fault_of_an_sms_order_is_reported_at_once() {
        let request = SmsRequest { to: Number::new("anonymous"), ..request() };
        let refusal = SmsHistory::default().order(&templates("{no}{due}"), request).unwrap_err();
        let Refusal::Faults { faults } = refusal else { panic!("{refusal}") };
        let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["to", "values.no", "values.due"]);
    }

    #[test]
    fn text_longer_than_ten_parts_is_refused() {
        let long = "字".repeat(TEXT_CHARS_MAX + 1);
        let refusal = SmsHistory::default().order(&templates(&long), request()).unwrap_err();
        assert!(refusal.to_string().contains("671 characters"), "{refusal}");
    }
}
