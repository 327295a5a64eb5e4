//! Requests that wait at the door until somebody lets them in: a test steps through a client's calls with it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// A door, open to begin with.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    /// Those that wait while it is closed: to forget one is to let it in.
    waiting: Mutex<Option<Vec<oneshot::Sender<()>>>>,
}

impl Gate {
    /// Has requests wait from now on.
    pub(crate) fn close(&self) {
        self.waiting().get_or_insert_default();
    }

    /// Lets all in, those that come later too.
    pub(crate) fn open(&self) {
        *self.waiting() = None;
    }

    /// Lets those in that wait now; gives their number.
    pub(crate) fn release(&self) -> usize {
        let number = self.count();
        if let Some(waiting) = &mut *self.waiting() {
            waiting.clear();
        }
        number
    }

    /// How many wait. A client that has gone does not.
    pub(crate) fn count(&self) -> usize {
        self.waiting().iter().flatten().filter(|waiting| !waiting.is_closed()).count()
    }

    /// Waits until the request is let in.
    pub(crate) async fn pass(&self) {
        let let_in = match &mut *self.waiting() {
            None => return,
            Some(waiting) => {
                let (hold, let_in) = oneshot::channel();
                waiting.push(hold);
                let_in
            }
        };
        // Nothing is ever sent.
        let _ = let_in.await;
    }

    fn waiting(&self) -> MutexGuard<'_, Option<Vec<oneshot::Sender<()>>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_waits_is_let_in_and_what_comes_later_waits() {
        let gate = Gate::default();
        gate.pass().await;
        gate.close();
        let (mut first, mut second) = (Box::pin(gate.pass()), Box::pin(gate.pass()));
        assert!(waits(&mut first).await && waits(&mut second).await);
        assert_eq!(gate.count(), 2);
        drop(second);
        assert_eq!((gate.count(), gate.release()), (1, 1));
        first.await;
        let mut third = Box::pin(gate.pass());
        assert!(waits(&mut third).await);
        gate.open();
        third.await;
        gate.pass().await;
        assert_eq!(gate.release(), 0);
    }

    /// Whether it waits.
    async fn waits(pass: &mut (impl Future<Output = ()> + Unpin)) -> bool {
        std::future::poll_fn(|context| {
            std::task::Poll::Ready(std::pin::Pin::new(&mut *pass).poll(context).is_pending())
        })
        .await
    }
}
