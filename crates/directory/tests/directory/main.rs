//! Units, topics, routes and leaders, tested with the shipped tables.

mod common;
mod drafts;
mod files;
mod leaders;
mod on_duty;
mod reorganised;
mod routes;
mod topics;
mod tree;
mod validation;
