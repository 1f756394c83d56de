//! `heartline sim` and `heartline story`, which have moved to the program heartline-sim.

use engine::fault::{EX_USAGE, Fault};

/// Says which program to run instead.
pub(crate) fn run(verb: &str, arguments: &[String]) -> Result<(), Fault> {
    Err(Fault::new(EX_USAGE, instead(verb, arguments)))
}

fn instead(verb: &str, arguments: &[String]) -> String {
    let words: Vec<&str> =
        std::iter::once(verb).chain(arguments.iter().map(String::as_str)).collect();
    let words = words.join(" ");
    format!(
        "the simulator is a separate program: run `heartline-sim {words}`, or in the source folder \
         `cargo run --release --package heartline-sim -- {words}`"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moved_verb_names_the_whole_command_to_run_instead() {
        let text = instead("sim", &["--seed".to_owned(), "42".to_owned()]);
        assert!(text.contains("`heartline-sim sim --seed 42`, or"), "{text}");
        assert!(text.ends_with("--package heartline-sim -- sim --seed 42`"), "{text}");
    }
}
