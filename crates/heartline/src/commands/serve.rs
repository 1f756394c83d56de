//! `heartline serve`: run the hotline.

use std::path::PathBuf;

use engine::{
    fault::{EX_SOFTWARE, EX_USAGE, Fault},
    plan,
    running::Running,
    start::{self, NotStarted},
    supervisor,
    tables::{self, Tables},
};
use settings::Settings;

use crate::{cli::Serve, output::say, signals::Ending};

/// Run until a signal ends it.
pub(crate) async fn run(serve: Serve) -> Result<(), Fault> {
    let settings = Settings::load(&serve.config).map_err(|faults| Fault::of_config(&faults))?;
    let settings = plan::with_addresses(settings, &serve.addresses.clone().into())
        .map_err(|e| Fault::new(EX_USAGE, e))?;
    raise_file_limit();
    let mut ending = Ending::listen();
    let tables = tables::shipped(&serve.config)?;
    let running = match emergency_folder(&serve, &settings)? {
        Some(folder) => {
            start::start_emergency(&settings, tables, &folder, "started by hand").await?
        }
        None => start_or_fall_back(&settings, tables).await?,
    };
    // Only now: of a start that fails nobody keeps what it printed.
    if let Some(password) = running.first_admin()? {
        say(&format!(
            "first start: log in to the console as admin with the password {password}\n\
             It is shown this once and kept nowhere. The admin runs the engine and sees no citizen:\n\
             who takes part in the work gets an account of their own (`heartline user add`), and a second\n\
             person confirms its role (`heartline user confirm`)."
        ));
    }
    for (transport, at) in &running.sip {
        tracing::info!("SIP over {transport:?} at {at}");
    }
    tracing::info!("console at http://{}", running.http);
    tracing::info!("ready");
    supervisor::ready(match running.engine.is_emergency {
        true => "EMERGENCY: calls are taken without the log",
        false => "calls are taken",
    });
    running.tell_watchdog();
    ending.comes().await;
    let patience = serve.drain_timeout.unwrap_or(settings.drain.timeout);
    supervisor::stopping("no new calls are taken; talks may go on");
    tracing::info!("stopping: no new calls; talks may go on for {} s", patience.as_secs());
    tokio::select! {
        () = running.stop(patience) => {}
        () = ending.comes() => {
            return Err(Fault::new(EX_SOFTWARE, "stopped by a second signal, without waiting for the calls"));
        }
    }
    tracing::info!("stopped");
    Ok(())
}

/// Where `--emergency` runs the engine, when it was given.
fn emergency_folder(serve: &Serve, settings: &Settings) -> Result<Option<PathBuf>, Fault> {
    let Some(named) = &serve.emergency else { return Ok(None) };
    let folder = named.clone().or_else(|| settings.start.emergency.clone());
    let missing = "--emergency needs a folder on a disk that can be written: --emergency DIR, or \
                   [start] emergency in heartline.toml";
    let folder = folder.ok_or_else(|| Fault::new(EX_USAGE, missing))?;
    let (data, recordings) = (&settings.data.folder, &settings.recording.folder);
    match settings::Start::emergency_clash(&folder, data, recordings) {
        Some(clash) => Err(Fault::new(EX_USAGE, format!("{clash}: name a folder on another disk"))),
        None => Ok(Some(folder)),
    }
}

/// A usual start; where the log or its disk fails and the config names a folder for it, the engine
/// takes calls without the log.
async fn start_or_fall_back(settings: &Settings, tables: Tables) -> Result<Running, Fault> {
    let why = match start::start(settings, tables.clone()).await {
        Err(NotStarted::Storage(why)) => why,
        other => return Ok(other?),
    };
    let Some(folder) = &settings.start.emergency else {
        let hint =
            "to take calls without the log: heartline serve --emergency DIR, on another disk";
        return Err(Fault::from(format!("{why}\n{hint}")));
    };
    tracing::error!("{why}");
    tracing::error!("EMERGENCY: calls are taken without the log, in {}", folder.display());
    let started = start::start_emergency(settings, tables, folder, &why).await;
    started
        .map_err(|no| Fault::from(format!("{why}\nthe emergency start failed too: {}", no.text())))
}

/// A voice port is two sockets: take as many files as the system allows.
fn raise_file_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let wanted = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if let Err(e) = setrlimit(Resource::Nofile, wanted) {
        tracing::warn!("cannot raise the limit of open files: {e}");
    }
}
