//! Sending many requests before waiting for the first answer: round trips are what a client can
//! save. An error inside a transaction makes the server refuse what follows, so sending ahead
//! cannot do harm.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

/// How many requests may be under way at once. It bounds memory, and the work of asking each
/// pending request whether it is done.
const WINDOW: usize = 128;

/// Polls the requests in their order, so that they are sent in their order, and gives their
/// answers in that order. The driver sends a request when it is first polled.
pub async fn in_order<'a, T>(requests: Vec<Request<'a, T>>) -> Vec<T> {
    let count = requests.len();
    let mut answers: Vec<Option<T>> = (0..count).map(|_| None).collect();
    let mut requests = requests;
    let mut first_open = 0;
    poll_fn(|context| {
        let window = first_open..count.min(first_open + WINDOW);
        for at in window {
            if answers[at].is_none()
                && let Poll::Ready(answer) = requests[at].as_mut().poll(context)
            {
                answers[at] = Some(answer);
            }
        }
        let advanced = answers[first_open..].iter().take_while(|answer| answer.is_some()).count();
        first_open += advanced;
        if first_open == count {
            Poll::Ready(())
        } else {
            if advanced > 0 {
                // The window moved on: the requests that entered it must be sent.
                context.waker().wake_by_ref();
            }
            Poll::Pending
        }
    })
    .await;
    answers.into_iter().flatten().collect()
}

/// A request that was not sent yet.
pub type Request<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;
