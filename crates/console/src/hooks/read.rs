//! A partner's body as our words: JSON or a form, one thing or many, under whatever names.

use model::{
    Number, Timestamp, Zone,
    desk::{InboundMessage, MessageDetails, Private, Purpose, SmsReceipt},
};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{Carries, Hook, time};
use crate::{port::Inbound, sent};

/// What is known of a request beside its body.
pub(super) struct Request<'a> {
    /// The webhook's name.
    pub(super) hook: &'a str,
    /// `webhook-id`; empty when there is none.
    pub(super) named: &'a str,
    /// `content-type`
    pub(super) content: &'a str,
    pub(super) now: Timestamp,
}

impl Hook {
    /// Everything in a body, or everything that is wrong with it.
    pub(super) fn read(
        &self,
        request: &Request<'_>,
        zone: Zone,
        body: &[u8],
    ) -> Result<Vec<Inbound>, Vec<String>> {
        let value = if request.content.starts_with("application/x-www-form-urlencoded") {
            form(body, request.content)?
        } else {
            sent::json(body).map_err(|error| vec![format!("the body is no JSON: {error}")])?
        };
        let value = match &self.items {
            None => &value,
            Some(path) => at(&value, path)
                .ok_or_else(|| vec![format!("{path}: there is nothing; a list should be there")])?,
        };
        let several = value.as_array().map(Vec::as_slice);
        let items = several.unwrap_or(std::slice::from_ref(value));
        if items.len() > ITEMS_MAX {
            return Err(vec![format!("{} at once; at most {ITEMS_MAX} are taken", items.len())]);
        }
        let mut faults = Vec::new();
        let mut read = Vec::new();
        for (place, item) in items.iter().enumerate() {
            let place = several.map(|_| place);
            let mut item = Item { hook: self, item, place, faults: &mut faults };
            read.push(match self.carries {
                Carries::Messages => Inbound::Message(item.message(request, zone)),
                Carries::Receipts => Inbound::Receipt(item.receipt()),
            });
        }
        if faults.is_empty() { Ok(read) } else { Err(faults) }
    }
}

/// One thing of a body.
struct Item<'a> {
    hook: &'a Hook,
    item: &'a Value,
    /// Which of several.
    place: Option<usize>,
    faults: &'a mut Vec<String>,
}

impl Item<'_> {
    fn message(&mut self, request: &Request<'_>, zone: Zone) -> InboundMessage {
        let text = self.text("text", TEXT_MAX);
        let media = self.media();
        if text.is_empty() && media.is_empty() {
            self.wrong("text", "it says nothing; a text or media is needed");
        }
        let (message_id, content_sha256) = self.named(request);
        InboundMessage {
            hook: request.hook.to_owned(),
            message_id,
            content_sha256,
            channel: self.hook.channel,
            from: Number::new(&self.text("from", NAME_MAX)),
            to: self.text("to", NAME_MAX),
            text: Private::new(text),
            media,
            at: self.value("at").and_then(|at| time::read(at, zone)).unwrap_or(request.now),
            particulars: Box::new(self.particulars(zone)),
        }
    }

    /// What a platform or a form says beside the text; what cannot be is refused, not left out.
    fn particulars(&mut self, zone: Zone) -> MessageDetails {
        let due = match self.value("due") {
            None | Some(Value::Null) => None,
            Some(value) if as_text(value).is_some_and(|text| text.is_empty()) => None,
            Some(value) => {
                let due = time::read(value, zone);
                if due.is_none() {
                    self.wrong("due", "it is no moment; write 2026-11-22T16:03:12+08:00");
                }
                due
            }
        };
        let topic = self.given("topic", NAME_MAX);
        let is_topic = |code: &String| {
            matches!(code.len(), 2 | 4 | 6) && code.bytes().all(|b| b.is_ascii_digit())
        };
        if topic.as_ref().is_some_and(|code| !is_topic(code)) {
            self.wrong("topic", "it is no topic's code; two, four or six digits");
        }
        let purpose = self.given("purpose", NAME_MAX).and_then(|word| {
            let purpose = serde_json::from_value::<Purpose>(Value::String(word)).ok();
            if purpose.is_none() {
                self.wrong("purpose", &format!("it is one of {}", words(Purpose::ALL)));
            }
            purpose
        });
        let confidential = self.given("confidential", NAME_MAX).and_then(|word| {
            let is = match word.as_str() {
                "true" | "1" => Some(true),
                "false" | "0" => Some(false),
                _ => None,
            };
            if is.is_none() {
                self.wrong("confidential", "it is true or false");
            }
            is
        });
        let private = |text: Option<String>| text.map(Private::new);
        MessageDetails {
            case: self.given("case", NAME_MAX),
            due,
            title: self.given("title", NAME_MAX),
            name: private(self.given("name", NAME_MAX)),
            contact: self.given("contact", NAME_MAX).map(|number| Number::new(&number)),
            address: private(self.given("address", NAME_MAX)),
            area: self.given("area", NAME_MAX).map(|code| code.as_str().into()),
            topic: topic.map(|code| code.as_str().into()),
            purpose,
            confidential,
        }
    }

    /// A text when there is one.
    fn given(&mut self, name: &str, chars_max: usize) -> Option<String> {
        Some(self.text(name, chars_max)).filter(|text| !text.is_empty())
    }

    fn receipt(&mut self) -> SmsReceipt {
        let gateway_id = self.needed("gateway_id");
        let status = self.needed("status");
        let delivered = self.hook.delivered.contains(&status);
        SmsReceipt { gateway_id, delivered, status }
    }

    /// The sender's name for it, else the request's. Without either one is made of the content and
    /// of the moment it came, and the hash of the content comes with it.
    fn named(&mut self, request: &Request<'_>) -> (String, Option<String>) {
        let own = self.text("message_id", NAME_MAX);
        if !own.is_empty() {
            return (own, None);
        }
        if request.named.is_empty() {
            let hash = Sha256::digest(self.item.to_string().as_bytes());
            let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            return (format!("{hash}-{}", request.now.micros()), Some(hash));
        }
        let named: String = request.named.chars().take(NAME_MAX).collect();
        let place = self.place.map(|place| format!("#{place}")).unwrap_or_default();
        (format!("{named}{place}"), None)
    }

    fn media(&mut self) -> Vec<String> {
        let urls: Vec<String> = match self.value("media") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(urls)) => urls.iter().filter_map(as_text).collect(),
            Some(one) => as_text(one).into_iter().filter(|url| !url.is_empty()).collect(),
        };
        if urls.len() > MEDIA_MAX {
            self.wrong("media", &format!("{} of them; at most {MEDIA_MAX}", urls.len()));
        }
        let is_url = |url: &String| {
            let web = url.starts_with("https://") || url.starts_with("http://");
            web && url.len() <= URL_MAX && url.bytes().all(|b| b.is_ascii_graphic())
        };
        if !urls.iter().all(is_url) {
            self.wrong("media", "something is no address of the web");
        }
        urls
    }

    fn needed(&mut self, name: &str) -> String {
        let text = self.text(name, NAME_MAX);
        if text.is_empty() {
            let path = self.path(name).to_owned();
            self.wrong(name, &format!("nothing is at \"{path}\""));
        }
        text
    }

    /// A text, or nothing when there is none.
    fn text(&mut self, name: &str, chars_max: usize) -> String {
        let text = self.value(name).and_then(as_text).unwrap_or_default();
        let chars = text.chars().count();
        if chars > chars_max {
            self.wrong(name, &format!("it has {chars} characters; at most {chars_max}"));
        }
        text
    }

    fn value(&self, name: &str) -> Option<&Value> {
        at(self.item, self.path(name))
    }

    /// What the sender calls it.
    fn path<'n>(&'n self, name: &'n str) -> &'n str {
        self.hook.fields.get(name).map_or(name, String::as_str)
    }

    fn wrong(&mut self, name: &str, what: &str) {
        let place = self.place.map(|place| format!("[{place}].")).unwrap_or_default();
        self.faults.push(format!("{place}{name}: {what}"));
    }
}

/// What stands at a path such as `data.0.msgid`.
fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(value, |value, step| match value {
        Value::Array(list) => list.get(step.parse::<usize>().ok()?),
        _ => value.get(step),
    })
}

fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is) => Some(is.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Words of a list as the API writes them.
fn words<T: serde::Serialize>(all: &[T]) -> String {
    let word = |one: &T| serde_json::to_value(one).ok().as_ref().and_then(as_text);
    all.iter().filter_map(word).collect::<Vec<_>>().join(", ")
}

/// A form as an object of texts. A name that comes twice counts once, the last time.
fn form(body: &[u8], content_type: &str) -> Result<Value, Vec<String>> {
    let pairs = sent::form(body, content_type).map_err(|error| vec![error.to_string()])?;
    let fields: Map<String, Value> =
        pairs.into_iter().map(|(name, text)| (name, Value::from(text))).collect();
    Ok(Value::Object(fields))
}

/// Things in one request.
const ITEMS_MAX: usize = 200;
/// Characters: what a ticket's content may have (Open311: 4,000).
const TEXT_MAX: usize = 4_000;
const NAME_MAX: usize = 200;
const MEDIA_MAX: usize = 20;
const URL_MAX: usize = 2_048;
