//! A running engine, and its stop.

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
    control,
    known_sources::KnownSources,
    plan,
    snapshots::FinalSnapshot,
    supervisor,
    threads::{self, messaging::RunningCourier},
};

/// A running engine.
pub struct Running {
    /// The addresses of signalling.
    pub sip: Vec<(sip::Transport, SocketAddr)>,
    /// The address of the console.
    pub http: SocketAddr,
    /// The part that the console and the command line use.
    pub engine: Arc<Engine>,
    pub(crate) stop_front: Arc<AtomicBool>,
    pub(crate) stop_center: Arc<AtomicBool>,
    pub(crate) call_threads: Vec<JoinHandle<()>>,
    pub(crate) center: JoinHandle<()>,
    pub(crate) background_threads: Vec<JoinHandle<()>>,
    pub(crate) recorder: Recorder,
    pub(crate) console: tokio::task::JoinHandle<()>,
    pub(crate) close_console: watch::Sender<bool>,
    pub(crate) courier: Option<RunningCourier>,
    pub(crate) final_snapshot: FinalSnapshot,
    pub(crate) known: Arc<KnownSources>,
    pub(crate) data: PathBuf,
}

impl Running {
    /// Tells systemd's watchdog that the engine works, until the runtime ends.
    pub fn tell_watchdog(&self) {
        tokio::spawn(supervisor::watch(Arc::clone(&self.engine.live)));
    }

    /// The password of the first admin, who is made at the first start; `None` in an emergency.
    pub fn first_admin(&self) -> Result<Option<String>, String> {
        if self.engine.is_emergency { Ok(None) } else { self.engine.keys.first_admin() }
    }

    /// Takes no new calls, lets talks continue for `patience`, then ends them. Callers who still
    /// wait then hear the sorry prompt to its end. Then ends the remaining calls and the threads.
    pub async fn stop(self, patience: Duration) {
        self.engine.live.draining.store(true, Ordering::Relaxed);
        let until = self.engine.clock.now() + patience;
        let deadline = Instant::now() + patience;
        self.tell(center::Input::Drain { until }).await;
        self.wait_for_silence(deadline).await;
        self.tell(center::Input::EndTalks).await;
        let sorry = plan::sorry_lasts(&self.engine.config.current.load().config.settings);
        self.wait_for_silence(Instant::now() + sorry).await;
        self.tell(center::Input::HangUpAll).await;
        self.wait_for_silence(Instant::now() + STOP_PATIENCE).await;

        let Running {
            close_console,
            console,
            stop_front,
            stop_center,
            call_threads,
            center,
            background_threads,
            recorder,
            engine,
            courier,
            final_snapshot,
            known,
            data,
            ..
        } = self;
        // The console may have ended by itself.
        let _ended = close_console.send(true);
        let _late = tokio::time::timeout(STOP_PATIENCE, console).await;
        let rest = tokio::task::spawn_blocking(move || {
            // While the center still writes its progress to the log.
            if let Some(courier) = courier {
                courier.stop();
            }
            // Signalling and voice end first, so that nothing new happens. The recorder closes its
            // files and reports them; the center writes the reports to the log and ends; the log
            // and the view end when nothing writes to them any more.
            std::thread::sleep(LAST_PACKETS);
            stop_front.store(true, Ordering::Release);
            threads::join(call_threads);
            known.save(&data);
            control::close(&data);
            recorder.finish();
            std::thread::sleep(LAST_PACKETS);
            stop_center.store(true, Ordering::Release);
            engine.center.wake();
            threads::join(vec![center]);
            threads::join(background_threads);
            let durable = *engine.durable.borrow();
            engine.config.copies.note_stopped();
            final_snapshot.write(&engine.agents, &engine.quarters, &engine.reports, durable);
        });
        let _ended = rest.await;
    }

    async fn tell(&self, input: center::Input) {
        if self.engine.center.send(input, STOP_PATIENCE).await.is_err() {
            tracing::error!(
                "the center does not accept inputs: the engine stops without waiting for calls \
                 to end"
            );
        }
    }

    async fn wait_for_silence(&self, deadline: Instant) {
        // The count is renewed four times a second; this waits for one renewal.
        tokio::time::sleep(Duration::from_millis(300)).await;
        while self.engine.live.calls.load(Ordering::Relaxed) > 0 && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// Time for the last BYEs and their responses.
const STOP_PATIENCE: Duration = Duration::from_secs(3);
/// Time for messages that are still between threads.
const LAST_PACKETS: Duration = Duration::from_millis(300);
