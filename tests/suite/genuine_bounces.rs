//! Bounces that other programs made, and other programs' judgement of ours.

use crate::intake::{Report, failed};
use crate::mail_tools::{SmtpSink, judge_bounces};
use crate::postfix_server::{Postfix, Relays};
use crate::test_office::{TestOffice, plaintext};
use fairwarning::intake::{self, Content, Verdict};
use fairwarning::notice::Outcome;
use fairwarning::store::FeedbackKind;

#[tokio::test(flavor = "multi_thread")]
async fn what_a_real_server_returns_finds_its_message_and_its_meaning() {
    let gone = SmtpSink::start(&["-f", "RCPT", "-B", "550 5.1.1 no such user"]);
    let slow = SmtpSink::start(&["-r", "RCPT", "-b", "450 4.2.2 over quota"]);
    let policy = SmtpSink::start(&["-f", "RCPT", "-B", "550 5.7.1 blocked by policy"]);
    let relays = Relays { gone: gone.port, slow: slow.port, policy: policy.port };
    let postfix = Postfix::start(&relays);
    let office = TestOffice::open().await;
    let list = "address,programs\njo@gone.example,parcel\nbo@slow.example,parcel\n\
        flo@policy.example,parcel\n";
    office.import(list).await.unwrap();
    let flags = plaintext(postfix.port);
    let delivered = office.announce(&flags.each_ref().map(String::as_str)).await;
    assert_eq!(delivered.count(Outcome::Accepted), 3, "Postfix takes them all");
    postfix.until_returned(3).await;
    for file in std::fs::read_dir(postfix.maildir().join("new")).unwrap() {
        let mail = std::fs::read_to_string(file.unwrap().path()).unwrap();
        assert!(mail.contains("Original-Envelope-Id: bounce+"), "ENVID is echoed: {mail}");
    }
    let now = office.clock.now();
    let maildir = postfix.maildir();
    let drained = intake::drain(&office.store, &office.keys, &maildir, now).await.unwrap();
    assert!(drained.failed.is_empty(), "{:?}", drained.failed);
    let mut found: Vec<_> = drained
        .verdicts
        .into_iter()
        .map(|verdict| match verdict {
            Verdict::Recorded { row, kind, status, is_suppressed } => {
                (row, kind.as_str(), status, is_suppressed)
            }
            other => panic!("{other:?}"),
        })
        .collect();
    found.sort();
    let expected = [
        (1, "bounce", "5.1.1", true),
        (2, "delayed", "4.2.2", false),
        (3, "bounce", "5.7.1", false),
    ];
    assert_eq!(
        found,
        expected.map(|(row, kind, status, gone)| (row, kind, status.to_owned(), gone))
    );
    assert!(office.suppressed("jo@gone.example").await.is_some());
    assert_eq!(office.suppressed("flo@policy.example").await, None);
}

/// The bounce handler of a mailing list manager reads the same reports.
#[test]
fn another_program_takes_the_same_reports_for_bounces_and_for_delays() {
    let folder = tempfile::tempdir().unwrap();
    let block = |action: &str, status: &str, words: &str| {
        failed(status, words).replace("Action: failed", &format!("Action: {action}"))
    };
    let mut files = Vec::new();
    let mut ours = Vec::new();
    for (n, recipients) in [
        vec![block("failed", "5.1.1", "550 5.1.1 unknown")],
        vec![block("failed", "5.0.0", "550 unknown")],
        vec![block("failed", "5.7.1", "554 5.7.1 blocked")],
        vec![block("Failed", "5.2.2 (full)", "552 5.2.2 full")],
        vec![block("failed", "4.4.7", "expired")],
        vec![block("delayed", "4.4.1", "451 4.4.1 no answer")],
        vec![block("delayed", "4.2.2", "450 4.2.2 over quota")],
        vec![block("delivered", "2.0.0", "250 fine")],
        vec![block("relayed", "2.0.0", "250 fine")],
        vec![],
    ]
    .iter()
    .enumerate()
    {
        let recipients: Vec<&str> = recipients.iter().map(String::as_str).collect();
        let report = Report {
            to: "bounce+aa@parcel.example",
            envelope_id: "bounce+aa",
            return_path: "bounce+aa@parcel.example",
            recipients: &recipients,
        };
        let file = folder.path().join(format!("{n:02}.eml"));
        std::fs::write(&file, report.to_mail()).unwrap();
        ours.push(match intake::read(report.to_mail().as_bytes(), None).content {
            Content::Delivery(report) if report.kind == FeedbackKind::Bounce => "permanent",
            Content::Delivery(report) if report.kind == FeedbackKind::Delayed => "temporary",
            _ => "none",
        });
        files.push(file);
    }
    assert_eq!(judge_bounces(&files), ours);
}
