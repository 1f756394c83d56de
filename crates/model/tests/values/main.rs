//! What events and the words of the desk hold and how they are written. The tests stand beside the
//! crate, so that it is not built a second time for them.

mod desk;
mod event;
mod json;
