//! How ids, times, numbers and texts are read, compared and printed.

mod id;
mod number;
mod text;
mod time;
mod voice;
