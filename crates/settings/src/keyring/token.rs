//! Tokens, with which programs authenticate.

use model::{
    AccountName, Date, Event, Timestamp,
    event::{TokenIssued, TokenRevoked},
};

use super::{Account, Full, Keyring, KeyringError, TOKENS_MAX, Token, secret};

impl Keyring {
    /// Makes a token for an account. It is shown once, because only its hash is stored. `entropy`
    /// is fresh randomness from the caller.
    pub fn issue_token(
        &mut self,
        name: &str,
        label: &str,
        entropy: [u8; 32],
        now: Timestamp,
    ) -> Result<String, KeyringError> {
        let account = AccountName::from(name);
        if !self.accounts.contains_key(&account) {
            return Err(KeyringError::NoSuchAccount(account));
        }
        if self.tokens().filter(|token| token.account == account).count() >= TOKENS_MAX {
            return Err(KeyringError::Full(Full::Tokens));
        }
        let label: String = label.chars().filter(|c| !c.is_control()).take(LABEL_CHARS).collect();
        let event = TokenIssued { account: account.clone(), label: label.clone() };
        self.note(Event::TokenIssued(event))?;
        let token = secret::token(entropy);
        self.tokens.insert(secret::token_hash(&token), Token { account, label, created: now });
        Ok(token)
    }

    /// The account of a token, when it may be used on this day.
    ///
    /// Tokens are looked up by hash. An attacker who measures the time learns about the hash of a
    /// guess only, which tells nothing about other hashes.
    pub fn by_token(&self, token: &str, today: Date) -> Option<Account> {
        let token = self.tokens.get(&secret::token_hash(token))?;
        let account = self.accounts.get(&token.account)?.account(&token.account);
        account.entry(today).is_ok().then_some(account)
    }

    /// All tokens, without their hashes.
    pub fn tokens(&self) -> impl Iterator<Item = &Token> + '_ {
        self.tokens.values()
    }

    /// Revokes the account's tokens with this label, or all of them when `label` is `None`, and
    /// returns their number.
    pub fn revoke_tokens(
        &mut self,
        name: &str,
        label: Option<&str>,
    ) -> Result<usize, KeyringError> {
        let of = |token: &Token| {
            token.account.as_str() == name && label.is_none_or(|label| token.label == label)
        };
        let found = self.tokens().filter(|token| of(token)).count();
        if found > 0 {
            self.note(Event::TokenRevoked(TokenRevoked {
                account: name.into(),
                label: label.unwrap_or("*").into(),
                tokens: u32::try_from(found).unwrap_or(u32::MAX),
            }))?;
            self.tokens.retain(|_, token| !of(token));
        }
        Ok(found)
    }
}

/// The most characters of a label; it fits into a list's column.
const LABEL_CHARS: usize = 64;
