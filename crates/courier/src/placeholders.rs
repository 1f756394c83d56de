//! Replacing placeholders in bodies and headers, escaped for the format.

use crate::destination::BodyFormat;

/// Replaces the placeholders of a text. Inserted values are not searched for placeholders: a value with
/// `{secret}` in it is sent as it is.
pub(crate) fn fill(text: &str, shape: Option<BodyFormat>, places: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        let (before, from_brace) = rest.split_at(at);
        filled.push_str(before);
        let found = places.iter().find_map(|(name, value)| {
            let after = from_brace.strip_prefix('{')?.strip_prefix(name)?.strip_prefix('}')?;
            Some((*value, after))
        });
        match found {
            Some((value, after)) => {
                filled.push_str(&escape(value, shape));
                rest = after;
            }
            // A brace of JSON.
            None => {
                filled.push('{');
                rest = from_brace.get(1..).unwrap_or_default();
            }
        }
    }
    filled.push_str(rest);
    filled
}

fn escape(value: &str, shape: Option<BodyFormat>) -> String {
    match shape {
        None => value.to_owned(),
        Some(BodyFormat::Json) => {
            let quoted = serde_json::Value::from(value).to_string();
            quoted.get(1..quoted.len() - 1).unwrap_or_default().to_owned()
        }
        Some(BodyFormat::Form) => percent(value),
    }
}

/// `application/x-www-form-urlencoded` (WHATWG URL 5.2): a space is `+`.
fn percent(value: &str) -> String {
    let mut encoded = String::new();
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => {
                encoded.push(char::from(byte));
            }
            b' ' => encoded.push('+'),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_stays_json_whatever_people_wrote() {
        let body = r#"{"to":"{to}","text":"{text}","more":{"to":"{to}"}}"#;
        let text = "说\"好\"\\{to}\n";
        let filled = fill(body, Some(BodyFormat::Json), &[("to", "138"), ("text", text)]);
        let value: serde_json::Value = serde_json::from_str(&filled).unwrap();
        assert_eq!((&value["text"], &value["more"]["to"]), (&text.into(), &"138".into()));
    }

    #[test]
    fn quote_at_the_start_is_kept() {
        let filled = fill(r#"["{text}"]"#, Some(BodyFormat::Json), &[("text", "\"\"好\"")]);
        let value: serde_json::Value = serde_json::from_str(&filled).unwrap();
        assert_eq!(value[0], "\"\"好\"");
    }

    #[test]
    fn form_values_are_percent_encoded() {
        let filled =
            fill("to={to}&m={text}", Some(BodyFormat::Form), &[("to", "+86"), ("text", "a &好")]);
        assert_eq!(filled, "to=%2B86&m=a+%26%E5%A5%BD");
    }

    #[test]
    fn placeholders_in_values_are_not_replaced() {
        let filled = fill("{text}", None, &[("text", "{secret}"), ("secret", "s3cret")]);
        assert_eq!(filled, "{secret}");
    }
}
