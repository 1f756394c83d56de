//! Recordings on a real disk: written, closed, dropped, disk full, killed, repaired.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use crossbeam_channel::{Receiver, unbounded};
use media::{Chunk, ChunkBody, Gap, Gaps, RecordingSummary, Samples};
use primitives::{CallId, Codec, LineId, Number, SeatId, Timestamp};
use recorder::{
    CallDetails, Encoding, Options, Playback, Recorder, RecorderEvent, RecorderHandle, SyncCount,
    read_sidecar, salvage,
};
use sha2::{Digest, Sha256};

struct Studio {
    folder: tempfile::TempDir,
    recorder: Recorder,
    tap: RecorderHandle,
    outcomes: Receiver<RecorderEvent>,
}

impl Studio {
    fn with(change: impl FnOnce(&mut Options)) -> Studio {
        let folder = tempfile::tempdir().unwrap();
        let mut options = Options {
            folder: folder.path().join("recordings"),
            low_water_bytes: 0,
            full_water_bytes: 0,
            ..Options::default()
        };
        change(&mut options);
        let (tell, outcomes) = unbounded();
        let recorder = Recorder::start(options, tell).unwrap();
        let tap = recorder.tap();
        Studio { folder, recorder, tap, outcomes }
    }

    fn new() -> Studio {
        Studio::with(|_| {})
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("recordings")
    }

    fn open(&self, call: CallId) {
        self.tap.offer(Chunk { call, body: ChunkBody::Open }).unwrap();
    }

    fn say(&self, call: CallId, start: u64, frames: u64) {
        self.tap.offer(samples(call, start, frames)).unwrap();
    }

    fn close(&self, call: CallId, frames: u64) {
        self.tap.describe(call, about());
        let closing = Box::new(RecordingSummary { frames, ..RecordingSummary::default() });
        self.tap.offer(Chunk { call, body: ChunkBody::Close(closing) }).unwrap();
    }

    /// Events of recordings and of the disk; whether recordings fail as a whole is stated beside
    /// each.
    fn next(&self) -> RecorderEvent {
        loop {
            match self.told() {
                RecorderEvent::Failing { .. } | RecorderEvent::Working => {}
                outcome => return outcome,
            }
        }
    }

    fn told(&self) -> RecorderEvent {
        self.outcomes.recv_timeout(Duration::from_secs(20)).unwrap()
    }
}

fn samples(call: CallId, start: u64, frames: u64) -> Chunk {
    let stereo = (start..start + frames).flat_map(|n| [left(n), -left(n)]).collect();
    let samples = Samples { start, stereo, caller_gap: 0, hotline_gap: 0 };
    Chunk { call, body: ChunkBody::Samples(samples) }
}

/// The samples of the left channel; never zero.
fn left(n: u64) -> i16 {
    (n % 30_000) as i16 + 1
}

fn call() -> CallId {
    // 2026-11-21T16:00Z: midnight of the 22nd in China.
    CallId::from(1_795_276_800_000_000)
}

fn about() -> CallDetails {
    CallDetails {
        caller: Number::new("13812345678"),
        dialled: Number::new("12345"),
        line: LineId::from("12345"),
        seat: Some(SeatId(1001)),
        arrived: call().arrived_at(),
        connected: Some(call().arrived_at() + Duration::from_secs(4)),
        ended: Some(call().arrived_at() + Duration::from_secs(9)),
    }
}

fn read(path: &Path) -> Vec<i16> {
    let mut reader = hound::WavReader::open(path).unwrap();
    assert_eq!((reader.spec().channels, reader.spec().sample_rate), (2, 8_000));
    reader.samples::<i16>().map(Result::unwrap).collect()
}

const ALAW: Encoding = Encoding::G711(Codec::Pcma);
const ULAW: Encoding = Encoding::G711(Codec::Pcmu);

/// The samples of a file of ours as a player gets them.
fn played(path: &Path) -> Vec<i16> {
    let playback = Playback::open(path).unwrap();
    let whole = all_of(&playback, 0, 4_096);
    hound::WavReader::new(whole.as_slice()).unwrap().samples().map(Result::unwrap).collect()
}

/// Reads from `start` to the end, at most `block` bytes at a time.
fn all_of(playback: &Playback, start: u64, block: usize) -> Vec<u8> {
    let mut whole = Vec::new();
    loop {
        let mut bytes = vec![0; block];
        let read = playback.read_at(&mut bytes, start + whole.len() as u64).unwrap();
        whole.extend_from_slice(&bytes[..read]);
        if read == 0 {
            return whole;
        }
    }
}

/// The samples and the format tag of a stereo WAV file of G.711, when all fields of its header agree.
fn g711_of(bytes: &[u8]) -> (Vec<u8>, u16) {
    let word = |at: usize| u16::from_le_bytes(bytes[at..at + 2].try_into().unwrap());
    let long = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    assert_eq!((&bytes[..4], &bytes[8..16]), (&b"RIFF"[..], &b"WAVEfmt "[..]));
    assert_eq!(long(4) as usize, bytes.len() - 8);
    // Size of the chunk, channels, rate, bytes a second, bytes a frame, bits a sample, extension.
    assert_eq!((long(16), word(22), long(24), long(28)), (18, 2, 8_000, 16_000));
    assert_eq!((word(32), word(34), word(36)), (2, 8, 0));
    assert_eq!((&bytes[38..42], long(42)), (&b"fact"[..], 4));
    assert_eq!((&bytes[50..54], long(54) as usize), (&b"data"[..], bytes.len() - 58));
    assert_eq!(long(46) * 2, long(54), "samples of a channel");
    (bytes[58..].to_vec(), word(20))
}

fn sha256(path: &Path) -> String {
    Sha256::digest(fs::read(path).unwrap()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn sidecar(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(path.with_extension("json")).unwrap()).unwrap()
}

#[test]
fn call_is_recorded_as_one_hashed_file_with_sidecar() {
    let studio = Studio::new();
    studio.open(call());
    let file = format!("2026/11/22/{}.wav", call());
    assert_eq!(studio.next(), RecorderEvent::Started { call: call(), file: file.clone() });
    assert!(studio.root().join(format!("{file}.part")).exists());
    for n in 0..4 {
        studio.say(call(), n * 2_000, 2_000);
    }
    studio.close(call(), 8_000);
    let path = studio.root().join(&file);
    let closed_as = studio.next();
    let sha256 = sha256(&path);
    assert_eq!(
        closed_as,
        RecorderEvent::Closed {
            call: call(),
            file: file.clone(),
            length_ms: 1_000,
            sha256: sha256.clone(),
            caller_gap_ms: 0,
            hotline_gap_ms: 0
        }
    );
    let heard = read(&path);
    assert_eq!(heard.len(), 16_000);
    assert!(heard.chunks(2).zip(0..).all(|(frame, n)| frame == [left(n), -left(n)]));
    let written = sidecar(&path);
    assert_eq!(
        (&written["sha256"], &written["encoding"]),
        (&sha256.as_str().into(), &"pcm16".into())
    );
    assert_eq!(written["salvaged"], false);
    assert_eq!(written["about"]["caller"], "13812345678");
    assert_eq!(written["about"]["arrived"], "2026-11-21T16:00:00.000Z");
    assert_eq!(written["about"]["seat"], 1001);
    assert!(!studio.root().join(format!("{file}.part")).exists());
    let looked_up = read_sidecar(studio.root(), &file).unwrap();
    assert_eq!((looked_up.sha256, looked_up.length_ms), (sha256, 1_000));
    for (place, mode) in [(path.clone(), 0o600), (path.parent().unwrap().into(), 0o700)] {
        assert_eq!(fs::metadata(place).unwrap().permissions().mode() & 0o777, mode);
    }
    assert_eq!(studio.recorder.spare_buffers().try_iter().count(), 4, "buffers come back");
    assert_eq!(studio.recorder.syncs(), SyncCount { files: 1, folders: 1 });
}

#[test]
fn missing_stretches_are_silence_and_time_is_kept() {
    let studio = Studio::new();
    studio.open(call());
    studio.say(call(), 0, 2_000);
    // 250 ms were dropped; then the last 250 ms before the end.
    let with_gaps =
        Samples { start: 4_000, stereo: vec![7; 4_000], caller_gap: 160, hotline_gap: 80 };
    studio.tap.offer(Chunk { call: call(), body: ChunkBody::Samples(with_gaps) }).unwrap();
    let closing = RecordingSummary {
        frames: 8_000,
        caller: Gaps { list: vec![Gap { start_ms: 600, len_ms: 20 }], count: 1, ..Gaps::default() },
        ..RecordingSummary::default()
    };
    studio.tap.describe(call(), about());
    studio.tap.offer(Chunk { call: call(), body: ChunkBody::Close(Box::new(closing)) }).unwrap();
    assert!(matches!(studio.next(), RecorderEvent::Started { .. }));
    let RecorderEvent::Closed { file, length_ms, caller_gap_ms, hotline_gap_ms, .. } =
        studio.next()
    else {
        panic!("it closes");
    };
    assert_eq!((length_ms, caller_gap_ms, hotline_gap_ms), (1_000, 520, 510));
    let heard = read(&studio.root().join(&file));
    assert_eq!(heard.len(), 16_000);
    assert!(heard[4_000..8_000].iter().all(|sample| *sample == 0));
    assert!(heard[8_000..12_000].iter().all(|sample| *sample == 7));
    assert!(heard[12_000..].iter().all(|sample| *sample == 0));
    let written = sidecar(&studio.root().join(&file));
    assert_eq!(written["dropped_ms"], 500);
    assert_eq!(written["voice"]["caller"]["gaps"], serde_json::json!([[600, 20]]));
}

#[test]
fn repeated_stretch_is_written_once() {
    let studio = Studio::new();
    studio.say(call(), 0, 2_000);
    studio.say(call(), 1_000, 2_000);
    studio.say(call(), 500, 100);
    studio.close(call(), 3_000);
    assert!(matches!(studio.next(), RecorderEvent::Started { .. }));
    let RecorderEvent::Closed { file, .. } = studio.next() else { panic!("it closes") };
    let heard = read(&studio.root().join(file));
    assert_eq!(heard.len(), 6_000);
    assert!(heard.chunks(2).zip(0..).all(|(frame, n)| frame == [left(n), -left(n)]));
}

#[test]
fn full_channel_drops_voice_and_keeps_ends() {
    let (tell, outcomes) = unbounded();
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        folder: folder.path().into(),
        capacity: 64,
        low_water_bytes: 0,
        full_water_bytes: 0,
        ..Options::default()
    };
    let recorder = Recorder::start(options, tell).unwrap();
    let tap = recorder.tap();
    // Faster than the disk, until some were refused.
    let (mut offered, mut refused) = (0, 0);
    while refused < 10 {
        refused += u64::from(tap.offer(samples(call(), offered * 2_000, 2_000)).is_err());
        offered += 1;
    }
    assert_eq!(tap.dropped(), refused);
    tap.describe(call(), about());
    let closing =
        Box::new(RecordingSummary { frames: offered * 2_000, ..RecordingSummary::default() });
    tap.offer(Chunk { call: call(), body: ChunkBody::Close(closing) }).unwrap();
    recorder.finish();
    let length = outcomes.try_iter().find_map(|outcome| match outcome {
        RecorderEvent::Closed { length_ms, caller_gap_ms, .. } => Some((length_ms, caller_gap_ms)),
        _ => None,
    });
    assert_eq!(length, Some((offered * 250, refused * 250)));
    assert!(tap.offer(samples(call(), 0, 10)).is_err(), "nobody writes any more");
}

#[test]
fn calls_on_many_threads_keep_their_chunks_apart_and_in_order() {
    let studio = Studio::with(|options| options.threads = 3);
    let calls: Vec<CallId> = (0..40).map(|n| CallId::from(call().as_u64() + n * 1_000)).collect();
    for n in 0..8 {
        for call in &calls {
            studio.say(*call, n * 2_000, 2_000);
        }
    }
    for call in &calls {
        studio.close(*call, 16_000);
    }
    let root = studio.root();
    studio.recorder.finish();
    let closed: Vec<String> = studio
        .outcomes
        .try_iter()
        .filter_map(|outcome| match outcome {
            RecorderEvent::Closed { file, caller_gap_ms: 0, .. } => Some(file),
            _ => None,
        })
        .collect();
    assert_eq!(closed.len(), 40);
    for file in closed {
        let heard = read(&root.join(file));
        assert_eq!(heard.len(), 32_000);
        assert!(heard.chunks(2).zip(0..).all(|(frame, n)| frame == [left(n), -left(n)]));
    }
}

#[test]
fn full_disk_leaves_new_calls_unrecorded_and_is_reported() {
    let studio = Studio::with(|options| options.full_water_bytes = u64::MAX);
    assert!(matches!(studio.next(), RecorderEvent::DiskFull { .. }));
    studio.open(call());
    studio.say(call(), 0, 2_000);
    studio.close(call(), 2_000);
    let RecorderEvent::Failed { call: failed, why } = studio.next() else {
        panic!("it must say so")
    };
    assert_eq!(failed, call());
    assert!(why.contains("disk is full") && why.contains("not recorded"), "{why}");
    let root = studio.root();
    studio.recorder.finish();
    assert_eq!(studio.outcomes.try_iter().count(), 0, "said once");
    assert_eq!(fs::read_dir(root).unwrap().count(), 0);
}

#[test]
fn low_disk_is_reported_at_start() {
    let studio = Studio::with(|options| options.low_water_bytes = u64::MAX);
    assert!(matches!(studio.next(), RecorderEvent::DiskLow { .. }));
    studio.open(call());
    assert!(matches!(studio.next(), RecorderEvent::Started { .. }));
}

#[test]
fn folder_that_cannot_be_created_fails_one_recording_only() {
    let studio = Studio::new();
    let other = CallId::from(call().as_u64() - 86_400_000_000);
    fs::write(studio.root().join("2026"), "in the way").unwrap();
    studio.open(call());
    let RecorderEvent::Failed { why, .. } = studio.next() else { panic!("it must fail") };
    assert!(why.contains("not recorded"), "{why}");
    fs::remove_file(studio.root().join("2026")).unwrap();
    studio.say(call(), 0, 2_000);
    studio.open(other);
    assert!(matches!(studio.next(), RecorderEvent::Started { call, .. } if call == other));
}

#[test]
fn gap_too_long_for_the_disk_ends_the_recording() {
    let studio = Studio::new();
    studio.say(call(), 0, 8_000);
    studio.say(call(), 1 << 60, 8_000);
    studio.close(call(), 1 << 60);
    assert!(matches!(studio.next(), RecorderEvent::Started { .. }));
    let RecorderEvent::Failed { why, .. } = studio.next() else { panic!("it must say so") };
    assert!(why.contains("after 1 s"), "{why}");
    let RecorderEvent::Closed { file, length_ms: 1_000, .. } = studio.next() else {
        panic!("kept")
    };
    assert_eq!(sidecar(&studio.root().join(file))["broken_off"], why);
}

#[test]
fn finished_recording_is_never_overwritten() {
    let studio = Studio::new();
    studio.say(call(), 0, 2_000);
    studio.close(call(), 2_000);
    assert!(matches!(studio.next(), RecorderEvent::Started { .. }));
    let RecorderEvent::Closed { file, sha256: before, .. } = studio.next() else {
        panic!("it closes")
    };
    studio.say(call(), 0, 4_000);
    assert!(matches!(studio.next(), RecorderEvent::Failed { .. }));
    assert_eq!(sha256(&studio.root().join(file)), before);
}

#[test]
fn recording_without_end_is_closed_after_its_timeout() {
    let studio = Studio::with(|options| {
        options.idle = Duration::from_millis(20);
        options.details_wait = Duration::from_millis(5);
    });
    studio.say(call(), 0, 2_000);
    assert!(matches!(studio.next(), RecorderEvent::Started { .. }));
    let RecorderEvent::Closed { file, length_ms: 250, .. } = studio.next() else {
        panic!("it closes")
    };
    let written = sidecar(&studio.root().join(file));
    assert!(written["broken_off"].as_str().unwrap().contains("no samples and no end"), "{written}");
}

#[test]
fn missing_call_details_delay_the_close_by_a_limited_time() {
    let studio = Studio::with(|options| options.details_wait = Duration::from_millis(5));
    studio.say(call(), 0, 2_000);
    let closing = Box::new(RecordingSummary { frames: 2_000, ..RecordingSummary::default() });
    studio.tap.offer(Chunk { call: call(), body: ChunkBody::Close(closing) }).unwrap();
    assert!(matches!(studio.next(), RecorderEvent::Started { .. }));
    let RecorderEvent::Closed { file, .. } = studio.next() else { panic!("it closes") };
    let written = sidecar(&studio.root().join(file));
    assert_eq!(
        (&written["about"], &written["broken_off"]),
        (&serde_json::Value::Null, &serde_json::Value::Null)
    );
}

#[test]
fn finish_closes_open_recordings() {
    let studio = Studio::new();
    studio.say(call(), 0, 2_000);
    let root = studio.root();
    studio.recorder.finish();
    let file = format!("2026/11/22/{}.wav", call());
    assert_eq!(read(&root.join(&file)).len(), 4_000);
    assert!(sidecar(&root.join(&file))["broken_off"].as_str().unwrap().contains("engine stopped"));
    assert_eq!(studio.outcomes.try_iter().count(), 2);
}

#[test]
fn very_long_call_is_continued_in_further_files() {
    let studio = Studio::with(|options| options.rotate_bytes = 10_000);
    for n in 0..4 {
        studio.say(call(), n * 2_000, 2_000);
    }
    studio.close(call(), 8_000);
    assert!(matches!(studio.next(), RecorderEvent::Started { .. }));
    let RecorderEvent::Closed { file, length_ms: 1_000, sha256: hex, .. } = studio.next() else {
        panic!("it closes once");
    };
    let first = studio.root().join(&file);
    assert_eq!(hex, sha256(&first));
    let written = sidecar(&first);
    assert_eq!(written["continued"].as_array().unwrap().len(), 3);
    let mut heard = read(&first);
    for more in written["continued"].as_array().unwrap() {
        let path = studio.root().join(more["file"].as_str().unwrap());
        assert_eq!(more["sha256"], sha256(&path));
        heard.extend(read(&path));
    }
    assert!(heard.chunks(2).zip(0..).all(|(frame, n)| frame == [left(n), -left(n)]));
}

/// A killed engine's folder: the `.part` files as they were at that moment.
fn killed(folder: &Path, encoding: Encoding, frames: u64) -> PathBuf {
    let studio = Studio::with(|options| options.encoding = encoding);
    for n in 0..frames / 2_000 {
        studio.say(call(), n * 2_000, 2_000);
    }
    // Written in order by one thread: when the buffers are returned, all is on disk.
    let spare_buffers = studio.recorder.spare_buffers();
    for _ in 0..frames / 2_000 {
        spare_buffers.recv_timeout(Duration::from_secs(20)).unwrap();
    }
    let part = format!("2026/11/22/{}.wav.part", call());
    let copy = folder.join(&part);
    fs::create_dir_all(copy.parent().unwrap()).unwrap();
    fs::copy(studio.root().join(part), &copy).unwrap();
    copy
}

#[test]
fn recording_of_a_killed_process_is_repaired_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let part = killed(folder.path(), Encoding::Pcm16, 8_000);
    assert_eq!(read(&part).len(), 0, "the header is completed at the end");
    // The last write was torn in the middle of a frame.
    let mut bytes = fs::read(&part).unwrap();
    bytes.extend([1, 0, 1, 0, 9, 9, 9]);
    fs::write(&part, &bytes).unwrap();
    fs::write(part.with_file_name("half.json.part"), "{").unwrap();

    let saved = salvage(folder.path(), Encoding::Pcm16).unwrap();
    let wav = part.with_extension("");
    assert_eq!(saved.len(), 1);
    assert_eq!(saved[0].call, call());
    assert_eq!(saved[0].length_ms, 1_000);
    assert_eq!(saved[0].file, format!("2026/11/22/{}.wav", call()));
    assert_eq!(saved[0].sha256, sha256(&wav));
    assert_eq!(read(&wav).len(), 16_002);
    assert_eq!(sidecar(&wav)["salvaged"], true);
    assert!(!part.exists() && !part.with_file_name("half.json.part").exists());
    assert_eq!(salvage(folder.path(), Encoding::Pcm16).unwrap(), []);
    assert_eq!(read_sidecar(folder.path(), &saved[0].file), Some(saved[0].clone()));
}

#[test]
fn part_file_cut_at_any_byte_is_repaired() {
    let folder = tempfile::tempdir().unwrap();
    let whole = fs::read(killed(folder.path(), Encoding::Pcm16, 2_000)).unwrap();
    for cut in (0..60).chain([whole.len() / 2, whole.len() - 1]) {
        let folder = tempfile::tempdir().unwrap();
        let day = folder.path().join("2026/11/22");
        fs::create_dir_all(&day).unwrap();
        fs::write(day.join(format!("{}.wav.part", call())), &whole[..cut]).unwrap();
        let saved = salvage(folder.path(), Encoding::Pcm16).unwrap();
        let frames = cut.saturating_sub(44) / 4;
        assert_eq!(saved[0].length_ms, frames as u64 / 8, "cut at {cut}");
        assert_eq!(read(&folder.path().join(&saved[0].file)).len(), frames * 2);
    }
}

#[test]
fn part_file_of_g711_cut_at_any_byte_is_repaired() {
    for encoding in [ALAW, ULAW] {
        let folder = tempfile::tempdir().unwrap();
        let whole = fs::read(killed(folder.path(), encoding, 2_000)).unwrap();
        for cut in (0..70).chain([whole.len() / 2, whole.len() - 1, whole.len()]) {
            let folder = tempfile::tempdir().unwrap();
            let day = folder.path().join("2026/11/22");
            fs::create_dir_all(&day).unwrap();
            fs::write(day.join(format!("{}.wav.part", call())), &whole[..cut]).unwrap();
            let saved = salvage(folder.path(), encoding).unwrap();
            let frames = cut.saturating_sub(58) / 2;
            let wav = folder.path().join(&saved[0].file);
            assert_eq!(saved[0].length_ms, frames as u64 / 8, "cut at {cut}");
            assert_eq!(saved[0].sha256, sha256(&wav));
            assert_eq!(g711_of(&fs::read(&wav).unwrap()).0.len(), frames * 2, "cut at {cut}");
            assert_eq!(played(&wav).len(), frames * 2, "cut at {cut}");
        }
    }
}

#[test]
fn g711_file_whose_header_was_lost_is_repaired_in_the_configured_encoding() {
    let folder = tempfile::tempdir().unwrap();
    let part = killed(folder.path(), ULAW, 2_000);
    let mut bytes = fs::read(&part).unwrap();
    let spoken = played(&part);
    bytes[..58].fill(0);
    fs::write(&part, bytes).unwrap();
    let saved = salvage(folder.path(), ULAW).unwrap();
    assert_eq!(saved[0].length_ms, 250);
    let wav = folder.path().join(&saved[0].file);
    assert_eq!((played(&wav), &sidecar(&wav)["encoding"]), (spoken, &"ulaw".into()));
}

#[test]
fn g711_is_stored_byte_for_byte_in_a_complete_file() {
    for (encoding, codec, tag, name) in
        [(ALAW, Codec::Pcma, 6, "alaw"), (ULAW, Codec::Pcmu, 7, "ulaw")]
    {
        // Every byte on the left, and backwards on the right, as the tap decodes it. The second
        // zero of mu-law is the same sample as the first.
        let bytes: Vec<u8> =
            (0..=255).filter(|byte| codec == Codec::Pcma || *byte != 0x7F).collect();
        let sent: Vec<u8> =
            bytes.iter().zip(bytes.iter().rev()).flat_map(|(l, r)| [*l, *r]).collect();
        let table = media::codec::decode_table(codec);
        let stereo: Vec<i16> = sent.iter().map(|byte| table[usize::from(*byte)]).collect();
        let frames = stereo.len() as u64 / 2;

        let studio = Studio::with(|options| options.encoding = encoding);
        let samples = Samples { start: 0, stereo: stereo.clone(), caller_gap: 0, hotline_gap: 0 };
        studio.tap.offer(Chunk { call: call(), body: ChunkBody::Samples(samples) }).unwrap();
        studio.close(call(), frames);
        studio.next();
        let RecorderEvent::Closed { file, sha256: hex, .. } = studio.next() else {
            panic!("it closes")
        };
        let path = studio.root().join(&file);
        let (data, format) = g711_of(&fs::read(&path).unwrap());
        assert_eq!((data, format), (sent, tag));
        assert_eq!((hex, &sidecar(&path)["encoding"]), (sha256(&path), &name.into()));
        assert_eq!(played(&path), stereo);
    }
}

#[test]
fn playback_of_g711_is_a_pcm_file_that_can_be_read_from_any_position() {
    let studio = Studio::with(|options| options.encoding = ALAW);
    studio.say(call(), 0, 2_000);
    studio.close(call(), 2_000);
    studio.next();
    let RecorderEvent::Closed { file, .. } = studio.next() else { panic!("it closes") };
    let playback = Playback::open(studio.root().join(&file)).unwrap();
    assert_eq!(playback.length(), 44 + 8_000);
    let whole = all_of(&playback, 0, 8_192);
    assert_eq!(whole.len() as u64, playback.length());
    for (start, block) in [(0, 1), (1, 7), (43, 100), (44, 3), (45, 64), (4_001, 999), (8_043, 5)] {
        assert_eq!(all_of(&playback, start, block), whole[start as usize..], "{start} by {block}");
    }
    for beyond in [8_044, 9_000, u64::MAX] {
        assert_eq!(playback.read_at(&mut [0; 10], beyond).unwrap(), 0, "{beyond}");
    }
}

#[test]
fn playback_of_pcm_is_the_file() {
    let studio = Studio::new();
    studio.say(call(), 0, 2_000);
    studio.close(call(), 2_000);
    studio.next();
    let RecorderEvent::Closed { file, .. } = studio.next() else { panic!("it closes") };
    let path = studio.root().join(&file);
    let playback = Playback::open(&path).unwrap();
    assert_eq!(all_of(&playback, 0, 1_000), fs::read(&path).unwrap());
}

#[test]
fn sidecar_lost_by_a_power_cut_is_written_again() {
    for lost in ["empty", "missing"] {
        let studio = Studio::with(|options| {
            options.rotate_bytes = 10_000;
            options.encoding = ALAW;
        });
        for n in 0..2 {
            studio.say(call(), n * 2_000, 2_000);
        }
        studio.close(call(), 4_000);
        studio.next();
        let RecorderEvent::Closed { file, .. } = studio.next() else { panic!("it closes") };
        let path = studio.root().join(&file);
        let (described, before) = (path.with_extension("json"), sidecar(&path));
        match lost {
            "empty" => fs::write(&described, "").unwrap(),
            _ => fs::remove_file(&described).unwrap(),
        }
        assert_eq!(read_sidecar(studio.root(), &file), None);
        assert_eq!(salvage(studio.root(), Encoding::Pcm16).unwrap(), [], "the log knows the call");
        let after = sidecar(&path);
        for key in ["call", "file", "sha256", "length_ms", "encoding", "continued"] {
            assert_eq!(after[key], before[key], "{key}");
        }
        assert_eq!((&after["salvaged"], &before["salvaged"]), (&true.into(), &false.into()));
        assert_eq!(read_sidecar(studio.root(), &file).unwrap().length_ms, 500);
        // A sidecar that is there stays as it is.
        let written = fs::read(&described).unwrap();
        salvage(studio.root(), Encoding::Pcm16).unwrap();
        assert_eq!(fs::read(&described).unwrap(), written);
    }
}

#[test]
fn crash_between_rename_and_sidecar_keeps_the_sidecar() {
    let studio = Studio::with(|options| options.rotate_bytes = 10_000);
    for n in 0..2 {
        studio.say(call(), n * 2_000, 2_000);
    }
    studio.close(call(), 4_000);
    studio.next();
    let RecorderEvent::Closed { file, sha256, .. } = studio.next() else { panic!("it closes") };
    let second = studio.root().join(format!("2026/11/22/{}-2.wav", call()));
    fs::rename(&second, second.with_extension("wav.part")).unwrap();
    let saved = salvage(studio.root(), Encoding::Pcm16).unwrap();
    assert_eq!((saved[0].length_ms, &saved[0].sha256), (500, &sha256));
    let written = sidecar(&studio.root().join(file));
    assert_eq!(
        (&written["salvaged"], &written["about"]["dialled"]),
        (&false.into(), &"12345".into())
    );
    assert!(second.exists());
}

#[test]
fn salvage_ignores_other_files_and_survives_unrepairable_ones() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(salvage(folder.path().join("nowhere"), Encoding::Pcm16).unwrap(), []);
    let day = folder.path().join("2026/11/22");
    fs::create_dir_all(&day).unwrap();
    fs::create_dir_all(folder.path().join("lost+found")).unwrap();
    fs::write(day.join("notes.txt"), "x").unwrap();
    fs::write(day.join("what.wav.part"), "x").unwrap();
    fs::create_dir(day.join(format!("{}.wav.part", call()))).unwrap();
    let good = call().next();
    fs::write(day.join(format!("{good}.wav.part")), vec![0; 44 + 8_000]).unwrap();
    let saved = salvage(folder.path(), Encoding::Pcm16).unwrap();
    assert_eq!(saved.iter().map(|s| (s.call, s.length_ms)).collect::<Vec<_>>(), [(good, 250)]);
}

#[test]
fn arrival_times_name_the_file() {
    let at = Timestamp::from_micros(1_795_276_799_000_000);
    let studio = Studio::new();
    studio.open(CallId::from_arrival(at));
    let RecorderEvent::Started { file, .. } = studio.next() else { panic!("it starts") };
    assert!(file.starts_with("2026/11/21/"), "{file}");
}

#[test]
fn recordings_that_cannot_start_raise_one_alarm() {
    let studio = Studio::new();
    // A file where the day's folder should be.
    fs::create_dir_all(studio.root().join("2026/11")).unwrap();
    fs::write(studio.root().join("2026/11/22"), "").unwrap();
    studio.open(call());
    let RecorderEvent::Failing { why } = studio.told() else { panic!("the alarm for all of them") };
    let failed = RecorderEvent::Failed { call: call(), why };
    assert_eq!(studio.told(), failed);
    studio.open(call().next());
    assert!(matches!(studio.told(), RecorderEvent::Failed { .. }), "no second alarm");
}
