//! `heartline demo`: a hotline on loopback with simulated seats and callers.

use engine::Fault;
use players::demo::{self, Options};

use crate::{
    cli::Demo,
    output::print_line,
    signals::{HangUp, ShutdownSignal},
};

/// Runs until the time is over or Ctrl-C.
pub(crate) async fn run(demo: Demo) -> Result<(), Fault> {
    let Demo { length, seats, calls, addresses } = demo;
    let options = Options { length, seats, calls, addresses: addresses.into() };
    let end = async {
        let why = "a demo has no config folder to reload";
        tokio::spawn(HangUp::listen().ignore(why));
        ShutdownSignal::listen().recv().await
    };
    demo::run(options, end, print_line).await
}
