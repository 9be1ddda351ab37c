//! Rates: never more than was allowed, over all nodes and restarts, and nobody
//! waits because others are limited.

use crate::test_office::{TestOffice, mail_settings};
use chrono::Duration;
use fairwarning::notice::{Bucket, Rate, RateLimits};
use fairwarning::store::{Errand, NewNode, NodeId, Report, Scope, Store};
use proptest::prelude::*;
use std::collections::BTreeMap;

crate::databases::on_postgres_too!(
    the_overall_rate_holds_over_all_nodes_and_restarts,
    a_domain_without_tokens_keeps_nobody_else_waiting,
    what_is_not_sent_takes_no_token,
    with_every_domain_limited_each_window_is_kept_and_nobody_starves,
);

fn rate(text: &str) -> Rate {
    text.parse().unwrap()
}

fn limits(flags: &[&str]) -> RateLimits {
    mail_settings(flags).rates
}

async fn node(store: &Store) -> NodeId {
    let lifetime = std::time::Duration::from_secs(86_400);
    store.register_node(NewNode { name: "node", lifetime }).await.unwrap()
}

async fn people(office: &TestOffice, domains: &[(&str, usize)]) {
    let mut list = String::from("address,programs\n");
    for (domain, count) in domains {
        for n in 1..=*count {
            list.push_str(&format!("p{n}@{domain},parcel\n"));
        }
    }
    office.import(&list).await.unwrap();
    office.fill(None).await.unwrap();
}

/// How many were claimed, by domain.
async fn claim(
    office: &TestOffice,
    node: NodeId,
    limit: usize,
    limits: &RateLimits,
) -> BTreeMap<String, usize> {
    let claims = office.store.claim_within(node, Errand::Round(1), limit, limits).await.unwrap();
    let mut by_domain = BTreeMap::new();
    for claimed in claims.rows {
        *by_domain.entry(claimed.address.domain().to_owned()).or_default() += 1;
    }
    by_domain
}

fn counts(expected: &[(&str, usize)]) -> BTreeMap<String, usize> {
    expected.iter().map(|(domain, count)| ((*domain).to_owned(), *count)).collect()
}

#[test]
fn a_rate_is_a_number_a_second_a_minute_or_an_hour() {
    for (text, interval_us, burst) in
        [("20/s", 50_000, 20), ("10/m", 6_000_000, 1), ("3/s", 333_334, 2), ("7200/h", 500_000, 2)]
    {
        let rate = rate(text);
        assert_eq!((rate.interval_us(), rate.burst()), (interval_us, burst), "{text}");
        assert_eq!(rate.to_string(), text);
    }
    for bad in ["", "10", "10/d", "0/s", "-1/s", "+1/s", "1.5/s", "999999999/s", "/s"] {
        let refusal = bad.parse::<Rate>().unwrap_err().to_string();
        assert!(refusal.contains("such as 20/s or 10/m"), "{refusal}");
    }
}

#[test]
fn a_domain_is_named_once_and_spelt_as_addresses_are() {
    let limits = limits(&["--rate=5/s", "--domain-rate=B\u{fc}cher.example=10/m,*=2/s"]);
    assert_eq!(limits.of_domain("xn--bcher-kva.example"), Some(rate("10/m")));
    assert_eq!(limits.of_domain("other.example"), Some(rate("2/s")));
    assert_eq!(limits.overall, Some(rate("5/s")));
}

proptest! {
    /// Whatever the times at which somebody asks.
    #[test]
    fn a_bucket_never_gives_more_than_its_rate_and_burst_in_any_window(
        count in 1_i64..2_000,
        period in prop::sample::select(vec!["s", "m", "h"]),
        gaps in prop::collection::vec(0_i64..3_000_000, 1..200),
    ) {
        let rate = rate(&format!("{count}/{period}"));
        let (mut now, mut bucket, mut taken) = (1_000_000_000, Bucket::kept(0, rate, 0), Vec::new());
        for gap in gaps {
            now += gap;
            while taken.len() < 5_000 && bucket.take(rate, now) {
                taken.push(now);
            }
        }
        for (first, from) in taken.iter().enumerate() {
            for (last, to) in taken.iter().enumerate().skip(first).step_by(7) {
                let most = (to - from) / rate.interval_us() + rate.burst();
                prop_assert!(i64::try_from(last - first + 1).unwrap() <= most);
            }
        }
    }

    #[test]
    fn an_empty_bucket_opens_exactly_when_it_says(count in 1_i64..500, at in 0_i64..1 << 50) {
        let rate = rate(&format!("{count}/s"));
        let mut bucket = Bucket::kept(0, rate, at);
        while bucket.take(rate, at) {}
        let opens_at = bucket.opens_at(rate);
        prop_assert!(opens_at > at);
        prop_assert_eq!(bucket.tokens(rate, opens_at - 1), 0);
        prop_assert_eq!(bucket.tokens(rate, opens_at), 1);
    }
}

#[tokio::test]
async fn the_overall_rate_holds_over_all_nodes_and_restarts() {
    let office = TestOffice::open().await;
    people(&office, &[("a.example", 20)]).await;
    let limits = limits(&["--rate=3/s"]);
    let one = node(&office.store).await;
    assert_eq!(claim(&office, one, 9, &limits).await, counts(&[("a.example", 2)]));
    let restarted = Store::open_told(&office.database.url(), office.clock.clock()).await.unwrap();
    let other = node(&restarted).await;
    let claim_there = || restarted.claim_within(other, Errand::Round(1), 9, &limits);
    assert_eq!(claim_there().await.unwrap().rows.len(), 0, "one bucket for all");
    office.clock.pass(Duration::milliseconds(400));
    assert_eq!(claim_there().await.unwrap().rows.len(), 1);
    assert_eq!(claim(&office, one, 9, &limits).await, counts(&[]));
}

#[tokio::test]
async fn a_domain_without_tokens_keeps_nobody_else_waiting() {
    let office = TestOffice::open().await;
    people(&office, &[("slow.example", 6_000), ("quick.example", 30)]).await;
    let limits = limits(&["--domain-rate=slow.example=10/m"]);
    let node = node(&office.store).await;
    let first = claim(&office, node, 8, &limits).await;
    assert_eq!(first, counts(&[("slow.example", 1), ("quick.example", 7)]));
    assert_eq!(claim(&office, node, 30, &limits).await, counts(&[("quick.example", 23)]));
    assert_eq!(claim(&office, node, 30, &limits).await, counts(&[]));
    assert!(office.store.is_round_due(1).await.unwrap(), "the round is not over");
    office.clock.pass(Duration::seconds(6));
    assert_eq!(claim(&office, node, 30, &limits).await, counts(&[("slow.example", 1)]));
    assert_eq!(claim(&office, node, 30, &limits).await, counts(&[]));
    let lifted = RateLimits::default();
    office.clock.pass(Duration::seconds(6));
    assert_eq!(claim(&office, node, 30, &lifted).await, counts(&[("slow.example", 30)]));
}

/// Whoever has no token costs none.
#[tokio::test]
async fn what_is_not_sent_takes_no_token() {
    let office = TestOffice::open().await;
    people(&office, &[("a.example", 3)]).await;
    let now = office.clock.now();
    for gone in ["p1@a.example", "p2@a.example"] {
        let mailbox = office.keys.mailbox(&gone.parse().unwrap());
        office.store.suppress(&mailbox, &Scope::Everywhere, "it bounced", now).await.unwrap();
    }
    let limits = limits(&["--rate=1/m", "--domain-rate=*=1/m"]);
    let node = node(&office.store).await;
    let claims = office.store.claim_within(node, Errand::Round(1), 2, &limits).await.unwrap();
    let then = office.store.claim_within(node, Errand::Round(1), 2, &limits).await.unwrap();
    assert_eq!(claims.settled.len() + then.settled.len(), 2);
    assert_eq!(claims.rows.len() + then.rows.len(), 1);
}

#[tokio::test]
async fn with_every_domain_limited_each_window_is_kept_and_nobody_starves() {
    let office = TestOffice::open().await;
    people(&office, &[("a.example", 40), ("b.example", 25), ("c.example", 10)]).await;
    let limits = limits(&["--rate=3/s", "--domain-rate=a.example=2/s,b.example=60/m,*=30/m"]);
    let nodes = [node(&office.store).await, node(&office.store).await];
    let begun = office.clock.now();
    let mut sent: Vec<(i64, String)> = Vec::new();
    for step in 0_i64..400 {
        let node = nodes[usize::try_from(step % 2).unwrap()];
        let claims = office.store.claim_within(node, Errand::Round(1), 8, &limits).await.unwrap();
        let at = (office.clock.now() - begun).num_microseconds().unwrap();
        let mut reports = Vec::new();
        for claimed in claims.rows {
            sent.push((at, claimed.address.domain().to_owned()));
            // Whatever comes of it: a deferred message comes back and is limited again.
            let retry_in =
                sent.len().is_multiple_of(5).then_some(std::time::Duration::from_secs(1));
            let outcome = match retry_in {
                Some(_) => fairwarning::notice::Outcome::Deferred,
                None => fairwarning::notice::Outcome::Accepted,
            };
            let reply = String::new();
            reports.push(Report::Attempted { row: claimed.row, outcome, reply, retry_in });
        }
        office.store.record(node, &reports).await.unwrap();
        office.clock.pass(Duration::milliseconds(37 + step * 13 % 250));
        if !office.store.is_round_due(1).await.unwrap() {
            office.clock.pass(Duration::seconds(1));
        }
    }
    for (domain, rate) in
        [("", "3/s"), ("a.example", "2/s"), ("b.example", "60/m"), ("c.example", "30/m")]
    {
        let rate: Rate = rate.parse().unwrap();
        let of_domain = sent.iter().filter(|(_, to)| domain.is_empty() || to == domain);
        let times: Vec<i64> = of_domain.map(|(at, _)| *at).collect();
        for (first, from) in times.iter().enumerate() {
            for (last, to) in times.iter().enumerate().skip(first) {
                let most = (to - from) / rate.interval_us() + rate.burst();
                let found = i64::try_from(last - first + 1).unwrap();
                assert!(found <= most, "{domain}: {found} in {} us", to - from);
            }
        }
    }
    let counts = office.store.round_counts(1).await.unwrap();
    assert_eq!(counts.of(fairwarning::notice::Outcome::Accepted), 75, "{counts:?}");
}
