//! How long a connection may take: for its first byte, for a head that was begun, and between two
//! signs of life. Whoever is slower is cut off without a word: there is no request to answer.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep_until},
};

/// How long what may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// The first byte, and the rest of a head after its first byte.
    pub(super) head: Duration,
    /// Without a byte in either direction.
    pub(super) idle: Duration,
}

/// How far the request is that a connection is at. The connection knows of bytes, and whoever
/// answers knows of requests: both tell here.
#[derive(Clone, Debug, Default)]
pub(super) struct Progress(Arc<AtomicU8>);

/// Nothing came yet.
const NEW: u8 = 0;
/// Something came of a head.
const BEGUN: u8 = 1;
/// The whole head came.
const ASKED: u8 = 2;
/// It was answered, and another may come.
const ANSWERED: u8 = 3;

impl Progress {
    /// The whole head of a request came.
    pub(super) fn asked(&self) {
        self.0.store(ASKED, Ordering::Relaxed);
    }

    /// It was answered: what comes next is the head of another.
    pub(super) fn answered(&self) {
        self.0.store(ANSWERED, Ordering::Relaxed);
    }
}

/// A stream that breaks off when its other end takes too long.
pub(super) struct Paced<S> {
    stream: S,
    patience: Patience,
    progress: Progress,
    /// What `deadline` was made for.
    seen: u8,
    deadline: Instant,
    /// Set to `deadline` only when there is something to wait for.
    sleep: Pin<Box<Sleep>>,
}

impl<S> Paced<S> {
    pub(super) fn new(stream: S, patience: Patience, progress: Progress) -> Self {
        let deadline = Instant::now() + patience.head;
        let sleep = Box::pin(sleep_until(deadline));
        Self { stream, patience, progress, seen: NEW, deadline, sleep }
    }

    /// Bytes came.
    fn heard(&mut self) {
        match self.look() {
            // However often something comes of it, the whole has one deadline.
            BEGUN => {}
            ASKED => self.deadline = Instant::now() + self.patience.idle,
            _ => {
                self.progress.0.store(BEGUN, Ordering::Relaxed);
                self.seen = BEGUN;
                self.deadline = Instant::now() + self.patience.head;
            }
        }
    }

    /// Bytes left.
    fn said(&mut self) {
        if matches!(self.look(), ASKED | ANSWERED) {
            self.deadline = Instant::now() + self.patience.idle;
        }
    }

    /// How far it is. What was told meanwhile begins a new span.
    fn look(&mut self) -> u8 {
        let now = self.progress.0.load(Ordering::Relaxed);
        if now != self.seen {
            self.seen = now;
            self.deadline = Instant::now() + self.patience.idle;
        }
        now
    }

    /// The other end keeps us waiting.
    fn wait<T>(&mut self, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        self.look();
        if self.sleep.deadline() != self.deadline {
            self.sleep.as_mut().reset(self.deadline);
        }
        self.sleep.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }

    fn written(
        &mut self,
        written: Poll<io::Result<usize>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        match written {
            Poll::Pending => self.wait(context),
            Poll::Ready(written) => {
                self.said();
                Poll::Ready(written)
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        match read {
            Poll::Pending => self.wait(context),
            Poll::Ready(read) => {
                if before < buffer.filled().len() {
                    self.heard();
                }
                Poll::Ready(read)
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(written, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.written(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.stream).poll_flush(context) {
            Poll::Pending => self.wait(context),
            flushed @ Poll::Ready(_) => flushed,
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.stream).poll_shutdown(context) {
            Poll::Pending => self.wait(context),
            ended @ Poll::Ready(_) => ended,
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;
    use crate::testing::block_on;

    const SOON: Duration = Duration::from_millis(20);
    const NEVER: Duration = Duration::from_secs(3_600);

    fn pair(
        head: Duration,
        idle: Duration,
    ) -> (Paced<tokio::io::DuplexStream>, Progress, tokio::io::DuplexStream) {
        let (ours, theirs) = tokio::io::duplex(4);
        let progress = Progress::default();
        (Paced::new(ours, Patience { head, idle }, progress.clone()), progress, theirs)
    }

    fn is_cut_off<T>(result: io::Result<T>) -> bool {
        result.is_err_and(|error| error.kind() == io::ErrorKind::TimedOut)
    }

    #[test]
    fn the_first_byte_and_a_head_have_one_deadline_each() {
        block_on(async {
            let (mut ours, _, _theirs) = pair(SOON, NEVER);
            assert!(is_cut_off(ours.read_u8().await));
            let (mut ours, _, mut theirs) = pair(SOON, NEVER);
            theirs.write_all(b"GET").await.unwrap();
            let mut heard = Vec::new();
            // What trickles in does not make it longer.
            let trickle = async {
                while theirs.write_all(b"x").await.is_ok() {
                    tokio::time::sleep(SOON / 10).await;
                }
            };
            tokio::select! {
                () = trickle => panic!("nobody listens"),
                read = ours.read_to_end(&mut heard) => assert!(is_cut_off(read)),
            }
        });
    }

    #[test]
    fn what_was_asked_is_waited_for_as_long_as_something_moves() {
        block_on(async {
            // An answer may take longer than a head.
            let (mut ours, progress, mut theirs) = pair(SOON, NEVER);
            theirs.write_all(b"GET").await.unwrap();
            ours.read_exact(&mut [0; 3]).await.unwrap();
            progress.asked();
            let waited = tokio::time::timeout(SOON * 3, ours.read_u8()).await;
            assert!(waited.is_err(), "it was cut off");
            // Whoever does not take the answer is cut off as well.
            let (mut ours, progress, _theirs) = pair(NEVER, SOON);
            progress.asked();
            assert!(is_cut_off(ours.write_all(b"an answer").await));
            // After an answer, the next one may begin late, and must then be quick.
            let (mut ours, progress, mut theirs) = pair(SOON, NEVER);
            progress.answered();
            assert!(tokio::time::timeout(SOON * 3, ours.read_u8()).await.is_err());
            theirs.write_all(b"G").await.unwrap();
            ours.read_u8().await.unwrap();
            assert!(is_cut_off(ours.read_u8().await));
        });
    }
}
