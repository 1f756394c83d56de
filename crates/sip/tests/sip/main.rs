//! Tests of the signalling machine on a virtual clock.

mod adoption;
mod busy_after_bye;
mod connections;
mod far_ends;
mod impostors;
mod lab;
mod liveness;
mod proxy;
mod refer;
mod restart;
mod session_refresh;
mod shield_matrix;
mod stories;
mod storm;
mod strangers;
mod torture;
mod voice;
