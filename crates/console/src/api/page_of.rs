//! Lists by cursor: newest first, `?before=&limit=`.

use std::io;

use schemars::JsonSchema;
use serde::Serialize;

/// One page of a list.
#[derive(Serialize, JsonSchema)]
pub(crate) struct PageOf<T, C> {
    pub(crate) items: Vec<T>,
    /// Ask with `before=` this for what follows; absent at the end. A page may be
    /// short, even empty, and still have a next: a rare find takes several looks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<C>,
}

/// Gather up to `limit` items that `wanted` keeps, looking at a bounded number of them.
///
/// `read` gives a bunch older than its cursor; `id` is an item's cursor.
pub(crate) fn gather<T, C: Copy>(
    before: Option<C>,
    limit: usize,
    mut read: impl FnMut(Option<C>, usize) -> io::Result<Vec<T>>,
    id: impl Fn(&T) -> C,
    wanted: impl Fn(&T) -> bool,
) -> io::Result<PageOf<T, C>> {
    let mut items = Vec::new();
    let mut cursor = before;
    let mut looked = 0;
    while looked < LOOK_AT_MOST {
        let bunch = read(cursor, BUNCH)?;
        let last = bunch.len() < BUNCH;
        for item in bunch {
            looked += 1;
            cursor = Some(id(&item));
            if wanted(&item) {
                items.push(item);
            }
            if items.len() == limit {
                return Ok(PageOf { items, next: cursor });
            }
        }
        if last {
            return Ok(PageOf { items, next: None });
        }
    }
    Ok(PageOf { items, next: cursor })
}

/// How many items a page has: what was asked, within reason.
pub(crate) fn limit(asked: Option<usize>) -> usize {
    asked.unwrap_or(ITEMS).clamp(1, ITEMS_MAX)
}

const ITEMS: usize = 50;
const ITEMS_MAX: usize = 200;
/// What one read takes from the store.
const BUNCH: usize = 500;
/// A tenth of a second's reading.
const LOOK_AT_MOST: usize = 5_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers_before(before: Option<u32>, limit: usize) -> io::Result<Vec<u32>> {
        Ok((0..before.unwrap_or(20_000)).rev().take(limit).collect())
    }

    #[test]
    fn a_list_goes_on_where_it_stopped() {
        let first = gather(None, 3, numbers_before, |n| *n, |_| true).unwrap();
        assert_eq!((first.items, first.next), (vec![19_999, 19_998, 19_997], Some(19_997)));
        let end = gather(Some(2), 3, numbers_before, |n| *n, |_| true).unwrap();
        assert_eq!((end.items, end.next), (vec![1, 0], None));
    }

    #[test]
    fn a_rare_find_takes_several_bounded_looks() {
        let first = gather(None, 3, numbers_before, |n| *n, |n| *n < 2).unwrap();
        assert_eq!((first.items.len(), first.next), (0, Some(15_000)));
        let mut cursor = first.next;
        let mut found = Vec::new();
        while cursor.is_some() {
            let page = gather(cursor, 3, numbers_before, |n| *n, |n| *n < 2).unwrap();
            found.extend(page.items);
            cursor = page.next;
        }
        assert_eq!(found, [1, 0]);
    }
}
