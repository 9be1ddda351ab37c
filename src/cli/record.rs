//! What is done on the command line stands in the office's record as well.

use crate::clock::Clock;
use crate::store::{Deed, Store};

pub async fn record(store: &Store, clock: &Clock, deed: &Deed<'_>) -> anyhow::Result<()> {
    Ok(store.record_deed(deed, clock.now()).await?)
}
