//! `heartline export`: the log as JSON lines.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use engine::{
    fault::{EX_DATAERR, EX_USAGE, Fault},
    machine,
    site::Site,
};
use journal::{
    JournalError, Reader,
    jsonl::{self, ExportInfo},
};
use model::Seq;

use crate::{cli::Place, output::print_line};

/// Writes the records `from` to `to` to `out`, or to standard output.
pub(crate) fn run(
    out: Option<&Path>,
    from: Option<Seq>,
    to: Option<Seq>,
    place: &Place,
) -> Result<(), Fault> {
    let Site { data, zone, .. } = place.site()?;
    let folder = data.join("journal");
    let ends = Reader::open(&folder).and_then(|log| log.ends()).map_err(log_fault)?;
    let Some((oldest, newest)) = ends else {
        return Err(Fault::new(EX_USAGE, format!("there is no record in {}", folder.display())));
    };
    let (first, last) = (from.unwrap_or(oldest), to.unwrap_or(newest));
    if first < oldest || last < first || newest < last {
        let what = format!(
            "the log has records {oldest} to {newest}; {first} to {last} is not part of it"
        );
        return Err(Fault::new(EX_USAGE, what));
    }
    machine::note_export(&data, format!("log {first} to {last}"), last - first + 1, true)?;
    let about = ExportInfo { engine: env!("CARGO_PKG_VERSION").to_owned(), zone };
    let Some(out) = out else {
        let mut out = BufWriter::new(io::stdout().lock());
        jsonl::export(&folder, (first, last), &about, &mut out).map_err(log_fault)?;
        return Ok(());
    };
    let cannot = |e: io::Error| format!("cannot write {}: {e}", out.display());
    let beside = beside(out);
    let mut file = BufWriter::new(private(&beside).map_err(cannot)?);
    let exported = jsonl::export(&folder, (first, last), &about, &mut file).map_err(log_fault)?;
    let file = file.into_inner().map_err(|e| cannot(e.into_error()))?;
    file.sync_all().and_then(|()| fs::rename(&beside, out)).map_err(cannot)?;
    print_line(&format!(
        "wrote records {first} to {last} to {}, with unmasked names and numbers; only its owner \
         may read the file\nSHA-256 {}",
        out.display(),
        exported.sha256
    ));
    Ok(())
}

/// The exit code is 65 for a damaged log and 64 for a wrong target.
pub(crate) fn log_fault(error: JournalError) -> Fault {
    let code = match &error {
        JournalError::Damaged { .. } | JournalError::Missing { .. } => EX_DATAERR,
        JournalError::BadTarget { .. } => EX_USAGE,
        _ => return Fault::from(error.to_string()),
    };
    Fault::new(code, error.to_string())
}

fn beside(out: &Path) -> PathBuf {
    let mut name = out.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

/// Creates a file that only its owner may read; an existing file is replaced.
fn private(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}
