//! Dates named in text.

use fairwarning::notice::placeholders;
use proptest::prelude::*;

fn found(text: &str) -> Vec<(Option<&str>, &str)> {
    placeholders(text).map(|p| (p.row, p.name)).collect()
}

#[test]
fn a_general_date_and_a_rows_date_are_found() {
    let text = "From {{cutoff}}, for secure hosts {{prod-secure.cutoff}}.";
    assert_eq!(found(text), [(None, "cutoff"), (Some("prod-secure"), "cutoff")]);
    let ranges: Vec<_> = placeholders(text).map(|p| &text[p.range]).collect();
    assert_eq!(ranges, ["{{cutoff}}", "{{prod-secure.cutoff}}"]);
}

#[test]
fn a_row_id_may_hold_dots() {
    assert_eq!(found("{{v1.2.enforced}}"), [(Some("v1.2"), "enforced")]);
}

#[test]
fn blanks_inside_the_braces_change_nothing() {
    assert_eq!(found("{{ cutoff }}"), [(None, "cutoff")]);
}

#[test]
fn a_misspelt_name_is_found_so_that_the_checker_can_speak_of_it() {
    assert_eq!(found("{{cutof}}"), [(None, "cutof")]);
}

#[test]
fn other_braces_are_text() {
    for text in [
        "{{7*7}}",
        "{{}}",
        "{{ }}",
        "{cutoff}",
        "{{cutoff}",
        "{{cut off}}",
        "{{.cutoff}}",
        "{{cutoff.}}",
        "{{get_env(name=\"HOME\")}}",
        "{{",
        "}}",
        "{{\n}}",
        "{{-cutoff}}",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn text_in_braces_does_not_hide_a_name_behind_it() {
    assert_eq!(found("{{7*7 {{cutoff}} }}"), [(None, "cutoff")]);
    assert_eq!(found("{{{cutoff}}}"), [(None, "cutoff")]);
}

proptest! {
    #[test]
    fn every_range_lies_in_order_within_the_text(text in "[{}a-z. é]{0,40}") {
        let mut last = 0;
        for found in placeholders(&text) {
            prop_assert!(found.range.start >= last);
            prop_assert!(text[found.range.clone()].starts_with("{{"));
            prop_assert!(text[found.range.clone()].ends_with("}}"));
            last = found.range.end;
        }
    }
}
