//! A connection whose first bytes were read already, and are read once more.
//!
//! It also sees the alert by which the other side of it, the engine, ends a handshake.

use super::gate::alert_of;
use std::io::{IoSlice, Result};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

pub struct Replayed<S> {
    first: Vec<u8>,
    /// How many of the first bytes were read again.
    read: usize,
    stream: S,
    alert: Option<u8>,
}

impl<S> Replayed<S> {
    pub fn new(first: Vec<u8>, stream: S) -> Self {
        Self { first, read: 0, stream, alert: None }
    }

    /// The alert that was sent last, where nothing sealed it.
    pub fn alert(&self) -> Option<u8> {
        self.alert
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Replayed<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        if self.read < self.first.len() {
            let rest = &self.first[self.read..];
            let given = rest.len().min(buffer.remaining());
            buffer.put_slice(&rest[..given]);
            self.read += given;
            if self.read == self.first.len() {
                // A connection may be long, and nobody asks for them a third time.
                (self.first, self.read) = (Vec::new(), 0);
            }
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Replayed<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        self.alert = alert_of(bytes).or(self.alert);
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
