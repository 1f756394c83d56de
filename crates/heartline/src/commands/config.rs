//! `heartline config`: the configs on record, and their return into the folder.

use std::path::{Path, PathBuf};

use engine::{
    Fault,
    fault::EX_USAGE,
    in_force::{self, Copies},
    site,
};
use model::Event;
use settings::{Config, ConfigFiles};

use crate::{
    cli::{ConfigVerb, Place},
    output::{print_line, print_list},
};

/// `heartline config`
pub(crate) fn run(verb: ConfigVerb) -> Result<(), Fault> {
    match verb {
        ConfigVerb::History { json, place } => history(json, &place),
        ConfigVerb::Restore { record, place } => restore(record, &place),
    }
}

fn history(json: bool, place: &Place) -> Result<(), Fault> {
    let site = place.site()?;
    let records = Copies::of(&site.data).records();
    let rows = records.into_iter().rev().filter_map(in_force::entry).map(|entry| {
        let more = (entry.changes_in_all as usize).saturating_sub(entry.changes.len());
        let mut changes = entry.changes.join("; ");
        if more > 0 {
            changes.push_str(&format!("; and {more} more"));
        }
        vec![
            entry.seq.to_string(),
            site::local(site.zone, entry.at),
            entry.cause,
            entry.by.map(|by| by.to_string()).unwrap_or_default(),
            entry.version,
            changes,
        ]
    });
    print_list(json, &["record", "at", "cause", "by", "version", "changes"], rows);
    Ok(())
}

fn restore(seq: u64, place: &Place) -> Result<(), Fault> {
    let data = match &place.data {
        Some(data) => data.clone(),
        None => ConfigFiles::read(&place.config).unwrap_or_default().data_folder(),
    };
    let usage = |what: String| Fault::new(EX_USAGE, what);
    let copies = Copies::of(&data);
    let adopted = match copies.record(seq).map(|record| record.event) {
        Some(Event::ConfigAdopted(adopted)) => adopted,
        _ => {
            let folder = data.display();
            let what =
                format!("{folder} has no config of record {seq}; see `heartline config history`");
            return Err(usage(what));
        }
    };
    let files = copies.files(&adopted).map_err(usage)?;
    // An older config may have faults for this version.
    if let Err(faults) = Config::of_files(&files, &format!("(record {seq})")) {
        return Err(Fault::of_config(&faults));
    }
    let folder = place.config.as_path();
    let cannot = |what: &str, e: std::io::Error| Fault::from(format!("cannot {what}: {e}"));
    let now = ConfigFiles::read(folder).map_err(|e| cannot("read the config folder", e))?;
    let changed = now.changed_files(&files);
    if changed.is_empty() {
        print_line(&format!("{} equals record {seq} already", folder.display()));
        return Ok(());
    }
    let aside = aside(folder);
    std::fs::create_dir_all(&aside).map_err(|e| cannot("make a folder for a copy", e))?;
    now.write(&aside).map_err(|e| cannot("copy the files that are replaced", e))?;
    files.write(folder).map_err(|e| cannot("write the config folder", e))?;
    print_line(&format!(
        "{} has the config of record {seq} again; changed: {}. What was there is in {}. \
         To put it in force: heartline reload",
        folder.display(),
        changed.join(", "),
        aside.display()
    ));
    Ok(())
}

/// A folder that does not exist yet, beside the config folder: `config.before-1`.
fn aside(folder: &Path) -> PathBuf {
    let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let name = whole.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let beside = |n: u32| whole.with_file_name(format!("{name}.before-{n}"));
    (1..).map(beside).find(|path| !path.exists()).unwrap_or_else(|| beside(0))
}
