//! What a message looks like on the wire, judged by programs that are not ours.

use crate::mail_tools::{SmtpSink, check_mail, dkim_key};
use crate::scripted_server::{Answer, ScriptedServer};
use crate::test_office::{TestOffice, plaintext};
use crate::{sample_office, test_office};
use fairwarning::notice::{Outcome, Publication};
use std::path::PathBuf;

fn flags(all: &[String]) -> Vec<&str> {
    all.iter().map(String::as_str).collect()
}

async fn files_of(office: &TestOffice) -> Vec<PathBuf> {
    let folder = office.folder.path().join("mail");
    let delivered = office.announce(&["--mail-dir", folder.to_str().unwrap()]).await;
    assert_eq!(delivered.count(Outcome::Accepted), delivered.outcomes.len());
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[tokio::test]
async fn a_strict_parser_finds_no_defect() {
    let office = TestOffice::open().await;
    let list = "address,name,programs,locale\n\
        jo@example.org,\"Jö \"\"J\"\" Doe, Ltd; <x@y>\",parcel,de\n\
        plain@example.org,,parcel,en\n\
        zoe@bücher.example,Zoë,parcel,en\n";
    office.import(list).await.unwrap();
    check_mail(None, &files_of(&office).await);
}

#[tokio::test]
async fn a_signature_holds_on_what_smtp_sink_captured() {
    let office = TestOffice::open().await;
    office.import_people(3).await;
    let (key, public) = dkim_key(office.folder.path());
    let sink = SmtpSink::start(&[]);
    let dkim = ["--dkim-domain=parcel.example", "--dkim-selector=fw"].map(str::to_owned);
    let key = format!("--dkim-key-file={}", key.display());
    let all = [&plaintext(sink.port)[..], &dkim, &[key]].concat();
    let delivered = office.announce(&flags(&all)).await;
    assert_eq!(delivered.count(Outcome::Accepted), 3);
    check_mail(Some(&public), &sink.files());
}

#[tokio::test]
async fn each_recipient_has_an_envelope_and_links_of_their_own() {
    let office = TestOffice::open().await;
    office.import_people(2).await;
    let server = ScriptedServer::start(|_, _| Answer::Fine).await;
    office.announce(&flags(&plaintext(server.port))).await;
    let messages = server.log().messages;
    assert_eq!(messages.len(), 2);
    assert_ne!(messages[0].from, messages[1].from);
    for message in &messages {
        let token = message.from.strip_prefix("bounce+").unwrap().strip_suffix("@parcel.example");
        assert!(office.keys.verify_bounce(token.unwrap()).is_ok());
        assert!(message.from.split('@').next().unwrap().len() <= 64);
        let leave = message.header("List-Unsubscribe");
        let token = leave.strip_prefix("<https://notices.parcel.example/u/").unwrap();
        let token = token.split('>').next().unwrap();
        assert!(office.keys.verify_unsubscribe(token).is_ok());
        assert!(leave.contains("<mailto:office@parcel.example?subject=unsubscribe%20"), "{leave}");
        assert_eq!(message.header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
        assert_eq!(message.header("List-Id"), "<parcel.notices.parcel.example>");
        assert_eq!(message.header("List-Help"), "<mailto:help@parcel.example>");
        assert_eq!(
            message.header("List-Archive"),
            "<https://notices.parcel.example/notices/parcel>"
        );
        assert_eq!(message.header("List-Post"), "NO");
        assert_eq!(message.header("Auto-Submitted"), "auto-generated");
        assert_eq!(message.header("Precedence"), "list");
        assert_eq!(message.header("Feedback-ID"), "announcement:tls-1-2:parcel:fairwarning");
        assert!(message.header("Message-ID").ends_with("@parcel.example>"));
        assert_eq!(message.header("Date"), "Tue, 14 Jan 2020 11:06:40 +0000");
    }
}

#[tokio::test]
async fn no_name_or_title_begins_a_header_or_recipient_of_its_own() {
    let office = TestOffice::open().await;
    let evil = "x\r\nBcc: victim@example.org\r\n\r\nbody\u{2028}\u{85}\0";
    let mut workspace = sample_office::workspace();
    let program = workspace.programs.get_mut("parcel").unwrap();
    program.settings.sender.name = Some(evil.to_owned());
    program.settings.office.greeting = Some(evil.to_owned());
    program.notices.get_mut("tls-1.2").unwrap().title = format!("{evil}{}", "w".repeat(2_000));
    let parent = office.store.current_publication_id().await.unwrap();
    let publication = Publication::new(workspace, Default::default());
    office.store.publish(&publication, parent, office.clock.now()).await.unwrap();
    // The import refuses such a name; it is put past the import here.
    let mut import = office.store.begin_import(office.clock.now()).await.unwrap();
    let address: fairwarning::notice::EmailAddress = "jo@example.org".parse().unwrap();
    let jo = fairwarning::store::NewSubscriber {
        mailbox: office.keys.mailbox(&address),
        address,
        name: Some(evil.to_owned()),
        locale: None,
        zone: None,
        frequency: None,
        interests: vec![fairwarning::notice::Interest {
            program: "parcel".parse().unwrap(),
            api: None,
            environment: None,
            kind: None,
        }],
    };
    import.put(jo, &[]).await.unwrap();
    import.commit().await.unwrap();
    check_mail(None, &files_of(&office).await);

    let server = ScriptedServer::start(|_, _| Answer::Fine).await;
    let other = TestOffice::open().await;
    let parent = other.store.current_publication_id().await.unwrap();
    other.store.publish(&publication, parent, other.clock.now()).await.unwrap();
    other.import_people(1).await;
    other.announce(&flags(&plaintext(server.port))).await;
    let log = server.log();
    assert_eq!(log.lines.iter().filter(|line| line.starts_with("RCPT")).count(), 1);
    let headers = log.messages[0].content.split("\r\n\r\n").next().unwrap();
    assert!(!headers.lines().any(|line| line.starts_with("Bcc:")), "{headers}");
}

#[tokio::test]
async fn values_filled_into_html_are_escaped() {
    let office = TestOffice::open().await;
    let list = "address,name,programs\njo@example.org,\"<b>Jo</b> & \"\"co\"\"\",parcel\n";
    office.import(list).await.unwrap();
    let server = ScriptedServer::start(|_, _| Answer::Fine).await;
    office.announce(&flags(&plaintext(server.port))).await;
    let content = server.log().messages[0].content.replace("=\r\n", "");
    let (text, html) = content.split_once("text/html").unwrap();
    assert!(text.contains("<b>Jo</b> & \"co\""), "{text}");
    assert!(html.contains("&lt;b&gt;Jo&lt;/b&gt; &amp; &quot;co&quot;"), "{html}");
}

#[tokio::test]
async fn a_body_that_imitates_the_end_of_data_arrives_as_one_message() {
    let office = TestOffice::open().await;
    let mut workspace = sample_office::workspace();
    let program = workspace.programs.get_mut("parcel").unwrap();
    let notice = program.notices.get_mut("tls-1.2").unwrap();
    notice.summary.0 =
        "a\n.\nb\r.\rc\n.\r\nd\r\n.\r\nMAIL FROM:<evil@example.org>\r\n..\n.e".to_owned();
    let parent = office.store.current_publication_id().await.unwrap();
    let publication = Publication::new(workspace, Default::default());
    office.store.publish(&publication, parent, office.clock.now()).await.unwrap();
    office.import_people(1).await;
    let sink = SmtpSink::start(&[]);
    let delivered = office.announce(&flags(&plaintext(sink.port))).await;
    assert_eq!(delivered.count(Outcome::Accepted), 1);
    let messages = sink.messages();
    assert_eq!(messages.len(), 1);
    let text = messages[0].replace("\r\n", "\n");
    assert!(text.contains("a\n.\nb\n.\nc\n.\nd\n.\nMAIL FROM"), "{text}");
    assert!(text.contains("\n..\n.e"), "{text}");
    check_mail(None, &sink.files());
}

#[tokio::test]
async fn an_international_domain_is_written_in_ascii() {
    let office = TestOffice::open().await;
    office.import("address,programs\nzoe@bücher.example,parcel\n").await.unwrap();
    let server = ScriptedServer::start(|_, _| Answer::Fine).await;
    office.announce(&flags(&plaintext(server.port))).await;
    let message = server.log().messages.remove(0);
    assert_eq!(message.to, "zoe@xn--bcher-kva.example");
    assert_eq!(message.header("To"), "zoe@xn--bcher-kva.example");
}

#[tokio::test]
async fn smtputf8_is_used_for_such_local_parts_alone_and_its_lack_fails_them_alone() {
    let list = "address,programs\nzoë@example.org,parcel\njo@example.org,parcel\n";
    let office = TestOffice::open().await;
    office.import(list).await.unwrap();
    let server = ScriptedServer::offering(&["SMTPUTF8", "8BITMIME"], |_, _| Answer::Fine).await;
    let delivered = office.announce(&flags(&plaintext(server.port))).await;
    assert_eq!(delivered.count(Outcome::Accepted), 2);
    let lines = server.log().lines;
    assert_eq!(lines.iter().filter(|line| line.contains("SMTPUTF8")).count(), 1, "{lines:?}");

    let office = TestOffice::open().await;
    office.import(list).await.unwrap();
    let server = ScriptedServer::start(|_, _| Answer::Fine).await;
    office.announce(&flags(&plaintext(server.port))).await;
    let (state, reply) = office.fate("zoë@example.org").await;
    assert!(state == "rejected" && reply.contains("SMTPUTF8"), "{state}: {reply}");
    assert_eq!(office.fate("jo@example.org").await.0, "accepted");
}

#[tokio::test]
async fn delivery_reports_are_asked_for_only_where_they_are_offered() {
    for (offers, expected) in [(&["DSN"][..], 1), (&["8BITMIME"][..], 0)] {
        let office = TestOffice::open().await;
        office.import_people(1).await;
        let server = ScriptedServer::offering(offers, |_, _| Answer::Fine).await;
        office.announce(&flags(&plaintext(server.port))).await;
        let lines = server.log().lines;
        let count = |part: &str| lines.iter().filter(|line| line.contains(part)).count();
        assert_eq!(count(" RET=HDRS ENVID=bounce+2B"), expected, "{lines:?}");
        assert_eq!(
            count("> NOTIFY=FAILURE,DELAY ORCPT=rfc822;p1@example.org"),
            expected,
            "{lines:?}"
        );
    }
}

#[tokio::test]
async fn files_are_whole_and_a_repeat_takes_its_own_place() {
    let office = TestOffice::open().await;
    office.import_people(3).await;
    let mut first = files_of(&office).await;
    first.sort();
    assert!(first.iter().all(|file| file.extension().unwrap() == "eml"), "{first:?}");
    let (state, reply) = office.fate("p2@example.org").await;
    assert!(state == "accepted" && reply.contains("000002-"), "{reply}");
    let mut again = files_of(&office).await;
    again.sort();
    assert_eq!(first, again);
    let settings = test_office::mail_settings(&[]);
    assert_eq!(settings.link_base.as_str(), "https://notices.parcel.example");
}

#[tokio::test]
async fn no_name_can_imitate_what_stands_between_the_parts() {
    let office = TestOffice::open().await;
    // Long enough that a line of the encoded greeting begins within it.
    let name = format!("{}--=_texts--=_parts--", "x".repeat(64));
    office.import(&format!("address,name,programs\nx@example.org,{name},parcel\n")).await.unwrap();
    let files = files_of(&office).await;
    check_mail(None, &files);
    let mail = std::fs::read_to_string(&files[0]).unwrap();
    let parts = mail.lines().filter(|line| line.starts_with("--=_texts")).count();
    assert_eq!(parts, 3, "two texts and their end: {mail}");
    let wholes = mail.lines().filter(|line| line.starts_with("--=_parts")).count();
    assert_eq!(wholes, 3, "the texts, the calendar and their end: {mail}");
}
