//! `heartline ivr …`: draws a menu, and walks through it in the terminal.

use std::{
    fs,
    io::{self, BufRead as _},
    path::Path,
    sync::Arc,
};

use engine::{Fault, fault::EX_USAGE};
use ivr::{Exit, Facts, Input, Listen, Menu, Next, Outcome, Progress, Walk};
use model::{LineId, Number};

use crate::{
    cli::{IvrVerb, TryMenu},
    output::print_line,
};

/// Runs the command.
pub(crate) fn run(verb: &IvrVerb) -> Result<(), Fault> {
    match verb {
        IvrVerb::Draw { file } => {
            print_line(menu(file)?.mermaid().trim_end());
            Ok(())
        }
        IvrVerb::Try(walk) => try_menu(walk),
    }
}

/// The menu of a file. Queues, lines and prompts are looked up by `heartline check`.
fn menu(file: &Path) -> Result<Menu, Fault> {
    let shown = file.display().to_string();
    let text = fs::read_to_string(file)
        .map_err(|error| Fault::new(EX_USAGE, format!("{shown} cannot be read: {error}")))?;
    let name = file.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    settings::read_menu(name, &shown, &text).map_err(|faults| Fault::of_config(&faults))
}

fn try_menu(asked: &TryMenu) -> Result<(), Fault> {
    let (caller, line) = (Number::new(&asked.caller), LineId::from(asked.line.as_str()));
    let facts =
        Facts { minute: asked.at, is_working_day: !asked.day_off, caller: &caller, line: &line };
    print_line("Type keys and press Enter; an empty line lets the time run out.");
    let (mut walk, progress) = Walk::start(Arc::new(menu(&asked.file)?), facts);
    if tell(&progress) {
        return Ok(());
    }
    for typed in io::stdin().lock().lines() {
        let typed = typed.map_err(|error| error.to_string())?;
        let keys: Vec<Input> = match typed.trim() {
            "" => vec![Input::WaitOver],
            keys => keys.chars().map(Input::Key).collect(),
        };
        for input in keys {
            if tell(&walk.handle(input, facts)) {
                return Ok(());
            }
        }
    }
    print_line("the caller hangs up in the menu");
    Ok(())
}

/// Prints what happened and what the caller hears now. Returns whether the caller has left.
fn tell(progress: &Progress) -> bool {
    for visit in &progress.visits {
        let what = match &visit.outcome {
            Outcome::Done => "done".to_owned(),
            Outcome::Key(key) => format!("key {key}"),
            Outcome::Digits(digits) => format!("digits {digits}"),
            Outcome::SecretDigits(count) => format!("{count} secret digits"),
            Outcome::Wrong => "wrong".to_owned(),
            Outcome::TimedOut => "no key in time".to_owned(),
            Outcome::Case(0) => "no case".to_owned(),
            Outcome::Case(case) => format!("case {case}"),
        };
        print_line(&format!("  {}: {what}", visit.node));
    }
    match &progress.next {
        Next::Ignored => print_line("  (the key means nothing here)"),
        Next::Listen(Listen { prompts, wait }) if prompts.is_empty() => {
            print_line(&format!("silence, {} s for a key", wait.as_secs()));
        }
        Next::Listen(Listen { prompts, wait }) => {
            let prompts = prompts.join(", ");
            print_line(&format!("plays {prompts}; then {} s for a key", wait.as_secs()));
        }
        Next::Leave(exit) => {
            print_line(&told_exit(exit));
            return true;
        }
    }
    false
}

fn told_exit(exit: &Exit) -> String {
    match exit {
        Exit::Queue { queue, skills, priority } => {
            let queue = queue.as_ref().map_or("of the line".to_owned(), ToString::to_string);
            let skills = skills.iter().map(|(skill, level)| format!(", {skill} {level}"));
            let priority = priority.iter().map(|priority| format!(", priority {priority}"));
            format!("waits in the queue {queue}{}", skills.chain(priority).collect::<String>())
        }
        Exit::Voicemail { queue } => format!("leaves a message for the queue {queue}"),
        Exit::HangUp => "the call ends".to_owned(),
    }
}
