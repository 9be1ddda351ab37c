//! What somebody asks for: to hear of which changes, how often and in which
//! language. It knows neither who asks nor whether they may.

use super::{ApiId, EnvironmentId, Interest, Kind, Locale, ProgramId};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// How often somebody wants to be written to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Frequency {
    /// Every message as it comes.
    #[default]
    Each,
    /// One message a week, with all of it.
    Weekly,
}

impl Frequency {
    pub const ALL: [Self; 2] = [Self::Each, Self::Weekly];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Each => "each",
            Self::Weekly => "weekly",
        }
    }
}

impl FromStr for Frequency {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|known| known.as_str() == text);
        known.ok_or_else(|| format!("`{text}` is not a frequency: write `each` or `weekly`"))
    }
}

/// What is wanted of a program that is known by itself; an absent part stands for
/// all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    pub api: Option<ApiId>,
    pub environment: Option<EnvironmentId>,
    pub kind: Option<Kind>,
}

/// What is to be heard of one program. An empty list stands for all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    pub program: ProgramId,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub apis: Vec<ApiId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<EnvironmentId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<Kind>,
}

impl Wish {
    /// Everything about the program.
    pub fn is_whole(&self) -> bool {
        self.apis.is_empty() && self.environments.is_empty() && self.kinds.is_empty()
    }

    /// Each API in each environment, for each kind of notice.
    pub fn interests(&self) -> Vec<Interest> {
        let mut interests = Vec::with_capacity(self.count());
        for api in each(&self.apis) {
            for environment in each(&self.environments) {
                for kind in each(&self.kinds) {
                    interests.push(Interest {
                        program: self.program.clone(),
                        api: api.cloned(),
                        environment: environment.cloned(),
                        kind: kind.copied(),
                    });
                }
            }
        }
        interests
    }

    /// How many interests it comes to.
    pub fn count(&self) -> usize {
        let lists = [self.apis.len(), self.environments.len(), self.kinds.len()];
        lists.into_iter().map(|n| n.max(1)).product()
    }

    /// The wish that these interests in one program come from; its product may be
    /// more than they are, which the second part tells.
    pub fn around(program: &ProgramId, interests: &[Interest]) -> (Self, bool) {
        let own = || interests.iter().filter(|interest| interest.program == *program);
        let wish = Self {
            program: program.clone(),
            apis: all_or_none(own().map(|interest| interest.api.clone())),
            environments: all_or_none(own().map(|interest| interest.environment.clone())),
            kinds: all_or_none(own().map(|interest| interest.kind)),
        };
        let mut expected = wish.interests();
        let mut present: Vec<_> = own().cloned().collect();
        expected.sort();
        present.sort();
        let is_exact = expected == present;
        (wish, is_exact)
    }
}

/// The distinct values, or none at all where one of them stands for all.
fn all_or_none<T: Ord>(values: impl Iterator<Item = Option<T>>) -> Vec<T> {
    let values: Option<std::collections::BTreeSet<T>> = values.collect();
    values.unwrap_or_default().into_iter().collect()
}

fn each<T>(list: &[T]) -> Vec<Option<&T>> {
    if list.is_empty() { vec![None] } else { list.iter().map(Some).collect() }
}

/// What somebody asked for by a form. What is absent stays as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wishes {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<Locale>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<Tz>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frequency: Option<Frequency>,
    /// One for each program.
    pub of: Vec<Wish>,
}

impl Wishes {
    /// What was asked first together with what was asked `later`: of one program
    /// the later wish counts.
    pub fn joined(self, later: Self) -> Self {
        let replaced = |wish: &Wish| later.of.iter().any(|new| new.program == wish.program);
        let kept: Vec<_> = self.of.into_iter().filter(|wish| !replaced(wish)).collect();
        Self {
            name: later.name.or(self.name),
            locale: later.locale.or(self.locale),
            zone: later.zone.or(self.zone),
            frequency: later.frequency.or(self.frequency),
            of: kept.into_iter().chain(later.of).collect(),
        }
    }
}
