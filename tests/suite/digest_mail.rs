//! A digest as it leaves: its form, its links, and what stays on record of it.

use crate::digesting::{MONDAY, announced, digest, reminded_and_changed};
use crate::mail_tools::check_mail;
use crate::scripted_server::{Answer, ScriptedServer};
use crate::test_office::{mail_settings, plaintext};
use fairwarning::notice::{OccasionKind, Outcome};
use fairwarning::proof::Finding;

/// A digest as it leaves, in two languages, with hostile texts in it.
#[tokio::test]
async fn a_strict_parser_finds_no_defect_in_a_digest() {
    let mut followed = announced().await;
    let list = "address,name,programs,frequency,locale\n\
        zoe@bücher.example,\"Zoë; <x@y>\",parcel,weekly,de\n";
    followed.office.import(list).await.unwrap();
    followed
        .publish(|program, notice| {
            notice.title =
                format!("x\u{2028}\r\nBcc: all@example.org <b>&amp; {}", "w".repeat(900));
            program.settings.title = "Parcel & <Web> Tools".to_owned();
        })
        .await;
    followed.tick().await;
    followed.tick_at(MONDAY).await;
    let folder = followed.office.folder.path().join("mail");
    let store = &followed.office.store;
    for occasion in store.occasions().await.unwrap() {
        if occasion.kind == OccasionKind::Digest {
            let settings = mail_settings(&["--mail-dir", folder.to_str().unwrap()]);
            let delivered = followed.office.deliver(occasion.id, settings).await;
            assert_eq!(delivered.count(Outcome::Accepted), 2);
        }
    }
    let files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
    assert_eq!(files.len(), 2);
    check_mail(None, &files);
    for file in files {
        let raw = std::fs::read_to_string(file).unwrap();
        let (head, body) = raw.split_once("\r\n\r\n").unwrap();
        assert!(!head.contains("\r\nBcc:") && !head.contains("In-Reply-To"), "{head}");
        assert!(head.contains("Feedback-ID: digest:digest:parcel:fairwarning"), "{head}");
        let body = body.replace("=\r\n", "").replace("=3D", "=");
        let notice = "https://notices.parcel.example/notices/parcel/old-api?lang=";
        assert!(body.contains(notice), "{body}");
        assert!(!body.contains('\u{E000}') && !body.contains("=EE=80=80"), "no slot is left");
    }
}

#[tokio::test]
async fn each_reminder_in_a_digest_has_its_own_link_to_say_it_is_done() {
    let mut followed = reminded_and_changed().await;
    followed.tick_at("2020-03-02T14:00:00Z").await;
    let server = ScriptedServer::start(|_, _| Answer::Fine).await;
    let flags = plaintext(server.port);
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let store = &followed.office.store;
    let digest = store.occasions().await.unwrap().pop().unwrap();
    assert_eq!(digest.kind, OccasionKind::Digest);
    followed.office.deliver(digest.id, mail_settings(&flags)).await;
    let message = server.log().messages.remove(0);
    let content = message.content.replace("=\r\n", "").replace("=3D", "=");
    let token = content.split("/done/").nth(1).unwrap().split_whitespace().next().unwrap();
    let row = followed.office.keys.verify_acknowledge(token).unwrap();
    let (recipient, notice, rows) = store.addressee(row).await.unwrap().unwrap();
    assert_eq!((recipient, notice), (1, followed.path()));
    assert_eq!(rows.iter().map(ToString::to_string).collect::<Vec<_>>(), ["test-first"]);
}

#[tokio::test]
async fn the_proof_tells_what_the_digest_said() {
    let mut followed = announced().await;
    followed.deliver_all().await;
    followed.tick_at(MONDAY).await;
    followed.deliver_all().await;
    let store = &followed.office.store;
    let told = store.told("parcel/tls-1.2", Some(1), 0, 10).await.unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!(
        (told[0].record.outcome.as_str(), told[0].record.kind.as_str()),
        ("accepted", "announcement")
    );
    assert_eq!(told[0].text, digest(&followed).await.text);
}

#[tokio::test]
async fn which_digest_carried_a_message_is_under_the_seal() {
    let mut followed = announced().await;
    followed.deliver_all().await;
    followed.tick_at(MONDAY).await;
    followed.deliver_all().await;
    let office = &followed.office;
    office.seal().await;
    assert_eq!(office.verify(None).await.findings, []);
    let told = office.store.told("parcel/tls-1.2", Some(1), 0, 10).await.unwrap();
    let carrier = told[0].record.carrier.unwrap();
    let carried_by = told[0].carried_by.clone().unwrap();
    assert_ne!(carried_by, told[0].record.message_id);
    let record = told[0].record.id;
    for statement in [
        format!("update attempts set carrier = null where id = {record}"),
        format!("update attempts set carrier = {carrier} + 1 where id = {record}"),
    ] {
        office.tamper(&statement).await;
        let findings = office.verify(None).await.findings;
        assert!(
            matches!(findings[..], [Finding::Changed { record: found, .. }] if found == record),
            "{statement}: {findings:?}"
        );
    }
    office.tamper(&format!("update attempts set carrier = {carrier} where id = {record}")).await;
    assert_eq!(office.verify(None).await.findings, []);
    office.tamper("update outbox set digest = null where digest is not null").await;
    let after = office.store.told("parcel/tls-1.2", Some(1), 0, 10).await.unwrap();
    assert_eq!(after, told, "what is shown is what was sealed");
}

#[tokio::test]
async fn a_digest_whose_templates_fail_is_sent_as_its_messages() {
    let mut followed = announced().await;
    followed.deliver_all().await;
    followed
        .publish_with_templates(|templates| {
            templates.insert("mail/digest/body.txt".to_owned(), "{{ nothing.at.all }}".to_owned());
        })
        .await;
    assert_eq!(followed.tick_at(MONDAY).await.digests, 2);
    assert_eq!(followed.deliver_all().await, ["jo@example.org"; 2]);
}
