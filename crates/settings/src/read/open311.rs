//! `[open311]` of `heartline.toml`.

use model::desk::Channel;

use crate::{Open311, Publish, keys::open311, kinds, page::Table};

pub(super) fn read(t: &Table<'_>) -> Option<Open311> {
    let enabled = t.read(&open311::ENABLED, kinds::flag);
    let jurisdiction = t.read(&open311::JURISDICTION, kinds::text);
    let keys = t.read(&open311::KEYS, |v| {
        let keys = kinds::text_table(v)?;
        for (name, hash) in &keys {
            let is_hash = hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
            if !is_hash {
                let right =
                    format!("run `heartline open311-key {name}` and copy the line it prints");
                v.wrong::<()>(format!("the value of {name} is not a SHA-256 in hex"), right);
            }
        }
        Some(keys)
    });
    let channel = t.read(&open311::CHANNEL, kinds::word(CHANNELS));
    let publish =
        t.read(&open311::PUBLISH, kinds::word(&[("own", Publish::Own), ("all", Publish::All)]));
    let per_minute = t.read(&open311::PER_MINUTE, kinds::count(1..=100_000));
    let base = t.optional(&open311::BASE, kinds::url);
    let contact = t.read(&open311::CONTACT, kinds::text);
    let key_service = t.read(&open311::KEY_SERVICE, kinds::text);
    Some(Open311 {
        enabled: enabled?,
        jurisdiction: jurisdiction?,
        keys: keys?,
        channel: channel?,
        publish: publish?,
        per_minute: per_minute?,
        base: base?,
        contact: contact?,
        key_service: key_service?,
    })
}

const CHANNELS: &[(&str, Channel)] = &[
    ("app", Channel::App),
    ("mailbox", Channel::Mailbox),
    ("wechat", Channel::Wechat),
    ("weibo", Channel::Weibo),
    ("forum", Channel::Forum),
];
