//! A client's connection, which is cut where the client does not take what it
//! asked for. How soon a request must arrive is the server's business.
//!
//! It knows bytes alone.

use actix_web::rt::net::TcpStream;
use actix_web::rt::time::{Sleep, sleep};
use std::future::Future as _;
use std::io::{Error, ErrorKind, IoSlice, Result};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What a reader takes at least in the time it is given, once it falls behind:
/// the slowest networks in use are faster.
const LEAST_BYTES: usize = 16 * 1024;

/// Since when somebody has been reading slowly, and how much they took meanwhile.
struct Stall {
    over: Pin<Box<Sleep>>,
    taken: usize,
}

/// A connection and the patience with its other end.
pub struct Wire {
    stream: TcpStream,
    patience: Duration,
    stall: Option<Stall>,
}

impl Wire {
    pub fn new(stream: TcpStream, patience: Duration) -> Self {
        Self { stream, patience, stall: None }
    }

    /// What became of writing: who takes nothing, or a byte now and then, is cut.
    fn judge(&mut self, cx: &mut Context<'_>, written: Poll<Result<usize>>) -> Poll<Result<usize>> {
        if let Poll::Ready(Ok(bytes)) = &written {
            if let Some(stall) = &mut self.stall {
                stall.taken += bytes;
                if stall.taken >= LEAST_BYTES {
                    self.stall = None;
                }
            }
            return written;
        }
        if written.is_ready() {
            return written;
        }
        let patience = self.patience;
        let stall =
            self.stall.get_or_insert_with(|| Stall { over: Box::pin(sleep(patience)), taken: 0 });
        ready!(stall.over.as_mut().poll(cx));
        Poll::Ready(Err(Error::new(ErrorKind::TimedOut, "the client does not read its answer")))
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.judge(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bytes);
        self.judge(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// Called when all was taken: whoever was slow has caught up.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        self.stall = None;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
