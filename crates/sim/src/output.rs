//! The outputs of signalling, the same at both depths.

/// An output of signalling.
#[derive(Debug)]
pub(crate) enum SignallingOutput {
    /// An input for the center.
    Center(Box<center::Input>),
    /// An invariant was violated here: its number and a description.
    Violation(u8, String),
}
