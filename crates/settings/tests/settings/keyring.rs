//! The keyring: logins, the file on disk, and two writers at once.

use std::{
    error::Error,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    thread,
};

use model::{
    AccountName, Date, Event, SeatId, StaffChange, Timestamp,
    event::{AccountEnd, LoginRefusal, Role},
};
use settings::{
    ChangeContext, Keyring, KeyringError,
    keyring::{Full, Token},
};
use tempfile::TempDir;

type Outcome = Result<(), Box<dyn Error>>;

const NOW: Timestamp = Timestamp::from_micros(1_795_363_200_000_000);
const MD5: &str = "939e7578ed9e3c518a452acee763bce9";

fn place() -> Result<(TempDir, PathBuf), Box<dyn Error>> {
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("data/keys.json");
    Ok((dir, path))
}

const TODAY: Date = Date { year: 2026, month: 11, day: 23 };

/// A change on the command line.
fn context() -> ChangeContext {
    ChangeContext { by: None, small_office: true, now: NOW, today: TODAY }
}

fn nothing() -> StaffChange {
    StaffChange::default()
}

fn until(day: &str) -> StaffChange {
    StaffChange { ends: Some(day.into()), ..nothing() }
}

fn with_li(path: &Path) -> Result<Keyring, KeyringError> {
    Keyring::modify(path, |ring| {
        ring.add_account("li", Role::Supervisor, nothing(), "correct horse", [1; 16], &context())?;
        Ok(ring.clone())
    })
}

#[test]
fn login_needs_the_password_of_the_account() -> Outcome {
    let (_dir, path) = place()?;
    with_li(&path)?;
    let ring = Keyring::load(&path)?;
    let li = ring.verify("li", "correct horse", TODAY).map_err(|why| format!("{why:?}"))?;
    assert_eq!((li.name.as_str(), li.role, li.created), ("li", Role::Supervisor, NOW));
    for (name, password) in [("li", "wrong horse"), ("wang", "correct horse"), ("wang", "")] {
        assert_eq!(ring.verify(name, password, TODAY), Err(LoginRefusal::WrongPassword));
    }
    Ok(())
}

#[test]
fn new_password_replaces_the_old_one() -> Outcome {
    let (_dir, path) = place()?;
    let mut ring = with_li(&path)?;
    let before = ring.account("li").ok_or("gone")?;
    assert_eq!((before.password_no, before.staff.must_change_password), (1, false));
    let after = ring.set_password("li", "battery staple", true, [2; 16], &context())?;
    assert_eq!((after.password_no, after.staff.must_change_password), (2, true));
    assert!(ring.verify("li", "correct horse", TODAY).is_err());
    assert!(ring.verify("li", "battery staple", TODAY).is_ok());
    let own = ring.set_password("li", "staple battery", false, [3; 16], &context())?;
    assert!(!own.staff.must_change_password);
    Ok(())
}

#[test]
fn token_is_valid_until_it_or_its_account_ends() -> Outcome {
    let (_dir, path) = place()?;
    let mut ring = with_li(&path)?;
    let wallboard = ring.issue_token("li", "wallboard", [3; 32], NOW)?;
    let script = ring.issue_token("li", "script", [4; 32], NOW)?;
    assert_eq!(ring.by_token(&wallboard, TODAY).map(|a| a.role), Some(Role::Supervisor));
    assert_eq!(ring.by_token("hl_0303", TODAY), None);
    assert_eq!(ring.by_token("", TODAY), None);
    let labels: Vec<&str> = ring.tokens().map(|t: &Token| t.label.as_str()).collect();
    assert_eq!((labels.len(), labels.contains(&"wallboard")), (2, true));
    assert_eq!(ring.revoke_tokens("li", Some("wallboard"))?, 1);
    assert_eq!(ring.revoke_tokens("li", Some("wallboard"))?, 0);
    assert_eq!(ring.by_token(&wallboard, TODAY), None);
    ring.end_account("li", &context())?;
    assert_eq!((ring.by_token(&script, TODAY), ring.tokens().count()), (None, 0));
    assert!(matches!(
        ring.issue_token("wang", "", [5; 32], NOW),
        Err(KeyringError::NoSuchAccount(_))
    ));
    Ok(())
}

#[test]
fn number_of_tokens_is_limited() -> Outcome {
    let (_dir, path) = place()?;
    let mut ring = with_li(&path)?;
    for n in 0..32 {
        ring.issue_token("li", "script", [n; 32], NOW)?;
    }
    let full = ring.issue_token("li", "script", [99; 32], NOW);
    assert!(matches!(full, Err(KeyringError::Full(Full::Tokens))));
    assert_eq!(ring.revoke_tokens("li", None)?, 32);
    Ok(())
}

#[test]
fn malformed_names_and_passwords_are_refused() -> Outcome {
    let mut ring = Keyring::default();
    let mut add = |name: &str, password: &str| {
        ring.add_account(name, Role::Agent, nothing(), password, [1; 16], &context()).map(|_| ())
    };
    add("wang.xm", "long enough")?;
    assert!(matches!(add("wang.xm", "long enough"), Err(KeyringError::AccountExists(_))));
    assert!(matches!(add("Wang", "long enough"), Err(KeyringError::BadStaff(_))));
    assert!(matches!(add("", "long enough"), Err(KeyringError::BadStaff(_))));
    assert!(matches!(add("zhao", "short"), Err(KeyringError::BadPassword(_))));
    assert!(matches!(add("zhao", "zhao-1990-12"), Err(KeyringError::BadPassword(_))));
    Ok(())
}

#[test]
fn all_faults_of_an_account_are_reported_together() -> Outcome {
    let mut ring = Keyring::default();
    let added =
        ring.add_account("Wang", Role::SupGroup, until("soon"), "long enough", [1; 16], &context());
    let Err(KeyringError::BadStaff(faults)) = added else { return Err("added".into()) };
    let fields: Vec<&str> = faults.iter().map(|fault| fault.field).collect();
    assert_eq!(fields, ["name", "ends", "group"]);
    Ok(())
}

#[test]
fn seconded_account_ends_after_its_last_day() -> Outcome {
    let (_dir, path) = place()?;
    let mut ring = with_li(&path)?;
    ring.change_account("li", until("2026-11-23"), &context())?;
    let token = ring.issue_token("li", "script", [3; 32], NOW)?;
    assert!(ring.by_token(&token, TODAY).is_some() && !ring.has_expired(TODAY));
    let tomorrow = TODAY.plus(1);
    assert_eq!(ring.verify("li", "correct horse", tomorrow), Err(LoginRefusal::Ended));
    assert_eq!(ring.verify("li", "a guess at it", tomorrow), Err(LoginRefusal::WrongPassword));
    assert_eq!(ring.by_token(&token, tomorrow), None);

    // The end is noted for the log once, and the tokens are revoked.
    assert!(ring.has_expired(tomorrow));
    let written = ring.unrecorded().len();
    let late = ChangeContext { today: tomorrow, ..context() };
    ring.expire(&late)?;
    ring.expire(&late)?;
    assert!(!ring.has_expired(tomorrow));
    let [Event::AccountEnded(ended)] = &ring.unrecorded()[written..] else {
        return Err("not on the record, or twice".into());
    };
    assert_eq!((ended.account.as_str(), ended.why, &ended.by), ("li", AccountEnd::Expired, &None));
    assert_eq!(ring.tokens().count(), 0);

    // A longer contract opens the account again.
    let longer = StaffChange { disabled: Some(false), ..until("2027-05-31") };
    ring.change_account("li", longer, &late)?;
    assert!(ring.verify("li", "correct horse", tomorrow).is_ok());
    Ok(())
}

#[test]
fn last_admin_cannot_be_removed() -> Outcome {
    let mut ring = Keyring::default();
    let add = |ring: &mut Keyring, name: &str| {
        ring.add_account(name, Role::Admin, nothing(), "long enough", [1; 16], &context())
    };
    add(&mut ring, "root")?;
    let demote = || StaffChange { role: Some("agent".into()), ..nothing() };
    let off = || StaffChange { disabled: Some(true), ..nothing() };
    let lost = |done: Result<_, KeyringError>| matches!(done, Err(KeyringError::LastAdmin));
    assert!(lost(ring.end_account("root", &context())));
    assert!(lost(ring.change_account("root", demote(), &context())));
    assert!(lost(ring.change_account("root", off(), &context())));
    assert!(lost(ring.change_account("root", until("2026-11-22"), &context())));
    add(&mut ring, "second")?;
    ring.change_account("root", demote(), &context())?;
    assert!(lost(ring.end_account("second", &context())));
    ring.end_account("root", &context())?;
    Ok(())
}

#[test]
fn changes_are_kept_until_they_are_logged() -> Outcome {
    let (_dir, path) = place()?;
    with_li(&path)?;
    let by = Some(AccountName::from("root"));
    Keyring::modify(&path, |ring| {
        let context = ChangeContext { by: by.clone(), ..context() };
        let unit = StaffChange { real_name: Some("李明".into()), ..nothing() };
        ring.change_account("li", unit.clone(), &context)?;
        ring.change_account("li", unit, &context)?;
        ring.set_password("li", "battery staple", true, [2; 16], &context)?;
        ring.issue_token("li", "script", [3; 32], NOW)?;
        ring.revoke_tokens("li", Some("script"))?;
        ring.set_seat(SeatId(1001), MD5, "ab12")?;
        ring.end_account("li", &context)?;
        Ok(())
    })?;
    let ring = Keyring::load(&path)?;
    let events = ring.unrecorded().to_vec();
    let words: Vec<String> =
        events.iter().map(|event| event.to_value()["event"].to_string()).collect();
    assert_eq!(
        words.join(" ").replace('"', ""),
        "AccountAdded RoleConfirmed AccountChanged PasswordChanged TokenIssued TokenRevoked \
         SeatPasswordSet AccountEnded",
        "what changes nothing is no event"
    );
    let Event::AccountChanged(changed) = &events[2] else { return Err("not changed".into()) };
    assert_eq!((changed.staff.real_name.as_str(), &changed.by), ("李明", &by));

    // While the first changes were written to the log, another one was made.
    Keyring::modify(&path, |ring| {
        ring.set_seat(SeatId(1002), MD5, "ab12")?;
        ring.recorded(&events);
        ring.recorded(&events);
        Ok(())
    })?;
    assert_eq!(Keyring::load(&path)?.unrecorded().len(), 1);
    Ok(())
}

#[test]
fn keyring_of_the_first_version_is_read() -> Outcome {
    let (_dir, path) = place()?;
    with_li(&path)?;
    let hash = serde_json::from_str::<serde_json::Value>(&fs::read_to_string(&path)?)?["accounts"]
        ["li"]["password"]
        .clone();
    let old = serde_json::json!({
        "version": 1,
        "accounts": { "li": { "role": "supervisor", "password": hash, "created": 7 } },
        "tokens": { "ab12": { "account": "li", "label": "command line", "created": 8 } },
        "seats": { "1001": { "ha1_md5": MD5, "ha1_sha256": "ab12" } },
    });
    fs::write(&path, old.to_string())?;
    let ring = Keyring::load(&path)?;
    let li = ring.verify("li", "correct horse", TODAY).map_err(|why| format!("{why:?}"))?;
    assert_eq!((li.role, li.password_no, li.staff), (Role::Supervisor, 0, Default::default()));
    assert_eq!((ring.tokens().count(), ring.seats().count()), (1, 1));
    ring.save(&path)?;
    assert!(fs::read_to_string(&path)?.contains("\"version\": 3"));
    Ok(())
}

#[test]
fn seats_keep_both_hashes() -> Outcome {
    let (_dir, path) = place()?;
    Keyring::modify(&path, |ring| {
        ring.set_seat(SeatId(1001), MD5, "ab12")?;
        ring.set_seat(SeatId(1002), "x", "y")?;
        ring.remove_seat(SeatId(1002));
        Ok(())
    })?;
    let ring = Keyring::load(&path)?;
    let secret = ring.seat(SeatId(1001)).ok_or("lost")?;
    assert_eq!((secret.ha1_md5.as_str(), secret.ha1_sha256.as_str()), (MD5, "ab12"));
    assert_eq!(ring.seats().map(|(seat, _)| seat).collect::<Vec<_>>(), [SeatId(1001)]);
    Ok(())
}

#[test]
fn secrets_are_neither_printed_nor_stored_in_clear() -> Outcome {
    let (_dir, path) = place()?;
    let mut ring = with_li(&path)?;
    let token = ring.issue_token("li", "script", [3; 32], NOW)?;
    ring.set_seat(SeatId(1001), MD5, "ab12")?;
    ring.save(&path)?;
    assert_eq!(format!("{ring:?}"), "Keyring(1 accounts, 1 tokens, 1 seats)");
    assert_eq!(format!("{:?}", ring.seat(SeatId(1001))), "Some(SeatSecret(****))");
    let kept = fs::read_to_string(&path)?;
    assert!(!kept.contains("correct horse") && !kept.contains(&token[3..]), "{kept}");
    assert!(kept.contains("$argon2id$"));
    Ok(())
}

#[test]
fn keyring_file_is_readable_by_its_user_only() -> Outcome {
    let (_dir, path) = place()?;
    with_li(&path)?;
    assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o777, 0o600);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640))?;
    assert!(matches!(Keyring::load(&path), Err(KeyringError::TooOpen(_))));
    Ok(())
}

#[test]
fn missing_file_is_an_empty_keyring_and_damaged_one_an_error() -> Outcome {
    let (_dir, path) = place()?;
    assert_eq!(Keyring::load(&path)?, Keyring::default());
    with_li(&path)?;
    let whole = fs::read_to_string(&path)?;
    for damaged in
        [&whole[..whole.len() / 2], "", "{}", &whole.replace("\"version\": 3", "\"version\": 9")]
    {
        fs::write(&path, damaged)?;
        let error = Keyring::load(&path).err().ok_or("a damaged keyring was read")?;
        assert!(matches!(error, KeyringError::Damaged { .. }), "{error}");
        assert!(!error.to_string().contains("argon2"), "{error}");
        // It cannot be overwritten by mistake either.
        assert!(Keyring::modify(&path, |_| Ok(())).is_err());
        assert_eq!(fs::read_to_string(&path)?, damaged);
    }
    Ok(())
}

#[test]
fn temporary_file_left_by_a_crash_does_no_harm() -> Outcome {
    let (_dir, path) = place()?;
    with_li(&path)?;
    fs::write(path.with_file_name("keys.json.new"), "half a")?;
    Keyring::modify(&path, |ring| {
        ring.set_seat(SeatId(1001), MD5, "ab12")?;
        Ok(())
    })?;
    assert!(Keyring::load(&path)?.account("li").is_some());
    assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o777, 0o600);
    Ok(())
}

#[test]
fn failed_change_changes_nothing() -> Outcome {
    let (_dir, path) = place()?;
    let before = with_li(&path)?;
    let failed: Result<(), _> = Keyring::modify(&path, |ring| {
        ring.set_seat(SeatId(1001), MD5, "ab12")?;
        ring.end_account("wang", &context()).map(|_| ())
    });
    assert!(failed.is_err());
    assert_eq!(Keyring::load(&path)?.seats().count(), before.seats().count());
    Ok(())
}

#[test]
fn concurrent_changes_are_all_kept_and_readers_see_whole_files() -> Outcome {
    const WRITERS: u32 = 8;
    const CHANGES: u32 = 25;
    let (_dir, path) = place()?;
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let path = &path;
            scope.spawn(move || {
                for n in 0..CHANGES {
                    let seat = SeatId(1_000 + writer * CHANGES + n);
                    let set = Keyring::modify(path, |ring| ring.set_seat(seat, MD5, "ab12"));
                    assert!(set.is_ok(), "{set:?}");
                    let read = Keyring::load(path);
                    assert!(read.is_ok_and(|ring| ring.seat(seat).is_some()));
                }
            });
        }
    });
    assert_eq!(Keyring::load(&path)?.seats().count(), (WRITERS * CHANGES) as usize);
    Ok(())
}

/// A change by this account.
fn by(name: &str) -> ChangeContext {
    ChangeContext { by: Some(name.into()), small_office: false, ..context() }
}

fn add(
    ring: &mut Keyring,
    name: &str,
    role: Role,
    context: &ChangeContext,
) -> Result<(), KeyringError> {
    ring.add_account(name, role, nothing(), "correct horse", [1; 16], context).map(drop)
}

fn confirmations(ring: &Keyring) -> Vec<(String, Role, Option<String>)> {
    let confirmed = |event: &Event| match event {
        Event::RoleConfirmed(e) => {
            let by = e.by.as_ref().map(ToString::to_string);
            Some((e.account.to_string(), e.role, by))
        }
        _ => None,
    };
    ring.unrecorded().iter().filter_map(confirmed).collect()
}

#[test]
fn account_is_closed_until_a_second_person_confirms_its_role() -> Outcome {
    let mut ring = Keyring::default();
    add(&mut ring, "root", Role::Admin, &by("os:ma"))?;
    assert!(ring.verify("root", "correct horse", TODAY).is_ok(), "an admin sees no citizen");
    add(&mut ring, "wang", Role::Supervisor, &by("root"))?;
    let token = ring.issue_token("wang", "wall", [2; 32], NOW)?;
    assert_eq!(ring.verify("wang", "correct horse", TODAY), Err(LoginRefusal::Unconfirmed));
    assert_eq!(ring.verify("wang", "a guess at it", TODAY), Err(LoginRefusal::WrongPassword));
    assert_eq!(ring.by_token(&token, TODAY), None);

    // Neither the person who gave the role nor the one who has it may confirm it.
    for same in ["root", "wang"] {
        let refused = ring.confirm_role("wang", &by(same));
        assert!(matches!(refused, Err(KeyringError::SamePerson)), "{same}: {refused:?}");
    }
    ring.confirm_role("wang", &by("zhang"))?;
    assert!(ring.verify("wang", "correct horse", TODAY).is_ok());
    assert!(ring.by_token(&token, TODAY).is_some());
    let again = ring.confirm_role("wang", &by("zhang"));
    assert!(matches!(again, Err(KeyringError::NothingToConfirm(_))), "{again:?}");
    let expected = ("wang".to_owned(), Role::Supervisor, Some("zhang".to_owned()));
    assert_eq!(confirmations(&ring), [expected]);
    Ok(())
}

#[test]
fn password_set_by_another_person_needs_confirmation() -> Outcome {
    let (_dir, path) = place()?;
    let mut ring = with_li(&path)?;
    ring.set_password("li", "battery staple", true, [2; 16], &by("yang"))?;
    assert_eq!(ring.verify("li", "battery staple", TODAY), Err(LoginRefusal::Unconfirmed));
    assert!(ring.confirm_role("li", &by("yang")).is_err(), "who set it");
    assert!(ring.confirm_role("li", &by("li")).is_err(), "whose it is");
    ring.confirm_role("li", &by("zhang"))?;
    assert!(ring.verify("li", "battery staple", TODAY).is_ok());
    // A password that a person sets for themselves needs no confirmation.
    ring.set_password("li", "staple battery", false, [3; 16], &by("li"))?;
    assert!(ring.verify("li", "staple battery", TODAY).is_ok());
    Ok(())
}

#[test]
fn old_role_holds_until_the_new_one_is_confirmed() -> Outcome {
    let mut ring = Keyring::default();
    add(&mut ring, "li", Role::Agent, &by("root"))?;
    ring.confirm_role("li", &by("zhang"))?;
    let to = |role: &str| StaffChange { role: Some(role.into()), ..nothing() };
    let asked = ring.change_account("li", to("director"), &by("root"))?;
    assert_eq!((asked.role, asked.role_asked), (Role::Agent, Some(Role::Director)));
    assert_eq!(ring.verify("li", "correct horse", TODAY).map(|li| li.role), Ok(Role::Agent));
    // Other changes keep the request; a change to the present role withdraws it.
    let named = StaffChange { real_name: Some("李明".into()), ..nothing() };
    assert_eq!(ring.change_account("li", named, &by("root"))?.role_asked, Some(Role::Director));
    assert_eq!(ring.change_account("li", to("agent"), &by("root"))?.role_asked, None);
    assert!(ring.confirm_role("li", &by("zhang")).is_err());

    ring.change_account("li", to("director"), &by("root"))?;
    assert!(ring.confirm_role("li", &by("li")).is_err(), "nobody promotes themselves");
    assert_eq!(ring.confirm_role("li", &by("zhang"))?.role, Role::Director);
    // A role that needs no second person is valid at once, and an unconfirmed account stays closed.
    assert_eq!(ring.change_account("li", to("media"), &by("root"))?.role, Role::Media);
    add(&mut ring, "wu", Role::Agent, &by("root"))?;
    ring.change_account("wu", to("qa"), &by("root"))?;
    assert_eq!(ring.verify("wu", "correct horse", TODAY), Err(LoginRefusal::Unconfirmed));
    Ok(())
}

#[test]
fn small_office_role_is_confirmed_at_once_and_logged() -> Outcome {
    let mut ring = Keyring::default();
    let context = ChangeContext { small_office: true, ..by("root") };
    add(&mut ring, "wang", Role::Supervisor, &context)?;
    assert!(ring.verify("wang", "correct horse", TODAY).is_ok());
    let expected = ("wang".to_owned(), Role::Supervisor, Some("root".to_owned()));
    assert_eq!(confirmations(&ring), [expected]);
    Ok(())
}

#[test]
fn roles_of_an_older_keyring_are_confirmed_and_logged_once() -> Outcome {
    let (_dir, path) = place()?;
    with_li(&path)?;
    let text = fs::read_to_string(&path)?;
    let mut old: serde_json::Value = serde_json::from_str(&text)?;
    old["version"] = 2.into();
    old["unrecorded"] = serde_json::json!([]);
    fs::write(&path, old.to_string())?;
    assert!(Keyring::load(&path)?.has_old_roles());
    Keyring::modify(&path, |_| Ok(()))?;
    Keyring::modify(&path, |_| Ok(()))?;
    let ring = Keyring::load(&path)?;
    assert!(!ring.has_old_roles() && ring.verify("li", "correct horse", TODAY).is_ok());
    assert_eq!(confirmations(&ring), [("li".to_owned(), Role::Supervisor, None)]);
    Ok(())
}
