//! What is known of a target over several looks: when its state changed, and when that is worth
//! a mail.

use crate::notice::{Judgement, Verdict, WatchStanding};
use crate::schedule::Instant;

/// Looks in a row that find nothing out, until that is a state of its own.
const LOOKS_IN_VAIN: u32 = 2;

/// What one look comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    pub standing: WatchStanding,
    /// Whether the state is another one than before.
    pub is_change: bool,
    /// Whether somebody is to be written to.
    pub is_news: bool,
}

impl WatchStanding {
    /// What a look at `at` makes of what was known; None where it is the first.
    ///
    /// Drift and its end count at once. That nothing could be found out counts after two looks
    /// in a row, and is no news: it stands in the office, and what was told last stays told.
    pub fn after(before: Option<&Self>, judgement: &Judgement, at: Instant) -> Turn {
        let signature = judgement.signature();
        let in_vain = match judgement.verdict {
            Verdict::Undetermined => before.map_or(1, |known| known.in_vain.saturating_add(1)),
            _ => 0,
        };
        let told = before.map(|known| known.told.clone()).unwrap_or_default();
        let verdict = judgement.verdict;
        if let Some(known) = before {
            let is_same = (known.verdict, &known.signature) == (verdict, &signature);
            let is_early = verdict == Verdict::Undetermined && in_vain < LOOKS_IN_VAIN;
            if is_same || is_early {
                let standing = Self { in_vain, ..known.clone() };
                return Turn { standing, is_change: false, is_news: false };
            }
        }
        let is_news = verdict != Verdict::Undetermined && signature != told;
        let told = if is_news { signature.clone() } else { told };
        let standing = Self { verdict, signature, since: at, in_vain, told };
        Turn { standing, is_change: true, is_news }
    }
}
