//! The lockout matrix: one sender at an office's address misbehaves, and every other sender, there
//! and elsewhere, must still be served. A row is a kind of misbehaviour, a column another sender.
//!
//! All of this can be done by anybody, since the source of a datagram is not verified.

use std::time::Duration;

use crate::lab::{raw_messages::*, *};
use primitives::{LegId, SeatId};
use sip::{Event, LegEnd};

/// The office: one address, many phones.
const OFFICE: &str = "192.168.1.1";
/// A registered phone in a call, of seat 1001.
const TALKING: &str = PHONE;
/// A registered idle phone, of seat 1002.
const RESTING: &str = "192.168.1.1:6002";
/// A phone of seat 1003 that registers only afterwards.
const NEW: &str = "192.168.1.1:6003";
/// The misbehaving sender: a port of the office's address.
const NEIGHBOUR: &str = "192.168.1.1:7000";
/// An address nobody has registered from; its first phone registers afterwards.
const FRESH: &str = "198.51.100.7:6000";

/// The sender that must still be served afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    /// The trunk brings a call.
    Trunk,
    /// The call of 1001 is held, kept alive and ended from its phone.
    Talk,
    /// 1002 renews its registration and is called.
    Registered,
    /// 1003 registers from the office.
    NewPhone,
    /// A phone registers at an address without earlier registrations.
    FreshOffice,
}

const EVERYBODY: [Who; 5] =
    [Who::Trunk, Who::Talk, Who::Registered, Who::NewPhone, Who::FreshOffice];

/// One row: what is done, from where, and how often.
struct Row {
    what: &'static str,
    from: &'static str,
    times: usize,
    bytes: fn(usize) -> Vec<u8>,
}

const ROWS: &[Row] = &[
    Row { what: "a scanner's User-Agent", from: NEIGHBOUR, times: 50, bytes: scan },
    Row { what: "junk", from: NEIGHBOUR, times: 150, bytes: |_| b"hello world".to_vec() },
    Row { what: "STUN of a phone", from: RESTING, times: 130, bytes: stun },
    Row { what: "STUN of a neighbour", from: NEIGHBOUR, times: 1_000, bytes: stun },
    Row { what: "line ends", from: NEIGHBOUR, times: 5_000, bytes: |_| b"\r\n\r\n".to_vec() },
    Row { what: "voice on the SIP port", from: RESTING, times: 150, bytes: rtp },
    Row { what: "keep-alives by OPTIONS", from: NEIGHBOUR, times: 150, bytes: options },
    Row { what: "numbers dialled through", from: NEIGHBOUR, times: 150, bytes: invite },
    Row { what: "BYEs of forgotten calls", from: NEIGHBOUR, times: 150, bytes: forgotten_bye },
    Row { what: "old passwords with nonces of nobody", from: NEIGHBOUR, times: 150, bytes: guess },
    Row { what: "a flood of junk", from: NEIGHBOUR, times: 20_000, bytes: |_| b"x".to_vec() },
    Row { what: "a flood of REGISTER", from: NEIGHBOUR, times: 20_000, bytes: register },
    Row { what: "a flood in a talking phone's name", from: TALKING, times: 20_000, bytes: options },
    Row {
        what: "a flood in a resting phone's name",
        from: RESTING,
        times: 20_000,
        bytes: register,
    },
    Row { what: "a scan at the fresh office", from: FRESH, times: 150, bytes: scan },
];

#[test]
fn misbehaving_sender_affects_no_other_sender() {
    for row in ROWS {
        for who in EVERYBODY {
            let mut town = Town::new();
            town.suffer(row);
            assert!(town.works(who), "{} and {who:?} does not work any more", row.what);
        }
    }
}

#[test]
fn wrong_passwords_slow_the_guesser_only() {
    for who in EVERYBODY {
        let mut town = Town::new();
        // A neighbour who receives the challenges, and guesses the password of a seat.
        for n in 0..100 {
            let ask = raw_register(1002, NEIGHBOUR).replace("z9hG4bK", &format!("z9hG4bK{n}x"));
            town.lab.inject(NEIGHBOUR, town.center, &ask);
            let nonce = nonce_of(&town.lab.last_sent(town.center, "SIP/2.0 401"));
            town.lab.inject(NEIGHBOUR, town.center, &authorized(&ask, 1002, "guess", &nonce));
        }
        let heard = town.lab.heard_by(NEIGHBOUR);
        assert_eq!(heard.iter().filter(|line| line.contains("403")).count(), 10);
        let counts = town.counts();
        assert_eq!((counts.wrong_passwords, counts.slowed_passwords), (10, 90));
        assert!(town.works(who), "{who:?} does not work any more");
    }
}

#[test]
fn slowed_password_is_checked_again_later() {
    let mut town = Town::new();
    let ask = raw_register(1003, NEW);
    for guess in ["a"; 10] {
        let nonce = town.challenge(NEW, &ask);
        town.lab.inject(NEW, town.center, &authorized(&ask, 1003, guess, &nonce));
    }
    let nonce = town.challenge(NEW, &ask);
    let right = authorized(&ask, 1003, "pw1003", &nonce);
    town.lab.inject(NEW, town.center, &right);
    assert!(town.lab.last_sent(town.center, "SIP/2.0").starts_with("SIP/2.0 401"), "silence");
    // Retransmissions over UDP (RFC 3261 17.1.2) are accepted a moment later.
    town.lab.run_s(21);
    town.lab.inject(NEW, town.center, &right);
    assert!(town.lab.last_sent(town.center, "SIP/2.0").starts_with("SIP/2.0 200"));
}

#[test]
fn flood_is_bounded_and_counted() {
    let mut town = Town::new();
    let before = town.lab.sent.len();
    let row = Row { what: "a flood", from: FRESH, times: 10_000, bytes: register };
    town.suffer(&row);
    // At most the burst and a second's refill are answered; the rest is dropped.
    let answers = town.lab.sent.len() - before;
    assert!((200..=300).contains(&answers), "{answers} answers");
    assert!(town.counts().dropped_strangers > 9_500, "{:?}", town.counts());
    let told = town.lab.events(town.center);
    let told: Vec<_> = told.iter().filter(|e| matches!(e, Event::RateLimited { .. })).collect();
    assert_eq!(told.len(), 1, "{told:?}");
}

#[test]
fn flood_with_the_call_id_of_a_call_is_bounded() {
    let mut town = Town::new();
    let call_id = town.talk.call_id.clone();
    let before = town.counts().requests_in;
    let text = String::from_utf8(options(0)).expect("text");
    for _ in 0..10_000 {
        town.lab.inject(FRESH, town.center, &text.replace("call-0", &call_id));
    }
    let read = town.counts().requests_in - before;
    assert!(read <= 300, "{read} requests read");
    assert!(town.works(Who::Talk));
}

#[test]
fn office_stays_known_after_restart() {
    let town = Town::new();
    let known = town.lab.hosts[town.center].endpoint.known_sources();
    assert_eq!(known.iter().map(|k| k.address.to_string()).collect::<Vec<_>>(), [OFFICE]);
    let mut lab = Lab::new(2);
    let mut config = center_config();
    config.known_sources = known;
    let center = lab.host(CENTER, config);
    // Nobody is registered yet, and a hundred phones send their passwords at once.
    for n in 0..1_500 {
        lab.inject_bytes(&format!("{OFFICE}:{}", 6_000 + n % 100), center, &options(n));
    }
    let counts = lab.hosts[center].endpoint.counts();
    assert_eq!((counts.dropped_offices, counts.dropped_strangers), (0, 0));
    registered(&mut lab, center, 1001, TALKING);
}

/// A registered phone renews its registration, and its call continues and ends by its own BYE,
/// whatever strangers and neighbours send in any order.
#[test]
fn no_sequence_of_attacks_locks_out_a_registered_phone() {
    for seed in 0..20 {
        let mut town = Town::new();
        for _ in 0..60 {
            let row = &ROWS[town.lab.below(ROWS.len() as u32) as usize];
            let from = [NEIGHBOUR, TALKING, RESTING, FRESH][town.lab.below(4) as usize];
            let times = 1 + town.lab.below(400) as usize;
            town.suffer(&Row { what: row.what, from, times, bytes: row.bytes });
            let pause = town.lab.below(500);
            town.lab.run(Duration::from_millis(pause.into()));
        }
        for who in [Who::Registered, Who::Talk, Who::Trunk] {
            assert!(town.works(who), "seed {seed}: {who:?}");
        }
    }
}

/// A center, its trunk, an office with a call, and strangers.
struct Town {
    lab: Lab,
    center: usize,
    trunk: usize,
    talk: Far,
    /// A nonce 1002's phone was given with its registration.
    nonce: String,
}

impl Town {
    fn new() -> Town {
        let (mut lab, center, trunk) = pair(1);
        registered(&mut lab, center, 1001, TALKING);
        lab.tell(center, dial_seat(2, 1001));
        let answer = answered(&lab.last_sent(center, "INVITE"), SDP);
        lab.inject(TALKING, center, &answer);
        assert!(matches!(lab.events(center).as_slice(), [Event::Answered { .. }]));
        let talk = Far::of(&lab.last_sent(center, "ACK")).turned();
        registered(&mut lab, center, 1002, RESTING);
        let nonce = nonce_of(&lab.last_sent(center, "SIP/2.0 401"));
        lab.run_s(60);
        lab.events(center);
        Town { lab, center, trunk, talk, nonce }
    }

    /// Applies one kind of misbehaviour within a second.
    fn suffer(&mut self, row: &Row) {
        for n in 0..row.times {
            self.lab.inject_bytes(row.from, self.center, &(row.bytes)(n));
        }
    }

    fn counts(&self) -> sip::Counts {
        self.lab.hosts[self.center].endpoint.counts()
    }

    fn challenge(&mut self, from: &str, ask: &str) -> String {
        self.lab.inject(from, self.center, ask);
        nonce_of(&self.lab.last_sent(self.center, "SIP/2.0 401"))
    }

    /// Checks at once that all are served.
    fn works(&mut self, who: Who) -> bool {
        let (lab, center) = (&mut self.lab, self.center);
        lab.events(center);
        match who {
            Who::Trunk => {
                lab.tell(self.trunk, dial_uri(2, "sip:12345@10.0.0.1:5060"));
                lab.run_s(1);
                lab.events(center).iter().any(|event| matches!(event, Event::Incoming(_)))
            }
            Who::Talk => {
                lab.inject(TALKING, center, &self.talk.request("INVITE", 7, TALKING, HELD));
                let is_held =
                    lab.events(center).iter().any(|e| matches!(e, Event::RemoteChanged { .. }));
                lab.inject(TALKING, center, &self.talk.request("ACK", 7, TALKING, ""));
                lab.inject(TALKING, center, &self.talk.request("BYE", 8, TALKING, ""));
                is_held && lab.events(center).contains(&ended(LegId(2), LegEnd::ByeReceived))
            }
            Who::Registered => {
                // It keeps using its nonce, as phones do.
                let renew = raw_register(1002, RESTING).replace("CSeq: 1", "CSeq: 5");
                let renew = authorized(&renew, 1002, "pw1002", &self.nonce);
                let renew = renew.replace("z9hG4bKagain", "z9hG4bKrenew");
                lab.inject(RESTING, center, &renew);
                let heard = lab.heard_by(RESTING);
                // The nonce count is used up: it is challenged again, and answers.
                if !heard.last().is_some_and(|line| line.contains("401")) {
                    return false;
                }
                let nonce = nonce_of(&lab.last_sent(center, "SIP/2.0 401"));
                lab.inject(RESTING, center, &authorized(&renew_again(), 1002, "pw1002", &nonce));
                let is_renewed = lab.last_sent(center, "SIP/2.0").starts_with("SIP/2.0 200");
                lab.tell(center, dial_seat(4, 1002));
                lab.inject(RESTING, center, &answered(&lab.last_sent(center, "INVITE"), SDP));
                let answered = |e: &Event| matches!(e, Event::Answered { leg: LegId(4), .. });
                is_renewed && lab.events(center).iter().any(answered)
            }
            Who::NewPhone => registers(lab, center, 1003, NEW),
            Who::FreshOffice => {
                // Where the flood forges the phone's address, the phone's retransmissions are
                // accepted: the bucket refills by fifty a second.
                lab.run_s(1);
                registers(lab, center, 1003, FRESH)
            }
        }
    }
}

fn renew_again() -> String {
    raw_register(1002, RESTING).replace("CSeq: 1", "CSeq: 9")
}

/// Whether a phone registers at its first try.
fn registers(lab: &mut Lab, center: usize, seat: u32, from: &str) -> bool {
    let ask = raw_register(seat, from);
    let before = lab.sent.len();
    lab.inject(from, center, &ask);
    let challenge = lab.sent[before..].iter().find(|sent| sent.text.starts_with("SIP/2.0 401"));
    let Some(nonce) = challenge.map(|sent| nonce_of(&sent.text)) else { return false };
    lab.inject(from, center, &authorized(&ask, seat, &format!("pw{seat}"), &nonce));
    let reached = Event::SeatReached { seat: SeatId(seat) };
    lab.events(center).contains(&reached)
}

fn message(method: &str, n: usize, to_tag: &str, more: &str) -> Vec<u8> {
    format!(
        "{method} sip:12345@10.0.0.1 SIP/2.0\r\n\
         Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKm{method}{n};rport\r\n\
         Max-Forwards: 70\r\n\
         From: <sip:1002@a.example>;tag=m{n}\r\n\
         To: <sip:12345@10.0.0.1>{to_tag}\r\n\
         Call-ID: call-{n}\r\n\
         CSeq: 1 {method}\r\n{more}\r\n"
    )
    .into_bytes()
}

fn scan(n: usize) -> Vec<u8> {
    message("REGISTER", n, "", "User-Agent: friendly-scanner\r\n")
}

fn options(n: usize) -> Vec<u8> {
    message("OPTIONS", n, "", "")
}

fn register(n: usize) -> Vec<u8> {
    message("REGISTER", n, "", "Contact: <sip:1002@192.0.2.1>\r\n")
}

fn invite(n: usize) -> Vec<u8> {
    message("INVITE", n, "", "Contact: <sip:1002@192.0.2.1>\r\n")
}

fn forgotten_bye(n: usize) -> Vec<u8> {
    message("BYE", n, ";tag=1", "")
}

fn guess(n: usize) -> Vec<u8> {
    let answer = format!(
        "Authorization: Digest username=\"1002\", realm=\"{REALM}\", nonce=\"{n:072x}\", \
         uri=\"sip:12345@10.0.0.1\", response=\"{n:032x}\", algorithm=MD5\r\n"
    );
    message("REGISTER", n, "", &answer)
}

fn stun(n: usize) -> Vec<u8> {
    let mut bytes = b"\x00\x01\x00\x00\x21\x12\xa4\x42abcd".to_vec();
    bytes.extend_from_slice(&(n as u64).to_be_bytes());
    bytes
}

fn rtp(n: usize) -> Vec<u8> {
    let mut bytes = vec![0x80, 8];
    bytes.extend_from_slice(&(n as u16).to_be_bytes());
    bytes.extend_from_slice(&[0, 0, 0, 160, 0, 0, 0, 1]);
    bytes.extend_from_slice(&[0xd5; 160]);
    bytes
}
