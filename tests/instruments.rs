//! Checks of the test tools: phones, SIPp, browser and WAV reader work.
//!
//! No engine takes part: SIPp calls baresip directly. When one of these fails, the fault is in
//! the tools of this machine, not in the engine.

mod support;

use support::{Browser, Phone, ScriptedCaller, Side, Sipp, Wav, alaw_tone, free_port, sipp::Calls};

#[test]
fn caller_and_seat_hear_each_others_tones() {
    let (phone, at) = Phone::answering_at(free_port(), 440);
    let calls = Calls { dialled: "1001", tone: 1_000, pause_ms: 2_000, ..Calls::default() };
    Sipp::start(at, &calls).finish();
    phone.wait_for("CALL_CLOSED");
    let heard = phone.heard().pop().expect("the seat heard a voice");
    let tone = heard.tone_seconds(Side::Caller, 1_000.0);
    assert!(tone > 1.0, "{tone} s of the caller's tone in {} s", heard.seconds());
    assert!(heard.tone_seconds(Side::Caller, 440.0) < 0.2, "and not its own");
}

#[test]
fn every_wellformed_sipp_scenario_is_understood_by_another_phone() {
    for scenario in ["call", "hold", "late_offer"] {
        let (phone, at) = Phone::answering_at(free_port(), 440);
        let calls = Calls { scenario, dialled: "1001", pause_ms: 500, ..Calls::default() };
        Sipp::start(at, &calls).finish();
        phone.wait_for("CALL_CLOSED");
    }
}

#[test]
fn handwritten_call_is_understood_by_another_phone() {
    let (phone, at) = Phone::answering_at(free_port(), 440);
    let call = ScriptedCaller::new(at, "1001", 1);
    call.invite();
    let answer = call.final_answer("INVITE").expect("an answer");
    assert_eq!(answer.status, 200);
    call.acknowledge(&answer);
    phone.wait_for("CALL_ESTABLISHED");
    call.hang_up(&answer);
    assert_eq!(call.final_answer("BYE").expect("an answer").status, 200);
}

#[test]
fn handwritten_cancel_is_understood_by_a_ringing_phone() {
    let (_phone, at) = Phone::ringing_at(free_port(), 440);
    let call = ScriptedCaller::new(at, "1001", 1);
    call.invite();
    call.cancel();
    assert_eq!(call.final_answer("CANCEL").expect("an answer").status, 200);
    let answer = call.final_answer("INVITE").expect("an answer");
    assert_eq!(answer.status, 487);
    call.acknowledge(&answer);
}

#[test]
fn browser_driver_types_clicks_and_reads() {
    let page = Browser::open();
    page.go("data:text/html,<input name=who><p id=out></p><button onclick=\"out.innerText=document.querySelector('input').value\">say</button>");
    page.fill("input[name=who]", "wang");
    page.click("button");
    assert_eq!(page.text("p:not(:empty)"), "wang");
    assert_eq!(page.run("return 6 * 7"), 42);
}

#[test]
fn wav_reader_tells_channels_and_tones_apart() {
    // Half a second: 600 Hz on the left throughout, 900 Hz on the right in the second half.
    let sine = |n: u32, hertz: f64| {
        let turn = f64::from(n) * hertz / 8_000.0 * 2.0 * std::f64::consts::PI;
        (turn.sin() * 9_000.0) as i16
    };
    let mut pcm = Vec::new();
    for n in 0..8_000 {
        pcm.extend(sine(n, 600.0).to_le_bytes());
        pcm.extend(if n < 4_000 { 0i16 } else { sine(n, 900.0) }.to_le_bytes());
    }
    let mut file = b"RIFF____WAVEfmt \x10\0\0\0\x01\0\x02\0".to_vec();
    file.extend(8_000u32.to_le_bytes());
    file.extend(32_000u32.to_le_bytes());
    file.extend(b"\x04\0\x10\0data");
    file.extend((pcm.len() as u32).to_le_bytes());
    file.extend(pcm);
    let wav = Wav::parse(&file).unwrap();
    assert_eq!((wav.seconds(), wav.channels, wav.rate), (1.0, 2, 8_000));
    assert_eq!(wav.tone_seconds(Side::Caller, 600.0), 1.0);
    assert_eq!(wav.tone_seconds(Side::Caller, 900.0), 0.0);
    assert_eq!(wav.tone_seconds(Side::Hotline, 900.0), 0.5);
    assert_eq!(wav.longest_silence(Side::Hotline), 0.5);
    assert_eq!(wav.longest_silence(Side::Caller), 0.0);
    assert_eq!(alaw_tone(1_000.0).len(), 80_000);
}
