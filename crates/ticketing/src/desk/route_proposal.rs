//! The directory's proposal for a ticket in review, for the dispatcher (DSP-05, dispatch directory;
//! REC-10, grades).

use model::{
    Timestamp,
    desk::{AssignmentEvent, DeskEvent, ProposedRoute, RouteKey, TicketEvent},
};

use super::Desk;
use crate::ticket::Ticket;
use directory::RouteQuery;

impl Desk {
    /// The directory row that follows from an authority's decision: this topic in this area belongs
    /// to that unit, so the same dispute does not come again (DSP-07, unclear duties; DSP-09,
    /// disputes). A demand without topic or area makes no row, and an existing row is not written
    /// again.
    pub(crate) fn directory_row_of_dispute(
        &self,
        now: Timestamp,
        ticket: &Ticket,
        event: &AssignmentEvent,
    ) -> Vec<DeskEvent> {
        let AssignmentEvent::DisputeDecided { document, unit, .. } = event else {
            return Vec::new();
        };
        let (directory, today) = (self.directory(), self.zone().date(now));
        let (Some(topic), Some(area)) = (&ticket.form.topic, &ticket.form.area) else {
            return Vec::new();
        };
        let (topic, area) = (directory.current_topic(topic, today), Some(area.clone()));
        let asked = RouteQuery { topic: Some(topic.clone()), area: area.clone(), against: None };
        let known = directory.route(&asked, today).is_some_and(|route| route.lead == *unit);
        if directory.is_empty() || known {
            return Vec::new();
        }
        let change =
            directory.arbitrated(RouteKey { topic, area }, unit.clone(), document.clone(), today);
        let note = format!("争议裁定（{}）：{document}", ticket.ticket);
        let events = self.directory_state().pre_approved_events(&note, vec![change]);
        events.into_iter().map(DeskEvent::Directory).collect()
    }

    /// The proposal that a ticket should have and has not. There is none while the directory is
    /// empty. A reorganisation while a ticket waits makes no new proposal; the dispatcher sees it.
    pub(crate) fn route_to_propose(&self, ticket: &Ticket, now: Timestamp) -> Option<TicketEvent> {
        let form = &ticket.form;
        let asked = RouteQuery {
            topic: form.topic.clone(),
            area: form.area.clone(),
            against: form.against.as_ref().and_then(|against| against.unit.clone()),
        };
        let (directory, today) = (self.directory(), self.zone().date(now));
        let told = ticket.route.as_ref().is_some_and(|told| {
            told.topic == asked.topic && told.area == asked.area && told.against == asked.against
        });
        if told || directory.is_empty() {
            return None;
        }
        let route = directory.route(&asked, today)?;
        let graded = asked.topic.as_ref().map(|topic| {
            directory.grade(topic, form.difficulty, form.scope, Some(route.grade), today).grade
        });
        Some(TicketEvent::RouteProposed(Box::new(ProposedRoute {
            topic: asked.topic,
            area: asked.area,
            against: asked.against,
            grade: graded.unwrap_or(route.grade),
            why: route.reasons.iter().map(ToString::to_string).collect(),
            lead: route.lead,
            assists: route.assists,
            supervise: route.supervise,
            fallback: route.fallback,
            quick_kind: route.quick_kind,
        })))
    }
}
