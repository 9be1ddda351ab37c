//! What every database has to do alike about watched targets: who asks, what is kept, and what
//! is told.

use crate::databases::on_both_databases;
use crate::test_office::TestOffice;
use chrono::TimeDelta;
use fairwarning::notice::{
    Carrier, Difference, Digest, Edition, Judgement, Remark, TlsVersion, Verdict, WatchStanding,
    WatchTarget, Weight,
};
use fairwarning::store::{DriftMail, LeasedWatch, NewLook, PublicationId};
use std::time::Duration;

on_both_databases!(
    targets_are_taken_from_a_publication_once_and_never_from_an_earlier_one,
    one_process_asks_a_target_at_a_time,
    a_look_and_its_history_are_kept,
    what_changed_is_told_once,
);

const LEASE: Duration = Duration::from_secs(300);

fn target(url_id: &str) -> WatchTarget {
    WatchTarget {
        environment: "prod".parse().unwrap(),
        url_id: url_id.parse().unwrap(),
        url: format!("https://{url_id}.parcels.example").parse().unwrap(),
        operation: (url_id == "rest").then(|| "GET /v1/labels".parse().unwrap()),
    }
}

impl TestOffice {
    async fn current(&self) -> PublicationId {
        self.store.current_publication_id().await.unwrap().unwrap()
    }

    /// Has these watched, all due now.
    async fn watch(&self, publication: PublicationId, url_ids: &[&str]) -> bool {
        let (program, now) = ("parcel".parse().unwrap(), self.clock.now());
        let targets: Vec<_> =
            url_ids.iter().map(|id| (Clone::clone(&program), target(id), now)).collect();
        self.store.watch(publication, &targets).await.unwrap()
    }

    async fn lease(&self, most: i64) -> Vec<LeasedWatch> {
        self.store.lease_watched(self.clock.now(), LEASE, most).await.unwrap()
    }

    /// Keeps a look that found `judgement`; whether it was this process's to keep.
    async fn look(&self, leased: &LeasedWatch, judgement: &Judgement) -> bool {
        let now = self.clock.now();
        let turn = WatchStanding::after(leased.standing.as_ref(), judgement, now);
        let look = NewLook {
            standing: &turn.standing,
            judgement,
            findings: &[],
            is_change: turn.is_change,
            is_news: turn.is_news,
            due_at: now + TimeDelta::hours(6),
        };
        self.store.keep_look(leased, &look, now).await.unwrap()
    }

    /// Six hours pass, and the one target is asked.
    async fn look_again(&self, judgement: &Judgement) {
        self.clock.pass(TimeDelta::hours(6));
        let leased = self.lease(1).await.remove(0);
        assert!(self.look(&leased, judgement).await);
    }
}

fn conforming() -> Judgement {
    Judgement { verdict: Verdict::Conforming, remarks: Vec::new() }
}

/// TLS 1.0 is accepted after its cutoff.
pub fn drifting() -> Judgement {
    let remark = Remark {
        weight: Weight::Drift,
        difference: Difference::StillAccepted { version: TlsVersion::Tls10 },
        addresses: Vec::new(),
        notice: Some("tls-1.2".parse().unwrap()),
        row: Some("prod".parse().unwrap()),
        declared: None,
        seconds_after: None,
        sentence: "PROD still accepts TLS 1.0 after its cutoff".to_owned(),
    };
    Judgement { verdict: Verdict::Drifting, remarks: vec![remark] }
}

async fn targets_are_taken_from_a_publication_once_and_never_from_an_earlier_one() {
    let office = TestOffice::open().await;
    let first = office.current().await;
    assert!(office.watch(first, &["main", "rest"]).await);
    assert!(!office.watch(first, &[]).await);
    let names = async || -> Vec<String> {
        let watched = office.store.watched(None).await.unwrap();
        watched.iter().map(|one| one.target.url_id.to_string()).collect()
    };
    assert_eq!(names().await, ["main", "rest"]);
    let kept = office.store.watched(None).await.unwrap();
    assert_eq!(kept[1].target, target("rest"));
    assert_eq!((kept[1].looked_at, &kept[1].standing), (None, &None));
    let now = office.clock.now();
    let amended = crate::sample_office::amended();
    office.store.publish(&amended, Some(first), now).await.unwrap();
    let second = office.current().await;
    assert!(office.watch(second, &["rest", "late"]).await);
    assert!(!office.watch(first, &["main"]).await, "an earlier one");
    assert_eq!(names().await, ["rest", "late"]);
    // What is watched no more is neither asked nor forgotten.
    assert_eq!(office.lease(9).await.len(), 2);
    assert!(office.store.watched_target(kept[0].id).await.unwrap().is_some());
    let other = "letters".parse().unwrap();
    assert!(office.store.watched(Some(&other)).await.unwrap().is_empty());
}

async fn one_process_asks_a_target_at_a_time() {
    let office = TestOffice::open().await;
    office.watch(office.current().await, &["main", "rest"]).await;
    let mine = office.lease(1).await;
    let other = office.lease(9).await;
    assert_eq!((mine.len(), other.len()), (1, 1));
    assert_ne!(mine[0].id, other[0].id);
    assert!(office.lease(9).await.is_empty());
    // Whoever answers too late finds that somebody else asked.
    office.clock.pass(TimeDelta::seconds(301));
    let again = office.lease(9).await;
    assert_eq!(again.len(), 2);
    assert!(!office.look(&mine[0], &conforming()).await);
    assert!(office.look(&again[0], &conforming()).await);
    assert!(!office.look(&again[0], &conforming()).await, "it was kept");
    assert!(office.look(&again[1], &conforming()).await);
    let due = office.clock.now() + TimeDelta::hours(6);
    assert_eq!(office.store.next_watch().await.unwrap(), Some(due));
    assert!(office.lease(9).await.is_empty());
    office.clock.pass(TimeDelta::hours(6));
    assert_eq!(office.lease(9).await.len(), 2);
}

async fn a_look_and_its_history_are_kept() {
    let office = TestOffice::open().await;
    office.watch(office.current().await, &["main", "rest"]).await;
    let leased = office.lease(9).await;
    let began = office.clock.now();
    office.look(&leased[1], &drifting()).await;
    let watched = office.store.watched(None).await.unwrap();
    // What drifts comes first.
    assert_eq!(watched[0].target, leased[1].target);
    let standing = watched[0].standing.as_ref().unwrap();
    assert_eq!((standing.verdict, standing.since), (Verdict::Drifting, began));
    assert_eq!(watched[0].judgement, Some(drifting()));
    assert_eq!(watched[0].looked_at, Some(began));
    let counts = office.store.watch_counts().await.unwrap();
    let counts: Vec<_> = counts.iter().map(|count| (count.verdict, count.targets)).collect();
    assert!(counts.contains(&(Some(Verdict::Drifting), 1)), "{counts:?}");
    assert!(counts.contains(&(None, 1)), "{counts:?}");
    office.look(&leased[0], &conforming()).await;
    for judgement in [drifting(), drifting(), conforming()] {
        office.clock.pass(TimeDelta::hours(6));
        for leased in office.lease(9).await {
            let judgement = match leased.target.operation {
                None => &conforming(),
                Some(_) => &judgement,
            };
            assert!(office.look(&leased, judgement).await);
        }
    }
    let changes = office.store.watch_changes(leased[1].id, 9).await.unwrap();
    let verdicts: Vec<_> = changes.iter().map(|change| change.judgement.verdict).collect();
    assert_eq!(verdicts, [Verdict::Conforming, Verdict::Drifting]);
    assert_eq!(changes[1].at, began);
    assert_eq!(office.store.watch_changes(leased[1].id, 1).await.unwrap().len(), 1);
    assert_eq!(office.store.watch_changes(leased[0].id, 9).await.unwrap().len(), 1);
}

async fn what_changed_is_told_once() {
    let office = TestOffice::open().await;
    office.watch(office.current().await, &["main"]).await;
    let leased = office.lease(1).await.remove(0);
    office.look(&leased, &conforming()).await;
    assert!(office.store.untold_changes(9).await.unwrap().is_empty(), "nothing to tell");
    office.look_again(&drifting()).await;
    office.look_again(&drifting()).await;
    let untold = office.store.untold_changes(9).await.unwrap();
    assert_eq!(untold.len(), 1);
    assert_eq!((untold[0].told_before.as_str(), &untold[0].judgement), ("", &drifting()));
    let (store, now) = (&office.store, office.clock.now());
    let address = "ops@parcel.example".parse().unwrap();
    let recipient = store.office_mailbox(&address, &[7], now).await.unwrap();
    let current = store.current_publication().await.unwrap().unwrap();
    let revision: Digest = current.digest;
    let edition = Edition {
        locale: "en".parse().unwrap(),
        rows: Vec::new(),
        subject: "S".to_owned(),
        text: "T".to_owned(),
        html: "<p>T</p>".to_owned(),
        calendar: None,
        event: None,
    };
    let mail = DriftMail {
        changes: &[untold[0].id],
        program: &"parcel".parse().unwrap(),
        publication: current.id,
        revision: &revision,
        edition: &edition,
        carrier: Carrier::Files,
        message_id: "one@parcel.example",
        recipient,
    };
    assert!(store.mail_drift(&mail, now).await.unwrap());
    assert!(!store.mail_drift(&mail, now).await.unwrap());
    assert!(store.untold_changes(9).await.unwrap().is_empty());
    office.look_again(&conforming()).await;
    let mended = store.untold_changes(9).await.unwrap();
    assert_eq!((mended.len(), mended[0].told_before.as_str()), (1, "still accepted TLS 1.0"));
    store.pass_over_changes(&[mended[0].id]).await.unwrap();
    assert!(store.untold_changes(9).await.unwrap().is_empty());
}
