//! `heartline token …`: issues, lists and revokes tokens for the API.

use engine::{
    entropy,
    fault::{EX_USAGE, Fault},
    keyring, keys,
};
use settings::Keyring;

use super::user::usage;
use crate::{
    cli::{Token, TokenVerb},
    output::{print_line, print_list},
};

/// Runs the command.
pub(crate) fn run(token: Token) -> Result<(), Fault> {
    match (token.verb, token.name) {
        (Some(TokenVerb::List { name, json, place }), _) => {
            let data = place.data_folder()?;
            place.require_keyring(false)?;
            let keyring = Keyring::load(&keys::file_in(&data)).map_err(|e| e.to_string())?;
            let wanted = |account: &str| name.as_deref().is_none_or(|name| name == account);
            let tokens = keyring.tokens().filter(|token| wanted(token.account.as_str()));
            let mut rows: Vec<Vec<String>> = tokens
                .map(|token| {
                    vec![token.account.to_string(), token.created.to_string(), token.label.clone()]
                })
                .collect();
            rows.sort();
            print_list(json, &["account", "created", "label"], rows.into_iter());
        }
        (Some(TokenVerb::Revoke { name, label, place }), _) => {
            let site = place.site()?;
            place.require_keyring(false)?;
            let revoked = keyring::change_keyring(&site, |keyring, _| {
                keyring.revoke_tokens(&name, label.as_deref())
            })?;
            if revoked == 0 {
                return Err(Fault::new(
                    EX_USAGE,
                    match label {
                        Some(label) => format!("{name} has no token with the label \"{label}\""),
                        None => format!("{name} has no tokens"),
                    },
                ));
            }
            print_line(&format!("{revoked} tokens of {name} were revoked"));
        }
        (None, Some(name)) => {
            let site = token.place.site()?;
            token.place.require_keyring(false)?;
            let made = keyring::change_keyring(&site, |keyring, context| {
                keyring.issue_token(&name, &token.label, entropy::seed(), context.now)
            });
            print_line(&made.map_err(usage)?);
        }
        (None, None) => return Err(Fault::new(EX_USAGE, "name the account of the token")),
    }
    Ok(())
}
