//! Layers that apply to every request of every route.

mod body_progress;
mod client_address;
mod deadline;
mod request_limits;
mod security;

pub(crate) use body_progress::watch_body;
pub(crate) use client_address::resolve_client;
pub(crate) use deadline::{answer_in_time, log_in_in_time};
pub(crate) use request_limits::{RequestLimits, limit_requests};
pub(crate) use security::{same_origin, security_headers};
