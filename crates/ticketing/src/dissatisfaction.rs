//! An item that was closed as unsatisfied (不满意事项): the quarter's report names it, and a unit works
//! on it until it is struck off.

use model::{
    Timestamp,
    desk::{Actor, Callback, CallbackChannel, DissatisfactionEvent, DissatisfactionState, UnitId},
    event::Role,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use workflow::{
    Fault, Refusal,
    table::{self, Row},
};

/// One item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Dissatisfaction {
    /// The unit whose result it was.
    pub unit: Option<UnitId>,
    /// When it was opened.
    pub opened: Timestamp,
    /// The state.
    pub state: DissatisfactionState,
    /// The change that the unit reports.
    pub changed: Option<String>,
    /// When it was struck off.
    pub struck_off: Option<Timestamp>,
    /// How often the unit asked for a callback and the caller was still not satisfied.
    #[serde(rename = "in_vain")]
    pub unsuccessful_claims: u16,
}

/// The commands to an item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "payload", rename_all = "snake_case", deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "each field is named and documented on the event of the same meaning"
)]
pub enum DissatisfactionCommand {
    /// The unit works on it again (D1).
    StartRework,
    /// The unit asks for a callback (D2).
    Claim { changed: String },
    /// Records a callback by the hub (D3, D4).
    CallBack(Callback),
    /// Strikes it off (D5).
    StrikeOff,
}

impl DissatisfactionCommand {
    fn word(&self) -> &'static str {
        match self {
            DissatisfactionCommand::StartRework => "start_rework",
            DissatisfactionCommand::Claim { .. } => "claim",
            DissatisfactionCommand::CallBack(_) => "call_back",
            DissatisfactionCommand::StrikeOff => "strike_off",
        }
    }
}

use DissatisfactionState::{Cancelled, Claimed, Open, Rework, Verified};

const fn row(
    id: &'static str,
    command: &'static str,
    from: &'static [DissatisfactionState],
    roles: &'static [Role],
) -> Row<DissatisfactionState> {
    Row { id, command, from, to: &[], roles, citizen: false, partner: false }
}

/// The table of hotline.md 2.3, `DissatisfactionItem`.
pub const TABLE: &[Row<DissatisfactionState>] = &[
    row("D1", "start_rework", &[Open], &[Role::Liaison, Role::UnitHead]),
    row("D2", "claim", &[Rework], &[Role::Liaison, Role::UnitHead]),
    row("D3", "call_back", &[Claimed], &[Role::Callback]),
    row("D5", "strike_off", &[Verified], &[Role::SupGroup, Role::Director]),
];

impl Dissatisfaction {
    pub(crate) fn open(at: Timestamp, unit: Option<UnitId>) -> Dissatisfaction {
        Dissatisfaction {
            unit,
            opened: at,
            state: Open,
            changed: None,
            struck_off: None,
            unsuccessful_claims: 0,
        }
    }

    /// Whether it is not struck off.
    pub fn is_open(&self) -> bool {
        self.state != Cancelled
    }

    pub(crate) fn apply(&mut self, at: Timestamp, event: &DissatisfactionEvent) {
        match event {
            DissatisfactionEvent::ReworkStarted => self.state = Rework,
            DissatisfactionEvent::Claimed { changed } => {
                self.changed = Some(changed.clone());
                self.state = Claimed;
            }
            DissatisfactionEvent::CalledBack(callback) if callback.is_valid() => {
                let satisfied = callback.grade.is_some_and(|grade| grade.is_satisfied());
                self.unsuccessful_claims =
                    self.unsuccessful_claims.saturating_add(u16::from(!satisfied));
                self.state = if satisfied { Verified } else { Open };
            }
            // The caller was not reached: the claim waits for the next call.
            DissatisfactionEvent::CalledBack(_) => {}
            DissatisfactionEvent::StruckOff => {
                self.struck_off = Some(at);
                self.state = Cancelled;
            }
        }
    }

    pub(crate) fn decide(
        &self,
        by: &Actor,
        command: DissatisfactionCommand,
    ) -> Result<DissatisfactionEvent, Refusal> {
        table::check(TABLE, command.word(), self.state, by)?;
        if let Some(unit) = by.unit()
            && self.unit.as_ref() != Some(unit)
            && matches!(by.role(), Some(Role::Liaison | Role::UnitHead))
        {
            return Err(Refusal::Forbidden {
                why: "it belongs to another unit".into(),
                roles: vec![],
            });
        }
        Ok(match command {
            DissatisfactionCommand::StartRework => DissatisfactionEvent::ReworkStarted,
            DissatisfactionCommand::Claim { changed } if changed.trim().is_empty() => {
                return Err(Refusal::Faults {
                    faults: vec![Fault::new("changed", "is empty: say what has changed")],
                });
            }
            DissatisfactionCommand::Claim { changed } => DissatisfactionEvent::Claimed { changed },
            // Only a recorded call by a person of the hub verifies the item (UNS-10, cancel by
            // callback).
            DissatisfactionCommand::CallBack(callback)
                if callback.how != CallbackChannel::Manual || callback.call.is_none() =>
            {
                return Err(Refusal::Faults {
                    faults: vec![Fault::new("call", "must be a recorded call by a person")],
                });
            }
            DissatisfactionCommand::CallBack(callback) => {
                DissatisfactionEvent::CalledBack(callback)
            }
            DissatisfactionCommand::StrikeOff => DissatisfactionEvent::StruckOff,
        })
    }
}
