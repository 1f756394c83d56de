//! Adds the client's address to each request.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::Response,
};

use crate::{client::Client, options::Options};

/// Adds the [`Client`] to the extensions of each request.
pub(crate) async fn resolve_client(
    State(options): State<Arc<Options>>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    if let Some(ConnectInfo(peer)) = peer {
        let client = Client::new(&options.proxies, peer.ip(), request.headers());
        request.extensions_mut().insert(client);
    }
    next.run(request).await
}
