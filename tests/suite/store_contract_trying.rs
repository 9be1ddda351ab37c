//! What every database has to do alike about those who try a test endpoint.

use crate::databases::on_both_databases;
use crate::test_office::TestOffice;
use chrono::{DateTime, Duration, Utc};
use fairwarning::links::Token;
use fairwarning::notice::{
    Alert, AlertSender, Attempt, AttemptOutcome as Outcome, EndpointPath, Framing, PeerDetail,
    Readiness, TlsVersion,
};
use fairwarning::store::KeptAttempt;
use fairwarning::subscribers;

on_both_databases!(
    an_attempt_comes_back_as_it_was_kept,
    somebody_is_known_by_the_token_in_the_name_alone,
    an_address_is_kept_as_far_as_the_program_declares,
    what_is_alike_within_minutes_is_one_row_that_counts,
    a_flood_of_inventions_is_counted_without_its_particulars,
    a_flood_of_strangers_takes_no_room_of_an_integrator,
    the_failed_ones_come_first_and_then_the_latest,
    what_says_nothing_of_versions_takes_no_pass_back,
    an_older_attempt_that_comes_later_changes_nothing,
    what_is_too_old_is_forgotten_by_program,
    erasing_somebody_takes_what_they_tried,
    strangers_are_told_by_network,
);

pub const HOST: &str = "tls.example.org";

pub fn at_endpoint(outcome: Outcome, at: DateTime<Utc>) -> Attempt {
    let endpoint = EndpointPath {
        notice: "parcel/tls-1.2".parse().unwrap(),
        endpoint: "tls".parse().unwrap(),
    };
    Attempt {
        at,
        endpoint: Some(endpoint),
        peer: "192.0.2.77".parse().unwrap(),
        server_name: Some(HOST.to_owned()),
        token: None,
        framing: Framing::Tls,
        offered: vec![0x0301, 0x0302],
        negotiated: None,
        cipher: None,
        outcome,
        alert: Some(Alert { sent_by: AlertSender::Server, code: 70 }),
    }
}

pub fn by(attempt: Attempt, token: &str) -> Attempt {
    let name = format!("{token}.{HOST}");
    Attempt { token: Some(token.to_owned()), server_name: Some(name), ..attempt }
}

pub async fn keep(office: &TestOffice, attempts: Vec<Attempt>) {
    keep_with(office, attempts, PeerDetail::Truncated).await;
}

async fn keep_with(office: &TestOffice, attempts: Vec<Attempt>, peers: PeerDetail) {
    let (store, keys) = (&office.store, &office.keys);
    subscribers::keep_attempts(store, keys, attempts, |_| peers).await.unwrap();
}

/// An office with one integrator: their number and token.
async fn one_integrator() -> (TestOffice, i64, String) {
    let office = TestOffice::open().await;
    office.import_people(1).await;
    let subscriber = office.store.subscribers(0, 10).await.unwrap().remove(0).id;
    let token = office.keys.sign(&Token::Rehearse { subscriber });
    (office, subscriber, token)
}

async fn own(office: &TestOffice, subscriber: i64) -> Vec<KeptAttempt> {
    office.store.attempts_of(subscriber, None, 1_000).await.unwrap()
}

async fn states(office: &TestOffice, subscriber: i64) -> Vec<Readiness> {
    let found = office.store.readiness_of(subscriber).await.unwrap();
    found.into_iter().map(|ready| ready.state).collect()
}

async fn an_attempt_comes_back_as_it_was_kept() {
    let (office, subscriber, token) = one_integrator().await;
    let now = office.clock.now();
    let passed = Attempt {
        negotiated: Some(TlsVersion::Tls13),
        cipher: Some("TLS_AES_256_GCM_SHA384".to_owned()),
        offered: vec![0x0a0a, 0x0304],
        alert: None,
        ..by(at_endpoint(Outcome::Passed, now), &token)
    };
    keep(&office, vec![passed.clone()]).await;
    let kept = own(&office, subscriber).await.remove(0);
    assert_eq!(kept.endpoint, passed.endpoint);
    assert_eq!(kept.peer.as_deref(), Some("192.0.2.0/24"));
    assert_eq!(kept.server_name.as_deref(), Some("*.tls.example.org"));
    assert_eq!((kept.framing, kept.offered), (passed.framing, passed.offered));
    assert_eq!((kept.negotiated, kept.cipher), (passed.negotiated, passed.cipher));
    assert_eq!((kept.outcome, kept.alert), (passed.outcome, passed.alert));
    assert_eq!((kept.first_at, kept.last_at, kept.times), (now, now, 1));
}

async fn somebody_is_known_by_the_token_in_the_name_alone() {
    let (office, subscriber, token) = one_integrator().await;
    let now = office.clock.now();
    let erased = office.keys.sign(&Token::Rehearse { subscriber: 999 });
    let other = office.keys.sign(&Token::Preferences { subscriber });
    let strangers = ["", "invented", &erased, &other];
    let attempts =
        strangers.iter().map(|token| by(at_endpoint(Outcome::TooOld, now), token)).collect();
    keep(&office, attempts).await;
    assert!(own(&office, subscriber).await.is_empty());
    keep(&office, vec![by(at_endpoint(Outcome::TooOld, now), &token.to_uppercase())]).await;
    assert_eq!(own(&office, subscriber).await.len(), 1);
}

async fn an_address_is_kept_as_far_as_the_program_declares() {
    let (office, subscriber, token) = one_integrator().await;
    let cases = [
        (PeerDetail::Full, "2001:db8:1:2::3", Some("2001:db8:1:2::3")),
        (PeerDetail::Truncated, "2001:db8:1:2::3", Some("2001:db8:1::/48")),
        (PeerDetail::Truncated, "::ffff:192.0.2.77", Some("192.0.2.0/24")),
        (PeerDetail::None, "192.0.2.77", None),
    ];
    for (detail, peer, expected) in cases {
        office.clock.pass(Duration::hours(1));
        let attempt = at_endpoint(Outcome::TooOld, office.clock.now());
        let attempt = Attempt { peer: peer.parse().unwrap(), ..by(attempt, &token) };
        keep_with(&office, vec![attempt], detail).await;
        assert_eq!(own(&office, subscriber).await[0].peer.as_deref(), expected);
    }
}

async fn what_is_alike_within_minutes_is_one_row_that_counts() {
    let (office, subscriber, token) = one_integrator().await;
    let first = office.clock.now();
    for _ in 0..3 {
        let attempt = by(at_endpoint(Outcome::TooOld, office.clock.now()), &token);
        keep(&office, vec![attempt.clone(), attempt]).await;
        office.clock.pass(Duration::seconds(20));
    }
    let kept = own(&office, subscriber).await;
    let counted: Vec<_> =
        kept.iter().map(|kept| (kept.first_at, kept.last_at, kept.times)).collect();
    assert_eq!(counted, [(first, first + Duration::seconds(40), 6)]);
    office.clock.pass(Duration::minutes(10));
    let now = office.clock.now();
    keep(&office, vec![by(at_endpoint(Outcome::TooOld, now), &token)]).await;
    let other = Attempt { offered: vec![0x0300], ..by(at_endpoint(Outcome::TooOld, now), &token) };
    keep(&office, vec![other]).await;
    assert_eq!(own(&office, subscriber).await.len(), 3);
}

async fn a_flood_of_inventions_is_counted_without_its_particulars() {
    let (office, _, _) = one_integrator().await;
    let now = office.clock.now();
    for batch in 0..4 {
        let inventions = (0..400).map(|n| Attempt {
            server_name: Some(format!("{batch}-{n}.example.org")),
            offered: vec![n; 200],
            ..at_endpoint(Outcome::TooOld, now)
        });
        keep(&office, inventions.collect()).await;
    }
    let notice = "parcel/tls-1.2".parse().unwrap();
    let networks = office.store.strangers_by_network(&notice, 100).await.unwrap();
    let told: Vec<_> = networks.iter().map(|from| (from.peer.as_deref(), from.failed)).collect();
    assert_eq!(told, [(None, 1_400), (Some("192.0.2.0/24"), 200)]);
    let (parcel, later) = ("parcel".parse().unwrap(), now + Duration::days(1));
    let rows = office.store.purge_attempts(Some(&parcel), later, 10_000).await.unwrap();
    assert_eq!(rows, 201);
}

async fn a_flood_of_strangers_takes_no_room_of_an_integrator() {
    let (office, subscriber, token) = one_integrator().await;
    let now = office.clock.now();
    let nobody = |n: u16| Attempt {
        endpoint: None,
        server_name: Some(format!("{n}.example.org\0")),
        ..at_endpoint(Outcome::NotTls, now)
    };
    keep(&office, (0..500).map(nobody).collect()).await;
    let own_ones =
        |n: u16| Attempt { offered: vec![n], ..by(at_endpoint(Outcome::TooOld, now), &token) };
    keep(&office, (0..80).map(own_ones).collect()).await;
    let kept = own(&office, subscriber).await;
    assert_eq!(kept.iter().map(|kept| kept.times).sum::<i64>(), 80);
    assert_eq!(kept.len(), 51);
    let told = kept.iter().filter(|kept| !kept.offered.is_empty()).count();
    assert_eq!(told, 50);
}

async fn the_failed_ones_come_first_and_then_the_latest() {
    let (office, subscriber, token) = one_integrator().await;
    let outcomes = [Outcome::TooOld, Outcome::Passed, Outcome::PlainHttp, Outcome::Silent];
    for outcome in outcomes {
        office.clock.pass(Duration::hours(1));
        keep(&office, vec![by(at_endpoint(outcome, office.clock.now()), &token)]).await;
    }
    let expected = [Outcome::PlainHttp, Outcome::TooOld, Outcome::Silent, Outcome::Passed];
    let kept = own(&office, subscriber).await;
    assert_eq!(kept.iter().map(|kept| kept.outcome).collect::<Vec<_>>(), expected);
    let mut paged = Vec::new();
    let mut after = None;
    loop {
        let page = office.store.attempts_of(subscriber, after, 1).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.after());
        paged.extend(page);
    }
    assert_eq!(paged, kept);
}

async fn what_says_nothing_of_versions_takes_no_pass_back() {
    let (office, subscriber, token) = one_integrator().await;
    let steps = [
        (Outcome::DistrustsCertificate, Readiness::Unclear),
        (Outcome::TooOld, Readiness::Fails),
        (Outcome::BrokenOff, Readiness::Fails),
        (Outcome::Passed, Readiness::Passes),
        (Outcome::NotOpen, Readiness::Passes),
        (Outcome::Observed, Readiness::Fails),
    ];
    for (outcome, expected) in steps {
        office.clock.pass(Duration::hours(1));
        keep(&office, vec![by(at_endpoint(outcome, office.clock.now()), &token)]).await;
        assert_eq!(states(&office, subscriber).await, [expected], "{outcome:?}");
    }
    let now = office.clock.now() + Duration::hours(1);
    let both = [(Outcome::Passed, 1), (Outcome::Silent, 2)]
        .map(|(outcome, after)| by(at_endpoint(outcome, now + Duration::minutes(after)), &token));
    keep(&office, both.to_vec()).await;
    assert_eq!(states(&office, subscriber).await, [Readiness::Passes]);
}

async fn an_older_attempt_that_comes_later_changes_nothing() {
    let (office, subscriber, token) = one_integrator().await;
    let now = office.clock.now();
    keep(&office, vec![by(at_endpoint(Outcome::Passed, now), &token)]).await;
    let before = now - Duration::hours(1);
    keep(&office, vec![by(at_endpoint(Outcome::TooOld, before), &token)]).await;
    let ready = office.store.readiness_of(subscriber).await.unwrap().remove(0);
    assert_eq!((ready.state, ready.at), (Readiness::Passes, now));
}

async fn what_is_too_old_is_forgotten_by_program() {
    let (office, subscriber, token) = one_integrator().await;
    let nowhere = Attempt { endpoint: None, ..at_endpoint(Outcome::NotTls, office.clock.now()) };
    let old = by(at_endpoint(Outcome::TooOld, office.clock.now()), &token);
    keep(&office, vec![nowhere, old]).await;
    office.clock.pass(Duration::days(90));
    keep(&office, vec![by(at_endpoint(Outcome::Passed, office.clock.now()), &token)]).await;
    let (parcel, letters) = ("parcel".parse().unwrap(), "letters".parse().unwrap());
    assert_eq!(office.store.programs_tried().await.unwrap(), [parcel]);
    let parcel = "parcel".parse().unwrap();
    let before = office.clock.now() - Duration::days(1);
    assert_eq!(office.store.purge_attempts(Some(&letters), before, 100).await.unwrap(), 0);
    assert_eq!(office.store.purge_attempts(Some(&parcel), before, 100).await.unwrap(), 1);
    assert_eq!(office.store.purge_attempts(None, before, 100).await.unwrap(), 1);
    let kept = own(&office, subscriber).await;
    assert_eq!(kept.iter().map(|kept| kept.outcome).collect::<Vec<_>>(), [Outcome::Passed]);
}

async fn erasing_somebody_takes_what_they_tried() {
    let (office, subscriber, token) = one_integrator().await;
    keep(&office, vec![by(at_endpoint(Outcome::TooOld, office.clock.now()), &token)]).await;
    assert!(office.store.remove_subscriber(&"p1@example.org".parse().unwrap()).await.unwrap());
    assert!(own(&office, subscriber).await.is_empty());
    assert!(states(&office, subscriber).await.is_empty());
    keep(&office, vec![by(at_endpoint(Outcome::TooOld, office.clock.now()), &token)]).await;
    assert!(own(&office, subscriber).await.is_empty(), "their token is nobody's");
}

async fn strangers_are_told_by_network() {
    let office = TestOffice::open().await;
    let now = office.clock.now();
    let from =
        |peer: &str, outcome| Attempt { peer: peer.parse().unwrap(), ..at_endpoint(outcome, now) };
    let attempts = vec![
        from("192.0.2.1", Outcome::Passed),
        from("192.0.2.2", Outcome::Silent),
        from("198.51.100.1", Outcome::TooOld),
        from("198.51.100.2", Outcome::TooOld),
        from("198.51.100.3", Outcome::Passed),
    ];
    keep(&office, attempts).await;
    let notice = "parcel/tls-1.2".parse().unwrap();
    let networks = office.store.strangers_by_network(&notice, 100).await.unwrap();
    let told: Vec<_> = networks
        .iter()
        .map(|from| (from.peer.as_deref().unwrap(), from.passed, from.failed, from.unclear))
        .collect();
    assert_eq!(told, [("198.51.100.0/24", 1, 2, 0), ("192.0.2.0/24", 1, 0, 1)]);
}
