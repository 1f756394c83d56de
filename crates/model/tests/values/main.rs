//! Events and types of the desk: their properties and their JSON. The tests are outside the crate,
//! so that it is not built a second time for them.

mod desk;
mod event;
mod json;
