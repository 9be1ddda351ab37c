//! What there is to tell, the latest first: announcements, and what became of them.

use super::index::Index;
use crate::notice::{Amendment, Date, Notice, Program, ProgramId};
use crate::schedule::{Instant, bounds};
use chrono::DateTime;
use std::cmp::Reverse;

/// What a piece of news tells of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    Announcement,
    /// By its place among the notice's amendments.
    Amendment(usize),
}

/// A piece of news. Its dates are absent where nobody knows them.
#[derive(Clone, Copy)]
pub struct News<'w> {
    pub program: &'w Program,
    pub notice: &'w Notice,
    pub told: Told,
    pub published: Option<Instant>,
    /// An announcement shows what holds now: each amendment updates it.
    pub updated: Option<Instant>,
}

impl<'w> News<'w> {
    fn of(program: &'w Program, notice: &'w Notice) -> impl Iterator<Item = Self> {
        let at = move |date: &Date| {
            let at = bounds(date, program.settings.zone).earliest;
            // What was always so has no date of its own.
            at.filter(|at| *at > DateTime::UNIX_EPOCH)
        };
        let published = at(&notice.announced);
        let amended = notice.amendments.iter().map(move |amendment| at(&amendment.date));
        let updated = amended.clone().max().flatten().max(published);
        let announcement = Self { program, notice, told: Told::Announcement, published, updated };
        let amendments = amended.enumerate().map(move |(place, at)| {
            let told = Told::Amendment(place);
            Self { program, notice, told, published: at, updated: at }
        });
        std::iter::once(announcement).chain(amendments)
    }

    pub fn amendment(&self) -> Option<&'w Amendment> {
        match self.told {
            Told::Announcement => None,
            Told::Amendment(place) => self.notice.amendments.get(place),
        }
    }

    /// How many amendments of the same kind and day came before it in the list.
    pub fn alike_before(&self) -> usize {
        let (Told::Amendment(place), Some(own)) = (self.told, self.amendment()) else { return 0 };
        let before = self.notice.amendments.iter().take(place);
        before.filter(|other| other.kind == own.kind && other.date.span == own.date.span).count()
    }
}

impl Index {
    /// The latest `most` pieces of news of a program, or of all of them.
    pub fn news(&self, program: Option<&ProgramId>, most: usize) -> Vec<News<'_>> {
        let programs = self.workspace().programs.values();
        let asked = programs.filter(|found| program.is_none_or(|id| found.id == *id));
        let notices = asked.flat_map(|p| p.notices.values().map(move |notice| (p, notice)));
        let mut news: Vec<_> = notices.flat_map(|(p, notice)| News::of(p, notice)).collect();
        news.sort_by_key(|news| Reverse(news.updated));
        news.truncate(most);
        news
    }
}
