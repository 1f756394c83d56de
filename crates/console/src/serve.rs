//! Accepts connections, counts them by address and closes them.

use std::{
    collections::BTreeMap,
    future::Future,
    io,
    net::{IpAddr, SocketAddr},
    pin::pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Router, extract::ConnectInfo, http::Request};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use socket2::SockRef;
use tokio::{
    net::{TcpListener, TcpStream},
    task::AbortHandle,
};
use tower::ServiceExt;

use crate::{
    client::{Proxies, network},
    options::Limits,
};

/// Serves the router on this listener until `shutdown` resolves. Then open requests get 2 s to end,
/// and live streams are cut.
///
/// It speaks HTTP/1.1, for a page, some scripts and a TLS proxy in front. When too many connections
/// are open, the one that has been silent longest is closed, those of strangers first.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    proxies: Proxies,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let table = Arc::new(ConnectionTable { limits, proxies, open: Mutex::default() });
    let graceful = GracefulShutdown::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let (stream, peer) = tokio::select! {
            () = &mut shutdown => break,
            accepted = accept(&listener) => accepted,
        };
        let Some(entry) = table.admit(peer.ip()) else {
            tracing::debug!(%peer, "too many connections are open; the new one was closed");
            continue;
        };
        tune(&stream);
        let state = Arc::clone(&entry.connection);
        let service = router.clone().map_request(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            request.extensions_mut().insert(Arc::clone(&state));
            request.map(axum::body::Body::new)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER_READ)
            .max_buf_size(BUFFER_MAX)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
        let connection = graceful.watch(connection);
        let id = entry.id;
        let served = tokio::spawn(async move {
            let _entry = entry;
            if let Err(error) = connection.await {
                tracing::debug!(%peer, %error, "a connection ended with an error");
            }
        });
        table.set_end(id, served.abort_handle());
    }
    drop(listener);
    let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
    Ok(())
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            // The client went away before it was accepted.
            Err(error) if is_of_the_client(&error) => {}
            // Most likely there are no file descriptors left; calls need theirs first.
            Err(error) => {
                tracing::error!(%error, "accepting a connection failed; trying again");
                tokio::time::sleep(ACCEPT_RETRY).await;
            }
        }
    }
}

fn is_of_the_client(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}

fn tune(stream: &TcpStream) {
    // Answers are small and must not wait for more data.
    let _ = stream.set_nodelay(true);
    // A client that takes nothing of an answer, or vanished, loses the connection (RFC 5482).
    let _ = SockRef::from(stream).set_tcp_user_timeout(Some(UNACKNOWLEDGED));
}

/// The connections that are open.
struct ConnectionTable {
    limits: Limits,
    proxies: Proxies,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    /// By number; the oldest has the lowest.
    entries: BTreeMap<u64, Entry>,
    by_network: BTreeMap<IpAddr, usize>,
    next: u64,
}

struct Entry {
    network: IpAddr,
    connection: Arc<ConnectionState>,
    /// Ends the task that serves it; `None` until that runs.
    end: Option<AbortHandle>,
}

/// The state of a connection, as its requests show it.
#[derive(Default)]
pub(crate) struct ConnectionState {
    /// Whether a known person has sent a request over it.
    known: AtomicBool,
    requests: AtomicUsize,
}

impl ConnectionState {
    /// Notes that a known person sent a request over it.
    pub(crate) fn mark_known(&self) {
        self.known.store(true, Ordering::Relaxed);
    }

    /// Begins a request, which ends when the returned value is dropped.
    pub(crate) fn begin_request(self: &Arc<ConnectionState>) -> OpenRequest {
        self.requests.fetch_add(1, Ordering::Relaxed);
        OpenRequest(Arc::clone(self))
    }

    /// The order in which connections are closed to make room; `None` for one that stays open.
    fn closing_rank(&self) -> Option<bool> {
        match (self.known.load(Ordering::Relaxed), self.requests.load(Ordering::Relaxed)) {
            (false, _) => Some(false),
            (true, 0) => Some(true),
            (true, _) => None,
        }
    }
}

/// A request whose answer has not been sent yet.
pub(crate) struct OpenRequest(Arc<ConnectionState>);

impl Drop for OpenRequest {
    fn drop(&mut self) {
        self.0.requests.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The entry of a connection in the table; dropping it removes the entry.
struct ConnectionEntry {
    table: Arc<ConnectionTable>,
    id: u64,
    connection: Arc<ConnectionState>,
}

impl Drop for ConnectionEntry {
    fn drop(&mut self) {
        self.table.open().remove(self.id);
    }
}

impl ConnectionTable {
    /// Adds a connection, and closes another one when there is no room; `None` when none can be
    /// closed.
    fn admit(self: &Arc<ConnectionTable>, peer: IpAddr) -> Option<ConnectionEntry> {
        let own = network(peer);
        let mut open = self.open();
        let held = open.by_network.get(&own).copied().unwrap_or(0);
        if held >= self.limits.connections_per_address && !self.proxies.hold(peer) {
            open.make_room(|entry| entry.network == own)?;
        } else if open.entries.len() >= self.limits.connections {
            open.make_room(|_| true)?;
        }
        let connection = Arc::<ConnectionState>::default();
        let id = open.insert(own, &connection);
        Some(ConnectionEntry { table: Arc::clone(self), id, connection })
    }

    /// Sets how a connection is ended.
    fn set_end(&self, id: u64, end: AbortHandle) {
        // It may be over already.
        if let Some(entry) = self.open().entries.get_mut(&id) {
            entry.end = Some(end);
        }
    }

    // No code that holds the lock can leave the table half changed.
    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn insert(&mut self, network: IpAddr, connection: &Arc<ConnectionState>) -> u64 {
        let id = self.next;
        self.next += 1;
        let entry = Entry { network, connection: Arc::clone(connection), end: None };
        self.entries.insert(id, entry);
        *self.by_network.entry(network).or_default() += 1;
        id
    }

    fn remove(&mut self, id: u64) -> Option<Entry> {
        let entry = self.entries.remove(&id)?;
        let left = self.by_network.get_mut(&entry.network).map_or(0, |count| {
            *count = count.saturating_sub(1);
            *count
        });
        if left == 0 {
            self.by_network.remove(&entry.network);
        }
        Some(entry)
    }

    /// Closes the oldest connection of a stranger among these, else the oldest without an open
    /// request; its browser opens another one by itself.
    fn make_room(&mut self, among: impl Fn(&Entry) -> bool) -> Option<()> {
        let ranked = self.entries.iter().filter(|(_, entry)| among(entry));
        let ranked = ranked.filter_map(|(id, entry)| Some((entry.connection.closing_rank()?, *id)));
        let (_, id) = ranked.min()?;
        let end = self.remove(id)?.end;
        end.inspect(AbortHandle::abort);
        Some(())
    }
}

/// Counted from the first byte, or from the previous answer, so it ends idle connections too.
const HEADER_READ: Duration = Duration::from_secs(30);
/// The buffer for the request line and the headers.
const BUFFER_MAX: usize = 64 * 1024;
/// Over the slowest line of an office each piece of a recording is taken within this time.
const UNACKNOWLEDGED: Duration = Duration::from_secs(60);
const GRACE: Duration = Duration::from_secs(2);
const ACCEPT_RETRY: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    fn table(connections: usize, connections_per_address: usize) -> Arc<ConnectionTable> {
        let limits = Limits { connections, connections_per_address, ..Limits::default() };
        Arc::new(ConnectionTable { limits, proxies: Proxies::default(), open: Mutex::default() })
    }

    fn host(n: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, n])
    }

    fn ids(table: &ConnectionTable) -> Vec<u64> {
        table.open().entries.keys().copied().collect()
    }

    #[test]
    fn full_table_closes_the_oldest_connection_of_a_stranger() {
        let table = table(3, 3);
        let known = table.admit(host(1)).unwrap();
        known.connection.mark_known();
        let _strangers = [table.admit(host(2)).unwrap(), table.admit(host(3)).unwrap()];
        let _fourth = table.admit(host(4)).unwrap();
        assert_eq!(ids(&table), [0, 2, 3]);
    }

    #[test]
    fn full_table_of_known_people_closes_an_idle_connection() {
        let table = table(2, 2);
        let places = [table.admit(host(1)).unwrap(), table.admit(host(2)).unwrap()];
        places.iter().for_each(|place| place.connection.mark_known());
        let asked = places[0].connection.begin_request();
        let third = table.admit(host(3)).unwrap();
        assert_eq!(ids(&table), [0, 2]);
        third.connection.mark_known();
        let _asked = third.connection.begin_request();
        assert!(table.admit(host(4)).is_none(), "both are in the middle of a request");
        drop(asked);
        assert!(table.admit(host(4)).is_some());
    }

    #[test]
    fn address_over_its_share_closes_only_its_own_connections() {
        let table = table(100, 2);
        let _other = table.admit(host(1)).unwrap();
        let _own: Vec<_> = (0..5).map(|_| table.admit(host(2)).unwrap()).collect();
        assert_eq!(ids(&table), [0, 4, 5]);
        let counts: Vec<usize> = table.open().by_network.values().copied().collect();
        assert_eq!(counts, [1, 2]);
    }

    #[test]
    fn ended_connection_leaves_no_entry() {
        let table = table(2, 2);
        drop((table.admit(host(1)), table.admit(host(1)), table.admit(host(1))));
        let open = table.open();
        assert!(open.entries.is_empty() && open.by_network.is_empty());
    }

    #[test]
    fn proxy_is_not_limited_by_address() {
        let limits = Limits { connections: 10, connections_per_address: 2, ..Limits::default() };
        let networks = vec![model::IpNetwork::host(host(1))];
        let proxies = Proxies { networks, ..Proxies::default() };
        let table = Arc::new(ConnectionTable { limits, proxies, open: Mutex::default() });
        let _places: Vec<_> = (0..10).map(|_| table.admit(host(1)).unwrap()).collect();
        assert_eq!(ids(&table).len(), 10);
    }
}
