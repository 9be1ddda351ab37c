//! The commands of operations, run as a user runs them.

use crate::commands::Workplace;
use crate::intake::{Report, failed};
use crate::scripted_server::{Answer, ScriptedServer, Step};
use std::io::Write as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

const ANNOUNCE: [&str; 3] = ["announce", "parcel/tls-1.2", "--yes"];

#[tokio::test]
async fn what_is_held_is_said_and_a_misspelt_name_is_refused_with_a_suggestion() {
    let place = Workplace::open().await;
    place.office.import_people(2).await;
    let (code, said) = place.run(&["hold", "parcell", "--reason", "x"]).await;
    assert!(code == 1 && said.contains("did you mean `parcel`?"), "{code}: {said}");
    let hold = ["hold", "parcel", "--reason", "a wrong date", "--by", "ops"];
    let (code, said) = place.run(&hold).await;
    assert!(code == 0 && said.contains("parcel is held by ops since"), "{code}: {said}");
    assert!(said.contains("until `fairwarning release parcel`"), "{said}");
    let (code, said) = place.run(&hold).await;
    assert!(code == 0 && said.contains("already"), "{code}: {said}");

    let (code, said) = place.run(&ANNOUNCE).await;
    assert!(
        code == 2 && said.contains("a wrong date") && said.contains("Nothing is sent"),
        "{said}"
    );
    let (_, said) = place.run(&["status"]).await;
    assert!(
        said.contains("Held: parcel is held by ops") && said.contains("2 waiting, held"),
        "{said}"
    );
    assert!(said.contains("Queue: 2 waiting, 0 in hand."), "{said}");
    let (_, json) = place.run(&["status", "--format", "json"]).await;
    let round: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(round["held"].as_str().unwrap().contains("a wrong date"), "{round}");

    let (code, said) = place.run(&["release"]).await;
    assert!(code == 2 && said.contains("everything was not held"), "{code}: {said}");
    assert!(said.contains("`fairwarning release parcel`"), "{said}");
    let (code, said) = place.run(&["release", "parcell"]).await;
    assert!(code == 1 && said.contains("did you mean `parcel`?"), "{code}: {said}");
    let (code, said) = place.run(&["release", "parcel", "--by", "ops"]).await;
    assert!(code == 0 && said.contains("parcel is released"), "{code}: {said}");
    let (code, said) = place.run(&ANNOUNCE).await;
    assert!(code == 0 && said.contains("2  accepted"), "{code}: {said}");
    place.run(&hold).await;
    let (_, said) = place.run(&["status"]).await;
    assert!(said.contains("2 accepted") && !said.contains("accepted, held"), "{said}");
}

#[tokio::test]
async fn the_status_names_its_states_and_refuses_a_notice_that_is_not_there() {
    let place = Workplace::open().await;
    place.office.import_people(2).await;
    place.run(&ANNOUNCE).await;
    let (code, said) = place.run(&["status", "parcel/tls-1.3"]).await;
    assert!(code == 1 && said.contains("did you mean `parcel/tls-1.2`?"), "{code}: {said}");
    let (_, help) = place.run(&["status", "--help"]).await;
    assert!(
        help.contains("possible values: waiting, gathered, claimed, accepted, deferred"),
        "{help}"
    );
    let (code, said) = place.run(&["status", "--outcome", "acepted"]).await;
    assert!(code == 2 && said.contains("'accepted'"), "{code}: {said}");
    for (state, lines) in [("accepted", 3), ("waiting", 1), ("claimed", 1), ("dead", 1)] {
        let status = ["status", "parcel/tls-1.2", "--format", "csv", "--state", state];
        let (_, csv) = place.run(&status).await;
        assert_eq!(csv.lines().count(), lines, "{state}: {csv}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_is_kept_and_the_round_ends_by_itself() {
    let place = Workplace::open().await;
    place.office.import_people(40).await;
    let begun = Instant::now();
    let rate = ["--rate=20/s", "--domain-rate=example.org=1200/m"];
    let (code, said) = place.run(&[&ANNOUNCE[..], &rate].concat()).await;
    assert!(code == 0 && said.contains("40  accepted"), "{code}: {said}");
    assert!(begun.elapsed() >= Duration::from_millis(1_000), "{:?}", begun.elapsed());
    let (code, said) = place.run(&[&ANNOUNCE[..], &["--domain-rate=example.org"]].concat()).await;
    assert!(code == 1 && said.contains("--domain-rate `example.org`"), "{code}: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_letters_are_listed_and_tried_anew() {
    let place = Workplace::open().await;
    place.office.import_people(2).await;
    let server = ScriptedServer::start(|step, about| match (step, about) {
        (Step::Rcpt, "p1@example.org") => Answer::Say("554 5.7.1 not today"),
        _ => Answer::Fine,
    })
    .await;
    let url = format!("--smtp-url=smtp://127.0.0.1:{}", server.port);
    let plain = [url.as_str(), "--smtp-allow-plaintext", "--public-url=https://n.example"];
    let (code, said) = place.run(&[&ANNOUNCE[..], &plain].concat()).await;
    assert!(code == 2 && said.contains("1  rejected"), "{code}: {said}");
    let (code, said) = place.run(&["dead", "list"]).await;
    assert!(code == 0 && said.contains("p1@example.org") && said.contains("not today"), "{said}");
    let (code, said) = place.run(&["dead", "retry", "parcel/tls-1.2"]).await;
    assert!(code == 2 && said.contains("Nothing is to be tried anew"), "{code}: {said}");
    let (code, said) = place.run(&["dead", "retry", "parcel/tls"]).await;
    assert!(code == 1 && said.contains("did you mean `parcel/tls-1.2`?"), "{code}: {said}");
    let (code, said) = place.run(&["dead", "retry", "1", "7"]).await;
    assert!(code == 0 && said.contains("1 message back in the queue"), "{code}: {said}");
    assert!(said.contains("Row 7 was neither"), "{said}");
    let (_, said) = place.run(&["dead", "list"]).await;
    assert!(said.contains("No message was given up"), "{said}");
}

impl Workplace {
    async fn pipe(&self, arguments: &[&str], input: &str) -> (i32, String) {
        let mut command = self.command(arguments);
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let done = tokio::task::spawn_blocking(|| child.wait_with_output()).await.unwrap().unwrap();
        let text = [done.stdout, done.stderr].concat();
        (done.status.code().unwrap(), String::from_utf8(text).unwrap())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_pipes_bounces_in_and_is_told_when_to_try_again() {
    let place = Workplace::open().await;
    place.office.import_people(1).await;
    place.run(&ANNOUNCE).await;
    let gone = failed("5.1.1", "550 5.1.1 <p1@example.org> unknown");
    let elsewhere = "bounces@parcel.example";
    let report = Report { to: elsewhere, envelope_id: "", return_path: "", recipients: &[&gone] };
    let mail = report.to_mail();
    let (code, said) = place.pipe(&["intake"], &mail).await;
    assert!(code == 0 && said.starts_with("ignored: no-token\n"), "{code}: {said}");
    let recipient = place.office.bounce_address(1);
    let (code, said) = place.pipe(&["intake", "--recipient", &recipient], &mail).await;
    assert_eq!(code, 0);
    assert!(
        said.starts_with("bounce about row 1: 5.1.1; the recipient is written to no more"),
        "{said}"
    );
    let large = "x".repeat(3_000_000);
    assert_eq!(place.pipe(&["intake"], &large).await.1.lines().next(), Some("ignored: too-large"));
    let broken = ["intake", "--database", "sqlite:/nowhere/at/all/x.db"];
    std::fs::write(place.folder().join("file"), "").unwrap();
    let in_file = ["intake", "--database", "sqlite:file/x.db"];
    for unusable in [&in_file[..], &["intake", "--database", "mysql:x"]] {
        let (code, said) = place.pipe(unusable, "").await;
        assert_eq!(code, 75, "{broken:?}: {said}");
    }
    let (_, said) = place.run(&["status", "parcel/tls-1.2"]).await;
    assert!(
        said.contains("Came back: 1 bounce.") && said.contains("accepted, bounce 5.1.1"),
        "{said}"
    );
}

/// Neither the configured secrets nor an address in clear, however much is logged.
#[tokio::test(flavor = "multi_thread")]
async fn neither_secrets_nor_addresses_are_logged_at_any_level() {
    let place = Workplace::open().await;
    place
        .office
        .import("address,name,programs\ncanary.person@example.org,Canary Name,parcel\n")
        .await
        .unwrap();
    let server = ScriptedServer::start(|step, _| match step {
        Step::Rcpt => Answer::Say("550 5.1.1 <canary.person@example.org>: unknown"),
        _ => Answer::Fine,
    })
    .await;
    let url = format!("--smtp-url=smtp://127.0.0.1:{}", server.port);
    let plain = [url.as_str(), "--smtp-allow-plaintext", "--public-url=https://n.example"];
    let by_tls = [url.as_str(), "--public-url=https://n.example"];
    let password = "canary password";
    let mut command = place.command(&[&ANNOUNCE[..], &by_tls].concat());
    command.env("FAIRWARNING_LOG", "trace").env("FAIRWARNING_SMTP_USER", "office");
    command.env("FAIRWARNING_SMTP_PASSWORD", password);
    let done = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let logged = String::from_utf8([done.stdout, done.stderr].concat()).unwrap();
    assert!(logged.contains("does not offer STARTTLS") && !logged.contains(password), "{logged}");
    for format in ["text", "json"] {
        let mut command = place.command(&[&ANNOUNCE[..], &plain].concat());
        command.env("FAIRWARNING_LOG", "trace").env("FAIRWARNING_LOG_FORMAT", format);
        let done = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let logged = String::from_utf8(done.stderr).unwrap();
        assert!(logged.contains("not accepted") || format == "json", "{logged}");
        for canary in ["canary.person", "Canary Name"] {
            let at = logged.find(canary);
            let around = at.map(|at| &logged[at.saturating_sub(300)..(at + 60).min(logged.len())]);
            assert_eq!(around, None, "{format}");
        }
        if format == "json" {
            for line in logged.lines() {
                let line: serde_json::Value = serde_json::from_str(line).unwrap();
                assert!(line["timestamp"].is_string() && line["level"].is_string(), "{line}");
            }
        }
    }
}

#[tokio::test]
async fn what_is_done_on_the_command_line_is_on_record_as_well() {
    let place = Workplace::open().await;
    place.office.import_people(1).await;
    place.run(&["hold", "parcel", "--reason", "a wrong date", "--by", "ops"]).await;
    for _ in 0..2 {
        place.run(&["release", "parcel", "--by", "ops"]).await;
    }
    place.run(&["token", "create", "Ann", "--scope", "editor", "--days", "9", "--by", "ops"]).await;
    let erase = ["recipients", "erase", "p1@example.org", "--by", "help desk"];
    place.run(&erase).await;
    let deeds = place.office.store.deeds(None, 20).await.unwrap();
    let told: Vec<_> = deeds
        .iter()
        .rev()
        .map(|deed| format!("{} {} {}", deed.actor, deed.action, deed.subject))
        .filter(|told| !told.contains("published"))
        .collect();
    let expected = [
        "ops held parcel",
        "ops released parcel",
        "ops made token Ann",
        "help desk erased p…@example.org",
    ];
    assert_eq!(told, expected, "what changed nothing is no deed");
}
