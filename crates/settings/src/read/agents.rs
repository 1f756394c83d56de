//! `agents.toml`: the skills and queues of agents, by the name of their account.

use std::collections::BTreeMap;

use model::{AccountName, AgentProfile, QueueId, RoutingProfile};

use super::{Defined, seats::tiers};
use crate::{
    keyring::is_account_name,
    keys::{self, agent},
    kinds,
    page::{Table, Value},
};

/// The agents read so far, each with its table.
pub(super) struct Agents<'a> {
    pub(super) agents: BTreeMap<AccountName, (AgentProfile, Table<'a>)>,
    /// Whether every table was valid.
    pub(super) all_sound: bool,
}

impl Agents<'_> {
    /// The profiles alone.
    pub(super) fn into_profiles(self) -> BTreeMap<AccountName, AgentProfile> {
        self.agents.into_iter().map(|(account, (profile, _))| (account, profile)).collect()
    }
}

pub(super) fn read<'a>(root: &Table<'a>, defined: &Defined) -> Agents<'a> {
    root.report_unknown(["agent"].into_iter());
    let mut read = Agents { agents: BTreeMap::new(), all_sound: true };
    for t in root.tables("agent", &keys::agent::SECTION) {
        let Some((account, profile)) = agent(&t, defined) else {
            read.all_sound = false;
            continue;
        };
        if let Some((_, first)) = read.agents.get(&account) {
            let what = format!("agent \"{account}\" is already defined at {}", first.place());
            t.wrong(agent::ACCOUNT.name, what, "write one table for each agent");
            continue;
        }
        read.agents.insert(account, (profile, t));
    }
    read
}

fn agent(t: &Table<'_>, defined: &Defined) -> Option<(AccountName, AgentProfile)> {
    let account = t.read(&agent::ACCOUNT, account);
    let team = t.read(&agent::TEAM, kinds::text);
    let skills = t.read(&agent::SKILLS, kinds::skills);
    let queues: Option<BTreeMap<QueueId, u8>> = t.read(&agent::QUEUES, |v| tiers(v, defined));
    let account = account?;
    let routing = RoutingProfile { skills: skills?, queues: queues? };
    Some((account, AgentProfile { team: team?, routing }))
}

fn account(v: &Value<'_>) -> Option<AccountName> {
    let name = kinds::some_text(v)?;
    if !is_account_name(&name) {
        let what = format!("\"{name}\" is not an account name");
        return v.wrong(what, "write the name that heartline user list shows");
    }
    Some(AccountName::from(name.as_str()))
}
