//! Approval: what somebody of the office looked at and let go, and whether it
//! is still what would be sent.
//!
//! It covers everything that decides what is written to whom: the notice as it
//! is resolved, the templates, the program's policy of sending, and the question
//! that picks the audience. Who approved is told by a token; it is made and read
//! elsewhere.

use super::Forecast;
use super::declared::Declared;
use crate::notice::{
    Actor, ApiId, Approval, Digest, EnvironmentId, Notice, NoticePath, Program, Reach, RowId,
};
use crate::store::{NewApproval, PublicationId, Store, StoreError};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// People join between an approval and the round. Up to this share of the
/// forecast more, and never fewer than `MIN_MARGIN`, is what was approved.
const MARGIN_PERCENT: u64 = 5;
const MIN_MARGIN: u64 = 10;

/// Each part that an approval covers, by its digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts {
    pub notice: Digest,
    pub templates: Digest,
    pub policy: Digest,
    pub audience: Digest,
}

/// Why a notice that needs an approval may not be announced.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotApproved {
    #[error(
        "{}: look at it with `fairwarning approve {notice}`, then approve it as --digest {digest}",
        self.reason()
    )]
    Never { notice: NoticePath, digest: String },
    #[error("{}. Look at it again with `fairwarning approve {notice}`", self.reason())]
    Changed { notice: NoticePath, by: String, changed: Vec<&'static str> },
    #[error(
        "{}: look at the forecast again with `fairwarning approve {notice}`",
        self.reason()
    )]
    Wider { notice: NoticePath, by: String, at_most: u64, now: u64 },
}

impl NotApproved {
    /// Why, for whoever does not sit at a terminal.
    pub fn reason(&self) -> String {
        match self {
            Self::Never { notice, .. } => {
                format!("`{notice}` needs an approval before it is announced")
            }
            Self::Changed { notice, by, changed } => {
                format!("`{notice}` is not what {by} approved: {} changed since", listed(changed))
            }
            Self::Wider { notice, by, at_most, now } => format!(
                "`{notice}` would reach {now} recipients, and {by} approved at most {at_most}"
            ),
        }
    }
}

fn listed(changed: &[&str]) -> String {
    match changed {
        [one] => format!("the {one}"),
        [many @ .., last] => format!("the {} and the {last}", many.join(", the ")),
        [] => "something".to_owned(),
    }
}

impl Parts {
    pub fn of(program: &Program, notice: &Notice, templates: &BTreeMap<String, String>) -> Self {
        let settings = &program.settings;
        let sending = (&settings.policy, &settings.sending_hours, &settings.escalation);
        Self {
            notice: program.revision(notice),
            templates: Digest::of(templates),
            policy: Digest::of(&(sending, &settings.sender, &notice.reminders)),
            audience: audience(notice),
        }
    }

    /// What an approver names, and so has seen.
    pub fn digest(&self) -> Digest {
        Digest::of(self)
    }

    fn changed_since(&self, approved: &Self) -> Vec<&'static str> {
        [
            ("notice", self.notice != approved.notice),
            ("templates", self.templates != approved.templates),
            ("policy", self.policy != approved.policy),
            ("audience", self.audience != approved.audience),
        ]
        .into_iter()
        .filter_map(|(part, is_changed)| is_changed.then_some(part))
        .collect()
    }
}

/// The question that picks the audience: who is met by which row, and whether
/// everyone reads along.
fn audience(notice: &Notice) -> Digest {
    type Question<'a> = (&'a RowId, &'a EnvironmentId, BTreeSet<&'a ApiId>);
    let rows: Vec<Question<'_>> = notice
        .schedule
        .rows
        .iter()
        .map(|(id, row)| {
            (id, &row.environment, row.targets.iter().map(|target| &target.api).collect())
        })
        .collect();
    Digest::of(&(notice.audience.reach == Reach::Everyone, rows))
}

/// A forecast as it is kept beside the approval.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    total: u64,
    suppressed: u64,
    by_locale: BTreeMap<&'a str, u64>,
    by_rows: BTreeMap<String, u64>,
}

fn shown(forecast: &Forecast) -> String {
    let rows = |rows: &[RowId]| rows.iter().map(RowId::as_str).collect::<Vec<_>>().join(", ");
    let shown = Shown {
        total: forecast.total(),
        suppressed: forecast.suppressed,
        by_locale: forecast.by_locale.iter().map(|(l, n)| (l.as_str(), *n)).collect(),
        by_rows: forecast.by_rows.iter().map(|(r, n)| (rows(r), *n)).collect(),
    };
    serde_json::to_string(&shown).expect("a forecast has string keys only")
}

/// As many as an approval of this forecast covers unless it says otherwise.
pub fn margin(forecast: &Forecast) -> u64 {
    let total = forecast.total();
    total + (total * MARGIN_PERCENT / 100).max(MIN_MARGIN)
}

/// What is approved, as the approver was shown it.
pub struct Approving<'a> {
    pub notice: &'a NoticePath,
    pub parts: &'a Parts,
    pub forecast: &'a Forecast,
    pub at_most: u64,
    pub publication: PublicationId,
}

/// Records that they approved.
pub async fn approve(
    store: &Store,
    approving: &Approving<'_>,
    by: &Actor,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let parts = serde_json::to_string(approving.parts).expect("digests are texts");
    let approval = NewApproval {
        notice: approving.notice,
        digest: &approving.parts.digest(),
        parts: &parts,
        forecast: &shown(approving.forecast),
        at_most: approving.at_most,
        publication: approving.publication,
        by,
    };
    store.approve(&approval, at).await
}

pub fn needs_approval(program: &Program) -> bool {
    program.settings.policy.approval == Approval::Required
}

/// Why a published notice may not be announced as it is now; nothing where it may.
/// How many it reaches is not looked at.
pub async fn approval(
    store: &Store,
    (program, notice): (&Program, &Notice),
    templates: &BTreeMap<String, String>,
    publication: PublicationId,
) -> Result<Option<NotApproved>, StoreError> {
    let declared = Declared::new(program, notice, publication);
    Ok(allowed(store, &declared, templates, None).await?.err())
}

/// Whether the notice may be announced as it is now, and what changed told.
/// `reaches` counts everyone it would reach, those who have their message already
/// included; it is not asked where one by one joins.
pub(super) async fn allowed(
    store: &Store,
    declared: &Declared<'_>,
    templates: &BTreeMap<String, String>,
    reaches: Option<u64>,
) -> Result<Result<(), NotApproved>, StoreError> {
    if !needs_approval(declared.program) {
        return Ok(Ok(()));
    }
    let parts = Parts::of(declared.program, declared.notice, templates);
    let notice = declared.path.clone();
    let Some(latest) = store.approvals(&declared.path).await?.into_iter().next() else {
        let digest = parts.digest().short().to_owned();
        return Ok(Err(NotApproved::Never { notice, digest }));
    };
    let by = latest.by;
    if latest.digest != parts.digest() {
        let approved = serde_json::from_str::<Parts>(&latest.parts);
        let changed = approved.map(|approved| parts.changed_since(&approved)).unwrap_or_default();
        return Ok(Err(NotApproved::Changed { notice, by, changed }));
    }
    match reaches {
        Some(now) if now > latest.at_most => {
            let at_most = latest.at_most;
            Ok(Err(NotApproved::Wider { notice, by, at_most, now }))
        }
        _ => Ok(Ok(())),
    }
}
