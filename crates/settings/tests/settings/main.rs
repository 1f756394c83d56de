//! Tests of the readers of config and key files.

mod calendar;
mod courier;
mod faults;
mod keyring;
mod menus;
mod reports;
mod shipped;
