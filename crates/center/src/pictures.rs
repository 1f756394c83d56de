//! Pictures of the wallboard, made beside the center.
//!
//! The center hands out only what has changed, a bounded part in each turn. A [`Picture`], which
//! another thread owns, applies the parts and makes the whole wallboard: positions, expected waits,
//! and the reasons why calls wait. With 10,000 seats and 100,000 waiting calls that takes tenths of
//! a second, and no call waits for it.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use acd::{ClassId, ClassOutlook};
use model::{CallId, Number, Seq, Timestamp, WaitReason};
use queue::WaitTable;
use stats::{BoardChange, BoardChanges, Wallboard};

use crate::Center;

/// A part of a picture: changes in order.
#[derive(Clone, Debug)]
pub struct PicturePart(Vec<PictureChange>);

#[derive(Clone, Debug)]
enum PictureChange {
    /// A picture begins: outlooks and reasons follow anew.
    Begin,
    Class(ClassId, Box<ClassOutlook>),
    /// The reason of a waiting call that a seat missed.
    Missed(CallId, Box<WaitReason>),
    /// A waiting call is in this class from now on.
    CallClass(CallId, ClassId),
    Board(BoardChange),
    /// The picture is complete up to this record.
    Complete(Seq),
}

/// The changes that the center notes for pictures.
#[derive(Debug, Default)]
pub(crate) struct PictureFeed {
    pub(crate) changes: BoardChanges,
    /// The picture that is being made.
    pub(crate) open: Option<OpenPicture>,
}

/// The parts of a picture that are still to be handed out.
#[derive(Debug)]
pub(crate) struct OpenPicture {
    has_begun: bool,
    classes: VecDeque<ClassId>,
    missed: VecDeque<CallId>,
}

impl Center {
    /// Begins to note what changes, and returns the state up to now for another thread.
    pub fn start_pictures(&mut self) -> Picture {
        self.pictures = Some(PictureFeed::default());
        Picture::new(self.memory.wallboard.clone())
    }

    /// Begins a picture, unless one is being made. [`Center::poll_picture`] returns its parts.
    pub fn begin_picture(&mut self) {
        let dispatcher = self.switch.dispatcher();
        if let Some(feed) = &mut self.pictures
            && feed.open.is_none()
        {
            feed.open = Some(OpenPicture {
                has_begun: false,
                classes: dispatcher.waiting_classes().collect(),
                missed: dispatcher.missed_calls().take(MISSED_MAX).collect(),
            });
        }
    }

    /// Whether parts of a picture are still to be handed out.
    pub fn has_open_picture(&self) -> bool {
        self.pictures.as_ref().is_some_and(|feed| feed.open.is_some())
    }

    /// The next part of the picture that was begun; `None` when it is complete. The driver handles
    /// inputs between two parts.
    pub fn poll_picture(&mut self, now: Timestamp) -> Option<PicturePart> {
        let feed = self.pictures.as_mut()?;
        let open = feed.open.as_mut()?;
        let mut part = Vec::new();
        if !std::mem::replace(&mut open.has_begun, true) {
            part.push(PictureChange::Begin);
        }
        let dispatcher = self.switch.dispatcher();
        for _ in 0..OUTLOOKS_A_PART {
            if let Some(class) = open.classes.pop_front() {
                let outlook = dispatcher.class_outlook(now, class);
                part.extend(outlook.map(|outlook| PictureChange::Class(class, outlook.into())));
            } else if let Some(call) = open.missed.pop_front() {
                let reason = dispatcher.wait_reason(call);
                part.extend(reason.map(|reason| PictureChange::Missed(call, reason.into())));
            }
        }
        for _ in 0..CHANGES_A_PART {
            let Some(mut change) = feed.changes.take(&self.memory.wallboard) else { break };
            if let BoardChange::Waits(_, waits) = &mut change {
                let cdr = self.memory.open_calls.get(&waits.call);
                waits.caller = cdr.map(|cdr| Number::masked(&cdr.caller));
            }
            part.push(PictureChange::Board(change));
        }
        for _ in 0..CHANGES_A_PART {
            let Some(call) = self.switch.take_changed_call() else { break };
            let class = self.switch.dispatcher().class_of(call);
            part.extend(class.map(|class| PictureChange::CallClass(call, class)));
        }
        // A part that had room has brought everything up to this moment.
        let is_complete = open.classes.is_empty()
            && open.missed.is_empty()
            && feed.changes.is_empty()
            && part.len() < CHANGES_A_PART;
        if is_complete {
            feed.open = None;
            part.push(PictureChange::Complete(self.memory.seq));
        }
        Some(PicturePart(part))
    }
}

/// A copy of the wallboard that follows the center's.
#[derive(Debug)]
pub struct Picture {
    board: Wallboard,
    classes: BTreeMap<ClassId, Class>,
    /// The class of each waiting call.
    class_of: BTreeMap<CallId, ClassId>,
    /// The reasons of calls that a seat missed.
    missed: BTreeMap<CallId, Arc<WaitReason>>,
}

#[derive(Debug)]
struct Class {
    reason: Arc<WaitReason>,
    waits: Option<WaitTable>,
}

impl Picture {
    fn new(board: Wallboard) -> Picture {
        let (classes, class_of) = (BTreeMap::new(), BTreeMap::new());
        Picture { board, classes, class_of, missed: BTreeMap::new() }
    }

    /// Applies the next part. Returns the wallboard when the part completes it.
    pub fn apply(&mut self, part: PicturePart) -> Option<Wallboard> {
        let mut complete = None;
        for change in part.0 {
            match change {
                PictureChange::Begin => {
                    self.classes.clear();
                    self.missed.clear();
                }
                PictureChange::Class(class, outlook) => {
                    let ClassOutlook { reason, estimate } = *outlook;
                    let waits = estimate.map(|estimate| estimate.table());
                    self.classes.insert(class, Class { reason: Arc::new(reason), waits });
                }
                PictureChange::Missed(call, reason) => {
                    self.missed.insert(call, Arc::from(reason));
                }
                PictureChange::CallClass(call, class) => drop(self.class_of.insert(call, class)),
                PictureChange::Board(change) => {
                    if let BoardChange::Left(call) = &change {
                        self.class_of.remove(call);
                    }
                    self.board.follow(change);
                }
                PictureChange::Complete(seq) => {
                    self.board.seq = seq;
                    complete = Some(self.wallboard());
                }
            }
        }
        complete
    }

    /// The wallboard with the values that only a running center has for each waiting call.
    fn wallboard(&self) -> Wallboard {
        let mut board = self.board.clone();
        if !board.has_waiting() {
            return board;
        }
        board.set_positions();
        board.set_estimates(|waits| {
            let waiting = self.class_of.get(&waits.call).and_then(|class| self.classes.get(class));
            let position = usize::try_from(waits.position?).ok()?;
            let wait = waiting?.waits.as_ref()?.wait(position)?;
            u64::try_from(wait.as_millis()).ok()
        });
        let waiting = board.queues.values().flat_map(|queue| queue.waiting.iter());
        let available = waiting.filter(|waits| waits.ringing.is_none());
        let reasons = available.filter_map(|waits| {
            let missed = self.missed.get(&waits.call);
            let of_class = || Some(&self.classes.get(self.class_of.get(&waits.call)?)?.reason);
            Some((waits.call, Arc::clone(missed.or_else(of_class)?)))
        });
        let reasons = reasons.collect();
        board.set_wait_reasons(reasons);
        board
    }
}

/// Changed seats, queues and calls in one part: each is copied in a fraction of a microsecond.
const CHANGES_A_PART: usize = 256;
/// Classes, and calls that a seat missed, in one part: each costs up to ten microseconds.
const OUTLOOKS_A_PART: usize = 16;
/// The calls that a seat missed whose own reason is shown; further ones show that of their class.
const MISSED_MAX: usize = 256;
