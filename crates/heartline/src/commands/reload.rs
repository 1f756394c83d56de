//! `heartline reload`: puts the changed config folder in force in the running engine.

use console::NotReloaded;
use engine::{
    Fault, control,
    fault::{EX_SOFTWARE, EX_USAGE},
    machine,
};
use model::QueueId;
use settings::Config;

use crate::{cli::Place, output::print_line};

/// Asks the engine, and prints what has changed.
pub(crate) fn run(moves: Vec<(String, String)>, place: &Place) -> Result<(), Fault> {
    // The engine finds the same faults; here they are found also when it cannot be reached.
    let data = match &place.data {
        Some(data) => data.clone(),
        None => {
            let config = Config::load(&place.config);
            config.map_err(|faults| Fault::of_config(&faults))?.settings.data.folder
        }
    };
    let moves = moves.iter().map(|(old, new)| (QueueId::from(&**old), QueueId::from(&**new)));
    let answer = control::reload(&data, machine::person(), moves.collect()).map_err(|e| {
        let what = format!("no engine answers in {}: {e}; is it running?", data.display());
        Fault::new(EX_SOFTWARE, what)
    })?;
    match answer {
        Ok(reloaded) => {
            reloaded.changes.iter().for_each(|change| print_line(&change.text));
            print_line(&match reloaded.seq {
                Some(seq) => format!("in force since record {seq}"),
                None => "the config folder equals the config in force".to_owned(),
            });
            Ok(())
        }
        Err(refused) => Err(refusal(&refused)),
    }
}

fn refusal(refused: &NotReloaded) -> Fault {
    let (code, why) = match refused {
        NotReloaded::Faults(_) => (EX_USAGE, "the config has faults"),
        NotReloaded::Restart(_) => (EX_USAGE, "these changes need a restart"),
        NotReloaded::Calls(_) => (EX_SOFTWARE, "the calls that are up do not allow it"),
        NotReloaded::Unavailable(_) => (EX_SOFTWARE, "the engine cannot do it now"),
    };
    let reasons = refused.reasons().join("\n");
    Fault::list(format!("{reasons}\n{why}; nothing has changed")).with_code(code)
}
