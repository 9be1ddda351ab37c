//! The rungs of a notice's ladder: which reminder of which row falls when.
//!
//! It works from the notice alone. What was sent, and to whom, is not known
//! here; a reminder's key tells it apart wherever that is kept.

use super::bounds::{Instant, bounds, instant_of};
use super::brownouts::Occurrences;
use super::state::{State, is_halted, state};
use crate::notice::{
    BrownoutId, Length, MAX_ID_BYTES, Notice, ProgramSettings, Row, RowId, SendingHours,
};
use chrono::{DateTime, Datelike, NaiveTime, SecondsFormat};
use chrono_tz::Tz;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// When reminders go out in a program that names no sending hours.
const DEFAULT_HOUR: NaiveTime = NaiveTime::from_hms_opt(9, 0, 0).expect("nine is an hour");

/// No notice was announced before dates begin, so that no rung counts there.
const FIRST_YEAR: i32 = 1969;

/// The farthest zones are 26 hours apart: a row's day at the office's hour may
/// lie that much behind the row's own midnight, and never more days than this.
const MAX_DAYS_BACK: usize = 3;

/// What a reminder says is coming.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Coming<'n> {
    Cutoff,
    /// The first strike of a brownout; the later ones are not reminded of.
    Brownout(&'n BrownoutId),
}

impl Coming<'_> {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cutoff => "cutoff",
            Self::Brownout(_) => "brownout",
        }
    }
}

/// One reminder of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reminder<'n> {
    pub row: &'n RowId,
    pub coming: Coming<'n>,
    pub lead: Length,
    /// The first moment at which what is coming may come, on the row's clocks.
    pub milestone: DateTime<Tz>,
    /// It is due from here on,
    pub at: Instant,
    /// until the next rung, or until what it foretells may have come.
    pub until: Instant,
}

impl Reminder<'_> {
    /// What tells it apart from every other reminder of its notice. A revision
    /// that leaves the row's date alone leaves the key alone; a new date makes
    /// a new one.
    pub fn key(&self) -> ReminderKey {
        let Self { row, lead, .. } = self;
        let milestone = self.milestone.to_rfc3339_opts(SecondsFormat::Secs, true);
        ReminderKey(match self.coming {
            Coming::Cutoff => format!("{row}/cutoff/{lead}/{milestone}"),
            Coming::Brownout(id) => format!("{row}/brownout:{id}/{lead}/{milestone}"),
        })
    }
}

/// `ROW/cutoff/LEAD/MILESTONE` or `ROW/brownout:ID/LEAD/MILESTONE`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReminderKey(String);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not the key of a reminder")]
pub struct BadReminderKey(String);

impl ReminderKey {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ReminderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for ReminderKey {
    type Err = BadReminderKey;

    fn from_str(text: &str) -> Result<Self, BadReminderKey> {
        let parts: Vec<_> = text.splitn(4, '/').collect();
        let is_key = match parts[..] {
            [row, coming, lead, milestone] => {
                let is_coming = coming == "cutoff"
                    || coming
                        .strip_prefix("brownout:")
                        .is_some_and(|id| id.parse::<BrownoutId>().is_ok());
                is_coming
                    && row.parse::<RowId>().is_ok()
                    && lead.parse::<Length>().is_ok()
                    && DateTime::parse_from_rfc3339(milestone).is_ok()
            }
            _ => false,
        };
        let shown = || text.chars().take(MAX_ID_BYTES).collect();
        if is_key { Ok(Self(text.to_owned())) } else { Err(BadReminderKey(shown())) }
    }
}

/// Every reminder of `notice`, by the moment it becomes due.
///
/// A row that stands paused or cancelled when a rung comes, or when what it
/// foretells would come, has none there: the row will not do what it says. What
/// falls before the announcement is left to the announcement.
pub fn reminders<'n>(notice: &'n Notice, settings: &ProgramSettings) -> Vec<Reminder<'n>> {
    let mut all = Vec::new();
    for (id, row) in &notice.schedule.rows {
        let ladder = Ladder { notice, settings, id, row };
        let cutoff = row.dates.cutoff.as_ref().and_then(|date| bounds(date, row.zone).earliest);
        all.extend(cutoff.into_iter().flat_map(|first| ladder.rungs(Coming::Cutoff, first)));
        let brownouts = notice.schedule.brownouts.iter().filter(|(_, b)| b.rows.contains(id));
        for (brownout, declared) in brownouts {
            let first = Occurrences::new(declared, row.zone).nth(0).map(|(start, _)| start);
            let strikes = |at: &Instant| state(notice, id, row, None, *at) != State::CutOff;
            let rungs = |first| ladder.rungs(Coming::Brownout(brownout), first);
            all.extend(first.filter(strikes).into_iter().flat_map(rungs));
        }
    }
    all.sort_by_key(|reminder| reminder.at);
    all
}

/// Those to be sent at `now`: of each row and milestone the latest rung that has
/// come, as long as the milestone has not.
pub fn reminders_due<'n>(
    notice: &'n Notice,
    settings: &ProgramSettings,
    now: Instant,
) -> Vec<Reminder<'n>> {
    let mut due = reminders(notice, settings);
    due.retain(|reminder| {
        let row = notice.schedule.rows.get(reminder.row);
        let is_halted = row.is_some_and(|row| is_halted(notice, reminder.row, row, now));
        reminder.at <= now && now < reminder.until && !is_halted
    });
    due
}

/// The first moment after `after` at which a reminder becomes due.
pub fn next_reminder(
    notice: &Notice,
    settings: &ProgramSettings,
    after: Instant,
) -> Option<Instant> {
    reminders(notice, settings).iter().map(|reminder| reminder.at).find(|at| *at > after)
}

/// One row's ladder.
struct Ladder<'n, 's> {
    notice: &'n Notice,
    settings: &'s ProgramSettings,
    id: &'n RowId,
    row: &'n Row,
}

impl<'n> Ladder<'n, '_> {
    fn rungs(&self, coming: Coming<'n>, first: Instant) -> Vec<Reminder<'n>> {
        // What has always been in effect lies before every calendar.
        if first.year() <= FIRST_YEAR || self.is_halted(first) {
            return Vec::new();
        }
        let enforced = self.row.dates.enforced.as_ref();
        let enforced = enforced.and_then(|date| bounds(date, self.row.zone).earliest);
        let end = enforced.map_or(first, |enforced| enforced.min(first));
        let announced = bounds(&self.notice.announced, self.settings.zone).earliest;
        let milestone = first.with_timezone(&self.row.zone);
        let mut rungs: Vec<_> = self
            .notice
            .reminders
            .iter()
            .filter_map(|lead| Some((rung(milestone, *lead, self.settings)?, *lead)))
            .filter(|(at, _)| *at < end && announced.is_none_or(|announced| *at > announced))
            .filter(|(at, _)| !self.is_halted(*at))
            .collect();
        rungs.sort_by_key(|(at, _)| *at);
        // `7 days` and `1 week` on one ladder are one rung.
        rungs.dedup_by_key(|(at, _)| *at);
        let ends: Vec<_> = rungs.iter().skip(1).map(|(at, _)| *at).chain([end]).collect();
        let reminder =
            |((at, lead), until)| Reminder { row: self.id, coming, lead, milestone, at, until };
        rungs.into_iter().zip(ends).map(reminder).collect()
    }

    fn is_halted(&self, at: Instant) -> bool {
        is_halted(self.notice, self.id, self.row, at)
    }
}

/// At what time of day the program writes by itself.
pub(super) fn sending_hour(settings: &ProgramSettings) -> NaiveTime {
    settings.sending_hours.as_ref().map_or(DEFAULT_HOUR, |SendingHours { from, .. }| *from)
}

/// When to write `lead` before `milestone`: calendar units count back from the
/// row's day to the office's sending hour, clock units by the clock.
fn rung(milestone: DateTime<Tz>, lead: Length, settings: &ProgramSettings) -> Option<Instant> {
    if lead.is_zero() {
        return None;
    }
    let first = milestone.to_utc();
    if let Some(clock) = lead.as_clock() {
        return first.checked_sub_signed(clock);
    }
    let day = lead.before(milestone.date_naive()).filter(|day| day.year() >= FIRST_YEAR)?;
    let hour = sending_hour(settings);
    let at_hour = |day: chrono::NaiveDate| instant_of(day.and_time(hour), settings.zone);
    let days = std::iter::successors(Some(day), chrono::NaiveDate::pred_opt);
    days.take(1 + MAX_DAYS_BACK).map(at_hour).find(|at| *at < first)
}

/// The reminders of several rows that share their date and their lead: one
/// occasion to write, once to each recipient, about those of the rows that
/// concern them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rung<'n> {
    pub at: Instant,
    /// As `Reminder::key`, without the row.
    pub key: String,
    /// Never empty, in the order of the schedule.
    pub reminders: Vec<Reminder<'n>>,
}

/// Merges reminders into occasions, by the moment they become due.
pub fn rungs<'n>(reminders: impl IntoIterator<Item = Reminder<'n>>) -> Vec<Rung<'n>> {
    let mut merged: BTreeMap<(Instant, String), Vec<Reminder<'n>>> = BTreeMap::new();
    for reminder in reminders {
        let milestone = reminder.milestone.to_rfc3339_opts(SecondsFormat::Secs, true);
        let key = format!("{}/{}/{milestone}", reminder.coming.as_str(), reminder.lead);
        merged.entry((reminder.at, key)).or_default().push(reminder);
    }
    merged.into_iter().map(|((at, key), reminders)| Rung { at, key, reminders }).collect()
}
