//! The probe meets servers of every kind, and every outcome is right.

use crate::zoo::{Animal, Zoo};
use chrono::{DateTime, Utc};
use fairwarning::notice::{Acceptance, Finding, HttpUrl, Refusal, TlsVersion};
use fairwarning::tls::{ProbeSettings, Prober};
use futures_util::{StreamExt, stream};
use std::net::IpAddr;
use std::time::Duration;
use tokio::sync::OnceCell;

const TIMEOUT: Duration = Duration::from_secs(4);
/// Slower than a server on this machine, faster than the timeout.
const SLOW: Duration = Duration::from_millis(800);

fn at() -> DateTime<Utc> {
    "2020-07-01T00:00:00Z".parse().unwrap()
}

fn prober(address: IpAddr) -> Prober {
    let settings = ProbeSettings { timeout: TIMEOUT, at_once: 4, rate: "1000/s".parse().unwrap() };
    Prober::new(settings, |_| Ok(()))
        .looking_up(move |_| Box::pin(async move { Ok(vec![address]) }))
}

/// As the zoo writes it.
fn outcome(finding: &Finding) -> String {
    let letter = |version| match finding.transport.get(&version) {
        Some(Acceptance::Accepted) => 'a',
        Some(Acceptance::Refused { .. }) => 'r',
        Some(Acceptance::Undetermined { .. }) => 'u',
        None => '-',
    };
    TlsVersion::ALL.map(letter).into_iter().collect()
}

async fn probed(animal: &Animal) -> Finding {
    let url: HttpUrl = animal.url().parse().unwrap();
    let mut findings = prober(animal.address.ip()).url(&url, at()).await;
    assert_eq!(findings.len(), 1);
    findings.remove(0)
}

/// What is true of a server, and what was found.
struct Met {
    name: &'static str,
    truth: &'static str,
    finding: Finding,
}

/// The whole zoo, met once for all tests: some servers take their time.
async fn met() -> &'static [Met] {
    static MET: OnceCell<Vec<Met>> = OnceCell::const_new();
    let meet = || async {
        let zoo = Zoo::open(SLOW);
        let asked = zoo.animals.iter().map(|animal| async move {
            Met { name: animal.name, truth: animal.truth, finding: probed(animal).await }
        });
        stream::iter(asked).buffer_unordered(4).collect().await
    };
    MET.get_or_init(meet).await
}

async fn finding(name: &str) -> &'static Finding {
    let met = met().await.iter().find(|met| met.name == name);
    &met.unwrap_or_else(|| panic!("{name} is in the zoo")).finding
}

#[tokio::test(flavor = "multi_thread")]
async fn the_outcome_of_every_server_of_the_zoo_is_right() {
    let met = met().await;
    assert!(met.len() >= 45, "{}", met.len());
    let wrong: Vec<String> = met
        .iter()
        .filter(|met| outcome(&met.finding) != met.truth)
        .map(|met| {
            let found = outcome(&met.finding);
            format!("{}: {}, not {found}: {:?}", met.name, met.truth, met.finding)
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn refusal(finding: &Finding, version: TlsVersion) -> Option<&Refusal> {
    match finding.transport.get(&version) {
        Some(Acceptance::Refused { by }) => Some(by),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_says_how_it_was_shown() {
    for (name, how) in [
        ("TLS 1.2 to 1.3", Refusal::Alert { code: 70 }),
        ("old hellos are reset", Refusal::Reset),
        ("old hellos are closed", Refusal::Closed),
        ("old hellos are dropped", Refusal::Silent),
        ("old hellos get HTTP", Refusal::NotTls),
        ("old hellos get a ServerHello and an alert", Refusal::Alert { code: 80 }),
    ] {
        let finding = finding(name).await;
        assert_eq!(refusal(finding, TlsVersion::Tls10), Some(&how), "{name}");
    }
    let finding = finding("TLS 1.0 and 1.2, not 1.1").await;
    let lower = Refusal::Lower { version: TlsVersion::Tls10 };
    assert_eq!(refusal(finding, TlsVersion::Tls11), Some(&lower));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_is_accepted_every_version_says_why_nothing_is_known() {
    for (name, words) in [
        ("closes after the hello", "it closed the connection"),
        ("resets after the hello", "it reset the connection"),
        ("is silent", "it did not answer in time"),
        ("speaks HTTP", "something that is not TLS"),
        ("nginx, this name rejected", "alert 112 (unrecognized_name)"),
    ] {
        let finding = finding(name).await;
        let Some(Acceptance::Undetermined { why }) = finding.transport.get(&TlsVersion::Tls12)
        else {
            panic!("{name}: {finding:?}");
        };
        assert!(why.contains(words) && why.ends_with("no other version either"), "{name}: {why}");
        assert!(finding.http.is_empty(), "{name}");
    }
    let finding = finding("nobody").await;
    assert!(finding.failure.as_ref().is_some_and(|why| why.contains("refused")), "nobody is there");
}
