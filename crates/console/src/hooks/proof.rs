//! Whether a webhook's message comes from who we share a secret with.

use axum::http::HeaderMap;
use messaging::sign::{Key, SignatureError, SignatureHeaders, verify};
use model::Timestamp;

use super::Proof;
use crate::who;

impl Proof {
    /// An error says what is wrong without saying what would have been right.
    pub(super) fn check(
        &self,
        now: Timestamp,
        headers: &HeaderMap,
        query: Option<&str>,
        body: &[u8],
    ) -> Result<(), String> {
        match self {
            Proof::Signature(keys) => signed(now, keys, headers, body).map_err(|e| e.to_string()),
            Proof::Token(keys) => shown(keys, headers, query),
        }
    }
}

fn signed(
    now: Timestamp,
    keys: &[Key],
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(), SignatureError> {
    let text = |name: &str| headers.get(name).and_then(|text| text.to_str().ok());
    let claim = SignatureHeaders {
        message_id: text("webhook-id").ok_or(SignatureError::Missing)?,
        timestamp: text("webhook-timestamp").ok_or(SignatureError::Missing)?,
        signatures: text("webhook-signature").ok_or(SignatureError::Missing)?,
    };
    verify(now, keys, claim, body).map(|_key| ())
}

fn shown(keys: &[Key], headers: &HeaderMap, query: Option<&str>) -> Result<(), String> {
    let in_query = query.and_then(|query| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        // A made token is base64, which has + and no space: whoever forgot to encode it is right.
        pairs.find(|(name, _)| name == "token").map(|(_, token)| token.replace(' ', "+"))
    });
    let token = who::token(headers).map(str::to_owned).or(in_query);
    let Some(token) = token else { return Err("a token is needed, ?token= or Bearer".to_owned()) };
    // All of them, so that it takes as long for each.
    let right = keys.iter().filter(|key| key.is_shown(&token)).count();
    if right > 0 { Ok(()) } else { Err("this is no token known here".to_owned()) }
}
