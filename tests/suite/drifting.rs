//! What a URL accepts, held against the schedule at a moment: sentences about TLS.

use chrono::{DateTime, Utc};
use fairwarning::drift;
use fairwarning::notice::{
    Acceptance, Difference, Finding, HttpFinding, HttpUrl, Judgement, Program, ProgramId, Refusal,
    TlsVersion, Verdict, WatchStanding, WatchTarget, Weight, Workspace,
};
use std::collections::BTreeMap;
use std::net::IpAddr;

const PROGRAM: &str = "title: Parcel API\noffice: {name: Parcel Office}\n\
    sender: {address: notices@office.example}\nzone: UTC\n";
const APIS: &str = "environments:\n  prod: {title: PROD, stage: production, \
    urls: {main: \"https://api.parcels.example\", plain: \"http://api.parcels.example\"}}\n\
    apis:\n  labels: {title: Labels}\n  tracking: {title: Tracking}\n\
    cohorts:\n  extended: {title: Extended contracts}\n";

/// A notice that ends TLS 1.0 and 1.1, with these lines of its schedule and after.
fn tls(schedule: &str) -> Program {
    ending("[TLS 1.0, TLS 1.1]", "[TLS 1.2 or above]", schedule)
}

fn ending(ends: &str, needs: &str, schedule: &str) -> Program {
    let notice = format!(
        "title: TLS 1.0 ends\nkind: protocol\nannounced: 2020-01-01\nends: {ends}\n\
         needs: {needs}\nsummary: It ends.\nschedule:\n{schedule}"
    );
    program(APIS, &[("tls", &notice)])
}

/// A program of this catalogue and these notices, each with its id.
pub fn program(apis: &str, notices: &[(&str, &str)]) -> Program {
    program_with("", apis, notices)
}

/// The same with more lines in its settings.
pub fn program_with(settings: &str, apis: &str, notices: &[(&str, &str)]) -> Program {
    use fairwarning::declaration::{ProgramSource, SourceFile, check};
    let file = |(id, text): &(&str, &str)| ((*id).to_owned(), SourceFile::new("n.yaml", text));
    let checked = check(&[ProgramSource {
        id: "parcels".to_owned(),
        program: SourceFile::new("program.yaml", &format!("{PROGRAM}{settings}")),
        apis: Some(SourceFile::new("apis.yaml", apis)),
        notices: notices.iter().map(file).collect(),
        translations: Vec::new(),
    }]);
    let Some(Workspace { mut programs }) = checked.workspace else {
        panic!("{:#?}", checked.problems)
    };
    programs.shift_remove(&"parcels".parse::<ProgramId>().unwrap()).unwrap()
}

fn target(program: &Program) -> WatchTarget {
    WatchTarget::url(program, &"prod".parse().unwrap(), &"main".parse().unwrap()).unwrap()
}

/// A moment, or the beginning of a day by UTC.
pub fn at(text: &str) -> DateTime<Utc> {
    let text = if text.contains('T') { text.to_owned() } else { format!("{text}T00:00:00Z") };
    text.parse().unwrap()
}

/// A server at one address that accepts these versions and answers 200 over each.
fn server(accepted: &[TlsVersion]) -> Finding {
    let transport = TlsVersion::ALL.map(|version| {
        let answer = match accepted.contains(&version) {
            true => Acceptance::Accepted,
            false => Acceptance::Refused { by: Refusal::Alert { code: 70 } },
        };
        (version, answer)
    });
    let http = accepted.iter().map(|version| (*version, answered(200, "ok"))).collect();
    Finding {
        url: "https://api.parcels.example".parse::<HttpUrl>().unwrap(),
        address: Some(IpAddr::from([192, 0, 2, 1])),
        at: at("2020-01-01"),
        transport: transport.into_iter().collect(),
        http,
        plain: None,
        failure: None,
    }
}

fn answered(status: u16, text: &str) -> HttpFinding {
    HttpFinding::Answered { status, headers: BTreeMap::new(), excerpt: text.to_owned() }
}

fn judge(program: &Program, finding: &Finding, moment: &str) -> Judgement {
    drift::judge(program, &target(program), std::slice::from_ref(finding), at(moment))
}

/// What is said, remark by remark.
pub fn reasons(judgement: &Judgement) -> Vec<&str> {
    judgement.remarks.iter().map(|remark| remark.sentence.as_str()).collect()
}

use TlsVersion::{Ssl3, Tls10, Tls11, Tls12, Tls13};

const ROW: &str = "  rows:\n    prod: {environment: prod, apis: [labels], cutoff: 2020-07-01}\n";
const OLD: [TlsVersion; 4] = [Tls10, Tls11, Tls12, Tls13];
const NEW: [TlsVersion; 2] = [Tls12, Tls13];

#[test]
fn a_version_that_ends_is_accepted_before_its_cutoff_and_not_after_it() {
    let program = tls(ROW);
    assert_eq!(judge(&program, &server(&OLD), "2020-06-01").verdict, Verdict::Conforming);
    assert_eq!(judge(&program, &server(&NEW), "2020-07-04").verdict, Verdict::Conforming);
}

#[test]
fn who_still_accepts_it_three_days_after_the_cutoff_drifts() {
    let program = tls(ROW);
    let found = judge(&program, &server(&[Tls10, Tls12]), "2020-07-04");
    assert_eq!(found.verdict, Verdict::Drifting);
    assert_eq!(reasons(&found), ["PROD still accepts TLS 1.0 three days after its cutoff"]);
    let remark = &found.remarks[0];
    assert_eq!(remark.difference, Difference::StillAccepted { version: Tls10 });
    assert_eq!(remark.declared, Some(at("2020-07-01")));
    assert_eq!(remark.seconds_after, Some(3 * 86_400));
    let against = (remark.notice.as_ref().unwrap().as_str(), remark.row.as_ref().unwrap().as_str());
    assert_eq!(against, ("tls", "prod"));
}

#[test]
fn who_blocks_it_two_days_early_drifts() {
    let found = judge(&tls(ROW), &server(&[Tls11, Tls12]), "2020-06-29");
    assert_eq!(found.verdict, Verdict::Drifting);
    let said = "PROD blocks TLS 1.0 two days early (alert 70, protocol_version)";
    assert_eq!(reasons(&found), [said]);
    assert_eq!(found.remarks[0].seconds_after, Some(-2 * 86_400));
}

#[test]
fn at_least_one_of_the_versions_that_are_needed_is_accepted_at_any_time() {
    let program = tls(ROW);
    for moment in ["2020-06-01", "2020-07-04"] {
        let found = judge(&program, &server(&[Tls10, Tls11]), moment);
        assert_eq!(found.verdict, Verdict::Drifting, "{moment}");
        let said = "PROD accepts none of TLS 1.2 and TLS 1.3, which clients are told to speak";
        assert!(reasons(&found).contains(&said), "{found:?}");
    }
    assert_eq!(judge(&program, &server(&[Tls13]), "2020-07-04").verdict, Verdict::Conforming);
}

#[test]
fn nothing_accepted_is_undetermined_and_never_conforming() {
    let program = tls(ROW);
    for moment in ["2020-06-01", "2020-07-04"] {
        let found = judge(&program, &server(&[]), moment);
        assert_eq!(found.verdict, Verdict::Undetermined, "{moment}");
    }
    let mut nowhere = server(&[]);
    nowhere.transport.clear();
    nowhere.address = None;
    nowhere.failure = Some("the name has no address".to_owned());
    let found = judge(&program, &nowhere, "2020-07-04");
    let said = "nothing could be found out about PROD: the name has no address";
    assert_eq!((found.verdict, reasons(&found)), (Verdict::Undetermined, vec![said]));
    let none = drift::judge(&program, &target(&program), &[], at("2020-07-04"));
    assert_eq!(none.verdict, Verdict::Undetermined);
}

#[test]
fn a_version_that_could_not_be_found_out_leaves_it_undetermined_unless_another_drifts() {
    let program = tls(ROW);
    let mut found = server(&NEW);
    let why = Acceptance::Undetermined { why: "it answered nothing".to_owned() };
    found.transport.insert(Tls10, why);
    let judged = judge(&program, &found, "2020-07-04");
    assert_eq!(judged.verdict, Verdict::Undetermined);
    let said = "whether PROD accepts TLS 1.0 could not be found out: it answered nothing";
    assert_eq!(reasons(&judged), [said]);
    found.transport.insert(Tls11, Acceptance::Accepted);
    let judged = judge(&program, &found, "2020-07-04");
    assert_eq!(judged.verdict, Verdict::Drifting);
    assert_eq!(judged.remarks.len(), 2);
}

#[test]
fn a_handshake_that_is_completed_and_answered_with_the_declared_error_is_a_block() {
    let usps = "  rows:\n    prod: {environment: prod, apis: [labels], cutoff: 2020-07-01}\n\
                errors:\n  - text: protocol type TLS 1.0/1.1 not available.\n";
    let program = tls(usps);
    let mut found = server(&OLD);
    for version in [Tls10, Tls11] {
        let text = "<h1>Protocol type TLS 1.0/1.1 not available</h1>";
        found.http.insert(version, answered(403, text));
    }
    assert_eq!(judge(&program, &found, "2020-07-04").verdict, Verdict::Conforming);
    let early = judge(&program, &found, "2020-06-30");
    assert_eq!(early.verdict, Verdict::Drifting);
    assert_eq!(reasons(&early)[0], "PROD completes TLS 1.0 and answers 403 over it, one day early");
}

#[test]
fn an_error_that_everybody_gets_blocks_no_version() {
    let program = tls(ROW);
    let mut found = server(&OLD);
    for version in OLD {
        found.http.insert(version, answered(404, "no such page"));
    }
    assert_eq!(judge(&program, &found, "2020-06-30").verdict, Verdict::Conforming);
    assert_eq!(judge(&program, &found, "2020-07-04").verdict, Verdict::Drifting);
}

#[test]
fn a_block_by_an_answer_that_nobody_declared_is_noted() {
    let program = tls(ROW);
    let mut found = server(&[Tls10, Tls12]);
    found.http.insert(Tls10, answered(426, "upgrade"));
    let judged = judge(&program, &found, "2020-07-04");
    assert_eq!(judged.verdict, Verdict::Conforming);
    let said = "PROD blocks TLS 1.0 by an answer that the notice does not declare: 426";
    assert_eq!(reasons(&judged), [said]);
    assert_eq!(judged.remarks[0].weight, Weight::Note);
}

#[test]
fn a_fault_over_one_version_alone_tells_nothing() {
    let program = tls(ROW);
    let mut found = server(&OLD);
    found.http.insert(Tls10, answered(503, "busy"));
    assert_eq!(judge(&program, &found, "2020-06-30").verdict, Verdict::Undetermined);
    let why = "connection reset".to_owned();
    found.http.insert(Tls10, HttpFinding::Failed { why });
    assert_eq!(judge(&program, &found, "2020-06-30").verdict, Verdict::Undetermined);
}

#[test]
fn within_a_vague_or_rolling_cutoff_either_is_right() {
    let rows = [
        "cutoff: 2020-Q3",
        "cutoff: not before 2020-07-01",
        "cutoff: 2020-07-01, complete: 2020-09-01",
    ];
    for dates in rows {
        let row = format!("  rows:\n    prod: {{environment: prod, apis: [labels], {dates}}}\n");
        let program = tls(&row);
        for accepted in [&OLD[..], &NEW[..]] {
            let found = judge(&program, &server(accepted), "2020-08-01");
            assert_eq!(found.verdict, Verdict::Conforming, "{dates}: {found:?}");
        }
    }
    let rolling = tls("  rows:\n    prod: {environment: prod, apis: [labels], \
                       cutoff: 2020-07-01, complete: 2020-09-01}\n");
    let late = judge(&rolling, &server(&OLD), "2020-09-03");
    assert_eq!(reasons(&late)[0], "PROD still accepts TLS 1.0 two days after its cutoff");
}

#[test]
fn without_a_date_a_version_stays() {
    let program = tls("  rows:\n    prod: {environment: prod, apis: [labels], \
                       cutoff: to be announced}\n");
    assert_eq!(judge(&program, &server(&OLD), "2020-08-01").verdict, Verdict::Conforming);
    let found = judge(&program, &server(&[Tls11, Tls12]), "2020-08-01");
    assert!(reasons(&found)[0].contains("although no cutoff is set"), "{found:?}");
}

#[test]
fn rows_that_are_paused_or_cancelled_demand_nothing() {
    for kind in ["paused", "cancelled"] {
        let text = format!("{ROW}amendments:\n  - {{date: 2020-06-15, kind: {kind}}}\n");
        let program = tls(&text);
        for accepted in [&OLD[..], &NEW[..], &[Tls10]] {
            for moment in ["2020-06-20", "2020-07-04"] {
                let found = judge(&program, &server(accepted), moment);
                assert_eq!(found.verdict, Verdict::Conforming, "{kind}, {moment}: {found:?}");
            }
        }
        let before = judge(&program, &server(&NEW), "2020-06-10");
        assert_eq!(before.verdict, Verdict::Drifting, "{kind}");
    }
}

#[test]
fn a_brownout_demands_what_the_cutoff_does_and_leaves_the_time_between_alone() {
    let program = tls(&format!(
        "{ROW}  brownouts:\n    noon: {{rows: [prod], start: 2020-06-10T12:00, length: 2 hours}}\n"
    ));
    let during = judge(&program, &server(&OLD), "2020-06-10T13:00:00Z");
    let said = "PROD accepts TLS 1.0 during a brownout that began one hour ago";
    assert_eq!((during.verdict, reasons(&during)[0]), (Verdict::Drifting, said));
    let blocked = judge(&program, &server(&NEW), "2020-06-10T13:00:00Z");
    assert_eq!(blocked.verdict, Verdict::Conforming);
    for moment in ["2020-06-10T11:00:00Z", "2020-06-10T15:00:00Z"] {
        assert_eq!(judge(&program, &server(&OLD), moment).verdict, Verdict::Conforming);
        assert_eq!(judge(&program, &server(&NEW), moment).verdict, Verdict::Drifting);
    }
}

#[test]
fn a_brownout_of_some_apis_demands_nothing_of_their_url() {
    let program = tls(
        "  rows:\n    prod: {environment: prod, apis: [labels, tracking], cutoff: 2020-07-01}\n\
         \x20 brownouts:\n    noon: {rows: [prod], start: 2020-06-10T12:00, length: 2 hours, apis: [labels]}\n",
    );
    for accepted in [&OLD[..], &NEW[..]] {
        let found = judge(&program, &server(accepted), "2020-06-10T13:00:00Z");
        assert_eq!(found.verdict, Verdict::Conforming, "{found:?}");
    }
}

#[test]
fn what_is_on_record_outweighs_the_plan() {
    let dated = |enforced: &str| {
        tls(&format!(
            "  rows:\n    prod: {{environment: prod, apis: [labels], cutoff: 2020-07-01, \
             enforced: {enforced}}}\n"
        ))
    };
    let late = dated("2020-07-10");
    let between = judge(&late, &server(&[Tls10, Tls12]), "2020-07-04");
    assert_eq!(between.verdict, Verdict::Conforming);
    let said = "PROD accepts TLS 1.0 three days after its cutoff, and it is on record that the \
                cutoff comes late";
    assert_eq!(reasons(&between), [said]);
    assert_eq!(judge(&late, &server(&NEW), "2020-07-04").verdict, Verdict::Conforming);
    let after = judge(&late, &server(&OLD), "2020-07-11");
    assert_eq!(reasons(&after)[0], "PROD still accepts TLS 1.0 one day after its cutoff");
    // Brought forward, and on record: nobody is early.
    let early = dated("2020-06-20");
    assert_eq!(judge(&early, &server(&NEW), "2020-06-25").verdict, Verdict::Conforming);
    assert_eq!(judge(&early, &server(&OLD), "2020-06-25").verdict, Verdict::Drifting);
}

#[test]
fn a_url_that_rows_share_keeps_a_version_until_the_last_of_them_is_cut_off() {
    let shared =
        tls("  rows:\n    first: {environment: prod, apis: [labels], cutoff: 2020-07-01}\n\
         \x20   second: {environment: prod, apis: [tracking], cutoff: 2020-09-01}\n");
    let cohort = tls("  rows:\n    all: {environment: prod, apis: [labels], cutoff: 2020-07-01}\n\
         \x20   second: {environment: prod, apis: [labels], cohort: extended, cutoff: 2020-09-01}\n");
    let mut errors = server(&OLD);
    errors.http.insert(Tls10, answered(403, "speak TLS 1.2"));
    assert_eq!(judge(&shared, &errors, "2020-06-30").verdict, Verdict::Drifting, "for both");
    for program in [shared, cohort] {
        assert_eq!(judge(&program, &server(&OLD), "2020-08-01").verdict, Verdict::Conforming);
        let blocked = judge(&program, &server(&NEW), "2020-08-30");
        let said = "PROD blocks TLS 1.0 two days early (alert 70, protocol_version)";
        assert_eq!(reasons(&blocked)[0], said);
        assert_eq!(blocked.remarks[0].row.as_ref().unwrap().as_str(), "second");
        // Those of the first row are turned away over HTTP, as nobody but they can see.
        let mut answers = server(&OLD);
        for version in [Tls10, Tls11] {
            answers.http.insert(version, answered(403, "speak TLS 1.2"));
        }
        assert_eq!(judge(&program, &answers, "2020-08-30").verdict, Verdict::Conforming);
        let late = judge(&program, &server(&OLD), "2020-09-03");
        assert_eq!(reasons(&late)[0], "PROD still accepts TLS 1.0 two days after its cutoff");
    }
}

#[test]
fn what_was_needed_and_has_ended_since_need_not_be_accepted_any_more() {
    let first = "title: TLS 1.0 ends\nkind: protocol\nannounced: 2018-01-01\nends: [TLS 1.0]\n\
                 needs: [TLS 1.1]\nsummary: It ends.\nschedule:\n  rows:\n    \
                 prod: {environment: prod, apis: [labels], cutoff: 2018-07-01}\n";
    let second = first.replace("2018", "2020").replace("1.1", "1.2").replace("1.0", "1.1");
    let program = program(APIS, &[("first", first), ("second", &second)]);
    assert_eq!(judge(&program, &server(&[Tls12]), "2020-07-04").verdict, Verdict::Conforming);
    let early = judge(&program, &server(&[Tls12]), "2020-06-29");
    assert!(reasons(&early)[0].starts_with("PROD blocks TLS 1.1 two days early"), "{early:?}");
}

#[test]
fn what_a_range_only_means_along_may_have_been_gone_before() {
    let program = ending("[TLS 1.1 and below]", "[TLS 1.2]", ROW);
    assert_eq!(
        judge(&program, &server(&[Tls11, Tls12]), "2020-06-01").verdict,
        Verdict::Conforming
    );
    let ssl = judge(&program, &server(&[Ssl3, Tls12]), "2020-07-02");
    assert_eq!(reasons(&ssl), ["PROD still accepts SSL 3.0 one day after its cutoff"]);
}

#[test]
fn nobody_is_held_to_the_minute_around_an_edge() {
    let program = tls(ROW);
    for moment in ["2020-06-30T23:58:00Z", "2020-07-01T00:04:00Z"] {
        for accepted in [&OLD[..], &NEW[..]] {
            let found = judge(&program, &server(accepted), moment);
            assert_eq!(found.verdict, Verdict::Conforming, "{moment}");
        }
    }
    let found = judge(&program, &server(&[Tls10, Tls12]), "2020-07-01T00:05:00Z");
    assert_eq!(reasons(&found), ["PROD still accepts TLS 1.0 five minutes after its cutoff"]);
}

#[test]
fn the_next_look_comes_when_servers_have_settled_after_an_edge() {
    let program = tls(&format!(
        "{ROW}  brownouts:\n    noon: {{rows: [prod], start: 2020-06-10T12:00, length: 8 minutes}}\n"
    ));
    let next = |moment: &str| drift::next_look(&program, &target(&program), at(moment));
    assert_eq!(next("2020-06-01"), Some(at("2020-06-10T12:02:00Z")));
    // Asked before they had time to settle, they are asked again.
    assert_eq!(next("2020-06-10T12:00:30Z"), Some(at("2020-06-10T12:02:00Z")));
    assert_eq!(next("2020-06-10T12:02:00Z"), Some(at("2020-06-10T12:13:00Z")));
    assert_eq!(next("2020-06-10T12:13:00Z"), Some(at("2020-07-01T00:05:00Z")));
    assert_eq!(next("2020-07-01T00:05:00Z"), None);
}

#[test]
fn of_several_addresses_the_one_that_drifts_is_named() {
    let program = tls(ROW);
    let right = server(&NEW);
    let mut wrong = server(&[Tls10, Tls12]);
    wrong.address = Some(IpAddr::from([192, 0, 2, 2]));
    let target = target(&program);
    let found = drift::judge(&program, &target, &[right, wrong.clone()], at("2020-07-04"));
    let said = "PROD still accepts TLS 1.0 three days after its cutoff, at 192.0.2.2";
    assert_eq!((found.verdict, reasons(&found)), (Verdict::Drifting, vec![said]));
    assert_eq!(found.remarks[0].addresses, [IpAddr::from([192, 0, 2, 2])]);
    let mut other = wrong.clone();
    other.address = Some(IpAddr::from([192, 0, 2, 3]));
    let both = drift::judge(&program, &target, &[wrong, other], at("2020-07-04"));
    assert_eq!(reasons(&both), ["PROD still accepts TLS 1.0 three days after its cutoff"]);
}

#[test]
fn what_is_not_about_tls_and_what_has_none_is_not_asked_about_it() {
    let program = tls(ROW);
    let asked: Vec<_> =
        drift::targets(&program).iter().map(|target| target.url.to_string()).collect();
    assert_eq!(asked, ["https://api.parcels.example"]);
    let other = ending("[Labels 1]", "[Labels 2]", ROW);
    assert!(drift::targets(&other).is_empty());
    assert!(drift::watched(&program).is_empty(), "no watch is declared");
}

/// What each of these looks comes to: the verdict that stands, whether it is another state, and
/// whether it is news.
fn course(looks: &[Judgement]) -> Vec<(Verdict, bool, bool)> {
    let mut standing: Option<WatchStanding> = None;
    let mut seen = Vec::new();
    for (hour, judgement) in looks.iter().enumerate() {
        let moment = at("2020-07-04") + chrono::TimeDelta::hours(hour as i64);
        let turn = WatchStanding::after(standing.as_ref(), judgement, moment);
        seen.push((turn.standing.verdict, turn.is_change, turn.is_news));
        standing = Some(turn.standing);
    }
    seen
}

#[test]
fn a_change_of_state_is_news_once_and_looks_in_vain_are_none() {
    use Verdict::{Conforming, Drifting, Undetermined};
    let program = tls(ROW);
    let right = judge(&program, &server(&NEW), "2020-07-04");
    let wrong = judge(&program, &server(&[Tls10, Tls12]), "2020-07-04");
    let later = judge(&program, &server(&[Tls10, Tls12]), "2020-07-05");
    let worse = judge(&program, &server(&[Tls10, Tls11, Tls12]), "2020-07-05");
    let vain = judge(&program, &server(&[]), "2020-07-04");
    let looks = [&right, &wrong, &later, &worse, &right, &right].map(Clone::clone);
    assert_eq!(
        course(&looks),
        [
            (Conforming, true, false),
            (Drifting, true, true),
            (Drifting, false, false),
            (Drifting, true, true),
            (Conforming, true, true),
            (Conforming, false, false),
        ]
    );
    let looks = [&wrong, &vain, &wrong, &vain, &vain, &vain, &wrong, &vain, &vain, &right];
    assert_eq!(
        course(&looks.map(Clone::clone)),
        [
            (Drifting, true, true),
            (Drifting, false, false),
            (Drifting, false, false),
            (Drifting, false, false),
            (Undetermined, true, false),
            (Undetermined, false, false),
            // They were told of it already.
            (Drifting, true, false),
            (Drifting, false, false),
            (Undetermined, true, false),
            // Mended: told once.
            (Conforming, true, true),
        ]
    );
}

#[test]
fn a_judgement_reads_back_as_it_was_written() {
    let program = tls(ROW);
    let found = judge(&program, &server(&[Tls10]), "2020-07-04");
    let text = serde_json::to_string(&found).unwrap();
    assert!(text.contains(r#""is":"still_accepted","version":"TLS 1.0""#), "{text}");
    assert_eq!(serde_json::from_str::<Judgement>(&text).unwrap(), found);
}
