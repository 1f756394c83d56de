//! The keyring's promises: who comes in, what is on disk, what two writers at once do.

use std::{
    error::Error,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    thread,
};

use model::{SeatId, Timestamp, event::Role};
use settings::{Keyring, KeyringError, keyring::Token};
use tempfile::TempDir;

type Outcome = Result<(), Box<dyn Error>>;

const NOW: Timestamp = Timestamp::from_micros(1_795_363_200_000_000);
const MD5: &str = "939e7578ed9e3c518a452acee763bce9";

fn place() -> Result<(TempDir, PathBuf), Box<dyn Error>> {
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("data/keys.json");
    Ok((dir, path))
}

fn with_li(path: &Path) -> Result<Keyring, KeyringError> {
    Keyring::modify(path, |ring| {
        ring.add_account("li", Role::Supervisor, "correct horse", [1; 16], NOW)?;
        Ok(ring.clone())
    })
}

#[test]
fn an_account_comes_in_by_its_password_and_by_nothing_else() -> Outcome {
    let (_dir, path) = place()?;
    with_li(&path)?;
    let ring = Keyring::load(&path)?;
    let li = ring.verify("li", "correct horse").ok_or("refused")?;
    assert_eq!((li.name.as_str(), li.role, li.created), ("li", Role::Supervisor, NOW));
    assert_eq!(ring.verify("li", "wrong horse"), None);
    assert_eq!(ring.verify("wang", "correct horse"), None);
    assert_eq!(ring.verify("wang", ""), None);
    Ok(())
}

#[test]
fn a_new_password_ends_the_old_one() -> Outcome {
    let (_dir, path) = place()?;
    let mut ring = with_li(&path)?;
    ring.set_password("li", "battery staple", [2; 16])?;
    assert!(ring.verify("li", "correct horse").is_none());
    assert!(ring.verify("li", "battery staple").is_some());
    Ok(())
}

#[test]
fn a_token_stands_for_its_account_until_either_goes() -> Outcome {
    let (_dir, path) = place()?;
    let mut ring = with_li(&path)?;
    let wallboard = ring.issue_token("li", "wallboard", [3; 32], NOW)?;
    let script = ring.issue_token("li", "script", [4; 32], NOW)?;
    assert_eq!(ring.by_token(&wallboard).map(|a| a.role), Some(Role::Supervisor));
    assert_eq!(ring.by_token("hl_0303"), None);
    assert_eq!(ring.by_token(""), None);
    let labels: Vec<&str> = ring.tokens().map(|t: &Token| t.label.as_str()).collect();
    assert_eq!((labels.len(), labels.contains(&"wallboard")), (2, true));
    assert_eq!(ring.revoke_tokens("li", "wallboard"), 1);
    assert_eq!(ring.by_token(&wallboard), None);
    ring.remove_account("li")?;
    assert_eq!(ring.by_token(&script), None);
    assert!(matches!(
        ring.issue_token("li", "", [5; 32], NOW),
        Err(KeyringError::NoSuchAccount(_))
    ));
    Ok(())
}

#[test]
fn names_and_passwords_have_a_shape() -> Outcome {
    let mut ring = Keyring::default();
    let mut add =
        |name: &str, password: &str| ring.add_account(name, Role::Agent, password, [1; 16], NOW);
    add("wang.xm", "long enough")?;
    assert!(matches!(add("wang.xm", "long enough"), Err(KeyringError::AccountExists(_))));
    assert!(matches!(add("Wang", "long enough"), Err(KeyringError::BadName(_))));
    assert!(matches!(add("", "long enough"), Err(KeyringError::BadName(_))));
    assert!(matches!(add("zhao", "short"), Err(KeyringError::BadPassword)));
    Ok(())
}

#[test]
fn seats_keep_both_hashes() -> Outcome {
    let (_dir, path) = place()?;
    Keyring::modify(&path, |ring| {
        ring.set_seat(SeatId(1001), MD5, "ab12");
        ring.set_seat(SeatId(1002), "x", "y");
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
fn nothing_secret_is_printed_or_kept_in_the_clear() -> Outcome {
    let (_dir, path) = place()?;
    let mut ring = with_li(&path)?;
    let token = ring.issue_token("li", "script", [3; 32], NOW)?;
    ring.set_seat(SeatId(1001), MD5, "ab12");
    ring.save(&path)?;
    assert_eq!(format!("{ring:?}"), "Keyring(1 accounts, 1 tokens, 1 seats)");
    assert_eq!(format!("{:?}", ring.seat(SeatId(1001))), "Some(SeatSecret(****))");
    let kept = fs::read_to_string(&path)?;
    assert!(!kept.contains("correct horse") && !kept.contains(&token[3..]), "{kept}");
    assert!(kept.contains("$argon2id$"));
    Ok(())
}

#[test]
fn the_file_is_its_users_alone() -> Outcome {
    let (_dir, path) = place()?;
    with_li(&path)?;
    assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o777, 0o600);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640))?;
    assert!(matches!(Keyring::load(&path), Err(KeyringError::TooOpen(_))));
    Ok(())
}

#[test]
fn a_file_not_there_yet_is_empty_and_a_damaged_one_is_not() -> Outcome {
    let (_dir, path) = place()?;
    assert_eq!(Keyring::load(&path)?, Keyring::default());
    with_li(&path)?;
    let whole = fs::read_to_string(&path)?;
    for damaged in
        [&whole[..whole.len() / 2], "", "{}", &whole.replace("\"version\": 1", "\"version\": 9")]
    {
        fs::write(&path, damaged)?;
        let error = Keyring::load(&path).err().ok_or("a damaged keyring was read")?;
        assert!(matches!(error, KeyringError::Damaged { .. }), "{error}");
        assert!(!error.to_string().contains("argon2"), "{error}");
        // And nobody may write over it by mistake.
        assert!(Keyring::modify(&path, |_| Ok(())).is_err());
        assert_eq!(fs::read_to_string(&path)?, damaged);
    }
    Ok(())
}

#[test]
fn what_a_crash_left_beside_the_file_is_in_nobodys_way() -> Outcome {
    let (_dir, path) = place()?;
    with_li(&path)?;
    fs::write(path.with_file_name("keys.json.new"), "half a")?;
    Keyring::modify(&path, |ring| {
        ring.set_seat(SeatId(1001), MD5, "ab12");
        Ok(())
    })?;
    assert!(Keyring::load(&path)?.account("li").is_some());
    assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o777, 0o600);
    Ok(())
}

#[test]
fn a_change_that_fails_changes_nothing() -> Outcome {
    let (_dir, path) = place()?;
    let before = with_li(&path)?;
    let failed: Result<(), _> = Keyring::modify(&path, |ring| {
        ring.set_seat(SeatId(1001), MD5, "ab12");
        ring.remove_account("wang")
    });
    assert!(failed.is_err());
    assert_eq!(Keyring::load(&path)?.seats().count(), before.seats().count());
    Ok(())
}

#[test]
fn changes_made_at_once_are_all_kept_while_readers_see_whole_files() -> Outcome {
    const WRITERS: u32 = 8;
    const CHANGES: u32 = 25;
    let (_dir, path) = place()?;
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let path = &path;
            scope.spawn(move || {
                for n in 0..CHANGES {
                    let seat = SeatId(1_000 + writer * CHANGES + n);
                    let set = Keyring::modify(path, |ring| {
                        ring.set_seat(seat, MD5, "ab12");
                        Ok(())
                    });
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
