//! What comes back by mail: only what was signed here counts, and once.

use crate::test_office::TestOffice;
use fairwarning::intake::{self, Content, Ignored, MAX_MESSAGE_BYTES, Verdict};
use fairwarning::links::Token;
use fairwarning::store::FeedbackKind;
use proptest::prelude::*;

crate::databases::on_postgres_too!(
    a_hard_bounce_is_recorded_once_and_ends_all_writing_to_the_recipient,
    what_is_delayed_delivered_or_refused_by_policy_is_only_recorded,
    a_forged_token_is_ignored_and_counted,
    a_complaint_ends_all_writing_to_whoever_complained,
);

/// A delivery status notification as RFC 3464 has it.
pub struct Report<'a> {
    pub to: &'a str,
    pub envelope_id: &'a str,
    /// Of the returned message.
    pub return_path: &'a str,
    /// The fields of one recipient, a block for each.
    pub recipients: &'a [&'a str],
}

impl Report<'_> {
    pub fn to_mail(&self) -> String {
        let Self { to, envelope_id, return_path, recipients } = self;
        let envelope_id = match *envelope_id {
            "" => String::new(),
            id => format!("Original-Envelope-Id: {id}\n"),
        };
        let recipients = recipients.join("\n\n");
        format!(
            "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example (Mail Delivery System)\nTo: {to}\n\
             Subject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied\n\
             Message-Id: <20200114.1@mx.example>\nMIME-Version: 1.0\n\
             Content-Type: multipart/report; report-type=delivery-status;\n boundary=\"edge\"\n\n\
             --edge\nContent-Type: text/plain\n\nIt could not be delivered.\n\n\
             --edge\nContent-Type: message/delivery-status\n\n\
             Reporting-MTA: dns; mx.example\n{envelope_id}\n{recipients}\n\n\
             --edge\nContent-Type: text/rfc822-headers\n\n\
             Return-Path: <{return_path}>\nSubject: A notice\n\n--edge--\n"
        )
        .replace('\n', "\r\n")
    }
}

pub fn failed(status: &str, diagnostic: &str) -> String {
    format!(
        "Final-Recipient: rfc822; p1@example.org\nAction: failed\nStatus: {status}\n\
         Diagnostic-Code: smtp; {diagnostic}"
    )
}

impl TestOffice {
    async fn with_mail_out() -> Self {
        let office = Self::open().await;
        office.import_people(3).await;
        office.fill(None).await.unwrap();
        office
    }

    /// Where a bounce of this row comes back to.
    pub fn bounce_address(&self, row: i64) -> String {
        format!("bounce+{}@parcel.example", self.keys.sign(&Token::Bounce { row }))
    }

    async fn take_in(&self, mail: &str) -> Verdict {
        let now = self.clock.now();
        intake::take_in(&self.store, &self.keys, mail.as_bytes(), None, now).await.unwrap()
    }

    /// About the first message, with the token in its address.
    async fn bounce(&self, recipients: &[&str]) -> Verdict {
        let (to, return_path) = (self.bounce_address(1), "elsewhere@example.org");
        let report = Report { to: &to, envelope_id: "", return_path, recipients };
        self.take_in(&report.to_mail()).await
    }

    pub async fn suppressed(&self, address: &str) -> Option<String> {
        let mailbox = self.keys.mailbox(&address.parse().unwrap());
        self.store.suppression(&mailbox, &"letters".parse().unwrap()).await.unwrap()
    }

    async fn tallied(&self, name: &str) -> i64 {
        let tallies = self.store.tallies().await.unwrap();
        tallies.into_iter().find(|(known, _)| known == name).map_or(0, |(_, count)| count)
    }
}

fn recorded(kind: FeedbackKind, status: &str, is_suppressed: bool) -> Verdict {
    Verdict::Recorded { row: 1, kind, status: status.to_owned(), is_suppressed }
}

#[tokio::test]
async fn a_hard_bounce_is_recorded_once_and_ends_all_writing_to_the_recipient() {
    let office = TestOffice::with_mail_out().await;
    let gone = failed("5.1.1", "550 5.1.1 <p1@example.org> unknown");
    let verdict = office.bounce(&[&gone]).await;
    assert_eq!(verdict, recorded(FeedbackKind::Bounce, "5.1.1", true));
    assert_eq!(office.suppressed("p1@example.org").await.as_deref(), Some("bounced: 5.1.1"));
    assert_eq!(office.suppressed("p2@example.org").await, None);
    assert_eq!(office.bounce(&[&gone]).await, Verdict::Again { row: 1 });
    let to = office.bounce_address(1);
    let report = Report { to: &to, envelope_id: "", return_path: "", recipients: &[&gone] };
    let by_another_way =
        format!("Received: from a by b\r\nDelivered-To: x\r\n{}", report.to_mail());
    assert_eq!(office.take_in(&by_another_way).await, Verdict::Again { row: 1 });
    let feedback = office.store.feedback(1).await.unwrap();
    assert_eq!(feedback, [("bounce".to_owned(), "5.1.1".to_owned())]);
    let row = office.outbox().await.into_iter().next().unwrap();
    assert_eq!(row.feedback.as_deref(), Some("bounce 5.1.1"));
}

#[tokio::test]
async fn what_is_delayed_delivered_or_refused_by_policy_is_only_recorded() {
    use FeedbackKind::{Bounce, Delayed, Delivered};
    for (action, status, diagnostic, kind, shown) in [
        ("delayed", "4.4.1", "451 4.4.1 no answer", Delayed, "4.4.1"),
        ("delivered", "2.0.0", "250 2.0.0 taken", Delivered, "2.0.0"),
        ("relayed", "2.0.0", "250 taken", Delivered, "2.0.0"),
        ("failed", "5.7.1", "550 5.7.1 blocked", Bounce, "5.7.1"),
        ("failed", "5.2.2", "552 5.2.2 mailbox full", Bounce, "5.2.2"),
        ("failed", "4.4.7", "expired", Bounce, "4.4.7"),
        ("failed", "5.0.0", "554 no thanks", Bounce, "5.0.0"),
        ("failed", "5.0.0", "550 5.7.26 not authenticated", Bounce, "5.7.26"),
    ] {
        let office = TestOffice::with_mail_out().await;
        let fields =
            failed(status, diagnostic).replace("Action: failed", &format!("Action: {action}"));
        assert_eq!(office.bounce(&[&fields]).await, recorded(kind, shown, false), "{diagnostic}");
        assert_eq!(office.suppressed("p1@example.org").await, None, "{diagnostic}");
    }
}

#[tokio::test]
async fn only_words_about_the_mailbox_give_it_up() {
    for (status, diagnostic, shown) in [
        ("5.1.1", "550 5.1.1 unknown", "5.1.1"),
        ("5.1.2", "550 5.1.2 no such domain", "5.1.2"),
        ("5.1.6", "551 5.1.6 moved", "5.1.6"),
        ("5.1.10", "556 5.1.10 null MX", "5.1.10"),
        ("5.2.1 (disabled)", "550 5.2.1 disabled", "5.2.1"),
        ("5.0.0", "550 Unrouteable address", "5.0.0"),
        ("5.0.0", "550-5.1.1 no such user\n 550 5.1.1 try another", "5.1.1"),
        ("5.0.0", "", "5.0.0"),
    ] {
        let office = TestOffice::with_mail_out().await;
        let verdict = office.bounce(&[&failed(status, diagnostic)]).await;
        assert_eq!(verdict, recorded(FeedbackKind::Bounce, shown, true), "{status} {diagnostic}");
    }
}

#[tokio::test]
async fn a_list_some_of_whose_members_are_gone_is_not_given_up() {
    let office = TestOffice::with_mail_out().await;
    let fine = "Final-Recipient: rfc822; a@b.example\nAction: expanded\nStatus: 2.0.0";
    let verdict = office.bounce(&[fine, &failed("5.1.1", "550 5.1.1 gone")]).await;
    assert_eq!(verdict, recorded(FeedbackKind::Bounce, "5.1.1", false));
}

#[tokio::test]
async fn the_token_is_found_wherever_servers_put_it() {
    let gone = failed("5.1.1", "550 5.1.1 gone");
    let elsewhere = "bounces@parcel.example";
    for place in ["to", "to in capitals", "envelope id", "return path", "delivered to", "told"] {
        let office = TestOffice::with_mail_out().await;
        let ours = office.bounce_address(2);
        let user = ours.split('@').next().unwrap();
        let capitals = ours.to_ascii_uppercase();
        let mut report =
            Report { to: elsewhere, envelope_id: "", return_path: elsewhere, recipients: &[&gone] };
        match place {
            "to" => report.to = &ours,
            "to in capitals" => report.to = &capitals,
            "envelope id" => report.envelope_id = user,
            "return path" => report.return_path = &ours,
            _ => {}
        }
        let mut mail = report.to_mail();
        if place == "delivered to" {
            mail = format!("Delivered-To: {ours}\r\n{mail}");
        }
        let told = (place == "told").then_some(ours.as_str());
        let now = office.clock.now();
        let verdict =
            intake::take_in(&office.store, &office.keys, mail.as_bytes(), told, now).await;
        assert!(matches!(verdict, Ok(Verdict::Recorded { row: 2, .. })), "{place}: {verdict:?}");
    }
}

#[tokio::test]
async fn a_forged_token_is_ignored_and_counted() {
    let office = TestOffice::with_mail_out().await;
    let gone = failed("5.1.1", "550 5.1.1 gone");
    let ours = office.bounce_address(1);
    let token = ours.trim_start_matches("bounce+").split('@').next().unwrap().to_owned();
    let other = if token.ends_with('a') { "q" } else { "a" };
    let altered = format!("{}{other}", &token[..token.len() - 1]);
    let program = "parcel".parse().unwrap();
    let unsubscribe = office.keys.sign(&Token::Unsubscribe { subscriber: 1, program });
    for forged in [altered.as_str(), "aaaaaaaaaaaaaaaa", unsubscribe.as_str()] {
        let to = format!("bounce+{forged}@parcel.example");
        let report = Report { to: &to, envelope_id: "", return_path: "", recipients: &[&gone] };
        let verdict = office.take_in(&report.to_mail()).await;
        assert_eq!(verdict, Verdict::Ignored(Ignored::Forged), "{forged}");
    }
    let report =
        Report { to: "bounces@x.example", envelope_id: "", return_path: "", recipients: &[&gone] };
    assert_eq!(office.take_in(&report.to_mail()).await, Verdict::Ignored(Ignored::NoToken));
    let to = office.bounce_address(99);
    let report = Report { to: &to, ..report };
    assert_eq!(office.take_in(&report.to_mail()).await, Verdict::Ignored(Ignored::UnknownMessage));
    assert_eq!(office.tallied("intake forged").await, 3);
    assert_eq!(office.suppressed("p1@example.org").await, None);
    assert!(office.store.feedback(1).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_automatic_answer_is_ignored() {
    let office = TestOffice::with_mail_out().await;
    let to = office.bounce_address(1);
    for header in [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated (vacation)",
        "X-Autoreply: yes",
        "Precedence: auto_reply",
        "Subject: Out of Office: back on Monday",
    ] {
        let mail = format!("From: a@b.example\r\nTo: {to}\r\n{header}\r\n\r\nI am away: 5.1.1\r\n");
        let verdict = office.take_in(&mail).await;
        assert_eq!(verdict, Verdict::Ignored(Ignored::AutoReply), "{header}");
    }
    for empty in ["", "\r\n\r\n", "To: x@y.example\r\n\r\n", "Auto-Submitted: no\r\n\r\nhello"] {
        let verdict = office.take_in(empty).await;
        assert_eq!(verdict, Verdict::Ignored(Ignored::NotAReport), "{empty:?}");
    }
    let report = Report { to: &to, envelope_id: "", return_path: "", recipients: &[] };
    let verdict = office.take_in(&report.to_mail()).await;
    assert_eq!(verdict, Verdict::Ignored(Ignored::AutoReply), "a report about nobody");
    assert!(office.store.feedback(1).await.unwrap().is_empty());
}

/// RFC 5965, appendix B: the second and fuller sample, with our return path.
fn complaint(return_path: &str) -> String {
    format!(
        "From: <abusedesk@example.com>\nDate: Thu, 8 Mar 2005 17:40:36 EDT\n\
         Subject: FW: Earn money\nTo: <abuse@example.net>\nMessage-ID: <433689.81121@mta.example>\n\
         MIME-Version: 1.0\nContent-Type: multipart/report; report-type=feedback-report;\n\
         \x20    boundary=\"part1_13d.2e68ed54_boundary\"\n\n\
         --part1_13d.2e68ed54_boundary\nContent-Type: text/plain; charset=\"US-ASCII\"\n\
         Content-Transfer-Encoding: 7bit\n\nThis is an email abuse report.\n\n\
         --part1_13d.2e68ed54_boundary\nContent-Type: message/feedback-report\n\n\
         Feedback-Type: abuse\nUser-Agent: SomeGenerator/1.0\nVersion: 1\n\
         Original-Mail-From: <{return_path}>\nOriginal-Rcpt-To: <user@example.com>\n\
         Arrival-Date: Thu, 8 Mar 2005 14:00:00 EDT\nReporting-MTA: dns; mail.example.com\n\n\
         --part1_13d.2e68ed54_boundary\nContent-Type: message/rfc822\n\
         Content-Disposition: inline\n\nFrom: <somespammer@example.net>\n\
         Return-Path: <{return_path}>\nSubject: Earn money\n\nSpam spam\n\
         --part1_13d.2e68ed54_boundary--\n"
    )
    .replace('\n', "\r\n")
}

#[tokio::test]
async fn a_complaint_ends_all_writing_to_whoever_complained() {
    let office = TestOffice::with_mail_out().await;
    let verdict = office.take_in(&complaint(&office.bounce_address(1))).await;
    assert_eq!(verdict, recorded(FeedbackKind::Complaint, "abuse", true));
    assert_eq!(office.suppressed("p1@example.org").await.as_deref(), Some("complained: abuse"));
    let other = office.take_in(&complaint("somespammer@example.net")).await;
    assert_eq!(other, Verdict::Ignored(Ignored::NoToken), "about somebody else's mail");
}

/// As providers pass it on: the return path cut off, the headers left.
#[tokio::test]
async fn a_complaint_without_a_return_path_is_known_by_the_signed_link_in_it() {
    let office = TestOffice::with_mail_out().await;
    let program = "parcel".parse().unwrap();
    let token = office.keys.sign(&Token::Unsubscribe { subscriber: 2, program });
    let id = office.outbox().await[1].message_id.clone();
    let link = |token: &str| {
        format!(
            "Message-ID: <{id}>\r\nList-Unsubscribe: <https://n.example/u/{token}>,\r\n <mailto:x@y.example>"
        )
    };
    let about = |token: &str| {
        complaint("")
            .replace("Return-Path: <>", &link(token))
            .replace("Original-Mail-From: <>", "X: y")
    };
    assert_eq!(office.take_in(&about("aaaaaaaa")).await, Verdict::Ignored(Ignored::Forged));
    let verdict = office.take_in(&about(&token)).await;
    assert!(
        matches!(verdict, Verdict::Recorded { row: 2, is_suppressed: true, .. }),
        "{verdict:?}"
    );
    assert!(office.suppressed("p2@example.org").await.is_some());
    let other = about(&token).replace(&id, "other@parcel.example");
    assert_eq!(office.take_in(&other).await, Verdict::Ignored(Ignored::UnknownMessage));
}

#[tokio::test]
async fn whoever_writes_to_leave_has_left_this_program() {
    let office = TestOffice::with_mail_out().await;
    let program: fairwarning::notice::ProgramId = "parcel".parse().unwrap();
    let leave = Token::Unsubscribe { subscriber: 1, program: program.clone() };
    let token = office.keys.sign(&leave).to_ascii_uppercase();
    let mail = |subject: &str| format!("From: p1@example.org\r\nSubject: {subject}\r\n\r\n");
    let forged = office.take_in(&mail("unsubscribe aaaaaaaaaaaaaaaa")).await;
    assert_eq!(forged, Verdict::Ignored(Ignored::Forged));
    for other in ["unsubscribe me please!", "unsubscribe", "Re: unsubscribe aaaa"] {
        assert_eq!(
            office.take_in(&mail(other)).await,
            Verdict::Ignored(Ignored::NotAReport),
            "{other}"
        );
    }
    let mailbox = office.keys.mailbox(&"p1@example.org".parse().unwrap());
    assert_eq!(office.store.suppression(&mailbox, &program).await.unwrap(), None);
    assert_eq!(office.take_in(&mail(&format!("Unsubscribe {token}"))).await, Verdict::Unsubscribed);
    let reason = office.store.suppression(&mailbox, &program).await.unwrap();
    assert_eq!(reason.as_deref(), Some("unsubscribed"));
    assert_eq!(office.suppressed("p1@example.org").await, None, "and no other");
}

#[tokio::test]
async fn a_message_beyond_the_limit_is_not_looked_at() {
    let office = TestOffice::with_mail_out().await;
    let gone = failed("5.1.1", "550 5.1.1 gone");
    let to = office.bounce_address(1);
    let report = Report { to: &to, envelope_id: "", return_path: "", recipients: &[&gone] };
    let large = format!("{}{}", report.to_mail(), "x".repeat(MAX_MESSAGE_BYTES));
    assert_eq!(office.take_in(&large).await, Verdict::Ignored(Ignored::TooLarge));
}

#[tokio::test]
async fn a_maildir_is_taken_in_once_whatever_happens_in_between() {
    let office = TestOffice::with_mail_out().await;
    let maildir = office.folder.path().join("maildir");
    for folder in ["new", "cur", "tmp"] {
        std::fs::create_dir_all(maildir.join(folder)).unwrap();
    }
    let gone = failed("5.1.1", "550 5.1.1 gone");
    let to = office.bounce_address(1);
    let report = Report { to: &to, envelope_id: "", return_path: "", recipients: &[&gone] };
    let put = |folder: &str, name: &str, mail: &str| {
        std::fs::write(maildir.join(folder).join(name), mail).unwrap();
    };
    put("new", "1.a.host", &report.to_mail());
    put("new", "2.b.host", "From: a@b.example\r\n\r\nhello\r\n");
    put("new", "3.c.host", "");
    put("tmp", "4.d.host", &complaint(&to));
    let drain = || intake::drain(&office.store, &office.keys, &maildir, office.clock.now());
    let drained = drain().await.unwrap();
    assert!(drained.failed.is_empty());
    assert_eq!(drained.verdicts[0], recorded(FeedbackKind::Bounce, "5.1.1", true));
    assert_eq!(drained.verdicts[1..], [const { Verdict::Ignored(Ignored::NotAReport) }; 2]);
    assert!(maildir.join("cur/1.a.host:2,S").exists() && maildir.join("tmp/4.d.host").exists());
    assert_eq!(std::fs::read_dir(maildir.join("new")).unwrap().count(), 0);
    // As after a crash between recording and moving.
    put("new", "1.a.host", &report.to_mail());
    assert_eq!(drain().await.unwrap().verdicts, [Verdict::Again { row: 1 }]);
    assert_eq!(drain().await.unwrap().verdicts, []);
    assert_eq!(office.store.feedback(1).await.unwrap().len(), 1);
}

fn read(mail: &[u8]) -> Content {
    intake::read(mail, None).content
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_bytes_make_reading_panic(mail in prop::collection::vec(any::<u8>(), 0..4_000)) {
        read(&mail);
    }

    /// Near enough to a report that every branch is reached.
    #[test]
    fn no_damage_to_a_report_makes_reading_panic(
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..40, any::<[u8; 3]>()), 1..12),
        kind in any::<bool>(),
    ) {
        let gone = failed("5.1.1", "550 5.1.1 gone");
        let report = Report {
            to: "bounce+abc@x.example", envelope_id: "bounce+def", return_path: "bounce+ghi@x.example",
            recipients: &[&gone],
        };
        let mut mail = if kind { report.to_mail() } else { complaint("bounce+abc@x.example") }.into_bytes();
        for (at, length, with) in cuts {
            let at = at.index(mail.len().max(1)).min(mail.len());
            let to = (at + length).min(mail.len());
            mail.splice(at..to, with);
        }
        read(&mail);
    }
}

#[test]
fn deep_and_wide_messages_are_read_in_time() {
    let begun = std::time::Instant::now();
    let mut deep = String::new();
    for level in 0..9_000 {
        deep.push_str(&format!(
            "Content-Type: multipart/report; boundary=b{level}\r\n\r\n--b{level}\r\n"
        ));
    }
    let nested = "Content-Type: message/rfc822\r\n\r\n".repeat(30_000);
    let wide = format!(
        "Content-Type: multipart/report; boundary=b\r\n\r\n{}",
        "--b\r\nContent-Type: message/delivery-status\r\n\r\na: b\r\n\r\n".repeat(18_000)
    );
    let tokens = format!("To: {}\r\n\r\n", "bounce+aa2,".repeat(90_000));
    let fields = format!(
        "Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n{}",
        "Action: failed\r\n\r\n".repeat(50_000)
    );
    let comments = format!("Content-Type: multipart/report{}\r\n\r\n", "(".repeat(900_000));
    let groups = format!("To: {}\r\nCc: {}\r\n\r\n", "a:".repeat(200_000), "<".repeat(400_000));
    let folded = format!("Subject: {}\r\n\r\n", "x\r\n =?utf-8?q?a?=".repeat(50_000));
    for mail in [deep, nested, wide, tokens, fields, comments, groups, folded] {
        let (bytes, each) = (mail.len().min(MAX_MESSAGE_BYTES), std::time::Instant::now());
        read(&mail.as_bytes()[..bytes]);
        eprintln!("{bytes} bytes in {:?}", each.elapsed());
    }
    assert!(begun.elapsed().as_secs() < 30, "{:?}", begun.elapsed());
}
