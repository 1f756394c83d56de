//! The body of a report: a form (GeoReport v2), a form with photographs, or JSON.

use axum::{
    body::{Bytes, to_bytes},
    extract::{
        FromRequest, Multipart, Request,
        multipart::{Field, MultipartError},
    },
    http::{StatusCode, header},
};
use serde_json::{Map, Value};

use super::{error::Open311Error, form_fields, key::KeyCheck};
use crate::decode;

/// The body of a report.
#[derive(Debug, Default)]
pub(super) struct Body {
    /// Fields, by name.
    pub(super) fields: Vec<(String, String)>,
    /// Files, in their order in the form.
    pub(super) files: Vec<SentFile>,
}

/// A file of a form.
#[derive(Debug)]
pub(super) struct SentFile {
    /// The sender's name for it.
    pub(super) name: String,
    pub(super) bytes: Bytes,
}

/// Reads a body by its content type. The files of a form are read only after a valid key, which is in
/// the query or in a field before the first file.
///
/// # Errors
/// The body does not fit its content type or is too large, the content type is unknown, or the key is
/// wrong or comes after the files.
pub(super) async fn read(request: Request, key: &mut KeyCheck<'_>) -> Result<Body, Open311Error> {
    let content_type = request.headers().get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match media_type.as_str() {
        "multipart/form-data" => {
            let form = Multipart::from_request(request, &()).await;
            form_with_files(
                form.map_err(|error| Open311Error::new(error.status(), error.body_text()))?,
                key,
            )
            .await
        }
        "application/json" => {
            let fields = json(&whole(request).await?)?;
            Ok(Body { fields, files: Vec::new() })
        }
        "application/x-www-form-urlencoded" | "" => {
            let content_type = content_type.to_owned();
            Ok(Body {
                fields: form_fields(&whole(request).await?, &content_type)?,
                files: Vec::new(),
            })
        }
        other => {
            let what = format!(
                "{other} is not accepted; send application/x-www-form-urlencoded, \
                 multipart/form-data or application/json"
            );
            Err(Open311Error::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, what))
        }
    }
}

/// The bytes of a body without files.
async fn whole(request: Request) -> Result<Bytes, Open311Error> {
    to_bytes(request.into_body(), TEXT_MAX).await.map_err(|_| {
        // When the connection broke, this answer is not read.
        Open311Error::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("at most {TEXT_MAX} bytes without files"),
        )
    })
}

async fn form_with_files(
    mut form: Multipart,
    key: &mut KeyCheck<'_>,
) -> Result<Body, Open311Error> {
    let mut body = Body::default();
    let mut text_left = TEXT_MAX;
    let (mut names, mut values) = (Vec::new(), Vec::new());
    while let Some(part) = form.next_field().await.map_err(unreadable)? {
        let field = part.name().unwrap_or_default().to_owned();
        match part.file_name().map(str::to_owned) {
            Some(name) => {
                key.require()?;
                let bytes = part.bytes().await.map_err(unreadable)?;
                // A browser sends an empty file field as a file without a name and bytes.
                if !bytes.is_empty() {
                    body.files.push(SentFile { name, bytes });
                }
            }
            None => {
                let value = bytes(part, &mut text_left).await?;
                if field == "api_key" {
                    key.check(&String::from_utf8_lossy(&value))?;
                }
                names.push(field);
                values.push(value);
            }
        }
        if body.files.len() > FILES_MAX || names.len() > FIELDS_MAX {
            let what = format!("at most {FILES_MAX} files and {FIELDS_MAX} fields");
            return Err(Open311Error::new(StatusCode::PAYLOAD_TOO_LARGE, what));
        }
    }
    // The content type of a form with files names no charset (RFC 7578 5.1.2).
    let values = decode::texts(values, "")
        .map_err(|error| Open311Error::invalid(vec![error.to_string()]))?;
    body.fields = names.into_iter().zip(values).collect();
    Ok(body)
}

/// The bytes of a field that is not a file. `left` is what all such fields may still have.
async fn bytes(mut part: Field<'_>, left: &mut usize) -> Result<Vec<u8>, Open311Error> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.chunk().await.map_err(unreadable)? {
        *left = left.checked_sub(chunk.len()).ok_or_else(|| {
            let what = format!("at most {TEXT_MAX} bytes in all fields that are not files");
            Open311Error::new(StatusCode::PAYLOAD_TOO_LARGE, what)
        })?;
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn unreadable(error: MultipartError) -> Open311Error {
    Open311Error::new(error.status(), error.body_text())
}

/// The fields of a JSON object of texts, numbers and booleans. Attributes are in an object of their own
/// or have the names they have in a form.
fn json(bytes: &[u8]) -> Result<Vec<(String, String)>, Open311Error> {
    let object: Map<String, Value> = decode::typed(bytes).map_err(|error| {
        Open311Error::invalid(vec![format!("the body is not a JSON object: {error}")])
    })?;
    let mut fields = Vec::new();
    for (name, value) in object {
        match value {
            Value::Object(inner) if name == "attribute" => {
                let inner = inner.into_iter();
                fields.extend(inner.flat_map(|(code, v)| named(format!("attribute[{code}]"), &v)));
            }
            value => fields.extend(named(name, &value)),
        }
    }
    Ok(fields)
}

fn named(name: String, value: &Value) -> Vec<(String, String)> {
    match value {
        Value::Null | Value::Object(_) => Vec::new(),
        Value::String(text) => vec![(name, text.clone())],
        Value::Array(several) => several.iter().flat_map(|one| named(name.clone(), one)).collect(),
        other => vec![(name, other.to_string())],
    }
}

/// The longest body, in bytes: some photographs as telephones take them.
pub(super) const BODY_MAX: usize = 16 * 1024 * 1024;
/// The longest body without files, in bytes. The longest description, escaped, has 36 kB.
const TEXT_MAX: usize = 256 * 1024;
const FILES_MAX: usize = 5;
const FIELDS_MAX: usize = 200;

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::*;

    #[test]
    fn json_is_read_like_a_form() {
        let body =
            br#"{"service_code":"010402","lat":34.75,"attribute":{"purpose":"help","x":["a","b"]},
            "attribute[confidential]":"no","phone":null}"#;
        let mut fields = json(body).unwrap();
        fields.sort();
        let wanted = [
            ("attribute[confidential]", "no"),
            ("attribute[purpose]", "help"),
            ("attribute[x]", "a"),
            ("attribute[x]", "b"),
            ("lat", "34.75"),
            ("service_code", "010402"),
        ];
        assert_eq!(fields, wanted.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert!(json(b"[1]").is_err() && json(b"{").is_err());
    }

    #[tokio::test]
    async fn body_without_files_is_read_up_to_its_bound() {
        let sent = |length: usize| Request::new(axum::body::Body::from(vec![b'x'; length]));
        assert_eq!(whole(sent(TEXT_MAX)).await.unwrap().len(), TEXT_MAX);
        let fault = whole(sent(TEXT_MAX + 1)).await.unwrap_err();
        assert_eq!(fault.response(Format::Json).status(), StatusCode::PAYLOAD_TOO_LARGE);
    }
}
