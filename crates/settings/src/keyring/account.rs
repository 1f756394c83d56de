//! Accounts: added, changed, let in, ended.

use model::{
    AccountName, AccountStatus, Date, Event, Staff, StaffChange, StaffFault,
    event::{
        AccountAdded, AccountChanged, AccountEnd, AccountEnded, LoginRefusal, PasswordChanged,
        Role, RoleConfirmed,
    },
};

use super::{
    ACCOUNTS_MAX, Account, Asked, Full, Hand, Kept, Keyring, KeyringError, NAME_MAX,
    file::CONFIRMED_SINCE, password, secret,
};

impl Keyring {
    /// Adds an account. `salt` is fresh randomness from the caller. Where its role needs a second
    /// person, nobody comes in by it until [`Keyring::confirm_role`].
    ///
    /// Takes some 30 ms of work on purpose: keep it off threads that others wait for.
    pub fn add_account(
        &mut self,
        name: &str,
        role: Role,
        staff: StaffChange,
        password: &str,
        salt: [u8; 16],
        hand: &Hand,
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
            by: hand.by.clone(),
            unconfirmed: role.needs_second_person() && !hand.small_office,
        }))?;
        let asked = self.ask_second_person(&name, role, hand)?;
        let kept = Kept { role, password, password_no: 1, created: hand.now, staff, asked };
        let account = kept.account(&name);
        self.accounts.insert(name, kept);
        Ok(account)
    }

    /// Changes what is known of an account; gives it as it is now. A new role that needs a second
    /// person is asked for, and the old one holds until [`Keyring::confirm_role`]. Naming the role
    /// it has withdraws what was asked for.
    pub fn change_account(
        &mut self,
        name: &str,
        change: StaffChange,
        hand: &Hand,
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
        let waits = is_another && wanted.needs_second_person() && !hand.small_office;
        // Who comes in by it already goes on in the role they have.
        let role = if waits && !is_closed { before.role } else { wanted };
        let stays = role == Role::Admin && goes_on(&staff, hand.today);
        self.leave_an_admin(&before, stays, hand.today)?;
        self.note(Event::AccountChanged(AccountChanged {
            account: before.name.clone(),
            role,
            staff: staff.clone(),
            by: hand.by.clone(),
            role_asked: waits.then_some(wanted),
        }))?;
        let asked = match is_another {
            true => self.ask_second_person(&before.name, wanted, hand)?,
            false if is_withdrawn => None,
            false => self.accounts.get(&before.name).and_then(|kept| kept.asked.clone()),
        };
        let role_asked = asked.as_ref().map(|asked| asked.role);
        let after = Account { role, staff, role_asked, ..before };
        if let Some(kept) = self.accounts.get_mut(&after.name) {
            kept.role = after.role;
            kept.staff = after.staff.clone();
            kept.asked = asked;
        }
        Ok(after)
    }

    /// A second person confirms the role that was given to an account: it holds from now on.
    ///
    /// # Errors
    ///
    /// No role waits; who gave it, or whose it is, confirms it; no admin would be left.
    pub fn confirm_role(&mut self, name: &str, hand: &Hand) -> Result<Account, KeyringError> {
        let before = self.known(name)?;
        let kept = self.accounts.get(&before.name);
        let asked = kept.and_then(|kept| kept.asked.clone());
        let asked = asked.ok_or_else(|| KeyringError::NothingToConfirm(before.name.clone()))?;
        let is_second = asked.by != hand.by || hand.small_office;
        if !is_second || hand.by.as_ref() == Some(&before.name) {
            return Err(KeyringError::SamePerson);
        }
        self.leave_an_admin(&before, asked.role == Role::Admin, hand.today)?;
        self.note(Event::RoleConfirmed(RoleConfirmed {
            account: before.name.clone(),
            role: asked.role,
            by: hand.by.clone(),
        }))?;
        if let Some(kept) = self.accounts.get_mut(&before.name) {
            kept.role = asked.role;
            kept.asked = None;
        }
        Ok(Account { role: asked.role, role_asked: None, ..before })
    }

    /// Whether it holds roles from before they had to be confirmed, and the record does not say yet
    /// that they count as confirmed.
    pub fn has_old_roles(&self) -> bool {
        self.version < CONFIRMED_SINCE && !self.accounts.is_empty()
    }

    /// Roles that were given before they had to be confirmed count as confirmed from now on, and
    /// the record says so.
    pub(super) fn confirm_old_roles(&mut self) -> Result<(), KeyringError> {
        if self.has_old_roles() {
            let of_old = |(name, kept): (&AccountName, &Kept)| {
                let role = kept.role;
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

    /// A role is given: who must confirm it is asked; in a small office it holds at once, and the
    /// record says who confirmed it.
    fn ask_second_person(
        &mut self,
        account: &AccountName,
        role: Role,
        hand: &Hand,
    ) -> Result<Option<Asked>, KeyringError> {
        if !role.needs_second_person() {
            return Ok(None);
        }
        let (account, by) = (account.clone(), hand.by.clone());
        if hand.small_office {
            self.note(Event::RoleConfirmed(RoleConfirmed { account, role, by }))?;
            return Ok(None);
        }
        Ok(Some(Asked { role, by }))
    }

    /// Ends an account today: nobody comes in by it, and its tokens are void.
    /// Its name stays taken, so that nobody else signs with it.
    pub fn end_account(&mut self, name: &str, hand: &Hand) -> Result<Account, KeyringError> {
        let before = self.known(name)?;
        self.leave_an_admin(&before, false, hand.today)?;
        self.end(before, AccountEnd::Ended, hand)
    }

    /// Whether some account's last day has passed without its end being on the record.
    pub fn has_expired(&self, today: Date) -> bool {
        self.accounts.values().any(|kept| kept.staff.status(today) == AccountStatus::Ended)
    }

    /// Ends the accounts whose last day has passed. They let nobody in since then as it is.
    pub fn expire(&mut self, hand: &Hand) -> Result<(), KeyringError> {
        let ended = |account: &Account| account.staff.status(hand.today) == AccountStatus::Ended;
        let expired: Vec<Account> = self.accounts().filter(ended).collect();
        for account in expired {
            self.end(account, AccountEnd::Expired, hand)?;
        }
        Ok(())
    }

    /// Gives an account a new password; whoever came in by the old one is out, tokens go on to hold.
    /// When somebody else chose it, the person has to choose their own first: `to_change`. Where the
    /// role needs a second person, the account is then shut, its tokens too, until
    /// [`Keyring::confirm_role`].
    pub fn set_password(
        &mut self,
        name: &str,
        password: &str,
        to_change: bool,
        salt: [u8; 16],
        hand: &Hand,
    ) -> Result<Account, KeyringError> {
        let account = self.known(name)?;
        password::check(password, name, &account.staff.real_name)?;
        let hash = secret::hash(password, salt)?;
        let (role, account, by) = (account.role, account.name, hand.by.clone());
        // Who sets a password for somebody else knows it: the account stays shut until a second
        // person has looked, as when the role was given.
        let is_own = by.as_ref() == Some(&account);
        let unconfirmed = !is_own && role.needs_second_person() && !hand.small_office;
        let changed = PasswordChanged { account: account.clone(), by: by.clone(), unconfirmed };
        self.note(Event::PasswordChanged(changed))?;
        let missing = KeyringError::NoSuchAccount(account.clone());
        let kept = self.accounts.get_mut(&account).ok_or(missing)?;
        kept.password = hash;
        kept.password_no = kept.password_no.wrapping_add(1);
        kept.staff.must_change_password = to_change;
        if unconfirmed {
            kept.asked = Some(Asked { role, by });
        }
        Ok(kept.account(&account))
    }

    /// The account these belong to, when its person may come in on this day.
    /// An unknown name costs as much time as a wrong password.
    ///
    /// Takes some 30 ms of work on purpose: keep it off threads that others wait for.
    ///
    /// # Errors
    ///
    /// Why not. Only who knows the password learns that the account is not open.
    pub fn verify(&self, name: &str, password: &str, today: Date) -> Result<Account, LoginRefusal> {
        let name = AccountName::from(name);
        let kept = self.accounts.get(&name);
        let hash = kept.map_or(secret::NOBODYS_HASH, |kept| kept.password.as_str());
        let right = secret::matches(password, hash);
        let kept = kept.filter(|_| right).ok_or(LoginRefusal::WrongPassword)?;
        let account = kept.account(&name);
        account.entry(today).map(|()| account)
    }

    /// An account by its name, whether or not it lets anybody in.
    pub fn account(&self, name: &str) -> Option<Account> {
        let name = AccountName::from(name);
        self.accounts.get(&name).map(|kept| kept.account(&name))
    }

    /// Every account, by name.
    pub fn accounts(&self) -> impl Iterator<Item = Account> + '_ {
        self.accounts.iter().map(|(name, kept)| kept.account(name))
    }

    fn known(&self, name: &str) -> Result<Account, KeyringError> {
        self.account(name).ok_or_else(|| KeyringError::NoSuchAccount(name.into()))
    }

    fn end(
        &mut self,
        account: Account,
        why: AccountEnd,
        hand: &Hand,
    ) -> Result<Account, KeyringError> {
        let Account { name, mut staff, .. } = account.clone();
        self.note(Event::AccountEnded(AccountEnded {
            account: name.clone(),
            why,
            by: hand.by.clone(),
        }))?;
        staff.disabled = true;
        staff.ends = Some(staff.ends.map_or(hand.today, |ends| ends.min(hand.today)));
        // Not before the first day, or nobody could change it again.
        staff.ends = staff.ends.max(staff.starts);
        self.tokens.retain(|_, token| token.account != name);
        if let Some(kept) = self.accounts.get_mut(&name) {
            kept.staff = staff.clone();
        }
        Ok(Account { staff, ..account })
    }

    /// `Err` when this account, unless it stays an admin, was the last one that goes on.
    fn leave_an_admin(
        &self,
        account: &Account,
        stays: bool,
        today: Date,
    ) -> Result<(), KeyringError> {
        let was = account.role == Role::Admin && goes_on(&account.staff, today);
        let others = self.accounts.iter().any(|(name, kept)| {
            *name != account.name && kept.role == Role::Admin && goes_on(&kept.staff, today)
        });
        if was && !stays && !others { Err(KeyringError::LastAdmin) } else { Ok(()) }
    }
}

impl Kept {
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
    /// Whether its person may come in on this day.
    ///
    /// # Errors
    ///
    /// Why not.
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
