//! Who may have how many requests open at once: shares by account, by address and by kind, so
//! that nobody keeps others out.

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
    client::{Client, network},
    counted::{Counted, Place},
    desk::Desk,
    options::Limits,
    problem::Problem,
    serve::{Connection, InRequest},
    who::Who,
};

/// The requests that are open.
pub(crate) struct Shares {
    accounts: Counted<AccountName>,
    strangers: Counted<IpAddr>,
    /// Of people who are not logged in.
    visitors: Arc<Semaphore>,
    /// Of webhooks and Open311.
    machines: Arc<Semaphore>,
    limits: Limits,
}

impl Shares {
    pub(crate) fn new(limits: Limits) -> Shares {
        Shares {
            accounts: Counted::default(),
            strangers: Counted::default(),
            visitors: Arc::new(Semaphore::new(limits.visitors)),
            machines: Arc::new(Semaphore::new(limits.machines)),
            limits,
        }
    }

    fn of_account(&self, account: &AccountName) -> Result<Held, Problem> {
        let place = self.accounts.take(account.clone(), self.limits.requests_per_account);
        let busy = "this account has too many requests open";
        let place = place.ok_or_else(|| Problem::too_many(busy, RETRY_S))?;
        Ok(Held { _account: Some(place), ..Held::default() })
    }

    fn of_stranger(&self, client: Option<&Client>, is_machine: bool) -> Result<Held, Problem> {
        let address = match client {
            Some(client) => {
                let own = self.limits.requests_per_address;
                let own = if is_machine { own.min(self.limits.machines.div_ceil(4)) } else { own };
                let place = self.strangers.take(network(client.address), own);
                let busy = "this address has too many requests open";
                Some(place.ok_or_else(|| Problem::too_many(busy, RETRY_S))?)
            }
            None => None,
        };
        let all = if is_machine { &self.machines } else { &self.visitors };
        let busy = |_| Problem::later("too many requests are open", RETRY_S);
        let place = Arc::clone(all).try_acquire_owned().map_err(busy)?;
        Ok(Held { _address: address, _all: Some(place), ..Held::default() })
    }
}

/// What a request holds until its answer has been sent.
#[derive(Default)]
struct Held {
    _account: Option<Place<AccountName>>,
    _address: Option<Place<IpAddr>>,
    _all: Option<OwnedSemaphorePermit>,
    _connection: Option<InRequest>,
}

/// Serves a request within the share of whoever makes it.
pub(crate) async fn within(
    State(desk): State<Arc<Desk>>,
    request: Request,
    next: Next,
) -> Response {
    let connection = request.extensions().get::<Arc<Connection>>().cloned();
    let in_request = connection.as_ref().map(Connection::begin);
    let who = Who::of(&desk, request.headers());
    let held = match &who {
        Some(who) => desk.shares.of_account(&who.account.name),
        None => {
            let path = request.uri().path();
            let is_machine = path.starts_with("/hooks/") || path.starts_with("/open311/");
            desk.shares.of_stranger(request.extensions().get::<Client>(), is_machine)
        }
    };
    let held = match held {
        Ok(held) => Held { _connection: in_request, ..held },
        Err(problem) => return problem.into_response(),
    };
    if let (Some(_), Some(connection)) = (who, connection) {
        connection.make_known();
    }
    next.run(request).await.map(|body| Body::new(Holding { body, _held: held }))
}

/// The body of an answer, with what its request holds.
struct Holding {
    body: Body,
    _held: Held,
}

impl HttpBody for Holding {
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

/// Told to whoever has used up a share.
const RETRY_S: u64 = 1;
