//! Figures of agents: sums, rates and quarter hours.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, extract::State};
use model::{AccountName, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use stats::AgentStats;
use ticketing::rights::Right;

use crate::{
    auth::User,
    backend::{AgentQuarterHours, Statistics},
    clock::HotlineClock,
    extract::QueryParams,
    problem::Problem,
    time_range::TimeRange,
};

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AgentsWorked")]
pub(super) struct AgentFigures {
    from: Timestamp,
    to: Timestamp,
    agents: Vec<Agent>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AgentWorked")]
struct Agent {
    agent: AccountName,
    #[serde(flatten)]
    sum: Figures,
    #[serde(skip_serializing_if = "Option::is_none")]
    quarters: Option<Vec<Quarter>>,
}

#[derive(Serialize, JsonSchema)]
struct Quarter {
    /// The time it began.
    start: Timestamp,
    #[serde(flatten)]
    figures: Figures,
}

/// Sums, and the rates computed from them.
#[derive(Serialize, JsonSchema)]
struct Figures {
    #[serde(flatten)]
    stats: AgentStats,
    logged_in_ms: u64,
    aht_ms: Option<u64>,
    occupancy: Option<f64>,
    utilisation: Option<f64>,
    no_answer_rate: Option<f64>,
}

impl From<AgentStats> for Figures {
    fn from(stats: AgentStats) -> Figures {
        Figures {
            logged_in_ms: stats.logged_in_ms(),
            aht_ms: stats.aht_ms(),
            occupancy: stats.occupancy(),
            utilisation: stats.utilisation(),
            no_answer_rate: stats.no_answer_rate(),
            stats,
        }
    }
}

pub(super) async fn list(
    State(statistics): State<Arc<dyn Statistics>>,
    State(clock): State<HotlineClock>,
    user: User,
    QueryParams(range): QueryParams<TimeRange>,
) -> Result<Json<AgentFigures>, Problem> {
    if !user.may(Right::OwnSeat) {
        user.require(Right::AllAgents)?;
    }
    let to = range.to(clock.now());
    let AgentQuarterHours { from, rows } = statistics.agents(range.from(), to);
    let is_shown = |agent: &AccountName| user.may(Right::AllAgents) || *agent == user.account.name;
    let rows = rows.into_iter().filter(|(agent, _)| is_shown(agent));
    let agents = rows.map(|(agent, rows)| figures_of(agent, rows, range.quarters)).collect();
    Ok(Json(AgentFigures { from, to, agents }))
}

fn figures_of(agent: AccountName, rows: BTreeMap<Timestamp, AgentStats>, quarters: bool) -> Agent {
    let mut sum = AgentStats::default();
    rows.values().for_each(|stats| sum.add(stats));
    let quarter =
        |(start, stats): (Timestamp, AgentStats)| Quarter { start, figures: stats.into() };
    let quarters = quarters.then(|| rows.into_iter().map(quarter).collect());
    Agent { agent, sum: sum.into(), quarters }
}
