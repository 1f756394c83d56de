//! Checks that a webhook message comes from a sender that knows the shared secret.

use axum::http::HeaderMap;
use messaging::sign::{Key, SignatureError, SignatureHeaders, verify};
use model::Timestamp;

use crate::{auth::bearer_token, options::HookAuth};

impl HookAuth {
    /// Checks the signature or token of a request.
    ///
    /// # Errors
    /// The fault, without the correct value.
    pub(super) fn check(
        &self,
        now: Timestamp,
        headers: &HeaderMap,
        query: Option<&str>,
        body: &[u8],
    ) -> Result<(), String> {
        match self {
            HookAuth::Signature(keys) => {
                check_signature(now, keys, headers, body).map_err(|e| e.to_string())
            }
            HookAuth::Token(keys) => check_token(keys, headers, query),
        }
    }
}

fn check_signature(
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

fn check_token(keys: &[Key], headers: &HeaderMap, query: Option<&str>) -> Result<(), String> {
    let in_query = query.and_then(|query| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        // Generated tokens are base64, which has + and no space. A sender that did not encode the +
        // is accepted.
        pairs.find(|(name, _)| name == "token").map(|(_, token)| token.replace(' ', "+"))
    });
    let token = bearer_token(headers).map(str::to_owned).or(in_query);
    let Some(token) = token else { return Err("a token is needed, ?token= or Bearer".to_owned()) };
    // All keys are compared, so that the time does not tell which one matched.
    let right = keys.iter().filter(|key| key.is_shown(&token)).count();
    if right > 0 { Ok(()) } else { Err("this token is unknown".to_owned()) }
}
