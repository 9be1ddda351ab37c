//! Environments that are not as declared, or are again: the office is told by mail, once per
//! change. What turns up within a minute stands in one mail, because a cutoff concerns many
//! addresses at once.

use super::AnnounceError;
use super::names::Names;
use crate::links::Keys;
use crate::notice::{Carrier, EmailAddress, Program, ProgramId, Verdict};
use crate::render::{Renderer, Turned};
use crate::store::{DriftMail, Store, StoredPublication, UntoldChange};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

/// Changes looked at between two looks; more wait for the next.
const AT_ONCE: i64 = 500;

/// So long others may join the first change before the mail is made.
const GATHERING: TimeDelta = TimeDelta::minutes(1);

/// Writes of every change that nobody was told of yet. Tells how many mails it made.
pub async fn drift_news(
    store: &Store,
    keys: &Keys,
    carrier: Carrier,
    at: DateTime<Utc>,
) -> Result<u64, AnnounceError> {
    let untold = store.untold_changes(AT_ONCE).await?;
    let mut by_program: BTreeMap<ProgramId, Vec<UntoldChange>> = BTreeMap::new();
    for change in untold {
        by_program.entry(change.program.clone()).or_default().push(change);
    }
    // The oldest comes first.
    by_program.retain(|_, changes| changes.first().is_some_and(|first| first.at + GATHERING <= at));
    if by_program.is_empty() {
        return Ok(0);
    }
    let Some(current) = store.current_publication().await? else { return Ok(0) };
    let renderer = Renderer::new(&current.publication.templates).map_err(AnnounceError::Drift)?;
    let telling = Telling { store, keys, current: &current, renderer, carrier, at };
    let mut written = 0;
    for (program, changes) in &by_program {
        written += u64::from(telling.tell(program, changes).await?);
    }
    Ok(written)
}

struct Telling<'a> {
    store: &'a Store,
    keys: &'a Keys,
    current: &'a StoredPublication,
    renderer: Renderer,
    carrier: Carrier,
    at: DateTime<Utc>,
}

impl Telling<'_> {
    async fn tell(
        &self,
        program: &ProgramId,
        changes: &[UntoldChange],
    ) -> Result<bool, AnnounceError> {
        let Self { store, current, carrier, at, .. } = *self;
        let ids: Vec<i64> = changes.iter().map(|change| change.id).collect();
        let turned = net(changes);
        let declared = current.publication.workspace.programs.get(program);
        let to = declared.and_then(|program| Some((program, reader(program)?)));
        let Some((program, to)) = to.filter(|_| !turned.is_empty()) else {
            if !turned.is_empty() {
                tracing::warn!(%program, "drift has nobody to be told to");
            }
            store.pass_over_changes(&ids).await?;
            return Ok(false);
        };
        let locale = program.settings.default_locale();
        let edition = self.renderer.drift(program, &locale, &turned);
        let edition = edition.map_err(AnnounceError::Drift)?;
        let recipient = store.office_mailbox(to, &self.keys.mailbox(to), at).await?;
        let message_id = Names::default().message_id(program.settings.sender.address.domain())?;
        let mail = DriftMail {
            changes: &ids,
            program: &program.id,
            publication: current.id,
            revision: &current.digest,
            edition: &edition,
            carrier,
            message_id: &message_id,
            recipient,
        };
        Ok(store.mail_drift(&mail, at).await?)
    }
}

fn reader(program: &Program) -> Option<&EmailAddress> {
    let named = program.settings.watch.as_ref().and_then(|watch| watch.to.as_ref());
    named.or(program.settings.contact.email.as_ref())
}

/// What it all comes to: the last change of each target, unless that is what was told before.
fn net(changes: &[UntoldChange]) -> Vec<Turned<'_>> {
    let mut of_target: BTreeMap<i64, (&UntoldChange, &UntoldChange)> = BTreeMap::new();
    for change in changes {
        of_target
            .entry(change.watch)
            .and_modify(|(_, last)| *last = change)
            .or_insert((change, change));
    }
    let differing = of_target
        .into_values()
        .filter(|(first, last)| first.told_before != last.judgement.signature());
    differing
        .map(|(_, last)| Turned {
            target: &last.target,
            judgement: &last.judgement,
            at: last.at,
            is_mended: last.judgement.verdict == Verdict::Conforming,
        })
        .collect()
}
