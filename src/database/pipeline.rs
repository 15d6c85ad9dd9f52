//! Sending many requests before waiting for the first answer: round trips are what a client can
//! save. An error inside a transaction makes the server refuse what follows, so sending ahead
//! cannot do harm.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use futures_util::future::maybe_done;

/// How many requests may be under way at once. It bounds memory, and the work of asking each
/// pending request whether it is done.
const WINDOW: usize = 128;

/// A request of no named type, for requests of several kinds in one list.
pub type Request<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Polls the requests in their order, so that they are sent in their order, and gives their
/// answers in that order. The driver sends a request when it is first polled.
pub async fn in_order<F: Future>(requests: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut requests: Vec<_> =
        requests.into_iter().map(|request| Box::pin(maybe_done(request))).collect();
    let mut first_open = 0;
    poll_fn(|context| {
        loop {
            let end = requests.len().min(first_open + WINDOW);
            let mut done_so_far = true;
            let mut advanced = 0;
            for request in &mut requests[first_open..end] {
                done_so_far &= request.as_mut().poll(context).is_ready();
                advanced += usize::from(done_so_far);
            }
            first_open += advanced;
            if first_open == requests.len() {
                return Poll::Ready(());
            }
            // Requests that have just come into the window are yet to be sent.
            if advanced == 0 {
                return Poll::Pending;
            }
        }
    })
    .await;
    requests
        .iter_mut()
        .map(|request| request.as_mut().take_output().expect("each was polled to its end"))
        .collect()
}
