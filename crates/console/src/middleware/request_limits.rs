//! Limits of the open requests: by account, by address and by kind, so that no client excludes the
//! others.

use std::{
    net::IpAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use hyper::body::{Frame, SizeHint};
use model::AccountName;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    auth::Authenticator,
    client::{Client, network},
    options::Limits,
    problem::Problem,
    quota::{Quota, QuotaPermit},
    serve::{ConnectionState, OpenRequest},
};

/// The requests that are open.
pub(crate) struct RequestLimits {
    by_account: Quota<AccountName>,
    by_address: Quota<IpAddr>,
    /// Requests of people who are not logged in.
    visitors: Arc<Semaphore>,
    /// Requests to webhooks and Open311.
    machines: Arc<Semaphore>,
    limits: Limits,
}

impl RequestLimits {
    pub(crate) fn new(limits: Limits) -> RequestLimits {
        RequestLimits {
            by_account: Quota::default(),
            by_address: Quota::default(),
            visitors: Arc::new(Semaphore::new(limits.visitors)),
            machines: Arc::new(Semaphore::new(limits.machines)),
            limits,
        }
    }

    fn of_account(&self, account: &AccountName) -> Result<RequestPermit, Problem> {
        let permit = self.by_account.take(account.clone(), self.limits.requests_per_account);
        let busy = "this account has too many requests open";
        let permit = permit.ok_or_else(|| Problem::too_many(busy, RETRY_S))?;
        Ok(RequestPermit { _account: Some(permit), ..RequestPermit::default() })
    }

    fn of_address(
        &self,
        client: Option<&Client>,
        is_machine: bool,
    ) -> Result<RequestPermit, Problem> {
        let address = match client {
            Some(client) => {
                let most = self.limits.requests_per_address;
                let most =
                    if is_machine { most.min(self.limits.machines.div_ceil(4)) } else { most };
                let permit = self.by_address.take(network(client.address), most);
                let busy = "this address has too many requests open";
                Some(permit.ok_or_else(|| Problem::too_many(busy, RETRY_S))?)
            }
            None => None,
        };
        let all = if is_machine { &self.machines } else { &self.visitors };
        let busy = |_| Problem::unavailable("too many requests are open").retry_after(RETRY_S);
        let permit = Arc::clone(all).try_acquire_owned().map_err(busy)?;
        Ok(RequestPermit { _address: address, _all: Some(permit), ..RequestPermit::default() })
    }
}

/// The places that a request occupies until its answer has been sent.
#[derive(Default)]
struct RequestPermit {
    _account: Option<QuotaPermit<AccountName>>,
    _address: Option<QuotaPermit<IpAddr>>,
    _all: Option<OwnedSemaphorePermit>,
    _connection: Option<OpenRequest>,
}

/// Serves a request within the limits of its account or address.
pub(crate) async fn limit_requests(
    State((limits, authenticator)): State<(Arc<RequestLimits>, Authenticator)>,
    request: Request,
    next: Next,
) -> Response {
    let connection = request.extensions().get::<Arc<ConnectionState>>().cloned();
    let open_request = connection.as_ref().map(ConnectionState::begin_request);
    let user = authenticator.user(request.headers());
    let permit = match &user {
        Some(user) => limits.of_account(&user.account.name),
        None => {
            let path = request.uri().path();
            let is_machine = path.starts_with("/hooks/") || path.starts_with("/open311/");
            limits.of_address(request.extensions().get::<Client>(), is_machine)
        }
    };
    let permit = match permit {
        Ok(permit) => RequestPermit { _connection: open_request, ..permit },
        Err(problem) => return problem.into_response(),
    };
    if let (Some(_), Some(connection)) = (user, connection) {
        connection.mark_known();
    }
    next.run(request).await.map(|body| Body::new(PermitBody { body, _permit: permit }))
}

/// The body of an answer, with the permit of its request.
struct PermitBody {
    body: Body,
    _permit: RequestPermit,
}

impl HttpBody for PermitBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

const RETRY_S: u64 = 1;
