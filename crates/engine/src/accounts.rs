//! Changes of accounts through the console: written to disk first, then to the log.

use std::sync::Arc;

use center::{Command, Refusal};
use console::{AccountCommand, AccountError, ChangedAccount};
use model::{AccountName, event::SeatActor};
use settings::KeyringError;
use workflow::Fault;

use crate::{
    backend::Engine,
    entropy,
    keys::{Keys, account_of},
};

impl Engine {
    /// Makes the change, and answers once it is in the log.
    pub(crate) async fn change(
        &self,
        by: AccountName,
        command: AccountCommand,
    ) -> Result<ChangedAccount, AccountError> {
        if self.is_emergency {
            return Err(AccountError::Unavailable(Refusal::Emergency.to_string()));
        }
        let keys = Arc::clone(&self.keys);
        // Hashing and disk access block, so they run off the async threads.
        let done = tokio::task::spawn_blocking(move || change(&keys, by, command)).await;
        let granted = match done {
            Ok(Ok(granted)) => granted,
            Ok(Err(error)) => return Err(refusal(error)),
            Err(_) => return Err(AccountError::Unavailable("the change was not made".into())),
        };
        match self.record_changes().await {
            Ok(()) => Ok(granted),
            Err(why) => Err(AccountError::Unavailable(format!(
                "the change was made, but is not in the log yet: {why}; the engine tries again"
            ))),
        }
    }

    /// Writes the changes of the keyring to the log, wherever they were made. Each change is
    /// written at least once; it is written twice when the engine dies before the keyring notes
    /// that it is in the log.
    ///
    /// In an emergency the keyring is a copy; its pending changes are written to the hotline's own
    /// log later.
    pub(crate) async fn record_changes(&self) -> Result<(), Refusal> {
        if self.is_emergency {
            return Ok(());
        }
        let _turn = self.recording_changes.lock().await;
        let mut done = Vec::new();
        let mut outcome = Ok(());
        for event in self.keys.unrecorded() {
            outcome = self.ask(SeatActor::Engine, Command::Note(event.clone())).await.map(drop);
            if outcome.is_err() {
                break;
            }
            done.push(event);
        }
        if done.is_empty() {
            return outcome;
        }
        let keys = Arc::clone(&self.keys);
        let forget = move || {
            keys.modify(|keyring| {
                keyring.recorded(&done);
                Ok(())
            })
        };
        if let Ok(Err(error)) = tokio::task::spawn_blocking(forget).await {
            tracing::error!(
                "cannot mark changes of the keyring as recorded: {error}; they will be in the \
                 log twice"
            );
        }
        outcome
    }
}

fn change(
    keys: &Keys,
    by: AccountName,
    command: AccountCommand,
) -> Result<ChangedAccount, KeyringError> {
    let context = keys.change_context(Some(by));
    let made = || settings::password_from(entropy::seed());
    let (account, password) = match command {
        AccountCommand::Add { name, role, staff } => {
            let password = made();
            let salt = entropy::salt();
            let added = keys.modify(|keyring| {
                keyring.add_account(&name, role, staff, &password, salt, &context)
            })?;
            (added, Some(password))
        }
        AccountCommand::Change { name, change } => {
            (keys.modify(|keyring| keyring.change_account(name.as_str(), change, &context))?, None)
        }
        AccountCommand::Confirm { name } => {
            (keys.modify(|keyring| keyring.confirm_role(name.as_str(), &context))?, None)
        }
        AccountCommand::End { name } => {
            (keys.modify(|keyring| keyring.end_account(name.as_str(), &context))?, None)
        }
        AccountCommand::Password { name, own } => {
            let to_change = own.is_none();
            let password = own.unwrap_or_else(made);
            let salt = entropy::salt();
            let changed = keys.modify(|keyring| {
                keyring.set_password(name.as_str(), &password, to_change, salt, &context)
            })?;
            (changed, to_change.then_some(password))
        }
    };
    Ok(ChangedAccount { account: account_of(account), password })
}

fn refusal(error: KeyringError) -> AccountError {
    let what = error.to_string();
    match error {
        KeyringError::NoSuchAccount(_) => AccountError::NotFound,
        KeyringError::BadPassword(faults) => {
            AccountError::Faults(faults.into_iter().map(|what| Fault::new("new", what)).collect())
        }
        KeyringError::BadStaff(faults) => AccountError::Faults(
            faults.into_iter().map(|fault| Fault::new(fault.field, fault.what)).collect(),
        ),
        KeyringError::AccountExists(_)
        | KeyringError::LastAdmin
        | KeyringError::NothingToConfirm(_)
        | KeyringError::SamePerson
        | KeyringError::Full(_) => AccountError::Conflict(what),
        // Partners' secrets are set on the command line only, never through the console.
        KeyringError::BadSecretName(_)
        | KeyringError::BadSecret
        | KeyringError::Hash(_)
        | KeyringError::File { .. }
        | KeyringError::Damaged { .. }
        | KeyringError::TooOpen(_) => {
            tracing::error!("{what}");
            AccountError::Unavailable(
                "the keyring cannot be written now; try again, or ask the operator to look at \
                 the engine's output"
                    .into(),
            )
        }
    }
}
