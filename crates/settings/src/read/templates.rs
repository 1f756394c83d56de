//! `desk/sms.toml`: the texts of our SMS.

use std::collections::BTreeMap;

use super::courier::check_placeholders;
use crate::{
    keys::{Key, Section, desk_sms, templates},
    kinds,
    page::Table,
};

pub(super) fn read(root: &Table<'_>) -> Option<BTreeMap<String, String>> {
    root.report_unknown(desk_sms::SECTION.names());
    let city = root.read(&desk_sms::CITY, kinds::text);
    let section: &'static Section = &templates::SECTION;
    let table = root.table("templates", section)?;
    let read: Vec<Option<(String, String)>> =
        section.keys.iter().map(|key| Some((key.name.to_owned(), text(&table, key)?))).collect();
    let (city, read) = (city?, read.into_iter().collect::<Option<BTreeMap<_, _>>>()?);
    Some(read.into_iter().map(|(key, text)| (key, text.replace("{city}", &city))).collect())
}

fn text(table: &Table<'_>, key: &Key) -> Option<String> {
    // The key's unit lists the placeholders, for people and for this check.
    let places: Vec<&str> =
        key.unit.split(['{', '}']).skip(1).step_by(2).filter(|p| !p.is_empty()).collect();
    table.read(key, |v| {
        let text = kinds::some_text(v)?;
        check_placeholders(v, &text, &places);
        Some(text)
    })
}
