//! The HTTP client for partners and gateways, limited in time and size, with the certificates of this machine.

use std::{error::Error, time::Duration};

use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    HeaderMap, Request, Response, Uri,
    body::{Bytes, Incoming},
    header::{self, HeaderName, HeaderValue},
};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client as Pool, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};

/// The client. Connections are kept for the next request.
pub(crate) struct Client {
    plain: Pool<HttpConnector, Full<Bytes>>,
    /// The error of loading certificates, if it failed.
    tls: Result<Pool<HttpsConnector<HttpConnector>, Full<Bytes>>, String>,
}

/// A complete response.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<Duration>,
    /// At most [`REPLY_MAX`] bytes.
    pub(crate) body: Bytes,
}

/// The text of a response without control characters, so that it may be shown and logged.
pub(crate) fn text_of(body: &[u8]) -> String {
    model::text::clean(&String::from_utf8_lossy(body)).into_owned()
}

impl Client {
    /// A client that trusts the certificates this machine does (`/etc/ssl/certs`).
    pub(crate) fn new() -> Client {
        let tls = HttpsConnectorBuilder::new()
            .with_native_roots()
            .map(|builder| builder.https_only().enable_http1().build())
            .map_err(|error| {
                format!("this machine has no CA certificates ({error}); install ca-certificates")
            });
        Client {
            plain: pool().build(HttpConnector::new()),
            tls: tls.map(|connector| pool().build(connector)),
        }
    }

    /// Sends a POST request. The error is a sentence without the URL, which may hold a secret. Redirects
    /// are not followed; they are responses like others.
    pub(crate) async fn post(
        &self,
        url: &Uri,
        headers: &[(String, String)],
        body: Bytes,
        timeout: Duration,
    ) -> Result<Reply, String> {
        let mut request = Request::post(url.clone())
            .body(Full::new(body))
            .map_err(|error| format!("the request failed: {error}"))?;
        *request.headers_mut() = header_map(headers)?;
        match tokio::time::timeout(timeout, self.exchange(request)).await {
            Ok(reply) => reply,
            Err(_) => Err(format!("no answer in {} s", timeout.as_secs())),
        }
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<Reply, String> {
        let response = match (request.uri().scheme_str(), &self.tls) {
            (Some("https"), Ok(tls)) => tls.request(request).await,
            (Some("https"), Err(why)) => return Err(why.clone()),
            _ => self.plain.request(request).await,
        };
        let response = response.map_err(|error| chain(&error))?;
        let (status, retry_after) = (response.status().as_u16(), retry_after(&response));
        // A response that ends early may be incomplete, so it counts as none.
        let body = Limited::new(response.into_body(), REPLY_MAX).collect().await;
        let body =
            body.map_err(|error| format!("the answer cannot be read: {}", chain(&*error)))?;
        Ok(Reply { status, retry_after, body: body.to_bytes() })
    }
}

fn pool() -> hyper_util::client::legacy::Builder {
    let mut builder = Pool::builder(TokioExecutor::new());
    builder.pool_timer(TokioTimer::new()).pool_idle_timeout(IDLE).pool_max_idle_per_host(1);
    builder
}

fn header_map(headers: &[(String, String)]) -> Result<HeaderMap, String> {
    let mut map = HeaderMap::new();
    map.insert(header::USER_AGENT, HeaderValue::from_static("heartline"));
    for (name, text) in headers {
        let named = HeaderName::try_from(name.as_str());
        let valued = HeaderValue::try_from(text.as_str());
        let (Ok(named), Ok(mut valued)) = (named, valued) else {
            return Err(format!("the header {name} cannot be sent: its value is not ASCII"));
        };
        valued.set_sensitive(true);
        map.insert(named, valued);
    }
    Ok(map)
}

/// `Retry-After` in seconds. A date is ignored; the back-off is used instead.
fn retry_after(response: &Response<Incoming>) -> Option<Duration> {
    let text = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?;
    text.trim().parse().ok().map(Duration::from_secs)
}

/// An error with its causes: `client error (Connect): tcp connect error: Connection refused`.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text.push_str(": ");
        text.push_str(&next.to_string());
        cause = next.source();
    }
    text
}

/// Responses are a word or a sentence.
const REPLY_MAX: usize = 64 << 10;
/// Shorter than most servers keep an idle connection.
const IDLE: Duration = Duration::from_secs(20);
