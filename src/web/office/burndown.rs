//! How acknowledgements come in until a cutoff, for the pages that draw it.

use super::ahead::Cutoff;
use super::kept::CHARTS_LAST;
use crate::render::{BurnDown, Group};
use crate::schedule::Instant;
use crate::store::{Store, StoreError, StoredEdition, ToldOnDay};
use crate::web::problem::ApiError;
use crate::web::service::Service;
use crate::web::snapshot::Snapshot;
use serde::Serialize;
use std::collections::HashMap;
use std::sync::Arc;

#[derive(Debug, Serialize)]
pub struct Chart {
    title: String,
    program: String,
    href: String,
    rows: Vec<String>,
    /// The cutoff, as the office's clocks show it.
    when: String,
    #[serde(flatten)]
    burn: BurnDown,
}

/// The charts of the first `most` of these cutoffs of which anybody was told.
pub async fn charts(
    service: &Service,
    snapshot: &Snapshot,
    cutoffs: &[Cutoff],
    now: Instant,
    most: usize,
) -> Result<Vec<Chart>, ApiError> {
    let mut charts = Vec::new();
    // Whoever announced to nobody has nothing to draw; they are not all looked at.
    for cutoff in cutoffs.iter().take(2 * most) {
        if charts.len() >= most {
            break;
        }
        let key = (cutoff.occasion, cutoff.rows.clone(), cutoff.at);
        let figures = &service.figures().burn_downs;
        let made = figures.get(key, (now, CHARTS_LAST), burn_down(service, cutoff, now));
        let Some(burn) = made.await.map_err(ApiError::internal)? else { continue };
        let found = snapshot.index.workspace().notice(&cutoff.path);
        let Some((program, notice)) = found else { continue };
        let at = cutoff.at.with_timezone(&program.settings.zone);
        charts.push(Chart {
            title: notice.title.clone(),
            program: program.settings.title.clone(),
            href: super::notice_href(&cutoff.path),
            rows: cutoff.rows.iter().map(ToString::to_string).collect(),
            when: at.format("%Y-%m-%d %H:%M %Z").to_string(),
            burn,
        });
    }
    Ok(charts)
}

async fn burn_down(
    service: &Service,
    cutoff: &Cutoff,
    now: Instant,
) -> Result<Option<BurnDown>, StoreError> {
    let store = service.store();
    let occasion = cutoff.occasion;
    let told = service.figures().told.get(occasion, (now, CHARTS_LAST), async {
        Ok::<_, StoreError>(Arc::new(store.told_by_day(occasion).await?))
    });
    let groups = groups(store, cutoff, &told.await?).await?;
    Ok(BurnDown::draw(&groups, cutoff.at.date_naive(), now.date_naive()))
}

/// By edition: whoever got the same was told of the same rows.
async fn groups(
    store: &Store,
    cutoff: &Cutoff,
    told: &[ToldOnDay],
) -> Result<Vec<Group>, StoreError> {
    let editions = store.editions_of(cutoff.occasion).await?;
    let of_cutoff = |edition: &StoredEdition| {
        edition.rows.iter().filter(|row| cutoff.rows.contains(row)).count()
    };
    let rows: HashMap<i64, usize> = editions.iter().map(|e| (e.id, of_cutoff(e))).collect();
    let concerns = |edition: &i64| rows.get(edition).copied().filter(|rows| *rows > 0);
    let mut groups: HashMap<i64, Group> = HashMap::new();
    for told in told.iter().filter(|told| concerns(&told.edition).is_some()) {
        *groups.entry(told.edition).or_default().told.entry(told.day).or_default() += told.people;
    }
    for done in store.done_by_day(&cutoff.path, &cutoff.rows, cutoff.occasion).await? {
        let Some(all) = concerns(&done.edition) else { continue };
        // Whoever said that some of it is done is not done.
        if done.rows >= all {
            let group = groups.entry(done.edition).or_default();
            *group.done.entry(done.day).or_default() += done.people;
        }
    }
    Ok(groups.into_values().collect())
}
