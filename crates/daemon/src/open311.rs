//! From settings to the Open311 server, and keys for those who report.

use std::sync::Arc;

use console::{Directory, Open311};
use deadlines::calendar::{Calendar, OfficeHours};
use settings::{Publish, Settings};
use sha2::{Digest, Sha256};
use ticketing::Rules;

use crate::{Fault, entropy, say};

/// The server, when it is switched on.
pub(crate) fn server(settings: &Settings, network: Arc<dyn Directory>) -> Option<Open311> {
    let told = &settings.open311;
    told.enabled.then(|| Open311 {
        jurisdiction: told.jurisdiction.clone(),
        keys: told.keys.clone(),
        key_service: told.key_service.clone(),
        contact: told.contact.clone(),
        channel: told.channel,
        publishes_all: told.publish == Publish::All,
        per_minute: told.per_minute,
        base: told.base.clone().unwrap_or_else(|| format!("http://{}", settings.http.listen)),
        calendar: Calendar::new(settings.hotline.zone, OfficeHours::default(), &settings.calendar),
        policy: Rules::shipped().clocks,
        network,
    })
}

/// `heartline open311-key`: a key for who reports, told once, and the line for the config.
pub(crate) fn make_key(name: &str) -> Result<(), Fault> {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let key = hex(&entropy::seed());
    let hash = hex(&Sha256::digest(key.as_bytes()));
    say(&format!(
        "in heartline.toml, below [open311.keys]:\n{name} = \"{hash}\"\n\
         the key for {name}, told this once: {key}"
    ));
    Ok(())
}
