//! Changes of the keyring from the command line, with or without a running engine.

use std::path::Path;

use model::{SeatId, StaffChange, event::Role};
use settings::{ChangeContext, Keyring, KeyringError, Settings};

use crate::{
    clock::Clock,
    entropy,
    fault::{EX_USAGE, Fault},
    keys::file_in,
    machine,
    site::Site,
};

/// Refuses a folder named by `--data` that has no keyring and is not the config's: it is likely the
/// wrong one, and a change there would have no effect. `create` allows it.
pub fn require_keyring(config: &Path, data: Option<&Path>, create: bool) -> Result<(), Fault> {
    let Some(data) = data else { return Ok(()) };
    let path = file_in(data);
    let is_of_config = || Settings::load(config).is_ok_and(|s| s.data.folder == *data);
    if create || path.exists() || is_of_config() {
        return Ok(());
    }
    let what = format!(
        "there is no keyring {}, and {} names another data folder: name the right one with \
         --data or --config. To create a keyring there, add --create to user add, seat password, \
         secret make or secret set",
        path.display(),
        config.display()
    );
    Err(Fault::new(EX_USAGE, what))
}

/// Adds an account with a generated password, which is returned.
pub fn add_account(
    site: &Site,
    name: &str,
    role: Role,
    staff: StaffChange,
) -> Result<String, String> {
    let password = settings::password_from(entropy::seed());
    change_keyring(site, |keyring, context| {
        keyring.add_account(name, role, staff, &password, entropy::salt(), context)
    })?;
    Ok(password)
}

/// Changes the keyring from the command line, with or without a running engine.
pub fn change_keyring<T>(
    site: &Site,
    change: impl FnOnce(&mut Keyring, &ChangeContext) -> Result<T, KeyringError>,
) -> Result<T, String> {
    let now = Clock::start().now();
    let Site { data, zone, duties, .. } = site;
    let by = Some(machine::person());
    let context =
        ChangeContext { by, small_office: duties.small_office, now, today: zone.date(now) };
    Keyring::modify(&file_in(data), |keyring| change(keyring, &context)).map_err(|e| e.to_string())
}

/// Sets a seat's SIP password.
pub fn set_seat_password(
    folder: &Path,
    realm: &str,
    seat: SeatId,
    password: &str,
) -> Result<(), String> {
    let secret = sip::hash_password(&seat.to_string(), realm, password);
    let set = |keyring: &mut Keyring| keyring.set_seat(seat, &secret.md5, &secret.sha256);
    Keyring::modify(&file_in(folder), set).map_err(|e| e.to_string())
}

/// Stores a secret shared with a partner.
pub fn set_shared(folder: &Path, name: &str, secret: &str) -> Result<(), String> {
    Keyring::modify(&file_in(folder), |keyring| keyring.set_shared(name, secret))
        .map_err(|e| e.to_string())
}

/// Removes a secret shared with a partner. Returns whether there was one.
pub fn remove_shared(folder: &Path, name: &str) -> Result<bool, String> {
    Keyring::modify(&file_in(folder), |keyring| Ok(keyring.remove_shared(name)))
        .map_err(|e| e.to_string())
}
