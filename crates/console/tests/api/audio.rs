//! Playing recordings: ranges for the player, and audit records.

use std::{io::Write, sync::Arc, time::Duration};

use axum::http::{Method, StatusCode, header};
use center::{Command, Refusal};
use model::{CallId, Event, event::RecordingHeard, event::SeatActor};
use tempfile::NamedTempFile;

use crate::engine::{Client, Engine, refuse};

const AUDIO: &str = "/api/v1/recordings/00000000001/audio";

fn with_recording() -> (Arc<Engine>, NamedTempFile) {
    let mut file = tempfile::Builder::new().suffix(".wav").tempfile().unwrap();
    let bytes: Vec<u8> = (0..=255).collect();
    file.write_all(&bytes).unwrap();
    let engine = Engine::new();
    engine.add_recorded_call(1, file.path().to_owned());
    (engine, file)
}

fn heard(by: &str) -> (SeatActor, Command) {
    let heard = RecordingHeard { call: CallId::from(1), by: by.into() };
    (SeatActor::Person(by.into()), Command::Note(Event::RecordingHeard(heard)))
}

#[tokio::test]
async fn recording_is_sent_whole_or_in_ranges() {
    let (engine, _file) = with_recording();
    let whole = Client::of(&engine, "qian").get(AUDIO).await;
    assert_eq!((whole.status, whole.body.len()), (StatusCode::OK, 256));
    assert_eq!(whole.header(header::CONTENT_TYPE), "audio/wav");
    assert_eq!(whole.header(header::ACCEPT_RANGES), "bytes");
    assert_eq!(whole.header(header::CACHE_CONTROL), "no-store");

    let check = |range: &'static str, status: u16, content_range: &'static str, first: u8| {
        let qian = Client::of(&engine, "qian").with("range", range);
        async move {
            let part = qian.get(AUDIO).await;
            assert_eq!(part.status, status, "{range}");
            assert_eq!(part.header(header::CONTENT_RANGE), content_range, "{range}");
            if status == 206 {
                assert_eq!(part.body[0], first, "{range}");
            } else {
                assert_eq!(part.json()["code"], "range_not_satisfiable", "{range}");
            }
        }
    };
    check("bytes=0-9", 206, "bytes 0-9/256", 0).await;
    check("bytes=100-", 206, "bytes 100-255/256", 100).await;
    check("bytes=-6", 206, "bytes 250-255/256", 250).await;
    check("bytes=256-", 416, "bytes */256", 0).await;
}

#[tokio::test]
async fn each_playback_is_recorded_once() {
    let (engine, _file) = with_recording();
    let qian = Client::of(&engine, "qian").with("range", "bytes=0-");
    qian.get(AUDIO).await;
    let qian = qian.with("range", "bytes=100-");
    qian.get(AUDIO).await;
    engine.wait(Duration::from_secs(9 * 60));
    qian.get(AUDIO).await;
    assert_eq!(engine.commands(), [heard("qian")], "one playback with pauses");

    engine.wait(Duration::from_secs(11 * 60));
    qian.get(AUDIO).await;
    assert_eq!(engine.commands(), [heard("qian"), heard("qian")], "a second playback");
}

#[tokio::test]
async fn playback_that_skips_the_beginning_is_recorded() {
    let (engine, _file) = with_recording();
    Client::of(&engine, "wang").with("range", "bytes=44-").get(AUDIO).await;
    assert_eq!(engine.commands(), [heard("wang")]);
}

#[tokio::test]
async fn request_for_the_length_is_not_a_playback() {
    let (engine, _file) = with_recording();
    let answer = Client::of(&engine, "qian").ask(Method::HEAD, AUDIO, "").await;
    assert_eq!(answer.header(header::CONTENT_LENGTH), "256");
    assert_eq!((engine.commands().len(), answer.body.len()), (0, 0));
}

#[tokio::test]
async fn recording_is_not_sent_when_the_audit_record_fails() {
    let (engine, _file) = with_recording();
    refuse(&engine, Refusal::LogFailed);
    let answer = Client::of(&engine, "qian").get(AUDIO).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!answer.body.contains(&255));
}

#[tokio::test]
async fn agents_may_not_play_recordings() {
    let (engine, _file) = with_recording();
    assert_eq!(Client::of(&engine, "li").get(AUDIO).await.status, StatusCode::FORBIDDEN);
    assert_eq!(engine.commands(), []);
}

#[tokio::test]
async fn missing_recording_is_not_found() {
    let engine = Engine::new();
    assert_eq!(Client::of(&engine, "qian").get(AUDIO).await.status, StatusCode::NOT_FOUND);
    assert_eq!(engine.commands(), []);
}
