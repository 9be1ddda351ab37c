//! Bodies that are handed to a connection part by part, so that a reader who is
//! slow holds one part in memory and not a copy of the whole.
//!
//! It knows neither what a body says nor how fast it is read.

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::web::Bytes;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

/// What a connection holds of a body at a time.
const PART_BYTES: usize = 32 * 1024;

struct Parts(Bytes);

/// A body of these bytes. One that fits in two parts is sent at once.
pub fn body_of(bytes: Bytes) -> BoxBody {
    match bytes.len() > 2 * PART_BYTES {
        true => BoxBody::new(Parts(bytes)),
        false => BoxBody::new(bytes),
    }
}

impl MessageBody for Parts {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.0.len() as u64)
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Infallible>>> {
        let next = self.0.len().min(PART_BYTES);
        let part = self.0.split_to(next);
        Poll::Ready((!part.is_empty()).then_some(Ok(part)))
    }
}
