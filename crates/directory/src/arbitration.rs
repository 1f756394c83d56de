//! Decisions of an authority are written into the directory, so that the next demand of the same
//! kind needs none (DSP-07 unclear duties, DSP-09 settled disputes).

use model::{
    Date,
    desk::{DirectoryChange, Revision, RouteKey, RouteRow, UnitId, UnitRef},
};

use super::Directory;

impl Directory {
    /// The change that writes an authority's decision into the directory: from a day on, the unit
    /// handles this topic in this area. Grade, assisting units and supervision of the row that was
    /// valid until then are kept.
    pub fn arbitrated(
        &self,
        key: RouteKey,
        unit: UnitId,
        document: impl Into<String>,
        from: Date,
    ) -> DirectoryChange {
        let lead = UnitRef::Unit(unit);
        let before = self.row(&key.topic, key.area.as_ref(), from).map(|found| found.row.clone());
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
