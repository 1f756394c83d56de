//! Bytes to messages and back; the only door to rsip.

pub(crate) mod charset;
