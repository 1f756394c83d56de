//! The outputs of signalling, the same at both depths.

/// An output of signalling.
#[derive(Debug)]
pub(crate) enum News {
    /// An input for the center.
    Center(Box<center::Input>),
    /// A law was broken here: its number and a description.
    Breach(u8, String),
}
