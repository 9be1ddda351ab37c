//! The days of a notice, drawn: what state each row is in, the slider's scale,
//! and where to stop.

use super::asked::{Asked, shown_time};
use crate::notice::{Date, Notice, NoticePath, Program, RowId};
use crate::preview::{Channel, Told, marks};
use crate::render::{Band, Language, Scale, When};
use crate::schedule::{Days, Instant, state};
use crate::web::pages::Badge;
use serde::Serialize;

#[derive(Serialize)]
pub struct Timeline {
    first: String,
    last: String,
    /// How many days there are.
    count: i64,
    /// Which of them it is.
    number: i64,
    on: String,
    at: String,
    /// The chosen day, in words.
    day: When,
    zone: &'static str,
    /// Where the chosen moment is in the drawing.
    here: f64,
    /// Where milestones are in it.
    ticks: Vec<f64>,
    lanes: Vec<Lane>,
    marks: Vec<MarkView>,
    tally: Vec<Badge>,
}

/// A row, and how it fares over all the days.
#[derive(Serialize)]
struct Lane {
    id: String,
    place: String,
    state: Badge,
    /// Whether the recipient is told of the row.
    is_told: bool,
    #[serde(flatten)]
    band: Band,
}

#[derive(Serialize)]
struct MarkView {
    what: String,
    when: String,
    places: String,
    href: String,
    is_here: bool,
}

impl Timeline {
    pub fn new(
        (program, notice): (&Program, &Notice),
        days: &Days,
        asked: &Asked,
        told: Option<&Told>,
        (path, channel): (&NoticePath, Channel),
        language: &Language<'_>,
    ) -> Self {
        let on = asked.moment(days);
        let scale = Scale::of(days);
        let marks = marks(program, notice, days, language);
        let mut ticks: Vec<_> = marks.iter().map(|mark| scale.x(mark.at)).collect();
        ticks.dedup();
        let mark = |mark: crate::preview::Mark| MarkView {
            is_here: (mark.day, mark.time) == (asked.day, asked.time),
            href: asked.on(mark.day, mark.time).page(path, channel),
            places: mark.places.join(", "),
            what: mark.what,
            when: mark.when,
        };
        let rows = || notice.schedule.rows.iter();
        let lane = |(id, row)| {
            let is_told = told.is_some_and(|told| told.rows.contains(id));
            lane_of((program, notice), (id, row), on, &scale, is_told, language)
        };
        let zone = program.settings.zone;
        Self {
            first: days.first.to_string(),
            last: days.last.to_string(),
            count: days.count(),
            number: days.number(asked.day),
            on: asked.day.to_string(),
            at: shown_time(asked.time),
            day: When::new(&Date::day(asked.day), zone, &[], language),
            zone: zone.name(),
            here: scale.x(on),
            ticks,
            lanes: rows().map(lane).collect(),
            marks: marks.into_iter().map(mark).collect(),
            tally: Badge::tally(rows().map(|(id, row)| state(notice, id, row, None, on)), language),
        }
    }
}

fn lane_of(
    (program, notice): (&Program, &Notice),
    (id, row): (&RowId, &crate::notice::Row),
    on: Instant,
    scale: &Scale,
    is_told: bool,
    language: &Language<'_>,
) -> Lane {
    let environment = program.catalogue.environments.get(&row.environment);
    Lane {
        id: id.to_string(),
        place: environment.map_or_else(|| row.environment.to_string(), |e| e.title.clone()),
        state: Badge::new(state(notice, id, row, None, on), language),
        is_told,
        band: Band::new((notice, id, row), None, scale, language),
    }
}
