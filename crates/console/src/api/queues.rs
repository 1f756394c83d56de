//! Figures of queues: sums, rates and quarter hours, each formula under its own name.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, extract::State};
use model::{QueueId, Timestamp, event::RefusalCause};
use schemars::JsonSchema;
use serde::Serialize;
use stats::{Interval, QueueStats, ServiceLevel, Thresholds};
use ticketing::rights::Right;

use crate::{
    auth::User,
    backend::{Configuration, QueueQuarterHours, Statistics},
    clock::HotlineClock,
    extract::QueryParams,
    options::{Options, queue_order},
    problem::Problem,
    time_range::TimeRange,
};

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "QueuesWent")]
pub(super) struct QueueFigures {
    from: Timestamp,
    to: Timestamp,
    /// All queues together.
    total: Figures,
    queues: Vec<Queue>,
    /// Callers refused before any queue, by cause.
    refused: BTreeMap<RefusalCause, u64>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "QueueWent")]
struct Queue {
    queue: QueueId,
    /// The thresholds for "in time" and "a short abandon" of this queue.
    measured_by: Thresholds,
    #[serde(flatten)]
    sum: Figures,
    #[serde(skip_serializing_if = "Option::is_none")]
    quarters: Option<Vec<Quarter>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "QueueQuarter")]
struct Quarter {
    /// The time it began.
    start: Timestamp,
    #[serde(flatten)]
    figures: Figures,
}

/// Sums, and the rates computed from them; a rate is `null` where its denominator is 0.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "QueueFigures")]
struct Figures {
    #[serde(flatten)]
    stats: QueueStats,
    /// By formula; the hotline's own is `sl3`, A≤T / (A + Ab).
    service_level: BTreeMap<&'static str, Option<f64>>,
    /// Average speed of answer.
    asa_ms: Option<u64>,
    abandon_wait_ms_mean: Option<u64>,
    /// Over all exits.
    wait_ms_mean: Option<u64>,
    talk_ms_mean: Option<u64>,
    /// Ab / O.
    abandonment: Option<f64>,
    abandonment_without_short: Option<f64>,
    /// A / O.
    answer_rate: Option<f64>,
}

impl From<QueueStats> for Figures {
    fn from(stats: QueueStats) -> Figures {
        let level = |(word, by)| (word, stats.service_level(by));
        Figures {
            service_level: ServiceLevel::WORDS.into_iter().map(level).collect(),
            asa_ms: stats.asa_ms(),
            abandon_wait_ms_mean: stats.abandon_ms(),
            wait_ms_mean: stats.wait_ms(),
            talk_ms_mean: stats.talk_ms_mean(),
            abandonment: stats.abandonment(),
            abandonment_without_short: stats.abandonment_without_short(),
            answer_rate: stats.answer_rate(),
            stats,
        }
    }
}

pub(super) async fn figures(
    State(statistics): State<Arc<dyn Statistics>>,
    State(options): State<Arc<Options>>,
    State(config): State<Arc<dyn Configuration>>,
    State(clock): State<HotlineClock>,
    user: User,
    QueryParams(range): QueryParams<TimeRange>,
) -> Result<Json<QueueFigures>, Problem> {
    user.require(Right::Wallboard)?;
    let to = range.to(clock.now());
    let QueueQuarterHours { from, rows, thresholds } = statistics.queues(range.from(), to);
    let (mut queues, mut refused) = (BTreeMap::<QueueId, Vec<_>>::new(), BTreeMap::new());
    for (start, Interval { queues: of_queues, refused: of_interval }) in rows {
        for (queue, stats) in of_queues {
            queues.entry(queue).or_default().push((start, stats));
        }
        for (cause, n) in of_interval {
            *refused.entry(cause).or_default() += n;
        }
    }
    let sum = |rows: &[(Timestamp, QueueStats)]| {
        rows.iter().map(|(_, stats)| *stats).reduce(|sum, next| sum.add(&next)).unwrap_or_default()
    };
    let all = queues.iter().map(|(queue, rows)| (queue.clone(), sum(rows))).collect();
    let total = Interval { queues: all, refused: BTreeMap::new() }.total();
    let figures_of = |(queue, rows): (QueueId, Vec<(Timestamp, QueueStats)>)| Queue {
        measured_by: thresholds.get(&queue).copied().unwrap_or_default(),
        queue,
        sum: sum(&rows).into(),
        quarters: range.quarters.then(|| {
            let quarter =
                |(start, stats): (_, QueueStats)| Quarter { start, figures: stats.into() };
            rows.into_iter().map(quarter).collect()
        }),
    };
    let mut queues: Vec<Queue> = queues.into_iter().map(figures_of).collect();
    let order = options.queues(&*config);
    queues.sort_by_key(|figures| queue_order(&order, &figures.queue));
    Ok(Json(QueueFigures { from, to, total: total.into(), queues, refused }))
}
