//! The network of units, told as stories over the shipped tables.

mod common;
mod drafts;
mod files;
mod laws;
mod on_duty;
mod proposed;
mod reorganised;
mod routes;
mod topics;
mod tree;
