//! Areas: what lies in what, and who governs it.

use model::{
    Date,
    desk::{AreaId, UnitId, UnitKind},
};

use super::Network;

impl Network {
    /// An area and what it lies in, smallest first, as it is on a day.
    ///
    /// An area nobody knows is alone: a form may name one before the table does.
    pub fn areas_around(&self, area: &AreaId, date: Date) -> Vec<AreaId> {
        let mut chain = vec![area.clone()];
        let mut at = area;
        while let Some(parent) =
            self.areas.get(at).and_then(|area| area.around(date)).and_then(|a| a.parent.as_ref())
        {
            // The laws keep rings out; a chain that is too long is none of ours.
            if chain.contains(parent) || chain.len() >= AREA_DEPTH_MAX {
                break;
            }
            chain.push(parent.clone());
            at = parent;
        }
        chain
    }

    /// The government of an area: its own, or that of the smallest area around it that has one (V5).
    ///
    /// A township's office is no government of its own here: what a county must
    /// do is not passed down to it (V4).
    pub fn government_of(&self, area: &AreaId, date: Date) -> Option<&UnitId> {
        (self.areas_around(area, date).iter()).find_map(|area| {
            self.active(date).find_map(|(id, unit)| {
                let governs = unit.kind == UnitKind::Government && unit.area.as_ref() == Some(area);
                governs.then_some(id)
            })
        })
    }
}

/// City, county, township, community, and two to spare.
pub(super) const AREA_DEPTH_MAX: usize = 6;
