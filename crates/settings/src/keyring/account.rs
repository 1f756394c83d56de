//! Accounts: adding, changing, verifying and ending them.

use model::{
    AccountName, AccountStatus, Date, Event, Staff, StaffChange, StaffFault,
    event::{
        AccountAdded, AccountChanged, AccountEnd, AccountEnded, LoginRefusal, PasswordChanged,
        Role, RoleConfirmed,
    },
};

use super::{
    ACCOUNTS_MAX, Account, Asked, ChangeContext, Full, Keyring, KeyringError, NAME_MAX,
    StoredAccount, file::CONFIRMED_SINCE, password, secret,
};

impl Keyring {
    /// Adds an account. `salt` is fresh randomness from the caller. When the role needs a second
    /// person, the account cannot be used until [`Keyring::confirm_role`].
    ///
    /// This takes about 30 ms on purpose; do not call it on a thread that others wait for.
    pub fn add_account(
        &mut self,
        name: &str,
        role: Role,
        staff: StaffChange,
        password: &str,
        salt: [u8; 16],
        context: &ChangeContext,
    ) -> Result<Account, KeyringError> {
        let made = staff.apply_to(role, &Staff::default());
        if !is_name(name) {
            let what = format!("use lower-case letters, digits, . - and _, at most {NAME_MAX}");
            let mut faults = vec![StaffFault { field: "name", what }];
            faults.extend(made.err().unwrap_or_default());
            return Err(KeyringError::BadStaff(faults));
        }
        let name = AccountName::from(name);
        if self.accounts.contains_key(&name) {
            return Err(KeyringError::AccountExists(name));
        }
        if self.accounts.len() >= ACCOUNTS_MAX {
            return Err(KeyringError::Full(Full::Accounts));
        }
        let (role, staff) = made.map_err(KeyringError::BadStaff)?;
        password::check(password, name.as_str(), &staff.real_name)?;
        let password = secret::hash(password, salt)?;
        self.note(Event::AccountAdded(AccountAdded {
            account: name.clone(),
            role,
            staff: staff.clone(),
            by: context.by.clone(),
            unconfirmed: role.needs_second_person() && !context.small_office,
        }))?;
        let asked = self.ask_second_person(&name, role, context)?;
        let stored =
            StoredAccount { role, password, password_no: 1, created: context.now, staff, asked };
        let account = stored.account(&name);
        self.accounts.insert(name, stored);
        Ok(account)
    }

    /// Changes an account and returns its new state. A new role that needs a second person is only
    /// requested, and the old one is valid until [`Keyring::confirm_role`]. A change to the present
    /// role withdraws the request.
    pub fn change_account(
        &mut self,
        name: &str,
        change: StaffChange,
        context: &ChangeContext,
    ) -> Result<Account, KeyringError> {
        let before = self.known(name)?;
        let is_role_named = change.role.is_some();
        let (wanted, staff) =
            change.apply_to(before.role, &before.staff).map_err(KeyringError::BadStaff)?;
        let is_closed = before.role_asked == Some(before.role);
        let is_withdrawn =
            is_role_named && wanted == before.role && before.role_asked.is_some() && !is_closed;
        if (wanted, &staff) == (before.role, &before.staff) && !is_withdrawn {
            return Ok(before);
        }
        let is_another = wanted != before.role;
        let waits = is_another && wanted.needs_second_person() && !context.small_office;
        // An account that is in use keeps its role until the new one is confirmed.
        let role = if waits && !is_closed { before.role } else { wanted };
        let stays = role == Role::Admin && goes_on(&staff, context.today);
        self.leave_an_admin(&before, stays, context.today)?;
        self.note(Event::AccountChanged(AccountChanged {
            account: before.name.clone(),
            role,
            staff: staff.clone(),
            by: context.by.clone(),
            role_asked: waits.then_some(wanted),
        }))?;
        let asked = match is_another {
            true => self.ask_second_person(&before.name, wanted, context)?,
            false if is_withdrawn => None,
            false => self.accounts.get(&before.name).and_then(|stored| stored.asked.clone()),
        };
        let role_asked = asked.as_ref().map(|asked| asked.role);
        let after = Account { role, staff, role_asked, ..before };
        if let Some(stored) = self.accounts.get_mut(&after.name) {
            stored.role = after.role;
            stored.staff = after.staff.clone();
            stored.asked = asked;
        }
        Ok(after)
    }

    /// Confirms, as a second person, the role that an account was given. It is valid from now on.
    ///
    /// # Errors
    ///
    /// No role is waiting; the confirming person gave the role or has it; no admin would be left.
    pub fn confirm_role(
        &mut self,
        name: &str,
        context: &ChangeContext,
    ) -> Result<Account, KeyringError> {
        let before = self.known(name)?;
        let stored = self.accounts.get(&before.name);
        let asked = stored.and_then(|stored| stored.asked.clone());
        let asked = asked.ok_or_else(|| KeyringError::NothingToConfirm(before.name.clone()))?;
        let is_second = asked.by != context.by || context.small_office;
        if !is_second || context.by.as_ref() == Some(&before.name) {
            return Err(KeyringError::SamePerson);
        }
        self.leave_an_admin(&before, asked.role == Role::Admin, context.today)?;
        self.note(Event::RoleConfirmed(RoleConfirmed {
            account: before.name.clone(),
            role: asked.role,
            by: context.by.clone(),
        }))?;
        if let Some(stored) = self.accounts.get_mut(&before.name) {
            stored.role = asked.role;
            stored.asked = None;
        }
        Ok(Account { role: asked.role, role_asked: None, ..before })
    }

    /// Whether the keyring has roles from before confirmation was required, which the log does not
    /// list as confirmed yet.
    pub fn has_old_roles(&self) -> bool {
        self.version < CONFIRMED_SINCE && !self.accounts.is_empty()
    }

    /// Confirms the roles that were given before confirmation was required, and notes it for the
    /// log.
    pub(super) fn confirm_old_roles(&mut self) -> Result<(), KeyringError> {
        if self.has_old_roles() {
            let of_old = |(name, stored): (&AccountName, &StoredAccount)| {
                let role = stored.role;
                role.needs_second_person().then(|| RoleConfirmed {
                    account: name.clone(),
                    role,
                    by: None,
                })
            };
            let confirmed: Vec<RoleConfirmed> = self.accounts.iter().filter_map(of_old).collect();
            for confirmed in confirmed {
                self.note(Event::RoleConfirmed(confirmed))?;
            }
        }
        self.version = self.version.max(CONFIRMED_SINCE);
        Ok(())
    }

    /// Returns the request to confirm a role. In a small office the role is valid at once, and the
    /// event says who confirmed it.
    fn ask_second_person(
        &mut self,
        account: &AccountName,
        role: Role,
        context: &ChangeContext,
    ) -> Result<Option<Asked>, KeyringError> {
        if !role.needs_second_person() {
            return Ok(None);
        }
        let (account, by) = (account.clone(), context.by.clone());
        if context.small_office {
            self.note(Event::RoleConfirmed(RoleConfirmed { account, role, by }))?;
            return Ok(None);
        }
        Ok(Some(Asked { role, by }))
    }

    /// Ends an account today: it cannot be used any more, and its tokens are revoked. Its name
    /// stays reserved, so that nobody else can sign with it.
    pub fn end_account(
        &mut self,
        name: &str,
        context: &ChangeContext,
    ) -> Result<Account, KeyringError> {
        let before = self.known(name)?;
        self.leave_an_admin(&before, false, context.today)?;
        self.end(before, AccountEnd::Ended, context)
    }

    /// Whether some account's last day has passed and its end is not in the log.
    pub fn has_expired(&self, today: Date) -> bool {
        self.accounts.values().any(|stored| stored.staff.status(today) == AccountStatus::Ended)
    }

    /// Ends the accounts whose last day has passed. Since then they could not be used anyway.
    pub fn expire(&mut self, context: &ChangeContext) -> Result<(), KeyringError> {
        let ended = |account: &Account| account.staff.status(context.today) == AccountStatus::Ended;
        let expired: Vec<Account> = self.accounts().filter(ended).collect();
        for account in expired {
            self.end(account, AccountEnd::Expired, context)?;
        }
        Ok(())
    }

    /// Gives an account a new password. Logins by the old one end, tokens stay valid. With
    /// `to_change` the person has to choose another password first, because somebody else chose
    /// this one. When the role needs a second person and the password is set by another account,
    /// the account and its tokens cannot be used until [`Keyring::confirm_role`].
    pub fn set_password(
        &mut self,
        name: &str,
        password: &str,
        to_change: bool,
        salt: [u8; 16],
        context: &ChangeContext,
    ) -> Result<Account, KeyringError> {
        let account = self.known(name)?;
        password::check(password, name, &account.staff.real_name)?;
        let hash = secret::hash(password, salt)?;
        let (role, account, by) = (account.role, account.name, context.by.clone());
        // The person who sets a password for somebody else knows it. A second person therefore has
        // to confirm the role again before the account can be used.
        let is_own = by.as_ref() == Some(&account);
        let unconfirmed = !is_own && role.needs_second_person() && !context.small_office;
        let changed = PasswordChanged { account: account.clone(), by: by.clone(), unconfirmed };
        self.note(Event::PasswordChanged(changed))?;
        let missing = KeyringError::NoSuchAccount(account.clone());
        let stored = self.accounts.get_mut(&account).ok_or(missing)?;
        stored.password = hash;
        stored.password_no = stored.password_no.wrapping_add(1);
        stored.staff.must_change_password = to_change;
        if unconfirmed {
            stored.asked = Some(Asked { role, by });
        }
        Ok(stored.account(&account))
    }

    /// The account with this name and password, when it may be used on this day. An unknown name
    /// takes as much time as a wrong password.
    ///
    /// This takes about 30 ms on purpose; do not call it on a thread that others wait for.
    ///
    /// # Errors
    ///
    /// The reason for the refusal. That an account is closed is told only for the right password.
    pub fn verify(&self, name: &str, password: &str, today: Date) -> Result<Account, LoginRefusal> {
        let name = AccountName::from(name);
        let stored = self.accounts.get(&name);
        let hash = stored.map_or(secret::DUMMY_HASH, |stored| stored.password.as_str());
        let right = secret::matches(password, hash);
        let stored = stored.filter(|_| right).ok_or(LoginRefusal::WrongPassword)?;
        let account = stored.account(&name);
        account.entry(today).map(|()| account)
    }

    /// The account with this name, whether or not it may be used.
    pub fn account(&self, name: &str) -> Option<Account> {
        let name = AccountName::from(name);
        self.accounts.get(&name).map(|stored| stored.account(&name))
    }

    /// All accounts, sorted by name.
    pub fn accounts(&self) -> impl Iterator<Item = Account> + '_ {
        self.accounts.iter().map(|(name, stored)| stored.account(name))
    }

    fn known(&self, name: &str) -> Result<Account, KeyringError> {
        self.account(name).ok_or_else(|| KeyringError::NoSuchAccount(name.into()))
    }

    fn end(
        &mut self,
        account: Account,
        why: AccountEnd,
        context: &ChangeContext,
    ) -> Result<Account, KeyringError> {
        let Account { name, mut staff, .. } = account.clone();
        self.note(Event::AccountEnded(AccountEnded {
            account: name.clone(),
            why,
            by: context.by.clone(),
        }))?;
        staff.disabled = true;
        staff.ends = Some(staff.ends.map_or(context.today, |ends| ends.min(context.today)));
        // The end is not before the first day; such an account could not be changed any more.
        staff.ends = staff.ends.max(staff.starts);
        self.tokens.retain(|_, token| token.account != name);
        if let Some(stored) = self.accounts.get_mut(&name) {
            stored.staff = staff.clone();
        }
        Ok(Account { staff, ..account })
    }

    /// Refuses a change after which no active admin would be left. `stays` tells whether the
    /// account stays an active admin.
    fn leave_an_admin(
        &self,
        account: &Account,
        stays: bool,
        today: Date,
    ) -> Result<(), KeyringError> {
        let was = account.role == Role::Admin && goes_on(&account.staff, today);
        let others = self.accounts.iter().any(|(name, stored)| {
            *name != account.name && stored.role == Role::Admin && goes_on(&stored.staff, today)
        });
        if was && !stays && !others { Err(KeyringError::LastAdmin) } else { Ok(()) }
    }
}

impl StoredAccount {
    pub(super) fn account(&self, name: &AccountName) -> Account {
        Account {
            name: name.clone(),
            role: self.role,
            staff: self.staff.clone(),
            created: self.created,
            password_no: self.password_no,
            role_asked: self.asked.as_ref().map(|asked| asked.role),
        }
    }
}

impl Account {
    /// Checks whether the account may be used on this day.
    ///
    /// # Errors
    ///
    /// The reason for the refusal.
    pub fn entry(&self, today: Date) -> Result<(), LoginRefusal> {
        match self.staff.status(today) {
            AccountStatus::Open if self.role_asked == Some(self.role) => {
                Err(LoginRefusal::Unconfirmed)
            }
            AccountStatus::Open => Ok(()),
            AccountStatus::NotYet => Err(LoginRefusal::NotYet),
            AccountStatus::Ended => Err(LoginRefusal::Ended),
            AccountStatus::Disabled => Err(LoginRefusal::Disabled),
        }
    }
}

fn goes_on(staff: &Staff, today: Date) -> bool {
    staff.status(today) == AccountStatus::Open
}

pub(crate) fn is_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-_".contains(&b);
    !name.is_empty() && name.len() <= NAME_MAX && name.bytes().all(plain)
}
