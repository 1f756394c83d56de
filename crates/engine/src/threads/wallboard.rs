//! The wallboard's thread: makes the pictures that the console shows from the center's changes.

use std::sync::Arc;

use center::{Picture, PicturePart};
use crossbeam_channel::Receiver;

use crate::live::LiveState;

/// Runs until the center's thread has ended.
pub(crate) fn run(mut picture: Picture, parts: &Receiver<PicturePart>, live: &LiveState) {
    for part in parts {
        if let Some(board) = picture.apply(part) {
            live.wallboard.store(Arc::new(board));
        }
    }
}

/// The parts that wait for this thread. Further changes stay in the center, where a seat
/// that changes twice is handed over once.
pub(crate) const PARTS_MAX: usize = 4;
