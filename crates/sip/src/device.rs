//! Which phone of a seat a dialog or a registration belongs to.

use primitives::SeatId;

use crate::{message::NameAddr, uri::Uri};

/// One phone of a seat across its registrations. It is identified by its instance id (RFC 5626 4.1)
/// when it sends one, otherwise by its Contact or by the Call-ID of its registrations, which it
/// keeps while it runs (RFC 3261 10.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Device {
    pub(crate) seat: SeatId,
    instance: Option<String>,
    contact: Uri,
    /// The Call-ID of its REGISTER; unknown when it never registered.
    registration: Option<String>,
}

impl Device {
    /// Creates the phone with this Contact and the Call-ID of its registration.
    pub(crate) fn new(seat: SeatId, contact: &NameAddr, registration: Option<&str>) -> Device {
        Device {
            seat,
            instance: contact.params.get("+sip.instance").map(str::to_owned),
            contact: contact.uri.clone(),
            registration: registration.map(str::to_owned),
        }
    }

    pub(crate) fn is_same(&self, other: &Device) -> bool {
        self.seat == other.seat
            && match (&self.instance, &other.instance) {
                (Some(one), Some(another)) => one == another,
                _ => {
                    self.contact.same(&other.contact)
                        || self.registration.is_some() && self.registration == other.registration
                }
            }
    }
}
