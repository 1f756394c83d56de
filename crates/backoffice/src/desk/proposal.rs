//! What the directory says of a ticket in review, for whoever dispatches it (DSP-05, REC-10).

use model::{
    Timestamp,
    desk::{ProposedRoute, TicketDeed},
};

use super::Desk;
use crate::{network::Asked, ticket::Ticket};

impl Desk {
    /// The proposal a ticket should have and has not. A desk whose network is not written yet proposes
    /// nothing; a reorganisation while a ticket waits is seen by who dispatches, not told again.
    pub(crate) fn route_to_propose(&self, ticket: &Ticket, now: Timestamp) -> Option<TicketDeed> {
        let form = &ticket.form;
        let asked = Asked {
            topic: form.topic.clone(),
            area: form.area.clone(),
            against: form.against.as_ref().and_then(|against| against.unit.clone()),
        };
        let (network, today) = (self.network(), self.zone().date(now));
        let told = ticket.route.as_ref().is_some_and(|told| {
            told.topic == asked.topic && told.area == asked.area && told.against == asked.against
        });
        if told || network.is_empty() {
            return None;
        }
        let route = network.route(&asked, today)?;
        let graded = asked.topic.as_ref().map(|topic| {
            network.grade(topic, form.difficulty, form.scope, Some(route.grade), today).grade
        });
        Some(TicketDeed::RouteProposed(Box::new(ProposedRoute {
            topic: asked.topic,
            area: asked.area,
            against: asked.against,
            grade: graded.unwrap_or(route.grade),
            why: route.why.iter().map(ToString::to_string).collect(),
            lead: route.lead,
            assists: route.assists,
            supervise: route.supervise,
            fallback: route.fallback,
            quick_kind: route.quick_kind,
        })))
    }
}
