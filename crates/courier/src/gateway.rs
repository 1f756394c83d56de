//! Requests to an SMS gateway, and the meaning of its responses.

use std::time::Duration;

use messaging::{DeliveryOutcome, SmsOutcome};
use model::{
    Timestamp, Zone,
    desk::{SmsId, SmsOrder},
};
use serde_json::Value;

use crate::{
    client,
    destination::{BodyFormat, Gateway},
    placeholders::fill,
};

impl Gateway {
    /// The headers and the body for an SMS.
    pub(crate) fn request(
        &self,
        sms: SmsId,
        order: &SmsOrder,
        now: Timestamp,
    ) -> (Vec<(String, String)>, String) {
        let (key, time) = (sms.to_string(), clock(self.limits.zone, now));
        let places = [
            ("to", order.to.reveal()),
            ("text", order.text.reveal()),
            ("key", key.as_str()),
            ("secret", self.secret.0.as_str()),
            ("time", time.as_str()),
        ];
        let secret = [("secret", self.secret.0.as_str())];
        let filled = |text: &str| fill(text, None, &secret);
        let mut headers: Vec<(String, String)> =
            self.headers.0.iter().map(|(name, text)| (name.clone(), filled(text))).collect();
        let kind = match self.shape {
            BodyFormat::Json => "application/json; charset=utf-8",
            BodyFormat::Form => "application/x-www-form-urlencoded; charset=utf-8",
        };
        headers.push(("content-type".to_owned(), kind.to_owned()));
        headers.push(("idempotency-key".to_owned(), key.clone()));
        (headers, fill(&self.body, Some(self.shape), &places))
    }

    /// The outcome of a response. Many gateways always answer 200 and give the result in the body.
    pub(crate) fn answer(&self, status: u16, body: &[u8], after: Option<Duration>) -> SmsOutcome {
        let answer = client::text_of(body);
        match DeliveryOutcome::of_status(status, answer.clone(), after) {
            DeliveryOutcome::Rejected { status, why } => {
                return SmsOutcome::Rejected { why: format!("{status} {why}") };
            }
            DeliveryOutcome::Retry { why, after } => return SmsOutcome::Retry { why, after },
            DeliveryOutcome::Accepted => {}
        }
        let value = serde_json::from_slice(body).unwrap_or(Value::Null);
        if let Some(path) = &self.result {
            let Some(result) = at(&value, path) else {
                // Not a response of this gateway as configured: a person must look, and the SMS is kept.
                let why = format!("the answer has no {path}: {answer}");
                return SmsOutcome::Retry { why, after: None };
            };
            if self.later.contains(&result) {
                return SmsOutcome::Retry { why: answer, after };
            }
            if !self.taken.contains(&result) {
                return SmsOutcome::Rejected { why: answer };
            }
        }
        let gateway_id = self.id.as_ref().and_then(|path| at(&value, path)).unwrap_or_default();
        SmsOutcome::Accepted { gateway_id }
    }
}

/// The value at a path such as `data.0.code`, as text.
fn at(value: &Value, path: &str) -> Option<String> {
    let found = path.split('.').try_fold(value, |value, step| match value {
        Value::Array(list) => list.get(step.parse::<usize>().ok()?),
        _ => value.get(step),
    })?;
    match found {
        Value::String(text) => Some(model::text::clean(text).into_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is) => Some(is.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The local time as `yyyymmddhhmmss`.
fn clock(zone: Zone, at: Timestamp) -> String {
    let (date, second) = (zone.date(at), zone.second_of_day(at));
    let (h, m, s) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{}{h:02}{m:02}{s:02}", date.as_yyyymmdd())
}
