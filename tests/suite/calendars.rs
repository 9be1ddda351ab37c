//! The calendar that goes with a notice (RFC 5545).

use crate::everything::{everything, everything_where};
use fairwarning::notice::{Locale, Notice, Program, RowId};
use fairwarning::render::Renderer;
use std::collections::BTreeMap;

fn calendar(program: &Program, notice: &Notice, rows: &[RowId]) -> String {
    let renderer = Renderer::new(&BTreeMap::new()).unwrap();
    let at = "2026-01-12T08:00:00Z".parse().unwrap();
    renderer.calendar(program, notice, &Locale::default(), rows, at).expect("the notice has dates")
}

/// The events by UID, each as its unfolded lines.
fn events(calendar: &str) -> BTreeMap<String, Vec<String>> {
    let unfolded = calendar.replace("\r\n ", "");
    let events = unfolded.split("BEGIN:VEVENT\r\n").skip(1).map(|event| {
        let lines: Vec<_> =
            event.lines().take_while(|line| *line != "END:VEVENT").map(ToOwned::to_owned).collect();
        let uid = lines.iter().find_map(|line| line.strip_prefix("UID:")).expect("a UID");
        (uid.to_owned(), lines)
    });
    events.collect()
}

fn has(event: &[String], line: &str) -> bool {
    event.iter().any(|found| found == line)
}

const QUAY: &str = "harbour/berths/quay/cutoff@harbour.example";

#[test]
fn lines_are_short_and_end_as_the_rfc_wants() {
    let (program, mut notice) = everything();
    notice.title = "Ein sehr langer Titel mit Umlauten: äöüß ".repeat(8);
    let calendar = calendar(&program, &notice, &[]);
    assert!(calendar.ends_with("END:VCALENDAR\r\n"));
    for line in calendar.split_terminator("\r\n") {
        assert!(line.len() <= 75, "{} octets: {line}", line.len());
        assert!(!line.contains(['\r', '\n']), "a bare line end in {line:?}");
    }
    assert!(calendar.contains("\r\nMETHOD:PUBLISH\r\n"));
}

#[test]
fn a_day_is_a_whole_day_without_an_end() {
    let (program, notice) = everything();
    let events = events(&calendar(&program, &notice, &[]));
    let cutoff = &events[QUAY];
    assert!(has(cutoff, "DTSTART;VALUE=DATE:20260901"), "{cutoff:?}");
    assert!(!cutoff.iter().any(|line| line.starts_with("DTEND")), "{cutoff:?}");
    assert!(has(cutoff, "DTSTAMP:20260112T080000Z"));
}

#[test]
fn a_vague_date_spans_the_days_it_may_fall_on() {
    let (program, notice) = everything();
    let events = events(&calendar(&program, &notice, &[]));
    let winter = &events["harbour/berths/ferries/cutoff@harbour.example"];
    assert!(has(winter, "DTSTART;VALUE=DATE:20261001"), "{winter:?}");
    assert!(has(winter, "DTEND;VALUE=DATE:20270101"), "{winter:?}");
}

#[test]
fn an_instant_is_written_in_utc() {
    let (program, notice) = everything();
    let events = events(&calendar(&program, &notice, &[]));
    let enforced = &events["harbour/berths/quay/enforced@harbour.example"];
    assert!(has(enforced, "DTSTART:20260902T083000Z"), "{enforced:?}");
}

#[test]
fn a_weekly_brownout_is_one_event_with_a_rule() {
    let (program, notice) = everything();
    let events = events(&calendar(&program, &notice, &[]));
    let noon = &events["harbour/berths/noon/brownout@harbour.example"];
    assert!(has(noon, "RRULE:FREQ=DAILY;INTERVAL=7;COUNT=4"), "{noon:?}");
    assert!(has(noon, "DTSTART:20260803T100000Z") && has(noon, "DTEND:20260803T120000Z"));
}

#[test]
fn a_rhythm_across_a_change_of_clocks_is_written_out() {
    let (program, notice) = everything_where(|text| {
        text.replace("start: 2026-08-03T12:00", "start: 2026-03-16T12:00")
            .replace("until: 2026-08-24T12:00", "until: 2026-04-06T12:00")
    });
    let events = events(&calendar(&program, &notice, &[]));
    let starts: Vec<_> = (0..4)
        .map(|nth| &events[&format!("harbour/berths/noon/brownout/{nth}@harbour.example")])
        .map(|event| event.iter().find(|line| line.starts_with("DTSTART")).unwrap().as_str())
        .collect();
    // Noon in Berlin is an hour earlier in UTC from 29 March on.
    assert_eq!(
        starts,
        [
            "DTSTART:20260316T110000Z",
            "DTSTART:20260323T110000Z",
            "DTSTART:20260330T100000Z",
            "DTSTART:20260406T100000Z"
        ]
    );
}

#[test]
fn an_amended_date_keeps_its_uid_and_counts_up() {
    let (program, notice) = everything();
    let before = &events(&calendar(&program, &notice, &[]))[QUAY];
    assert!(has(before, "SEQUENCE:1"), "one amendment moved it: {before:?}");
    let (program, notice) = everything_where(|text| {
        text.replace("  cutoff: 2026-09-01\n", "  cutoff: 2026-09-10\n").replace(
            "channels:\n",
            "  - {date: 2026-03-05, kind: extended, former: {cutoff: 2026-09-01}, \
             rows: [quay]}\nchannels:\n",
        )
    });
    let after = &events(&calendar(&program, &notice, &[]))[QUAY];
    assert!(has(after, "SEQUENCE:2") && has(after, "DTSTART;VALUE=DATE:20260910"), "{after:?}");
}

#[test]
fn a_cancelled_row_is_cancelled_in_the_calendar() {
    let (program, notice) = everything_where(|text| {
        text.replace(
            "channels:\n",
            "  - {date: 2026-03-05, kind: cancelled, rows: [quay]}\nchannels:\n",
        )
    });
    let events = events(&calendar(&program, &notice, &[]));
    assert!(has(&events[QUAY], "STATUS:CANCELLED"));
    let other = &events["harbour/berths/sandbox/cutoff@harbour.example"];
    assert!(!has(other, "STATUS:CANCELLED"));
}

#[test]
fn only_rows_that_concern_the_reader_are_in_it() {
    let (program, notice) = everything();
    let events = events(&calendar(&program, &notice, &["sandbox".parse().unwrap()]));
    let rows: Vec<_> = events.keys().filter(|uid| !uid.contains("/endpoint-")).collect();
    assert_eq!(rows, ["harbour/berths/sandbox/cutoff@harbour.example"]);
}

#[test]
fn what_has_no_date_yet_has_no_calendar() {
    let (program, mut notice) = everything();
    notice.test_endpoints.clear();
    notice.schedule.brownouts.clear();
    for row in notice.schedule.rows.values_mut() {
        row.dates = fairwarning::notice::Dates {
            cutoff: Some("to be announced".parse::<fairwarning::notice::Span>().unwrap().into()),
            ..Default::default()
        };
    }
    let renderer = Renderer::new(&BTreeMap::new()).unwrap();
    let at = "2026-01-12T08:00:00Z".parse().unwrap();
    assert_eq!(renderer.calendar(&program, &notice, &Locale::default(), &[], at), None);
}

#[test]
fn no_declared_text_begins_a_line_of_its_own() {
    let (program, mut notice) = everything();
    notice.title = "x\r\nATTACH:evil\rATTACH:evil\n\u{2028}\u{85}\0".to_owned();
    let calendar = calendar(&program, &notice, &[]);
    assert!(!calendar.replace("\r\n", "").contains(|c: char| c.is_control()), "{calendar:?}");
    assert!(!calendar.replace("\r\n ", "").lines().any(|line| line.starts_with("ATTACH")));
}

#[test]
fn a_title_with_commas_is_escaped_in_both_names_of_the_calendar() {
    let (program, mut notice) = everything();
    notice.title = r"Labels, version 1; ends \o/".to_owned();
    let text = calendar(&program, &notice, &[]);
    assert!(text.contains("\r\nNAME:Labels\\, version 1\\; ends \\\\o/\r\n"), "{text}");
    assert!(text.contains("\r\nX-WR-CALNAME:Labels\\, version 1\\; ends \\\\o/\r\n"), "{text}");
}

const NOON: &str = "harbour/berths/noon/brownout@harbour.example";

fn description(event: &[String]) -> String {
    let found = event.iter().find_map(|line| line.strip_prefix("DESCRIPTION:"));
    found.expect("a description").replace("\\n", " / ").replace('\\', "")
}

#[test]
fn a_brownout_says_which_apis_it_strikes() {
    let (program, notice) = everything();
    let all = events(&calendar(&program, &notice, &[]));
    assert_eq!(description(&all[NOON]), "Struck: Harbour Lights (lights) / Only the lamps.");
    let later = &all["harbour/berths/rehearsal/brownout@harbour.example"];
    assert!(description(later).contains("Tuesday 15 September 2026"), "{later:?}");
    let (program, notice) = everything_where(|text| text.replace("      apis: [lights]\n", ""));
    let all = events(&calendar(&program, &notice, &[]));
    let whole = "Quay: Lifting and forms (2), Harbour Lights (lights) / Only the lamps.";
    assert_eq!(description(&all[NOON]), whole);
}

/// The noon brownout, in the sandbox too.
fn noon_in_two_places(text: &str) -> String {
    text.replace("      rows: [quay]\n      start", "      rows: [quay, sandbox]\n      start")
        .replace("      apis: [lights]\n", "")
        .replace("2026-08-03T12:00", "2026-05-04T12:00")
        .replace("2026-08-24T12:00", "2026-05-25T12:00")
}

#[test]
fn a_brownout_of_several_rows_names_the_readers_own() {
    let (program, notice) = everything_where(|text| noon_in_two_places(&text));
    let quay = "Quay (Lifting and forms, Harbour Lights)";
    for (rows, place) in
        [(vec![], format!("{quay}, Sandbox")), (vec!["sandbox".parse().unwrap()], "Sandbox".into())]
    {
        let all = events(&calendar(&program, &notice, &rows));
        let summary = format!("SUMMARY:Brownout\\, {}:", place.replace(',', "\\,"));
        assert!(all[NOON].iter().any(|line| line.starts_with(&summary)), "{:?}", all[NOON]);
    }
}

#[test]
fn notes_are_plain_text_in_the_calendar() {
    let (program, notice) = everything_where(|text| {
        text.replace("note: Only the lamps.", "note: \"Only *lamps*, before {{quay.complete}}.\"")
    });
    let all = events(&calendar(&program, &notice, &[]));
    assert!(description(&all[NOON]).ends_with("Only lamps, before 14 September 2026."));
}

#[test]
fn what_rests_is_tentative_and_says_so() {
    let (program, notice) = everything();
    let all = events(&calendar(&program, &notice, &[]));
    for subject in ["overseas/cutoff", "rehearsal/brownout"] {
        let event = &all[&format!("harbour/berths/{subject}@harbour.example")];
        assert!(has(event, "STATUS:TENTATIVE"), "{event:?}");
        assert!(description(event).contains("paused"), "{event:?}");
    }
    assert!(!all[QUAY].iter().any(|line| line.starts_with("STATUS")), "{:?}", all[QUAY]);
}

#[test]
fn a_brownout_of_cancelled_rows_alone_is_cancelled() {
    let cancelled = |rows: &str| {
        let (program, notice) = everything_where(|text| {
            let amendment = format!("  - {{date: 2026-03-05, kind: cancelled, rows: [{rows}]}}\n");
            noon_in_two_places(&text).replace("channels:\n", &format!("{amendment}channels:\n"))
        });
        has(&events(&calendar(&program, &notice, &[]))[NOON], "STATUS:CANCELLED")
    };
    assert!(cancelled("quay, sandbox"));
    assert!(!cancelled("quay"), "it strikes the sandbox all the same");
}
