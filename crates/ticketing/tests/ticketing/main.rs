//! The desk: supervision orders, urges, proposed routes, calls owed a call back, messages, archived
//! tickets, and the invariants.

mod archived_tickets;
mod call_backs;
mod channels;
#[path = "../../../deadlines/tests/deadlines/common/mod.rs"]
#[allow(dead_code, reason = "shared with the tests of the clocks")]
mod common;
mod invariants;
#[path = "../../../directory/tests/directory/common/mod.rs"]
#[allow(dead_code, reason = "shared with the tests of the directory")]
mod network;
mod orders;
mod proposed_routes;
mod urges;
