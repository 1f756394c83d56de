//! The web, and only the web: the HTTP API, the live streams, the page and who may use them.
//!
//! It asks a [`Backend`] for everything it shows and sends everything people
//! wish for to it. It will never know a SIP message, a voice packet, sled, or
//! how a password is kept; it decides nothing about calls.

mod api;
mod attempts;
mod back_off;
mod bookcase;
mod client;
mod counted;
mod desk;
mod far_end;
mod guard;
mod hooks;
mod open311;
mod options;
mod page;
mod port;
mod problem;
mod progress;
mod redact;
pub mod reports;
mod rights;
mod sent;
mod serve;
mod sessions;
mod shares;
mod who;

use std::sync::Arc;

use axum::{Router, middleware};

use desk::Desk;

pub use api::description;
pub use bookcase::{Finding, KnowledgeBase, Piece, Wanted};
pub use client::{ForwardedBy, Network, Proxies};
pub use far_end::{DeadLetter, FarEnd, Stuck, Waiting};
pub use hooks::{Carries, Hook, Proof};
pub use open311::{Directory, Open311};
pub use options::{Limits, Options};
pub use port::{
    Account, AccountGranted, AccountRefusal, AccountWish, AgentRows, Backend, BoxFuture, Inbound,
    OpenWork, Quarters, Received,
};
pub use serve::serve;

/// Every route of the console over this engine.
pub fn router(backend: Arc<dyn Backend>, options: Options) -> Router {
    let desk = Arc::new(Desk::new(backend, options));
    // The last layer is the first that sees a request.
    api::routes()
        .fallback(page::file)
        .layer(middleware::from_fn(guard::same_origin))
        .layer(middleware::from_fn(progress::watch))
        .layer(middleware::from_fn_with_state(Arc::clone(&desk), shares::within))
        .layer(middleware::from_fn_with_state(Arc::clone(&desk), client::resolve))
        .layer(middleware::from_fn(guard::headers))
        .with_state(desk)
}
