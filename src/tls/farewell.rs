//! How a connection ends on which something was said last: closed at once while the client
//! still sends, it would be reset, and a reset destroys what the client has not read yet.

use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::timeout;

/// A client that was told closes its side in a moment.
const PATIENCE: Duration = Duration::from_secs(2);
/// What it may send meanwhile.
const MOST_BYTES: usize = 64 * 1024;

/// Says `last` and nothing more, and waits for the client to close its side, though not long.
pub async fn close<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, last: &[u8]) {
    // Whoever is gone need not be told.
    let _ = timeout(PATIENCE, async {
        stream.write_all(last).await?;
        stream.shutdown().await?;
        let (mut drained, mut buffer) = (0, [0; 1024]);
        while drained < MOST_BYTES {
            match stream.read(&mut buffer).await? {
                0 => break,
                read => drained += read,
            }
        }
        std::io::Result::Ok(())
    })
    .await;
}
