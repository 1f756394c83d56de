//! A running engine, and how it stops.

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use recorder::Recorder;
use tokio::sync::watch;

use crate::{
    backend::Engine,
    known_sources::KnownSources,
    recall::Past,
    supervisor,
    threads::{self, messaging::RunningCourier},
};

/// A running engine.
pub struct Running {
    /// Where signalling listens.
    pub sip: Vec<(sip::Transport, SocketAddr)>,
    /// Where the console listens.
    pub http: SocketAddr,
    /// What others may ask.
    pub engine: Arc<Engine>,
    pub(crate) stop_front: Arc<AtomicBool>,
    pub(crate) stop_center: Arc<AtomicBool>,
    pub(crate) fronts: Vec<JoinHandle<()>>,
    pub(crate) center: JoinHandle<()>,
    pub(crate) backs: Vec<JoinHandle<()>>,
    pub(crate) recorder: Recorder,
    pub(crate) console: tokio::task::JoinHandle<()>,
    pub(crate) close_console: watch::Sender<bool>,
    pub(crate) courier: Option<RunningCourier>,
    pub(crate) past: Past,
    pub(crate) known: Arc<KnownSources>,
    pub(crate) data: PathBuf,
    /// How long a caller may need to hear why they are let go.
    pub(crate) sorry: Duration,
}

impl Running {
    /// Tell systemd's watchdog that the engine works, until the runtime ends.
    pub fn tell_watchdog(&self) {
        tokio::spawn(supervisor::watch(Arc::clone(&self.engine.view)));
    }

    /// The password of the first admin, who is made at the first start; nobody in an emergency.
    pub fn first_admin(&self) -> Result<Option<String>, String> {
        if self.engine.is_emergency { Ok(None) } else { self.engine.keys.first_admin() }
    }

    /// Take no new calls, let talks go on for `patience`, then end them. Who waited that long hears
    /// the sorry prompt to its end; then end what is left and go.
    pub async fn stop(self, patience: Duration) {
        self.engine.view.draining.store(true, Ordering::Relaxed);
        let until = self.engine.clock.now() + patience;
        let deadline = Instant::now() + patience;
        self.tell(center::Input::Drain { until }).await;
        self.wait_for_silence(deadline).await;
        self.tell(center::Input::EndTalks).await;
        self.wait_for_silence(Instant::now() + self.sorry).await;
        self.tell(center::Input::HangUpAll).await;
        self.wait_for_silence(Instant::now() + FAREWELL).await;

        let Running {
            close_console,
            console,
            stop_front,
            stop_center,
            fronts,
            center,
            backs,
            recorder,
            engine,
            courier,
            past,
            known,
            data,
            ..
        } = self;
        // The console may have ended by itself.
        let _ended = close_console.send(true);
        let _late = tokio::time::timeout(FAREWELL, console).await;
        let rest = tokio::task::spawn_blocking(move || {
            // While the center still writes down what it says.
            if let Some(courier) = courier {
                courier.stop();
            }
            // Signalling and voice first: nothing new happens then. The recorder
            // closes its files and says so; the center writes that down and goes;
            // the log and the view end when nobody writes to them any more.
            std::thread::sleep(LAST_PACKETS);
            stop_front.store(true, Ordering::Release);
            threads::join(fronts);
            known.write_down(&data);
            recorder.finish();
            std::thread::sleep(LAST_PACKETS);
            stop_center.store(true, Ordering::Release);
            engine.center.wake();
            threads::join(vec![center]);
            threads::join(backs);
            let durable = *engine.durable.borrow();
            past.write_down(&engine.agents, &engine.quarters, &engine.reports, durable);
        });
        let _ended = rest.await;
    }

    async fn tell(&self, input: center::Input) {
        if self.engine.center.send(input, FAREWELL).await.is_err() {
            tracing::error!("the center's mailbox stays full: it is not told to let calls end");
        }
    }

    async fn wait_for_silence(&self, deadline: Instant) {
        // The count is renewed four times a second; let it catch up once.
        tokio::time::sleep(Duration::from_millis(300)).await;
        while self.engine.view.calls.load(Ordering::Relaxed) > 0 && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// For the last BYEs and their answers.
const FAREWELL: Duration = Duration::from_secs(3);
/// For what is still on its way between threads.
const LAST_PACKETS: Duration = Duration::from_millis(300);
