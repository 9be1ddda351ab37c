//! Errands: what the office asks for in a browser is done once, by whoever announces,
//! whatever breaks off in between.

use crate::sample_office;
use crate::test_office::{TestOffice, mail_settings};
use chrono::TimeDelta;
use fairwarning::announce::{AnnounceError, Round, errands};
use fairwarning::notice::{Announcing, Carrier, OccasionKind, OfficeErrand, Outcome, Testing};
use fairwarning::store::{
    ErrandAsked, ErrandState, NewErrand, Scope as SuppressedScope, StoredErrand, TESTS_AN_HOUR,
};
use std::sync::Arc;
use std::time::Duration;

crate::databases::on_postgres_too!(
    a_notice_is_announced_as_it_was_looked_at,
    two_clicks_are_one_announcement,
    what_changed_since_it_was_looked_at_is_refused_with_the_reason,
    an_errand_that_was_broken_off_anywhere_goes_on_and_writes_to_nobody_twice,
    several_processes_do_each_errand_once,
    a_test_is_one_mail_that_says_so_and_has_no_part_in_any_round,
    a_test_goes_to_nobody_who_must_not_be_written_to,
    the_office_may_send_only_so_many_tests_an_hour,
);

const LEASE: Duration = Duration::from_secs(15);

impl TestOffice {
    async fn digest(&self) -> OfficeErrand {
        let round = Round::load(&self.store, &sample_office::notice()).await.unwrap();
        OfficeErrand::Announce(Announcing { digest: round.parts().digest(), canary: None })
    }

    async fn ask(&self, key: &str, what: &OfficeErrand) -> ErrandAsked {
        let notice = sample_office::notice();
        let errand = NewErrand { key, notice: &notice, what, by: "Ada" };
        self.store.ask_errand(&errand, self.clock.now()).await.unwrap()
    }

    async fn do_errands(&self) -> Result<u64, AnnounceError> {
        errands(&self.store, &self.keys, Carrier::Files, &self.clock.clock()).await
    }

    async fn latest(&self) -> StoredErrand {
        let asked = self.store.errands_about(&sample_office::notice(), 10).await.unwrap();
        asked.into_iter().next().unwrap()
    }
}

fn test_to(address: &str) -> OfficeErrand {
    OfficeErrand::Test(Testing {
        address: address.parse().unwrap(),
        locale: "de".parse().unwrap(),
        api: Some("rates".parse().unwrap()),
        environment: Some("prod".parse().unwrap()),
    })
}

#[tokio::test]
async fn a_notice_is_announced_as_it_was_looked_at() {
    let office = TestOffice::open().await;
    office.import_people(3).await;
    let what = office.digest().await;
    assert_eq!(office.ask("a", &what).await, ErrandAsked::Kept);
    assert_eq!(office.latest().await.state, ErrandState::Waiting);
    assert_eq!(office.do_errands().await.unwrap(), 1);
    let done = office.latest().await;
    assert_eq!((done.state, done.outcome.as_str()), (ErrandState::Done, "3 messages were made"));
    let round = Round::load(&office.store, &sample_office::notice()).await.unwrap();
    let begun = round.begun.unwrap();
    assert_eq!((begun.carrier, begun.is_filled), (Some(Carrier::Files), true), "it is followed");
    assert_eq!(office.do_errands().await.unwrap(), 0);
}

#[tokio::test]
async fn two_clicks_are_one_announcement() {
    let office = TestOffice::open().await;
    office.import_people(2).await;
    let what = office.digest().await;
    assert_eq!(office.ask("a", &what).await, ErrandAsked::Kept);
    assert_eq!(office.ask("a", &what).await, ErrandAsked::Known, "the same form");
    assert_eq!(office.ask("b", &what).await, ErrandAsked::Known, "or another one meanwhile");
    assert_eq!(office.do_errands().await.unwrap(), 1);
    assert_eq!(office.ask("a", &what).await, ErrandAsked::Known, "or the same one later");
    assert_eq!(office.ask("c", &what).await, ErrandAsked::Kept);
    assert_eq!(office.do_errands().await.unwrap(), 1);
    assert_eq!(office.latest().await.outcome, "everyone concerned had a message already");
    assert_eq!(office.outbox().await.len(), 2);
}

#[tokio::test]
async fn what_changed_since_it_was_looked_at_is_refused_with_the_reason() {
    let office = TestOffice::open().await;
    let what = office.digest().await;
    office.ask("a", &what).await;
    office.do_errands().await.unwrap();
    let refused = office.latest().await;
    assert_eq!(refused.state, ErrandState::Refused);
    assert_eq!(refused.outcome, "nobody would hear of it");
    office.import_people(2).await;
    office.ask("b", &what).await;
    let parent = office.store.current_publication_id().await.unwrap();
    office.store.publish(&sample_office::amended(), parent, office.clock.now()).await.unwrap();
    office.do_errands().await.unwrap();
    let refused = office.latest().await;
    assert_eq!(refused.state, ErrandState::Refused);
    assert!(refused.outcome.contains("changed since"), "{}", refused.outcome);
    let mut gone = sample_office::publication();
    Arc::make_mut(&mut gone.workspace).programs.get_mut("parcel").unwrap().notices.clear();
    let parent = office.store.current_publication_id().await.unwrap();
    office.ask("c", &office.digest().await).await;
    office.store.publish(&gone, parent, office.clock.now()).await.unwrap();
    office.do_errands().await.unwrap();
    assert!(office.latest().await.outcome.contains("has no notice"), "{:?}", office.latest().await);
    assert!(office.outbox().await.is_empty());
}

#[tokio::test]
async fn an_errand_that_was_broken_off_anywhere_goes_on_and_writes_to_nobody_twice() {
    let office = TestOffice::open().await;
    office.import_people(5).await;
    let what = office.digest().await;
    office.ask("a", &what).await;
    // Taken up by a process that is killed at once.
    assert!(office.store.lease_errand(LEASE).await.unwrap().is_some());
    assert_eq!(office.do_errands().await.unwrap(), 0, "somebody answers for it");
    office.clock.pass(TimeDelta::seconds(16));
    // By the next, when it had filled some, and entrusted it to nobody.
    let leased = office.store.lease_errand(LEASE).await.unwrap().unwrap();
    let round = Round::load(&office.store, &leased.notice).await.unwrap();
    round.fill(&office.store, Some(2), office.clock.now()).await.unwrap();
    office.clock.pass(TimeDelta::seconds(16));
    // And by one that had done everything but say so.
    let leased = office.store.lease_errand(LEASE).await.unwrap().unwrap();
    let round = Round::load(&office.store, &leased.notice).await.unwrap();
    round.announce(&office.store, None, Carrier::Files, &office.clock.clock()).await.unwrap();
    office.clock.pass(TimeDelta::seconds(16));
    assert_eq!(office.do_errands().await.unwrap(), 1);
    assert_eq!(office.latest().await.state, ErrandState::Done);
    assert_eq!(office.outbox().await.len(), 5);
}

#[tokio::test]
async fn several_processes_do_each_errand_once() {
    let office = TestOffice::open().await;
    office.import_people(20).await;
    let what = office.digest().await;
    office.ask("a", &what).await;
    for n in 0..6 {
        office.ask(&format!("test {n}"), &test_to("ada@office.example")).await;
    }
    let (a, b, c) = tokio::join!(office.do_errands(), office.do_errands(), office.do_errands());
    assert_eq!(a.unwrap() + b.unwrap() + c.unwrap(), 7);
    assert_eq!(office.outbox().await.len(), 26);
}

#[tokio::test]
async fn a_test_is_one_mail_that_says_so_and_has_no_part_in_any_round() {
    let office = TestOffice::open().await;
    office.import_people(2).await;
    let test = test_to("ada@office.example");
    assert_eq!(office.ask("a", &test).await, ErrandAsked::Kept);
    assert_eq!(office.ask("a", &test).await, ErrandAsked::Known);
    assert_eq!(office.do_errands().await.unwrap(), 1);
    let said = office.latest().await.outcome;
    assert!(said.contains("a…@office.example") && !said.contains("ada@"), "{said}");
    let occasion = office.store.occasion_by_id(1).await.unwrap().unwrap();
    assert_eq!(occasion.kind, OccasionKind::Test);
    let folder = office.folder.path().join("mail");
    let settings = mail_settings(&[&format!("--mail-dir={}", folder.display())]);
    let delivered = office.deliver(occasion.id, settings).await;
    assert_eq!(delivered.count(Outcome::Accepted), 1);
    let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|f| f.unwrap().path()).collect();
    let file = files.iter().find(|path| path.extension().is_some_and(|e| e == "eml")).unwrap();
    let bytes = std::fs::read(file).unwrap();
    let mail = mail_parser::MessageParser::default().parse(&bytes).unwrap();
    assert!(mail.subject().unwrap().starts_with("[Probe] "), "{:?}", mail.subject());
    let text = mail.body_text(0).unwrap();
    assert!(text.contains("Dies ist eine Probe"), "{text}");
    assert!(text.contains("https://notices.parcel.example/notices/parcel/tls-1.2"), "{text}");
    assert!(!text.contains("/preferences/"), "a tester has none: {text}");
    assert!(text.contains("https://notices.parcel.example/subscribe?program=parcel"), "{text}");
    assert!(mail.attachments().count() == 1, "its calendar, as a reader would get it");
    // Nothing counts it, and nobody is told anything by it.
    assert!(office.store.occasions().await.unwrap().is_empty());
    let notice = sample_office::notice();
    assert!(office.store.occasions_about(&notice).await.unwrap().is_empty());
    let row = office.outbox().await[0].row;
    assert_eq!(office.store.addressee(row).await.unwrap(), None, "it can be done by nobody");
    assert_eq!(office.fill(None).await.unwrap().added, 2, "and the office hears of nothing by it");
    let fate = office.store.fate_of_test(office.latest().await.id, &notice).await.unwrap();
    assert_eq!(fate.unwrap().0, Outcome::Accepted);
}

#[tokio::test]
async fn a_test_goes_to_nobody_who_must_not_be_written_to() {
    let office = TestOffice::open().await;
    let address = "ada@office.example".parse().unwrap();
    let mailbox = office.keys.mailbox(&address);
    let (scope, now) = (SuppressedScope::Everywhere, office.clock.now());
    office.store.suppress(&mailbox, &scope, "they asked us", now).await.unwrap();
    office.ask("a", &test_to("ada@office.example")).await;
    office.do_errands().await.unwrap();
    let folder = office.folder.path().join("mail");
    let settings = mail_settings(&[&format!("--mail-dir={}", folder.display())]);
    office.deliver(1, settings).await;
    let errand = office.latest().await.id;
    let fate = office.store.fate_of_test(errand, &sample_office::notice()).await.unwrap();
    assert_eq!(fate.unwrap(), (Outcome::Suppressed, "they asked us".to_owned()));
}

#[tokio::test]
async fn the_office_may_send_only_so_many_tests_an_hour() {
    let office = TestOffice::open().await;
    for n in 0..TESTS_AN_HOUR {
        let asked = office.ask(&format!("{n}"), &test_to("ada@office.example")).await;
        assert_eq!(asked, ErrandAsked::Kept);
    }
    let more = test_to("bob@office.example");
    assert_eq!(office.ask("more", &more).await, ErrandAsked::TooMany);
    office.clock.pass(TimeDelta::minutes(61));
    assert_eq!(office.ask("more", &more).await, ErrandAsked::Kept);
}
