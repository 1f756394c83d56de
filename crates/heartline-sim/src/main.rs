//! The heartline-sim binary: virtual days of a hotline from a seed, and its acceptance stories.

use std::{io::Write, process::ExitCode};

use clap::{Parser, Subcommand};
use sim::story::{STORIES, Story};

/// Plays virtual days of a Heartline hotline, and tells its acceptance stories.
#[derive(Parser, Debug)]
#[command(name = "heartline-sim", version, about)]
struct Cli {
    /// The part to play.
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand, Debug)]
enum Verb {
    /// Play days of a hotline from a seed, in virtual time; an auditor checks every invariant.
    Sim {
        /// Every run with this seed is the same run.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// How many days.
        #[arg(long, default_value_t = 1)]
        days: u32,
        /// desk: calls as commands and events. wire: real SIP over a bad network; a day is then one busy hour.
        #[arg(long, default_value = "desk", value_parser = depth)]
        depth: sim::Depth,
        /// With the back office: 51 units, people who work on the tickets, holidays; the auditor goes
        /// through everything at midnight. At desk depth.
        #[arg(long, conflicts_with = "depth")]
        office: bool,
    },
    /// Tell an acceptance story of the back office, step by step: S1 to S8c; without a code, list them.
    Story {
        /// The story's code.
        code: Option<String>,
        /// List them as JSON lines.
        #[arg(long)]
        json: bool,
    },
}

fn main() -> ExitCode {
    let done = match Cli::parse().verb {
        Verb::Sim { seed, days, office: true, .. } => play_office(seed, days),
        Verb::Sim { seed, days, depth, office: false } => {
            verdict(&sim::run(seed, days, depth, &mut |line| say(line)))
        }
        Verb::Story { code: Some(code), .. } => tell(&code),
        Verb::Story { code: None, json } => {
            list(json);
            Ok(())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err((code, text)) => {
            print_fault(&text);
            ExitCode::from(code)
        }
    }
}

/// Exit code and text of a failure.
type Failure = (u8, String);

fn play_office(seed: u64, days: u32) -> Result<(), Failure> {
    let calendar = settings::calendar::embedded().map_err(|faults| of_config(&faults))?;
    let tables = settings::tables::embedded();
    let texts: Vec<(&str, &str)> =
        tables.iter().map(|table| (table.name.as_str(), table.text.as_ref())).collect();
    let city = sim::City::of(calendar, &texts).map_err(|what| (EX_DATAERR, what))?;
    verdict(&sim::months(seed, days, &city, &mut |line| say(line)))
}

fn verdict(report: &sim::Report) -> Result<(), Failure> {
    say(&report.summary());
    if report.is_clean() {
        Ok(())
    } else {
        Err((EX_DATAERR, "an invariant was violated".to_owned()))
    }
}

fn tell(code: &str) -> Result<(), Failure> {
    let Some(story) = Story::by_code(code) else {
        let known = STORIES.map(|story| story.code).join(", ");
        return Err((EX_USAGE, format!("there is no story {code}; there are {known}")));
    };
    let days = settings::calendar::embedded().map_err(|faults| of_config(&faults))?;
    story.play(&days, &mut |line| say(line)).map_err(|what| (EX_DATAERR, what))
}

fn list(json: bool) {
    if !json {
        say("CODE\tTITLE");
    }
    for story in STORIES {
        match json {
            true => {
                let row = serde_json::json!({ "code": story.code, "title": story.title });
                say(&row.to_string());
            }
            false => say(&format!("{}\t{}", story.code, story.title)),
        }
    }
}

fn of_config(faults: &[settings::Fault]) -> Failure {
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    (EX_USAGE, lines.join("\n"))
}

fn depth(word: &str) -> Result<sim::Depth, String> {
    match word {
        "desk" => Ok(sim::Depth::Desk),
        "wire" => Ok(sim::Depth::Wire),
        _ => Err("one of desk, wire".to_owned()),
    }
}

/// Print a line. A reader that has gone away (`| head`) is ignored.
fn say(line: &str) {
    let _gone = writeln!(std::io::stdout(), "{line}");
}

#[allow(clippy::print_stderr, reason = "errors go to standard error")]
fn print_fault(text: &str) {
    eprintln!("heartline-sim: {text}");
}

/// The command is wrong (sysexits.h).
const EX_USAGE: u8 = 64;
/// The auditor found a violated invariant (sysexits.h).
const EX_DATAERR: u8 = 65;
