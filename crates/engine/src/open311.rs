//! The Open311 server, made from the settings.

use std::sync::Arc;

use console::{DirectorySource, Open311};
use deadlines::calendar::{Calendar, OfficeHours};
use settings::{Publish, Settings};
use ticketing::Rules;

/// The server, when it is enabled.
pub(crate) fn server(settings: &Settings, network: Arc<dyn DirectorySource>) -> Option<Open311> {
    let told = &settings.open311;
    told.enabled.then(|| Open311 {
        jurisdiction: told.jurisdiction.clone(),
        keys: told.keys.clone(),
        key_service: told.key_service.clone(),
        contact: told.contact.clone(),
        channel: told.channel,
        publishes_all: told.publish == Publish::All,
        per_minute: told.per_minute,
        base: told.base.clone().unwrap_or_else(|| format!("http://{}", settings.http.listen)),
        calendar: Calendar::new(settings.hotline.zone, OfficeHours::default(), &settings.calendar),
        policy: Rules::shipped().clocks,
        network,
    })
}
