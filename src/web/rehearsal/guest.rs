//! A client that came through the gate: its connection, and what is known of it.

use super::board::{Endpoint, Opening};
use super::places::Place;
use crate::tls::client_hello::ClientHello;
use crate::tls::engine::{Negotiated, Secured};
use crate::web::wire::Wire;
use std::io::Result;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What is known of a client whose handshake succeeded.
pub struct Visit {
    pub endpoint: Arc<Endpoint>,
    pub token: Option<String>,
    pub hello: ClientHello,
    pub negotiated: Negotiated,
    pub opening: Opening,
}

/// Its connection, which HTTP is spoken on, and its place until that ends.
pub struct Guest {
    pub stream: Secured<Wire>,
    pub visit: Arc<Visit>,
    pub _place: Place,
}

impl AsyncRead for Guest {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Guest {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
