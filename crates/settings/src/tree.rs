//! The settings as the other crates read them: values are parsed and references are checked.
//!
//! No queue, line, trunk or prompt named here is missing: the readers report faults instead. Maps
//! and lists keep the order of the files, so that "the first trunk that matches" is the first in
//! the file.

use std::{
    collections::BTreeMap,
    fmt,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use deadlines::calendar::OfficeHours;
use model::{
    AccountName, AgentProfile, AreaCode, CalendarTable, Codec, Date, IpNetwork, LineId, MenuId,
    Number, QueueId, SeatId, Skill, SymmetricRtp, TrunkId, Zone,
};

use crate::Ports;

/// All settings of the config folder.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The hotline.
    pub hotline: Hotline,
    /// Signalling.
    pub sip: Sip,
    /// Voice.
    pub media: Media,
    /// Recordings.
    pub recording: Recording,
    /// The console.
    pub http: Http,
    /// The Open311 server for apps and web forms of others.
    pub open311: crate::Open311,
    /// The folder of the engine's permanent data.
    pub data: Store,
    /// The queue of new calls on their way to the engine.
    pub intake: Intake,
    /// The behaviour of a start whose log or disk fails.
    pub start: Start,
    /// The end of the engine while calls are up.
    pub drain: Drain,
    /// The people who may confirm roles.
    pub duties: Duties,
    /// The codes that a seat's phone dials to change its state; an empty code is disabled.
    pub feature_codes: switch::Features,
    /// Rules for every seat.
    pub seat_rules: SeatRules,
    /// The prompts of the whole hotline.
    pub notices: Notices,
    /// The trunks, in the order of `trunks.toml`.
    pub trunks: Vec<Trunk>,
    /// The addresses of our proxies; no trunk has one of them.
    pub proxies: Vec<IpNetwork>,
    /// The outside numbers that may be called.
    pub outbound: Outbound,
    /// The lines, in the order of `lines.toml`.
    pub lines: Vec<Line>,
    /// The menus of `ivr/`, by name.
    pub menus: BTreeMap<MenuId, ivr::Menu>,
    /// The queues, in the order of `queues.toml`.
    pub queues: Vec<Queue>,
    /// The seats, sorted by number.
    pub seats: Vec<Seat>,
    /// The routing profiles of agents by account name. Empty: every seat's own profile is used.
    pub agents: BTreeMap<AccountName, AgentProfile>,
    /// Callers who are rejected, in the order of the file.
    pub blacklist: Vec<Blocked>,
    /// The destinations of events by HTTP, the SMS gateway and the webhooks.
    pub courier: crate::Courier,
    /// The rules of the desk.
    pub desk: Desk,
    /// How figures are counted, and when reports are due.
    pub reports: Reports,
    /// The texts of SMS by key. `{city}` is filled in, the other placeholders are not.
    pub sms_templates: BTreeMap<String, String>,
    /// Every file of `prompts/`, sorted by name. The index of a prompt is its id elsewhere.
    pub prompts: Vec<Prompt>,
    /// The special days of `config/calendar/`.
    pub calendar: CalendarTable,
}

impl Settings {
    /// The index of a prompt in [`Settings::prompts`].
    pub fn prompt(&self, name: &PromptName) -> Option<usize> {
        self.prompts.binary_search_by(|prompt| prompt.name.cmp(name)).ok()
    }

    /// The queue with this name.
    pub fn queue(&self, name: &QueueId) -> Option<&Queue> {
        self.queues.iter().find(|queue| queue.name == *name)
    }

    /// The agents whose account the keyring does not have.
    pub fn agents_without_account(&self, keyring: &crate::Keyring) -> Vec<&AccountName> {
        self.agents.keys().filter(|name| keyring.account(name.as_str()).is_none()).collect()
    }

    /// The seat with this number.
    pub fn seat(&self, seat: SeatId) -> Option<&Seat> {
        self.seats
            .binary_search_by(|known| known.seat.cmp(&seat))
            .ok()
            .and_then(|i| self.seats.get(i))
    }
}

/// `[hotline]`
#[derive(Clone, Debug, PartialEq)]
pub struct Hotline {
    /// The name on the console.
    pub name: String,
    /// The zone as written: `Asia/Shanghai`, `+08:00`.
    pub zone_name: String,
    /// The zone's offset, which is fixed.
    pub zone: Zone,
    /// The area whose landline numbers are the same with and without the code; none by default.
    pub area_code: AreaCode,
}

/// `[sip]`: signalling.
#[derive(Clone, Debug, PartialEq)]
pub struct Sip {
    /// The addresses for datagrams; port 0 takes a free one.
    pub udp: Vec<SocketAddr>,
    /// The addresses for streams; port 0 takes a free one.
    pub tcp: Vec<SocketAddr>,
    /// The address that others send to when it is not a listening address (NAT).
    pub advertise: Option<IpAddr>,
    /// The configuration of the endpoint without trunks, proxies and seats, which
    /// [`Settings::sip_config`] adds. Changing its realm makes every seat's password invalid.
    pub endpoint: sip::Config,
}

/// `[media]`: voice.
#[derive(Clone, Debug, PartialEq)]
pub struct Media {
    /// The address that RTP sockets bind to.
    pub bind: IpAddr,
    /// The RTP ports; RTCP uses the odd port above each.
    pub ports: Ports,
    /// The number of voice threads; `None` for half of the cores.
    pub threads: Option<u32>,
    /// The configuration of the relays.
    pub relays: media::Config,
}

/// `[recording]`: recordings of calls.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// The folder, relative to the working directory of the engine.
    pub folder: PathBuf,
    /// The G.711 law in which new recordings are stored; `None` is PCM of 16 bits.
    pub encoding: Option<Codec>,
    /// The free bytes below which the console warns.
    pub low_water_bytes: u64,
    /// The free bytes below which new calls are not recorded, with an alarm.
    pub full_water_bytes: u64,
    /// The number of threads that write recordings.
    pub threads: u32,
}

/// `[http]`: the console and the API.
#[derive(Clone, Debug, PartialEq)]
pub struct Http {
    /// The listening address; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The longest time that a login is valid, used or not.
    pub login_lasts: Duration,
    /// The longest time that a login is valid without a request or an open page.
    pub login_idle: Duration,
    /// Reverse proxies that are trusted to tell the client's address.
    pub proxies: Vec<IpNetwork>,
    /// The header that those proxies write.
    pub proxy_header: ProxyHeader,
    /// The most connections at once.
    pub connections: u32,
    /// The most connections of one address at once.
    pub connections_per_address: u32,
    /// The most requests of one account at once.
    pub requests_per_account: u32,
    /// The most requests without an account from one address at once.
    pub requests_per_address: u32,
    /// The most live streams of one account at once.
    pub streams_per_account: u32,
}

/// The header in which a reverse proxy tells the client's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyHeader {
    /// `X-Forwarded-For`, `-Proto` and `-Host`.
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// `[data]`: the log, its index and the keyring.
#[derive(Clone, Debug, PartialEq)]
pub struct Store {
    /// The folder, relative to the working directory of the engine.
    pub folder: PathBuf,
    /// The memory for pages of the index.
    pub cache_bytes: u64,
}

/// `[intake]`: new calls on their way to the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Intake {
    /// The most arrivals that wait for the engine; one more is answered with 503.
    pub capacity: usize,
}

/// `[start]`: the start of the engine.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Start {
    /// The folder, on another disk, for calls that are taken while the log is unusable.
    pub emergency: Option<PathBuf>,
}

impl Start {
    /// Tells why `emergency` cannot be used, or returns `None` when it can. It must not be in the
    /// data or recordings folder, nor contain one of them, because it must work when their disk
    /// fails. Relative paths start at the working directory.
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

/// `[drain]`: the end of the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drain {
    /// The time that calls may continue after a stop was requested.
    pub timeout: Duration,
}

/// `[duties]`: the separation of making accounts, confirming roles and reading the audit (三员分立).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Duties {
    /// Whether a person may confirm the roles that they gave.
    pub small_office: bool,
}

/// `[floor]`: rules for every seat.
#[derive(Clone, Debug, PartialEq)]
pub struct SeatRules {
    /// Whether a seat becomes ready when somebody signs in.
    pub ready_at_login: bool,
    /// The consequences of a missed offer for the seat.
    pub missed: acd::MissedPolicy,
}

/// `[notices]`: the prompts of the whole hotline.
#[derive(Clone, Debug, PartialEq)]
pub struct Notices {
    /// Played to a waiting caller before the call ends without an answer.
    pub sorry: Vec<PromptName>,
    /// Played to a seat whose feature code was accepted.
    pub confirmed: Vec<PromptName>,
    /// Played to a seat whose feature code was rejected.
    pub denied: Vec<PromptName>,
}

/// `[[trunk]]`: a gateway that may bring calls without a password.
#[derive(Clone, Debug)]
pub struct Trunk {
    /// The name.
    pub name: TrunkId,
    /// The networks it sends from; no two trunks share an address.
    pub sources: Vec<IpNetwork>,
    /// The numbers it may dial; a `*` at one end stands for any digits. Empty: all.
    pub numbers: Vec<String>,
    /// The most calls it may have at once; `None`: no limit but the voice ports.
    pub channels: Option<u32>,
    /// The networks its voice comes from; equal to `sources` when not configured.
    pub media: Vec<IpNetwork>,
    /// Whether voice is sent to the address that the trunk's voice comes from.
    pub symmetric: SymmetricRtp,
    /// The address that calls to outside numbers are sent to; `None`: it calls nobody.
    pub dial: Option<SocketAddr>,
    /// The most calls sent to it at once.
    pub outbound_channels: u32,
    /// The number that the called party sees; `None`: the line that the caller dialled.
    pub caller_id: Option<String>,
}

/// The outside numbers that may be called.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outbound {
    /// Those that agents may call, with `*` at one end.
    pub numbers: Vec<String>,
    /// Those that may always be called.
    pub emergency: Vec<String>,
}

/// `[[line]]`: a number that citizens dial.
#[derive(Clone, Debug)]
pub struct Line {
    /// The number: `12345`.
    pub number: LineId,
    /// Other forms of the number; a `*` at one end stands for any digits.
    pub aliases: Vec<String>,
    /// The name shown to the seat that answers.
    pub name: String,
    /// The trunks that may bring calls to it. Empty: all.
    pub trunks: Vec<TrunkId>,
    /// The prompts played when the call is answered, in order.
    pub greeting: Vec<PromptName>,
    /// The queue of its callers.
    pub queue: QueueId,
    /// The menu before the queue.
    pub menu: Option<MenuId>,
    /// The level of each required skill, 1 to 10, including the skills of the queue.
    pub skills: BTreeMap<Skill, u8>,
    /// 0 is ordinary; higher goes first.
    pub priority: u8,
}

/// `[[queue]]`: a queue of callers.
#[derive(Clone, Debug)]
pub struct Queue {
    /// The name.
    pub name: QueueId,
    /// The title on the wallboard.
    pub title: String,
    /// The dispatcher's policy. Overflow and widening steps are in order of `after`.
    pub policy: acd::QueuePolicy,
    /// The level of each required skill, 1 to 10.
    pub skills: BTreeMap<Skill, u8>,
    /// The music for waiting callers.
    pub music: PromptName,
    /// Announcements to waiting callers.
    pub announcements: Announcements,
    /// How callers leave a message; `None`: they cannot.
    pub voicemail: Option<Voicemail>,
    /// The times of its statistics: of the service level, and of short abandons.
    pub thresholds: stats::Thresholds,
}

/// How the callers of a queue leave a message.
#[derive(Clone, Debug)]
pub struct Voicemail {
    /// The prompts before the message.
    pub prompts: Vec<PromptName>,
    /// The key by which a waiting caller chooses it.
    pub key: Option<char>,
    /// The longest message.
    pub max: Duration,
}

/// The announcements to waiting callers.
#[derive(Clone, Debug)]
pub struct Announcements {
    /// The prompts of the first announcement.
    pub first: Vec<PromptName>,
    /// The waiting time before the first announcement.
    pub first_after: Duration,
    /// The prompts of the following announcements.
    pub repeat: Vec<PromptName>,
    /// The time between announcements; `None`: they are not repeated.
    pub every: Option<Duration>,
}

/// A seat, from a range in `seats.toml`.
#[derive(Clone, Debug)]
pub struct Seat {
    /// The number with which its phone registers.
    pub seat: SeatId,
    /// The skills, the queues, and how it becomes ready.
    pub policy: acd::SeatPolicy,
    /// A contact that needs no registration: `sip:1001@192.0.2.10:5060`.
    pub contact: Option<String>,
    /// Whether voice is sent to the address that the seat's voice comes from.
    pub symmetric: SymmetricRtp,
}

/// `desk.toml`: the rules that a city chooses for its desk.
#[derive(Clone, Debug, PartialEq)]
pub struct Desk {
    /// The opening hours of offices.
    pub office_hours: OfficeHours,
    /// The rules, with the hotline's area code.
    pub rules: ticketing::Rules,
}

/// `reports.toml`: reports and their figures.
#[derive(Clone, Debug, PartialEq)]
pub struct Reports {
    /// How figures are counted, and how units are scored and ranked.
    pub rules: reporting::ReportRules,
    /// The second of the day from which on reports are due for release.
    pub draft_at_s: u32,
}

/// A caller who is rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocked {
    /// The caller's number.
    pub number: Number,
    /// The reason.
    pub reason: String,
    /// The last local date of the block; `None`: until the entry is removed.
    pub expires: Option<Date>,
    /// The person who approved it.
    pub approver: String,
}

/// A prompt's name: the file name in `prompts/` without `.wav`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PromptName(Arc<str>);

impl PromptName {
    /// The name as text.
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

/// A prompt ready to play: mono at 8 kHz, whatever rate its file has.
#[derive(Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The name.
    pub name: PromptName,
    /// Linear 16-bit samples, 8,000 per second.
    pub samples: Arc<[i16]>,
}

impl Prompt {
    /// The playing time.
    pub fn length(&self) -> Duration {
        Duration::from_micros(self.samples.len() as u64 * MICROS_PER_SAMPLE)
    }
}

impl fmt::Debug for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Prompt({}, {:?})", self.name, self.length())
    }
}

/// The duration of a sample at 8 kHz, in microseconds.
const MICROS_PER_SAMPLE: u64 = 125;
