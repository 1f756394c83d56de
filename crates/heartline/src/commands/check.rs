//! `heartline check`: reports all faults of a config folder, and what it would change.

use std::path::Path;

use engine::{Fault, descriptors, fault::EX_USAGE, in_force::Copies, keys, tables};
use model::AccountName;
use settings::{Config, Diff, Keyring, Settings, Takes};

use crate::{cli::Check, output::print_line};

/// `heartline check`
pub(crate) fn run(check: &Check) -> Result<(), Fault> {
    let config = check.config.as_path();
    let (new, tables) = match (Config::load(config), tables::check(config)) {
        (Ok(new), Ok(tables)) => (new, tables),
        (settings, tables) => {
            let faults = [settings.err(), tables.err()].into_iter().flatten().flatten();
            return Err(Fault::of_config(&faults.collect::<Vec<_>>()));
        }
    };
    let settings = &new.settings;
    check_secrets(config, settings)?;
    if let Some(against) = &check.diff {
        let old = match against {
            Some(folder) => Config::load(folder).map_err(|faults| Fault::of_config(&faults))?,
            None => in_force(check.data.as_deref().unwrap_or(&settings.data.folder))?,
        };
        return print_diff(&Diff::between(&old, &new), check.json);
    }
    if settings.duties.small_office {
        print_line(&format!(
            "warning: {}/heartline.toml: with small_office in [duties] the person who makes accounts \
             also confirms their roles; remove it as soon as there is a second person",
            config.display()
        ));
    }
    for agent in agents_without_account(settings)? {
        print_line(&format!(
            "warning: {}/agents.toml: there is no account \"{agent}\"",
            config.display()
        ));
    }
    for misfit in settings.misfits() {
        print_line(&format!("note: {}/{misfit}", config.display()));
    }
    check_descriptors(settings);
    print_line(&format!(
        "{}: {} lines, {} queues, {} seats, {} trunks, {} units, {} topics, {} rows of the \
         directory: no fault",
        config.display(),
        settings.lines.len(),
        settings.queues.len(),
        settings.seats.len(),
        settings.trunks.len(),
        tables.directory.units().count(),
        tables.directory.topics().count(),
        tables.directory.routes().count(),
    ));
    Ok(())
}

/// The config that is in force in the engine of a data folder, or was at last.
fn in_force(data: &Path) -> Result<Config, Fault> {
    let config = Copies::of(data).last_config().map_err(Fault::from)?;
    config.ok_or_else(|| {
        let what = format!(
            "{} has no config on record, because no engine has run there yet; name a config folder \
             to compare with",
            data.display()
        );
        Fault::new(EX_USAGE, what)
    })
}

/// Prints the changes: first those that a running engine takes, then those that need a restart.
pub(crate) fn print_diff(diff: &Diff, json: bool) -> Result<(), Fault> {
    if json {
        print_line(&serde_json::to_string(diff).map_err(|e| e.to_string())?);
        return Ok(());
    }
    for takes in [Takes::Reload, Takes::Restart] {
        for change in diff.changes.iter().filter(|change| change.takes == takes) {
            print_line(&change.to_string());
        }
    }
    print_line(match (diff.is_empty(), diff.for_restart().next()) {
        (true, _) => "no difference",
        (false, None) => "a running engine takes all of it: heartline reload",
        (false, Some(_)) => {
            "some of it needs a restart, and a reload takes nothing as long as it is there"
        }
    });
    Ok(())
}

/// Notes when the unit of the package, or this shell, allows fewer descriptors than the config needs.
fn check_descriptors(settings: &Settings) {
    let needed = settings.descriptors();
    if let Some(misfit) = needed.misfit(settings::UNIT_DESCRIPTORS) {
        print_line(&format!("note: heartline.service: {misfit}"));
    } else if let Some(misfit) = descriptors::limit().and_then(|limit| needed.misfit(limit)) {
        print_line(&format!(
            "warning: a start from this shell: {misfit}; the unit of the package allows {}",
            settings::UNIT_DESCRIPTORS
        ));
    }
}

/// The agents of the config without an account in the keyring; none when there is no keyring.
fn agents_without_account(settings: &Settings) -> Result<Vec<&AccountName>, Fault> {
    let path = keys::file_in(&settings.data.folder);
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let keyring = Keyring::load(&path).map_err(|e| e.to_string())?;
    Ok(settings.agents_without_account(&keyring))
}

/// Checks that the keyring, when there is one, has the secrets that courier.toml names.
fn check_secrets(config: &Path, settings: &Settings) -> Result<(), Fault> {
    let path = keys::file_in(&settings.data.folder);
    if !path.is_file() {
        return Ok(());
    }
    let keyring = Keyring::load(&path).map_err(|e| e.to_string())?;
    let courier = &settings.courier;
    let destinations = courier.destinations.iter().map(|to| &to.secret);
    let sms = courier.sms.iter().filter_map(|sms| sms.secret.as_ref());
    let hooks = courier.hooks.iter().flat_map(|hook| &hook.secrets);
    let named: std::collections::BTreeSet<&String> = destinations.chain(sms).chain(hooks).collect();
    let missing: Vec<String> = (named.into_iter())
        .filter(|name| keyring.shared(name).is_none())
        .map(|name| {
            let file = config.join("courier.toml");
            format!(
                "{}: {} has no secret \"{name}\"; run `heartline secret make {name}` or \
                 `heartline secret set {name}`",
                file.display(),
                path.display()
            )
        })
        .collect();
    if missing.is_empty() { Ok(()) } else { Err(Fault::list(missing.join("\n"))) }
}
