//! Limits of what clients may hold open at once, so that none excludes the others.

/// The greatest numbers of open connections, requests and live streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections. One more closes the oldest of a stranger, or an idle one.
    pub connections: usize,
    /// Connections from one address that is not a proxy's.
    pub connections_per_address: usize,
    /// Requests of one account.
    pub requests_per_account: usize,
    /// Requests of one address without an account.
    pub requests_per_address: usize,
    /// Requests of all people who are not logged in.
    pub visitors: usize,
    /// Requests to webhooks and Open311.
    pub machines: usize,
    /// Live streams.
    pub streams: usize,
    /// Live streams of one account.
    pub streams_per_account: usize,
    /// Passwords that wait to be verified.
    pub passwords: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: CONNECTIONS,
            connections_per_address: CONNECTIONS_PER_ADDRESS,
            requests_per_account: REQUESTS_PER_ACCOUNT,
            requests_per_address: REQUESTS_PER_ADDRESS,
            visitors: VISITORS,
            machines: MACHINES,
            streams: STREAMS,
            streams_per_account: STREAMS_PER_ACCOUNT,
            passwords: PASSWORDS,
        }
    }
}

/// Two streams and two requests for each of a thousand people.
const CONNECTIONS: usize = 4_096;
/// An office of eighty people behind one address; a browser opens six connections.
const CONNECTIONS_PER_ADDRESS: usize = 512;
/// A page asks for ten things at once, and a partner's program for some more.
const REQUESTS_PER_ACCOUNT: usize = 64;
/// A shift of eighty people logs in at once from one address.
const REQUESTS_PER_ADDRESS: usize = 128;
const VISITORS: usize = 1_024;
/// A gateway sends receipts in bunches, and each takes as long as a write to the log.
const MACHINES: usize = 256;
/// Every seat of a large hotline, and its wall displays.
const STREAMS: usize = 2_000;
/// All wall displays of a hotline that share an account.
const STREAMS_PER_ACCOUNT: usize = 32;
/// Eighty passwords at the start of a shift take some seconds; people do not wait much longer.
const PASSWORDS: usize = 256;
