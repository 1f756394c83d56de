//! `heartline demo`: a hotline on loopback with its own seats and callers.

use engine::Fault;
use players::demo::{self, Options};

use crate::{cli::Demo, output::say, signals::Ending};

/// Run it until its time is over or Ctrl-C.
pub(crate) async fn run(demo: Demo) -> Result<(), Fault> {
    let Demo { length, seats, calls, addresses } = demo;
    let options = Options { length, seats, calls, addresses: addresses.into() };
    let end = async { Ending::listen().comes().await };
    demo::run(options, end, say).await
}
