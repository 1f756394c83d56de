//! `trunks.toml`: gateways that may bring calls without a password.

use std::collections::BTreeMap;

use model::{IpNetwork, TrunkId};

use super::{
    Placed,
    lines::Lines,
    patterns::{line_numbers, overlap},
};
use crate::{Outbound, Trunk, keys, kinds, page::Table};

/// The content of the file.
pub(super) struct Trunks<'a> {
    pub(super) trunks: Vec<Placed<'a, Trunk>>,
    /// The addresses of our proxies.
    pub(super) proxies: Vec<IpNetwork>,
    /// The outside numbers that may be called.
    pub(super) outbound: Outbound,
    all_sound: bool,
}

pub(super) fn read<'a>(root: &Table<'a>) -> Trunks<'a> {
    root.report_unknown(["trunk", "proxy", "outbound"].into_iter());
    let tables = root.tables("trunk", &keys::trunk::SECTION);
    if tables.is_empty() {
        root.wrong("trunk", "no trunk is defined, so no call can come in", "add a [[trunk]]");
    }
    let read: Vec<Option<Placed<'a, Trunk>>> =
        tables.into_iter().map(|t| Some((trunk(&t)?, t))).collect();
    let all_sound = read.iter().all(Option::is_some);
    let trunks: Vec<Placed<'a, Trunk>> = read.into_iter().flatten().collect();
    check_sources(&trunks);
    let proxies = proxies(root, &trunks);
    let outbound = outbound(root, &trunks);
    Trunks { trunks, proxies, outbound: outbound.unwrap_or_default(), all_sound }
}

/// Reads `[outbound]`. Numbers without a trunk to call them over are an oversight.
fn outbound(root: &Table<'_>, trunks: &[Placed<'_, Trunk>]) -> Option<Outbound> {
    let t = root.table("outbound", &keys::outbound::SECTION)?;
    let numbers = t.read(&keys::outbound::NUMBERS, kinds::set(kinds::pattern))?;
    let emergency = t.read(&keys::outbound::EMERGENCY, kinds::set(kinds::digits))?;
    if !numbers.is_empty() && trunks.iter().all(|(trunk, _)| trunk.dial.is_none()) {
        let right = "write dial = \"address:port\" in the trunk that calls out";
        t.wrong(keys::outbound::NUMBERS.name, "no trunk calls out", right);
    }
    Some(Outbound { numbers, emergency })
}

/// Reads every `[[proxy]]`. With an address of a trunk, every sender behind the proxy would count
/// as the trunk.
fn proxies(root: &Table<'_>, trunks: &[Placed<'_, Trunk>]) -> Vec<IpNetwork> {
    let mut proxies = Vec::new();
    for t in root.tables("proxy", &keys::proxy::SECTION) {
        let Some(sources) = t.read(&keys::proxy::SOURCES, kinds::list(kinds::proxy)) else {
            continue;
        };
        if sources.is_empty() {
            t.wrong(keys::proxy::SOURCES.name, "the list is empty", "write the proxy's addresses");
        }
        for source in &sources {
            let trunk = |trunk: &Trunk| trunk.sources.iter().any(|s| s.overlaps(*source));
            if let Some((trunk, at)) = trunks.iter().find(|(t, _)| trunk(t)) {
                let what = format!(
                    "{source} overlaps an address of trunk \"{}\" at {}",
                    trunk.name,
                    at.place()
                );
                let right =
                    "remove it there: every sender behind the proxy would count as the trunk";
                t.wrong(keys::proxy::SOURCES.name, what, right);
            }
        }
        proxies.extend(sources);
    }
    proxies
}

fn trunk(t: &Table<'_>) -> Option<Trunk> {
    let name = t.read(&keys::trunk::NAME, kinds::name);
    let sources = t.read(&keys::trunk::SOURCES, kinds::list(kinds::network));
    let numbers = t.read(&keys::trunk::NUMBERS, kinds::set(kinds::pattern));
    let channels = t.optional(&keys::trunk::CHANNELS, kinds::count(1..=100_000));
    let media = t.optional(&keys::trunk::MEDIA, kinds::set(kinds::network));
    let symmetric = t.read(&keys::trunk::SYMMETRIC, kinds::symmetric);
    let dial = t.optional(&keys::trunk::DIAL, kinds::socket);
    let outbound_channels = t.read(&keys::trunk::OUTBOUND_CHANNELS, kinds::count(1..=100_000));
    let caller_id = t.optional(&keys::trunk::CALLER_ID, kinds::digits);
    let sources = sources?;
    let dial = dial?;
    if let Some(addr) = dial.filter(|addr| !sources.iter().any(|s| s.contains(addr.ip()))) {
        let what = format!("{} is not among the sources", addr.ip());
        t.wrong("dial", what, "add it there, so that its answers are those of the trunk");
    }
    if sources.is_empty() {
        t.wrong("sources", "the list is empty", "write the addresses the trunk sends from");
    }
    let name = TrunkId::from(name?.as_str());
    let media = media?.unwrap_or_else(|| sources.clone());
    Some(Trunk {
        name,
        sources,
        numbers: numbers?,
        channels: channels?,
        media,
        symmetric: symmetric?,
        dial,
        outbound_channels: outbound_channels?,
        caller_id: caller_id?,
    })
}

/// Reports trunk names and addresses that are used twice.
fn check_sources(trunks: &[Placed<'_, Trunk>]) {
    let mut names: BTreeMap<&TrunkId, String> = BTreeMap::new();
    let mut seen: Vec<(IpNetwork, &TrunkId, String)> = Vec::new();
    for (trunk, t) in trunks {
        if let Some(first) = names.get(&trunk.name) {
            let what = format!("trunk \"{}\" is already defined at {first}", trunk.name);
            t.wrong(keys::trunk::NAME.name, what, "choose another name");
        }
        for source in &trunk.sources {
            if let Some((other, name, place)) = seen.iter().find(|(s, ..)| s.overlaps(*source)) {
                let what = format!("{source} overlaps {other} of trunk \"{name}\" at {place}");
                t.wrong(keys::trunk::SOURCES.name, what, "give each address to one trunk only");
            }
            seen.push((*source, &trunk.name, t.place()));
        }
        names.entry(&trunk.name).or_insert_with(|| t.place());
    }
}

/// Reports numbers that lead to no line, and lines that no number leads to.
pub(super) fn check(trunks: &Trunks<'_>, lines: &Lines<'_>) {
    if !trunks.all_sound || !lines.all_sound {
        return;
    }
    for (trunk, t) in &trunks.trunks {
        for number in &trunk.numbers {
            let leads = lines.lines.iter().any(|(line, _)| {
                takes(line, trunk) && line_numbers(line).any(|n| overlap(n, number))
            });
            if !leads {
                let what = format!("\"{number}\" belongs to no line that accepts this trunk");
                t.wrong(keys::trunk::NUMBERS.name, what, "write a number or alias of lines.toml");
            }
        }
    }
    for (line, t) in &lines.lines {
        let reached = trunks.trunks.iter().any(|(trunk, _)| {
            let dials = |n| trunk.numbers.is_empty() || trunk.numbers.iter().any(|m| overlap(n, m));
            takes(line, trunk) && line_numbers(line).any(dials)
        });
        if !reached && !trunks.trunks.is_empty() {
            let what = format!("no trunk can bring calls to \"{}\"", line.number);
            t.wrong(keys::line::NUMBER.name, what, "add it to the numbers of a trunk");
        }
    }
}

fn takes(line: &crate::Line, trunk: &Trunk) -> bool {
    line.trunks.is_empty() || line.trunks.contains(&trunk.name)
}
