//! How threads hand things to each other: a lock-free list and a way to wake the reader.
//!
//! No mutex is held anywhere between a call's arrival and its offer. A list
//! that is full never blocks its writer: the writer keeps what it could not
//! hand over, in order, and tries again before it takes more work.

use std::{
    collections::VecDeque,
    sync::{Arc, OnceLock},
    thread::Thread,
};

use queue::{Batch, Intake};

/// The reader's end and the list.
pub(crate) struct Mailbox<T> {
    list: Intake<T>,
    wake: Wake,
}

enum Wake {
    /// The reader parks.
    Thread(OnceLock<Thread>),
    /// The reader waits in `epoll`, an eventfd among its sockets.
    Event(rustix::fd::OwnedFd),
}

impl<T> Mailbox<T> {
    /// For a reader that parks and calls [`Mailbox::read_here`] first.
    pub(crate) fn parking(capacity: usize) -> Mailbox<T> {
        Mailbox { list: Intake::new(capacity), wake: Wake::Thread(OnceLock::new()) }
    }

    /// For a reader that waits for sockets: wakes by an eventfd.
    pub(crate) fn polled(capacity: usize) -> std::io::Result<Mailbox<T>> {
        let flags = rustix::event::EventfdFlags::NONBLOCK | rustix::event::EventfdFlags::CLOEXEC;
        let event = rustix::event::eventfd(0, flags)?;
        Ok(Mailbox { list: Intake::new(capacity), wake: Wake::Event(event) })
    }

    /// From now on the calling thread is the one to unpark.
    pub(crate) fn read_here(&self) {
        if let Wake::Thread(reader) = &self.wake {
            // Set once: a mailbox has one reader for its whole life.
            let _already_here = reader.set(std::thread::current());
        }
    }

    /// The eventfd to wait for, when this mailbox is polled.
    pub(crate) fn event(&self) -> Option<&rustix::fd::OwnedFd> {
        match &self.wake {
            Wake::Event(event) => Some(event),
            Wake::Thread(_) => None,
        }
    }

    /// Everything handed over so far, oldest first. Quiets the eventfd.
    pub(crate) fn take(&self) -> Batch<T> {
        if let Wake::Event(event) = &self.wake {
            // Nothing to read means nobody woke us: not an error.
            let _quiet = rustix::io::read(event, &mut [0u8; 8]);
        }
        self.list.take()
    }

    /// Hand one thing over; it comes back when the list is full.
    pub(crate) fn offer(&self, thing: T) -> Result<(), T> {
        if self.list.push(thing)? {
            self.wake();
        }
        Ok(())
    }

    /// Wake the reader though there is nothing for it here.
    pub(crate) fn wake(&self) {
        match &self.wake {
            Wake::Thread(reader) => {
                if let Some(reader) = reader.get() {
                    reader.unpark();
                }
            }
            Wake::Event(event) => {
                // Full counter: the reader has been woken already.
                let _woken = rustix::io::write(event, &1u64.to_ne_bytes());
            }
        }
    }
}

/// One writer's end, with what it could not hand over yet.
pub(crate) struct Post<T> {
    to: Arc<Mailbox<T>>,
    kept: VecDeque<T>,
}

impl<T> Post<T> {
    /// An end of this mailbox.
    pub(crate) fn new(to: &Arc<Mailbox<T>>) -> Post<T> {
        Post { to: Arc::clone(to), kept: VecDeque::new() }
    }

    /// Hand over, or keep for later when the list is full. The order stays.
    pub(crate) fn send(&mut self, thing: T) {
        if self.kept.is_empty() {
            if let Err(thing) = self.to.offer(thing) {
                self.kept.push_back(thing);
            }
        } else {
            self.kept.push_back(thing);
            self.flush();
        }
    }

    /// Hand over what was kept; whether all of it is gone. A writer with
    /// something kept takes no new work that would add to it.
    pub(crate) fn flush(&mut self) -> bool {
        while let Some(thing) = self.kept.pop_front() {
            if let Err(thing) = self.to.offer(thing) {
                self.kept.push_front(thing);
                return false;
            }
        }
        true
    }
}
