//! Files to settings: every fault at once, with file, line and key.
