//! DTMF of correct and faulty senders, over networks that lose and reorder packets.

use proptest::prelude::*;

use super::*;

/// One packet as sent: its time and content.
#[derive(Clone, Copy, Debug)]
struct Sent {
    ms: u64,
    header: Header,
    payload: [u8; 4],
}

/// A sender of presses, with configurable faults.
#[derive(Clone, Copy, Debug)]
struct Sender {
    /// Added to the timestamp with each packet of a press; 0 is correct.
    rises_by: u32,
    /// Whether the timestamp stays the same from one press to the next.
    reuses: bool,
    /// How many times the end is sent.
    ends: u16,
}

const RIGHT: Sender = Sender { rises_by: 0, reuses: false, ends: 3 };

impl Sender {
    /// The packets of presses, each with its event, its packets before the end, and the pause
    /// after it in packets of voice.
    fn send(self, presses: &[(u8, u16, u16)]) -> Vec<Vec<Sent>> {
        let (mut ms, mut seq, mut ts) = (0, 65_500u16, u32::MAX - 3_000);
        let mut all = Vec::new();
        for &(event, updates, pause) in presses {
            let mut packets = Vec::new();
            let mut stamp = ts;
            for n in 1..=updates + self.ends {
                let end = n > updates;
                let duration = n.min(updates) * 160;
                let flags = if end { 0x8a } else { 0x0a };
                let [high, low] = duration.to_be_bytes();
                let header = Header { payload_type: 101, marker: n == 1, seq, ts: stamp, ssrc: 7 };
                packets.push(Sent { ms, header, payload: [event, flags, high, low] });
                seq = seq.wrapping_add(1);
                stamp = stamp.wrapping_add(self.rises_by);
                ms += if end { 5 } else { 20 };
            }
            seq = seq.wrapping_add(pause);
            ms += u64::from(pause) * 20;
            if !self.reuses {
                let passed = u32::from(updates + pause) * 160;
                ts = ts.wrapping_add(passed.max(stamp.wrapping_sub(ts)));
            }
            all.push(packets);
        }
        all
    }
}

fn heard(packets: impl IntoIterator<Item = Sent>) -> String {
    let mut keys = DtmfDetector::default();
    let at = |ms: u64| Timestamp::from_micros(1_000_000 + ms * 1_000);
    let hear = |sent: Sent| keys.on_packet(at(sent.ms), sent.header, &sent.payload);
    packets.into_iter().filter_map(hear).collect()
}

fn flat(presses: Vec<Vec<Sent>>) -> Vec<Sent> {
    presses.into_iter().flatten().collect()
}

fn with_marker(mut sent: Sent, marker: bool) -> Sent {
    sent.header.marker = marker;
    sent
}

#[test]
fn press_of_many_packets_is_one_key() {
    assert_eq!(heard(flat(RIGHT.send(&[(5, 5, 10), (5, 5, 10), (11, 2, 3)]))), "55#");
}

#[test]
fn repeated_end_packets_are_one_key() {
    let repeats = Sender { ends: 7, ..RIGHT };
    assert_eq!(heard(flat(repeats.send(&[(5, 5, 10), (5, 5, 10)]))), "55");
    let rising = Sender { ends: 7, rises_by: 160, ..RIGHT };
    assert_eq!(heard(flat(rising.send(&[(5, 5, 10), (5, 5, 10)]))), "55");
}

#[test]
fn repeated_end_with_a_raised_timestamp_is_one_key_despite_loss() {
    // Two updates of 40 ms in all: the press is as short as the timestamp's rise.
    let mut all = flat(Sender { rises_by: 160, ..RIGHT }.send(&[(0, 2, 3)]));
    all.remove(3);
    assert_eq!(heard(all), "0");
}

#[test]
fn timestamps_that_rise_within_a_press_are_one_key() {
    for rises_by in [80, 160, 240] {
        let rising = Sender { rises_by, ends: 1, ..RIGHT };
        assert_eq!(heard(flat(rising.send(&[(2, 5, 10), (2, 9, 10), (3, 5, 10)]))), "223");
    }
}

#[test]
fn next_key_with_the_previous_timestamp_is_a_new_key() {
    let reusing = Sender { reuses: true, ..RIGHT };
    let presses = [(10, 5, 5), (0, 5, 5), (1, 5, 5), (1, 5, 5), (1, 2, 5), (1, 5, 5)];
    assert_eq!(heard(flat(reusing.send(&presses))), "*01111");
}

#[test]
fn marker_on_every_packet_is_one_key() {
    for rises_by in [0, 160] {
        let sender = Sender { rises_by, ..RIGHT };
        let all = flat(sender.send(&[(4, 5, 10), (4, 5, 10)]));
        assert_eq!(heard(all.into_iter().map(|sent| with_marker(sent, true))), "44");
    }
}

#[test]
fn press_without_any_marker_is_one_key() {
    for sender in [RIGHT, Sender { reuses: true, ..RIGHT }] {
        let all = flat(sender.send(&[(4, 5, 10), (4, 5, 10), (4, 9, 10)]));
        assert_eq!(heard(all.into_iter().map(|sent| with_marker(sent, false))), "444");
    }
}

#[test]
fn duration_that_restarts_within_a_press_is_one_key() {
    let mut all = flat(RIGHT.send(&[(6, 20, 10)]));
    for sent in &mut all[10..] {
        let [.., high, low] = &mut sent.payload;
        [*high, *low] = (u16::from_be_bytes([*high, *low]) - 1_600).to_be_bytes();
    }
    assert_eq!(heard(all), "6");
}

#[test]
fn lost_start_or_end_still_gives_one_key() {
    let all = RIGHT.send(&[(1, 5, 10), (1, 5, 10), (2, 5, 10)]);
    let only_starts = all.iter().map(|press| press[0]);
    assert_eq!(heard(only_starts), "112");
    let only_ends = all.iter().map(|press| press[7]);
    assert_eq!(heard(only_ends), "112");
}

#[test]
fn part_of_a_long_event_is_not_a_new_key() {
    let mut all = flat(RIGHT.send(&[(8, 400, 5)]));
    let mut second = flat(RIGHT.send(&[(8, 5, 5)]));
    // The first part fills its duration and has no end (RFC 4733 2.5.1.3).
    all.truncate(400);
    let last = all[399];
    for (n, sent) in second.iter_mut().enumerate() {
        sent.header.marker = false;
        sent.header.seq = last.header.seq.wrapping_add(1 + n as u16);
        sent.header.ts = last.header.ts.wrapping_add(64_000);
        sent.ms += last.ms + 20;
    }
    all.extend(second);
    assert_eq!(heard(all), "8");
}

#[test]
fn end_after_the_next_press_is_not_a_key() {
    let all = RIGHT.send(&[(5, 5, 1), (6, 5, 10)]);
    let mut order: Vec<Sent> = all[0][..5].to_vec();
    order.push(all[1][0]);
    order.extend(&all[0][5..]);
    order.extend(&all[1][1..]);
    assert_eq!(heard(order), "56");
}

#[test]
fn start_overtaken_by_its_own_press_is_not_a_key() {
    for rises_by in [0, 160] {
        let mut all = flat(Sender { rises_by, ..RIGHT }.send(&[(5, 5, 10)]));
        all[..3].rotate_left(1);
        assert_eq!(heard(all), "5");
    }
}

#[test]
fn same_key_minutes_later_is_a_new_key() {
    for step in [100u16, 20_000, 40_000, 65_535] {
        let mut all = RIGHT.send(&[(5, 5, 10), (5, 5, 10)]);
        for sent in &mut all[1] {
            sent.ms += 120_000;
            sent.header.seq = sent.header.seq.wrapping_add(step);
            sent.header.ts = sent.header.ts.wrapping_add(960_000);
        }
        assert_eq!(heard(flat(all)), "55", "{step}");
    }
}

#[test]
fn flash_and_short_payloads_are_not_keys() {
    let header = Header { payload_type: 101, marker: true, seq: 1, ts: 1, ssrc: 7 };
    let mut keys = DtmfDetector::default();
    let at = Timestamp::from_micros(1);
    assert_eq!(keys.on_packet(at, header, &[16, 0, 0, 0]), None);
    assert_eq!(keys.on_packet(at, header, &[5, 0]), None);
    assert_eq!(keys.on_packet(at, header, &[5, 0, 0, 160]), Some('5'));
}

/// Presses of 40 ms to 400 ms with pauses of 60 ms to 400 ms.
fn presses() -> impl Strategy<Value = Vec<(u8, u16, u16)>> {
    proptest::collection::vec((0u8..16, 2u16..20, 3u16..20), 1..12)
}

fn keys_of(presses: &[(u8, u16, u16)]) -> String {
    presses.iter().map(|(event, ..)| char::from(KEYS[usize::from(*event)])).collect()
}

/// Neighbouring packets are swapped, as in networks.
fn reorder(packets: &mut [Sent], swaps: &[bool]) {
    for (n, _) in swaps.iter().enumerate().filter(|(_, swap)| **swap) {
        if n + 1 < packets.len() {
            let (a, b) = (packets[n].ms, packets[n + 1].ms);
            packets.swap(n, n + 1);
            (packets[n].ms, packets[n + 1].ms) = (a, b);
        }
    }
}

proptest! {
    /// A press of which one packet arrives gives one digit.
    #[test]
    fn each_press_of_a_right_sender_is_one_key(
        presses in presses(),
        losses in proptest::collection::vec(any::<u32>(), 12),
        swaps in proptest::collection::vec(any::<bool>(), 300),
    ) {
        let all = RIGHT.send(&presses);
        let survive = all.iter().zip(&losses).map(|(press, lost)| {
            let keep = *lost as usize % press.len();
            let kept = press.iter().enumerate();
            kept.filter(|(n, _)| *n == keep || lost >> n & 1 == 0).map(|(_, sent)| *sent).collect()
        });
        let survive: Vec<Vec<Sent>> = survive.collect();
        // Packets of two presses are not reordered here, because digits would be reordered too.
        let arrived: Vec<Sent> = survive
            .into_iter()
            .flat_map(|mut press| {
                reorder(&mut press, &swaps);
                press
            })
            .collect();
        prop_assert_eq!(heard(arrived), keys_of(&presses));
    }

    #[test]
    fn each_press_of_a_sender_with_rising_timestamps_is_one_key(
        presses in presses(),
        ends in 1u16..4,
        lost in proptest::collection::vec(0usize..6, 300),
    ) {
        let all = flat(Sender { rises_by: 160, ends, ..RIGHT }.send(&presses));
        // The first packet of a press arrives; of the others no two in a row are lost.
        let is_lost = |n: usize| n > 0 && lost[n] == 0 && lost[n - 1] != 0;
        let arrived = all.iter().enumerate();
        let arrived = arrived.filter(|(n, sent)| sent.header.marker || !is_lost(*n));
        let arrived: Vec<Sent> = arrived.map(|(_, sent)| *sent).collect();
        prop_assert_eq!(heard(arrived), keys_of(&presses));
    }

    #[test]
    fn each_press_of_a_sender_that_reuses_timestamps_is_one_key(presses in presses()) {
        let all = flat(Sender { reuses: true, ..RIGHT }.send(&presses));
        prop_assert_eq!(heard(all), keys_of(&presses));
    }

    #[test]
    fn random_events_never_panic(
        packets in proptest::collection::vec((any::<u16>(), any::<u32>(), any::<bool>(), any::<[u8; 4]>(), 0u64..500), 0..200),
    ) {
        let mut ms = 0;
        let sent = packets.into_iter().map(|(seq, ts, marker, payload, later)| {
            ms += later;
            Sent { ms, header: Header { payload_type: 101, marker, seq, ts, ssrc: 7 }, payload }
        });
        let keys = heard(sent.collect::<Vec<_>>());
        prop_assert!(keys.len() <= 200);
    }
}
