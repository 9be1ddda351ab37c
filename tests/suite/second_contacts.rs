//! Second contacts: where they come from, what is known of them, and what their mail
//! looks like.

use crate::databases::on_postgres_too;
use crate::escalating::{RUNG, announced, of_seconds};
use crate::scripted_server::{Answer, Received, ScriptedServer};
use crate::subscribing::everyone;
use crate::test_office::{TestOffice, mail_settings, plaintext};
use crate::web_service::{WORKSPACE, WebService};
use fairwarning::links::Token;
use fairwarning::notice::{EmailAddress, OccasionKind, Outcome};
use fairwarning::proof::{seal, verify};
use fairwarning::store::Store;
use fairwarning::subscribers::{ImportError, import_csv, known_of};
use std::process::{Command, Stdio};

on_postgres_too!(
    a_list_names_replaces_and_removes_them,
    a_list_without_the_column_leaves_them_as_they_are,
    whoever_asked_by_a_form_and_is_named_outlives_the_day,
    a_seal_over_their_mail_holds_after_they_are_erased,
    who_has_not_answered_is_listed,
);

async fn second_of(office: &TestOffice, address: &str) -> Option<String> {
    let address: EmailAddress = address.parse().unwrap();
    let listed = office.store.subscribers(0, 100).await.unwrap();
    let listed = listed.into_iter().find(|listed| listed.address == address).unwrap();
    listed.second_contact.map(|second| second.to_string())
}

async fn is_known(store: &Store, address: &str) -> bool {
    store.subscriber_number(&address.parse().unwrap()).await.unwrap().is_some()
}

#[tokio::test]
async fn a_list_names_replaces_and_removes_them() {
    let office = TestOffice::open().await;
    let list = |second: &str| {
        format!(
            "address,programs,second_contact\njo@example.org,parcel,{second}\nan@example.org,parcel,\n"
        )
    };
    office.import(&list("Lead@example.org")).await.unwrap();
    assert_eq!(second_of(&office, "jo@example.org").await.as_deref(), Some("Lead@example.org"));
    let listed = office.store.subscribers(0, 100).await.unwrap();
    assert_eq!(listed.len(), 2, "who is only named is on no list");
    office.import(&list("an@example.org")).await.unwrap();
    assert_eq!(second_of(&office, "jo@example.org").await.as_deref(), Some("an@example.org"));
    assert!(!is_known(&office.store, "lead@example.org").await, "nobody names them any more");
    office.import(&list("")).await.unwrap();
    assert_eq!(second_of(&office, "jo@example.org").await, None);
    assert!(is_known(&office.store, "an@example.org").await, "they hear on their own account");
    let bad = office.import(&list("JO@example.org")).await.unwrap_err();
    let ImportError::BadRows { bad, .. } = bad else { panic!("{bad}") };
    assert_eq!(bad[0].reasons, ["the second contact is the same address"]);
}

#[tokio::test]
async fn a_list_without_the_column_leaves_them_as_they_are() {
    let office = TestOffice::open().await;
    let list = "address,programs,second_contact\njo@example.org,parcel,lead@example.org\n";
    office.import(list).await.unwrap();
    office.import("address,programs\njo@example.org,letters\n").await.unwrap();
    assert_eq!(second_of(&office, "jo@example.org").await.as_deref(), Some("lead@example.org"));
    let lead = "lead@example.org".parse().unwrap();
    let known = known_of(&office.store, &office.keys, &lead).await.unwrap();
    assert!(known.person.is_none() && known.second_contact_of == 1);
}

#[tokio::test]
async fn whoever_asked_by_a_form_and_is_named_outlives_the_day() {
    let office = TestOffice::open().await;
    let (store, now) = (&office.store, office.clock.now());
    let lead: EmailAddress = "lead@example.org".parse().unwrap();
    let wishes = fairwarning::notice::Wishes::default();
    fairwarning::subscribers::ask(store, &office.keys, &lead, &wishes, now).await.unwrap();
    let list = "address,programs,second_contact\njo@example.org,parcel,lead@example.org\n";
    office.import(list).await.unwrap();
    store.forget_expired(now + chrono::Duration::days(2)).await.unwrap();
    assert_eq!(second_of(&office, "jo@example.org").await.as_deref(), Some("lead@example.org"));
}

#[tokio::test]
async fn a_seal_over_their_mail_holds_after_they_are_erased() {
    let mut followed = announced().await;
    followed.tick_at(RUNG).await;
    followed.deliver_all().await;
    let (store, now) = (followed.office.store.clone(), followed.office.clock.now());
    assert!(seal(&store, now).await.unwrap() > 0);
    let path = followed.path().to_string();
    let lead: EmailAddress = "lead@example.org".parse().unwrap();
    let number = store.subscriber_number(&lead).await.unwrap();
    let told = store.told(&path, number, 0, 100).await.unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].record.channel, &told[0].record.kind[..]), (2, "escalation"));
    assert_eq!(told[0].record.address.as_ref(), Some(&lead));
    assert!(store.remove_subscriber(&"ada@example.org".parse().unwrap()).await.unwrap());
    assert!(!is_known(&store, "lead@example.org").await);
    let verified = verify(&store, None).await.unwrap();
    assert!(verified.findings.is_empty(), "{:?}", verified.findings);
}

fn text_of(message: &Received) -> String {
    let parsed = mail_parser::MessageParser::default().parse(message.content.as_bytes()).unwrap();
    let text = parsed.body_text(0).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn the_mail_names_the_first_as_little_as_it_can_and_is_left_by_the_second() {
    let mut followed = announced().await;
    followed
        .office
        .import(
            "address,name,programs,apis,second_contact\n\
        ada@example.org,\u{202e}Ada\u{2066},parcel,rates,lead@example.org\n\
        long-name@example.org,zed@quux.example,parcel,rates,di@example.org\n",
        )
        .await
        .unwrap();
    followed.tick().await;
    followed.deliver_all().await;
    assert_eq!(followed.tick_at(RUNG).await.escalations, 4);
    let server = ScriptedServer::start(|_, _| Answer::Fine).await;
    let flags = plaintext(server.port);
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    for kind in [OccasionKind::Escalation, OccasionKind::Escalated] {
        let occasion = followed.occasions(kind).await[0].id;
        let delivered = followed.office.deliver(occasion, mail_settings(&flags)).await;
        assert_eq!(delivered.count(Outcome::Accepted), delivered.outcomes.len());
    }
    let messages = server.log().messages;
    assert_eq!(messages.len(), 4);
    let to = |who: &str| messages.iter().filter(|m| m.to.contains(who)).collect::<Vec<_>>();
    let lead = to("lead@example.org")[0];
    assert!(text_of(lead).contains("Ada was told on 14 January 2020"), "{}", text_of(lead));
    assert!(!text_of(lead).contains(['\u{202e}', '\u{2066}']), "nothing is turned round");
    let all: String = to("di@example.org").iter().map(|m| text_of(m)).collect();
    assert!(all.contains("l…@example.org was told") && !all.contains("long-name"), "{all}");
    assert!(!all.contains("quux"), "a name that is an address is none to show: {all}");
    let second = of_seconds(&followed).await[0].addressee.unwrap();
    let leave = lead.header("List-Unsubscribe");
    let token = Token::Unsubscribe { subscriber: second, program: "parcel".parse().unwrap() };
    assert!(leave.contains(&followed.office.keys.sign(&token)), "{leave}");
    let office = to("help@parcel.example")[0];
    assert!(!office.content.contains("List-Unsubscribe"), "it is on no list");
    assert!(office.header("Subject").starts_with("4 of 4 without"), "{}", office.header("Subject"));
}

/// What the command prints.
async fn run(office: &TestOffice, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fairwarning"));
    command
        .args(arguments)
        .current_dir(office.folder.path())
        .env("FAIRWARNING_DATABASE", &office.database.text)
        .stdin(Stdio::null());
    let ran = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap()
}

#[tokio::test]
async fn who_has_not_answered_is_listed() {
    let followed = announced().await;
    let (store, path, now) =
        (followed.office.store.clone(), followed.path(), followed.office.clock.now());
    let silent = fairwarning::announce::Silent::open(&store, &path, now).await.unwrap().unwrap();
    let (page, last) = silent.page(&store, 0).await.unwrap().unwrap();
    let rows: Vec<(i64, usize)> = page.iter().map(|one| (one.recipient, one.rows.len())).collect();
    assert_eq!(rows, [(1, 2), (2, 2), (3, 1), (4, 1)]);
    assert!(silent.page(&store, last).await.unwrap().is_none());
    let list = ["recipients", "list", "--unacknowledged", "parcel/tls-1.2"];
    let masked = run(&followed.office, &list).await;
    // By the real clock, all of it was cut off long ago.
    assert_eq!(masked, "address,name,told_at,rows,second_contact\n");
    let shown = run(&followed.office, &["recipients", "list"]).await;
    assert!(shown.contains("second contact: l…@example.org"), "{shown}");
}

#[tokio::test]
async fn the_page_shows_the_second_contact_masked_and_removes_it_by_post_alone() {
    let service = WebService::start().await;
    let inner = &service.service;
    let list = "address,programs,second_contact\n\
        ada@integrator.example,parcels,lead@integrator.example\n";
    import_csv(inner.store(), &inner.keys(), &WORKSPACE, list.as_bytes(), inner.now())
        .await
        .unwrap();
    let path = format!("/preferences/{}", inner.keys().sign(&Token::Preferences { subscriber: 1 }));
    for _ in 0..2 {
        let page = service.get(&path).await;
        assert!(page.body.contains("l…@integrator.example"), "{}", page.body);
        assert!(!page.body.contains("lead@"), "{}", page.body);
    }
    let page = service.post(&path, &[("do", "no-second-contact")]).await;
    assert!(!page.body.contains("l…@integrator.example"), "{}", page.body);
    assert_eq!(everyone(&service).await[0].second_contact, None);
    assert!(!is_known(inner.store(), "lead@integrator.example").await);
    // Whoever is only named has no preferences, and cannot be made to have any.
    let theirs =
        format!("/preferences/{}", inner.keys().sign(&Token::Preferences { subscriber: 2 }));
    assert!(service.get(&theirs).await.body.contains("You are erased"));
}
