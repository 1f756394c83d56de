//! The waiting line as people expect it, and against a sorted list.
#![cfg(not(loom))]

use model::{CallId, Timestamp};
use proptest::prelude::*;
use queue::{Line, Place};

fn place(call: u64, since_s: u64, priority: u8) -> Place {
    let since = Timestamp::from_micros(since_s * 1_000_000);
    Place { priority, since, call: CallId::from(call) }
}

#[test]
fn higher_priority_goes_first_then_the_longest_wait_then_the_earlier_call() {
    let mut line = Line::new();
    for p in [place(1, 10, 0), place(2, 5, 0), place(3, 20, 9), place(5, 10, 0), place(4, 10, 0)] {
        assert!(line.join(p));
    }
    let order: Vec<u64> = line.iter().map(|p| p.call.as_u64()).collect();
    assert_eq!(order, [3, 2, 1, 4, 5]);
    assert_eq!(line.position(CallId::from(4)), Some(4));
    assert_eq!(line.first().map(|p| p.call), Some(CallId::from(3)));
}

#[test]
fn who_comes_back_comes_back_to_the_old_place() {
    let mut line = Line::new();
    for n in 1..=1_000 {
        line.join(place(n, n, 0));
    }
    let old = line.leave(CallId::from(500)).unwrap();
    assert_eq!(line.position(CallId::from(500)), None);
    assert_eq!(line.position(CallId::from(501)), Some(500));
    assert!(line.join(old));
    assert_eq!(line.position(CallId::from(500)), Some(500));
}

#[test]
fn nobody_stands_in_a_line_twice() {
    let mut line = Line::new();
    assert!(line.join(place(1, 1, 0)));
    assert!(!line.join(place(1, 2, 5)));
    assert_eq!((line.len(), line.place(CallId::from(1))), (1, Some(&place(1, 1, 0))));
}

proptest! {
    #[test]
    fn is_a_sorted_list(steps in prop::collection::vec((0u64..400, 0u64..50, 0u8..3, any::<bool>()), 0..1_500)) {
        let mut line = Line::new();
        let mut model: Vec<Place> = Vec::new();
        for (call, since, priority, joins) in steps {
            let id = CallId::from(call);
            let known = model.iter().position(|p| p.call == id);
            if joins {
                prop_assert_eq!(line.join(place(call, since, priority)), known.is_none());
                if known.is_none() {
                    model.push(place(call, since, priority));
                    model.sort();
                }
            } else {
                prop_assert_eq!(line.leave(id), known.map(|at| model.remove(at)));
            }
            let at = model.iter().position(|p| p.call == id).map(|at| at + 1);
            prop_assert_eq!(line.position(id), at);
            prop_assert_eq!(line.len(), model.len());
        }
        prop_assert!(line.iter().eq(model.iter()));
    }
}
