//! Dates in words, as each language writes them.

use crate::declared::workspace;
use crate::everything::locale;
use chrono_tz::{America, Europe, Tz};
use fairwarning::notice::{Date, Locale, OccasionKind, Workspace};
use fairwarning::render::{Renderer, When};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::LazyLock;

static RENDERER: LazyLock<Renderer> =
    LazyLock::new(|| Renderer::new(&BTreeMap::new()).expect("the built-in templates are sound"));

fn when(date: &str, tag: &str) -> When {
    labelled(date, None, tag)
}

fn labelled(date: &str, label: Option<&str>, tag: &str) -> When {
    let date = Date { span: date.parse().unwrap(), label: label.map(str::to_owned) };
    let shown: [Tz; 1] = [America::New_York];
    When::new(&date, Europe::Berlin, &shown, &RENDERER.language(&locale(tag)))
}

#[test]
fn a_day_is_written_as_its_language_writes_it() {
    for (tag, full, text) in [
        ("en", "Friday 1 May 2026", "1 May 2026"),
        ("en-US", "Friday, May 1, 2026", "May 1, 2026"),
        ("de", "Freitag, 1. Mai 2026", "1. Mai 2026"),
        ("fr", "vendredi 1er mai 2026", "1er mai 2026"),
        ("es", "viernes, 1 de mayo de 2026", "1 de mayo de 2026"),
        ("pt-BR", "sexta-feira, 1 de maio de 2026", "1 de maio de 2026"),
        ("it", "venerdì 1 maggio 2026", "1 maggio 2026"),
    ] {
        let when = when("2026-05-01", tag);
        assert_eq!((when.full.as_str(), when.text.as_str()), (full, text), "{tag}");
        assert_eq!(when.machine.as_deref(), Some("2026-05-01"), "{tag}");
    }
    assert_eq!(when("2026-05-11", "fr").text, "11 mai 2026");
}

#[test]
fn every_form_of_a_date_has_its_words() {
    for (date, english, german, french, spanish) in [
        ("2026-09", "September 2026", "September 2026", "septembre 2026", "septiembre de 2026"),
        (
            "2026-Q4",
            "Q4 2026 (October to December)",
            "4. Quartal 2026 (Oktober bis Dezember)",
            "4e trimestre 2026 (octobre à décembre)",
            "4.º trimestre de 2026 (de octubre a diciembre)",
        ),
        ("2026", "2026", "2026", "2026", "2026"),
        (
            "2026-09-27..2026-10-04",
            "27 September 2026 to 4 October 2026",
            "27. September 2026 bis 4. Oktober 2026",
            "27 septembre 2026 au 4 octobre 2026",
            "27 de septiembre de 2026 al 4 de octubre de 2026",
        ),
        (
            "not before 2026-09-27",
            "not before 27 September 2026",
            "nicht vor 27. September 2026",
            "pas avant le 27 septembre 2026",
            "no antes del 27 de septiembre de 2026",
        ),
        (
            "to be announced by 2026-09-27",
            "to be announced by 27 September 2026",
            "wird bis 27. September 2026 bekannt gegeben",
            "à préciser d’ici le 27 septembre 2026",
            "por anunciar a más tardar el 27 de septiembre de 2026",
        ),
        (
            "to be announced",
            "to be announced",
            "wird noch bekannt gegeben",
            "à préciser",
            "por anunciar",
        ),
        (
            "already in effect",
            "already in effect",
            "bereits in Kraft",
            "déjà en vigueur",
            "ya en vigor",
        ),
        (
            "2026-09-27T01:30",
            "27 September 2026, 01:30 CEST (UTC+02:00) / 26 September 19:30 EDT (UTC-04:00)",
            "27. September 2026, 01:30 CEST (UTC+02:00) / 26. September 19:30 EDT (UTC-04:00)",
            "27 septembre 2026, 01:30 CEST (UTC+02:00) / 26 septembre 19:30 EDT (UTC-04:00)",
            "27 de septiembre de 2026, 01:30 CEST (UTC+02:00) / 26 de septiembre 19:30 EDT \
             (UTC-04:00)",
        ),
    ] {
        let said = ["en", "de", "fr", "es"].map(|tag| when(date, tag).text);
        assert_eq!(said, [english, german, french, spanish]);
    }
}

#[test]
fn a_label_that_only_names_the_day_in_another_language_gives_way_to_the_date() {
    let label = Some("September 27th, 2026");
    assert_eq!(labelled("2026-09-27", label, "en").text, "September 27th, 2026");
    // September is September in German too.
    assert_eq!(labelled("2026-09-27", label, "fr").text, "27 septembre 2026");
    let label = Some("the 30th of May 2026");
    assert_eq!(labelled("2026-05-30", label, "de").text, "30. Mai 2026");
    let label = Some("winter timetable");
    assert_eq!(labelled("2026-05-30", label, "de").text, "winter timetable (30. Mai 2026)");
    assert_eq!(
        labelled("2026-Q4", label, "de").text,
        "winter timetable: 4. Quartal 2026 (Oktober bis Dezember)"
    );
}

proptest! {
    #[test]
    fn any_language_can_write_any_date(
        tag in "[a-z]{2,3}(-[A-Z]{2})?",
        date in prop_oneof![
            "(19[7-9]|2[0-9]{2})[0-9]-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])",
            "2[0-9]{3}-(0[1-9]|1[0-2])",
            "2[0-9]{3}-Q[1-4]",
            "2[0-9]{3}-0[1-9]-0[1-9]T[01][0-9]:[0-5][0-9]",
        ],
    ) {
        let said = when(&date, &tag);
        prop_assert!(!said.full.is_empty(), "{} {}", tag, date);
    }
}

#[test]
fn every_language_of_two_letters_can_write_a_date() {
    for first in 'a'..='z' {
        for second in 'a'..='z' {
            let tag = format!("{first}{second}");
            let language: Locale = tag.parse().unwrap();
            for date in ["2026-09-27", "2026-09", "2026-Q4", "2026-09-27T01:30"] {
                assert!(!when(date, language.as_str()).full.is_empty(), "{tag}");
            }
        }
    }
}

/// The notice's mail as text, with white space folded.
fn mail(workspace: &Workspace) -> String {
    let program = &workspace.programs["parcels"];
    let notice = &program.notices["labels"];
    let kind = OccasionKind::Announcement;
    let on = "2026-02-01T00:00:00Z".parse().unwrap();
    let edition = RENDERER.edition(program, notice, kind, &Locale::default(), &[], on).unwrap();
    edition.text.split_whitespace().collect::<Vec<_>>().join(" ")
}

const AT_TWO: &str = "title: Old labels end
kind: version
announced: 2026-01-01
summary: It ends on {{cutoff}}.
schedule:
  zone: Europe/Berlin
  cutoff: 2026-09-01T14:00
  rows:
    test: {environment: test, apis: [labels]}
    prod: {environment: prod, apis: [labels]}
";

#[test]
fn a_general_time_in_text_is_told_by_the_clocks_of_the_rows_that_inherit_it() {
    let text = mail(&workspace(AT_TWO));
    assert!(text.contains("It ends on 1 September 2026, 14:00 CEST (UTC+02:00)."), "{text}");
    assert!(!text.contains("EDT"), "the program's own clocks tell another moment: {text}");
}

#[test]
fn one_time_of_day_by_two_clocks_is_two_dates() {
    let zoned = AT_TWO
        .replace("  zone: Europe/Berlin\n", "")
        .replace("test, apis", "test, zone: Asia/Tokyo, apis")
        .replace("{{cutoff}}", "{{prod.cutoff}}");
    let text = mail(&workspace(&zoned));
    for clock in ["14:00 JST (UTC+09:00)", "14:00 EDT (UTC-04:00)"] {
        let date = format!("Tuesday 1 September 2026, {clock}");
        assert_eq!(text.matches(&date).count(), 2, "above and in the table: {text}");
    }
}
