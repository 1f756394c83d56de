//! Areas: which area contains another, and which unit governs it.

use model::{
    Date,
    desk::{AreaId, UnitId, UnitKind},
};

use super::Directory;

impl Directory {
    /// An area and the areas that contain it on a day, smallest first.
    ///
    /// A form may name an area before the table does; an unknown area is returned alone.
    pub fn containing_areas(&self, area: &AreaId, date: Date) -> Vec<AreaId> {
        let mut chain = vec![area.clone()];
        let mut at = area;
        while let Some(parent) =
            self.areas.get(at).and_then(|area| area.nearest(date)).and_then(|a| a.parent.as_ref())
        {
            // The table's rules exclude cycles; this bound also holds for a table that breaks them.
            if chain.contains(parent) || chain.len() >= AREA_DEPTH_MAX {
                break;
            }
            chain.push(parent.clone());
            at = parent;
        }
        chain
    }

    /// The government of an area: its own, or that of the smallest area around it that has one (V5,
    /// an unclear matter goes to the area's government).
    ///
    /// A township's office does not count as a government: what a county must do is not passed down
    /// to it (V4).
    pub fn government_of(&self, area: &AreaId, date: Date) -> Option<&UnitId> {
        (self.containing_areas(area, date).iter()).find_map(|area| {
            self.active(date).find_map(|(id, unit)| {
                let governs = unit.kind == UnitKind::Government && unit.area.as_ref() == Some(area);
                governs.then_some(id)
            })
        })
    }
}

/// City, county, township, community, and two levels to spare.
pub(super) const AREA_DEPTH_MAX: usize = 6;
