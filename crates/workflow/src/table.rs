//! A state machine as a table: the states in which a command is allowed, and the roles that may
//! give it.

use model::{desk::Actor, event::Role};

use crate::Refusal;

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row<State: 'static> {
    /// Its number in hotline.md 2.3 and 2.4; empty for a command that changes no state.
    pub id: &'static str,
    /// The command's word in the API.
    pub command: &'static str,
    /// The states in which it is allowed.
    pub from: &'static [State],
    /// The states it may lead to from each of these; empty when it changes none.
    pub to: &'static [State],
    /// The roles that may give it.
    pub roles: &'static [Role],
    /// Whether the citizen may give it.
    pub citizen: bool,
    /// Whether another system may give it.
    pub partner: bool,
}

impl<State> Row<State> {
    /// The row with these target states.
    pub const fn leads_to(self, to: &'static [State]) -> Row<State> {
        Row { to, ..self }
    }
}

impl<State: Copy + PartialEq + std::fmt::Debug> Row<State> {
    /// Whether this actor may give the command in any state. The engine may give every command.
    pub fn is_for(&self, by: &Actor) -> bool {
        match by {
            Actor::Person { role, .. } => self.roles.contains(role),
            Actor::Citizen => self.citizen,
            Actor::Partner(_) => self.partner,
            Actor::Engine => true,
        }
    }
}

/// Checks whether this actor may give the command in this state.
///
/// # Errors
/// [`Refusal::NotFound`] for an unknown command, [`Refusal::Forbidden`] when the actor may not give
/// it in any state, [`Refusal::NotNow`] when the state does not allow it.
pub fn check<State: Copy + PartialEq + std::fmt::Debug>(
    table: &'static [Row<State>],
    command: &str,
    state: State,
    by: &Actor,
) -> Result<(), Refusal> {
    let mut rows = table.iter().filter(|row| row.command == command).peekable();
    let Some(first) = rows.peek() else { return Err(Refusal::not_found(command)) };
    let roles = first.roles.to_vec();
    let mut mine = rows.filter(|row| row.is_for(by)).peekable();
    if mine.peek().is_none() {
        return Err(Refusal::Forbidden { why: format!("you may not {command}"), roles });
    }
    if mine.any(|row| row.from.contains(&state)) {
        return Ok(());
    }
    Err(Refusal::NotNow { state: format!("{state:?}"), allowed: allowed(table, state, by) })
}

/// The commands that this actor may give in this state; further checks of a command may refuse it.
pub fn allowed<State: Copy + PartialEq + std::fmt::Debug>(
    table: &'static [Row<State>],
    state: State,
    by: &Actor,
) -> Vec<&'static str> {
    let mut words: Vec<&'static str> = table
        .iter()
        .filter(|row| row.from.contains(&state) && row.is_for(by))
        .map(|row| row.command)
        .collect();
    words.dedup();
    words
}
