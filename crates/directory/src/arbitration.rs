//! What an authority has decided goes into the directory, so that it is decided once (DSP-07, DSP-09).

use model::{
    Date,
    desk::{DirectoryChange, Revision, RouteKey, RouteRow, UnitId, UnitRef},
};

use super::Network;

impl Network {
    /// The change that makes a decision the directory's: from a day on a topic in an area is that
    /// unit's. What the row that counted until then says of grade, helpers and supervision stays.
    pub fn arbitrated(
        &self,
        key: RouteKey,
        unit: UnitId,
        document: impl Into<String>,
        from: Date,
    ) -> DirectoryChange {
        let lead = UnitRef::Unit(unit);
        let before = self.row(&key.topic, key.area.as_ref(), from).map(|(.., row)| row.clone());
        let row = match before {
            Some(row) => RouteRow {
                assists: row.assists.into_iter().filter(|assist| *assist != lead).collect(),
                supervise: row.supervise.filter(|supervise| *supervise != lead),
                lead,
                ..row
            },
            None => RouteRow {
                lead,
                assists: Vec::new(),
                supervise: None,
                grade: None,
                quick_kind: String::new(),
                fallback: None,
            },
        };
        let (basis, now) = (document.into(), Box::new(row));
        DirectoryChange::Route(key, Revision::Written { from: Some(from), basis, now })
    }
}
