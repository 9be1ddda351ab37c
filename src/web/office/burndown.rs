//! How acknowledgements come in until a cutoff, for the pages that draw it.

use super::ahead::Cutoff;
use super::kept::CHARTS_LAST;
use super::rehearsals::Counted;
use crate::notice::Readiness;
use crate::render::{BurnDown, Group};
use crate::schedule::Instant;
use crate::store::{Store, StoreError, StoredEdition, ToldOnDay};
use crate::web::service::Service;
use crate::web::snapshot::Snapshot;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

#[derive(Debug, Serialize)]
pub struct Chart {
    title: String,
    program: String,
    href: String,
    rows: Vec<String>,
    /// The cutoff, as the office's clocks show it.
    when: String,
    /// It is of those who do not pass, and not of those who have not said they are done.
    is_rehearsal: bool,
    #[serde(flatten)]
    burn: BurnDown,
}

/// What is to be drawn on a page.
#[derive(Debug, Default, Serialize)]
pub struct Charts {
    drawn: Vec<Chart>,
    /// They take longer than anybody waits for; the next look has them.
    is_being_counted: bool,
}

/// The charts of the first `most` of these cutoffs, but for those of which nobody was
/// told.
pub async fn charts(
    service: &Arc<Service>,
    snapshot: &Snapshot,
    cutoffs: &[Cutoff],
    now: Instant,
    most: usize,
) -> Charts {
    let cutoffs: Vec<Cutoff> = cutoffs.iter().take(most).cloned().collect();
    if cutoffs.is_empty() {
        return Charts::default();
    }
    let key = |cutoff: &Cutoff| (cutoff.occasion, cutoff.rows.clone(), cutoff.at);
    let keys = cutoffs.iter().map(key).collect();
    let making = burn_downs(service.clone(), cutoffs.clone(), now);
    let made = service.figures().burn_downs.get(keys, (now, CHARTS_LAST), making).await;
    let Some(made) = made else { return Charts { is_being_counted: true, ..Charts::default() } };
    let drawn = cutoffs
        .iter()
        .zip(made.iter())
        .filter_map(|(cutoff, burn)| Chart::new(snapshot, cutoff, burn.clone()?, false));
    Charts { drawn: drawn.collect(), is_being_counted: false }
}

impl Chart {
    fn new(
        snapshot: &Snapshot,
        cutoff: &Cutoff,
        burn: BurnDown,
        is_rehearsal: bool,
    ) -> Option<Self> {
        let (program, notice) = snapshot.index.workspace().notice(&cutoff.path)?;
        let at = cutoff.at.with_timezone(&cutoff.zone);
        Some(Self {
            title: notice.title.clone(),
            program: program.settings.title.clone(),
            href: super::notice_href(&cutoff.path),
            rows: cutoff.rows.iter().map(ToString::to_string).collect(),
            when: at.format("%Y-%m-%d %H:%M %Z").to_string(),
            is_rehearsal,
            burn,
        })
    }
}

/// How those who do not pass a rehearsal become fewer until a cutoff. Whoever fails again
/// counts again.
pub fn rehearsal_chart(
    snapshot: &Snapshot,
    cutoff: &Cutoff,
    counted: &Counted,
    now: Instant,
) -> Option<Chart> {
    let mut group = Group { told: counted.told_by_day.clone(), done: BTreeMap::new() };
    let passes = |state: Readiness| i64::from(state == Readiness::Passes);
    for change in &counted.by_day {
        let gained = passes(change.state) - change.before.map_or(0, passes);
        if gained != 0 {
            *group.done.entry(change.day).or_default() += gained * change.people;
        }
    }
    let day = |at: Instant| at.with_timezone(&cutoff.zone).date_naive();
    let burn = BurnDown::draw(&[group], day(cutoff.at), day(now))?;
    Chart::new(snapshot, cutoff, burn, true)
}

async fn burn_downs(
    service: Arc<Service>,
    cutoffs: Vec<Cutoff>,
    now: Instant,
) -> Result<Arc<Vec<Option<BurnDown>>>, StoreError> {
    let mut made = Vec::with_capacity(cutoffs.len());
    for cutoff in &cutoffs {
        made.push(burn_down(&service, cutoff, now).await?);
    }
    Ok(Arc::new(made))
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
    let day = |at: Instant| at.with_timezone(&cutoff.zone).date_naive();
    Ok(BurnDown::draw(&groups, day(cutoff.at), day(now)))
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
