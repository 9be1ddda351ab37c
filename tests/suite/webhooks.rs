//! Webhooks from end to end: proven, told what the mail says, and what becomes of
//! those that do not answer well.

use crate::databases::on_both_databases;
use crate::test_office::{TestOffice, mail_settings};
use crate::webhook_receiver::{Answer, Receiver, until};
use chrono::Duration;
use clap::Parser;
use fairwarning::config::{WebhookArguments, WebhookSettings};
use fairwarning::delivery::Webhooks;
use fairwarning::notice::{Outcome, WebhookState, WebhookTrouble};
use fairwarning::store::{Channel, Delivery, DeliveryFilter, Webhook};
use fairwarning::subscribers;
use secrecy::ExposeSecret as _;
use tokio::sync::watch;

on_both_databases!(
    a_webhook_is_told_what_the_mail_says_once_it_gave_the_challenge_back,
    nothing_is_told_to_a_webhook_that_was_not_proven,
    a_failure_is_repeated_under_the_same_id,
    a_webhook_that_is_gone_is_disabled_at_once,
    one_that_fails_for_days_is_disabled_and_what_waits_is_given_up,
    a_hanging_host_keeps_no_other_waiting,
);

#[derive(Parser)]
struct Flags {
    #[command(flatten)]
    webhooks: WebhookArguments,
}

pub fn webhook_settings(flags: &[String]) -> WebhookSettings {
    let all = std::iter::once("test".to_owned()).chain(flags.iter().cloned());
    Flags::parse_from(all).webhooks.check().unwrap()
}

pub fn webhooks(office: &TestOffice, flags: &[String]) -> Webhooks {
    let (store, keys) = (office.store.clone(), office.keys.clone());
    let (mail, settings) = (mail_settings(&[]), webhook_settings(flags));
    Webhooks::new(store, keys, &mail, settings, office.clock.clock()).unwrap()
}

/// Everything that is due of one round, until nothing is.
pub async fn call_round(office: &TestOffice, occasion: i64, flags: &[String]) {
    let (_running, stop) = watch::channel(false);
    webhooks(office, flags).run(Some(occasion), stop).await.unwrap();
}

/// As `serve` does, until it is so.
pub async fn serve_until(
    office: &TestOffice,
    flags: &[String],
    what: &str,
    is_so: impl AsyncFnMut() -> bool,
) {
    let (running, stop) = watch::channel(false);
    let serving = tokio::spawn(webhooks(office, flags).run(None, stop));
    until(what, is_so).await;
    running.send_replace(true);
    serving.await.unwrap().unwrap();
}

/// Sets the webhook of the `n`th person, and gives its secret.
pub async fn set(office: &TestOffice, subscriber: i64, url: &str) -> String {
    let (store, keys, now) = (&office.store, &office.keys, office.clock.now());
    let url = url.parse().unwrap();
    let secret = subscribers::set_webhook(store, keys, subscriber, &url, now).await.unwrap();
    secret.expose_secret().to_owned()
}

pub async fn webhook(office: &TestOffice, subscriber: i64) -> Webhook {
    office.store.webhook(subscriber).await.unwrap().unwrap()
}

/// Sets it, and has it prove itself.
pub async fn proven(office: &TestOffice, subscriber: i64, receiver: &Receiver) -> String {
    let secret = set(office, subscriber, &receiver.url()).await;
    serve_until(office, &[receiver.allowed()], "the challenge", async || {
        webhook(office, subscriber).await.state == WebhookState::Active
    })
    .await;
    secret
}

pub async fn told_by_webhook(office: &TestOffice) -> Vec<Delivery> {
    let all = office.store.deliveries(&DeliveryFilter::default(), 0, 1_000).await.unwrap();
    all.into_iter().filter(|row| row.channel == Channel::Webhook).collect()
}

async fn a_webhook_is_told_what_the_mail_says_once_it_gave_the_challenge_back() {
    let office = TestOffice::open().await;
    office.import_people(2).await;
    let receiver = Receiver::start().await;
    set(&office, 1, &receiver.url()).await;
    assert_eq!(webhook(&office, 1).await.state, WebhookState::Pending);
    proven(&office, 1, &receiver).await;
    let challenge = receiver.hits().remove(0);
    assert_eq!(
        (challenge.path.as_str(), challenge.kind().as_str()),
        ("/hook", "webhook.challenge")
    );
    let filled = office.fill(None).await.unwrap();
    assert_eq!(filled.added, 2, "a webhook is no recipient of its own");
    call_round(&office, filled.occasion, &[receiver.allowed()]).await;
    let told = receiver.told();
    assert_eq!(told.len(), 1, "the other person has none");
    let (hit, event) = (&told[0], told[0].json());
    assert_eq!(event["type"], "notice.announced");
    let data = &event["data"];
    assert_eq!((&data["program"], &data["notice"]), (&"parcel".into(), &"tls-1.2".into()));
    assert_eq!(data["rows"].as_array().unwrap().len(), 5);
    let row = data["rows"].as_array().unwrap().iter().find(|row| row["row"] == "test-first");
    assert_eq!(row.unwrap()["cutoff"]["date"], "2020-03-30");
    assert_eq!(row.unwrap()["state"], "announced");
    assert_eq!(data["url"], "https://notices.parcel.example/notices/parcel/tls-1.2?lang=en");
    assert_eq!(data["api_url"], "https://notices.parcel.example/api/v1/notices/parcel/tls-1.2");
    let described = described("NoticeTold").await;
    assert_eq!(data.as_object().unwrap().keys().cloned().collect::<Vec<_>>(), described);
    let text = data["text"].as_str().unwrap();
    assert!(text.contains("TLS 1.0 ends.") && text.contains("Dear integrator"), "{text}");
    assert!(!text.contains("/u/") && !text.contains("/preferences/"), "{text}");
    let rows = office.store.deliveries(&DeliveryFilter::default(), 0, 9).await.unwrap();
    let mail = rows.iter().find(|r| r.recipient == 1 && r.channel == Channel::Mail).unwrap();
    let twin = rows.iter().find(|r| r.channel == Channel::Webhook).unwrap();
    assert_eq!(data["message_id"], mail.message_id.as_str());
    assert_eq!(hit.header("webhook-id"), twin.message_id.split('@').next().unwrap());
    assert_eq!((twin.state.as_str(), twin.reply.as_deref()), ("accepted", Some("200")));
    assert_eq!(hit.header("content-type"), "application/json");
    assert!(hit.header("user-agent").starts_with("fairwarning/"));
    let stands = office.store.round_counts(filled.occasion).await.unwrap();
    assert_eq!((stands.total(), stands.waiting), (2, 2), "the mail is another matter");
}

/// The fields that the description of the API names, in order.
async fn described(schema: &str) -> Vec<String> {
    let service = crate::web_service::WebService::start().await;
    let document = service.get("/openapi.json").await.json();
    let called = &document["webhooks"]["notice"]["post"]["requestBody"]["content"];
    let event = &called["application/json"]["schema"]["$ref"];
    assert_eq!(event, "#/components/schemas/NoticeEvent");
    let fields = &document["components"]["schemas"][schema]["properties"];
    let mut fields: Vec<String> = fields.as_object().unwrap().keys().cloned().collect();
    fields.sort();
    fields
}

async fn nothing_is_told_to_a_webhook_that_was_not_proven() {
    let office = TestOffice::open().await;
    office.import_people(1).await;
    let silent = Receiver::start().await;
    set(&office, 1, "http://127.0.0.1:9/hook").await;
    serve_until(&office, &["--webhook-allow=127.0.0.1".to_owned()], "the challenge", async || {
        webhook(&office, 1).await.trouble == Some(WebhookTrouble::Unreachable)
    })
    .await;
    assert_eq!(webhook(&office, 1).await.state, WebhookState::Pending, "it is tried again");
    let filled = office.fill(None).await.unwrap();
    call_round(&office, filled.occasion, &[silent.allowed()]).await;
    assert!(told_by_webhook(&office).await.is_empty());
    for wait in [1, 10] {
        office.clock.pass(Duration::minutes(wait));
        let before = webhook(&office, 1).await.changed_at;
        let flags = ["--webhook-allow=127.0.0.1".to_owned()];
        serve_until(&office, &flags, "another challenge", async || {
            webhook(&office, 1).await.changed_at > before
        })
        .await;
    }
    assert_eq!(webhook(&office, 1).await.state, WebhookState::Disabled, "three were enough");
}

async fn a_failure_is_repeated_under_the_same_id() {
    let office = TestOffice::open().await;
    office.import_people(1).await;
    let limits = "retry-after: 7200\r\n";
    let script = [
        Answer::Say(500, "", "out\r\nof <order>, ask ada@example.org"),
        Answer::Close,
        Answer::Say(307, "location: /elsewhere\r\n", ""),
        Answer::Say(429, limits, ""),
    ];
    let receiver = Receiver::start().await.answering(script);
    proven(&office, 1, &receiver).await;
    let occasion = office.fill(None).await.unwrap().occasion;
    let mut replies = Vec::new();
    for _ in 0..5 {
        call_round(&office, occasion, &[receiver.allowed()]).await;
        let row = told_by_webhook(&office).await.remove(0);
        let wait = row.next_attempt.map(|at| (at - office.clock.now()).num_minutes());
        replies.push((row.state, row.reply.unwrap(), wait));
        office.clock.pass(Duration::hours(2));
    }
    let said = |n: usize| (replies[n].0.as_str(), replies[n].1.as_str());
    assert_eq!(said(0), ("deferred", "500 out of <order>, ask a…@example.org"));
    assert_eq!(replies[1].0, "unknown", "it may have arrived: {replies:?}");
    assert_eq!(said(2), ("deferred", "307: redirects are not followed"));
    assert_eq!(said(3), ("deferred", "429"));
    assert_eq!(replies[3].2, Some(120), "as it asked for");
    assert_eq!(said(4), ("accepted", "200"));
    let told = receiver.told();
    assert_eq!(told.len(), 5);
    let ids: Vec<&str> = told.iter().map(|hit| hit.header("webhook-id")).collect();
    assert!(ids.iter().all(|id| *id == ids[0]) && !ids[0].contains('.'), "{ids:?}");
    let bodies: Vec<&str> = told.iter().map(|hit| hit.body.as_str()).collect();
    assert!(bodies.iter().all(|body| *body == bodies[0]));
    let times: Vec<&str> = told.iter().map(|hit| hit.header("webhook-timestamp")).collect();
    assert!(times[0] < times[1], "each attempt has its own moment: {times:?}");
    assert_eq!(webhook(&office, 1).await.failing_since, None, "it works again");
}

async fn a_webhook_that_is_gone_is_disabled_at_once() {
    let office = TestOffice::open().await;
    office.import_people(1).await;
    let receiver = Receiver::start().await.answering([Answer::Say(410, "", "gone")]);
    proven(&office, 1, &receiver).await;
    let occasion = office.fill(None).await.unwrap().occasion;
    call_round(&office, occasion, &[receiver.allowed()]).await;
    let hook = webhook(&office, 1).await;
    assert_eq!((hook.state, hook.trouble), (WebhookState::Disabled, Some(WebhookTrouble::Gone)));
    assert_eq!(told_by_webhook(&office).await[0].state, "rejected");
    let now = office.clock.now();
    assert!(subscribers::enable_webhook(&office.store, 1, now).await.unwrap());
    office.clock.pass(Duration::minutes(1));
    serve_until(&office, &[receiver.allowed()], "the challenge", async || {
        webhook(&office, 1).await.state == WebhookState::Active
    })
    .await;
}

async fn one_that_fails_for_days_is_disabled_and_what_waits_is_given_up() {
    let office = TestOffice::open().await;
    office.import_people(1).await;
    let down = Answer::Say(503, "", "");
    let receiver = Receiver::start().await.answering(std::iter::repeat_n(down, 40));
    proven(&office, 1, &receiver).await;
    let occasion = office.fill(None).await.unwrap().occasion;
    let flags = [receiver.allowed(), "--webhook-give-up-days=1".to_owned()];
    for _ in 0..4 {
        call_round(&office, occasion, &flags).await;
        assert_eq!(webhook(&office, 1).await.state, WebhookState::Active);
        office.clock.pass(Duration::hours(7));
    }
    call_round(&office, occasion, &flags).await;
    let hook = webhook(&office, 1).await;
    assert_eq!((hook.state, hook.trouble), (WebhookState::Disabled, Some(WebhookTrouble::Failing)));
    let row = told_by_webhook(&office).await.remove(0);
    assert_eq!(row.state, "dead");
    assert!(row.reply.unwrap().starts_with("the webhook was disabled"));
    let records = office.store.attempts(row.row).await.unwrap();
    assert_eq!(records.iter().filter(|(o, _)| *o == Outcome::Deferred).count(), 5);
}

async fn a_hanging_host_keeps_no_other_waiting() {
    let office = TestOffice::open().await;
    office.import_people(12).await;
    let hangs = Receiver::start().await.answering(std::iter::repeat_n(Answer::Silence, 40));
    let works = Receiver::start().await;
    let flags = [hangs.allowed(), works.allowed(), "--webhook-timeout-seconds=2".to_owned()];
    for person in 1..=12 {
        let receiver = if person <= 8 { &hangs } else { &works };
        set(&office, person, &receiver.url()).await;
    }
    serve_until(&office, &flags, "the challenges", async || {
        let all = office.store.webhooks(0, 99).await.unwrap();
        all.iter().all(|(_, hook)| hook.state == WebhookState::Active)
    })
    .await;
    let occasion = office.fill(None).await.unwrap().occasion;
    office.store.entrust(occasion, fairwarning::notice::Carrier::Smtp).await.unwrap();
    serve_until(&office, &flags, "what works was told", async || works.told().len() == 4).await;
    assert!(hangs.most_open() <= 2, "{}", hangs.most_open());
    assert!(hangs.told().len() <= 2, "the others are told before the second call hangs");
}
