//! What the words of the house hold, as everybody else sees them: in one binary beside the
//! crate, which is large and would be built twice for tests of its own.

mod desk;
mod id;
mod json;
mod number;
mod staff;
mod text;
mod time;
mod voice;
