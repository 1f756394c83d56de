//! Connections: accepted, counted by address, timed and let go.

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

/// Serve the router on this listener until `shutdown` comes; then requests in
/// flight get a moment to end, and live streams are cut.
///
/// HTTP/1.1, for a page, some scripts and a TLS proxy before it. Full: the connection that has
/// been silent longest makes room, those of strangers first.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    proxies: Proxies,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let table = Arc::new(Table { limits, proxies, open: Mutex::default() });
    let graceful = GracefulShutdown::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let (stream, peer) = tokio::select! {
            () = &mut shutdown => break,
            accepted = accept(&listener) => accepted,
        };
        let Some(place) = table.admit(peer.ip()) else {
            tracing::debug!(%peer, "too many connections; one more was closed");
            continue;
        };
        tune(&stream);
        let shown = Arc::clone(&place.connection);
        let service = router.clone().map_request(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            request.extensions_mut().insert(Arc::clone(&shown));
            request.map(axum::body::Body::new)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER_READ)
            .max_buf_size(BUFFER_MAX)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
        let connection = graceful.watch(connection);
        let id = place.id;
        let served = tokio::spawn(async move {
            let _place = place;
            if let Err(error) = connection.await {
                tracing::debug!(%peer, %error, "a connection ended early");
            }
        });
        table.may_end(id, served.abort_handle());
    }
    drop(listener);
    let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
    Ok(())
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            // The one at the door went away: the next, please.
            Err(error) if at_the_door(&error) => {}
            // Out of file descriptors, most likely: calls need theirs first.
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted; trying again");
                tokio::time::sleep(AFTER_A_FAILED_ACCEPT).await;
            }
        }
    }
}

fn at_the_door(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}

fn tune(stream: &TcpStream) {
    // Answers are small and wanted now.
    let _ = stream.set_nodelay(true);
    // Who takes nothing of an answer, or is gone without a word, gives the connection up (RFC 5482).
    let _ = SockRef::from(stream).set_tcp_user_timeout(Some(UNTAKEN));
}

/// The connections that are open.
struct Table {
    limits: Limits,
    proxies: Proxies,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    /// By age.
    entries: BTreeMap<u64, Entry>,
    by_network: BTreeMap<IpAddr, usize>,
    next: u64,
}

struct Entry {
    network: IpAddr,
    connection: Arc<Connection>,
    /// Once it is served.
    end: Option<AbortHandle>,
}

/// What requests show of their connection.
#[derive(Default)]
pub(crate) struct Connection {
    /// Somebody we know has asked over it.
    known: AtomicBool,
    requests: AtomicUsize,
}

impl Connection {
    /// Somebody we know asks over it.
    pub(crate) fn make_known(&self) {
        self.known.store(true, Ordering::Relaxed);
    }

    /// A request begins; it ends when what is given is dropped.
    pub(crate) fn begin(self: &Arc<Connection>) -> InRequest {
        self.requests.fetch_add(1, Ordering::Relaxed);
        InRequest(Arc::clone(self))
    }

    /// Which goes first when there is no room; `None`: it stays.
    fn worth(&self) -> Option<bool> {
        match (self.known.load(Ordering::Relaxed), self.requests.load(Ordering::Relaxed)) {
            (false, _) => Some(false),
            (true, 0) => Some(true),
            (true, _) => None,
        }
    }
}

/// A request whose answer is not sent yet.
pub(crate) struct InRequest(Arc<Connection>);

impl Drop for InRequest {
    fn drop(&mut self) {
        self.0.requests.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A connection's entry in the table; it goes with it.
struct ConnectionPlace {
    table: Arc<Table>,
    id: u64,
    connection: Arc<Connection>,
}

impl Drop for ConnectionPlace {
    fn drop(&mut self) {
        self.table.open().remove(self.id);
    }
}

impl Table {
    /// A place for a new connection, when need be in exchange for another. `None`: none can go.
    fn admit(self: &Arc<Table>, peer: IpAddr) -> Option<ConnectionPlace> {
        let own = network(peer);
        let mut open = self.open();
        let held = open.by_network.get(&own).copied().unwrap_or(0);
        if held >= self.limits.connections_per_address && !self.proxies.hold(peer) {
            open.make_room(|entry| entry.network == own)?;
        } else if open.entries.len() >= self.limits.connections {
            open.make_room(|_| true)?;
        }
        let connection = Arc::<Connection>::default();
        let id = open.insert(own, &connection);
        Some(ConnectionPlace { table: Arc::clone(self), id, connection })
    }

    /// Now it can be ended.
    fn may_end(&self, id: u64, end: AbortHandle) {
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
    fn insert(&mut self, network: IpAddr, connection: &Arc<Connection>) -> u64 {
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

    /// Ends the oldest connection of a stranger among these, else the oldest that nobody asks
    /// over now; a browser opens another one without a word.
    fn make_room(&mut self, among: impl Fn(&Entry) -> bool) -> Option<()> {
        let ranked = self.entries.iter().filter(|(_, entry)| among(entry));
        let ranked = ranked.filter_map(|(id, entry)| Some((entry.connection.worth()?, *id)));
        let (_, id) = ranked.min()?;
        let end = self.remove(id)?.end;
        end.inspect(AbortHandle::abort);
        Some(())
    }
}

/// From the first byte, or from the answer before: idle connections end by it too.
const HEADER_READ: Duration = Duration::from_secs(30);
/// For a request's line and headers.
const BUFFER_MAX: usize = 64 * 1024;
/// A recording on the slowest line of an office is taken piece by piece within this.
const UNTAKEN: Duration = Duration::from_secs(60);
const GRACE: Duration = Duration::from_secs(2);
const AFTER_A_FAILED_ACCEPT: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    fn table(connections: usize, connections_per_address: usize) -> Arc<Table> {
        let limits = Limits { connections, connections_per_address, ..Limits::default() };
        Arc::new(Table { limits, proxies: Proxies::default(), open: Mutex::default() })
    }

    fn host(n: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, n])
    }

    fn ids(table: &Table) -> Vec<u64> {
        table.open().entries.keys().copied().collect()
    }

    #[test]
    fn oldest_stranger_makes_room_when_all_places_are_taken() {
        let table = table(3, 3);
        let known = table.admit(host(1)).unwrap();
        known.connection.make_known();
        let _strangers = [table.admit(host(2)).unwrap(), table.admit(host(3)).unwrap()];
        let _fourth = table.admit(host(4)).unwrap();
        assert_eq!(ids(&table), [0, 2, 3]);
    }

    #[test]
    fn idle_connection_makes_room_when_all_are_known() {
        let table = table(2, 2);
        let places = [table.admit(host(1)).unwrap(), table.admit(host(2)).unwrap()];
        places.iter().for_each(|place| place.connection.make_known());
        let asked = places[0].connection.begin();
        let third = table.admit(host(3)).unwrap();
        assert_eq!(ids(&table), [0, 2]);
        third.connection.make_known();
        let _asked = third.connection.begin();
        assert!(table.admit(host(4)).is_none(), "both are in the middle of a request");
        drop(asked);
        assert!(table.admit(host(4)).is_some());
    }

    #[test]
    fn one_address_takes_from_its_own_share_only() {
        let table = table(100, 2);
        let _other = table.admit(host(1)).unwrap();
        let _own: Vec<_> = (0..5).map(|_| table.admit(host(2)).unwrap()).collect();
        assert_eq!(ids(&table), [0, 4, 5]);
        let counts: Vec<usize> = table.open().by_network.values().copied().collect();
        assert_eq!(counts, [1, 2]);
    }

    #[test]
    fn connection_that_ends_leaves_nothing() {
        let table = table(2, 2);
        drop((table.admit(host(1)), table.admit(host(1)), table.admit(host(1))));
        let open = table.open();
        assert!(open.entries.is_empty() && open.by_network.is_empty());
    }

    #[test]
    fn proxy_has_no_share_of_its_own() {
        let limits = Limits { connections: 10, connections_per_address: 2, ..Limits::default() };
        let networks = vec![crate::client::Network { address: host(1), prefix: 32 }];
        let proxies = Proxies { networks, ..Proxies::default() };
        let table = Arc::new(Table { limits, proxies, open: Mutex::default() });
        let _places: Vec<_> = (0..10).map(|_| table.admit(host(1)).unwrap()).collect();
        assert_eq!(ids(&table).len(), 10);
    }
}
