//! Units, topics, routes and leaders, told as stories over the shipped tables.

mod common;
mod drafts;
mod files;
mod laws;
mod leaders;
mod on_duty;
mod reorganised;
mod routes;
mod topics;
mod tree;
