//! The order of a call queue, also compared with a sorted list.
#![cfg(not(loom))]

use primitives::{CallId, Timestamp};
use proptest::prelude::*;
use queue::{CallQueue, QueueEntry};

fn entry(call: u64, since_s: u64, priority: u8) -> QueueEntry {
    let since = Timestamp::from_micros(since_s * 1_000_000);
    QueueEntry { priority, since, call: CallId::from(call) }
}

#[test]
fn order_is_priority_then_wait_then_call_id() {
    let mut queue = CallQueue::new();
    for p in [entry(1, 10, 0), entry(2, 5, 0), entry(3, 20, 9), entry(5, 10, 0), entry(4, 10, 0)] {
        assert!(queue.join(p));
    }
    let order: Vec<u64> = queue.iter().map(|p| p.call.as_u64()).collect();
    assert_eq!(order, [3, 2, 1, 4, 5]);
    assert_eq!(queue.position(CallId::from(4)), Some(4));
    assert_eq!(queue.first().map(|p| p.call), Some(CallId::from(3)));
}

#[test]
fn returning_call_gets_its_old_position() {
    let mut queue = CallQueue::new();
    for n in 1..=1_000 {
        queue.join(entry(n, n, 0));
    }
    let old = queue.leave(CallId::from(500)).unwrap();
    assert_eq!(queue.position(CallId::from(500)), None);
    assert_eq!(queue.position(CallId::from(501)), Some(500));
    assert!(queue.join(old));
    assert_eq!(queue.position(CallId::from(500)), Some(500));
}

#[test]
fn call_joins_a_queue_once() {
    let mut queue = CallQueue::new();
    assert!(queue.join(entry(1, 1, 0)));
    assert!(!queue.join(entry(1, 2, 5)));
    assert_eq!((queue.len(), queue.entry(CallId::from(1))), (1, Some(&entry(1, 1, 0))));
}

proptest! {
    #[test]
    fn call_queue_equals_a_sorted_list(steps in prop::collection::vec((0u64..400, 0u64..50, 0u8..3, any::<bool>()), 0..1_500)) {
        let mut queue = CallQueue::new();
        let mut model: Vec<QueueEntry> = Vec::new();
        for (call, since, priority, joins) in steps {
            let id = CallId::from(call);
            let known = model.iter().position(|p| p.call == id);
            if joins {
                prop_assert_eq!(queue.join(entry(call, since, priority)), known.is_none());
                if known.is_none() {
                    model.push(entry(call, since, priority));
                    model.sort();
                }
            } else {
                prop_assert_eq!(queue.leave(id), known.map(|at| model.remove(at)));
            }
            let at = model.iter().position(|p| p.call == id).map(|at| at + 1);
            prop_assert_eq!(queue.position(id), at);
            prop_assert_eq!(queue.len(), model.len());
        }
        prop_assert!(queue.iter().eq(model.iter()));
    }
}
