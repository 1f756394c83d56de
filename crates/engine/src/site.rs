//! A hotline's data folder and the site settings of its config, for the command line.

use std::path::{Path, PathBuf};

use model::{AreaCode, Timestamp, Zone};
use settings::{Duties, Settings};

use crate::Fault;

/// The data folder and the site settings.
pub struct Site {
    /// The data folder.
    pub data: PathBuf,
    /// The time zone of the hotline.
    pub zone: Zone,
    /// The area code of the hotline.
    pub area_code: AreaCode,
    /// Whether one person may hold two separated duties.
    pub duties: Duties,
}

impl Site {
    /// The site of a config folder; `data` replaces the data folder named there.
    ///
    /// When `data` is given the config may be missing: the defaults are used then.
    pub fn of(config: &Path, data: Option<&Path>) -> Result<Site, Fault> {
        let data = data_folder(config, data)?;
        let settings = Settings::load(config).ok();
        let (zone, area_code, duties) = settings.map_or_else(
            || (Zone::CHINA, AreaCode::default(), Duties::default()),
            |settings| (settings.hotline.zone, settings.hotline.area_code, settings.duties),
        );
        Ok(Site { data, zone, area_code, duties })
    }
}

/// The data folder: `data` when it is given, otherwise the one the config names.
pub fn data_folder(config: &Path, data: Option<&Path>) -> Result<PathBuf, Fault> {
    if let Some(data) = data {
        return Ok(data.to_owned());
    }
    let settings = Settings::load(config).map_err(|faults| Fault::of_config(&faults))?;
    Ok(settings.data.folder)
}

/// `2026-11-22 16:03:12`
pub fn local(zone: Zone, at: Timestamp) -> String {
    let second = zone.second_of_day(at);
    let (h, m, s) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{} {h:02}:{m:02}:{s:02}", zone.date(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_folder_of_the_command_line_replaces_that_of_the_config() {
        let none = Path::new("no-such-config");
        assert_eq!(data_folder(none, Some(Path::new("here"))).unwrap(), Path::new("here"));
        assert!(data_folder(none, None).is_err());
    }

    #[test]
    fn site_without_a_config_has_the_defaults() {
        let site = Site::of(Path::new("no-such-config"), Some(Path::new("here"))).unwrap();
        assert_eq!((site.data.as_path(), site.zone), (Path::new("here"), Zone::CHINA));
        assert_eq!(local(site.zone, Timestamp::default()), "1970-01-01 08:00:00");
    }
}
