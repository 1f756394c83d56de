//! The actors of the tests: each role, contractors, units above and below each other.

use model::{
    AccountName,
    desk::{Actor, UnitId},
    event::Role,
};

pub(crate) const UNITS: [&str; 4] = ["district", "street", "water", "police"];

pub(crate) fn all_actors() -> Vec<Actor> {
    let hub = |role: Role, name: &str, outsourced: bool| Actor::Person {
        account: AccountName::from(name),
        role,
        unit: None,
        outsourced,
    };
    let mut all = vec![
        hub(Role::Agent, "agent-1", false),
        hub(Role::Agent, "agent-2", true),
        hub(Role::Supervisor, "floor", false),
        hub(Role::Qa, "qa", false),
        hub(Role::Callback, "callback-1", false),
        hub(Role::Callback, "callback-2", true),
        hub(Role::Dispatcher, "dispatcher", false),
        hub(Role::SupGroup, "group-1", false),
        hub(Role::SupGroup, "group-2", false),
        hub(Role::Director, "director", false),
        hub(Role::Leader, "leader", false),
        hub(Role::GovSupervision, "supervision", false),
        hub(Role::Archivist, "archivist", false),
        Actor::Citizen,
        Actor::Partner("province".into()),
    ];
    for unit in UNITS {
        for role in [Role::Liaison, Role::UnitHead] {
            let account = AccountName::from(format!("{unit}/{}", role.as_str()).as_str());
            let unit = Some(UnitId::from(unit));
            all.push(Actor::Person { account, role, unit, outsourced: false });
        }
    }
    all
}
