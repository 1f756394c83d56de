//! Phones register, move, fall silent and are unplugged.

use super::*;
use crate::{Transport, digest::hash_password, message::Method};

const SEAT: SeatId = SeatId(1001);

fn at(s: u64) -> Timestamp {
    Timestamp::from_micros(1_795_334_592_000_000) + Duration::from_secs(s)
}

fn flow(port: u16) -> Flow {
    Flow {
        transport: Transport::Tcp,
        local: "10.0.0.1:5060".parse().expect("an address"),
        remote: format!("10.0.0.9:{port}").parse().expect("an address"),
    }
}

fn peer(port: u16) -> Peer {
    Peer::direct(flow(port))
}

fn registrar() -> Registrar {
    let mut registrar = Registrar::new(Limits {
        expires_s_min: 60,
        expires_s_max: 3_600,
        expires_s_default: 300,
        contacts_max: 3,
    });
    assert_eq!(registrar.put_seat(seat(Some("secret"), None)), None);
    registrar
}

fn seat(password: Option<&str>, fixed: Option<&str>) -> Seat {
    let secret = password.map(|password| hash_password("1001", "heartline", password));
    Seat { seat: SEAT, secret, fixed: fixed.map(str::to_owned) }
}

fn request(cseq: u32, contacts: &[&str], expires: Option<&str>) -> Message {
    let uri = Uri::parse("sip:heartline").expect("a URI");
    let mut request = Message::request(Method::Register, uri);
    request.headers.push(Name::To, "<sip:1001@heartline>");
    request.headers.push(Name::CallId, "a");
    request.headers.push(Name::CSeq, format_args!("{cseq} REGISTER"));
    for contact in contacts {
        request.headers.push(Name::Contact, contact);
    }
    if let Some(expires) = expires {
        request.headers.push(Name::Expires, expires);
    }
    request
}

/// Registers and returns the contacts of the 200 as text.
fn accepted(r: &mut Registrar, now: Timestamp, port: u16, request: &Message) -> Vec<String> {
    match r.register(now, SEAT, peer(port), Vec::new(), request) {
        RegisterOutcome::Accept { contacts, .. } => {
            contacts.iter().map(NameAddr::to_string).collect()
        }
        refused => panic!("{refused:?}"),
    }
}

#[test]
fn registered_phone_is_called_over_its_flow() {
    let mut r = registrar();
    let first = r.register(
        at(0),
        SEAT,
        peer(1),
        Vec::new(),
        &request(1, &["<sip:1001@192.168.1.5>"], None),
    );
    let RegisterOutcome::Accept { contacts, change } = first else { panic!("accepted") };
    assert_eq!(change, Some(ReachabilityChange::Reachable));
    assert_eq!(contacts[0].to_string(), "<sip:1001@192.168.1.5>;expires=300");
    let contact = &r.contacts(SEAT)[0];
    assert_eq!((contact.peer, contact.expires_at), (Some(peer(1)), Some(at(300))));
    assert_eq!(r.seat_at(peer(1)), Some(SEAT));
    assert_eq!(r.seat_at(peer(2)), None);
}

#[test]
fn seat_is_unreachable_when_its_contact_expires() {
    let mut r = registrar();
    accepted(&mut r, at(0), 1, &request(1, &["<sip:a@h>"], Some("60")));
    assert_eq!(r.poll_timeout(), Some(at(60)));
    assert_eq!(r.expire(at(59)), []);
    assert_eq!(r.expire(at(60)), [SEAT]);
    assert_eq!((r.contacts(SEAT).len(), r.poll_timeout(), r.seat_at(peer(1))), (0, None, None));
}

#[test]
fn refresh_moves_expiry_and_flow() {
    let mut r = registrar();
    accepted(&mut r, at(0), 1, &request(1, &["<sip:a@h>"], Some("60")));
    accepted(&mut r, at(50), 2, &request(2, &["<sip:a@h>"], Some("60")));
    assert_eq!((r.poll_timeout(), r.contacts(SEAT).len()), (Some(at(110)), 1));
    assert_eq!((r.seat_at(peer(1)), r.seat_at(peer(2))), (None, Some(SEAT)));
}

#[test]
fn two_phones_on_one_seat_leave_one_by_one() {
    let mut r = registrar();
    accepted(&mut r, at(0), 1, &request(1, &["<sip:a@h>;q=0.3"], Some("600")));
    accepted(&mut r, at(0), 2, &request(2, &["<sip:b@h>;q=0.9"], Some("900")));
    let users: Vec<_> = r.contacts(SEAT).into_iter().filter_map(|c| c.uri.user).collect();
    assert_eq!(users, ["b", "a"]);
    assert_eq!(r.expire(at(600)), []);
    assert_eq!(r.expire(at(900)), [SEAT]);
}

#[test]
fn closed_connection_removes_its_contacts() {
    let mut r = registrar();
    accepted(&mut r, at(0), 1, &request(1, &["<sip:a@h>"], None));
    accepted(&mut r, at(0), 2, &request(2, &["<sip:b@h>"], None));
    assert_eq!(r.closed(flow(1)), []);
    assert_eq!(r.closed(flow(3)), []);
    assert_eq!(r.closed(flow(2)), [SEAT]);
}

#[test]
fn contacts_are_removed_by_name_or_star() {
    let mut r = registrar();
    accepted(&mut r, at(0), 1, &request(1, &["<sip:a@h>", "<sip:b@h>"], None));
    assert_eq!(accepted(&mut r, at(1), 1, &request(2, &["<sip:a@h>;expires=0"], None)).len(), 1);
    let star = r.register(at(1), SEAT, peer(1), Vec::new(), &request(3, &["*"], Some("0")));
    assert_eq!(
        star,
        RegisterOutcome::Accept { contacts: vec![], change: Some(ReachabilityChange::Unreachable) }
    );
    let refused = r.register(at(1), SEAT, peer(1), Vec::new(), &request(4, &["*"], Some("60")));
    assert_eq!(refused, RegisterOutcome::Refuse(400));
    let refused = r.register(at(1), SEAT, peer(1), Vec::new(), &request(4, &["*"], None));
    assert_eq!(refused, RegisterOutcome::Refuse(400));
}

#[test]
fn register_without_contacts_only_queries() {
    let mut r = registrar();
    accepted(&mut r, at(0), 1, &request(1, &["<sip:a@h>"], None));
    let told = accepted(&mut r, at(100), 2, &request(2, &[], None));
    assert_eq!(told, ["<sip:a@h>;expires=200"]);
}

#[test]
fn too_short_too_long_and_malformed_expiry() {
    let mut r = registrar();
    let brief =
        r.register(at(0), SEAT, peer(1), Vec::new(), &request(1, &["<sip:a@h>"], Some("59")));
    assert_eq!(brief, RegisterOutcome::TooBrief { least_s: 60 });
    assert_eq!(r.contacts(SEAT), []);
    let long = accepted(&mut r, at(0), 1, &request(1, &["<sip:a@h>"], Some("999999")));
    assert_eq!(long, ["<sip:a@h>;expires=3600"]);
    let odd = accepted(&mut r, at(0), 1, &request(2, &["<sip:a@h>"], Some("soon")));
    assert_eq!(odd, ["<sip:a@h>;expires=3600"]);
}

#[test]
fn register_older_than_the_last_changes_nothing() {
    let mut r = registrar();
    accepted(&mut r, at(0), 1, &request(2, &["<sip:a@h>", "<sip:b@h>"], None));
    for late in [request(1, &["<sip:b@h>;expires=0"], None), request(2, &["*"], Some("0"))] {
        assert_eq!(
            r.register(at(1), SEAT, peer(1), Vec::new(), &late),
            RegisterOutcome::Refuse(500)
        );
    }
    // All or nothing: c must not be registered when b is refused.
    let half = request(1, &["<sip:c@h>", "<sip:b@h>"], None);
    assert_eq!(r.register(at(1), SEAT, peer(1), Vec::new(), &half), RegisterOutcome::Refuse(500));
    assert_eq!(r.contacts(SEAT).len(), 2);
    // After a restart the phone uses another Call-ID and a new CSeq.
    let mut restarted = request(1, &["<sip:a@h>"], None);
    restarted.headers.set(Name::CallId, "b");
    assert_eq!(accepted(&mut r, at(2), 1, &restarted).len(), 2);
}

#[test]
fn frequently_restarting_phone_replaces_its_stale_contacts() {
    let mut r = registrar();
    for n in 1..=5 {
        let contact = format!("<sip:a@h:{n}>");
        accepted(&mut r, at(n.into()), n, &request(n.into(), &[&contact], None));
    }
    let ports: Vec<_> = r.contacts(SEAT).into_iter().filter_map(|c| c.uri.port).collect();
    assert_eq!(ports, [3, 4, 5]);
    assert_eq!(r.seat_at(peer(1)), None);
}

#[test]
fn register_for_another_seat_is_refused() {
    let mut r = registrar();
    let mut other = request(1, &["<sip:a@h>"], None);
    other.headers.set(Name::To, "<sip:1002@heartline>");
    assert_eq!(r.register(at(0), SEAT, peer(1), Vec::new(), &other), RegisterOutcome::Refuse(403));
    other.headers.set(Name::To, "isbn:2983792873");
    assert_eq!(r.register(at(0), SEAT, peer(1), Vec::new(), &other), RegisterOutcome::Refuse(403));
    let nobody = r.register(at(0), SeatId(7), peer(1), Vec::new(), &request(1, &[], None));
    assert_eq!(nobody, RegisterOutcome::Refuse(404));
    let odd =
        r.register(at(0), SEAT, peer(1), Vec::new(), &request(1, &["<name:John_Smith>"], None));
    assert_eq!(odd, RegisterOutcome::Refuse(400));
}

#[test]
fn new_password_removes_contacts_of_the_old_one() {
    let mut r = registrar();
    accepted(&mut r, at(0), 1, &request(1, &["<sip:a@h>"], None));
    assert_eq!(r.put_seat(seat(Some("secret"), None)), None);
    assert_eq!(r.put_seat(seat(Some("new"), None)), Some(ReachabilityChange::Unreachable));
    assert_eq!((r.poll_timeout(), r.seat_at(peer(1))), (None, None));
}

#[test]
fn fixed_contact_stays_until_the_seat_is_removed() {
    let mut r = registrar();
    assert_eq!(
        r.put_seat(seat(None, Some("sip:gate@10.1.1.1"))),
        Some(ReachabilityChange::Reachable)
    );
    assert_eq!(r.contacts(SEAT)[0].peer, None);
    assert_eq!(r.expire(at(1_000_000)), []);
    assert_eq!(r.secret("1001"), None, "no phone may register");
    assert_eq!(r.remove_seat(SEAT), Some(ReachabilityChange::Unreachable));
    assert_eq!(r.remove_seat(SEAT), None);
    assert_eq!(r.contacts(SEAT), []);
}

#[test]
fn users_are_seats() {
    let r = registrar();
    assert!(r.secret("1001").is_some());
    for user in ["1002", "", "alice", "-1", "99999999999"] {
        assert_eq!(r.secret(user), None, "{user}");
    }
}

#[test]
fn two_phones_behind_one_proxy_survive_its_closed_connection() {
    let mut r = registrar();
    let behind = |port| Peer { source: flow(port).remote, ..peer(1) };
    let path = vec![NameAddr::parse("<sip:10.0.0.9;lr>").expect("a Path")];
    for (port, contact) in [(5, "<sip:a@h>"), (6, "<sip:b@h>")] {
        let done =
            r.register(at(0), SEAT, behind(port), path.clone(), &request(1, &[contact], None));
        assert!(matches!(done, RegisterOutcome::Accept { .. }), "{done:?}");
    }
    assert_eq!((r.seat_at(behind(5)), r.seat_at(behind(6))), (Some(SEAT), Some(SEAT)));
    assert_eq!((r.seat_at(behind(7)), r.seat_at(peer(1))), (None, None));
    assert_eq!(r.contacts(SEAT)[0].path, path);
    // Their Path names the proxy, which is reached over another connection.
    assert_eq!(r.closed(flow(1)), []);
    assert_eq!(r.contacts(SEAT).len(), 2);
}

#[test]
fn phone_with_a_path_without_address_is_removed_with_its_connection() {
    let mut r = registrar();
    let behind = Peer { source: flow(5).remote, ..peer(1) };
    let path = vec![NameAddr::parse("<sip:proxy.example.com;lr>").expect("a Path")];
    let done = r.register(at(0), SEAT, behind, path, &request(1, &["<sip:a@h>"], None));
    assert!(matches!(done, RegisterOutcome::Accept { .. }), "{done:?}");
    assert_eq!(r.closed(flow(1)), [SEAT]);
    assert_eq!(r.contacts(SEAT), []);
}
