//! Answers with a file: ranges (RFC 9110 14) and the name for downloads (RFC 6266).

use std::{fmt::Write, path::Path, time::SystemTime};

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tower::ServiceExt;
use tower_http::services::ServeFile;

use crate::problem::{Code, Problem};

/// The way a browser handles the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disposition {
    /// It shows the file in the page.
    Inline,
    /// It saves the file.
    Attachment,
}

/// The file, or the range of it that was asked for. Browsers must not cache it, because a cached
/// copy could be viewed without a record.
pub(crate) async fn serve_file(
    file: &Path,
    media_type: &'static str,
    disposition: Disposition,
    name: &str,
    mut request: Request,
) -> Response {
    let modified = file.metadata().and_then(|metadata| metadata.modified()).ok();
    keep_range(request.headers_mut(), modified);
    let Ok(response) = ServeFile::new(file).oneshot(request).await;
    finish(response.map(Body::new), media_type, disposition, name)
}

/// Completes the answer of tower-http: its headers, or the problem instead of it.
pub(crate) fn finish(
    mut response: Response,
    media_type: &'static str,
    disposition: Disposition,
    name: &str,
) -> Response {
    if let Some(problem) = refusal(response.status()) {
        let range = response.headers().get(header::CONTENT_RANGE).cloned();
        let mut refused = problem.into_response();
        // The length of the file (RFC 9110 15.5.17).
        range.map(|range| refused.headers_mut().insert(header::CONTENT_RANGE, range));
        return refused;
    }
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(value) = HeaderValue::from_str(&content_disposition(disposition, name)) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// The problem for an answer without a file.
fn refusal(status: StatusCode) -> Option<Problem> {
    match status {
        StatusCode::RANGE_NOT_SATISFIABLE => {
            let detail = "the file is shorter than the range that was asked for";
            Some(Problem::with_detail(Code::RangeNotSatisfiable, detail))
        }
        StatusCode::NOT_FOUND => Some(Problem::not_found("the file is not there any more")),
        status if status.is_server_error() => {
            Some(Problem::unavailable("the file cannot be read now"))
        }
        _ => None,
    }
}

/// Removes a `Range` header that must be ignored, so that the answer is the whole file: one in
/// another unit or that cannot be read (RFC 9110 14.2), several ranges, which a server may ignore
/// (14.2), and one whose `If-Range` names another version of the file (13.1.5).
pub(crate) fn keep_range(headers: &mut HeaderMap, modified: Option<SystemTime>) {
    let is_single = headers.get(header::RANGE).is_some_and(is_single_range);
    let same_version = headers.get(header::IF_RANGE).is_none_or(|version| {
        let date = version.to_str().ok().and_then(|text| httpdate::parse_http_date(text).ok());
        let seconds = |time: SystemTime| {
            time.duration_since(SystemTime::UNIX_EPOCH).ok().map(|d| d.as_secs())
        };
        date.is_some() && date.and_then(seconds) == modified.and_then(seconds)
    });
    if !is_single || !same_version {
        headers.remove(header::RANGE);
    }
    headers.remove(header::IF_RANGE);
}

/// `bytes=0-499`, `bytes=500-` or `bytes=-500`.
fn is_single_range(value: &HeaderValue) -> bool {
    let Some(range) = value.to_str().ok().and_then(|text| text.trim().strip_prefix("bytes="))
    else {
        return false;
    };
    let Some((first, last)) = range.trim().split_once('-') else { return false };
    let number = |text: &str| text.parse::<u64>().ok();
    match (first, last) {
        ("", last) => number(last).is_some(),
        (first, "") => number(first).is_some(),
        (first, last) => matches!((number(first), number(last)), (Some(a), Some(b)) if a <= b),
    }
}

/// The header's value: the name in ASCII for old browsers, and in UTF-8 (RFC 6266).
fn content_disposition(disposition: Disposition, name: &str) -> String {
    let kind = match disposition {
        Disposition::Inline => "inline",
        Disposition::Attachment => "attachment",
    };
    let plain: String = name
        .chars()
        .map(|c| {
            if (c.is_ascii_graphic() || c == ' ') && !matches!(c, '"' | '\\' | '%') {
                c
            } else {
                '_'
            }
        })
        .collect();
    let mut value = format!("{kind}; filename=\"{plain}\"");
    if plain != name {
        // Writing to a string does not fail.
        let _ = write!(value, "; filename*=UTF-8''{}", utf8_percent_encode(name, &ATTR_CHAR));
    }
    value
}

/// Everything but `attr-char` of RFC 8187 3.2.1.
const ATTR_CHAR: AsciiSet = NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn name_is_written_in_ascii_and_in_utf8() {
        let written = |name| content_disposition(Disposition::Attachment, name);
        assert_eq!(written("a.pdf"), "attachment; filename=\"a.pdf\"");
        assert_eq!(
            written("承诺书 1.pdf"),
            "attachment; filename=\"___ 1.pdf\"; filename*=UTF-8''%E6%89%BF%E8%AF%BA%E4%B9%A6%201.pdf"
        );
        assert_eq!(
            written("a\"b.pdf"),
            "attachment; filename=\"a_b.pdf\"; filename*=UTF-8''a%22b.pdf"
        );
    }

    #[test]
    fn invalid_or_outdated_range_is_ignored() {
        let modified = SystemTime::UNIX_EPOCH + Duration::from_millis(1_795_334_592_500);
        let same = httpdate::fmt_http_date(modified);
        let is_honoured = |range: &str, version: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, range.parse().unwrap());
            if let Some(version) = version {
                headers.insert(header::IF_RANGE, version.parse().unwrap());
            }
            keep_range(&mut headers, Some(modified));
            assert!(!headers.contains_key(header::IF_RANGE));
            headers.contains_key(header::RANGE)
        };
        for range in ["bytes=0-1", "bytes=500-", "bytes=-500"] {
            assert!(is_honoured(range, None) && is_honoured(range, Some(&same)), "{range}");
        }
        for range in ["bytes=0-1,4-5", "bytes=abc", "bytes=5-1", "bytes=-", "lines=1-2", ""] {
            assert!(!is_honoured(range, None), "{range}");
        }
        for version in ["\"etag\"", "Thu, 01 Jan 1970 00:00:00 GMT", "yesterday"] {
            assert!(!is_honoured("bytes=0-1", Some(version)), "{version}");
        }
    }
}
