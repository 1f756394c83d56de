//! Finds the unit that handles a demand (派单目录, DSP-05 the directory of duties), with the
//! reasons.

use std::fmt;

use model::{
    Date,
    desk::{AreaId, Grade, RouteKey, RouteRow, TopicId, UnitId, UnitRef},
};
use serde::Serialize;

use super::{Directory, Successor};

/// A query to the directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RouteQuery {
    /// The topic of the demand.
    pub topic: Option<TopicId>,
    /// The place.
    pub area: Option<AreaId>,
    /// The unit complained about: neither it nor a unit below it can handle the demand (S4).
    pub against: Option<UnitId>,
}

/// The units of a demand, and the reasons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Route {
    /// The unit that handles it.
    pub lead: UnitId,
    /// The units that assist.
    pub assists: Vec<UnitId>,
    /// The unit that supervises, never the lead. `None` when no unit was found and a person must
    /// name one.
    pub supervise: Option<UnitId>,
    /// The grade by the row, else by the topic, else B. Difficulty and scope may change it
    /// ([`Directory::grade`]).
    pub grade: Grade,
    /// Its kind among the twelve that need a quick response.
    pub quick_kind: Option<String>,
    /// The unit that takes it when the lead cannot.
    pub fallback: Option<UnitId>,
    /// The reasons, in the order in which they were found.
    #[serde(rename = "why")]
    pub reasons: Vec<RouteReason>,
}

/// One reason for a route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RouteReason {
    /// The topic has ended and has one successor.
    TopicMoved {
        /// The topic in the query.
        from: TopicId,
        /// The topic used instead.
        to: TopicId,
    },
    /// A row of the directory applies.
    Row {
        /// The row's key.
        key: RouteKey,
        /// The first day of the row's version.
        from: Option<Date>,
        /// The document that justifies it; may be empty.
        basis: String,
    },
    /// No row applies; the topic names its usual unit.
    TopicLead {
        /// The unit's short name.
        short: String,
        /// The unit of that name for this area.
        unit: UnitId,
    },
    /// No unit has the short name that the topic gives.
    #[serde(rename = "nobody_called")]
    UnknownShortName {
        /// The short name.
        short: String,
    },
    /// A unit has ended and has one successor.
    Succeeded {
        /// The unit that ended.
        unit: UnitId,
        /// Its successor.
        by: UnitId,
    },
    /// A unit has ended and has no successor or several.
    #[serde(rename = "gone")]
    UnitEnded {
        /// The unit that ended.
        unit: UnitId,
        /// Its successors.
        candidates: Vec<UnitId>,
    },
    /// The row names the government of the area, and the area has none or is unknown.
    NoGovernment,
    /// The row's fallback takes it.
    Fallback(UnitId),
    /// No unit is responsible; the government of the area takes it (V5).
    AreaGovernment(UnitId),
    /// No unit is responsible and the area has no government; the hub takes it.
    Hub(UnitId),
    /// The unit is complained about, or is below the unit that is (S4).
    Conflict {
        /// The unit that cannot handle it.
        unit: UnitId,
        /// The unit that handles it instead.
        instead: Option<UnitId>,
    },
    /// The supervising unit is not the one of the row, which names none or the lead itself.
    SupervisorByDefault(UnitId),
}

impl Directory {
    /// The route of a demand on a day. The row with the longest topic is used; among those, the one
    /// with the smallest area, in the version of that day. Without a row the topic's usual unit
    /// handles it, else the government of the area, else the hub. `None` when the directory has no
    /// hub either.
    pub fn route(&self, query: &RouteQuery, date: Date) -> Option<Route> {
        let mut search = RouteSearch { directory: self, query, date, reasons: Vec::new() };
        let topic = search.topic();
        let found = topic.as_ref().and_then(|topic| self.row(topic, query.area.as_ref(), date));
        let resolved = topic.as_ref().and_then(|topic| self.resolve_topic(topic, date));
        let usual = resolved.as_ref().map_or("", |topic| topic.lead.as_str());

        let mut lead = match found {
            Some(ApplicableRow { key, from, basis, row }) => {
                let (key, basis) = (key.clone(), basis.to_string());
                search.reasons.push(RouteReason::Row { key, from, basis });
                search.unit(&row.lead)
            }
            None => search.usual_unit(usual),
        };
        let row = found.map(|found| found.row);
        let own = row.and_then(|row| row.fallback.as_ref());
        if lead.is_none() {
            lead = own.and_then(|unit_ref| search.unit(unit_ref)).inspect(|unit| {
                search.reasons.push(RouteReason::Fallback(unit.clone()));
            });
        }
        let lead = lead.or_else(|| search.last_resort())?;
        let lead = search.unless_conflicted(lead)?;

        let assists = row.map_or(&[][..], |row| &row.assists);
        let assists = assists.iter().filter_map(|unit_ref| {
            let unit = search.unit(unit_ref).filter(|unit| *unit != lead)?;
            search.unless_conflicted_assist(unit)
        });
        let assists = assists.collect();
        let supervise = search.supervisor(&lead, row);
        let fallback =
            own.and_then(|unit_ref| self.resolve_unit_ref(unit_ref, query.area.as_ref(), date));
        let fallback = fallback.or_else(|| self.default_unit(query.area.as_ref(), date));
        let fallback = fallback.filter(|unit| !search.is_conflicted(unit));

        let grade = row.and_then(|row| row.grade).or(resolved.and_then(|topic| topic.grade));
        let quick_kind = row.map(|row| row.quick_kind.clone()).filter(|code| !code.is_empty());
        let (grade, reasons) = (grade.unwrap_or(Grade::B), search.reasons);
        Some(Route { lead, assists, supervise, grade, quick_kind, fallback, reasons })
    }

    /// The row of the directory that applies.
    pub(super) fn row(
        &self,
        topic: &TopicId,
        area: Option<&AreaId>,
        date: Date,
    ) -> Option<ApplicableRow<'_>> {
        let around = area.map_or(Vec::new(), |area| self.containing_areas(area, date));
        let areas: Vec<Option<AreaId>> = around.into_iter().map(Some).chain([None]).collect();
        Directory::topic_and_above(topic).find_map(|topic| {
            areas.iter().find_map(|area| {
                let key = RouteKey { topic: topic.clone(), area: area.clone() };
                let (key, row) = self.routes.get_key_value(&key)?;
                row.on(date)?;
                let (from, version) =
                    row.versions().filter(|(from, _)| *from <= Some(date)).last()?;
                let (basis, row) = (version.basis.as_str(), &version.now);
                Some(ApplicableRow { key, from, basis, row })
            })
        })
    }

    /// The unit that a reference means, when there is exactly one.
    fn resolve_unit_ref(
        &self,
        unit_ref: &UnitRef,
        area: Option<&AreaId>,
        date: Date,
    ) -> Option<UnitId> {
        match unit_ref {
            UnitRef::Unit(unit) => self.sole_successor(unit, date),
            UnitRef::AreaGovernment => self.government_of(area?, date).cloned(),
        }
    }

    /// The unit that takes unclear matters: the government of the area (V5), or else the hub.
    fn default_unit(&self, area: Option<&AreaId>, date: Date) -> Option<UnitId> {
        let governs = area.and_then(|area| self.government_of(area, date));
        governs.or_else(|| self.hub(date)).cloned()
    }

    /// The unit with this short name that is closest to an area: that of the smallest area around
    /// it, or else one without an area.
    pub fn unit_by_short_name(
        &self,
        short: &str,
        area: Option<&AreaId>,
        date: Date,
    ) -> Option<&UnitId> {
        let around = area.map_or(Vec::new(), |area| self.containing_areas(area, date));
        let same = self.active(date).filter(|(_, unit)| unit.short == short || unit.name == short);
        let distance = |unit: &Option<AreaId>| match unit {
            Some(area) => around.iter().position(|known| known == area),
            None => Some(around.len()),
        };
        // When no area is known, the unit of the highest level is chosen.
        let far = |level: u8| around.is_empty().then_some(usize::from(level));
        let placed = same
            .filter_map(|(id, unit)| Some((far(unit.level).or_else(|| distance(&unit.area))?, id)));
        placed.min().map(|(_, id)| id)
    }
}

/// The row of the table of routes that applies to a demand.
#[derive(Clone, Copy)]
pub(super) struct ApplicableRow<'a> {
    key: &'a RouteKey,
    /// The first day of its version; `None` means since always.
    from: Option<Date>,
    /// The document that justifies the version.
    basis: &'a str,
    pub(super) row: &'a RouteRow,
}

/// A search for a route, with the reasons found so far.
struct RouteSearch<'a> {
    directory: &'a Directory,
    query: &'a RouteQuery,
    date: Date,
    reasons: Vec<RouteReason>,
}

impl RouteSearch<'_> {
    fn area(&self) -> Option<&AreaId> {
        self.query.area.as_ref()
    }

    fn topic(&mut self) -> Option<TopicId> {
        let from = self.query.topic.as_ref()?;
        let to = self.directory.current_topic(from, self.date);
        if to != *from {
            self.reasons.push(RouteReason::TopicMoved { from: from.clone(), to: to.clone() });
        }
        Some(to)
    }

    fn unit(&mut self, unit_ref: &UnitRef) -> Option<UnitId> {
        let UnitRef::Unit(unit) = unit_ref else {
            let area = self.query.area.as_ref();
            let governs =
                area.and_then(|area| self.directory.government_of(area, self.date)).cloned();
            if governs.is_none() {
                self.reasons.push(RouteReason::NoGovernment);
            }
            return governs;
        };
        let gone = |candidates| RouteReason::UnitEnded { unit: unit.clone(), candidates };
        match self.directory.successor_of(unit, self.date) {
            Successor::Itself => Some(unit.clone()),
            Successor::One(by) => {
                self.reasons.push(RouteReason::Succeeded { unit: unit.clone(), by: by.clone() });
                Some(by)
            }
            Successor::Several(candidates) => {
                self.reasons.push(gone(candidates));
                None
            }
            Successor::None => {
                self.reasons.push(gone(Vec::new()));
                None
            }
        }
    }

    fn usual_unit(&mut self, short: &str) -> Option<UnitId> {
        if short.is_empty() {
            return None;
        }
        let unit = self.directory.unit_by_short_name(short, self.area(), self.date).cloned();
        let short = short.to_string();
        self.reasons.push(match &unit {
            Some(unit) => RouteReason::TopicLead { short, unit: unit.clone() },
            None => RouteReason::UnknownShortName { short },
        });
        unit
    }

    fn last_resort(&mut self) -> Option<UnitId> {
        let governs =
            self.area().and_then(|area| self.directory.government_of(area, self.date)).cloned();
        let why = match governs {
            Some(unit) => RouteReason::AreaGovernment(unit),
            None => RouteReason::Hub(self.directory.hub(self.date)?.clone()),
        };
        let (RouteReason::AreaGovernment(unit) | RouteReason::Hub(unit)) = &why else {
            return None;
        };
        let unit = unit.clone();
        self.reasons.push(why);
        Some(unit)
    }

    fn is_conflicted(&self, unit: &UnitId) -> bool {
        let against = self.query.against.as_ref();
        against.is_some_and(|against| self.directory.is_conflicted(unit, against, self.date))
    }

    fn unless_conflicted(&mut self, lead: UnitId) -> Option<UnitId> {
        let against = self.query.against.as_ref();
        let Some(against) = against.filter(|_| self.is_conflicted(&lead)) else {
            return Some(lead);
        };
        let instead = self.directory.complaint_handler(against, self.date);
        self.reasons.push(RouteReason::Conflict { unit: lead, instead: instead.clone() });
        instead
    }

    fn unless_conflicted_assist(&mut self, unit: UnitId) -> Option<UnitId> {
        if self.is_conflicted(&unit) {
            self.reasons.push(RouteReason::Conflict { unit, instead: None });
            return None;
        }
        Some(unit)
    }

    fn supervisor(&mut self, lead: &UnitId, row: Option<&RouteRow>) -> Option<UnitId> {
        let named =
            row.and_then(|row| row.supervise.as_ref()).and_then(|unit_ref| self.unit(unit_ref));
        if let Some(unit) = named.filter(|unit| unit != lead && !self.is_conflicted(unit)) {
            return Some(unit);
        }
        let unit = self.directory.supervisor_for(lead, self.area(), self.date);
        let hub = || self.directory.hub(self.date).filter(|hub| *hub != lead).cloned();
        let unit = unit.filter(|unit| !self.is_conflicted(unit)).or_else(hub)?;
        self.reasons.push(RouteReason::SupervisorByDefault(unit.clone()));
        Some(unit)
    }
}

impl fmt::Display for RouteReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RouteReason::TopicMoved { from, to } => write!(f, "topic {from} is now {to}"),
            RouteReason::Row { key, from, basis } => {
                let area = key.area.as_ref().map_or("any area", |area| area.as_str());
                write!(f, "the table of routes has a row for topic {} in {area}", key.topic)?;
                if let Some(from) = from {
                    write!(f, " since {from}")?;
                }
                if basis.is_empty() { Ok(()) } else { write!(f, ", by {basis}") }
            }
            RouteReason::TopicLead { short, unit } => {
                write!(f, "no row applies; the topic belongs to {short}, which is {unit} here")
            }
            RouteReason::UnknownShortName { short } => {
                write!(f, "no row applies, and no unit here has the short name {short}")
            }
            RouteReason::Succeeded { unit, by } => write!(f, "{unit} has ended; {by} succeeds it"),
            RouteReason::UnitEnded { unit, candidates } if candidates.is_empty() => {
                write!(f, "{unit} has ended without a successor")
            }
            RouteReason::UnitEnded { unit, candidates } => {
                let names: Vec<&str> = candidates.iter().map(UnitId::as_str).collect();
                write!(f, "{unit} was split into {}", names.join(", "))
            }
            RouteReason::NoGovernment => f.write_str("the area has no government or is unknown"),
            RouteReason::Fallback(unit) => write!(f, "{unit} is the row's fallback"),
            RouteReason::AreaGovernment(unit) => {
                write!(f, "{unit} governs the area and takes matters without a responsible unit")
            }
            RouteReason::Hub(unit) => {
                write!(f, "no other unit is responsible; the hub {unit} keeps it")
            }
            RouteReason::Conflict { unit, instead: Some(instead) } => {
                write!(
                    f,
                    "the complaint is about {unit} or a unit above it; {instead}, which is \
                     above, takes it"
                )
            }
            RouteReason::Conflict { unit, instead: None } => {
                write!(f, "the complaint is about {unit} or a unit above it; it is left out")
            }
            RouteReason::SupervisorByDefault(unit) => {
                write!(f, "{unit} supervises, because the row names no other unit")
            }
        }
    }
}
