//! What operations answer and which dates their headers give, held against the schedule.

use crate::drifting::{at, program, reasons};
use fairwarning::drift;
use fairwarning::notice::{
    Acceptance, Finding, HttpFinding, Judgement, Program, TlsVersion, Verdict, WatchTarget, Weight,
};
use std::collections::BTreeMap;

const APIS: &str = "environments:\n  prod: {title: PROD, stage: production, \
    urls: {main: \"https://api.parcels.example/rest/\"}}\n\
    apis:\n  labels:\n    title: Labels\n    replaced_by: none\n    versions: [v1, v2]\n    operations:\n      \
    - GET /v1/labels\n      - GET /v2/labels\n      - GET /v1/labels/{id}\n      \
    - POST /v1/labels\n      - GET /formats\n  tracking: {title: Tracking, replaced_by: none}\n\
    cohorts:\n  extended: {title: Extended contracts}\n";

const CUTOFF: &str = "  rows:\n    prod: {environment: prod, apis: [labels GET /v1/labels], \
    deprecation: 2020-03-01, cutoff: 2020-07-01}\n";

/// A notice of this kind, with these lines of its schedule and after.
fn notice(kind: &str, schedule: &str) -> Program {
    let text = format!(
        "title: Labels 1 ends\nkind: {kind}\nannounced: 2020-01-01\nends: [Labels 1]\n\
         summary: It ends.\nschedule:\n  zone: America/New_York\n{schedule}"
    );
    program(APIS, &[("labels", &text)])
}

fn retirement(schedule: &str) -> Program {
    notice("retirement", schedule)
}

fn asked(program: &Program) -> Vec<String> {
    drift::targets(program).iter().map(|target| target.url.to_string()).collect()
}

fn only_target(program: &Program) -> WatchTarget {
    let mut all = drift::targets(program);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

fn answer(program: &Program, status: u16, headers: &[(&str, &str)], text: &str) -> Finding {
    let headers: BTreeMap<_, _> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let excerpt = text.to_owned();
    Finding {
        url: only_target(program).url,
        address: None,
        at: at("2020-01-01"),
        transport: BTreeMap::from([(TlsVersion::Tls12, Acceptance::Accepted)]),
        http: BTreeMap::from([(
            TlsVersion::Tls12,
            HttpFinding::Answered { status, headers, excerpt },
        )]),
        plain: None,
        failure: None,
    }
}

fn judge(program: &Program, finding: &Finding, moment: &str) -> Judgement {
    let target = only_target(program);
    drift::judge(program, &target, std::slice::from_ref(finding), at(moment))
}

fn status(program: &Program, status: u16, moment: &str) -> Judgement {
    judge(program, &answer(program, status, &[], ""), moment)
}

fn headers(program: &Program, sent: &[(&str, &str)]) -> Judgement {
    judge(program, &answer(program, 200, sent, ""), "2020-05-01")
}

const GONE: &str = "errors:\n  - {text: Labels 1 is gone, status: 410, during: both}\n";

#[test]
fn only_what_anybody_can_ask_for_by_its_address_is_asked() {
    let row = |apis: &str| {
        format!("  rows:\n    prod: {{environment: prod, apis: [{apis}], cutoff: 2020-07-01}}\n")
    };
    let base = "https://api.parcels.example/rest";
    let of_version = retirement(&row("labels@v1"));
    assert_eq!(asked(&of_version), [format!("{base}/v1/labels")]);
    let of_api = retirement(&row("labels"));
    let all = ["/v1/labels", "/v2/labels", "/formats"].map(|path| format!("{base}{path}"));
    assert_eq!(asked(&of_api), all);
    // Neither a version that no address tells, nor what has no operations, nor what writes.
    assert!(asked(&retirement(&row("labels@v1 GET /formats"))).is_empty());
    assert!(asked(&retirement(&row("tracking"))).is_empty());
    assert!(asked(&retirement(&row("labels POST /v1/labels"))).is_empty());
    // A way to authenticate is nothing that a stranger could try.
    assert!(asked(&notice("authentication", &row("labels"))).is_empty());
    let cohort = "  rows:\n    prod: {environment: prod, apis: [labels], cohort: extended, \
                  cutoff: 2020-07-01}\n";
    assert!(asked(&retirement(cohort)).is_empty());
}

#[test]
fn a_retired_operation_answers_the_declared_status_after_its_cutoff_and_not_before() {
    let program = retirement(&format!("{CUTOFF}{GONE}"));
    assert_eq!(status(&program, 200, "2020-06-01").verdict, Verdict::Conforming);
    assert_eq!(status(&program, 410, "2020-07-04").verdict, Verdict::Conforming);
    let still = status(&program, 200, "2020-07-04T04:00:00Z");
    let said = "PROD still answers GET /v1/labels with 200 three days after its cutoff";
    assert_eq!((still.verdict, reasons(&still)), (Verdict::Drifting, vec![said]));
    let early = status(&program, 410, "2020-06-29T04:00:00Z");
    let said = "PROD answers GET /v1/labels with 410 two days early";
    assert_eq!((early.verdict, reasons(&early)), (Verdict::Drifting, vec![said]));
    let other = status(&program, 404, "2020-07-04");
    let said = "PROD answers GET /v1/labels with 404, and the notice declares 410";
    assert_eq!((other.verdict, reasons(&other)), (Verdict::Drifting, vec![said]));
}

#[test]
fn where_no_status_is_declared_to_be_gone_is_enough() {
    let program = retirement(CUTOFF);
    for gone in [404, 410] {
        assert_eq!(status(&program, gone, "2020-07-04").verdict, Verdict::Conforming, "{gone}");
    }
    assert_eq!(status(&program, 204, "2020-07-04").verdict, Verdict::Drifting);
}

#[test]
fn an_answer_that_may_mean_something_else_tells_nothing() {
    let program = retirement(&format!("{CUTOFF}{GONE}"));
    for little in [301, 401, 403, 429, 503] {
        let found = status(&program, little, "2020-07-04");
        assert_eq!(found.verdict, Verdict::Undetermined, "{little}");
    }
    for little in [401, 404, 503] {
        let found = status(&program, little, "2020-06-01");
        assert_eq!(found.verdict, Verdict::Undetermined, "{little}");
    }
    // Where it is declared, it tells something after the cutoff, and before it only in words.
    let refused = "errors:\n  - {text: Labels 1 is gone, status: 403}\n";
    let program = retirement(&format!("{CUTOFF}{refused}"));
    assert_eq!(status(&program, 403, "2020-07-04").verdict, Verdict::Conforming);
    assert_eq!(status(&program, 403, "2020-06-01").verdict, Verdict::Undetermined);
    let told = answer(&program, 403, &[], "Sorry: Labels 1 is gone.");
    assert_eq!(judge(&program, &told, "2020-06-01").verdict, Verdict::Drifting);
}

#[test]
fn a_brownout_answers_its_own_status() {
    let brownout = "  brownouts:\n    noon: {rows: [prod], start: 2020-06-10T12:00, \
                    length: 2 hours}\nerrors:\n  - {text: Back soon, status: 503, during: brownout}\n  \
                    - {text: Gone, status: 410}\n";
    let program = retirement(&format!("{CUTOFF}{brownout}"));
    let noon = "2020-06-10T17:00:00Z";
    assert_eq!(status(&program, 503, noon).verdict, Verdict::Conforming);
    let served = status(&program, 200, noon);
    let said = "PROD answers GET /v1/labels with 200 during a brownout that began one hour ago";
    assert_eq!((served.verdict, reasons(&served)), (Verdict::Drifting, vec![said]));
    assert_eq!(status(&program, 410, noon).verdict, Verdict::Drifting);
    assert_eq!(status(&program, 200, "2020-06-10T15:00:00Z").verdict, Verdict::Conforming);
}

#[test]
fn a_brownout_without_a_declared_status_is_an_outage() {
    let brownout = "  brownouts:\n    noon: {rows: [prod], start: 2020-06-10T12:00, \
                    length: 2 hours}\n";
    let program = retirement(&format!("{CUTOFF}{brownout}"));
    let noon = "2020-06-10T17:00:00Z";
    assert_eq!(status(&program, 503, noon).verdict, Verdict::Conforming);
    assert_eq!(status(&program, 500, noon).verdict, Verdict::Undetermined);
    assert_eq!(status(&program, 503, "2020-07-04").verdict, Verdict::Undetermined);
}

#[test]
fn rows_that_are_paused_or_due_demand_nothing_of_an_operation() {
    let paused = format!("{CUTOFF}{GONE}amendments:\n  - {{date: 2020-06-15, kind: paused}}\n");
    let vague = "  rows:\n    prod: {environment: prod, apis: [labels GET /v1/labels], \
                 cutoff: 2020-Q3}\n";
    for program in [retirement(&paused), retirement(vague)] {
        for answered in [200, 410] {
            let found = status(&program, answered, "2020-08-01");
            assert_eq!(found.verdict, Verdict::Conforming, "{found:?}");
        }
    }
}

#[test]
fn headers_that_say_what_is_declared_are_right_by_either_clock() {
    let program = retirement(CUTOFF);
    for right in ["Wed, 01 Jul 2020 00:00:00 GMT", "Wed, 01 Jul 2020 04:00:00 GMT"] {
        let found = headers(&program, &[("sunset", right), ("deprecation", "@1583020800")]);
        assert_eq!(found.verdict, Verdict::Conforming, "{found:?}");
    }
    let exact = "  rows:\n    prod: {environment: prod, apis: [labels GET /v1/labels], \
                 cutoff: 2020-07-01T09:00}\n";
    let program = retirement(exact);
    let of = |time: &str| headers(&program, &[("Sunset", &format!("Wed, 01 Jul 2020 {time} GMT"))]);
    assert_eq!(of("13:00:00").verdict, Verdict::Conforming);
    assert_eq!(of("09:00:00").verdict, Verdict::Drifting);
}

#[test]
fn headers_that_say_otherwise_drift() {
    let program = retirement(CUTOFF);
    let sunset = headers(&program, &[("sunset", "Thu, 31 Dec 2020 00:00:00 GMT")]);
    let said = "PROD sends `Sunset: Thu, 31 Dec 2020 00:00:00 GMT` for GET /v1/labels, and the \
                notice declares 2020-07-01";
    assert_eq!((sunset.verdict, reasons(&sunset)), (Verdict::Drifting, vec![said]));
    let deprecation = headers(&program, &[("deprecation", "@1577836800")]);
    let said = "PROD sends `Deprecation: @1577836800` for GET /v1/labels, and the notice declares \
                2020-03-01";
    assert_eq!((deprecation.verdict, reasons(&deprecation)), (Verdict::Drifting, vec![said]));
    let undated = "  rows:\n    prod: {environment: prod, apis: [labels GET /v1/labels], \
                   cutoff: to be announced}\n";
    let promised = headers(&retirement(undated), &[("sunset", "Wed, 01 Jul 2020 00:00:00 GMT")]);
    assert_eq!(promised.verdict, Verdict::Drifting, "{promised:?}");
}

#[test]
fn headers_that_are_absent_are_no_drift_and_unreadable_ones_are_noted() {
    let program = retirement(CUTOFF);
    assert_eq!(headers(&program, &[]).remarks, []);
    let found = headers(&program, &[("deprecation", "true"), ("sunset", "soon")]);
    assert_eq!(found.verdict, Verdict::Conforming);
    assert!(found.remarks.iter().all(|remark| remark.weight == Weight::Note));
    assert_eq!(found.remarks.len(), 2);
}

#[test]
fn a_sunset_anywhere_in_a_rolling_cutoff_is_right() {
    let rolling = "  rows:\n    prod: {environment: prod, apis: [labels GET /v1/labels], \
                   cutoff: 2020-07-01, complete: 2020-09-01}\n";
    let program = retirement(rolling);
    let of = |day: &str| headers(&program, &[("sunset", &format!("{day} 2020 00:00:00 GMT"))]);
    assert_eq!(of("Sat, 15 Aug").verdict, Verdict::Conforming);
    assert_eq!(of("Thu, 15 Oct").verdict, Verdict::Drifting);
}

#[test]
fn without_an_answer_nothing_is_known() {
    let program = retirement(CUTOFF);
    let mut found = answer(&program, 200, &[], "");
    found.http.clear();
    found.failure = Some("the name has no address".to_owned());
    let judged = judge(&program, &found, "2020-07-04");
    let said =
        "what PROD answers to GET /v1/labels could not be found out: the name has no address";
    assert_eq!((judged.verdict, reasons(&judged)), (Verdict::Undetermined, vec![said]));
}
