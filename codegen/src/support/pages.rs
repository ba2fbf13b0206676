//! Walks the pages of a list, one element at a time.

use std::collections::VecDeque;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

type Fetched<'a, T, E> = Pin<Box<dyn Future<Output = Result<Vec<T>, E>> + Send + 'a>>;

/// The elements of a list that comes in pages.
///
/// A page that is shorter than asked for is the last; after an error there are no more. Pages are
/// fetched when their first element is asked for. [`Pages::next`] needs no further crate; as a
/// [`Stream`] it works with the adapters of others.
pub struct Pages<'a, T, E> {
    fetch: Box<dyn FnMut(i64) -> Fetched<'a, T, E> + Send + 'a>,
    /// The page to fetch next; `None` after the last.
    page: Option<i64>,
    size: usize,
    fetching: Option<Fetched<'a, T, E>>,
    fetched: VecDeque<T>,
}

impl<'a, T, E> Pages<'a, T, E> {
    pub(crate) fn new(
        first: i64,
        size: i64,
        fetch: impl FnMut(i64) -> Fetched<'a, T, E> + Send + 'a,
    ) -> Self {
        Self {
            fetch: Box::new(fetch),
            page: Some(first),
            size: usize::try_from(size).unwrap_or(1).max(1),
            fetching: None,
            fetched: VecDeque::new(),
        }
    }

    /// The next element; `None` after the last.
    pub async fn next(&mut self) -> Option<Result<T, E>>
    where
        T: Unpin,
    {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl<T: Unpin, E> Stream for Pages<'_, T, E> {
    type Item = Result<T, E>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<T, E>>> {
        let pages = self.get_mut();
        loop {
            if let Some(element) = pages.fetched.pop_front() {
                return Poll::Ready(Some(Ok(element)));
            }
            let Some(page) = pages.page else {
                return Poll::Ready(None);
            };
            let fetching = pages.fetching.get_or_insert_with(|| (pages.fetch)(page));
            let fetched = ready!(fetching.as_mut().poll(context));
            pages.fetching = None;
            match fetched {
                Ok(elements) => {
                    let more = elements.len() >= pages.size;
                    pages.page = if more { page.checked_add(1) } else { None };
                    pages.fetched = elements.into();
                }
                Err(error) => {
                    pages.page = None;
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
    }
}

impl<T, E> fmt::Debug for Pages<'_, T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("page", &self.page)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}
