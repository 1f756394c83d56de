//! The commands that look, check and mend, and end.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use model::SeatId;
use reporting::QueueLog;
use settings::{Keyring, Settings};

use crate::{
    EX_DATAERR, EX_USAGE, Fault, cli::Place, entropy, keys, listing, machine, run, say, tables,
};

/// The text of a CSV file, in UTF-8 or as Excel in Chinese saves it.
pub(crate) fn table_text(file: &Path) -> Result<String, Fault> {
    let fault =
        |what: String| Fault::new(EX_USAGE, format!("cannot read {}: {what}", file.display()));
    let bytes = std::fs::read(file).map_err(|error| fault(error.to_string()))?;
    let decoded = spreadsheet::decode(&bytes).map_err(|error| fault(error.to_string()))?;
    Ok(model::text::clean(&decoded.text).into_owned())
}

/// `heartline check`
pub(crate) fn check(config: &Path) -> Result<(), Fault> {
    let (settings, tables) = match (Settings::load(config), tables::check(config)) {
        (Ok(settings), Ok(tables)) => (settings, tables),
        (settings, tables) => {
            let faults = [settings.err(), tables.err()].into_iter().flatten().flatten();
            return Err(config_fault(&faults.collect::<Vec<_>>()));
        }
    };
    check_secrets(config, &settings)?;
    if settings.duties.small_office {
        say(&format!(
            "warning: {}/heartline.toml: small_office in [duties]: whoever makes accounts also confirms \
             what they see; name a second person as soon as there is one",
            config.display()
        ));
    }
    for misfit in settings.misfits() {
        say(&format!("note: {}/{misfit}", config.display()));
    }
    say(&format!(
        "{}: {} lines, {} queues, {} seats, {} trunks, {} units, {} topics, {} rows of the \
         directory: no fault",
        config.display(),
        settings.lines.len(),
        settings.queues.len(),
        settings.seats.len(),
        settings.trunks.len(),
        tables.network.units().count(),
        tables.network.topics().count(),
        tables.network.routes().count(),
    ));
    Ok(())
}

/// Whether the keyring has the secrets courier.toml names, when there is a keyring here.
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
                "{}: {} has no secret \"{name}\"; say heartline secret make {name} or secret set {name}",
                file.display(),
                path.display()
            )
        })
        .collect();
    if missing.is_empty() { Ok(()) } else { Err(Fault::list(missing.join("\n"))) }
}

/// All faults of a config folder as one.
pub(crate) fn config_fault(faults: &[settings::Fault]) -> Fault {
    let mut text = String::new();
    for fault in faults {
        text.push_str(&fault.to_string());
        text.push('\n');
    }
    let plural = if faults.len() == 1 { "fault" } else { "faults" };
    text.push_str(&format!("{} {plural} in the config", faults.len()));
    Fault::list(text)
}

/// `heartline sim`
pub(crate) fn simulate(seed: u64, days: u32, depth: sim::Depth) -> Result<(), Fault> {
    verdict(&sim::run(seed, days, depth, &mut |line| say(line)))
}

/// `heartline sim --office`
pub(crate) fn simulate_office(seed: u64, days: u32) -> Result<(), Fault> {
    let calendar = settings::calendar::embedded().map_err(|faults| config_fault(&faults))?;
    let tables = settings::tables::embedded();
    let texts: Vec<(&str, &str)> =
        tables.iter().map(|table| (table.name.as_str(), table.text.as_ref())).collect();
    let city = sim::City::of(calendar, &texts).map_err(|what| Fault::new(EX_DATAERR, what))?;
    verdict(&sim::months(seed, days, &city, &mut |line| say(line)))
}

fn verdict(report: &sim::Report) -> Result<(), Fault> {
    say(&report.summary());
    if report.is_clean() { Ok(()) } else { Err(Fault::new(EX_DATAERR, "a law was broken")) }
}

/// `heartline openapi`
pub(crate) fn describe_api() -> Result<(), Fault> {
    let text = serde_json::to_string_pretty(&console::description());
    say(&text.map_err(|error| Fault::from(error.to_string()))?);
    Ok(())
}

/// `heartline story`
pub(crate) fn tell_story(code: Option<&str>, json: bool) -> Result<(), Fault> {
    let Some(code) = code else {
        let row = |story: sim::story::Story| vec![story.code.to_owned(), story.title.to_owned()];
        listing::print(json, &["code", "title"], sim::story::STORIES.into_iter().map(row));
        return Ok(());
    };
    let Some(story) = sim::story::Story::by_code(code) else {
        let known = sim::story::STORIES.map(|story| story.code).join(", ");
        return Err(Fault::new(EX_USAGE, format!("there is no story {code}; there are {known}")));
    };
    let days = settings::calendar::embedded().map_err(|faults| config_fault(&faults))?;
    story.tell(&days, &mut |line| say(line)).map_err(|what| Fault::new(EX_DATAERR, what))
}

/// `heartline seat password`
pub(crate) fn set_seat_password(
    seat: SeatId,
    password: Option<String>,
    create: bool,
    place: &Place,
) -> Result<(), Fault> {
    let settings = Settings::load(&place.config).map_err(|faults| config_fault(&faults))?;
    if settings.seat(seat).is_none() {
        let text = format!("{}: there is no seat {seat}", place.config.display());
        return Err(Fault::new(EX_USAGE, text));
    }
    let data = data_folder(place)?;
    keys::must_be_there(place, create)?;
    let made = password.is_none();
    let password = password.unwrap_or_else(|| settings::password_from(entropy::seed()));
    keys::set_seat_password(&data, &settings.sip.realm, seat, &password)?;
    if made {
        say(&format!("seat {seat} registers with the password {password}"));
    } else {
        say(&format!("the password of seat {seat} is set"));
    }
    Ok(())
}

/// `heartline secret make`
pub(crate) fn make_secret(name: &str, create: bool, place: &Place) -> Result<(), Fault> {
    let data = data_folder(place)?;
    keys::must_be_there(place, create)?;
    let secret = messaging::sign::secret_from(entropy::seed());
    keys::set_shared(&data, name, &secret)?;
    say(&format!("{name} is {secret}"));
    Ok(())
}

/// `heartline secret set`
pub(crate) fn set_secret(name: &str, create: bool, place: &Place) -> Result<(), Fault> {
    let data = data_folder(place)?;
    keys::must_be_there(place, create)?;
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line);
    read.map_err(|e| format!("cannot read the secret from the input: {e}"))?;
    keys::set_shared(&data, name, line.trim_end_matches(['\r', '\n']))?;
    say(&format!("{name} is set"));
    Ok(())
}

/// `heartline secret remove`
pub(crate) fn remove_secret(name: &str, place: &Place) -> Result<(), Fault> {
    let data = data_folder(place)?;
    keys::must_be_there(place, false)?;
    if !keys::remove_shared(&data, name)? {
        return Err(Fault::new(EX_USAGE, format!("there is no secret \"{name}\"")));
    }
    say(&format!("{name} is forgotten"));
    Ok(())
}

/// `heartline log verify`
pub(crate) fn verify_log(place: &Place) -> Result<(), Fault> {
    let folder = data_folder(place)?.join("journal");
    let report = journal::verify(&folder).map_err(|e| e.to_string())?;
    for fault in &report.faults {
        say(&fault.to_string());
    }
    say(&format!(
        "{} records in {} segments, {} to {}, {} bytes, {} faults",
        report.records,
        report.segments,
        report.first.unwrap_or(0),
        report.last.unwrap_or(0),
        report.bytes,
        report.faults.len()
    ));
    if report.is_whole() { Ok(()) } else { Err(Fault::new(EX_DATAERR, "the log has faults")) }
}

/// `heartline log cat`
pub(crate) fn print_log(from: u64, queue_log: bool, place: &Place) -> Result<(), Fault> {
    let data = data_folder(place)?;
    let folder = data.join("journal");
    let ends = journal::Reader::open(&folder).and_then(|r| r.ends()).map_err(|e| e.to_string())?;
    let rows = ends.map_or(0, |(first, last)| (last + 1).saturating_sub(from.max(first)));
    let what = if queue_log { "log as a queue_log" } else { "log" };
    machine::note_export(&data, format!("{what} from {from} on, printed"), rows, !queue_log)?;
    // A line of a queue_log needs what came before it.
    let first = if queue_log { 1 } else { from };
    let records = journal::Reader::open(&folder)
        .and_then(|r| r.read_from(first))
        .map_err(|e| e.to_string())?;
    let mut lines = QueueLog::new();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for record in records {
        let record = record.map_err(|e| Fault::new(EX_DATAERR, e.to_string()))?;
        let line = if queue_log {
            lines.line(&record).filter(|_| record.seq >= from)
        } else {
            let mut line = Vec::new();
            record.write_json(&mut line).map_err(|e| e.to_string())?;
            Some(String::from_utf8_lossy(&line).into_owned())
        };
        let Some(line) = line else { continue };
        if writeln!(out, "{line}").is_err() {
            // Whoever read us has seen enough.
            return Ok(());
        }
    }
    Ok(())
}

/// `heartline store rebuild`
pub(crate) fn rebuild_store(place: &Place) -> Result<(), Fault> {
    let data = data_folder(place)?;
    let folder = data.join("journal");
    // Holding the log's lock proves that no engine runs here.
    let (_lock, opening) = journal::Journal::open(&folder, journal::Options::default())
        .map_err(|e| format!("cannot have the log to myself: {e}"))?;
    store::Store::wipe(data.join("store")).map_err(|e| e.to_string())?;
    // Whoever doubts the one doubts the other.
    store::kept::forget(&data.join("store")).map_err(|e| e.to_string())?;
    let last = opening.last.unwrap_or(0);
    let store = run::open_store(&data, &folder, last)?.store;
    say(&format!("the view is made anew from {} records", store.applied()));
    Ok(())
}

pub(crate) fn data_folder(place: &Place) -> Result<PathBuf, Fault> {
    if let Some(data) = &place.data {
        return Ok(data.clone());
    }
    let settings = Settings::load(&place.config).map_err(|faults| config_fault(&faults))?;
    Ok(settings.data.folder)
}
