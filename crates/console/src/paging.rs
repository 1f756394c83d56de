//! Pages of a list by cursor: newest first, `?before=&limit=`.

use std::io;

use schemars::JsonSchema;
use serde::Serialize;

/// A page of a list.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Page<T, C> {
    pub(crate) items: Vec<T>,
    /// The value of `before=` for the next page; absent on the last one. A page may be short or
    /// empty and still have a next one, because each request reads a bounded number of items.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<C>,
}

/// Collects up to `limit` items for which `wanted` is true. It reads at most [`READ_MAX`] items.
///
/// `read` returns a batch of items before its cursor; `id` is the cursor of an item. The first batch
/// is as long as the page, so that a list without rejected items reads only what it shows; the next
/// ones are longer.
pub(crate) fn gather<T, C: Copy>(
    before: Option<C>,
    limit: usize,
    mut read: impl FnMut(Option<C>, usize) -> io::Result<Vec<T>>,
    id: impl Fn(&T) -> C,
    wanted: impl Fn(&T) -> bool,
) -> io::Result<Page<T, C>> {
    let mut items = Vec::new();
    let mut cursor = before;
    let (mut count, mut size) = (0, limit);
    while count < READ_MAX {
        let asked = size.min(READ_MAX - count);
        let batch = read(cursor, asked)?;
        let last = batch.len() < asked;
        size = (size * 2).min(BATCH_MAX);
        for item in batch {
            count += 1;
            cursor = Some(id(&item));
            if wanted(&item) {
                items.push(item);
            }
            if items.len() == limit {
                return Ok(Page { items, next: cursor });
            }
        }
        if last {
            return Ok(Page { items, next: None });
        }
    }
    Ok(Page { items, next: cursor })
}

/// The number of items on a page: what was asked for, between 1 and [`ITEMS_MAX`].
pub(crate) fn limit(asked: Option<usize>) -> usize {
    asked.unwrap_or(ITEMS).clamp(1, ITEMS_MAX)
}

const ITEMS: usize = 50;
const ITEMS_MAX: usize = 200;
/// The most items in one read from the store.
const BATCH_MAX: usize = 500;
/// The number of items that are read in a tenth of a second.
const READ_MAX: usize = 5_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers_before(before: Option<u32>, limit: usize) -> io::Result<Vec<u32>> {
        Ok((0..before.unwrap_or(20_000)).rev().take(limit).collect())
    }

    #[test]
    fn next_page_continues_where_the_first_ended() {
        let first = gather(None, 3, numbers_before, |n| *n, |_| true).unwrap();
        assert_eq!((first.items, first.next), (vec![19_999, 19_998, 19_997], Some(19_997)));
        let end = gather(Some(2), 3, numbers_before, |n| *n, |_| true).unwrap();
        assert_eq!((end.items, end.next), (vec![1, 0], None));
    }

    #[test]
    fn page_without_rejected_items_reads_what_it_shows() {
        let mut read = 0;
        let counted = |before, limit| {
            let batch = numbers_before(before, limit)?;
            read += batch.len();
            Ok(batch)
        };
        let page = gather(None, 50, counted, |n| *n, |_| true).unwrap();
        assert_eq!((page.items.len(), page.next, read), (50, Some(19_950), 50));
    }

    #[test]
    fn rare_items_take_several_bounded_requests() {
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
