//! What is sent is verified by the library of the Standard Webhooks project, and
//! what was tampered with is refused.

use crate::databases::on_postgres_too;
use crate::test_office::TestOffice;
use crate::webhook_receiver::{Hit, Receiver};
use crate::webhooks::{call_round, proven, serve_until, webhook};
use chrono::Duration;
use fairwarning::clock::Clock;
use fairwarning::store::Asked;
use fairwarning::subscribers::{self, OLD_SECRET_SIGNS};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

on_postgres_too!(
    the_specification_s_library_verifies_what_is_sent_and_refuses_what_was_tampered_with,
    after_a_new_secret_both_sign_for_a_day,
);

fn event(secret: &str, hit: &Hit) -> Value {
    json!({ "secret": secret, "headers": hit.headers, "body": hit.body })
}

fn verdicts(events: &[Value]) -> Vec<String> {
    let target = std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".to_owned());
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join(target).join("tools/venv/bin/python");
    assert!(python.exists(), "run tools/setup-web.sh first (make test does)");
    let mut child = Command::new(python)
        .arg("tests/verifiers/check_webhook.py")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    for event in events {
        writeln!(input, "{event}").unwrap();
    }
    drop(input);
    let done = child.wait_with_output().unwrap();
    assert!(done.status.success(), "run tools/setup-web.sh first (make test does)");
    String::from_utf8(done.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// The library judges by the real time.
async fn office_of_today() -> TestOffice {
    let office = TestOffice::open().await;
    office.clock.pass(Clock::system().now() - office.clock.now());
    office.import_people(1).await;
    office
}

#[tokio::test]
async fn the_specification_s_library_verifies_what_is_sent_and_refuses_what_was_tampered_with() {
    let office = office_of_today().await;
    let receiver = Receiver::start().await;
    let secret = proven(&office, 1, &receiver).await;
    assert!(secret.starts_with("whsec_") && secret.len() > 40);
    let occasion = office.fill(None).await.unwrap().occasion;
    call_round(&office, occasion, &[receiver.allowed()]).await;
    let hits = receiver.hits();
    assert_eq!(hits.len(), 2, "the challenge and the announcement");
    let good: Vec<Value> = hits.iter().map(|hit| event(&secret, hit)).collect();
    assert_eq!(verdicts(&good), ["good", "good"]);
    let whole = &good[1];
    let changed = |path: &str, to: &str| {
        let mut event = whole.clone();
        *event.pointer_mut(path).unwrap() = to.into();
        event
    };
    let body = hits[1].body.replace("2020-04-13", "2021-04-13");
    assert_ne!(body, hits[1].body);
    let other = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw3mB2vFvVvXA=";
    let old = (Clock::system().now() - Duration::hours(1)).timestamp().to_string();
    let tampered = [
        changed("/body", &body),
        changed("/headers/webhook-id", "wh_another"),
        changed("/headers/webhook-timestamp", &old),
        changed("/secret", other),
    ];
    let refused = ["WebhookVerificationError"; 4];
    assert_eq!(verdicts(&tampered), refused);
}

#[tokio::test]
async fn after_a_new_secret_both_sign_for_a_day() {
    let office = office_of_today().await;
    let receiver = Receiver::start().await;
    let before = proven(&office, 1, &receiver).await;
    let (store, keys) = (&office.store, &office.keys);
    // Keys may be rotated meanwhile: a secret is of the key it was made with.
    store.rotate_link_secret(office.clock.now()).await.unwrap();
    let renewed = subscribers::renew_webhook_secret(store, keys, 1, office.clock.now()).await;
    let after = renewed.unwrap().unwrap().expose_secret().to_owned();
    assert_ne!(before, after);
    let test = async || {
        office.clock.pass(Duration::minutes(1));
        let now = office.clock.now();
        assert!(store.ask_webhook(1, Asked::Test, now).await.unwrap());
        serve_until(&office, &[receiver.allowed()], "the test", async || {
            webhook(&office, 1).await.tested == Some(Ok(()))
        })
        .await;
        receiver.hits().pop().unwrap()
    };
    let hit = test().await;
    assert_eq!(hit.header("webhook-signature").split(' ').count(), 2);
    assert_eq!(hit.kind(), "webhook.test");
    assert_eq!(verdicts(&[event(&before, &hit), event(&after, &hit)]), ["good", "good"]);
    office.clock.pass(OLD_SECRET_SIGNS);
    let hit = test().await;
    assert_eq!(hit.header("webhook-signature").split(' ').count(), 1, "the day is over");
    let named = webhook(&office, 1).await;
    let secret = keys.webhook_secret(&named.seed, 1).unwrap();
    let moment = hit.header("webhook-timestamp").parse().unwrap();
    let body = hit.body.as_bytes();
    let own =
        fairwarning::links::webhook_signature(&secret, hit.header("webhook-id"), moment, body);
    assert_eq!(hit.header("webhook-signature"), own);
}
