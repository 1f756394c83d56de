//! Commands about the roster and the sessions, and the roles that may give them.

use std::time::Duration;

use model::{
    AccountName, CallId, Date, TicketId, Timestamp,
    desk::{
        Actor, LeaderEvent, LeaderSessionEvent, LeaderSessionId, LeaderSessionPlan, RosterEvent,
        SigningTurn, TenDays,
    },
    event::Role,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Leaders, Session, SessionState};
use crate::TableFault;
use workflow::{Fault, Refusal};

/// A command about the roster or a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "payload", rename_all = "snake_case", deny_unknown_fields)]
pub enum LeaderCommand {
    /// Write the turn of ten days.
    WriteTurn {
        /// The ten days.
        days: TenDays,
        /// The leader and the deputies.
        turn: SigningTurn,
    },
    /// Write the turns of a table that differ from the roster.
    ImportRoster {
        /// The roster as CSV.
        table: String,
    },
    /// Remove a turn from the roster.
    ClearTurn {
        /// The ten days.
        days: TenDays,
    },
    /// Write that a leader is away. Leaders may do so for themselves.
    WriteAway {
        /// The leader.
        leader: AccountName,
        /// The first day.
        from: Date,
        /// The last day.
        last: Date,
        /// The reason.
        reason: String,
    },
    /// Remove an absence.
    ClearAway {
        /// The leader.
        leader: AccountName,
        /// The first day of the absence.
        from: Date,
    },
    /// Plan a session, or change the plan of one.
    PlanSession {
        /// The session; `None` for a new one.
        #[serde(default)]
        session: Option<LeaderSessionId>,
        /// The plan.
        plan: Box<LeaderSessionPlan>,
    },
    /// Cancel a session.
    CancelSession {
        /// The session.
        session: LeaderSessionId,
        /// The reason.
        reason: String,
    },
    /// Open a session: the leader is at the seat.
    OpenSession {
        /// The session.
        session: LeaderSessionId,
    },
    /// Note that a call was taken in a session.
    TakeCall {
        /// The session.
        session: LeaderSessionId,
        /// The call.
        call: CallId,
        /// Its ticket.
        ticket: TicketId,
        /// Whether the matter was decided on the spot.
        #[serde(default)]
        decided: bool,
    },
    /// Close a session: the leader leaves.
    CloseSession {
        /// The session.
        session: LeaderSessionId,
    },
}

impl Leaders {
    /// The events of a command.
    ///
    /// # Errors
    /// The role may not give the command, the state does not allow it, or the command has faults,
    /// all of which are listed.
    pub fn decide(
        &self,
        now: Timestamp,
        by: &Actor,
        command: LeaderCommand,
    ) -> Result<Vec<LeaderEvent>, Refusal> {
        self.check_permission(by, &command)?;
        let event = match command {
            LeaderCommand::WriteTurn { days, turn } => {
                Refusal::unless_none(turn_faults(days, &turn))?;
                LeaderEvent::Roster(RosterEvent::TurnWritten { days, turn })
            }
            LeaderCommand::ImportRoster { table } => {
                let turns = self.import(&table).map_err(|faults| Refusal::Faults {
                    faults: faults.iter().map(TableFault::as_file_fault).collect(),
                })?;
                if turns.is_empty() {
                    let fault = Fault::no_change("table", "the roster has these turns already");
                    return Err(Refusal::Faults { faults: vec![fault] });
                }
                return Ok(turns.into_iter().map(LeaderEvent::Roster).collect());
            }
            LeaderCommand::ClearTurn { days } => {
                self.turns.get(&days).ok_or_else(|| Refusal::not_found(format!("turn {days}")))?;
                LeaderEvent::Roster(RosterEvent::TurnCleared { days })
            }
            LeaderCommand::WriteAway { leader, from, last, reason } => {
                let mut faults = Vec::new();
                check_date("from", from, &mut faults);
                check_date("last", last, &mut faults);
                if last < from || last.days() - from.days() > AWAY_DAYS_MAX {
                    faults.push(Fault::new(
                        "last",
                        "write a day that is not before the first one and at most a year later",
                    ));
                }
                if self.away.len() >= AWAY_MAX {
                    faults.push(Fault::new(
                        "leader",
                        "the list of absences is full; clear past ones",
                    ));
                }
                check_length("reason", &reason, REASON_CHARS_MAX, &mut faults);
                Refusal::unless_none(faults)?;
                LeaderEvent::Roster(RosterEvent::AwayWritten { leader, from, last, reason })
            }
            LeaderCommand::ClearAway { leader, from } => {
                let known = self.away.contains_key(&(leader.clone(), from));
                if !known {
                    return Err(Refusal::not_found(format!("absence of {leader} from {from}")));
                }
                LeaderEvent::Roster(RosterEvent::AwayCleared { leader, from })
            }
            LeaderCommand::PlanSession { session, plan } => {
                if let Some(id) = session {
                    self.session_in_state(id, &["planned"])?;
                }
                Refusal::unless_none(self.plan_faults(now, session, &plan))?;
                let id = session.unwrap_or_else(|| self.next_session());
                LeaderEvent::Session(id, LeaderSessionEvent::Planned(plan))
            }
            LeaderCommand::CancelSession { session, reason } => {
                self.session_in_state(session, &["planned"])?;
                let mut faults = Vec::new();
                check_length("reason", &reason, REASON_CHARS_MAX, &mut faults);
                Refusal::unless_none(faults)?;
                LeaderEvent::Session(session, LeaderSessionEvent::Cancelled { reason })
            }
            LeaderCommand::OpenSession { session } => {
                let plan = &self.session_in_state(session, &["planned"])?.plan;
                if now < plan.from - EARLY || now >= plan.to {
                    let what = format!(
                        "it is planned from {} to {}; change the plan, or open it at that time",
                        plan.from, plan.to
                    );
                    return Err(Refusal::Faults { faults: vec![Fault::new("session", what)] });
                }
                LeaderEvent::Session(session, LeaderSessionEvent::Opened)
            }
            LeaderCommand::TakeCall { session, call, ticket, decided } => {
                let open = self.session_in_state(session, &["open"])?;
                let mut faults = Vec::new();
                if open.taken.iter().any(|taken| taken.call == call) {
                    faults.push(Fault::new(
                        "call",
                        "the call is on the list already; each call is taken once",
                    ));
                }
                if open.taken.len() >= TAKEN_MAX {
                    faults.push(Fault::new("session", "the list is full; plan another session"));
                }
                Refusal::unless_none(faults)?;
                LeaderEvent::Session(session, LeaderSessionEvent::Taken { call, ticket, decided })
            }
            LeaderCommand::CloseSession { session } => {
                self.session_in_state(session, &["open"])?;
                LeaderEvent::Session(session, LeaderSessionEvent::Closed)
            }
        };
        Ok(vec![event])
    }

    fn check_permission(&self, by: &Actor, command: &LeaderCommand) -> Result<(), Refusal> {
        let own = |leader| by.role() == Some(Role::Leader) && by.account() == Some(leader);
        let (roles, own) = match command {
            LeaderCommand::WriteAway { leader, .. } | LeaderCommand::ClearAway { leader, .. } => {
                (PLANNERS, own(leader))
            }
            LeaderCommand::OpenSession { session }
            | LeaderCommand::TakeCall { session, .. }
            | LeaderCommand::CloseSession { session } => {
                let plan = self.sessions.get(session).map(|session| &session.plan);
                let theirs = plan.is_some_and(|p| own(&p.leader) || by.account() == Some(&p.agent));
                (SESSION_ROLES, theirs)
            }
            _ => (PLANNERS, false),
        };
        // The engine writes the roster at the first start.
        if own || matches!(by, Actor::Engine) || by.role().is_some_and(|role| roles.contains(&role))
        {
            return Ok(());
        }
        let why = "only the hotline's office may change the roster and sessions".to_string();
        Err(Refusal::Forbidden { why, roles: roles.to_vec() })
    }

    fn session_in_state(&self, id: LeaderSessionId, states: &[&str]) -> Result<&Session, Refusal> {
        let known = self.sessions.get(&id);
        let session = known.ok_or_else(|| Refusal::not_found(format!("session {id}")))?;
        if states.contains(&session.state.name()) {
            return Ok(session);
        }
        let allowed = match session.state {
            SessionState::Planned => &["plan_session", "cancel_session", "open_session"][..],
            SessionState::Open { .. } => &["take_call", "close_session"],
            SessionState::Cancelled { .. } | SessionState::Closed { .. } => &[],
        };
        let state = session.state.name().to_string();
        Err(Refusal::NotNow { state, allowed: allowed.to_vec() })
    }

    fn plan_faults(
        &self,
        now: Timestamp,
        session: Option<LeaderSessionId>,
        plan: &LeaderSessionPlan,
    ) -> Vec<Fault> {
        let mut faults = Vec::new();
        if plan.to <= plan.from || plan.to.since(plan.from) > LENGTH_MAX {
            faults.push(Fault::new("plan.to", "write an end after the beginning, on the same day"));
        }
        if plan.to <= now {
            faults.push(Fault::new("plan.to", "the time is past; write a later one"));
        }
        if plan.units.len() > UNITS_MAX {
            faults.push(Fault::new("plan.units", format!("name {UNITS_MAX} at most")));
        }
        if !plan.announcement.is_empty() {
            let announced = &plan.announcement;
            check_length("plan.announcement", announced, ANNOUNCEMENT_CHARS_MAX, &mut faults);
        }
        let other = self.sessions().find(|(id, other)| {
            let stands = matches!(other.state, SessionState::Planned | SessionState::Open { .. });
            let meets = other.plan.from < plan.to && plan.from < other.plan.to;
            let same = other.plan.seat == plan.seat || other.plan.leader == plan.leader;
            Some(*id) != session && stands && meets && same
        });
        if let Some((id, _)) = other {
            let what =
                format!("session {id} has the seat or the leader at that time; write another time");
            faults.push(Fault::new("plan.from", what));
        }
        faults
    }
}

/// The faults of a turn.
pub(super) fn turn_faults(days: TenDays, turn: &SigningTurn) -> Vec<Fault> {
    let mut faults = Vec::new();
    if !(1..=12).contains(&days.month) || !YEARS.contains(&days.year) {
        let what = format!(
            "{days} is not a period of the calendar; write a month of the years 2000 to 2199"
        );
        faults.push(Fault::new("days", what));
    }
    if turn.leader.as_str().is_empty() {
        faults.push(Fault::new("turn.leader", "it is empty; write an account"));
    }
    if turn.deputies.len() > DEPUTIES_MAX {
        let what = format!("{} deputies; name {DEPUTIES_MAX} at most", turn.deputies.len());
        faults.push(Fault::new("turn.deputies", what));
    }
    for (place, deputy) in turn.deputies.iter().enumerate() {
        let twice = turn.deputies.iter().take(place).any(|other| other == deputy);
        let is_name = !deputy.as_str().is_empty() && !deputy.as_str().contains(';');
        if twice || *deputy == turn.leader || !is_name {
            let what =
                format!("{:?} cannot be a deputy; name other accounts, each once", deputy.as_str());
            faults.push(Fault::new(format!("turn.deputies[{place}]"), what));
        }
    }
    faults
}

fn check_date(field: &str, date: Date, faults: &mut Vec<Fault>) {
    let real = Date::new(date.year, date.month, date.day).is_some();
    if !real || !YEARS.contains(&date.year) {
        let what =
            format!("{date} is not a day of the calendar; write a day of the years 2000 to 2199");
        faults.push(Fault::new(field, what));
    }
}

fn check_length(field: &str, text: &str, chars_max: usize, faults: &mut Vec<Fault>) {
    let chars = text.chars().count();
    if chars == 0 || chars > chars_max {
        let what = format!("{chars} characters; write 1 to {chars_max}");
        faults.push(Fault::new(field, what));
    }
}

/// The roles that write the roster and the plans.
const PLANNERS: &[Role] = &[Role::Director, Role::Admin];
/// The roles that run a session, beside its own leader and agent.
const SESSION_ROLES: &[Role] = &[Role::Director, Role::Supervisor];

/// The years of a roster.
const YEARS: std::ops::Range<i32> = 2000..2200;
/// Enough deputies for one turn; a longer chain would be a list of all leaders.
const DEPUTIES_MAX: usize = 5;
/// The longest absence, in days: a year.
const AWAY_DAYS_MAX: i64 = 366;
/// The most absences at a time.
const AWAY_MAX: usize = 1_000;
/// The length of one sentence.
const REASON_CHARS_MAX: usize = 200;
/// The length of an announcement that is read aloud or printed.
const ANNOUNCEMENT_CHARS_MAX: usize = 2_000;
/// How long before the planned time a leader may open a session.
const EARLY: Duration = Duration::from_secs(30 * 60);
/// The longest session: half a day.
const LENGTH_MAX: Duration = Duration::from_secs(12 * 3_600);
/// The most units of a session, each of which sends people to the hall.
const UNITS_MAX: usize = 60;
/// More than one call a minute for twelve hours.
const TAKEN_MAX: usize = 1_000;
