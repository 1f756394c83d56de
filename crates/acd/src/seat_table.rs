//! A value for each seat of the policy, in an array.

use model::SeatId;

/// One value a seat. The seats are those of the policy.
#[derive(Clone, Debug, Default)]
pub(crate) struct SeatTable<T> {
    /// In order.
    seats: Vec<SeatId>,
    /// At the same indexes.
    values: Vec<T>,
}

impl<T> SeatTable<T> {
    /// A table of these seats, which are in order.
    pub(crate) fn new(
        seats: impl IntoIterator<Item = SeatId>,
        value: impl FnMut() -> T,
    ) -> SeatTable<T> {
        let seats: Vec<SeatId> = seats.into_iter().collect();
        let values = std::iter::repeat_with(value).take(seats.len()).collect();
        SeatTable { seats, values }
    }

    pub(crate) fn get(&self, seat: SeatId) -> Option<&T> {
        self.values.get(self.index(seat)?)
    }

    pub(crate) fn get_mut(&mut self, seat: SeatId) -> Option<&mut T> {
        let index = self.index(seat)?;
        self.values.get_mut(index)
    }

    /// Sets the value of a seat that the table has.
    pub(crate) fn set(&mut self, seat: SeatId, value: T) {
        if let Some(at) = self.get_mut(seat) {
            *at = value;
        }
    }

    /// Removes a seat.
    pub(crate) fn remove(&mut self, seat: SeatId) {
        if let Some(index) = self.index(seat) {
            self.seats.remove(index);
            self.values.remove(index);
        }
    }

    /// All seats in order with their values.
    pub(crate) fn into_values(self) -> impl Iterator<Item = (SeatId, T)> {
        self.seats.into_iter().zip(self.values)
    }

    /// All seats in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (SeatId, &T)> {
        self.seats.iter().copied().zip(&self.values)
    }

    fn index(&self, seat: SeatId) -> Option<usize> {
        let first = self.seats.first()?;
        let without_gaps = seat.0.checked_sub(first.0)? as usize;
        if self.seats.get(without_gaps) == Some(&seat) {
            return Some(without_gaps);
        }
        self.seats.binary_search(&seat).ok()
    }
}
