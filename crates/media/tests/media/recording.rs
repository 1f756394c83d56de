//! The recording: two channels, as long as the call, every packet at its time, every gap listed.

use crate::lab::*;
use media::{Command, Event, Gap};
use primitives::Codec;

/// A call from 0 to `ms` with both sides talking all the time.
fn talk(lab: &mut Lab, caller: &mut Phone, seat: &mut Phone, ms: u64) {
    lab.add_seat();
    lab.bridge(seat);
    lab.speak(caller, 0, ms);
    lab.speak(seat, 0, ms);
}

fn close_at(lab: &mut Lab, ms: u64) {
    lab.run_to(ms);
    lab.close();
    let frames = lab.out.closing.as_ref().map(|c| c.frames);
    assert_eq!(frames, Some(ms * 8), "the recording is as long as the call");
    assert_eq!(lab.out.stereo.len() as u64, ms * 16, "and so is each channel");
}

#[test]
fn caller_is_on_the_left_channel_and_what_he_hears_on_the_right() {
    let (mut caller, mut seat) = (Phone::caller(), Phone::seat());
    let mut lab = Lab::open(&caller);
    lab.speak(&mut caller, 0, 6_000);
    lab.run_to(3_000);
    lab.add_seat();
    lab.run_to(4_000);
    lab.bridge(&seat);
    lab.speak(&mut seat, 4_001, 6_000);
    close_at(&mut lab, 6_000);
    let (left, right) = (lab.left(), lab.right());
    assert!(sounds(&left, CALLER_HZ) && !sounds(&left, SEAT_HZ) && !sounds(&left, MUSIC_HZ));
    assert!(sounds(&right[..8_000], GREETING_HZ));
    assert!(sounds(&right[9_000..32_000], MUSIC_HZ));
    assert!(sounds(&right[32_000..], SEAT_HZ) && !sounds(&right[32_000..], MUSIC_HZ));
    assert!(!sounds(&right, CALLER_HZ));
    let closing = lab.out.closing.unwrap();
    assert_eq!((closing.caller.count, closing.hotline.count), (0, 0), "{closing:?}");
    assert_eq!(lab.out.opened, 1);
}

#[test]
fn every_lost_packet_is_a_recorded_gap() {
    let (mut caller, mut seat) = (Phone::caller(), Phone::seat());
    let mut lab = Lab::open(&caller);
    lab.add_seat();
    lab.bridge(&seat);
    lab.speak(&mut seat, 0, 4_000);
    for n in 0..200 {
        let packet = caller.packet();
        if !(n == 50 || (100..103).contains(&n)) {
            lab.deliver(f64::from(n) * 20.0, CALLER_PORT, caller.from, packet);
        }
    }
    close_at(&mut lab, 4_000);
    let closing = lab.out.closing.unwrap();
    let gaps = [Gap { start_ms: 1_000, len_ms: 20 }, Gap { start_ms: 2_000, len_ms: 60 }];
    assert_eq!(closing.caller.list, gaps);
    assert_eq!((closing.caller.count, closing.caller.total_ms), (2, 80));
    assert_eq!(lab.out.gap_frames, [640, 0]);
    assert_eq!(closing.hotline.count, 0);
    assert_eq!((closing.quality.caller.packets, closing.quality.caller.lost), (196, 4));
}

#[test]
fn loss_reordering_and_duplicates_leave_both_channels_equally_long() {
    let (mut caller, mut seat) = (Phone::caller(), Phone::seat());
    let mut lab = Lab::open(&caller);
    lab.add_seat();
    lab.bridge(&seat);
    let (mut dropped, mut seed) = (0, 12_345u64);
    for n in 0..3_000u64 {
        for phone in [&mut caller, &mut seat] {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let chance = (seed >> 33) % 1_000;
            // Up to 90 ms of jitter: packets overtake one another.
            let late = (seed >> 45) % 90;
            let (packet, port, from) = (phone.packet(), phone.rtp_port, phone.from);
            if n > 0 && n < 2_990 && chance < 50 {
                dropped += 1;
                continue;
            }
            let copies = 1 + u64::from(chance > 950);
            for copy in 0..copies {
                lab.deliver((n * 20 + late + copy * 3) as f64, port, from, packet.clone());
            }
        }
    }
    close_at(&mut lab, 60_000);
    let closing = lab.out.closing.take().unwrap();
    assert!(dropped > 200);
    let lost = closing.quality.caller.lost + closing.quality.seat.lost;
    assert!(lost.abs_diff(dropped) <= 8, "{lost} {dropped}");
    let told = closing.caller.total_ms + closing.hotline.total_ms;
    assert!(told.abs_diff(dropped * 20) < 400, "{told} {dropped}");
    assert_eq!(closing.caller.late_packets + closing.hotline.late_packets, 0);
    for (channel, hertz) in [(lab.left(), CALLER_HZ), (lab.right(), SEAT_HZ)] {
        let whole = channel.chunks_exact(480).filter(|piece| sounds(piece, hertz)).count();
        assert!(whole > 900, "{whole} of 1000 pieces, though one packet in twenty is lost");
    }
}

#[test]
fn packet_behind_the_window_is_counted_as_late() {
    let (mut caller, mut seat) = (Phone::caller(), Phone::seat());
    let mut lab = Lab::open(&caller);
    lab.add_seat();
    lab.bridge(&seat);
    lab.speak(&mut seat, 0, 2_000);
    for n in 0..100 {
        let late = if n == 20 { 700.0 } else { 0.0 };
        let packet = caller.packet();
        lab.deliver(f64::from(n) * 20.0 + late, CALLER_PORT, caller.from, packet);
    }
    close_at(&mut lab, 2_000);
    let closing = lab.out.closing.unwrap();
    assert_eq!(closing.caller.late_packets, 1);
    assert_eq!(closing.caller.list, [Gap { start_ms: 400, len_ms: 20 }]);
    assert_eq!(closing.quality.caller.lost, 0, "late for the file is not lost on the way");
}

#[test]
fn clock_drift_of_200_ppm_for_an_hour_stays_within_a_frame() {
    for ppm in [200.0, -200.0] {
        let (mut caller, mut seat) = (Phone::caller(), Phone::seat());
        let mut lab = Lab::open(&caller);
        lab.add_seat();
        lab.bridge(&seat);
        // The caller says a short word every five minutes, and sends nothing otherwise.
        let (mut n, mut words) = (0u64, Vec::new());
        loop {
            let ms = n as f64 * 20.0 * (1.0 + ppm / 1e6);
            if ms >= 3_600_000.0 - 20.0 {
                break;
            }
            let hertz = if n % 15_000 == 14_000 { CALLER_HZ } else { 0.0 };
            caller.hertz = hertz;
            if hertz > 0.0 {
                words.push((ms * 8.0) as usize);
            }
            let (packet, jitter) = (caller.packet(), (n * 7 % 13) as f64);
            lab.deliver(ms + jitter, CALLER_PORT, caller.from, packet);
            n += 1;
        }
        lab.speak(&mut seat, 0, 3_600_000);
        close_at(&mut lab, 3_600_000);
        let left = lab.left();
        for word in words {
            let from = word.saturating_sub(2_000);
            let loud = left[from..word + 2_000].iter().position(|s| s.unsigned_abs() > 2_000);
            let found = from + loud.unwrap_or(0);
            assert!(found.abs_diff(word) <= 200, "{ppm} ppm: said at {word}, found at {found}");
        }
        let closing = lab.out.closing.unwrap();
        // At the slow end the last packet may be a frame short of the close.
        assert!(closing.caller.total_ms <= 40, "{ppm} ppm: {:?}", closing.caller);
    }
}

#[test]
fn new_ssrc_and_timestamp_jump_are_placed_at_arrival_time() {
    let (mut caller, mut seat) = (Phone::caller(), Phone::seat());
    let mut lab = Lab::open(&caller);
    talk(&mut lab, &mut caller, &mut seat, 2_000);
    lab.run_to(2_000);
    (caller.ssrc, caller.seq, caller.ts) = (77, 9, 123);
    lab.speak(&mut caller, 2_000, 4_000);
    lab.speak(&mut seat, 2_000, 6_000);
    lab.run_to(4_000);
    caller.ts = caller.ts.wrapping_sub(1_000_000);
    lab.speak(&mut caller, 4_000, 6_000);
    close_at(&mut lab, 6_000);
    assert!(sounds(&lab.left()[16_000..32_000], CALLER_HZ));
    assert!(sounds(&lab.left()[32_000..], CALLER_HZ));
    let closing = lab.out.closing.unwrap();
    assert_eq!(closing.caller.total_ms, 0, "{:?}", closing.caller);
}

/// The samples of a phone with this tone, from its first packet on, after its codec.
fn said(phone: &Phone, packets: usize) -> Vec<i16> {
    let mut again = Phone::new("192.0.2.99:1", phone.rtp_port, phone.hertz, 1);
    (0..packets).flat_map(|_| decode(Codec::Pcma, &again.packet()[12..])).collect()
}

/// How many samples of `left` from `ms` on equal those of `said`.
fn same_samples(left: &[i16], ms: usize, said: &[i16]) -> usize {
    left[ms * 8..].iter().zip(said).filter(|(a, b)| a == b).count()
}

#[test]
fn constant_or_slow_timestamps_lose_no_sample() {
    for step in [0u32, 80, 159, 160] {
        let mut caller = Phone::caller();
        let mut lab = Lab::open(&caller);
        let said = said(&caller, 150);
        for n in 0..150u32 {
            let ts = caller.ts;
            let packet = caller.packet();
            caller.ts = ts.wrapping_add(step);
            lab.deliver(f64::from(n) * 20.0, CALLER_PORT, caller.from, packet);
        }
        close_at(&mut lab, 3_000);
        assert_eq!(same_samples(&lab.left(), 0, &said), 24_000, "{step}");
        let closing = lab.out.closing.unwrap();
        assert_eq!((closing.caller.late_packets, closing.caller.total_ms), (0, 0), "{step}");
    }
}

#[test]
fn fast_timestamps_lose_no_sample_and_keep_their_time() {
    for step in [200u32, 320, 480] {
        let mut caller = Phone::caller();
        let mut lab = Lab::open(&caller);
        for n in 0..150u32 {
            let ts = caller.ts;
            let packet = caller.packet();
            caller.ts = ts.wrapping_add(step);
            lab.deliver(f64::from(n) * 20.0, CALLER_PORT, caller.from, packet);
        }
        close_at(&mut lab, 3_000);
        let left = lab.left();
        // The first packets are apart, until it is clear that the timestamps are wrong.
        let voiced = left.chunks_exact(160).filter(|piece| piece.iter().any(|s| *s != 0)).count();
        assert!(voiced >= 140, "{step}: {voiced}");
        assert!(left[2_000..].chunks_exact(480).all(|piece| sounds(piece, CALLER_HZ)), "{step}");
        assert!(lab.out.closing.unwrap().caller.total_ms <= 100, "{step}");
    }
}

#[test]
fn pauses_missing_from_timestamps_keep_speech_complete_and_in_time() {
    // Pauses shorter and longer than the window; words with a marker bit and, where a pause is
    // longer than the window, without.
    for (pause_ms, marks) in [(1_000, true), (1_000, false), (500, false), (120, true)] {
        let mut caller = Phone::caller();
        let mut lab = Lab::open(&caller);
        let every = 600 + pause_ms;
        for word in 0..4 {
            caller.rest();
            for n in 0..30 {
                let mut packet = caller.packet();
                packet[1] |= u8::from(marks && n == 0) << 7;
                let ms = (word * every + n * 20) as f64;
                lab.deliver(ms, CALLER_PORT, caller.from, packet);
            }
        }
        close_at(&mut lab, 4 * every);
        let (left, said) = (lab.left(), said(&caller, 30));
        for word in 0..4 {
            let from = (word * every) as usize;
            assert_eq!(same_samples(&left, from, &said), 4_800, "{pause_ms} {marks} {word}");
        }
        let closing = lab.out.closing.unwrap();
        assert_eq!(closing.caller.late_packets, 0);
        assert_eq!(closing.caller.total_ms, 4 * pause_ms);
    }
}

#[test]
fn delayed_voice_is_late_and_all_after_it_is_in_time() {
    let mut caller = Phone::caller();
    let mut lab = Lab::open(&caller);
    let said = said(&caller, 200);
    for n in 0..200u32 {
        let packet = caller.packet();
        // The packets from 1,000 ms on all arrive at 1,700 ms.
        let ms = f64::from(n) * 20.0;
        let held = if (1_000.0..1_700.0).contains(&ms) { 1_700.0 } else { ms };
        lab.deliver(held, CALLER_PORT, caller.from, packet);
    }
    close_at(&mut lab, 4_000);
    let left = lab.left();
    assert_eq!(left[..8_000], said[..8_000]);
    assert_eq!(left[13_600..], said[13_600..]);
    // Packets behind the window became silence, and the rest is at its time.
    assert!(left.iter().zip(&said).all(|(heard, said)| heard == said || *heard == 0));
    let closing = lab.out.closing.unwrap();
    let late = closing.caller.late_packets;
    assert!((10..=25).contains(&late), "{late}");
    assert_eq!(closing.caller.total_ms, late * 20);
}

#[test]
fn comfort_noise_is_not_a_gap() {
    let (mut caller, mut seat) = (Phone::caller(), Phone::seat());
    let mut lab = Lab::open(&caller);
    lab.add_seat();
    lab.bridge(&seat);
    for phone in [&mut caller, &mut seat] {
        let from = phone.from;
        lab.speak(phone, 0, 1_000);
        // Noise once, again half a second later, and voice after two seconds.
        for (ms, ts) in [(1_000.0, 0), (1_500.0, 4_000)] {
            let noise = rtp(13, phone.seq, phone.ts.wrapping_add(ts), phone.ssrc, &[60]);
            lab.deliver(ms, phone.rtp_port, from, noise);
            phone.seq = phone.seq.wrapping_add(1);
        }
        phone.ts = phone.ts.wrapping_add(16_000);
        lab.speak(phone, 3_000, 4_000);
        // Noise continues to the end.
        let noise = rtp(13, phone.seq, phone.ts, phone.ssrc, &[60]);
        lab.deliver(4_000.0, phone.rtp_port, from, noise);
    }
    close_at(&mut lab, 6_000);
    for channel in [lab.left(), lab.right()] {
        assert!(channel[8_000..24_000].iter().all(|sample| *sample == 0));
        assert!(channel[32_000..].iter().all(|sample| *sample == 0));
    }
    assert!(sounds(&lab.left()[24_000..32_000], CALLER_HZ));
    let closing = lab.out.closing.unwrap();
    assert_eq!((closing.caller.total_ms, closing.hotline.total_ms), (0, 0), "{closing:?}");
    assert_eq!((closing.quality.caller.lost, closing.quality.seat.lost), (0, 0));
}

#[test]
fn packet_lost_before_comfort_noise_is_a_gap() {
    let mut caller = Phone::caller();
    let mut lab = Lab::open(&caller);
    lab.speak(&mut caller, 0, 1_000);
    let _lost = caller.packet();
    let noise = rtp(13, caller.seq, caller.ts, caller.ssrc, &[60]);
    lab.deliver(1_020.0, CALLER_PORT, caller.from, noise);
    close_at(&mut lab, 2_000);
    let closing = lab.out.closing.unwrap();
    assert_eq!(closing.caller.list, [Gap { start_ms: 1_000, len_ms: 20 }]);
}

#[test]
fn restarted_sequence_and_new_ssrc_lose_no_sample() {
    for (ssrc, seq, ts) in [(0, 9_000, 0), (5, 0, 0), (5, 9_000, 77_000), (0, 30_000, 800_000)] {
        let mut caller = Phone::caller();
        let mut lab = Lab::open(&caller);
        lab.speak(&mut caller, 0, 1_000);
        caller.ssrc = caller.ssrc.wrapping_add(ssrc);
        caller.seq = caller.seq.wrapping_add(seq);
        caller.ts = caller.ts.wrapping_add(ts);
        lab.speak(&mut caller, 1_000, 2_000);
        close_at(&mut lab, 2_000);
        let said = said(&caller, 100);
        assert_eq!(same_samples(&lab.left(), 0, &said), 16_000, "{ssrc} {seq} {ts}");
        let closing = lab.out.closing.unwrap();
        assert_eq!((closing.caller.total_ms, closing.quality.caller.packets), (0, 100));
    }
}

#[test]
fn music_on_hold_is_recorded_and_the_held_seat_is_not() {
    let (mut caller, mut seat) = (Phone::caller(), Phone::seat());
    let mut lab = Lab::open(&caller);
    talk(&mut lab, &mut caller, &mut seat, 6_000);
    lab.run_to(2_000);
    lab.direct(SEAT, &seat, primitives::Direction::RecvOnly);
    lab.run_to(4_000);
    lab.direct(SEAT, &seat, primitives::Direction::SendRecv);
    close_at(&mut lab, 6_000);
    let right = lab.right();
    assert!(sounds(&right[..16_000], SEAT_HZ));
    assert!(sounds(&right[16_200..32_000], MUSIC_HZ) && !sounds(&right[16_200..32_000], SEAT_HZ));
    assert!(sounds(&right[32_200..], SEAT_HZ));
}

#[test]
fn early_speech_of_the_seat_is_recorded_at_its_time() {
    let (caller, mut seat) = (Phone::caller(), Phone::seat());
    let mut lab = Lab::open(&caller);
    lab.add_seat();
    lab.run_to(1_900);
    lab.speak(&mut seat, 1_900, 3_000);
    lab.run_to(2_001);
    lab.bridge(&seat);
    close_at(&mut lab, 3_000);
    let right = lab.right();
    assert!(sounds(&right[15_200..16_000], SEAT_HZ), "what was said before the bridge");
    assert!(sounds(&right[16_000..], SEAT_HZ));
}

#[test]
fn recording_is_complete_when_the_thread_wakes_late() {
    let (mut caller, mut seat) = (Phone::caller(), Phone::seat());
    let mut lab = Lab::open(&caller);
    talk(&mut lab, &mut caller, &mut seat, 1_000);
    lab.run_to(1_000);
    // Nine seconds without a packet, then all packets of that time at once, before any tick.
    lab.now = at(10_000);
    for _ in 0..450 {
        let mut packet = caller.packet();
        let (port, from) = (caller.rtp_port, caller.from);
        lab.relays.handle_packet(lab.now, port, false, from, &mut packet, &mut lab.out);
    }
    lab.speak(&mut caller, 10_000, 12_000);
    close_at(&mut lab, 12_000);
    let left = lab.left();
    // In short chunks: following the drift bends a tone by half a percent.
    assert!(left[80_800..].chunks_exact(480).all(|piece| sounds(piece, CALLER_HZ)));
    assert_eq!(lab.out.closing.map(|c| c.quality.caller.lost), Some(0));
}

#[test]
fn unrecorded_call_yields_no_chunks_and_frees_its_ports() {
    let caller = Phone::caller();
    let mut lab = Lab::new();
    let Command::Open { call, leg, rtp_port, remote, prompts, music, .. } =
        lab.open_command(Some(caller.remote()))
    else {
        return;
    };
    lab.command(Command::Open { call, leg, rtp_port, remote, prompts, music, record: false });
    lab.add_seat();
    lab.run_to(2_000);
    lab.close();
    assert_eq!((lab.out.opened, lab.out.stereo.len()), (0, 0));
    let ports = lab.out.events.iter().find_map(|e| match e {
        Event::Closed { ports, .. } => Some(ports.clone()),
        _ => None,
    });
    assert_eq!(ports, Some(vec![CALLER_PORT, SEAT_PORT]));
    assert_eq!(lab.relays.poll_timeout(), None);
}

#[test]
fn returned_buffers_are_reused() {
    let caller = Phone::caller();
    let mut lab = Lab::open(&caller);
    let mut given = Vec::with_capacity(5_000);
    given.push(1);
    let address = given.as_ptr();
    lab.relays.recycle(given);
    struct Peek(Vec<*const i16>);
    impl media::Sink for Peek {
        fn send(&mut self, _: u16, _: bool, _: std::net::SocketAddr, _: &[u8]) {}
        fn event(&mut self, _: Event) {}
        fn chunk(&mut self, chunk: media::Chunk) {
            if let media::ChunkBody::Samples(samples) = chunk.body {
                self.0.push(samples.stereo.as_ptr());
            }
        }
    }
    let mut peek = Peek(Vec::new());
    for ms in (0..1_000).step_by(20) {
        lab.relays.handle_timeout(at(ms), &mut peek);
    }
    assert_eq!(peek.0.first(), Some(&address));
}
