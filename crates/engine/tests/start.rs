//! The whole engine starts and stops in a test, on free loopback ports and in its own folder.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::Path,
    time::Duration,
};

use engine::{
    start::{NotStarted, start},
    tables::Tables,
};
use model::Event;
use settings::{Ports, Settings};

fn settings_in(folder: &Path) -> Settings {
    let mut settings = Settings::embedded().expect("the shipped config has no fault");
    let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    settings.data.folder = folder.join("data");
    settings.recording.folder = folder.join("recordings");
    settings.sip.udp = vec![free];
    settings.sip.tcp = vec![free];
    settings.sip.advertise = None;
    settings.http.listen = free;
    settings.media.bind = IpAddr::V4(Ipv4Addr::LOCALHOST);
    settings.media.ports = Ports::Auto { pairs: 4 };
    std::fs::create_dir_all(&settings.recording.folder).unwrap();
    settings
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(work)
}

#[test]
fn engine_starts_makes_an_admin_and_stops_with_its_last_record() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings_in(folder.path());
    block_on(async {
        let running = start(&settings, Tables::default(), None).await.expect("it starts");
        assert!(running.http.port() > 0 && !running.sip.is_empty());
        assert!(running.first_admin().unwrap().is_some());
        assert!(running.first_admin().unwrap().is_none(), "an admin is made once");
        running.stop(Duration::ZERO).await;
    });
    let records = journal::read_from(settings.data.folder.join("journal"), 1).unwrap();
    let last = records.last().unwrap().unwrap();
    assert!(matches!(last.event, Event::EngineStopped(_)), "{:?}", last.event);
}

#[test]
fn data_folder_with_an_unfinished_restore_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings_in(folder.path());
    std::fs::create_dir_all(settings.data.folder.join("restoring")).unwrap();
    match block_on(start(&settings, Tables::default(), None)) {
        Err(NotStarted::Storage(why)) => assert!(why.contains("heartline restore"), "{why}"),
        Err(NotStarted::Other(why)) => panic!("{why}"),
        Ok(_) => panic!("it started"),
    }
}
