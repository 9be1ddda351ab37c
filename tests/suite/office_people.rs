//! What the office sees of messages and people, and does about them.

use crate::scripted_server::{Answer, ScriptedServer, Step};
use crate::test_office::{TestOffice, plaintext};
use crate::web_service::WebService;
use fairwarning::notice::OfficeScope;

/// Three were announced to; the server refuses one of them for good.
async fn refusing() -> TestOffice {
    let office = TestOffice::open().await;
    office.import_people(3).await;
    let server = ScriptedServer::start(|step, about| match (step, about) {
        (Step::Rcpt, "p1@example.org") => Answer::Say("554 5.7.1 <p1@example.org> not here"),
        _ => Answer::Fine,
    })
    .await;
    let flags = plaintext(server.port);
    office.announce(&flags.each_ref().map(String::as_str)).await;
    office
}

#[tokio::test]
async fn what_was_refused_is_seen_and_tried_anew() {
    let office = refusing().await;
    let service = WebService::over(&office).await;
    let cookie = service.session(OfficeScope::Viewer).await;
    assert!(service.see("/office/dead", &cookie).await.body.contains("<p>None.</p>"));
    let page = service.see("/office/dead?outcome=rejected", &cookie).await;
    assert!(page.body.contains("554 5.7.1"), "{}", page.body);
    assert!(page.body.contains("p1@example.org") && page.body.contains("1 attempt"));
    assert!(!page.body.contains("Try anew"), "a viewer looks on");
    let of_notice = "/office/dead?outcome=rejected&notice=parcel/retirement";
    let refused = service.act(of_notice, &[("row", "1")], &cookie).await;
    assert_eq!(refused.status, 403);

    let cookie = service.session(OfficeScope::Editor).await;
    let other = "/office/dead?outcome=rejected&notice=parcel/other";
    assert!(service.see(other, &cookie).await.body.contains("<p>None.</p>"));
    let notice = crate::sample_office::notice().to_string();
    let here = format!("/office/dead?outcome=rejected&notice={notice}");
    assert!(service.see(&here, &cookie).await.body.contains("Try all of these anew"));
    let done = service.act(&here, &[("notice", &notice)], &cookie).await;
    assert!(done.body.contains("1 back in the queue"), "{}", done.body);
    assert_eq!(office.fate("p1@example.org").await.0, "waiting");
    let again = service.act(&here, &[("notice", &notice)], &cookie).await;
    assert!(again.body.contains("Nothing was put back"), "{}", again.body);
    let deeds = office.store.deeds(None, 10).await.unwrap();
    let retried: Vec<_> = deeds.iter().filter(|deed| deed.action == "retried").collect();
    assert_eq!(retried.len(), 1, "what changed nothing is no deed");
    assert_eq!((retried[0].subject.as_str(), retried[0].actor.as_str()), (&*notice, "holder 1"));
    for bad in ["?outcome=lost", "?before=-1", "?notice=x", "?colour=red"] {
        let answer = service.see(&format!("/office/dead{bad}"), &cookie).await;
        assert!([400, 404].contains(&answer.status.as_u16()), "{bad}: {}", answer.status);
    }
}

#[tokio::test]
async fn somebody_is_found_looked_at_and_suppressed() {
    let office = refusing().await;
    let service = WebService::over(&office).await;
    let cookie = service.session(OfficeScope::Editor).await;
    let list = service.see("/office/subscribers", &cookie).await.body;
    assert_eq!(list.matches("@example.org").count(), 3, "{list}");
    let found = service.act("/office/subscribers", &[("address", "P2@example.org")], &cookie).await;
    assert_eq!((found.status.as_u16(), found.header("location")), (303, "/office/subscribers/2"));
    for (unknown, why) in [("eve@example.org", "Nobody has"), ("eve", "no `@`")] {
        let answer = service.act("/office/subscribers", &[("address", unknown)], &cookie).await;
        assert_eq!(answer.status, 422, "{unknown}");
        assert!(answer.body.contains(why), "{}", answer.body);
    }
    let person = "/office/subscribers/2";
    let page = service.see(person, &cookie).await.body;
    for said in ["p2@example.org", "Person 2", "accepted", "announcement"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let suppress = [("do", "suppress"), ("scope", "parcel"), ("reason", "asked\r\n by  phone")];
    let done = service.act(person, &suppress, &cookie).await;
    assert!(done.body.contains("parcel: asked by phone"), "{}", done.body);
    let (mailbox, program) =
        (office.keys.mailbox(&"p2@example.org".parse().unwrap()), "parcel".parse().unwrap());
    let kept = async || office.store.suppression(&mailbox, &program).await.unwrap();
    assert_eq!(kept().await.as_deref(), Some("asked by phone"));
    let again = service.act(person, &suppress, &cookie).await;
    assert_eq!(again.status, 422);
    assert!(again.body.contains("It was so already."), "{}", again.body);
    let log = service.see("/office/suppressions", &cookie).await.body;
    assert!(log.contains("p2@example.org") && log.contains("holder 0"), "{log}");
    let lift = [("do", "lift"), ("scope", "parcel"), ("reason", "asked again")];
    assert!(service.act(person, &lift, &cookie).await.body.contains("Lifted."));
    assert_eq!(kept().await, None);
    let empty = [("do", "lift"), ("scope", "parcel"), ("reason", " ")];
    assert!(service.act(person, &empty, &cookie).await.body.contains("say why"));
    let deeds = office.store.deeds(None, 10).await.unwrap();
    assert!(deeds.iter().all(|deed| !deed.subject.contains("p2@")), "masked: {deeds:?}");
}

#[tokio::test]
async fn an_address_that_is_not_known_is_suppressed_all_the_same() {
    let office = refusing().await;
    let service = WebService::over(&office).await;
    let cookie = service.session(OfficeScope::Editor).await;
    let path = "/office/suppressions";
    let fields = |what| {
        [("do", what), ("address", "eve@example.org"), ("scope", "*"), ("reason", "a complaint")]
    };
    let done = service.act(path, &fields("suppress"), &cookie).await;
    assert_eq!(done.status, 200, "{}", done.body);
    assert!(done.body.contains("somebody no longer known"), "{}", done.body);
    let again = service.act(path, &fields("suppress"), &cookie).await;
    assert!(again.body.contains("the first reason is kept"), "{}", again.body);
    assert!(again.body.contains("value=\"eve@example.org\""), "what was typed is not lost");
    assert!(service.act(path, &fields("lift"), &cookie).await.body.contains("Lifted."));
    let bad = [("do", "lift"), ("address", "eve"), ("scope", "*"), ("reason", "x")];
    assert_eq!(service.act(path, &bad, &cookie).await.status, 422);
}

#[tokio::test]
async fn whoever_is_erased_is_gone_and_the_proof_stays() {
    let office = refusing().await;
    let service = WebService::over(&office).await;
    let cookie = service.session(OfficeScope::Editor).await;
    let notice = crate::sample_office::notice();
    let proof = format!("/office/proof?notice={notice}");
    let find = [("notice", &*notice.to_string()), ("address", "p2@example.org")];
    let found = service.act("/office/proof", &find, &cookie).await;
    let to = format!("/office/proof?notice={}&recipient=2", notice.to_string().replace('/', "%2F"));
    assert_eq!((found.status.as_u16(), found.header("location")), (303, &*to));
    let own = service.see(&to, &cookie).await.body;
    assert_eq!(own.matches("<tr><td>").count(), 1, "{own}");
    assert_eq!(service.see(&proof, &cookie).await.body.matches("<tr><td>").count(), 3);

    let person = "/office/subscribers/2";
    let unsure = service.act(person, &[("do", "erase")], &cookie).await;
    assert!(unsure.body.contains("Tick that you are sure"), "{}", unsure.body);
    let erased = service.act(person, &[("do", "erase"), ("sure", "yes")], &cookie).await;
    assert_eq!(erased.status, 303);
    assert_eq!(service.see(person, &cookie).await.status, 404);
    let left = service.see(&proof, &cookie).await.body;
    assert!(left.contains("erased, number 2") && !left.contains("p2@"), "{left}");
    let gone = service.act("/office/proof", &find, &cookie).await;
    assert!(gone.body.contains("Nobody has this address any more."), "{}", gone.body);
}

#[tokio::test]
async fn everybody_is_exported_as_a_list_that_import_reads_again() {
    let office = TestOffice::open().await;
    office.import_people(1_203).await;
    let service = WebService::over(&office).await;
    let viewer = service.session(OfficeScope::Viewer).await;
    assert_eq!(service.see("/office/subscribers.csv", &viewer).await.status, 403);
    let cookie = service.session(OfficeScope::Editor).await;
    let list = service.see("/office/subscribers.csv", &cookie).await;
    assert_eq!(list.body.lines().count(), 1_204);
    assert!(list.header("content-disposition").contains("subscribers.csv"));
    let other = TestOffice::open().await;
    assert_eq!(other.import(&list.body).await.unwrap().added, 1_203);
    let own = service.see("/office/subscribers/7/data.json", &viewer).await;
    assert_eq!(own.json()["address"], "p7@example.org");
    let second = service.see("/office/subscribers?after=1100", &cookie).await.body;
    assert!(second.contains("p1101@example.org") && second.contains("after=1200"), "{second}");
}
