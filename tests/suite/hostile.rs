//! Input that nobody means well with ends in a problem, and soon.
//!
//! Time is the processor's, not the wall's: a busy machine fails no test here.

use fairwarning::declaration::{Checked, ProgramSource, SourceFile, check};
use proptest::prelude::*;
use std::fs;
use std::time::Duration;

/// What a hostile file may cost in a build without optimisation.
const LIMIT: Duration = Duration::from_secs(1);

fn program(notice: &str) -> ProgramSource {
    ProgramSource {
        id: "parcels".to_owned(),
        program: SourceFile::new("program.yaml", include_str!("declarations/base/program.yaml")),
        apis: Some(SourceFile::new("apis.yaml", include_str!("declarations/base/apis.yaml"))),
        notices: vec![("any".to_owned(), SourceFile::new("any.yaml", notice))],
        translations: Vec::new(),
    }
}

/// Processor time that this thread has had.
fn spent() -> Duration {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux tells");
    let nanoseconds = stat.split(' ').next().and_then(|n| n.parse().ok());
    Duration::from_nanos(nanoseconds.expect("a number comes first"))
}

/// Checks a program whose notice is `text`, and that it took no more than it may.
fn refused(what: &str, text: &str) -> Checked {
    refused_in(what, &[program(text)])
}

fn refused_in(what: &str, programs: &[ProgramSource]) -> Checked {
    let before = spent();
    let checked = check(programs);
    let took = spent() - before;
    assert!(checked.workspace.is_none(), "{what} was accepted");
    assert!(took < LIMIT, "{what} took {took:?} and gave {} problems", checked.problems.len());
    checked
}

fn codes(checked: &Checked) -> Vec<&'static str> {
    checked.problems.iter().map(|problem| problem.code.as_str()).collect()
}

#[test]
fn nesting_without_end_is_refused_at_once() {
    const DEPTH: usize = 100_000;
    for (what, text) in [
        ("open brackets", "[".repeat(DEPTH)),
        ("brackets that close", format!("a: {}{}", "[".repeat(DEPTH), "]".repeat(DEPTH))),
        ("braces", "{a: ".repeat(DEPTH)),
        ("braces and brackets", "{a: [".repeat(DEPTH)),
        ("lists in one line", "- ".repeat(DEPTH)),
        ("explicit keys", "? ".repeat(DEPTH)),
        ("steps", (0..1000).map(|n| format!("{}a:\n", " ".repeat(n))).collect()),
    ] {
        refused(what, &text);
    }
}

#[test]
fn forty_nine_levels_are_too_deep_and_say_so() {
    let checked = refused("sixty levels", &format!("title: {}", "[".repeat(60)));
    assert!(checked.problems[0].message.contains("nested more than 48"), "{:?}", checked.problems);
}

#[test]
fn a_file_too_large_is_refused_unread() {
    let checked = refused("10 MB", &"title: x\n".repeat(1_200_000));
    assert_eq!(codes(&checked), ["too-large"]);
    assert!(checked.problems[0].message.contains("at most 2 MiB"), "{:?}", checked.problems);
}

/// Nine levels of ten aliases each stand for a billion values.
fn bomb(level: impl Fn(&str) -> String) -> String {
    let mut text = format!("a0: &a0 {}\n", level("x"));
    for n in 1..9 {
        text += &format!("a{n}: &a{n} {}\n", level(&format!("*a{}", n - 1)));
    }
    text
}

#[test]
fn alias_bombs_of_lists_and_of_maps_are_refused() {
    let list = bomb(|inner| format!("[{}]", [inner; 10].join(", ")));
    let map = bomb(|inner| {
        let entries: Vec<_> = (0..10).map(|n| format!("k{n}: {inner} ")).collect();
        format!("{{{}}}", entries.join(", "))
    });
    for text in [list, map] {
        let checked = refused("an alias bomb", &text);
        assert_eq!(codes(&checked), ["too-large"], "{:?}", checked.problems);
    }
}

#[test]
fn aliases_that_stay_below_the_limit_are_not_read_once_for_each_problem() {
    let list = |inner: &str, n| format!("[{}]", vec![inner; n].join(", "));
    let mut text = format!("title: &a {}\n", list("x", 10));
    for (name, of) in [("b", "a"), ("c", "b"), ("d", "c")] {
        text += &format!("{name}: &{name} {}\n", list(&format!("*{of}"), 10));
    }
    refused("five unknown keys", &format!("{text}e: {}\n", list("*d", 6)));
}

#[test]
fn an_alias_of_what_contains_it_is_refused() {
    for text in ["a: &a [*a]", "a: &a {b: *a}", "*a : 1", "a: *nowhere"] {
        assert_eq!(codes(&refused(text, text)), ["syntax"]);
    }
}

#[test]
fn merge_keys_are_refused_with_a_way_out() {
    let merged = bomb(|inner| match inner {
        "x" => "{k: x}".to_owned(),
        alias => format!("{{<<: [{alias}, {alias}, {alias}]}}"),
    });
    refused("merge keys", &merged);
    let rows = "schedule:\n  rows:\n    a: &a {environment: prod}\n    b: {<<: *a}\n";
    let checked = refused("a merged row", rows);
    let problem = checked.problems.iter().find(|p| p.message.contains("merge keys")).unwrap();
    assert!(problem.help.as_ref().unwrap().contains("alias"), "{problem:?}");
}

#[test]
fn tags_say_nothing() {
    for text in ["title: !!str 5", "title: !x y", "steps: !!set {a}", "steps: !!seq [a]"] {
        let checked = refused(text, text);
        assert!(checked.problems[0].message.contains("a tag"), "{:?}", checked.problems);
    }
}

#[test]
fn what_readers_of_yaml_disagree_about_goes_in_quotes() {
    for scalar in ["007", "1_000", "-01", "1_0.5"] {
        let checked = refused(scalar, &format!("title: {scalar}\n"));
        assert!(codes(&checked).contains(&"wrong-type"), "{scalar}: {:?}", checked.problems);
    }
}

const NOTICE: &str = "title: Old labels end
kind: retirement
announced: 2026-01-01
summary: Old labels end.
";

const ROWS: &str = "schedule:\n  cutoff: 2026-09-01\n  rows:\n";

fn lines(n: usize, line: &dyn Fn(usize) -> String) -> String {
    (0..n).map(line).collect()
}

/// Long files that are wrong in every line.
fn wrong_throughout() -> Vec<(&'static str, String)> {
    vec![
        ("unknown keys", lines(20_000, &|n| format!("key{n}: 1\n"))),
        ("the same key", lines(20_000, &|_| "title: é\n".to_owned())),
        (
            "unknown references",
            format!(
                "{NOTICE}{ROWS}    prod: {{environment: prod, apis: [{}]}}\n",
                lines(10_000, &|n| format!("é{n}, ").replace('é', "e"))
            ),
        ),
        (
            "unknown references beside other letters",
            format!(
                "{NOTICE}# é\n{ROWS}    prod: {{environment: prod, apis: [{}]}}\n",
                lines(10_000, &|n| format!("e{n}, "))
            ),
        ),
        (
            "rows without APIs",
            format!(
                "{NOTICE}{ROWS}{}",
                lines(5_000, &|n| format!("    r{n}: {{environment: prod}}\n"))
            ),
        ),
        (
            "dates that do not exist",
            format!(
                "{NOTICE}{ROWS}{}",
                lines(5_000, &|n| format!("    r{n}: {{environment: prod, cutoff: 2026-02-30}}\n"))
            ),
        ),
        (
            "rows that overlap",
            format!(
                "{NOTICE}{ROWS}{}",
                lines(2_000, &|n| format!("    r{n}: {{environment: prod, apis: [labels]}}\n"))
            ),
        ),
        (
            "rows whose notes name a year",
            format!(
                "{NOTICE}{ROWS}{}",
                lines(2_000, &|n| {
                    let (month, day) = (n % 12 + 1, n % 28 + 1);
                    format!(
                        "    r{n}: {{environment: prod, apis: [], cutoff: 2026-{month:02}-{day:02}, \
                         note: in 2026}}\n"
                    )
                })
            ),
        ),
    ]
}

/// Files whose parts are compared with one another.
fn wrong_among_themselves() -> Vec<(&'static str, String)> {
    vec![
        (
            "amendments of every row",
            format!(
                "{NOTICE}{ROWS}{}amendments:\n{}",
                lines(500, &|n| format!("    r{n}: {{environment: prod}}\n")),
                lines(1_000, &|_| {
                    "  - {date: 2026-02-01, kind: extended, former: {cutoff: 2026-08-01}}\n"
                        .to_owned()
                })
            ),
        ),
        (
            "brownouts that overlap",
            format!(
                "{NOTICE}{ROWS}    prod: {{environment: prod, apis: [labels]}}\n  brownouts:\n{}",
                lines(100, &|n| {
                    format!(
                        "    b{n}: {{start: 2026-02-01T00:00, length: 1 minute, \
                         repeat: {{every: 10 minutes, until: 2026-03-30}}}}\n"
                    )
                })
            ),
        ),
        ("braces", format!("{NOTICE}affected: \"{}\"\n", "{{".repeat(50_000))),
        ("names in braces", format!("{NOTICE}affected: \"{}\"\n", "{{x}}".repeat(2_000))),
    ]
}

#[test]
fn as_many_problems_as_lines_end_in_time() {
    for (what, text) in wrong_throughout().into_iter().chain(wrong_among_themselves()) {
        refused(what, &text);
    }
}

/// A program of `n` APIs and one group of all of them.
fn catalogue(n: usize) -> String {
    let apis = lines(n, &|n| format!("  a{n}: {{title: A, replaced_by: none}}\n"));
    let urls = r#"{main: "https://parcels.example"}"#;
    format!(
        "environments:\n  prod: {{title: P, stage: production, urls: {urls}}}\napis:\n{apis}\
         groups:\n  all: {{title: All, where: {{scheme: https}}}}\n"
    )
}

fn program_of(catalogue: &str, notice: &str) -> ProgramSource {
    ProgramSource { apis: Some(SourceFile::new("apis.yaml", catalogue)), ..program(notice) }
}

#[test]
fn short_files_that_stand_for_millions_of_apis_are_refused() {
    let rows = lines(600, &|n| format!("    r{n}: {{environment: prod, apis: [all]}}\n"));
    let errors = lines(600, &|_| "  - {text: gone, apis: [all]}\n".to_owned());
    let one_row = "    prod: {environment: prod, apis: [a1]}\n";
    let groups = lines(1_000, &|n| format!("  g{n}: {{title: G, apis: [a0, g{}]}}\n", n + 1));
    let nested = format!("{}{groups}  g1000: {{title: G, apis: [a0]}}\n", catalogue(1));
    let deep = lines(1_200, &|n| format!("    r{n}: {{environment: prod, apis: [g0]}}\n"));
    let wide = catalogue(600);
    for (what, catalogue, notice) in [
        ("a group in every row", &wide, format!("{NOTICE}{ROWS}{rows}")),
        ("a group in every error", &wide, format!("{NOTICE}{ROWS}{one_row}errors:\n{errors}")),
        ("nested groups in every row", &nested, format!("{NOTICE}{ROWS}{deep}")),
    ] {
        let checked = refused_in(what, &[program_of(catalogue, &notice)]);
        let told: Vec<_> = codes(&checked).into_iter().filter(|c| *c == "too-large").collect();
        assert_eq!(told.len(), 1, "{what}: {:?}", codes(&checked));
    }
}

#[test]
fn long_chains_are_followed_in_time() {
    const LINKS: usize = 2_000;
    let base = catalogue(1);
    let apis = lines(LINKS, &|n| format!("  b{n}: {{title: B, replaced_by: [b{}]}}\n", n + 1));
    let replaced = base.replace("groups:\n", &format!("{apis}groups:\n"));
    let groups = lines(LINKS, &|n| format!("  g{n}: {{title: G, apis: [a0, g{}]}}\n", n + 1));
    for (what, catalogue) in [
        ("replacements", format!("{replaced}  x: {{title: X, apis: [a{LINKS}]}}\n")),
        ("groups", format!("{base}{groups}  g{LINKS}: {{title: G, apis: [none]}}\n")),
        ("a circle of groups", format!("{base}{groups}  g{LINKS}: {{title: G, apis: [g0]}}\n")),
    ] {
        let notice = format!("{NOTICE}{ROWS}    prod: {{environment: prod, apis: [a0]}}\n");
        refused_in(what, &[program_of(&catalogue, &notice)]);
    }
}

#[test]
fn many_brownouts_that_repeat_are_refused() {
    let brownouts = |n: usize, every: &str| {
        let row = "    prod: {environment: prod, apis: [labels]}\n";
        let brownouts = lines(n, &|n| {
            let (day, minute) = (n / 60 + 1, n % 60);
            format!(
                "    b{n}: {{start: 2026-01-{day:02}T00:{minute:02}, length: 1 minute, \
                 repeat: {{every: {every}, until: 2026-08-30}}}}\n"
            )
        });
        format!("{NOTICE}{ROWS}{row}  brownouts:\n{brownouts}")
    };
    for (what, text) in [
        ("a brownout for every minute of the hour", brownouts(60, "1 hour")),
        ("a brownout for every minute of the week", brownouts(1_000, "4 weeks")),
    ] {
        let checked = refused(what, &text);
        assert!(codes(&checked).contains(&"too-many-brownouts"), "{what}: {:?}", codes(&checked));
    }
}

#[test]
fn bytes_that_only_look_like_text_are_refused() {
    for text in ["\0", "title: a\0b", "title: \"a\\0b\"", "\u{feff}\u{feff}", "title: \u{85}"] {
        refused(&format!("{text:?}"), text);
    }
}

#[test]
fn tabs_are_named_where_they_indent() {
    let checked = refused("a tab", "title: x\nschedule:\n\trows:\n");
    let problem = &checked.problems[0];
    assert_eq!(problem.place.line, 3);
    assert!(problem.help.as_ref().unwrap().contains("tab"), "{problem:?}");
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_change_nothing() {
    let text = include_str!("declarations/accepted/one-row.yaml");
    let mut notices = Vec::new();
    for text in [text.to_owned(), format!("\u{feff}{}", text.replace('\n', "\r\n"))] {
        let workspace = check(&[program(&text)]).workspace.expect("both are sound");
        notices.push(workspace.programs["parcels"].notices["any"].clone());
    }
    assert_eq!(notices[0], notices[1]);
}

#[test]
fn old_line_ends_count_as_line_ends() {
    let text = include_str!("declarations/accepted/one-row.yaml").replace('\n', "\r");
    let checked = check(&[program(&text)]);
    assert!(checked.workspace.is_some(), "{:?}", checked.problems);
}

proptest! {
    #[test]
    fn no_text_makes_check_panic(text in "(\\PC|[\n\t:&*{}\\[\\]'\"|>#%@-]){0,200}") {
        let checked = check(&[program(&text)]);
        prop_assert!(checked.workspace.is_none());
    }

    #[test]
    fn a_sound_notice_with_one_byte_changed_never_panics(at in 0usize..2000, byte in 0u8..128) {
        let text = include_str!("../../notices/usps-web-tools/tls-1.2.yaml");
        let mut bytes = text.as_bytes().to_vec();
        let at = at % bytes.len();
        bytes[at] = byte;
        let Ok(text) = String::from_utf8(bytes) else { return Ok(()) };
        check(&[program(&text)]);
    }
}
