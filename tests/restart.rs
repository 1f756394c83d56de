//! Starts and stops: after a crash phones ring where they were and calls that were up get BYE; which
//! signals end the engine; what systemd is told.

mod support;

use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use rustix::process::Signal;
use support::{House, Phone, Program, password};

#[test]
fn phone_over_udp_is_called_after_a_crash_without_registering_anew() {
    let house = House::with_seats(1);
    let engine = house.start();
    // It registers every minute; what happens in less than that it had no part in.
    let seat = engine.ready_seat(1001, 700);
    // What was registered is on disk within a second.
    seat.talks_for(Duration::from_secs(2));
    engine.kill();

    let registered = seat.count("REGISTER_OK");
    let engine = house.start();
    engine.is_ready_again(1001);
    let seen = engine.events.so_far();
    // By the log's own clock, which no busy test machine holds up.
    let since_start = |name: &str| {
        let started = seen.iter().rposition(|r| r["event"] == "EngineStarted").unwrap();
        let found = seen[started..].iter().find(|r| r["event"] == name).expect(name);
        found["at"].as_u64().unwrap() - seen[started]["at"].as_u64().unwrap()
    };
    let reached_us = since_start("SeatReached");
    assert!(reached_us < 2_000_000, "reached {reached_us} µs after the start");
    let caller = Phone::caller("13811112222", 1_200);
    caller.dial("12345", engine.sip);
    let connected = engine.events.wait_for("CallConnected");
    assert_eq!(connected["of"]["seat"], 1001);
    assert_eq!(seat.count("REGISTER_OK"), registered, "it did not register anew");
    engine.stop();
}

#[test]
fn phone_over_tcp_is_unreachable_after_a_crash_until_it_is_back() {
    let house = House::with_seats(1);
    let engine = house.start();
    let seat = Phone::seat_over_tcp(engine.sip, 1001, &password(1001));
    engine.sign_in(1001);
    seat.talks_for(Duration::from_secs(2));
    engine.kill();

    let engine = house.start();
    let caller = Phone::caller("13811112222", 1_200);
    caller.dial("12345", engine.sip);
    let in_a_minute = Duration::from_secs(120);
    engine.events.wait_within(in_a_minute, "the call", 1, |r| r["event"] == "CallConnected");
    let seen = engine.events.so_far();
    let started = seen.iter().rposition(|r| r["event"] == "EngineStarted").unwrap();
    let place = |name: &str| {
        let found = seen[started..].iter().position(|record| record["event"] == name);
        found.unwrap_or_else(|| panic!("no {name} after the start"))
    };
    assert_eq!(seen[started + place("SeatNotReady")]["of"]["reason"], "unreachable");
    assert!(place("SeatReached") < place("OfferMade"), "it is rung when it is back, not before");
    assert!(!seen.iter().any(|r| r["event"] == "OfferMissed"), "and nothing was missed");
    engine.stop();
}

#[test]
fn nothing_is_sent_twice_after_a_clean_stop() {
    let house = House::with_seats(1);
    let engine = house.start();
    let seat = engine.ready_seat(1001, 700);
    let caller = Phone::caller("13811112222", 1_200);
    caller.dial("12345", engine.sip);
    engine.events.wait_for("CallConnected");
    caller.talks_for(Duration::from_secs(1));
    engine.stop();
    seat.wait_for("CALL_CLOSED");
    caller.wait_for("CALL_CLOSED");
    let state = std::fs::read_to_string(house.path("data/sip.state")).unwrap();
    assert!(state.contains("{\"contact\":"), "the phone is known at the next start: {state}");
    assert!(!state.contains("{\"dialog\":"), "and no BYE is owed: {state}");
    let engine = house.start();
    engine.is_ready_again(1001);
    engine.stop();
}

#[test]
fn signals_that_mean_nothing_are_logged_and_end_no_call() {
    let house = House::with_seats(1);
    let engine = house.start();
    let _seat = engine.ready_seat(1001, 700);
    let caller = Phone::caller("13811112222", 1_200);
    caller.dial("12345", engine.sip);
    engine.events.wait_for("CallConnected");
    let signals = [
        ("SIGHUP", Signal::HUP),
        ("SIGUSR1", Signal::USR1),
        ("SIGUSR2", Signal::USR2),
        ("SIGTSTP", Signal::TSTP),
        ("SIGALRM", Signal::ALARM),
    ];
    for (name, signal) in signals {
        engine.signal(signal);
        engine.wait_for_line(&format!("that it ignores {name}"), |line| {
            line.contains(&format!("{name} is ignored"))
        });
    }
    engine.signal(Signal::PIPE);
    caller.talks_for(Duration::from_secs(2));
    assert!(engine.is_healthy());
    engine.stop();
}

#[test]
fn systemd_is_told_that_the_engine_is_ready_works_and_stops() {
    let house = House::with_seats(1);
    let path = house.path("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let told = || {
        let mut buffer = [0; 1024];
        let length = socket.recv(&mut buffer).expect("a message for systemd");
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    };
    let mut serve = house.serve();
    serve.env("NOTIFY_SOCKET", &path).env("WATCHDOG_USEC", "2000000");
    let engine = Program::start("heartline", &mut serve);
    let ready = told();
    assert!(ready.contains("READY=1") && ready.contains("STATUS="), "{ready}");
    for _ in 0..3 {
        assert_eq!(told().trim(), "WATCHDOG=1");
    }
    engine.signal(Signal::TERM);
    let stops = || told().contains("STOPPING=1");
    assert!((0..10).any(|_| stops()), "it says that it stops");
}
