//! The answering side: a phone, or a trunk of ours.

use super::{Algorithm, fields::Fields, hash_password};
use crate::{
    Credentials,
    message::{Message, Name},
    text::quote,
};

/// Returns the header that answers the strongest supported challenge of a 401 or 407. `cnonce` must
/// be random.
pub(crate) fn respond(
    request: &Message,
    challenged: &Message,
    credentials: &Credentials,
    cnonce: &str,
) -> Option<(Name, String)> {
    let (asked, answer) = match challenged.code() {
        Some(401) => (Name::WwwAuthenticate, Name::Authorization),
        Some(407) => (Name::ProxyAuthenticate, Name::ProxyAuthorization),
        _ => return None,
    };
    let challenges: Vec<Challenge> =
        challenged.headers.all(&asked).filter_map(Challenge::parse).collect();
    let strongest = |algorithm| challenges.iter().find(|c| c.algorithm == algorithm);
    let challenge = Algorithm::ALL.into_iter().find_map(strongest)?;
    let method = request.method()?.as_str();
    let uri = request.uri()?.to_string();
    Some((answer, challenge.answer(credentials, method, &uri, cnonce)))
}

pub(super) struct Challenge {
    realm: String,
    nonce: String,
    opaque: Option<String>,
    algorithm: Algorithm,
    /// Whether it requires a nonce count.
    is_counted: bool,
}

impl Challenge {
    pub(super) fn parse(value: &str) -> Option<Challenge> {
        let fields = Fields::parse(value)?;
        let is_counted = match fields.get("qop") {
            Some(kinds) if kinds.split(',').any(|k| k.trim().eq_ignore_ascii_case("auth")) => true,
            // Only auth-int, which is not supported.
            Some(_) => return None,
            None => false,
        };
        Some(Challenge {
            realm: fields.get("realm")?.to_owned(),
            nonce: fields.get("nonce")?.to_owned(),
            opaque: fields.get("opaque").map(str::to_owned),
            algorithm: Algorithm::parse(fields.get("algorithm"))?,
            is_counted,
        })
    }

    /// Each nonce is used once, so its count is always 1.
    pub(super) fn answer(
        &self,
        credentials: &Credentials,
        method: &str,
        uri: &str,
        cnonce: &str,
    ) -> String {
        let secret = hash_password(&credentials.user, &self.realm, &credentials.password);
        let ha1 = match self.algorithm {
            Algorithm::Md5 => &secret.md5,
            Algorithm::Sha256 => &secret.sha256,
        };
        let counted = self.is_counted.then_some((FIRST, cnonce));
        let response = self.algorithm.response(ha1, &self.nonce, counted, method, uri);
        let mut value = format!(
            "Digest username={}, realm={}, nonce={}, uri={}, response=\"{response}\", algorithm={}",
            quote(&credentials.user),
            quote(&self.realm),
            quote(&self.nonce),
            quote(uri),
            self.algorithm.as_str(),
        );
        if self.is_counted {
            value += &format!(", cnonce={}, qop=auth, nc={FIRST}", quote(cnonce));
        }
        if let Some(opaque) = &self.opaque {
            value += &format!(", opaque={}", quote(opaque));
        }
        value
    }
}

const FIRST: &str = "00000001";
