//! What an SMS gateway is asked, and what its answer means.

use std::time::Duration;

use messaging::{Answer, SmsAnswer};
use model::{
    Timestamp, Zone,
    desk::{SmsId, SmsOrder},
};
use serde_json::Value;

use crate::{
    client,
    far_end::{Gateway, Shape},
    fill::fill,
};

impl Gateway {
    /// The headers and the body that hand over an SMS.
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
            Shape::Json => "application/json; charset=utf-8",
            Shape::Form => "application/x-www-form-urlencoded; charset=utf-8",
        };
        headers.push(("content-type".to_owned(), kind.to_owned()));
        headers.push(("idempotency-key".to_owned(), key.clone()));
        (headers, fill(&self.body, Some(self.shape), &places))
    }

    /// What an answer means. Many gateways say 200 to everything and the truth in the body.
    pub(crate) fn answer(&self, status: u16, body: &[u8], after: Option<Duration>) -> SmsAnswer {
        let said = client::text_of(body);
        match Answer::of_status(status, said.clone(), after) {
            Answer::Refused { status, why } => {
                return SmsAnswer::Refused { why: format!("{status} {why}") };
            }
            Answer::Later { why, after } => return SmsAnswer::Later { why, after },
            Answer::Taken => {}
        }
        let value = serde_json::from_slice(body).unwrap_or(Value::Null);
        if let Some(path) = &self.result {
            let Some(result) = at(&value, path) else {
                // Not the gateway, or not as we know it: a person must look, nothing is lost.
                let why = format!("its answer has no {path}: {said}");
                return SmsAnswer::Later { why, after: None };
            };
            if self.later.contains(&result) {
                return SmsAnswer::Later { why: said, after };
            }
            if !self.taken.contains(&result) {
                return SmsAnswer::Refused { why: said };
            }
        }
        let gateway_id = self.id.as_ref().and_then(|path| at(&value, path)).unwrap_or_default();
        SmsAnswer::Taken { gateway_id }
    }
}

/// What stands at a path such as `data.0.code`, as text.
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

/// `yyyymmddhhmmss` by the hotline's wall clock.
fn clock(zone: Zone, at: Timestamp) -> String {
    let (date, second) = (zone.date(at), zone.second_of_day(at));
    let (h, m, s) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{}{h:02}{m:02}{s:02}", date.as_yyyymmdd())
}
