//! The settings as the rest of the house reads them: every word checked, every reference sound.
//!
//! Nothing here can name a queue, line, trunk or prompt that does not exist:
//! a tree that would is a list of faults instead. Maps and lists keep the
//! order of the files, so that "the first trunk that fits" is what people read.

use std::{
    collections::BTreeMap,
    fmt,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use crate::Ports;
use model::{
    AccountName, AgentProfile, AreaCode, CalendarTable, Date, LineId, Number, QueueId, SeatId,
    Skill, SymmetricRtp, TrunkId, Zone,
};

/// Everything the config folder says.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whose hotline this is.
    pub hotline: Hotline,
    /// Signalling.
    pub sip: Sip,
    /// Voice.
    pub media: Media,
    /// Recordings.
    pub recording: Recording,
    /// The console.
    pub http: Http,
    /// Others' apps and web forms.
    pub open311: crate::Open311,
    /// Where the engine keeps what it must not lose.
    pub data: Store,
    /// The queue new calls enter by.
    pub intake: Intake,
    /// What a start does when the log or its disk fails.
    pub start: Start,
    /// Going down with calls up.
    pub drain: Drain,
    /// Who may confirm roles.
    pub duties: Duties,
    /// What a seat's phone may dial to change its state; an empty code is switched off.
    pub feature_codes: switch::Features,
    /// Rules for every seat.
    pub floor: Floor,
    /// Prompts that belong to the whole hotline.
    pub notices: Notices,
    /// In the order of `trunks.toml`.
    pub trunks: Vec<Trunk>,
    /// Where proxies of ours send from; none of it belongs to a trunk.
    pub proxies: Vec<Source>,
    /// In the order of `lines.toml`.
    pub lines: Vec<Line>,
    /// In the order of `queues.toml`.
    pub queues: Vec<Queue>,
    /// Sorted by seat.
    pub seats: Vec<Seat>,
    /// What agents serve, by the name of their account. Empty: every seat's own profile holds.
    pub agents: BTreeMap<AccountName, AgentProfile>,
    /// Callers who are turned away, in the order of the file.
    pub blacklist: Vec<Blocked>,
    /// What leaves the house by HTTP and who may send us messages.
    pub courier: crate::Courier,
    /// The rules of the desk.
    pub desk: crate::desk::Desk,
    /// How figures are counted, units scored and ranked.
    pub reports: crate::Reports,
    /// The texts of SMS by key, `{city}` filled in, the other places open.
    pub sms_templates: BTreeMap<String, String>,
    /// Every file in `prompts/`, sorted by name. A prompt's place here is its id everywhere else.
    pub prompts: Vec<Prompt>,
    /// Which days are worked: `config/calendar/`.
    pub calendar: CalendarTable,
}

impl Settings {
    /// A prompt's place in [`Settings::prompts`].
    pub fn prompt(&self, name: &PromptName) -> Option<usize> {
        self.prompts.binary_search_by(|prompt| prompt.name.cmp(name)).ok()
    }

    /// A queue by its name.
    pub fn queue(&self, name: &QueueId) -> Option<&Queue> {
        self.queues.iter().find(|queue| queue.name == *name)
    }

    /// The agents for whom a keyring has no account.
    pub fn agents_without_account(&self, keyring: &crate::Keyring) -> Vec<&AccountName> {
        self.agents.keys().filter(|name| keyring.account(name.as_str()).is_none()).collect()
    }

    /// A seat by its number.
    pub fn seat(&self, seat: SeatId) -> Option<&Seat> {
        self.seats
            .binary_search_by(|known| known.seat.cmp(&seat))
            .ok()
            .and_then(|i| self.seats.get(i))
    }
}

/// `[hotline]`: whose hotline this is.
#[derive(Clone, Debug)]
pub struct Hotline {
    /// Shown on the console.
    pub name: String,
    /// As written: `Asia/Shanghai`, `+08:00`.
    pub zone_name: String,
    /// What it means, a fixed offset.
    pub zone: Zone,
    /// The area whose landline numbers are the same with and without the code; the default is none.
    pub area_code: AreaCode,
}

/// `[sip]`: signalling.
#[derive(Clone, Debug)]
pub struct Sip {
    /// Where we listen for datagrams; port 0 takes a free one.
    pub udp: Vec<SocketAddr>,
    /// Where we listen for streams; port 0 takes a free one.
    pub tcp: Vec<SocketAddr>,
    /// The address others shall use for us, when it is not the one we listen at (NAT).
    pub advertise: Option<IpAddr>,
    /// The digest realm; changing it makes every seat's password void.
    pub realm: String,
    /// What phones are asked for; at least one algorithm.
    pub digest: sip::DigestAlgorithms,
    /// How long registrations last.
    pub register: RegisterTimes,
    /// What we ask for as session timer (RFC 4028), when the far end supports it.
    pub session_expires: Duration,
    /// Told to callers turned away for lack of room.
    pub retry_after: Duration,
    /// What one source may send.
    pub shield: sip::shield::Limits,
    /// TCP connections.
    pub streams: sip::StreamLimits,
}

/// How long a phone's registration lasts (RFC 3261 10.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegisterTimes {
    /// Shorter is answered 423.
    pub min: Duration,
    /// Longer is cut to this.
    pub max: Duration,
    /// When the phone names none.
    pub default: Duration,
}

/// `[media]`: voice.
#[derive(Clone, Debug)]
pub struct Media {
    /// The address RTP sockets bind to.
    pub bind: IpAddr,
    /// RTP ports; RTCP is the odd port above.
    pub ports: Ports,
    /// What the relays are started with.
    pub relays: media::Config,
}

/// `[recording]`: where voices are kept.
#[derive(Clone, Debug)]
pub struct Recording {
    /// The folder, relative to where the engine was started.
    pub folder: PathBuf,
    /// Free bytes below which the console warns.
    pub low_water_bytes: u64,
    /// Free bytes below which new calls go on unrecorded, with an alarm.
    pub full_water_bytes: u64,
    /// Threads that write.
    pub threads: u32,
}

/// `[http]`: the console.
#[derive(Clone, Debug)]
pub struct Http {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// How long a log-in lasts, used or not.
    pub login_lasts: Duration,
    /// How long it lasts with no request and no page open.
    pub login_idle: Duration,
    /// Reverse proxies whose word about a client is believed.
    pub proxies: Vec<Source>,
    /// What those proxies write.
    pub proxy_header: ProxyHeader,
    /// Connections at once.
    pub connections: u32,
    /// Of them from one address.
    pub connections_per_address: u32,
    /// Requests of one account at once.
    pub requests_per_account: u32,
    /// Requests without an account from one address at once.
    pub requests_per_address: u32,
    /// Live streams of one account at once.
    pub streams_per_account: u32,
}

/// The header by which reverse proxies say for whom they ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyHeader {
    /// `X-Forwarded-For`, `-Proto` and `-Host`.
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// `[data]`: the journal, its index, the keyring.
#[derive(Clone, Debug)]
pub struct Store {
    /// The folder, relative to where the engine was started.
    pub folder: PathBuf,
}

/// `[intake]`: where new calls enter the center.
#[derive(Clone, Copy, Debug)]
pub struct Intake {
    /// Arrivals that may wait for the center; one more is answered 503.
    pub capacity: usize,
}

/// `[start]`: coming up.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// The folder, on another disk, in which calls are taken when the log cannot be.
    pub emergency: Option<PathBuf>,
}

impl Start {
    /// Why calls cannot be taken without the log in `emergency`, or `None` when they can: what fails
    /// with the folders of data and recordings must not fail with it. Relative paths count from where
    /// the program runs.
    pub fn emergency_clash(emergency: &Path, data: &Path, recordings: &Path) -> Option<String> {
        let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.into());
        let ours = whole(emergency);
        [("[data]", data), ("[recording]", recordings)].into_iter().find_map(|(section, other)| {
            let theirs = whole(other);
            (ours.starts_with(&theirs) || theirs.starts_with(&ours)).then(|| {
                format!(
                    "{} and the folder of {section}, {}, are the same or one lies in the other",
                    emergency.display(),
                    other.display()
                )
            })
        })
    }
}

/// `[drain]`: going down.
#[derive(Clone, Copy, Debug)]
pub struct Drain {
    /// How long calls may go on after a stop was asked for.
    pub timeout: Duration,
}

/// `[duties]`: who makes accounts, who confirms roles, who reads the audit (三员分立).
#[derive(Clone, Copy, Debug, Default)]
pub struct Duties {
    /// Whoever gives a role may confirm it.
    pub small_office: bool,
}

/// `[floor]`: rules for every seat.
#[derive(Clone, Debug)]
pub struct Floor {
    /// Whether signing in makes a seat ready at once.
    pub ready_at_login: bool,
    /// What a missed offer costs the seat.
    pub missed: acd::MissedPolicy,
}

/// `[notices]`: prompts of the whole hotline.
#[derive(Clone, Debug)]
pub struct Notices {
    /// Before a waiting call is let go: nobody could take it.
    pub sorry: Vec<PromptName>,
    /// To a seat whose feature code was taken.
    pub confirmed: Vec<PromptName>,
    /// To a seat whose feature code was not taken.
    pub denied: Vec<PromptName>,
}

/// `[[trunk]]`: who may bring us calls without a password.
#[derive(Clone, Debug)]
pub struct Trunk {
    /// Its name.
    pub name: TrunkId,
    /// Its addresses; no two trunks share one.
    pub sources: Vec<Source>,
    /// The numbers it may dial; a `*` at one end stands for any digits. Empty: all.
    pub numbers: Vec<String>,
    /// Calls it may have up at once; `None`: as many as there are ports.
    pub channels: Option<u32>,
    /// Where its voice may come from; its sources unless written.
    pub media: Vec<Source>,
    /// Whether our voice goes to where its voice comes from.
    pub symmetric: SymmetricRtp,
}

/// A network: `203.0.113.0/24`; a single address has the full prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its first address.
    pub address: IpAddr,
    /// How many leading bits count.
    pub prefix: u8,
}

impl Source {
    /// Whether an address belongs to it. An IPv4 address mapped into IPv6 counts as IPv4.
    pub fn covers(self, address: IpAddr) -> bool {
        bits(self.address, self.prefix) == bits(address.to_canonical(), self.prefix)
    }

    /// Its first address: every bit beyond the prefix is 0.
    pub fn first(self) -> IpAddr {
        match self.address {
            IpAddr::V4(v4) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.prefix.min(32))).unwrap_or(0);
                IpAddr::V4((v4.to_bits() & mask).into())
            }
            IpAddr::V6(v6) => {
                let mask =
                    u128::MAX.checked_shl(128 - u32::from(self.prefix.min(128))).unwrap_or(0);
                IpAddr::V6((v6.to_bits() & mask).into())
            }
        }
    }

    /// Whether two networks share an address.
    pub fn overlaps(self, other: Source) -> bool {
        let prefix = self.prefix.min(other.prefix);
        bits(self.address, prefix) == bits(other.address, prefix)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

/// The leading bits, with the family so that the two never meet.
fn bits(address: IpAddr, prefix: u8) -> (bool, u128) {
    match address {
        IpAddr::V4(v4) => {
            let shift = 32 - u32::from(prefix.min(32));
            (true, u128::from(v4.to_bits().checked_shr(shift).unwrap_or(0)))
        }
        IpAddr::V6(v6) => {
            let shift = 128 - u32::from(prefix.min(128));
            (false, v6.to_bits().checked_shr(shift).unwrap_or(0))
        }
    }
}

/// `[[line]]`: a number citizens dial.
#[derive(Clone, Debug)]
pub struct Line {
    /// The number: `12345`.
    pub number: LineId,
    /// Other ways to write it; a `*` at one end stands for any digits.
    pub aliases: Vec<String>,
    /// Shown to the seat that answers.
    pub name: String,
    /// Trunks that may bring calls to it. Empty: all.
    pub trunks: Vec<TrunkId>,
    /// Played on answer, in turn.
    pub greeting: Vec<PromptName>,
    /// Where its callers wait.
    pub queue: QueueId,
    /// What a seat must know, and how well (1 to 10), the queue's own skills included.
    pub skills: BTreeMap<Skill, u8>,
    /// 0 is ordinary; higher goes first.
    pub priority: u8,
}

/// `[[queue]]`: where callers wait.
#[derive(Clone, Debug)]
pub struct Queue {
    /// Its name.
    pub name: QueueId,
    /// Shown on the wallboard.
    pub title: String,
    /// How it chooses a seat. Overflow and widening are in order of `after`.
    pub policy: acd::QueuePolicy,
    /// The level of each required skill, 1 to 10.
    pub skills: BTreeMap<Skill, u8>,
    /// Played while waiting.
    pub music: PromptName,
    /// Announcements to waiting callers.
    pub announcements: Announcements,
    /// An answer within this time counts as in time.
    pub service_level: Duration,
    /// A caller who hangs up within this time is a short abandon.
    pub short_abandon: Duration,
}

/// What those who wait are told, and when.
#[derive(Clone, Debug)]
pub struct Announcements {
    /// The first one.
    pub first: Vec<PromptName>,
    /// How long after joining.
    pub first_after: Duration,
    /// The following ones.
    pub repeat: Vec<PromptName>,
    /// How often; `None`: never.
    pub every: Option<Duration>,
}

/// One seat, from a range in `seats.toml`.
#[derive(Clone, Debug)]
pub struct Seat {
    /// The number its phone registers with.
    pub seat: SeatId,
    /// Its skills, its queues, and how it becomes ready.
    pub policy: acd::SeatPolicy,
    /// A contact that needs no registration: `sip:1001@192.0.2.10:5060`.
    pub contact: Option<String>,
    /// Whether our voice goes to where its voice comes from.
    pub symmetric: SymmetricRtp,
}

/// One caller who is turned away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocked {
    /// Who.
    pub number: Number,
    /// Why.
    pub reason: String,
    /// The last local date it holds; `None`: until somebody removes it.
    pub expires: Option<Date>,
    /// Who answers for it.
    pub approver: String,
}

/// A prompt's name: its file's name in `prompts/` without `.wav`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PromptName(Arc<str>);

impl PromptName {
    /// As people write it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for PromptName {
    fn from(name: &str) -> PromptName {
        PromptName(name.into())
    }
}

impl fmt::Display for PromptName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for PromptName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// One prompt, ready to play: mono, 8 kHz, whatever rate its file has.
#[derive(Clone, PartialEq, Eq)]
pub struct Prompt {
    /// Its name.
    pub name: PromptName,
    /// Linear 16-bit samples, 8,000 a second.
    pub samples: Arc<[i16]>,
}

impl Prompt {
    /// How long it plays.
    pub fn length(&self) -> Duration {
        Duration::from_micros(self.samples.len() as u64 * MICROS_PER_SAMPLE)
    }
}

impl fmt::Debug for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Prompt({}, {:?})", self.name, self.length())
    }
}

/// 8 kHz.
const MICROS_PER_SAMPLE: u64 = 125;
