//! `GET /events`: tells pages when the folder has changed.

use super::PreviewSite;
use actix_web::HttpResponse;
use actix_web::web::{Bytes, Data};
use futures_util::stream;
use std::convert::Infallible;
use std::time::Duration;

/// A word now and then, or neither side would notice that the other is gone.
const STILL_HERE: Duration = Duration::from_secs(15);
/// How soon a page tries again after the preview was ended, in milliseconds.
const RETRY_MS: u32 = 1_000;

/// The present turn at once, so that a page which comes back learns whether it
/// missed anything, and then every further one.
pub async fn events(site: Data<PreviewSite>) -> HttpResponse {
    let mut turns = site.preview.turns();
    turns.mark_changed();
    let stream = stream::unfold((site, turns), |(site, mut turns)| async move {
        let told = match tokio::time::timeout(STILL_HERE, turns.changed()).await {
            Ok(Ok(())) => {
                let turn = site.preview.name_of(*turns.borrow_and_update());
                format!("retry: {RETRY_MS}\nevent: turn\ndata: {turn}\n\n")
            }
            // The preview is being ended.
            Ok(Err(_)) => return None,
            Err(_) => ": still here\n\n".to_owned(),
        };
        Some((Ok::<_, Infallible>(Bytes::from(told)), (site, turns)))
    });
    HttpResponse::Ok().content_type("text/event-stream").streaming(stream)
}
