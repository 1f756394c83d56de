//! Reads the body of a webhook: JSON or a form, one message or several, with the sender's names.

use model::{
    Number, Timestamp, Zone,
    desk::{InboundMessage, MessageDetails, Private, Purpose, SmsReceipt},
};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::{
    backend::Inbound,
    decode,
    options::{Hook, HookContent},
    timestamps,
};

/// A request without its body.
pub(super) struct Request<'a> {
    /// The webhook's name.
    pub(super) hook: &'a str,
    /// `webhook-id`; empty when there is none.
    pub(super) id: &'a str,
    /// `content-type`; empty when there is none.
    pub(super) content_type: &'a str,
    pub(super) now: Timestamp,
}

impl Hook {
    /// All messages in a body.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn read(
        &self,
        request: &Request<'_>,
        zone: Zone,
        body: &[u8],
    ) -> Result<Vec<Inbound>, Vec<String>> {
        let value = if request.content_type.starts_with("application/x-www-form-urlencoded") {
            form(body, request.content_type)?
        } else {
            decode::json(body).map_err(|error| vec![format!("the body is not JSON: {error}")])?
        };
        let value = match &self.items {
            None => &value,
            Some(path) => {
                at(&value, path).ok_or_else(|| vec![format!("{path}: the list is missing")])?
            }
        };
        let several = value.as_array().map(Vec::as_slice);
        let items = several.unwrap_or(std::slice::from_ref(value));
        if items.len() > ITEMS_MAX {
            return Err(vec![format!(
                "{} messages; at most {ITEMS_MAX} are accepted at once",
                items.len()
            )]);
        }
        let mut faults = Vec::new();
        let mut read = Vec::new();
        for (place, item) in items.iter().enumerate() {
            let place = several.map(|_| place);
            let mut item = Item { hook: self, item, place, faults: &mut faults };
            read.push(match self.content {
                HookContent::Messages => Inbound::Message(item.message(request, zone)),
                HookContent::Receipts => Inbound::Receipt(item.receipt()),
            });
        }
        if faults.is_empty() { Ok(read) } else { Err(faults) }
    }
}

/// One message in a body.
struct Item<'a> {
    hook: &'a Hook,
    item: &'a Value,
    /// Its index among several.
    place: Option<usize>,
    faults: &'a mut Vec<String>,
}

impl Item<'_> {
    fn message(&mut self, request: &Request<'_>, zone: Zone) -> InboundMessage {
        let text = self.text("text", TEXT_MAX);
        let media = self.media();
        if text.is_empty() && media.is_empty() {
            self.wrong("text", "is empty; a text or media is needed");
        }
        let (message_id, content_sha256) = self.message_id(request);
        InboundMessage {
            hook: request.hook.to_owned(),
            message_id,
            content_sha256,
            channel: self.hook.channel,
            from: Number::new(&self.text("from", NAME_MAX)),
            to: self.text("to", NAME_MAX),
            text: Private::new(text),
            media,
            at: self
                .value("at")
                .and_then(|at| timestamps::from_json(at, zone))
                .unwrap_or(request.now),
            particulars: Box::new(self.particulars(zone)),
        }
    }

    /// The fields of a platform or a form beside the text. Invalid values are refused, not ignored.
    fn particulars(&mut self, zone: Zone) -> MessageDetails {
        let due = match self.value("due") {
            None | Some(Value::Null) => None,
            Some(value) if as_text(value).is_some_and(|text| text.is_empty()) => None,
            Some(value) => {
                let due = timestamps::from_json(value, zone);
                if due.is_none() {
                    self.wrong("due", "is not a moment; write 2026-11-22T16:03:12+08:00");
                }
                due
            }
        };
        let topic = self.optional_text("topic", NAME_MAX);
        let is_topic = |code: &String| {
            matches!(code.len(), 2 | 4 | 6) && code.bytes().all(|b| b.is_ascii_digit())
        };
        if topic.as_ref().is_some_and(|code| !is_topic(code)) {
            self.wrong("topic", "is not a topic's code: two, four or six digits");
        }
        let purpose = self.optional_text("purpose", NAME_MAX).and_then(|word| {
            let purpose = serde_json::from_value::<Purpose>(Value::String(word)).ok();
            if purpose.is_none() {
                self.wrong("purpose", &format!("must be one of {}", words(Purpose::ALL)));
            }
            purpose
        });
        let confidential = self.optional_text("confidential", NAME_MAX).and_then(|word| {
            let is = match word.as_str() {
                "true" | "1" => Some(true),
                "false" | "0" => Some(false),
                _ => None,
            };
            if is.is_none() {
                self.wrong("confidential", "must be true or false");
            }
            is
        });
        let private = |text: Option<String>| text.map(Private::new);
        MessageDetails {
            case: self.optional_text("case", NAME_MAX),
            due,
            title: self.optional_text("title", NAME_MAX),
            name: private(self.optional_text("name", NAME_MAX)),
            contact: self.optional_text("contact", NAME_MAX).map(|number| Number::new(&number)),
            address: private(self.optional_text("address", NAME_MAX)),
            area: self.optional_text("area", NAME_MAX).map(|code| code.as_str().into()),
            topic: topic.map(|code| code.as_str().into()),
            purpose,
            confidential,
        }
    }

    /// A text; `None` when it is empty.
    fn optional_text(&mut self, name: &str, chars_max: usize) -> Option<String> {
        Some(self.text(name, chars_max)).filter(|text| !text.is_empty())
    }

    fn receipt(&mut self) -> SmsReceipt {
        let gateway_id = self.required_text("gateway_id");
        let status = self.required_text("status");
        let delivered = self.hook.delivered.contains(&status);
        SmsReceipt { gateway_id, delivered, status }
    }

    /// The name of the message: the sender's, else the request's. Without either it is made from the
    /// content and the moment, and the hash of the content is returned too.
    fn message_id(&mut self, request: &Request<'_>) -> (String, Option<String>) {
        let own = self.text("message_id", NAME_MAX);
        if !own.is_empty() {
            return (own, None);
        }
        if request.id.is_empty() {
            let hash = Sha256::digest(self.item.to_string().as_bytes());
            let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            return (format!("{hash}-{}", request.now.micros()), Some(hash));
        }
        let id: String = request.id.chars().take(NAME_MAX).collect();
        let place = self.place.map(|place| format!("#{place}")).unwrap_or_default();
        (format!("{id}{place}"), None)
    }

    fn media(&mut self) -> Vec<String> {
        let urls: Vec<String> = match self.value("media") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(urls)) => urls.iter().filter_map(as_text).collect(),
            Some(one) => as_text(one).into_iter().filter(|url| !url.is_empty()).collect(),
        };
        if urls.len() > MEDIA_MAX {
            self.wrong("media", &format!("has {} addresses; at most {MEDIA_MAX}", urls.len()));
        }
        let is_url = |url: &String| {
            let web = url.starts_with("https://") || url.starts_with("http://");
            web && url.len() <= URL_MAX && url.bytes().all(|b| b.is_ascii_graphic())
        };
        if !urls.iter().all(is_url) {
            self.wrong("media", "holds something that is not a web address");
        }
        urls
    }

    fn required_text(&mut self, name: &str) -> String {
        let text = self.text(name, NAME_MAX);
        if text.is_empty() {
            let path = self.path(name).to_owned();
            self.wrong(name, &format!("is missing: there is nothing at \"{path}\""));
        }
        text
    }

    /// A text; empty when it is absent.
    fn text(&mut self, name: &str, chars_max: usize) -> String {
        let text = self.value(name).and_then(as_text).unwrap_or_default();
        let chars = text.chars().count();
        if chars > chars_max {
            self.wrong(name, &format!("has {chars} characters; at most {chars_max}"));
        }
        text
    }

    fn value(&self, name: &str) -> Option<&Value> {
        at(self.item, self.path(name))
    }

    /// The path under which the sender has this field.
    fn path<'n>(&'n self, name: &'n str) -> &'n str {
        self.hook.fields.get(name).map_or(name, String::as_str)
    }

    fn wrong(&mut self, name: &str, what: &str) {
        let place = self.place.map(|place| format!("[{place}].")).unwrap_or_default();
        self.faults.push(format!("{place}{name}: {what}"));
    }
}

/// The value at a path such as `data.0.msgid`.
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

/// All words of an enum as the API writes them.
fn words<T: serde::Serialize>(all: &[T]) -> String {
    let word = |one: &T| serde_json::to_value(one).ok().as_ref().and_then(as_text);
    all.iter().filter_map(word).collect::<Vec<_>>().join(", ")
}

/// A form as an object of texts. Of a name that occurs twice, the last value counts.
fn form(body: &[u8], content_type: &str) -> Result<Value, Vec<String>> {
    let pairs = decode::form(body, content_type).map_err(|error| vec![error.to_string()])?;
    let fields: Map<String, Value> =
        pairs.into_iter().map(|(name, text)| (name, Value::from(text))).collect();
    Ok(Value::Object(fields))
}

/// Messages in one request.
const ITEMS_MAX: usize = 200;
/// The longest text, in characters: the length of a ticket's content (Open311: 4,000).
const TEXT_MAX: usize = 4_000;
/// The longest name, in characters.
const NAME_MAX: usize = 200;
const MEDIA_MAX: usize = 20;
/// The longest URL, in bytes.
const URL_MAX: usize = 2_048;
