//! How rows fare over the days, drawn: a lane for each environment, a bar for
//! each row, and where the reader stands.
//!
//! It knows where things are in the drawing, and what to say to those who do not
//! see it. How it looks is for templates.

use super::dates::When;
use super::language::Language;
use crate::notice::{ApiId, Date, Notice, Program, Row, RowId};
use crate::schedule::{Days, Instant, State, state, stretches};
use chrono::NaiveTime;
use chrono_tz::Tz;
use serde::Serialize;

/// The drawing's width, in its own units.
const WIDTH: f64 = 1_000.0;
/// What is shorter would not be seen.
const MIN_WIDTH: f64 = 6.0;
/// What a bar says to those who do not see it.
const MAX_TOLD: usize = 8;
/// More bars than this are no picture any more.
const MAX_BARS: usize = 40;

/// The stretch of time that a drawing shows.
pub struct Scale {
    pub from: Instant,
    pub until: Instant,
}

/// A row over all of the time shown.
#[derive(Debug, Serialize)]
pub struct Band {
    pub parts: Vec<Part>,
    /// The same in words.
    pub said: String,
}

/// A stretch of one state.
#[derive(Debug, Serialize)]
pub struct Part {
    pub state: &'static str,
    pub x: f64,
    pub width: f64,
}

/// A row to be drawn.
pub struct Drawn<'a> {
    pub program: &'a Program,
    pub notice: &'a Notice,
    pub id: &'a RowId,
    pub row: &'a Row,
    /// The API whose states are shown; the row's own otherwise.
    pub api: Option<&'a ApiId>,
    /// What tells the bar from others of its lane.
    pub caption: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct Timeline {
    first: When,
    last: When,
    /// Where the reader stands, if that is among the days shown.
    here: Option<Here>,
    lanes: Vec<Lane>,
    /// The states that occur, in the order in which a row goes through them.
    legend: Vec<Shade>,
    /// Whether there are more rows than are drawn.
    has_more: bool,
}

#[derive(Debug, Serialize)]
struct Here {
    x: f64,
    day: When,
}

/// An environment.
#[derive(Debug, Serialize)]
struct Lane {
    place: String,
    bars: Vec<Bar>,
}

#[derive(Debug, Serialize)]
struct Bar {
    caption: Option<String>,
    cutoff: Option<When>,
    state: Shade,
    #[serde(flatten)]
    band: Band,
}

/// A state as a class of the style sheet, and as a word.
#[derive(Debug, Serialize)]
struct Shade {
    name: &'static str,
    title: String,
}

impl Scale {
    pub fn of(days: &Days) -> Self {
        let moment = |day| days.moment(day, NaiveTime::MIN);
        Self { from: moment(days.first), until: moment(days.last) }
    }

    pub fn x(&self, at: Instant) -> f64 {
        let (past, all) = (at - self.from, self.until - self.from);
        let share = past.num_seconds() as f64 / all.num_seconds().max(1) as f64;
        (share.clamp(0.0, 1.0) * WIDTH * 10.0).round() / 10.0
    }

    fn and(self, other: Self) -> Self {
        Self { from: self.from.min(other.from), until: self.until.max(other.until) }
    }
}

impl Band {
    pub fn new(
        (notice, id, row): (&Notice, &RowId, &Row),
        api: Option<&ApiId>,
        scale: &Scale,
        language: &Language<'_>,
    ) -> Self {
        let all = stretches(notice, id, row, api, scale.from, scale.until);
        let ends = all.iter().skip(1).map(|(at, _)| *at).chain([scale.until]);
        let part = |((from, state), until): (&(Instant, State), Instant)| {
            let width = (scale.x(until) - scale.x(*from)).max(MIN_WIDTH);
            Part { state: state.as_str(), x: scale.x(*from).min(WIDTH - MIN_WIDTH), width }
        };
        let mut said: Vec<_> = all
            .iter()
            .take(MAX_TOLD)
            .map(|(from, state)| {
                let state = Shade::new(*state, language).title;
                let date = day(*from, row.zone, language).text;
                let parts = [("state", state.as_str().into()), ("date", date.as_str().into())];
                language.say_with("state-from", &parts)
            })
            .collect();
        if all.len() > MAX_TOLD {
            said.push(language.say("and-so-on"));
        }
        Self { parts: all.iter().zip(ends).map(part).collect(), said: said.join(", ") }
    }
}

impl Timeline {
    /// Nothing, where there is no row. States are those at `on`; `today` is where
    /// the reader stands.
    pub fn new(
        drawn: &[Drawn<'_>],
        (on, today): (Instant, Instant),
        language: &Language<'_>,
    ) -> Option<Self> {
        let has_more = drawn.len() > MAX_BARS;
        let drawn = &drawn[..drawn.len().min(MAX_BARS)];
        let zone = drawn.first()?.program.settings.zone;
        let mut notices: Vec<_> = drawn.iter().map(|one| (one.program, one.notice)).collect();
        notices.dedup_by(|one, other| std::ptr::eq(one.1, other.1));
        let scales = notices
            .iter()
            .map(|(program, notice)| Scale::of(&Days::of(notice, program.settings.zone, today)));
        let scale = scales.reduce(Scale::and)?;
        let mut lanes: Vec<Lane> = Vec::new();
        for one in drawn {
            let titles = one.program.titles(language.locale());
            let place = titles.environment(&one.row.environment);
            let bar = one.bar(&scale, on, language);
            match lanes.iter_mut().find(|lane| lane.place == place) {
                Some(lane) => lane.bars.push(bar),
                None => lanes.push(Lane { place: place.to_owned(), bars: vec![bar] }),
            }
        }
        let is_shown = |state: &State| {
            let mut parts = lanes.iter().flat_map(|l| &l.bars).flat_map(|bar| &bar.band.parts);
            parts.any(|part| part.state == state.as_str())
        };
        let shown = State::ALL.into_iter().rev().filter(is_shown);
        let legend = shown.map(|state| Shade::new(state, language)).collect();
        let is_within = scale.from <= today && today <= scale.until;
        Some(Self {
            first: day(scale.from, zone, language),
            last: day(scale.until, zone, language),
            here: is_within.then(|| Here { x: scale.x(today), day: day(today, zone, language) }),
            lanes,
            legend,
            has_more,
        })
    }

    /// All rows of one notice.
    pub fn of_notice(
        (program, notice): (&Program, &Notice),
        moments: (Instant, Instant),
        language: &Language<'_>,
    ) -> Option<Self> {
        let titles = program.titles(language.locale());
        let drawn = notice.schedule.rows.iter().map(|(id, row)| {
            let group = row.targets.first().and_then(|target| target.group.as_ref());
            let cohort = row.cohort.as_ref().map(|id| titles.cohort(id).to_owned());
            let caption = cohort.or_else(|| {
                group
                    .map(|id| titles.group(id).to_owned())
                    .or_else(|| Some(titles.api(&row.targets.first()?.api).to_owned()))
            });
            Drawn { program, notice, id, row, api: None, caption }
        });
        Self::new(&drawn.collect::<Vec<_>>(), moments, language)
    }
}

impl Drawn<'_> {
    fn bar(&self, scale: &Scale, on: Instant, language: &Language<'_>) -> Bar {
        let Self { program, notice, id, row, api, .. } = self;
        let titles = program.titles(language.locale());
        let cutoff = row.dates.cutoff.as_ref().map(|date| {
            let date = titles.date(notice, id, "cutoff", date);
            When::new(&date, row.zone, &[], language)
        });
        Bar {
            caption: self.caption.clone(),
            cutoff,
            state: Shade::new(state(notice, id, row, *api, on), language),
            band: Band::new((notice, id, row), *api, scale, language),
        }
    }
}

impl Shade {
    fn new(state: State, language: &Language<'_>) -> Self {
        let title = language.say(&format!("state-{}", state.as_str()));
        Self { name: state.as_str(), title }
    }
}

fn day(at: Instant, zone: Tz, language: &Language<'_>) -> When {
    When::new(&Date::day(at.with_timezone(&zone).date_naive()), zone, &[], language)
}
