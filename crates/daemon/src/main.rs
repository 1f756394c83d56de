//! The heartline binary: threads, sockets, clock, entropy and disk around the center.
//!
//! The daemon decides nothing about calls. It feeds the machines what happens
//! and does what they say.

mod accounts;
mod attachments;
mod backend;
mod center_loop;
mod cli;
mod clock;
mod courier_loop;
mod damage;
mod demo;
mod descriptors;
mod emergency;
mod entropy;
mod exit;
mod export;
mod keys;
mod knowledge;
mod known_sources;
mod listing;
mod load;
mod log_loop;
mod machine;
mod mailbox;
mod marking;
mod media_loop;
mod metrics;
mod network;
mod open311;
mod people;
mod plan;
mod players;
mod recall;
mod replace;
mod reports;
mod restore;
mod run;
mod sample;
mod shelf_loop;
mod signals;
mod sip_loop;
mod sip_state;
mod supervisor;
mod tables;
mod tools;

use std::{
    io::{IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};

use clap::Parser;
use cli::{Cli, EmergencyVerb, LogFormat, LogVerb, SeatVerb, SecretVerb, Serve, StoreVerb, Verb};
pub(crate) use exit::{EX_DATAERR, EX_USAGE, Fault};
use settings::Settings;
use signals::Ending;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(said) => return said_by_clap(&said),
    };
    start_tracing(matches!(cli.verb, Verb::Demo(_) | Verb::Load(_)), cli.log_format);
    let done = match cli.verb {
        Verb::Serve(serve) => block_on(run_serve(serve)),
        Verb::Demo(demo) => block_on(demo::run(demo)),
        Verb::Load(load) => load::run(&load),
        Verb::Check { config } => tools::check(&config),
        Verb::Sim { seed, days, office: true, .. } => tools::simulate_office(seed, days),
        Verb::Sim { seed, days, depth, office: false } => tools::simulate(seed, days, depth),
        Verb::Story { code, json } => tools::tell_story(code.as_deref(), json),
        Verb::User { verb } => people::user(verb),
        Verb::Token(token) => people::token(token),
        Verb::Audit(audit) => people::audit(audit),
        Verb::Report(asked) => reports::command::report(asked),
        Verb::Seat { verb: SeatVerb::Password { seat, password, create, place } } => {
            tools::set_seat_password(seat, password, create, &place)
        }
        Verb::Secret { verb: SecretVerb::Make { name, create, place } } => {
            tools::make_secret(&name, create, &place)
        }
        Verb::Secret { verb: SecretVerb::Set { name, create, place } } => {
            tools::set_secret(&name, create, &place)
        }
        Verb::Secret { verb: SecretVerb::Remove { name, place } } => {
            tools::remove_secret(&name, &place)
        }
        Verb::Openapi => tools::describe_api(),
        Verb::Open311Key { name } => open311::make_key(&name),
        Verb::Network { verb } => network::run(verb),
        Verb::Calendar { verb } => network::calendar(verb),
        Verb::Knowledge { verb } => knowledge::run(verb),
        Verb::Log { verb: LogVerb::Verify { place } } => tools::verify_log(&place),
        Verb::Log { verb: LogVerb::Settle { why, place } } => machine::settle(&why, &place),
        Verb::Log { verb: LogVerb::Cat { from, queue_log, place } } => {
            tools::print_log(from, queue_log, &place)
        }
        Verb::Store { verb: StoreVerb::Rebuild { place } } => tools::rebuild_store(&place),
        Verb::Emergency { verb: EmergencyVerb::Import(asked) } => emergency::import(&asked),
        Verb::Backup { to, place } => restore::back_up(&to, &place),
        Verb::Restore { backup, replace, place } => restore::restore(&backup, replace, &place),
        Verb::Export { out, from, to, place } => export::export(out.as_deref(), from, to, &place),
        Verb::Import { file, place } => export::import(&file, &place),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            say_fault(&fault.line());
            fault.exit()
        }
    }
}

impl From<run::NotStarted> for Fault {
    fn from(no: run::NotStarted) -> Fault {
        Fault::from(no.text())
    }
}

/// Help and the version go to standard output and are no fault; a command that makes no sense is.
fn said_by_clap(said: &clap::Error) -> ExitCode {
    // Nobody may be reading.
    let _gone = said.print();
    if said.use_stderr() { ExitCode::from(EX_USAGE) } else { ExitCode::SUCCESS }
}

async fn run_serve(serve: Serve) -> Result<(), Fault> {
    let settings = Settings::load(&serve.config).map_err(|faults| tools::config_fault(&faults))?;
    let settings =
        plan::with_addresses(settings, &serve.addresses).map_err(|e| Fault::new(EX_USAGE, e))?;
    raise_file_limit();
    let mut ending = Ending::listen();
    let tables = tables::shipped(&serve.config)?;
    let running = match emergency_folder(&serve, &settings)? {
        Some(folder) => {
            run::start_emergency(&settings, tables, &folder, "it was started so by hand").await?
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
    tokio::spawn(supervisor::watch(Arc::clone(&running.engine.view)));
    ending.comes().await;
    let patience = serve.drain_timeout.unwrap_or(settings.drain.timeout);
    supervisor::stopping("no new calls are taken; talks may go on");
    tracing::info!("going down: no new calls; talks may go on for {} s", patience.as_secs());
    tokio::select! {
        () = running.stop(patience) => {}
        () = ending.comes() => {
            return Err(Fault::new(exit::EX_SOFTWARE, "told twice to stop: gone without waiting for the calls"));
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
async fn start_or_fall_back(
    settings: &Settings,
    tables: tables::Tables,
) -> Result<run::Running, Fault> {
    let why = match run::start(settings, tables.clone()).await {
        Err(run::NotStarted::Storage(why)) => why,
        other => return Ok(other?),
    };
    let Some(folder) = &settings.start.emergency else {
        let hint =
            "to take calls without the log: heartline serve --emergency DIR, on another disk";
        return Err(Fault::from(format!("{why}\n{hint}")));
    };
    tracing::error!("{why}");
    tracing::error!("EMERGENCY: calls are taken without the log, in {}", folder.display());
    let started = run::start_emergency(settings, tables, folder, &why).await;
    started.map_err(|no| Fault::from(format!("{why}\nand no emergency start: {}", no.text())))
}

fn block_on(work: impl Future<Output = Result<(), Fault>>) -> Result<(), Fault> {
    // The console is all tokio carries: two threads leave the cores to the voices.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("console")
        .enable_all()
        .build()
        .map_err(|e| format!("cannot start the console's threads: {e}"))?;
    runtime.block_on(work)
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

fn start_tracing(quiet: bool, format: LogFormat) {
    use tracing_subscriber::EnvFilter;
    let usual = if quiet { "warn" } else { "info" };
    let filter = EnvFilter::try_from_env("HEARTLINE_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    let colours = std::io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => lines.with_ansi(colours).init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
}

/// To the person at the terminal; who has gone away (`| head`) misses the rest.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

#[allow(clippy::print_stderr, reason = "this is the program's own voice")]
fn say_fault(line: &str) {
    eprintln!("{line}");
}
