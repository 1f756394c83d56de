//! The state that handlers share. Each handler takes the parts it needs (axum `FromRef`).

use std::sync::Arc;

use axum::extract::FromRef;

use crate::{
    audit::Audit,
    auth::Authenticator,
    backend::{
        Accounts, Attachments, Backend, Calls, Commands, Configuration, EventLog, Health,
        KnowledgeBase, Messaging, ReferenceDataReader, Reports, Statistics, Tickets, WorklistIndex,
    },
    clock::HotlineClock,
    failed_attempts::FailedAttempts,
    login_backoff::LoginBackoff,
    options::Options,
    passwords::HashingQueue,
    rate_limit::RateLimits,
    sessions::Sessions,
    streams::StreamLimits,
    wallboard_cache::WallboardCache,
};

/// Everything the handlers share.
#[derive(Clone, FromRef)]
pub(crate) struct AppState {
    clock: HotlineClock,
    commands: Arc<dyn Commands>,
    health: Arc<dyn Health>,
    log: Arc<dyn EventLog>,
    accounts: Arc<dyn Accounts>,
    calls: Arc<dyn Calls>,
    tickets: Arc<dyn Tickets>,
    worklists: Arc<dyn WorklistIndex>,
    reference_data: Arc<dyn ReferenceDataReader>,
    attachments: Arc<dyn Attachments>,
    statistics: Arc<dyn Statistics>,
    reports: Arc<dyn Reports>,
    messaging: Arc<dyn Messaging>,
    config: Arc<dyn Configuration>,
    knowledge: Option<Arc<dyn KnowledgeBase>>,
    pub(crate) options: Arc<Options>,
    sessions: Arc<Sessions>,
    pub(crate) authenticator: Authenticator,
    audit: Audit,
    login_backoff: Arc<LoginBackoff>,
    /// Wrong keys, tokens and signatures of webhooks and Open311.
    failed_attempts: Arc<FailedAttempts>,
    /// Requests of apps and readers over Open311.
    rate_limits: Arc<RateLimits>,
    hashing: Arc<HashingQueue>,
    streams: Arc<StreamLimits>,
    wallboard: Arc<WallboardCache>,
}

impl AppState {
    pub(crate) fn new(backend: Backend, options: Options) -> AppState {
        let options = Arc::new(options);
        let clock = HotlineClock::new(backend.clock, options.zone);
        let sessions = Arc::<Sessions>::default();
        AppState {
            authenticator: Authenticator::new(
                Arc::clone(&sessions),
                Arc::clone(&backend.accounts),
                clock.clone(),
                options.session_lifetime(),
            ),
            audit: Audit::new(clock.clone(), Arc::clone(&backend.commands)),
            hashing: Arc::new(HashingQueue::new(options.limits.passwords)),
            streams: Arc::new(StreamLimits::new(options.limits)),
            wallboard: Arc::new(WallboardCache::new(
                clock.clone(),
                Arc::clone(&backend.statistics),
            )),
            clock,
            commands: backend.commands,
            health: backend.health,
            log: backend.log,
            accounts: backend.accounts,
            calls: backend.calls,
            tickets: backend.tickets,
            worklists: backend.worklists,
            reference_data: backend.reference_data,
            attachments: backend.attachments,
            statistics: backend.statistics,
            reports: backend.reports,
            messaging: backend.messaging,
            config: backend.config,
            knowledge: backend.knowledge,
            options,
            sessions,
            login_backoff: Arc::default(),
            failed_attempts: Arc::default(),
            rate_limits: Arc::default(),
        }
    }
}
