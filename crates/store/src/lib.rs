//! The indexed view of the log, in sled.
