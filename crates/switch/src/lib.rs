//! One call from arrival to release.
