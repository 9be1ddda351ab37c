//! Errands of the office: what somebody asked for in a browser is done here, one
//! errand at a time.
//!
//! The web side renders nothing and fills nothing; it leaves an errand. One that was
//! broken off is taken up again by whoever finds it when its lease is over, and goes
//! on from where it was: filling can be resumed, and a test is in the outbox with the
//! end of its errand, or not at all.

use super::names::Names;
use super::{AnnounceError, Announced, Audience, Met, Round};
use crate::clock::Clock;
use crate::links::Keys;
use crate::notice::{Carrier, EmailAddress, Locale, OccasionKind, OfficeErrand, Wanted};
use crate::render::Renderer;
use crate::store::{ErrandState, LeasedErrand, Store, StoreError, TestMail};
use chrono::TimeDelta;
use std::time::Duration;

/// After this long without a word of whoever does an errand, somebody else does it.
const LEASE: Duration = Duration::from_secs(15);

/// Often enough that two words may be lost.
const KEEP_EVERY: Duration = Duration::from_secs(5);

/// Somebody may publish something else while a notice is being announced: it is
/// begun anew then, unless what would be sent changed as well.
const MOST_BEGINNINGS: usize = 3;

/// A test that could not be sent by then is of no use.
const TEST_LASTS: TimeDelta = TimeDelta::hours(24);

/// Does everything that waits to be done. Tells how many errands it ended.
pub async fn errands(
    store: &Store,
    keys: &Keys,
    carrier: Carrier,
    clock: &Clock,
) -> Result<u64, AnnounceError> {
    let mut ended = 0;
    while let Some(errand) = store.lease_errand(LEASE).await? {
        let doing = Doing { store, keys, carrier, clock, errand: &errand };
        tokio::select! {
            done = doing.run() => ended += u64::from(done?),
            failure = doing.keep() => return Err(failure.into()),
        }
    }
    Ok(ended)
}

struct Doing<'a> {
    store: &'a Store,
    keys: &'a Keys,
    carrier: Carrier,
    clock: &'a Clock,
    errand: &'a LeasedErrand,
}

impl Doing<'_> {
    /// Says that somebody is at it, as long as this is asked to.
    async fn keep(&self) -> StoreError {
        loop {
            tokio::time::sleep(KEEP_EVERY).await;
            if let Err(failure) = self.store.keep_errand(self.errand.id, LEASE).await {
                return failure;
            }
        }
    }

    /// Whether it ended. What cannot be done as things are ends it, too, with the
    /// reason; what may be done another time does not.
    async fn run(&self) -> Result<bool, AnnounceError> {
        let done = match &self.errand.what {
            OfficeErrand::Announce { digest, canary } => {
                self.announce(digest.as_str(), *canary).await
            }
            OfficeErrand::Test { address, locale, api, environment } => {
                let (api, environment) = (api.clone(), environment.clone());
                let wanted = Wanted { api, environment, kind: None };
                return match self.test(address, locale, &wanted).await {
                    Ok(refusal) => match refusal {
                        None => Ok(true),
                        Some(reason) => self.end(ErrandState::Refused, &reason).await,
                    },
                    Err(failure) => self.refuse(failure).await,
                };
            }
        };
        match done {
            Ok((state, said)) => self.end(state, &said).await,
            Err(failure) => self.refuse(failure).await,
        }
    }

    async fn refuse(&self, failure: AnnounceError) -> Result<bool, AnnounceError> {
        match failure {
            AnnounceError::Store(_) | AnnounceError::Randomness(_) => Err(failure),
            refusal => self.end(ErrandState::Refused, &refusal.to_string()).await,
        }
    }

    async fn end(&self, state: ErrandState, said: &str) -> Result<bool, AnnounceError> {
        Ok(self.store.end_errand(self.errand.id, state, said, self.clock.now()).await?)
    }

    async fn announce(
        &self,
        digest: &str,
        canary: Option<u32>,
    ) -> Result<(ErrandState, String), AnnounceError> {
        let Self { store, carrier, clock, errand, .. } = *self;
        for _ in 0..MOST_BEGINNINGS {
            let round = Round::load(store, &errand.notice).await?;
            if round.parts().digest().as_str() != digest {
                let said = "what would be sent is not what was looked at: it changed since";
                return Ok((ErrandState::Refused, said.to_owned()));
            }
            if round.begun.is_none() && round.forecast(store).await?.total() == 0 {
                return Ok((ErrandState::Refused, "nobody would hear of it".to_owned()));
            }
            match round.announce(store, canary, carrier, clock).await {
                Err(AnnounceError::PublishedMeanwhile) => {}
                Err(failure) => return Err(failure),
                Ok(announced) => return Ok((ErrandState::Done, said(&announced))),
            }
        }
        Err(AnnounceError::PublishedMeanwhile)
    }

    /// Why no mail comes of it, where none does.
    async fn test(
        &self,
        address: &EmailAddress,
        locale: &Locale,
        wanted: &Wanted,
    ) -> Result<Option<String>, AnnounceError> {
        let Self { store, keys, carrier, clock, errand } = *self;
        let current = store.current_publication().await?.ok_or(AnnounceError::NothingPublished)?;
        let workspace = &current.publication.workspace;
        let Some((program, notice)) = workspace.notice(&errand.notice) else {
            return Ok(Some(format!("`{}` is published no more", errand.notice)));
        };
        let met = Audience::of(program, notice).met_by(std::slice::from_ref(wanted));
        let Some(Met { rows, apis, .. }) = met else {
            return Ok(Some("such a reader is told nothing of it".to_owned()));
        };
        let notice_path = &errand.notice;
        let unrendered = |reason| AnnounceError::Render { notice: notice_path.clone(), reason };
        let renderer = Renderer::new(&current.publication.templates).map_err(unrendered)?;
        let now = clock.now();
        let edition = renderer
            .edition(program, notice, OccasionKind::Test, locale, &rows, now)
            .map_err(unrendered)?;
        let recipient = store.office_mailbox(address, &keys.mailbox(address), now).await?;
        let message_id = Names::default().message_id(program.settings.sender.address.domain())?;
        let test = TestMail {
            errand: errand.id,
            notice: notice_path,
            publication: current.id,
            revision: &current.digest,
            edition: &edition,
            apis: &apis,
            carrier,
            message_id: &message_id,
            recipient,
            not_after: now + TEST_LASTS,
            said: &format!("a test to {}, in {locale}", address.masked()),
        };
        store.mail_test(&test, now).await?;
        Ok(None)
    }
}

fn said(announced: &Announced) -> String {
    let Announced { filled, reconciled } = announced;
    let mut parts = vec![match filled.added {
        0 => "everyone concerned had a message already".to_owned(),
        1 => "1 message was made".to_owned(),
        some => format!("{some} messages were made"),
    }];
    if reconciled.added > 0 {
        parts.push(format!("{} hear what changed", reconciled.added));
    }
    if filled.is_partial {
        parts.push("the others hear when it is announced without a limit".to_owned());
    }
    parts.join("; ")
}
