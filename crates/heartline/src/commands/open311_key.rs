//! `heartline open311-key`: a key for an app that reports over Open311.

use engine::{Fault, entropy};
use sha2::{Digest, Sha256};

use crate::output::print_line;

/// Makes a key, and prints it and the line for the config. The key is not stored.
pub(crate) fn run(name: &str) -> Result<(), Fault> {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let key = hex(&entropy::seed());
    let hash = hex(&Sha256::digest(key.as_bytes()));
    print_line(&format!(
        "add to heartline.toml, below [open311.keys]:\n{name} = \"{hash}\"\n\
         the key for {name}, shown only once: {key}"
    ));
    Ok(())
}
