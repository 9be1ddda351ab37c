//! What is published, and the digests by which it is known.

use super::{Catalogue, Locale, Notice, Program, ProgramSettings, ProgramTexts, Workspace};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// The stored form's version. A field may be added with a default; anything
/// else takes a new number and a reader for the old one.
pub const PUBLICATION_FORMAT: u32 = 1;

/// Everything one publication fixes, readable without `declaration`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Publication {
    pub format: u32,
    /// Shared by whoever looks at it at the same time.
    pub workspace: Arc<Workspace>,
    /// The workspace's own templates, by path below `templates/`.
    pub templates: BTreeMap<String, String>,
    /// The release of the time-zone data that dates were checked with.
    pub zone_data: String,
}

impl Publication {
    pub fn new(workspace: Workspace, templates: BTreeMap<String, String>) -> Self {
        let zone_data = chrono_tz::IANA_TZDB_VERSION.to_owned();
        Self { format: PUBLICATION_FORMAT, workspace: Arc::new(workspace), templates, zone_data }
    }
}

/// SHA-256 of a value's JSON form, in lower-case hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(String);

impl Digest {
    pub fn of(value: &impl Serialize) -> Self {
        let json = serde_json::to_vec(value).expect("the model has string keys only");
        Self::of_bytes(&json)
    }

    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(data_encoding::HEXLOWER.encode(&Sha256::digest(bytes)))
    }

    /// A digest that was stored.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Enough to tell revisions apart by eye.
    pub fn short(&self) -> &str {
        self.0.get(..12).unwrap_or(&self.0)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Program {
    /// The revision of one notice: it changes with the notice, the program's
    /// settings, and those entries of the catalogue the notice refers to, in
    /// every language.
    pub fn revision(&self, notice: &Notice) -> Digest {
        #[derive(Serialize)]
        struct Resolved<'a> {
            settings: &'a ProgramSettings,
            catalogue: Catalogue,
            notice: &'a Notice,
            /// Left out where there are none, as before there could be any.
            #[serde(skip_serializing_if = "IndexMap::is_empty")]
            translations: IndexMap<Locale, ProgramTexts>,
        }
        let (catalogue, translations) = self.seen_by(notice);
        Digest::of(&Resolved { settings: &self.settings, catalogue, notice, translations })
    }

    /// What a revision of the notice is about: the program with this notice alone, and
    /// with what it refers to.
    pub fn resolved(&self, notice: &Notice) -> Self {
        let (catalogue, translations) = self.seen_by(notice);
        Self {
            id: self.id.clone(),
            settings: self.settings.clone(),
            catalogue,
            notices: [(notice.id.clone(), notice.clone())].into(),
            translations,
        }
    }

    fn seen_by(&self, notice: &Notice) -> (Catalogue, IndexMap<Locale, ProgramTexts>) {
        let catalogue = self.catalogue_of(notice);
        let mut translations = self.translations.clone();
        for texts in translations.values_mut() {
            let own = &mut texts.catalogue;
            own.apis.retain(|id, _| catalogue.apis.contains_key(id));
            own.groups.retain(|id, _| catalogue.groups.contains_key(id));
            own.environments.retain(|id, _| catalogue.environments.contains_key(id));
            own.cohorts.retain(|id, _| catalogue.cohorts.contains_key(id));
        }
        translations.retain(|_, texts| *texts != ProgramTexts::default());
        (catalogue, translations)
    }

    fn catalogue_of(&self, notice: &Notice) -> Catalogue {
        let rows = || notice.schedule.rows.values();
        let targets: BTreeSet<_> = rows()
            .flat_map(|row| &row.targets)
            .chain(notice.errors.iter().flat_map(|e| &e.targets))
            .chain(notice.unaffected.iter().flat_map(|u| &u.targets))
            .collect();
        let apis: BTreeSet<_> = targets.iter().map(|t| &t.api).collect();
        let groups: BTreeSet<_> = targets.iter().filter_map(|t| t.group.as_ref()).collect();
        let environments: BTreeSet<_> = rows().map(|row| &row.environment).collect();
        let cohorts: BTreeSet<_> = rows().filter_map(|row| row.cohort.as_ref()).collect();
        let mut catalogue = self.catalogue.clone();
        catalogue.apis.retain(|id, _| apis.contains(id));
        catalogue.groups.retain(|id, _| groups.contains(id));
        catalogue.environments.retain(|id, _| environments.contains(id));
        catalogue.cohorts.retain(|id, _| cohorts.contains(id));
        catalogue
    }
}
