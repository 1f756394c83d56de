use std::collections::BTreeMap;

use super::*;
use crate::ConfigFiles;

/// The shipped config with texts replaced in its files.
fn changed(edits: &[(&str, &str, &str)]) -> (Config, Config) {
    let old = Config::embedded().unwrap();
    let mut files: ConfigFiles = old.files.clone();
    for (file, from, to) in edits {
        let text = files.texts.get_mut(*file).unwrap();
        assert!(text.contains(from), "{file} has no {from}");
        *text = text.replace(from, to);
    }
    let new = Config::of_files(&files, "(edited)").unwrap_or_else(|faults| panic!("{faults:#?}"));
    (old, new)
}

fn lines(edits: &[(&str, &str, &str)]) -> Vec<String> {
    let (old, new) = changed(edits);
    Diff::between(&old, &new).changes.iter().map(Change::to_string).collect()
}

#[test]
fn equal_configs_and_written_out_defaults_have_no_difference() {
    let (old, new) = changed(&[("seats.toml", "\n", "\n\n"), ("heartline.toml", "\n", "\n# \n")]);
    assert_eq!(Diff::between(&old, &new), Diff::default());
}

#[test]
fn added_and_removed_seats_are_told_as_ranges() {
    let (old, _) = changed(&[]);
    let mut new = old.clone();
    let removed = new.settings.seats.remove(3).seat;
    let last = new.settings.seats.last().unwrap().clone();
    for n in 1..=2 {
        let seat = model::SeatId(last.seat.0 + n);
        new.settings.seats.push(crate::Seat { seat, ..last.clone() });
    }
    let diff = Diff::between(&old, &new);
    let of = |kind| {
        let change = diff.changes.iter().find(|change| change.kind == kind).unwrap();
        (change.file, change.of.clone())
    };
    let range = format!("seats {}-{}", last.seat.0 + 1, last.seat.0 + 2);
    assert_eq!(of(ChangeKind::Added), ("seats.toml", range));
    assert_eq!(of(ChangeKind::Removed), ("seats.toml", format!("seat {removed}")));
    assert!(diff.for_restart().next().is_none());
}

#[test]
fn changed_queue_names_key_and_both_values() {
    let (old, _) = changed(&[]);
    let mut new = old.clone();
    new.settings.queues[0].policy.ring = std::time::Duration::from_secs(33);
    let diff = Diff::between(&old, &new);
    let [change] = diff.changes.as_slice() else { panic!("{diff:?}") };
    assert_eq!(change.of, format!("queue {}", old.settings.queues[0].name));
    let [field] = change.fields.as_slice() else { panic!("{change:?}") };
    assert_eq!((field.key.as_str(), field.after.as_str()), ("ring", "33s"));
    assert!(change.to_string().contains(" -> 33s; waiting callers keep their places"), "{change}");
}

#[test]
fn realm_and_ports_need_a_restart_and_name_their_keys() {
    let told = lines(&[("heartline.toml", "realm = \"heartline\"", "realm = \"other.example\"")]);
    let [one] = told.as_slice() else { panic!("{told:?}") };
    assert!(one.starts_with("heartline.toml: [sip] changed: realm "), "{one}");
    assert!(one.contains("it needs a restart"), "{one}");
}

#[test]
fn blocked_number_is_masked() {
    let (old, _) = changed(&[]);
    let mut new = old.clone();
    new.settings.blacklist.push(crate::Blocked {
        number: model::Number::new("13900001111"),
        reason: "private".into(),
        expires: None,
        approver: "hotline leader".into(),
    });
    let diff = Diff::between(&old, &new);
    let text = serde_json::to_string(&diff).unwrap();
    assert!(diff.changes.len() == 1 && !text.contains("13900001111") && !text.contains("private"));
}

#[test]
fn replaced_prompt_is_told_by_its_hash() {
    let (old, _) = changed(&[]);
    let mut new = old.clone();
    let other = new.files.prompts["music"].clone();
    new.files.prompts.insert("wait-zh".into(), other);
    let diff = Diff::between(&old, &new);
    let told: BTreeMap<_, _> = diff.changes.iter().map(|c| (c.of.as_str(), c.kind)).collect();
    assert_eq!(told, [("prompt wait-zh", ChangeKind::Changed)].into());
}

#[test]
fn reloaded_settings_keep_what_needs_a_restart() {
    let (old, _) = changed(&[]);
    let mut new = old.settings.clone();
    new.http.connections += 1;
    new.seats.truncate(1);
    let reloaded = old.settings.reloaded(new);
    assert_eq!(reloaded.http, old.settings.http);
    assert_eq!(reloaded.seats.len(), 1);
}
