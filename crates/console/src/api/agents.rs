//! How people worked: each agent's sums, rates and quarter hours.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, extract::State};
use model::{AccountName, Timestamp, event::Role};
use schemars::JsonSchema;
use serde::Serialize;
use stats::AgentStats;

use super::{asked::Asked, span::Span};
use crate::{desk::Desk, problem::Problem, rights::Right, who::Who};

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AgentsWorked")]
pub(super) struct Shown {
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
    /// When it began.
    start: Timestamp,
    #[serde(flatten)]
    figures: Figures,
}

/// The sums, and the rates made of them.
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
    State(desk): State<Arc<Desk>>,
    who: Who,
    Asked(span): Asked<Span>,
) -> Result<Json<Shown>, Problem> {
    if who.role() != Role::Agent {
        who.must(Right::AllAgents)?;
    }
    let to = span.to(desk.now());
    let (from, rows) = desk.backend.agents(span.from(), to);
    let is_shown = |agent: &AccountName| who.may(Right::AllAgents) || *agent == who.account.name;
    let rows = rows.into_iter().filter(|(agent, _)| is_shown(agent));
    let agents = rows.map(|(agent, rows)| told(agent, rows, span.quarters)).collect();
    Ok(Json(Shown { from, to, agents }))
}

fn told(agent: AccountName, rows: BTreeMap<Timestamp, AgentStats>, quarters: bool) -> Agent {
    let mut sum = AgentStats::default();
    rows.values().for_each(|stats| sum.add(stats));
    let quarter =
        |(start, stats): (Timestamp, AgentStats)| Quarter { start, figures: stats.into() };
    let quarters = quarters.then(|| rows.into_iter().map(quarter).collect());
    Agent { agent, sum: sum.into(), quarters }
}
