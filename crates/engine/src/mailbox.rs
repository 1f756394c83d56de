//! Mailboxes between threads: a lock-free list, and a way to wake the reader.
//!
//! No mutex is held between a call's arrival and its offer. A full list never blocks its writer:
//! the writer keeps what it could not hand over, in order, and tries again before it takes more
//! work.

use std::{
    collections::VecDeque,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering, fence},
    },
    thread::Thread,
    time::Duration,
};

use queue::{Batch, Intake};
use tokio::sync::Notify;

/// The list and the reader's end.
pub(crate) struct Mailbox<T> {
    list: Intake<T>,
    wake: Wake,
    /// Tasks in [`Mailbox::send`] that found the list full.
    waiting: AtomicUsize,
    /// Notifies them when the list was emptied.
    emptied: Notify,
}

enum Wake {
    /// The reader parks its thread.
    Thread(OnceLock<Thread>),
    /// The reader waits in `epoll`, with an eventfd among its sockets.
    Event(rustix::fd::OwnedFd),
}

impl<T> Mailbox<T> {
    /// For a reader that parks and calls [`Mailbox::set_reader`] first.
    pub(crate) fn parking(capacity: usize) -> Mailbox<T> {
        Mailbox::new(capacity, Wake::Thread(OnceLock::new()))
    }

    /// For a reader that waits for sockets and is woken by an eventfd.
    pub(crate) fn polled(capacity: usize) -> std::io::Result<Mailbox<T>> {
        let flags = rustix::event::EventfdFlags::NONBLOCK | rustix::event::EventfdFlags::CLOEXEC;
        let event = rustix::event::eventfd(0, flags)?;
        Ok(Mailbox::new(capacity, Wake::Event(event)))
    }

    fn new(capacity: usize, wake: Wake) -> Mailbox<T> {
        let (waiting, emptied) = (AtomicUsize::new(0), Notify::new());
        Mailbox { list: Intake::new(capacity), wake, waiting, emptied }
    }

    /// The calling thread is the one to unpark from now on.
    pub(crate) fn set_reader(&self) {
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

    /// Takes everything handed over so far, oldest first, and resets the eventfd.
    pub(crate) fn take(&self) -> Batch<T> {
        if let Wake::Event(event) = &self.wake {
            // Nothing to read means that nobody woke this thread, which is no error.
            let _quiet = rustix::io::read(event, &mut [0u8; 8]);
        }
        let batch = self.list.take();
        // A task in `send` counts itself before it looks at the list once more: either this load
        // sees its count, or its look sees the empty list.
        fence(Ordering::SeqCst);
        if self.waiting.load(Ordering::Relaxed) > 0 {
            self.emptied.notify_waiters();
        }
        batch
    }

    /// Hands one item over; a full list returns it.
    pub(crate) fn try_send(&self, item: T) -> Result<(), T> {
        if self.list.push(item)? {
            self.wake();
        }
        Ok(())
    }

    /// Hands one item over, and waits up to `patience` for room while the list is full.
    ///
    /// # Errors
    /// The list stayed full: the item is returned, and nothing was handed over.
    pub(crate) async fn send(&self, item: T, patience: Duration) -> Result<(), T> {
        let Err(mut item) = self.try_send(item) else { return Ok(()) };
        let deadline = tokio::time::Instant::now() + patience;
        let _counted = Waiting::new(&self.waiting);
        loop {
            let emptied = self.emptied.notified();
            let mut emptied = std::pin::pin!(emptied);
            // From here on a notification is kept, so none is lost between the check and the wait.
            emptied.as_mut().enable();
            fence(Ordering::SeqCst);
            match self.try_send(item) {
                Ok(()) => return Ok(()),
                Err(back) => item = back,
            }
            if tokio::time::timeout_at(deadline, emptied).await.is_err() {
                return Err(item);
            }
        }
    }

    /// Wakes the reader although there is nothing for it in this list.
    pub(crate) fn wake(&self) {
        match &self.wake {
            Wake::Thread(reader) => {
                if let Some(reader) = reader.get() {
                    reader.unpark();
                }
            }
            Wake::Event(event) => {
                // The counter is full: the reader has been woken already.
                let _woken = rustix::io::write(event, &1u64.to_ne_bytes());
            }
        }
    }
}

/// Counts a waiting task for as long as it waits, also when it is dropped while waiting.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Waiting<'a> {
        count.fetch_add(1, Ordering::Relaxed);
        Waiting(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A writer's end, with the items it could not hand over yet.
pub(crate) struct MailboxWriter<T> {
    to: Arc<Mailbox<T>>,
    pending: VecDeque<T>,
}

impl<T> MailboxWriter<T> {
    /// A writer's end of this mailbox.
    pub(crate) fn new(to: &Arc<Mailbox<T>>) -> MailboxWriter<T> {
        MailboxWriter { to: Arc::clone(to), pending: VecDeque::new() }
    }

    /// Hands an item over, or keeps it while the list is full. The order is kept.
    pub(crate) fn send(&mut self, item: T) {
        if self.pending.is_empty() {
            if let Err(item) = self.to.try_send(item) {
                self.pending.push_back(item);
            }
        } else {
            self.pending.push_back(item);
            self.flush();
        }
    }

    /// Hands over kept items. Returns whether none is left. A writer with kept items takes no new
    /// work that would add to them.
    pub(crate) fn flush(&mut self) -> bool {
        while let Some(item) = self.pending.pop_front() {
            if let Err(item) = self.to.try_send(item) {
                self.pending.push_front(item);
                return false;
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap()
    }

    #[test]
    fn full_mailbox_returns_item_after_patience() {
        let mailbox = Mailbox::parking(1);
        let refused = runtime().block_on(async {
            mailbox.send(1, Duration::from_secs(2)).await.unwrap();
            mailbox.send(2, Duration::from_secs(2)).await
        });
        assert_eq!(refused, Err(2));
        assert_eq!(mailbox.waiting.load(Ordering::Relaxed), 0);
        assert_eq!(mailbox.take().collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn waiting_sender_hands_over_after_list_is_emptied() {
        let mailbox = Arc::new(Mailbox::parking(1));
        let sent = runtime().block_on(async {
            mailbox.send(1, Duration::ZERO).await.unwrap();
            let waiting = tokio::spawn({
                let mailbox = Arc::clone(&mailbox);
                async move { mailbox.send(2, Duration::from_secs(3_600)).await }
            });
            while mailbox.waiting.load(Ordering::Relaxed) == 0 {
                tokio::task::yield_now().await;
            }
            assert_eq!(mailbox.take().collect::<Vec<_>>(), [1]);
            waiting.await.unwrap()
        });
        assert_eq!(sent, Ok(()));
        assert_eq!(mailbox.take().collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn post_keeps_order_of_kept_items() {
        let mailbox = Arc::new(Mailbox::parking(2));
        let mut post = MailboxWriter::new(&mailbox);
        (1..=4).for_each(|n| post.send(n));
        assert!(!post.flush());
        assert_eq!(mailbox.take().collect::<Vec<_>>(), [1, 2]);
        assert!(post.flush());
        assert_eq!(mailbox.take().collect::<Vec<_>>(), [3, 4]);
    }
}
