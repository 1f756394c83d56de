//! `heartline load`: a load test of a running engine.

use engine::{Fault, fault::EX_USAGE};
use players::load::{self, Options, Target};

use crate::{
    cli::{Load, Place},
    output::print_line,
};

/// Runs the load test and prints the measurements as one JSON object.
pub(crate) fn run(load: Load) -> Result<(), Fault> {
    let Place { config, data } = load.place;
    let target = match (load.engine, load.relay) {
        (_, Some(file)) => Target::Relay(file),
        (Some(engine), None) => Target::Engine(engine),
        (None, None) => return Err(Fault::new(EX_USAGE, "give --engine or --relay")),
    };
    let report = load::run(&Options {
        target,
        line: load.line,
        seats: load.seats,
        passwords: load.passwords,
        start_codes: load.start_codes,
        calls_per_second: load.calls_per_second,
        calls: load.calls,
        ring: load.ring,
        talk: load.talk,
        mute: load.mute,
        length: load.length,
        warm_up: load.warm_up,
        pid: load.pid,
        seed: load.seed,
        config,
        data,
    })?;
    print_line(&report.to_string());
    Ok(())
}
