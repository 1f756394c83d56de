//! `heartline serve`: runs the hotline.

use std::{path::PathBuf, sync::Arc};

use engine::{
    fault::{EX_SOFTWARE, EX_USAGE, Fault},
    in_force::Source,
    plan,
    running::Running,
    start::{self, NotStarted},
    supervisor,
    tables::{self, Tables},
};
use settings::Settings;

use crate::{
    cli::Serve,
    output::print_line,
    signals::{HangUp, ShutdownSignal},
};

/// Runs until a signal stops it.
pub(crate) async fn run(serve: Serve) -> Result<(), Fault> {
    let source = Source::of_start(&serve.config, serve.addresses.data.as_deref(), serve.as_edited)
        .map_err(|faults| Fault::of_config(&faults))?;
    let settings =
        plan::with_addresses(source.config.settings.clone(), &serve.addresses.clone().into())
            .map_err(|e| Fault::new(EX_USAGE, e))?;
    raise_file_limit();
    let (mut shutdown, hang_up) = (ShutdownSignal::listen(), HangUp::listen());
    let tables = tables::shipped(&serve.config)?;
    let running = match emergency_folder(&serve, &settings)? {
        Some(folder) => {
            start::start_emergency(&settings, tables, &folder, "it was started with --emergency")
                .await?
        }
        None => start_or_fall_back(&settings, tables, source).await?,
    };
    // It is printed only now, because nobody keeps the output of a start that fails.
    if let Some(password) = running.first_admin()? {
        print_line(&format!(
            "first start: log in to the console as admin with the password {password}\n\
             The password is shown only now and is not stored. The admin operates the engine and\n\
             cannot see citizens' data. Add an account for each person who works here (`heartline\n\
             user add`); a second person confirms its role (`heartline user confirm`)."
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
    let reloads = tokio::spawn(hang_up.reload(Arc::clone(&running.engine)));
    shutdown.recv().await;
    reloads.abort();
    let patience = serve.drain_timeout.unwrap_or_else(|| running.engine.drain_timeout());
    supervisor::stopping("new calls are refused; calls in progress may continue");
    tracing::info!(
        "stopping: new calls are refused; calls in progress may continue for {} s",
        patience.as_secs()
    );
    tokio::select! {
        () = running.stop(patience) => {}
        () = shutdown.recv() => {
            let what = "a second signal came: stopped without waiting for the calls in progress";
            return Err(Fault::new(EX_SOFTWARE, what));
        }
    }
    tracing::info!("stopped");
    Ok(())
}

/// The folder for `--emergency`, when it was given.
fn emergency_folder(serve: &Serve, settings: &Settings) -> Result<Option<PathBuf>, Fault> {
    let Some(named) = &serve.emergency else { return Ok(None) };
    let folder = named.clone().or_else(|| settings.start.emergency.clone());
    let missing = "--emergency needs a folder on a writable disk: name it by --emergency DIR, or \
                   in [start] emergency of heartline.toml";
    let folder = folder.ok_or_else(|| Fault::new(EX_USAGE, missing))?;
    let (data, recordings) = (&settings.data.folder, &settings.recording.folder);
    match settings::Start::emergency_clash(&folder, data, recordings) {
        Some(clash) => Err(Fault::new(EX_USAGE, format!("{clash}: name a folder on another disk"))),
        None => Ok(Some(folder)),
    }
}

/// Starts the engine. When the log or its disk fails and the config names an emergency folder, the
/// engine takes calls without the log.
async fn start_or_fall_back(
    settings: &Settings,
    tables: Tables,
    source: Source,
) -> Result<Running, Fault> {
    let why = match start::start(settings, tables.clone(), Some(source)).await {
        Err(NotStarted::Storage(why)) => why,
        other => return Ok(other?),
    };
    let Some(folder) = &settings.start.emergency else {
        let hint = "to take calls without the log, run `heartline serve --emergency DIR` with a \
                    folder on another disk";
        return Err(Fault::from(format!("{why}\n{hint}")));
    };
    tracing::error!("{why}");
    tracing::error!("EMERGENCY: calls are taken without the log, in {}", folder.display());
    let started = start::start_emergency(settings, tables, folder, &why).await;
    started.map_err(|no| {
        Fault::from(format!("{why}\nthe emergency start failed as well: {}", no.text()))
    })
}

/// Raises the limit of open files as far as the system allows: a voice port takes two sockets.
fn raise_file_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let wanted = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if let Err(e) = setrlimit(Resource::Nofile, wanted) {
        tracing::warn!("cannot raise the limit of open files: {e}");
    }
}
