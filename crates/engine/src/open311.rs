//! The Open311 server, made from the settings.

use std::sync::Arc;

use console::{DirectorySource, Open311};
use deadlines::calendar::{Calendar, OfficeHours};
use settings::{Publish, Settings};
use ticketing::Rules;

/// The server, when it is enabled.
pub(crate) fn server(settings: &Settings, directory: Arc<dyn DirectorySource>) -> Option<Open311> {
    let config = &settings.open311;
    config.enabled.then(|| Open311 {
        jurisdiction: config.jurisdiction.clone(),
        keys: config.keys.clone(),
        key_service: config.key_service.clone(),
        contact: config.contact.clone(),
        channel: config.channel,
        publishes_all: config.publish == Publish::All,
        per_minute: config.per_minute,
        base: config.base.clone().unwrap_or_else(|| format!("http://{}", settings.http.listen)),
        calendar: Calendar::new(settings.hotline.zone, OfficeHours::default(), &settings.calendar),
        policy: Rules::shipped().clocks,
        directory,
    })
}
