//! Decides registration (T01, T03 to T06) and the matter of a ticket: merged, attached or filed
//! already.

use model::{
    TicketId,
    desk::{
        DeskEvent, Disposition, FilingId, Form, KnowledgeId, MatterId, Purpose, TicketEvent,
        TicketState, Urge, UrgeChannel, UrgeSource,
    },
    event::Role,
};

use super::{CommandContext, TAGS_MAX};
use crate::ticket::Ticket;
use deadlines::clock::quick_kind;
use workflow::{
    Fault, Refusal,
    text::{LINE_MAX, TEXT_MAX, bounded, filled, hashes},
};

impl CommandContext<'_> {
    pub(super) fn register(
        &self,
        change: Form,
        matter: Option<MatterId>,
    ) -> Result<Vec<TicketEvent>, Refusal> {
        let mut form = self.ticket.form.clone();
        form.merge(change.clone());
        let mut faults = Vec::new();
        check_form(&mut faults, &form);
        self.check_topic(&mut faults, &form);
        let mut missing = |field: &str, there: bool, what: &str| {
            if !there {
                faults.push(Fault::new(format!("form.{field}"), what));
            }
        };
        let text = |text: &Option<String>| text.as_deref().is_some_and(|t| !t.trim().is_empty());
        missing("purpose", form.purpose.is_some(), "is missing: what the caller wants");
        missing("title", text(&form.title), "is missing: the demand in a line");
        missing(
            "confidential",
            form.confidential.is_some(),
            "is missing: ask whether to keep the caller unknown",
        );
        let needs_place =
            matches!(form.purpose, Some(Purpose::Complaint | Purpose::Report | Purpose::Help));
        let placed = form.area.is_some() || form.address.as_ref().is_some_and(|a| !a.is_empty());
        missing("content", !needs_place || text(&form.content), "is missing: what was said");
        missing(
            "area",
            !needs_place || placed,
            "is missing: area or address, for a complaint, report or call for help",
        );
        if let Some(matter) = matter
            && self.desk.matter(matter).is_none()
            && !self.recalled.iter().any(|archived| archived.matter == Some(matter))
        {
            faults.push(Fault::new("matter", format!("there is no matter {matter}")));
        }
        Refusal::unless_none(faults)?;
        let mut events = Vec::new();
        let mut change = change;
        // A caller who reports wrongdoing is confidential, whether they asked for it or not
        // (REC-06).
        if form.purpose == Some(Purpose::Report) && form.confidential != Some(true) {
            change.confidential = Some(true);
        }
        if change != Form::default() {
            events.push(TicketEvent::Written(Box::new(change)));
        }
        let matter = matter.unwrap_or(MatterId(self.ticket.ticket));
        events.push(TicketEvent::Registered {
            matter,
            repeat_caller: self.desk.other_tickets_of_caller(self.ticket).next().is_some()
                || self.recalled.iter().any(|archived| same_caller(archived, self.ticket)),
            repeat_matter: matter.0 != self.ticket.ticket,
            query_code: self.desk.query_code(self.ticket.ticket),
        });
        Ok(events)
    }

    /// Checks that a topic is in the table (REC-07, topics) or has a successor there. While the
    /// table is empty, any code is accepted.
    pub(super) fn check_topic(&self, faults: &mut Vec<Fault>, form: &Form) {
        let (directory, today) = (self.desk.directory(), self.desk.zone().date(self.now));
        let Some(topic) = &form.topic else { return };
        if directory.topics().next().is_none() {
            return;
        }
        if directory.topic_on(&directory.current_topic(topic, today), today).is_none() {
            let what = format!("{topic} is not a topic of the table today (REC-07)");
            faults.push(Fault::new("form.topic", what));
        } else if let Some(purpose) = form.purpose
            && !directory.allows_purpose(topic, purpose, today)
        {
            let what = format!("{topic} is not for this purpose in the table of topics (REC-05)");
            faults.push(Fault::new("form.topic", what));
        }
    }

    pub(super) fn merge(&self, id: MatterId) -> Result<Vec<TicketEvent>, Refusal> {
        let Some(matter) = self.desk.matter(id) else {
            return Err(Refusal::not_found(format!("matter {id}")));
        };
        let mut faults = Vec::new();
        match self.desk.ticket(matter.master) {
            _ if matter.master == self.ticket.ticket => {
                faults.push(Fault::new("matter", "is this ticket's own"));
            }
            Some(master) if master.is_over() || master.follows => {
                let what = format!(
                    "its master {} is closed: dispatch this one, or reopen the master",
                    matter.master
                );
                faults.push(Fault::new("matter", what));
            }
            // The same caller urges the ticket; another caller's ticket follows it (T11).
            Some(master) if same_caller(master, self.ticket) => {
                let what = format!("is the same caller's ticket {}: urge that one", master.ticket);
                faults.push(Fault::new("matter", what));
            }
            Some(_) => {}
            None => faults.push(Fault::new("matter", "its master is archived: dispatch this one")),
        }
        if !self.desk.followers(self.ticket).is_empty() {
            faults.push(Fault::new("ticket", "is followed by other tickets"));
        }
        Refusal::unless_none(faults)?;
        Ok(vec![TicketEvent::Merged { matter: id }])
    }

    pub(super) fn attach(&self, to: TicketId, text: String) -> Result<Vec<DeskEvent>, Refusal> {
        let Some(other) = self.desk.ticket(to) else {
            return Err(Refusal::not_found(format!("ticket {to}")));
        };
        let mut faults = Vec::new();
        filled(&mut faults, "text", &text);
        if other.is_over() || other.state == TicketState::Draft {
            let what =
                format!("{to} is {:?}: register this call as a ticket of its own", other.state);
            faults.push(Fault::new("to", what));
        }
        Refusal::unless_none(faults)?;
        let mut events = Vec::new();
        if let Some(call) = self.ticket.call {
            events.push(DeskEvent::Ticket(
                to,
                TicketEvent::CallAdded { call, seat: self.ticket.seat },
            ));
        }
        let level = self.desk.level_of(other, self.now);
        let (source, channel) = (UrgeSource::Citizen, UrgeChannel::Phone);
        let counts = other.urges.counts(source, self.now, self.desk.zone());
        let urge = Urge { source, channel, level, text, counts };
        events.push(DeskEvent::Ticket(to, TicketEvent::Urged(urge)));
        events.push(DeskEvent::Ticket(self.ticket.ticket, TicketEvent::Attached { to }));
        Ok(events)
    }

    /// Answers on the spot, from a knowledge item if the command names one (T03).
    pub(super) fn answer(
        &self,
        faults: &mut Vec<Fault>,
        answer: String,
        knowledge: Option<KnowledgeId>,
        no_item: Option<String>,
    ) -> TicketEvent {
        filled(faults, "answer", &answer);
        if knowledge.is_none() && no_item.as_deref().unwrap_or_default().trim().is_empty() {
            faults.push(Fault::new(
                "knowledge",
                "is missing: name the item that was used, or say in no_item why there is none",
            ));
        }
        if matches!(self.ticket.form.purpose, Some(Purpose::Complaint | Purpose::Report)) {
            let what = "a complaint or report is checked and not answered on the spot (T03)";
            faults.push(Fault::new("purpose", what));
        }
        TicketEvent::Answered { answer, knowledge, no_item }
    }

    /// Marks the ticket as invalid (T06). A second person confirms nuisance (NUI-01, invalid
    /// calls).
    pub(super) fn mark_invalid(
        &self,
        faults: &mut Vec<Fault>,
        disposition: Disposition,
    ) -> TicketEvent {
        if disposition.is_valid() {
            faults.push(Fault::new("disposition", "is a valid demand: answer or dispatch it"));
        }
        let confirms = matches!(self.by.role(), Some(Role::Supervisor | Role::Director));
        if disposition.is_nuisance() && !confirms {
            TicketEvent::NuisanceProposed(disposition)
        } else {
            TicketEvent::Invalidated(disposition)
        }
    }

    /// Answers with the filing of its matter (T10).
    pub(super) fn match_filing(
        &self,
        faults: &mut Vec<Fault>,
        filing: FilingId,
    ) -> Result<TicketEvent, Refusal> {
        let Some(found) = self.desk.filing(filing) else {
            return Err(Refusal::not_found(format!("filing {filing}")));
        };
        if Some(filing.matter) != self.ticket.matter {
            faults.push(Fault::new("filing", "belongs to another matter"));
        }
        if !found.is_in_force(self.now, None) {
            faults.push(Fault::new("filing", format!("is not in force: it is {:?}", found.state)));
        }
        Ok(TicketEvent::FilingMatched { filing, answer: found.form.answer.clone() })
    }
}

/// Checks lengths and shapes of a form, whatever is still missing in it.
pub(in crate::desk::decide) fn check_form(faults: &mut Vec<Fault>, form: &Form) {
    let lines = [
        ("title", form.title.as_deref()),
        ("recurrence", form.recurrence.as_deref()),
        ("name", form.name.as_ref().map(|t| t.reveal())),
        ("employer", form.employer.as_ref().map(|t| t.reveal())),
        ("address", form.address.as_ref().map(|t| t.reveal())),
    ];
    for (field, text) in lines {
        bounded(faults, &format!("form.{field}"), text.unwrap_or_default(), LINE_MAX);
    }
    let texts = [
        ("content", &form.content),
        ("summary", &form.summary),
        ("change_since_last", &form.change_since_last),
        ("suggestion", &form.suggestion),
    ];
    for (field, text) in texts {
        bounded(faults, &format!("form.{field}"), text.as_deref().unwrap_or_default(), TEXT_MAX);
    }
    if let Some(topic) = &form.topic {
        let code = topic.as_str();
        if !matches!(code.len(), 2 | 4 | 6) || !code.bytes().all(|b| b.is_ascii_digit()) {
            faults.push(Fault::new(
                "form.topic",
                "is not a topic code, which has two, four or six digits",
            ));
        }
    }
    if let Some(code) = form.quick()
        && quick_kind(code).is_none()
    {
        faults.push(Fault::new("form.quick_kind", "is not one of Q01 to Q12"));
    }
    if let Some(spot) = &form.spot
        && !((-90.0..=90.0).contains(&spot.lat) && (-180.0..=180.0).contains(&spot.long))
    {
        faults
            .push(Fault::new("form.spot", "is not on the earth: lat -90 to 90, long -180 to 180"));
    }
    if let (Some(from), Some(to)) = (form.occurred_from, form.occurred_to)
        && from > to
    {
        faults.push(Fault::new("form.occurred_to", "is before occurred_from"));
    }
    hashes(faults, "form.attachments", form.attachments.as_deref().unwrap_or_default());
    for (field, len) in [
        ("tags", form.tags.as_ref().map_or(0, Vec::len)),
        ("foreign", form.foreign.as_ref().map_or(0, Vec::len)),
    ] {
        if len > TAGS_MAX {
            faults.push(Fault::new(
                format!("form.{field}"),
                format!("has {len}; at most {TAGS_MAX}"),
            ));
        }
    }
}

fn same_caller(a: &Ticket, b: &Ticket) -> bool {
    a.contact().is_some() && a.contact() == b.contact()
}
