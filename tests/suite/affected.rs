//! "Am I affected?": what is said of each thing that somebody may paste.

use crate::declared::sample_workspace;
use crate::web_service::{NOON, WORKSPACE, instant};
use fairwarning::impact::{Because, Finding, Index, Verdict};
use fairwarning::notice::Workspace;
use proptest::prelude::*;
use std::sync::{Arc, LazyLock};

static SAMPLES: LazyLock<Index> = LazyLock::new(|| Index::build(Arc::new(sample_workspace())));
static PARCELS: LazyLock<Index> = LazyLock::new(|| Index::build(Arc::new(WORKSPACE.clone())));

fn ask(index: &Index, text: &str) -> Vec<Finding> {
    index.affected(&index.pasted(text), instant(NOON))
}

fn one(index: &Index, text: &str) -> Finding {
    let found = ask(index, text);
    assert_eq!(found.len(), 1, "{text}: {found:?}");
    found.into_iter().next().unwrap()
}

fn rows(index: &Index, finding: &Finding) -> Vec<String> {
    let mut rows: Vec<_> =
        finding.lines.iter().map(|line| index.line(*line).row_id.to_string()).collect();
    rows.dedup();
    rows
}

/// The fixture after a change to its JSON.
fn parcels_where(change: impl FnOnce(&mut serde_json::Value)) -> Index {
    let mut json = serde_json::to_value(&*WORKSPACE).unwrap();
    change(&mut json["programs"]);
    let workspace: Workspace = serde_json::from_value(json).unwrap();
    Index::build(Arc::new(workspace))
}

#[test]
fn an_api_of_the_samples_is_affected_by_the_rows_that_name_it() {
    for name in ["Verify", "verify", "Address Validation", "usps-web-tools/Verify", "\"Verify\";"] {
        let found = one(&SAMPLES, name);
        assert_eq!((found.verdict, found.because), (Verdict::Affected, Because::Named), "{name}");
        let expected = ["test-first-wave", "prod-first-wave", "test-secure", "prod-secure"];
        assert_eq!(rows(&SAMPLES, &found), expected, "{name}");
    }
}

#[test]
fn a_host_or_url_of_the_samples_is_affected_however_it_is_spelled() {
    for url in [
        "secure.shippingapis.com",
        "SECURE.ShippingAPIs.com.",
        "secure.shippingapis.com:443",
        "//secure.shippingapis.com/",
        "https://secure.shippingapis.com",
        "https://secure.shippingapis.com:443/ShippingAPI.dll?API=Verify&XML=%3CUSERID%3E",
        "https://integrator:secret@secure.shippingapis.com./",
        "integrator:secret@secure.shippingapis.com",
        "<https://secure.shippingapis.com/ShippingAPI.dll>",
    ] {
        let found = one(&SAMPLES, url);
        assert_eq!(found.verdict, Verdict::Affected, "{url}");
        assert_eq!(rows(&SAMPLES, &found), ["prod-secure"], "{url}");
    }
    assert_eq!(one(&SAMPLES, "app.onepagecrm.com").verdict, Verdict::Affected);
    // As the office wrote it.
    assert_eq!(one(&SAMPLES, "staging-whitelabel.shippindapis.com").verdict, Verdict::Affected);
}

#[test]
fn what_is_not_declared_is_unknown_and_never_free() {
    for (text, because) in [
        ("example.org", Because::NotDeclared),
        ("noSuchApi", Because::NotDeclared),
        ("www.secure.shippingapis.com", Because::NotDeclared),
        ("shippingapis.com", Because::NotDeclared),
        ("https://secure.shippingapis.com.example.org/", Because::NotDeclared),
        ("https://127.1/", Because::NotDeclared),
        ("http://secure.shippingapis.com/", Because::PartlyDeclared),
        ("https://secure.shippingapis.com:8443/", Because::PartlyDeclared),
        ("ftp://secure.shippingapis.com/", Because::Unreadable),
        ("javascript://secure.shippingapis.com/%0Aalert(1)", Because::Unreadable),
        ("https://", Because::Unreadable),
        ("https://[::1", Because::Unreadable),
        ("https://user:pass@/", Because::Unreadable),
        // Who knows where the password ends?
        ("https://user:12/34@secure.shippingapis.com/", Because::Unreadable),
        ("https://user:?34@secure.shippingapis.com/", Because::Unreadable),
    ] {
        let found = one(&SAMPLES, text);
        assert_eq!((found.verdict, found.because), (Verdict::Unknown, because), "{text}");
        assert!(found.lines.is_empty(), "{text}");
    }
}

#[test]
fn what_is_declared_and_named_by_no_row_is_not_affected() {
    let index = parcels_where(|programs| programs["crm"]["notices"] = serde_json::json!({}));
    for free in ["contacts", "Deals", "crm/deals", "https://app.crm.example/api/v3/contacts"] {
        let found = one(&index, free);
        let expected = (Verdict::NotAffected, Because::NotNamed);
        assert_eq!((found.verdict, found.because), expected, "{free}");
    }
    // Nobody said anything about the rest of the host.
    for unknown in
        ["app.crm.example", "https://app.crm.example/", "https://app.crm.example/api/v30"]
    {
        let found = one(&index, unknown);
        let expected = (Verdict::Unknown, Because::PartlyDeclared);
        assert_eq!((found.verdict, found.because), expected, "{unknown}");
    }
}

#[test]
fn a_part_of_a_host_may_be_affected_where_another_is_free() {
    let index = parcels_where(|programs| {
        let urls = &mut programs["parcels"]["catalogue"]["environments"]["prod"]["urls"];
        urls["root"] = "https://api.parcels.example/".into();
    });
    for (url, verdict) in [
        ("https://api.parcels.example/v2/rates", Verdict::NotAffected),
        ("https://api.parcels.example/v10", Verdict::NotAffected),
        ("https://api.parcels.example/v1/rates", Verdict::Affected),
        // A careless server may take these for the same.
        ("https://api.parcels.example/%76%31/rates", Verdict::Affected),
        ("https://api.parcels.example/V1/rates", Verdict::Affected),
        ("https://api.parcels.example//v1//rates", Verdict::Affected),
        ("https://api.parcels.example/x/../v1", Verdict::Affected),
        ("https://api.parcels.example/v1;session=1/rates", Verdict::Affected),
        ("https://api.parcels.example/", Verdict::Affected),
        ("api.parcels.example", Verdict::Affected),
    ] {
        assert_eq!(one(&index, url).verdict, verdict, "{url}");
    }
}

#[test]
fn what_was_cancelled_affects_nobody_and_what_is_paused_still_may() {
    let cancelled = one(&PARCELS, "deals");
    let paused = one(&PARCELS, "contacts");
    let states: Vec<_> = [&cancelled, &paused]
        .map(|found| PARCELS.line(found.lines[0]).state(instant(NOON)).as_str())
        .to_vec();
    let (cancelled, paused) = match states.as_slice() {
        ["cancelled", "paused"] => (cancelled, paused),
        ["paused", "cancelled"] => (paused, cancelled),
        other => panic!("{other:?}"),
    };
    let expected = (Verdict::NotAffected, Because::Cancelled);
    assert_eq!((cancelled.verdict, cancelled.because), expected);
    assert_eq!(cancelled.lines.len(), 1, "the row that was cancelled is shown");
    assert_eq!(paused.verdict, Verdict::Affected);
}

#[test]
fn an_address_of_an_api_of_its_own_is_affected_with_the_api() {
    let index = parcels_where(|programs| {
        let api = &mut programs["parcels"]["catalogue"]["apis"]["tracking"];
        api["urls"] = serde_json::json!(["https://track.parcels.example:8443/live"]);
    });
    for url in ["track.parcels.example:8443", "https://track.parcels.example:8443/live/now"] {
        let found = one(&index, url);
        assert_eq!(found.verdict, Verdict::Affected, "{url}");
        assert_eq!(rows(&index, &found), ["prod-rest"], "{url}");
    }
    assert_eq!(one(&index, "https://track.parcels.example/live").verdict, Verdict::Unknown);
}

#[test]
fn a_host_of_another_script_is_the_same_in_either_form() {
    let index = parcels_where(|programs| {
        let urls = &mut programs["parcels"]["catalogue"]["environments"]["prod"]["urls"];
        urls["alt"] = "https://bücher.example/".into();
    });
    for host in ["bücher.example", "BÜCHER.example.", "xn--bcher-kva.example"] {
        assert_eq!(one(&index, host).verdict, Verdict::Affected, "{host}");
    }
    assert_eq!(one(&index, "bucher.example").verdict, Verdict::Unknown);
}

#[test]
fn entries_are_lines_or_stand_between_commas_and_blanks_and_count_once() {
    let found = ask(&SAMPLES, "Verify, Status\r\n\r\n Address Validation \n\tnope Verify,,");
    let asked: Vec<_> = found.iter().map(|f| f.asked.as_deref().unwrap()).collect();
    assert_eq!(asked, ["Verify", "Status", "Address Validation", "nope"]);
    assert!(ask(&SAMPLES, " \n,; ").is_empty());
}

#[test]
fn many_entries_show_fewer_rows_each_and_say_so() {
    let many: Vec<_> = (0..499).map(|n| format!("nothing{n}")).chain(["Verify".into()]).collect();
    let entries: Vec<_> = many.iter().map(|text| SAMPLES.pasted_entry(text).unwrap()).collect();
    let found = SAMPLES.affected(&entries, instant(NOON));
    let last = found.last().unwrap();
    assert_eq!((last.verdict, last.lines.len(), last.has_more), (Verdict::Affected, 2, true));
}

fn spelled(text: &'static str) -> impl Strategy<Value = String> {
    prop::collection::vec(any::<bool>(), text.len()).prop_map(move |upper| {
        let each = text.chars().zip(upper);
        each.map(|(c, upper)| if upper { c.to_ascii_uppercase() } else { c }).collect()
    })
}

proptest! {
    #[test]
    fn any_spelling_of_an_affected_address_is_affected_and_tells_no_secret(
        host in spelled("secure.shippingapis.com"),
        dot in prop::sample::select(vec!["", "."]),
        port in prop::sample::select(vec!["", ":443"]),
        user in "[a-z0-9]{0,6}", password in "zq[A-Z0-9!$*]{8}",
        path in "(/[a-z0-9.%_~-]{0,8}){0,4}",
        query in "qz[a-zA-Z0-9=&]{6}",
        end in prop::sample::select(vec!["?", "#", "/?"]),
    ) {
        let url = format!("https://{user}:{password}@{host}{dot}{port}{path}{end}{query}");
        let found = one(&SAMPLES, &url);
        prop_assert_eq!(found.verdict, Verdict::Affected);
        let told = format!("{found:?}");
        prop_assert!(!told.contains(&password) && !told.contains(&query), "{}", told);
    }

    #[test]
    fn any_text_is_answered_and_what_is_not_found_is_unknown(text in "\\PC{0,300}|[a-z:/@.?#%\\[\\]\\\\ ]{0,100}") {
        for found in ask(&SAMPLES, &text) {
            if found.verdict != Verdict::Unknown {
                let asked = found.asked.clone().unwrap_or_default().to_lowercase();
                let hosts = ["usps.com", "shippingapis.com", "shippindapis.com", "onepagecrm.com", "constantcontact.com"];
                prop_assert!(!found.apis.is_empty() || hosts.iter().any(|host| asked.contains(host)));
            }
            prop_assert_eq!(found.verdict == Verdict::Affected, found.because == Because::Named);
        }
    }

    #[test]
    fn no_path_makes_an_affected_host_free(path in "[a-zA-Z0-9/%.;_~@-]{0,60}") {
        for scheme in ["https://", "http://", ""] {
            for found in ask(&SAMPLES, &format!("{scheme}webtools.usps.com/{path}")) {
                prop_assert_ne!(found.verdict, Verdict::NotAffected);
            }
        }
    }

    #[test]
    fn a_secret_before_an_at_sign_is_never_told(
        start in "[a-z0-9]{0,4}[/:.?#!$%&-]{0,2}", end in "[/:.?#!$%&-]{0,2}[a-z0-9]{0,4}", host in "[a-z]{1,8}\\.example",
        scheme in prop::sample::select(vec!["https://", "http://", "", "ftp://", "//"]),
    ) {
        let text = format!("{scheme}me:{start}zqcanary{end}@{host}");
        for found in ask(&SAMPLES, &text) {
            let told = format!("{found:?}");
            prop_assert!(!told.contains("zqcanary"), "{}: {}", text, told);
        }
    }
}
