//! `heartline open311-key`: a key for an app that reports over Open311.

use engine::{Fault, entropy};
use sha2::{Digest, Sha256};

use crate::output::say;

/// Make a key, print it once, and print the line for the config.
pub(crate) fn run(name: &str) -> Result<(), Fault> {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let key = hex(&entropy::seed());
    let hash = hex(&Sha256::digest(key.as_bytes()));
    say(&format!(
        "in heartline.toml, below [open311.keys]:\n{name} = \"{hash}\"\n\
         the key for {name}, told this once: {key}"
    ));
    Ok(())
}
