//! The invariants of hotline.md 2.8 over a whole desk: random actors give random commands, valid
//! and invalid, at random times, and the rules run as the center runs them.

mod command_choice;
mod people;
mod pick;
mod player;
mod random_commands;
mod regressions;
mod work_index;
mod worklist_cases;
mod worklists;
