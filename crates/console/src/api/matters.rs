//! A matter to be read: who follows it, what was ordered, what is on file (REC-23, SUP-03, UNS-04).

use std::sync::Arc;

use axum::{Json, extract::State};
use model::{
    TicketId,
    desk::{FilingId, MatterId, OrderId, TicketState, UnitId},
};
use schemars::JsonSchema;
use serde::Serialize;
use store::TicketIndex;
use ticketing::{Filing, order::Order};

use super::{
    asked::Id,
    described::{Api, Said},
};
use crate::{desk::Desk, problem::Problem, rights::Right, who::Who};

pub(super) fn routes() -> Api {
    Api::default().get(
        "/api/v1/matters/{matter}",
        one,
        Said::with(Right::Tickets, "A matter: its tickets, its orders, its filings")
            .gives::<Matter>(),
    )
}

/// All that belongs together.
#[derive(Serialize, JsonSchema)]
struct Matter {
    matter: MatterId,
    /// How many tickets there are.
    count: usize,
    /// The first of them, and where they stand; the others are `/api/v1/tickets?matter=`.
    tickets: Vec<Member>,
    orders: Vec<Ordered>,
    filings: Vec<OnFile>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "MatterTicket")]
struct Member {
    ticket: TicketId,
    state: TicketState,
    /// Follows the master, and is answered with it.
    follows: bool,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "MatterOrder")]
struct Ordered {
    id: OrderId,
    unit: UnitId,
    #[serde(flatten)]
    order: Order,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "MatterFiling")]
struct OnFile {
    id: FilingId,
    #[serde(flatten)]
    filing: Filing,
}

async fn one(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Id(ticket): Id<TicketId>,
) -> Result<Json<Matter>, Problem> {
    who.must(Right::Tickets)?;
    let matter = MatterId(ticket);
    let look = move |backend: &dyn crate::Backend| {
        let mut found = Matter {
            matter,
            count: 0,
            tickets: Vec::new(),
            orders: Vec::new(),
            filings: Vec::new(),
        };
        backend.each_ticket(&TicketIndex::Matter(matter), &mut |ticket| {
            found.count += 1;
            if found.tickets.len() < TICKETS_MAX {
                let (state, follows) = (ticket.state, ticket.follows);
                found.tickets.push(Member { ticket: ticket.ticket, state, follows });
            }
            true
        })?;
        backend.with_reference_data(&mut |reference| {
            let orders = reference.all_orders().filter(|(id, _, _)| id.matter == matter);
            found.orders = orders
                .map(|(id, unit, order)| Ordered { id, unit: unit.clone(), order: order.clone() })
                .collect();
            let filings = reference.filings().filter(|(id, _)| id.matter == matter);
            found.filings =
                filings.map(|(id, filing)| OnFile { id, filing: filing.clone() }).collect();
        });
        Ok(found)
    };
    let found = desk.read(look).await?;
    if found.count == 0 {
        return Err(Problem::not_found("there is no such matter"));
    }
    Ok(Json(found))
}

/// What a page shows.
const TICKETS_MAX: usize = 200;
