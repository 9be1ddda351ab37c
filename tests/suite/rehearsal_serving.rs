//! `fairwarning serve` with test endpoints: its flags, its role, and that attempts are kept.

use crate::commands::{Service, Workplace};
use crate::databases::on_postgres;
use crate::rehearsal_site::{ISSUED, STRICT, printed, run, workspace};
use fairwarning::notice::{NoticePath, Publication};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};

on_postgres!(the_role_rehearse_alone_takes_clients_and_keeps_what_became_of_them);

fn flags(place: &Workplace) -> [String; 3] {
    let (certificate, key) = ISSUED.write(place.folder());
    [
        "--rehearse-listen=127.0.0.1:0,[::1]:0".to_owned(),
        format!("--rehearse-certificate={}", certificate.display()),
        format!("--rehearse-key={}", key.display()),
    ]
}

/// Publishes the endpoints and starts a service; the ports of its two listeners.
async fn start(place: &Workplace, more: &[&str]) -> (Service, [String; 2]) {
    let store = &place.office.store;
    let parent = store.current_publication_id().await.unwrap();
    let publication = Publication::new(workspace(443), BTreeMap::new());
    store.publish(&publication, parent, place.office.clock.now()).await.unwrap();
    let flags = flags(place);
    let flags: Vec<_> = flags.iter().map(String::as_str).chain(more.iter().copied()).collect();
    let mut service = Service::start(place, &flags);
    let lines = BufReader::new(service.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut ports = lines.filter_map(|line| {
        let address = line.strip_prefix("Rehearsing on https://")?;
        Some(address.rsplit(':').next()?.to_owned())
    });
    let ports = [ports.next().unwrap(), ports.next().unwrap()];
    (service, ports)
}

async fn curl(place: &Workplace, address: &str, port: &str, more: &[&str]) -> (bool, String) {
    let root = place.folder().join("root.pem").display().to_string();
    let resolved = format!("{STRICT}:{port}:{address}");
    let url = format!("https://{STRICT}:{port}/");
    let always = ["-sS", "--noproxy", "*", "--cacert", &root, "--resolve", &resolved];
    let output = run("curl", &[&always[..], more, &[&url]].concat(), "").await;
    (output.status.success(), printed(&output))
}

/// How many attempts of strangers are kept that passed, and that failed.
async fn kept(place: &Workplace) -> (i64, i64) {
    let notice: NoticePath = "parcels/tls-1.2".parse().unwrap();
    let networks = place.office.store.strangers_by_network(&notice, 10).await.unwrap();
    networks.iter().fold((0, 0), |(p, f), from| (p + from.passed, f + from.failed))
}

async fn try_both_listeners(place: &Workplace, [four, six]: &[String; 2]) {
    let (passed, said) = curl(place, "127.0.0.1", four, &[]).await;
    assert!(passed && said.contains("\"verdict\":\"passed\""), "{said}");
    let (passed, said) = curl(place, "[::1]", six, &[]).await;
    assert!(passed && said.contains("\"verdict\":\"passed\""), "{said}");
    let old = ["--tlsv1.1", "--tls-max", "1.1", "--ciphers", "DEFAULT:@SECLEVEL=0"];
    let (passed, said) = curl(place, "127.0.0.1", four, &old).await;
    assert!(!passed && said.contains("alert protocol version"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_service_rehearses_where_a_certificate_is_configured() {
    let place = Workplace::open().await;
    let (service, ports) = start(&place, &[]).await;
    try_both_listeners(&place, &ports).await;
    service.end_well();
    assert_eq!(kept(&place).await, (2, 1), "what was on its way is kept before it ends");
}

async fn the_role_rehearse_alone_takes_clients_and_keeps_what_became_of_them() {
    let place = Workplace::open().await;
    let (service, ports) = start(&place, &["--role=rehearse"]).await;
    try_both_listeners(&place, &ports).await;
    service.end_well();
    assert_eq!(kept(&place).await, (2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn flags_that_are_given_by_halves_are_refused_and_name_what_is_missing() {
    let place = Workplace::open().await;
    let flags = flags(&place);
    let [listen, certificate, key] = flags.each_ref().map(String::as_str);
    let refused = [
        (vec![listen], "--rehearse-listen is set without --rehearse-certificate"),
        (vec![certificate, key], "--rehearse-certificate is set without --rehearse-listen"),
        (vec![listen, certificate], "--rehearse-listen is set without --rehearse-key"),
        (vec![listen, certificate, key, "--rehearse-connections=0"], "--rehearse-connections is 0"),
        (vec![listen, certificate, key, "--rehearse-timeout-seconds=90"], "must be from 1 to 60"),
    ];
    for (flags, told) in refused {
        let (code, said) = place.run(&[&["serve"], &flags[..]].concat()).await;
        assert_eq!(code, 1, "{said}");
        assert!(said.contains(told), "{told}: {said}");
    }
    let missing = place.folder().join("none.pem").display().to_string();
    std::fs::write(place.folder().join("text.pem"), "no certificate").unwrap();
    let text = place.folder().join("text.pem").display().to_string();
    for (path, told) in [(missing, "cannot read"), (text, "holds no certificate")] {
        let certificate = format!("--rehearse-certificate={path}");
        let (code, said) = place.run(&["serve", listen, &certificate, key]).await;
        assert_eq!(code, 1, "{said}");
        assert!(said.contains(told) && said.contains(&path), "{said}");
    }
    let alone = ["serve", "--role=rehearse", "--database=postgres://localhost/none"];
    let (code, said) = place.run(&alone).await;
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("--role rehearse is set without --rehearse-listen"), "{said}");
}
