//! Starts and stops: after a crash phones ring without registering again and interrupted calls get BYE;
//! signals; notifications to systemd.

mod support;

use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use rustix::process::Signal;
use support::{
    Installation, PATIENCE, Phone, Program, ScriptedCaller, Side, Spray, password, until,
};

#[test]
fn udp_phone_rings_after_a_crash_without_registering_again() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    // It registers every minute; the test is faster, so no new registration takes part.
    let seat = engine.ready_seat(1001, 700);
    // Registrations are on disk within a second.
    seat.talks_for(Duration::from_secs(2));
    engine.kill();

    let registered = seat.count("REGISTER_OK");
    let engine = installation.start();
    engine.is_ready_again(1001);
    let seen = engine.events.so_far();
    // By the log's own clock, so that a busy test machine does not matter.
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
fn tcp_phone_is_unreachable_after_a_crash_until_it_registers() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    let seat = Phone::seat_over_tcp(engine.sip, 1001, &password(1001));
    engine.sign_in(1001);
    seat.talks_for(Duration::from_secs(2));
    engine.kill();

    let engine = installation.start();
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
fn rtp_of_an_interrupted_call_is_not_heard_in_the_next_call_on_its_port() {
    const OLD_CALLER: u32 = 2_300;
    let installation = Installation::with_seats(1).with_two_lasting_pairs();
    let engine = installation.start();
    let seat = engine.ready_seat(1001, 700);
    let mut ports = engine.voice_ports();
    let old_caller = ScriptedCaller::new(engine.sip, "12345", 1);
    old_caller.invite();
    old_caller.acknowledge(&old_caller.final_answer("INVITE").expect("the call is answered"));
    engine.events.wait_for("CallConnected");
    // It sends RTP from another port of its gateway than its SDP names, and never stops. Whether the
    // next caller gets the caller's or the seat's old port, the old RTP arrives there.
    let spray = Spray::of_old_callers(ports.clone(), OLD_CALLER);
    seat.talks_for(Duration::from_secs(3));
    engine.kill();

    let engine = installation.start();
    let bye = old_caller.request("BYE", PATIENCE).expect("the engine ends the call");
    old_caller.reply(&bye, 200);
    seat.wait_for("CALL_CLOSED");
    engine.is_ready_again(1001);
    let mut ports_now = engine.voice_ports();
    ports.sort_unstable();
    ports_now.sort_unstable();
    assert_eq!(ports_now, ports, "the next call has no other port");
    // From the same gateway, and muted.
    let caller = ScriptedCaller::new(engine.sip, "12345", 2);
    caller.invite();
    let answer = caller.final_answer("INVITE").expect("the call is answered");
    caller.acknowledge(&answer);
    let connected = engine
        .events
        .wait_for_count("a talk after the start", 2, |record| record["event"] == "CallConnected");
    let call = connected.last().unwrap()["of"]["call"].as_str().unwrap();
    spray.goes_on_for(150);
    until("the old caller's packets are counted as a stranger's", || {
        let metrics = engine.api.get("/metrics").text();
        let count = metrics.lines().find_map(|l| l.strip_prefix("heartline_rtp_strangers_total "));
        count?.parse::<u64>().ok().filter(|packets| *packets > 150)
    });
    caller.hang_up(&answer);
    engine.events.wait_for_call("CallEnded", call);
    seat.wait_for_nth("CALL_CLOSED", 2);
    assert_eq!(spray.stop(), 0, "packets of a call went to the old caller's other port");

    let mut heard = seat.heard();
    let (now, before) = (heard.pop().expect("the second call"), heard.pop().expect("the first"));
    let old = before.tone_seconds(Side::Caller, OLD_CALLER.into());
    assert!(old > 1.0, "{old} s of the old caller in the call before");
    let recorded = engine.recording(call);
    for (what, voice) in [("heard by the seat", now), ("recorded", recorded)] {
        let old = voice.tone_seconds(Side::Caller, OLD_CALLER.into());
        assert!(old < 0.1, "{old} s of the old caller {what}");
    }
    engine.stop();
}

#[test]
fn clean_stop_sends_nothing_twice() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    let seat = engine.ready_seat(1001, 700);
    let caller = Phone::caller("13811112222", 1_200);
    caller.dial("12345", engine.sip);
    engine.events.wait_for("CallConnected");
    caller.talks_for(Duration::from_secs(1));
    engine.stop();
    seat.wait_for("CALL_CLOSED");
    caller.wait_for("CALL_CLOSED");
    let state = std::fs::read_to_string(installation.path("data/sip.state")).unwrap();
    assert!(state.contains("{\"contact\":"), "the phone is known at the next start: {state}");
    assert!(!state.contains("{\"dialog\":"), "and no BYE is owed: {state}");
    let engine = installation.start();
    engine.is_ready_again(1001);
    engine.stop();
}

#[test]
fn ignored_signals_are_logged_and_end_no_call() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    let _seat = engine.ready_seat(1001, 700);
    let caller = Phone::caller("13811112222", 1_200);
    caller.dial("12345", engine.sip);
    engine.events.wait_for("CallConnected");
    let signals = [
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
    // A closed terminal ends nothing: the folder is as it was.
    engine.signal(Signal::HUP);
    engine.wait_for_line("the reload", |line| line.contains("equals the config in force"));
    caller.talks_for(Duration::from_secs(2));
    assert!(engine.is_healthy());
    engine.stop();
}

#[test]
fn systemd_gets_ready_watchdog_and_stopping() {
    let installation = Installation::with_seats(1);
    let path = installation.path("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let message = || {
        let mut buffer = [0; 1024];
        let length = socket.recv(&mut buffer).expect("a message for systemd");
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    };
    let mut serve = installation.serve();
    serve.env("NOTIFY_SOCKET", &path).env("WATCHDOG_USEC", "2000000");
    let engine = Program::start("heartline", &mut serve);
    let ready = message();
    assert!(ready.contains("READY=1") && ready.contains("STATUS="), "{ready}");
    for _ in 0..3 {
        assert_eq!(message().trim(), "WATCHDOG=1");
    }
    engine.signal(Signal::TERM);
    let stops = || message().contains("STOPPING=1");
    assert!((0..10).any(|_| stops()), "it says that it stops");
}
