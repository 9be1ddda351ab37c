//! Every channel carries the same rows, dates and states, whatever the notice
//! and whatever the language.

use crate::channel_rows::{self, Row};
use crate::declared::sample_workspace;
use crate::everything::{everything, locale};
use crate::sound_programs;
use chrono::{DateTime, Utc};
use fairwarning::notice::{
    AmendmentKind, Date, Former, Locale, Notice, OccasionKind, Program, RowId, Span,
};
use fairwarning::render::{Language, PageLinks, Renderer, When};
use fairwarning::schedule::{Occurrences, state};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::LazyLock;

static RENDERER: LazyLock<Renderer> =
    LazyLock::new(|| Renderer::new(&BTreeMap::new()).expect("the built-in templates are sound"));

/// What the model says, for channels to be held to.
struct Told<'a> {
    /// As declared, and as readers of the locale get it.
    source: (&'a Program, &'a Notice),
    program: &'a Program,
    notice: &'a Notice,
    locale: &'a Locale,
    language: Language<'static>,
    on: DateTime<Utc>,
}

fn assert_same_facts(program: &Program, notice: &Notice, locale: &Locale, on: DateTime<Utc>) {
    let (translated, said) = program.in_locale(notice, locale);
    let told = Told {
        source: (program, notice),
        program: &translated,
        notice: &said,
        locale,
        language: RENDERER.language(locale),
        on,
    };
    told.assert_rows();
    told.assert_phrases();
    told.assert_calendar();
    told.assert_json();
}

/// White space folded: channels break lines where they like.
fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Told<'_> {
    fn when(&self, date: &Date, zone: chrono_tz::Tz) -> When {
        When::new(date, zone, &self.program.settings.shown_zones, &self.language)
    }

    /// What the newest amendment that moved it says it was.
    fn former(&self, row: &RowId, name: &str) -> Option<&Date> {
        let touching = self.notice.amendments.iter();
        let touching = touching.filter(|a| a.rows.is_empty() || a.rows.contains(row));
        let mut moved = touching.filter_map(|amendment| {
            let Former::Values(values) = &amendment.former else { return None };
            let was = match name {
                "deprecation" => values.deprecation.as_ref(),
                "cutoff" => values.cutoff.as_ref(),
                "complete" => values.complete.as_ref(),
                _ => None,
            };
            Some((amendment.kind != AmendmentKind::Refined).then_some(was?))
        });
        moved.next_back().flatten()
    }

    fn rows(&self, has_states: bool) -> Vec<Row> {
        let rows = self.notice.schedule.rows.iter().map(|(id, row)| {
            let environment = &self.program.catalogue.environments[&row.environment];
            let dates = row.dates.named().into_iter().filter_map(|(name, date)| {
                let was = self.former(id, name).map(|was| self.when(was, row.zone).text);
                let title = self.language.say(&format!("date-{name}"));
                Some((title, folded(&self.when(date?, row.zone).full), was.map(|was| folded(&was))))
            });
            Row {
                place: folded(&environment.title),
                urls: row.urls.iter().map(|url| environment.urls[url].to_string()).collect(),
                dates: dates.collect(),
                apis: Vec::new(),
                state: has_states
                    .then(|| state(self.notice, id, row, None, self.on).as_str().to_owned()),
            }
        });
        rows.collect()
    }

    /// Each written channel, as its own text.
    fn channels(&self) -> [(&'static str, String); 5] {
        let (program, notice) = self.source;
        let kind = OccasionKind::Announcement;
        let mail = RENDERER.edition(program, notice, kind, self.locale, &[], self.on).unwrap();
        let links = PageLinks::default();
        [
            ("text", mail.text),
            ("html", mail.html),
            ("page", RENDERER.page(program, notice, self.locale, self.on, &links).unwrap()),
            ("markdown", RENDERER.markdown(program, notice, self.locale).unwrap()),
            ("post", RENDERER.post(program, notice, self.locale).unwrap()),
        ]
    }

    fn assert_rows(&self) {
        let colon = self.language.say("colon");
        let mut apis: Option<Vec<Vec<String>>> = None;
        for (channel, text) in self.channels() {
            let found = match channel {
                "text" => channel_rows::of_text(&text, &colon, &self.language),
                "html" | "page" => channel_rows::of_html(&text),
                "markdown" => channel_rows::of_markdown(&text, &colon),
                _ => channel_rows::of_markdown(&channel_rows::without_liquid(&text), &colon),
            };
            let own: Vec<_> = found.iter().map(|row| row.apis.clone()).collect();
            assert!(own.iter().all(|apis| !apis.is_empty()), "{channel} names no APIs\n{text}");
            // What a group is called may depend on all rows; the channels agree.
            let expected = apis.get_or_insert_with(|| own.clone());
            assert_eq!(&own, expected, "APIs in {channel}");
            let found: Vec<_> =
                found.into_iter().map(|row| Row { apis: Vec::new(), ..row }).collect();
            assert_eq!(found, self.rows(channel == "page"), "{channel} in {}\n{text}", self.locale);
        }
        self.assert_apis(apis.unwrap_or_default());
    }

    /// Whatever a row names directly stands in it by title and wire name, and
    /// its groups with the number of their APIs.
    fn assert_apis(&self, found: Vec<Vec<String>>) {
        for (row, found) in self.notice.schedule.rows.values().zip(found) {
            let found = found.join("\n");
            for target in &row.targets {
                match &target.group {
                    None => assert!(found.contains(target.api.as_str()), "{target:?} in {found}"),
                    Some(group) => {
                        let title = &self.program.catalogue.groups[group].title;
                        let count = row.targets.iter().filter(|t| t.group == target.group).count();
                        assert!(found.contains(title.as_str()), "{title} in {found}");
                        assert!(found.contains(&count.to_string()), "{count} in {found}");
                    }
                }
                for version in target.versions.iter().filter(|_| target.group.is_none()) {
                    assert!(found.contains(version), "{version} in {found}");
                }
            }
        }
    }

    /// Brownouts and amendments stand in prose: all of their dates are there.
    fn assert_phrases(&self) {
        let mut facts = Vec::new();
        for brownout in self.notice.schedule.brownouts.values() {
            let row = &self.notice.schedule.rows[&brownout.rows[0]];
            facts.push(self.when(&brownout.start, row.zone).full);
            if let Some(repeat) = &brownout.repeat {
                facts.push(self.when(&repeat.until, row.zone).full);
                let count = Occurrences::new(brownout, row.zone).iter().count();
                if count > 1 {
                    facts.push(count.to_string());
                }
                facts.push(self.language.every(&repeat.every));
            }
        }
        for amendment in &self.notice.amendments {
            let kind = amendment.kind.as_str();
            facts.push(self.language.say(&format!("amendment-{kind}")));
            facts.push(self.when(&amendment.date, self.program.settings.zone).full);
        }
        facts.push(self.when(&self.notice.announced, self.program.settings.zone).text);
        for (channel, text) in self.channels() {
            let text = match channel {
                "text" => folded(&text),
                "html" | "page" => channel_rows::plain_html(&text),
                _ => channel_rows::plain_markdown(&channel_rows::without_liquid(&text)),
            };
            for fact in &facts {
                let fact = folded(fact);
                assert!(text.contains(&fact), "{fact} is not in {channel}\n{text}");
            }
        }
    }

    /// One event for each date of a row that has a beginning, with its day.
    fn assert_calendar(&self) {
        let (program, notice) = self.source;
        let calendar = RENDERER.calendar(program, notice, self.locale, &[], self.on);
        let events = channel_rows::events(&calendar.unwrap_or_default());
        let mut expected = 0;
        for (id, row) in &self.notice.schedule.rows {
            let place = &self.program.catalogue.environments[&row.environment].title;
            for (name, date) in row.dates.named() {
                let Some(date) = date else { continue };
                if matches!(date.span, Span::ToBeAnnounced { .. } | Span::InEffect) {
                    continue;
                }
                expected += 1;
                let uid = format!("{}/{}/{id}/{name}@", program.id, notice.id);
                let event = events.iter().find(|event| event.uid.starts_with(&uid));
                let event = event.unwrap_or_else(|| panic!("no {uid} in {events:?}"));
                assert!(event.summary.contains(&self.notice.title), "{event:?}");
                assert!(event.summary.contains(place.as_str()), "{event:?}");
                let words = folded(&self.when(date, row.zone).full);
                assert!(folded(&event.description).contains(&words), "{words} in {event:?}");
                assert_eq!(event.start, first_moment(date, row.zone), "{event:?}");
                let cancelled = state(self.notice, id, row, None, FAR).as_str() == "cancelled";
                assert_eq!(event.is_cancelled, cancelled, "{event:?}");
            }
        }
        let of_rows = |uid: &str| {
            ["deprecation@", "cutoff@", "complete@", "enforced@"].iter().any(|k| uid.contains(k))
        };
        assert_eq!(events.iter().filter(|event| of_rows(&event.uid)).count(), expected);
        for id in self.notice.schedule.brownouts.keys() {
            let uid = format!("{}/{}/{id}/brownout", program.id, notice.id);
            assert!(events.iter().any(|event| event.uid.starts_with(&uid)), "{uid}");
        }
    }

    fn assert_json(&self) {
        let (program, notice) = self.source;
        let json = RENDERER.json(program, notice, self.locale, self.on).unwrap();
        let json: Value = serde_json::from_str(&json).unwrap();
        let read: Notice = serde_json::from_value(json["notice"].clone()).unwrap();
        assert_eq!(&read.schedule.rows, &self.notice.schedule.rows);
        let mut lines = json["impacted"].as_array().unwrap().iter();
        for (id, row) in &self.notice.schedule.rows {
            let environment = &self.program.catalogue.environments[&row.environment];
            for target in &row.targets {
                let line = lines.next().expect("a line for each target");
                assert_eq!(line["row"], id.as_str());
                assert_eq!(line["environment_title"], environment.title.as_str());
                let state = state(self.notice, id, row, Some(&target.api), self.on);
                assert_eq!(line["state"], state.as_str());
                for (name, date) in row.dates.named() {
                    let shown = line[name]["date"].as_str().map(ToOwned::to_owned);
                    assert_eq!(shown, date.map(|date| date.span.to_string()), "{name}");
                }
                let urls = row.urls.iter().map(|url| environment.urls[url].to_string());
                assert_eq!(line["urls"], Value::from(urls.collect::<Vec<_>>()));
            }
        }
        assert!(lines.next().is_none());
    }
}

/// After everything that a test declares.
const FAR: DateTime<Utc> = DateTime::<Utc>::MAX_UTC;

/// `20300501`, or with its time in UTC for an exact one.
fn first_moment(date: &Date, zone: chrono_tz::Tz) -> String {
    use fairwarning::notice::Point;
    let earliest = fairwarning::schedule::bounds(date, zone).earliest.unwrap();
    match date.span {
        Span::At(Point::Instant { .. }) => earliest.format("%Y%m%dT%H%M%SZ").to_string(),
        _ => earliest.with_timezone(&zone).format("%Y%m%d").to_string(),
    }
}

#[test]
fn the_samples_say_the_same_on_every_channel() {
    let workspace = sample_workspace();
    for (program, notice) in workspace.notices() {
        for on in ["2015-01-01T00:00:00Z", "2018-07-01T00:00:00Z", "2020-05-01T00:00:00Z"] {
            let locale = program.settings.default_locale();
            assert_same_facts(program, notice, &locale, on.parse().unwrap());
        }
    }
}

#[test]
fn the_full_notice_says_the_same_on_every_channel_in_every_language() {
    let (program, notice) = everything();
    for tag in ["en", "de", "es", "fr", "pt-BR"] {
        for on in ["2026-01-20T00:00:00Z", "2026-08-10T10:30:00Z", "2027-01-01T00:00:00Z"] {
            assert_same_facts(&program, &notice, &locale(tag), on.parse().unwrap());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_notice_says_the_same_on_every_channel(
        shape in sound_programs::shape(),
        tag in proptest::sample::select(vec!["en", "de", "fr"]),
        day in 0i64..2400,
    ) {
        let (program, notice) = shape.checked();
        let on = DateTime::from_timestamp(1_830_000_000 + day * 86_400 + 3_600, 0).unwrap();
        assert_same_facts(&program, &notice, &locale(tag), on);
    }
}
