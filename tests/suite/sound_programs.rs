//! Sound programs of every shape, for properties that hold of any notice.
//!
//! They are written as an office would write them and checked like any other:
//! a shape that `check` refuses is a mistake here, and fails the test.

use fairwarning::declaration::{ProgramSource, SourceFile, TranslationSource, check};
use fairwarning::notice::{Notice, Program};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use std::fmt::Write;

/// Texts with everything that a channel has to escape.
const WORDS: [&str; 8] = [
    "Quay",
    "Dock <b>&amp;</b> crane",
    "a | b",
    "*stars* and _lines_",
    "1. Mai",
    "Hafen – Süd",
    "`code`",
    "# not a heading",
];

#[derive(Debug, Clone)]
struct Row {
    place: &'static str,
    is_test: bool,
    zone: Option<&'static str>,
    urls: usize,
    /// How many of them the row names; all of them when it names none.
    named_urls: usize,
    apis: Vec<usize>,
    group: Option<usize>,
    version: Option<&'static str>,
    cohort: bool,
    dates: RowDates,
    note: bool,
}

#[derive(Debug, Clone)]
struct RowDates {
    cutoff: String,
    /// Whether what was said before can be refined to it.
    is_in_year: bool,
    label: Option<&'static str>,
    deprecation: Option<&'static str>,
    is_complete: bool,
    is_enforced: bool,
}

#[derive(Clone)]
pub struct Shape {
    rows: Vec<Row>,
    zone: &'static str,
    shown: Vec<&'static str>,
    brownouts: Vec<(usize, Option<u32>, bool)>,
    amendments: Vec<(usize, &'static str)>,
    titles: [&'static str; 3],
    is_translated: bool,
}

const ZONES: [&str; 4] = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"];
const GROUPS: [&str; 3] = ["listed", "secure", "printed"];

/// The year in which a row is cut off: tests come before production.
fn year(is_test: bool) -> u32 {
    if is_test { 2030 } else { 2032 }
}

fn row_dates(is_test: bool) -> impl Strategy<Value = RowDates> {
    let y = year(is_test);
    let cutoff = (1u32..=12, 1u32..=28, 1u32..=4, 0usize..9).prop_map(move |(m, d, q, form)| {
        let text = match form {
            0 => format!("{y}-{m:02}-{d:02}"),
            1 => format!("{y}-{m:02}-{d:02}T12:30"),
            2 => format!("{y}-{m:02}"),
            3 => format!("{y}-Q{q}"),
            4 => format!("{y}"),
            5 => format!("{y}-{m:02}-01..{y}-{m:02}-{d:02}"),
            6 => format!("not before {y}-{m:02}-{d:02}"),
            7 => "to be announced".to_owned(),
            _ => format!("to be announced by {y}-{m:02}-{d:02}"),
        };
        (text, form < 6)
    });
    let deprecation = select(vec![None, Some("2029-03-01"), Some("already in effect")]);
    let label = select(vec![None, None, Some("end of *summer*"), Some("Q (soon)")]);
    (cutoff, label, deprecation, any::<bool>(), any::<bool>()).prop_map(
        |((cutoff, is_in_year), label, deprecation, complete, enforced)| RowDates {
            cutoff,
            is_in_year,
            label,
            deprecation,
            is_complete: complete && is_in_year,
            is_enforced: enforced && is_in_year,
        },
    )
}

fn row() -> impl Strategy<Value = Row> {
    any::<bool>().prop_flat_map(|is_test| {
        let zone = select(vec![None, Some("America/New_York"), Some("Australia/Sydney")]);
        let apis = subsequence(vec![0, 1, 2], 1..=3);
        let group = proptest::option::of(0usize..GROUPS.len());
        let version = proptest::option::of(select(vec!["1.20", "1.20..2.0", "2.1.."]));
        let parts = (select(&WORDS[..]), zone, 0usize..4, 0usize..3, apis, group, version);
        (parts, any::<bool>(), row_dates(is_test), any::<bool>()).prop_map(
            move |((place, zone, urls, named, apis, group, version), cohort, dates, note)| Row {
                place,
                is_test,
                zone,
                urls,
                named_urls: named.min(urls),
                apis,
                group,
                version,
                cohort,
                dates,
                note,
            },
        )
    })
}

pub fn shape() -> impl Strategy<Value = Shape> {
    let kinds = vec!["extended", "refined", "paused", "resumed", "cancelled", "corrected"];
    (
        proptest::collection::vec(row(), 1..5),
        select(&ZONES[..]),
        subsequence(ZONES.to_vec(), 0..=2),
        proptest::collection::vec((0usize..4, proptest::option::of(2u32..40), any::<bool>()), 0..3),
        proptest::collection::vec((0usize..4, select(kinds)), 0..4),
        [select(&WORDS[..]), select(&WORDS[..]), select(&WORDS[..])],
        any::<bool>(),
    )
        .prop_map(|(rows, zone, shown, brownouts, amendments, titles, is_translated)| Shape {
            rows,
            zone,
            shown,
            brownouts,
            amendments,
            titles,
            is_translated,
        })
}

/// As declared, which is what a failure is about.
impl std::fmt::Debug for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "\n{}\n{}\n{}", self.settings(), self.catalogue(), self.notice())
    }
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

impl Shape {
    /// The program with its only notice.
    pub fn checked(&self) -> (Program, Notice) {
        let notice = self.notice();
        let source = ProgramSource {
            id: "docks".to_owned(),
            program: SourceFile::new("program.yaml", &self.settings()),
            apis: Some(SourceFile::new("apis.yaml", &self.catalogue())),
            notices: vec![("berths".to_owned(), SourceFile::new("berths.yaml", &notice))],
            translations: self.is_translated.then(|| self.translation()).into_iter().collect(),
        };
        let checked = check(&[source]);
        let Some(mut workspace) = checked.workspace else {
            panic!("{:#?}\n{notice}\n{}", checked.problems, self.catalogue());
        };
        let program = workspace.programs.swap_remove("docks").unwrap();
        let notice = program.notices["berths"].clone();
        (program, notice)
    }

    fn settings(&self) -> String {
        format!(
            "title: {}\noffice: {{name: Dock office}}\ncontact: {{email: docks@docks.example}}\n\
             sender: {{address: notices@docks.example}}\nzone: {}\nshown_zones: {:?}\n\
             locales: [en, de]\n",
            quoted(self.titles[0]),
            self.zone,
            self.shown
        )
    }

    fn catalogue(&self) -> String {
        let mut text = "environments:\n".to_owned();
        for (n, row) in self.rows.iter().enumerate() {
            let stage = if row.is_test { "test" } else { "production" };
            let zone = row.zone.map_or(String::new(), |zone| format!(", zone: {zone}"));
            let urls: Vec<_> = (0..row.urls)
                .map(|u| {
                    let scheme = if u % 2 == 0 { "https" } else { "http" };
                    format!("u{u}: \"{scheme}://e{n}.docks.example/{u}\"")
                })
                .collect();
            let title = quoted(&format!("{} {n}", row.place));
            let urls = urls.join(", ");
            writeln!(text, "  e{n}: {{title: {title}, stage: {stage}{zone}, urls: {{{urls}}}}}")
                .unwrap();
        }
        text + "apis:\n  a0: {title: Berths, versions: [\"1.20\", \"2.0\", \"2.1\"], urls: \
                [\"https://berths.docks.example\"], tags: [print]}\n  a1: {title: a1, versions: \
                [\"1.20\", \"2.0\", \"2.1\"]}\n  a2: {title: \"*Tugs* | pilots\", versions: \
                [\"1.20\", \"2.0\", \"2.1\"], replaced_by: [a0, [a1, a0]]}\ngroups:\n  listed: \
                {title: Listed ones, apis: [a1, a2]}\n  secure: {title: Over TLS, where: {scheme: \
                https}}\n  printed: {title: Printed, where: {tag: print}}\ncohorts:\n  ferries: \
                {title: Ferry operators, description: With a timetable.}\n"
    }

    fn notice(&self) -> String {
        let mut text = format!(
            "title: {}\nkind: version\nannounced: 2028-01-10\nends: [{}]\nsummary: It ends on \
             {{{{r0.cutoff}}}}.\nreminders: ~\nschedule:\n  rows:\n",
            quoted(self.titles[1]),
            quoted(self.titles[2]),
        )
        .replace("reminders: ~\n", "");
        for (n, row) in self.rows.iter().enumerate() {
            text += &row.yaml(n);
        }
        text += &self.brownouts();
        text += &self.amendments();
        text
    }

    fn brownouts(&self) -> String {
        let mut text = String::new();
        for (n, (row, days, is_partial)) in self.brownouts.iter().enumerate() {
            let row = row % self.rows.len();
            // A month of its own each, so that none overlaps.
            let month = n + 4;
            let repeat = days.map_or(String::new(), |days| {
                // Once more at least, as a repetition must.
                let until = 3 + days % 25;
                format!(", repeat: {{every: 1 day, until: 2029-{month:02}-{until:02}T12:00}}")
            });
            let apis = match is_partial {
                true => ", apis: to be named by 2029-03-01".to_owned(),
                false => String::new(),
            };
            writeln!(
                text,
                "    b{n}: {{rows: [r{row}], start: 2029-{month:02}-02T12:00, length: 2 hours{repeat}{apis}}}"
            )
            .unwrap();
        }
        if text.is_empty() { text } else { format!("  brownouts:\n{text}") }
    }

    fn amendments(&self) -> String {
        let mut text = String::new();
        let mut seen = Vec::new();
        for (n, (row, kind)) in self.amendments.iter().enumerate() {
            let row = row % self.rows.len();
            let dates = &self.rows[row].dates;
            let y = year(self.rows[row].is_test);
            let moves = matches!(*kind, "extended" | "refined");
            // One move for a row: a chain of them would have to agree.
            if moves && (!dates.is_in_year || seen.contains(&row)) {
                continue;
            }
            let former = match *kind {
                "extended" => format!(", former: {{cutoff: {}-05-05}}", y - 1),
                "refined" => format!(", former: {{cutoff: {}..{}}}", y - 1, y + 1),
                "corrected" => ", former: {text: \"a *slip*\"}".to_owned(),
                _ => String::new(),
            };
            if moves {
                seen.push(row);
            }
            writeln!(
                text,
                "  - {{date: 2028-0{}-01, kind: {kind}, rows: [r{row}]{former}, reason: Storms.}}",
                n + 2
            )
            .unwrap();
        }
        if text.is_empty() { text } else { format!("amendments:\n{text}") }
    }

    fn translation(&self) -> TranslationSource {
        let mut apis = "apis:\n  a0: {title: Liegeplätze}\nenvironments:\n".to_owned();
        for n in 0..self.rows.len() {
            writeln!(apis, "  e{n}: {{title: \"Kai | {n}\"}}").unwrap();
        }
        let mut notice = "title: Es *endet*\nsummary: Es endet am {{r0.cutoff}}.\n".to_owned();
        let labelled = self.rows.iter().position(|row| row.dates.label.is_some());
        if let Some(row) = labelled {
            writeln!(notice, "schedule: {{rows: {{r{row}: {{cutoff: {{label: Sommerende}}}}}}}}")
                .unwrap();
        }
        TranslationSource {
            locale: "de".to_owned(),
            program: None,
            apis: Some(SourceFile::new("de/apis.yaml", &apis)),
            notices: vec![("berths".to_owned(), SourceFile::new("de/berths.yaml", &notice))],
        }
    }
}

impl Row {
    fn yaml(&self, n: usize) -> String {
        let y = year(self.is_test);
        let version = |api: usize| match self.version {
            Some(version) if api == self.apis[0] => format!("\"a{api}@{version}\""),
            _ => format!("a{api}"),
        };
        let mut apis: Vec<_> = self.apis.iter().map(|api| version(*api)).collect();
        apis.extend(self.group.map(|group| GROUPS[group].to_owned()));
        let cutoff = quoted(&self.dates.cutoff);
        let cutoff = match self.dates.label {
            Some(label) => format!("{{date: {cutoff}, label: {}}}", quoted(label)),
            None => cutoff,
        };
        let mut row =
            format!("    r{n}: {{environment: e{n}, apis: [{}], cutoff: {cutoff}", apis.join(", "));
        if self.named_urls > 0 {
            let urls: Vec<_> = (0..self.named_urls).map(|u| format!("u{u}")).collect();
            row += &format!(", urls: [{}]", urls.join(", "));
        }
        if self.cohort {
            row += ", cohort: ferries";
        }
        if let Some(deprecation) = self.dates.deprecation {
            row += &format!(", deprecation: {deprecation}");
        }
        if self.dates.is_complete {
            row += &format!(", complete: {}-06-01", y + 1);
        }
        if self.dates.is_enforced {
            row += &format!(", enforced: {}-06-02T08:15", y + 1);
        }
        if self.note {
            row += ", note: \"Mind the *gap* | on {{cutoff}}.\"";
        }
        (row + "}\n").replace("{{cutoff}}", &format!("{{{{r{n}.cutoff}}}}"))
    }
}
