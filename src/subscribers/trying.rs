//! Whose attempt at a test endpoint it was: the name a client asks for tells.

use crate::links::Keys;
use crate::notice::{Attempt, NewAttempt, PeerDetail, ProgramId};
use crate::store::{Store, StoreError};

/// Keeps attempts as the programs declare it. A token that is not one of ours, or whose
/// subscriber is known no more, is a stranger's.
pub async fn keep_attempts(
    store: &Store,
    keys: &Keys,
    attempts: impl IntoIterator<Item = Attempt>,
    peers: impl Fn(&ProgramId) -> PeerDetail,
) -> Result<(), StoreError> {
    let new = |attempt: Attempt| {
        let owner = attempt.token.as_deref().and_then(|token| keys.verify_rehearse(token).ok());
        let program = attempt.endpoint.as_ref().map(|path| &path.notice.program);
        let peers = program.map_or(PeerDetail::Truncated, &peers);
        NewAttempt { subscriber: owner, peers, attempt }
    };
    store.keep_attempts(&attempts.into_iter().map(new).collect::<Vec<_>>()).await
}
