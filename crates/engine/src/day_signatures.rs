//! Signs each day of the log when the day is over (OPS-01 complete records, signed daily). The
//! crate `journal` defines what is signed and how; here are the key and the schedule.

use std::{
    fs,
    io::{ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use journal::{DAYS_AT_ONCE, DaySigner};
use model::Zone;

use crate::{clock::Clock, entropy};

/// Signs days of the log as they end, until the runtime ends. `data` is the data folder.
pub(crate) async fn sign_periodically(data: PathBuf, log: PathBuf, zone: Zone, clock: Clock) {
    let signer = match signer(&data.join("signing.key")) {
        Ok(signer) => Arc::new(signer),
        Err(why) => {
            tracing::error!(
                "cannot sign the days of the log: {why}; correct this and restart the engine"
            );
            return;
        }
    };
    loop {
        let (by, log) = (Arc::clone(&signer), log.clone());
        let signing = move || by.sign_days(&log, zone, clock.now());
        match tokio::task::spawn_blocking(signing).await {
            Ok(Ok(days)) => {
                for day in &days {
                    tracing::info!("signed {}: records {} to {}", day.day, day.first, day.last);
                }
                if days.len() == DAYS_AT_ONCE {
                    continue;
                }
            }
            Ok(Err(why)) => tracing::warn!(
                "cannot sign the days of the log now: {why}; the engine tries again in ten \
                 minutes"
            ),
            // The runtime has ended.
            Err(_) => return,
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// The signer with the key in this file. The key is made when it is missing; only its owner may
/// read the file.
fn signer(path: &Path) -> Result<DaySigner, String> {
    let shown = path.display();
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            create_key(path).map_err(|error| format!("cannot create the key {shown}: {error}"))?
        }
        Err(error) => return Err(format!("cannot read the key {shown}: {error}")),
    };
    let seed = seed(text.trim());
    seed.and_then(|seed| DaySigner::new(&seed)).ok_or_else(|| {
        format!(
            "{shown} is not a key of 64 hexadecimal digits; move it away and restart the engine, \
             which makes a new one"
        )
    })
}

fn create_key(path: &Path) -> std::io::Result<String> {
    let text: String = entropy::seed().iter().map(|byte| format!("{byte:02x}")).collect();
    let mut options = fs::OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(format!("{text}\n").as_bytes())?;
    file.sync_all()?;
    Ok(text)
}

fn seed(hex: &str) -> Option<[u8; 32]> {
    let mut seed = [0; 32];
    if hex.len() != 64 {
        return None;
    }
    for (at, byte) in seed.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(seed)
}

/// How often the thread looks for a day to sign; a day is signed within this time and `journal`'s
/// grace period after midnight.
const EVERY: Duration = Duration::from_secs(600);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_is_made_once_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("signing.key");
        let first = signer(&path).unwrap().public_key();
        assert_eq!(signer(&path).unwrap().public_key(), first);
        fs::write(&path, "not a key").unwrap();
        assert!(signer(&path).unwrap_err().contains("not a key of 64"));
    }
}
