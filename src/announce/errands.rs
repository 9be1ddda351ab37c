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
use crate::notice::{Announcing, Carrier, OccasionKind, OfficeErrand, Testing, Wanted};
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

/// What came of an errand.
enum Done {
    Said(String),
    Refused(String),
    /// It was ended with what it did.
    Already,
}

/// A round that broke off before what it sends was published otherwise waits for
/// somebody to look at what is true now.
fn changed(round: &Round) -> String {
    let why = "what would be sent is not what was looked at: it changed since";
    match round.begun.as_ref().filter(|begun| begun.carrier.is_none() && begun.filled > 0) {
        None => why.to_owned(),
        Some(begun) => format!(
            "{why}. {} messages had been made and wait: announce what is true now, and they are \
             put right and sent",
            begun.filled
        ),
    }
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
            OfficeErrand::Announce(announcing) => self.announce(announcing).await,
            OfficeErrand::Test(test) => self.test(test).await,
        };
        let (state, said) = match done {
            Ok(Done::Already) => return Ok(true),
            Ok(Done::Said(said)) => (ErrandState::Done, said),
            Ok(Done::Refused(why)) => (ErrandState::Refused, why),
            Err(failure @ (AnnounceError::Store(_) | AnnounceError::Randomness(_))) => {
                return Err(failure);
            }
            Err(AnnounceError::NotApproved(why)) => (ErrandState::Refused, why.reason()),
            Err(refusal) => (ErrandState::Refused, refusal.to_string()),
        };
        let Self { store, clock, errand, .. } = *self;
        Ok(store.end_errand(errand.id, state, &said, clock.now()).await?)
    }

    async fn announce(&self, announcing: &Announcing) -> Result<Done, AnnounceError> {
        let Announcing { digest, canary } = announcing;
        let Self { store, carrier, clock, errand, .. } = *self;
        for _ in 0..MOST_BEGINNINGS {
            let round = Round::load(store, &errand.notice).await?;
            if round.parts().digest() != *digest {
                return Ok(Done::Refused(changed(&round)));
            }
            if round.begun.is_none() && round.forecast(store).await?.total() == 0 {
                return Ok(Done::Refused("nobody would hear of it".to_owned()));
            }
            match round.announce(store, *canary, carrier, clock).await {
                Err(AnnounceError::PublishedMeanwhile) => {}
                Err(failure) => return Err(failure),
                Ok(announced) => return Ok(Done::Said(said(&announced))),
            }
        }
        Err(AnnounceError::PublishedMeanwhile)
    }

    async fn test(&self, test: &Testing) -> Result<Done, AnnounceError> {
        let Testing { address, locale, api, environment } = test;
        let Self { store, keys, carrier, clock, errand } = *self;
        let current = store.current_publication().await?.ok_or(AnnounceError::NothingPublished)?;
        let workspace = &current.publication.workspace;
        let Some((program, notice)) = workspace.notice(&errand.notice) else {
            return Ok(Done::Refused(format!("`{}` is published no more", errand.notice)));
        };
        let (api, environment) = (api.clone(), environment.clone());
        let wanted = [Wanted { api, environment, kind: None }];
        let met = Audience::of(program, notice).met_by(&wanted);
        let Some(Met { rows, apis, .. }) = met else {
            return Ok(Done::Refused("such a reader is told nothing of it".to_owned()));
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
        Ok(Done::Already)
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
