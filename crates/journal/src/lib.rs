//! The one log on disk.
