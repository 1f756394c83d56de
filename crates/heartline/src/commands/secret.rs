//! `heartline secret …`: makes, sets and removes secrets shared with partners.

use engine::{
    entropy,
    fault::{EX_USAGE, Fault},
    keyring,
};

use crate::{
    cli::{Place, SecretVerb},
    output::print_line,
};

/// Runs the command.
pub(crate) fn run(verb: SecretVerb) -> Result<(), Fault> {
    match verb {
        SecretVerb::Make { name, create, place } => make(&name, create, &place),
        SecretVerb::Set { name, create, place } => set(&name, create, &place),
        SecretVerb::Remove { name, place } => remove(&name, &place),
    }
}

/// Makes a secret and prints it only once.
fn make(name: &str, create: bool, place: &Place) -> Result<(), Fault> {
    let data = place.data_folder()?;
    place.require_keyring(create)?;
    let secret = messaging::sign::secret_from(entropy::seed());
    keyring::set_shared(&data, name, &secret)?;
    print_line(&format!("the secret {name} is {secret}"));
    Ok(())
}

/// Reads a secret from the first line of standard input.
fn set(name: &str, create: bool, place: &Place) -> Result<(), Fault> {
    let data = place.data_folder()?;
    place.require_keyring(create)?;
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line);
    read.map_err(|e| format!("cannot read the secret from standard input: {e}"))?;
    keyring::set_shared(&data, name, line.trim_end_matches(['\r', '\n']))?;
    print_line(&format!("the secret {name} was set"));
    Ok(())
}

/// Removes a secret.
fn remove(name: &str, place: &Place) -> Result<(), Fault> {
    let data = place.data_folder()?;
    place.require_keyring(false)?;
    if !keyring::remove_shared(&data, name)? {
        return Err(Fault::new(EX_USAGE, format!("there is no secret \"{name}\"")));
    }
    print_line(&format!("the secret {name} was removed"));
    Ok(())
}
