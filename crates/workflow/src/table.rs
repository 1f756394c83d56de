//! A state machine as a table: which command is taken in which state, and from whom.

use model::{desk::Actor, event::Role};

use crate::Refusal;

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row<State: 'static> {
    /// Its number in hotline.md 2.3 and 2.4; empty for what changes no state.
    pub id: &'static str,
    /// The command, by its word in the API.
    pub command: &'static str,
    /// In which states it is taken.
    pub from: &'static [State],
    /// The states it may lead to from each of these; empty when it changes none.
    pub to: &'static [State],
    /// The roles that may.
    pub roles: &'static [Role],
    /// Also taken from the citizen.
    pub citizen: bool,
    /// Also taken from another system.
    pub partner: bool,
}

impl<State> Row<State> {
    /// The same row, which may lead to these states.
    pub const fn leads_to(self, to: &'static [State]) -> Row<State> {
        Row { to, ..self }
    }
}

impl<State: Copy + PartialEq + std::fmt::Debug> Row<State> {
    /// Whether this doer may at all, whatever the state. The engine may everything.
    pub fn is_for(&self, by: &Actor) -> bool {
        match by {
            Actor::Person { role, .. } => self.roles.contains(role),
            Actor::Citizen => self.citizen,
            Actor::Partner(_) => self.partner,
            Actor::Engine => true,
        }
    }
}

/// Whether the command may be taken now from this doer.
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

/// The commands that would be taken now from this doer, guards aside.
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
