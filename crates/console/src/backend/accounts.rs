//! Accounts: log-in, changes and ends.

use std::io;

use model::{
    AccountName, Staff, StaffChange, Timestamp,
    desk::Actor,
    event::{LoginRefusal, Role},
};
use schemars::JsonSchema;
use serde::Serialize;
use workflow::Fault;

use super::BoxFuture;

/// The accounts of the hotline's people.
pub trait Accounts: Send + Sync + 'static {
    /// The account of this name and password, when it is open today.
    ///
    /// It is slow by design (Argon2): the hash is computed off the async threads.
    ///
    /// # Errors
    /// The reason the person may not log in.
    fn log_in<'a>(
        &'a self,
        name: &'a str,
        password: &'a str,
    ) -> BoxFuture<'a, Result<Account, LoginRefusal>>;

    /// The account a bearer token was issued to, when it is open today.
    fn by_token(&self, token: &str) -> Option<Account>;

    /// The account as it is now; `None` when it is not open today.
    ///
    /// Every request of a session asks for it, so that an ended account loses access at once.
    fn account(&self, name: &AccountName) -> Option<Account>;

    /// Every account in the order of names, ended ones included.
    fn accounts(&self) -> Vec<Account>;

    /// Changes an account. The answer comes once the change is durable.
    fn change_account(
        &self,
        by: AccountName,
        command: AccountCommand,
    ) -> BoxFuture<'_, Result<ChangedAccount, AccountError>>;

    /// The open work of this person; `None` for an unknown account.
    fn open_work(&self, name: &AccountName) -> io::Result<Option<Vec<OpenWork>>>;
}

/// The account of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The name to log in with.
    pub name: AccountName,
    /// The role, which decides what the person may do.
    pub role: Role,
    /// The person and their contract.
    pub staff: Staff,
    /// The number of passwords the account has had: a session opened with an earlier one has ended.
    pub password_no: u32,
    /// A role that was given and that no second person has confirmed yet. While it equals `role`,
    /// the account cannot log in.
    pub role_asked: Option<Role>,
}

impl Account {
    /// The person as desk records name who acts.
    pub fn actor(&self) -> Actor {
        Actor::Person {
            account: self.name.clone(),
            role: self.role,
            unit: self.staff.unit.clone(),
            outsourced: self.staff.employer.is_contractor(),
        }
    }
}

/// A command about an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountCommand {
    /// Adds an account.
    Add {
        /// The name to log in with.
        name: String,
        /// The role.
        role: Role,
        /// The person and their contract.
        staff: StaffChange,
    },
    /// Changes the person's data or role.
    Change {
        /// The account.
        name: AccountName,
        /// The changes.
        change: StaffChange,
    },
    /// Confirms, as a second person, the role that was given to the account.
    Confirm {
        /// The account.
        name: AccountName,
    },
    /// Ends the account at once.
    End {
        /// The account.
        name: AccountName,
    },
    /// Sets a password.
    Password {
        /// The account.
        name: AccountName,
        /// The person's own choice. Without one a password is generated, and the person must
        /// choose another at the next log-in.
        own: Option<String>,
    },
}

/// An account after a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedAccount {
    /// The account.
    pub account: Account,
    /// The generated password, to be shown once.
    pub password: Option<String>,
}

/// The reason a command about an account was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountError {
    /// The account does not exist.
    NotFound,
    /// Everything that is wrong with the command.
    Faults(Vec<Fault>),
    /// The command contradicts the present state: the name is taken, or no admin would be left.
    Conflict(String),
    /// The key file or the log cannot be written now.
    Unavailable(String),
}

/// Open work of a person that another must take over before they leave (SEAT-09, hand-over; OPS-03,
/// joiners and leavers).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OpenWork {
    /// The kind of work: `draft`, `ticket`, `callback`, `assignment`, `officer`.
    pub kind: &'static str,
    /// The number of the ticket or assignment.
    pub id: String,
    /// The due time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
}
