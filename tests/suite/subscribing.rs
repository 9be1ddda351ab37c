//! Subscribing, from the form to the first mail: nobody is written to who did not
//! say so from their own mailbox.

use crate::test_office::mail_settings;
use crate::web_service::WebService;
use fairwarning::announce;
use fairwarning::delivery::{Delivery, Event, Scope};
use fairwarning::links::Token;
use fairwarning::notice::Carrier;
use fairwarning::store::{Cause, DeliveryFilter, Listed, Scope as Suppressed};
use reqwest::Method;
use tokio::sync::watch;

pub const ADA: &str = "ada@integrator.example";
pub const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

/// A mail as it left.
pub struct Mail {
    pub to: String,
    pub subject: String,
    pub raw: String,
    pub text: String,
    pub html: String,
}

impl Mail {
    /// The path of the first link that begins so.
    pub fn path(&self, prefix: &str) -> String {
        let at = self.text.find(prefix).unwrap_or_else(|| panic!("{prefix}: {}", self.text));
        let link = self.text[at..].split_whitespace().next().unwrap();
        assert!(self.html.contains(link), "the HTML has the same link");
        link.to_owned()
    }
}

/// What would be sent by now: asked-for confirmations are written, and whatever
/// waits is delivered into files.
pub async fn mails(service: &WebService) -> Vec<Mail> {
    let inner = &service.service;
    let store = inner.store();
    announce::confirmations(store, Carrier::Files, inner.now()).await.unwrap();
    let all = store.deliveries(&DeliveryFilter::default(), 0, 1_000).await.unwrap();
    let mut waiting = all.iter().filter(|row| row.state == "waiting").count();
    let folder = service.folder.path().join("mail");
    let settings = mail_settings(&["--mail-dir", folder.to_str().unwrap()]);
    let keys = (*inner.keys()).clone();
    let delivery = Delivery::new(store.clone(), keys, settings, service.clock.clone()).unwrap();
    if waiting > 0 {
        let (tell_stop, stop) = watch::channel(false);
        let ended = delivery.run(Scope::Everything, stop, |event| {
            if let Event::Outcome(_) = event {
                waiting -= 1;
                tell_stop.send_replace(waiting == 0);
            }
        });
        ended.await.unwrap();
    }
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| read(&std::fs::read_to_string(file).unwrap())).collect()
}

fn read(raw: &str) -> Mail {
    let (head, body) = raw.split_once("\r\n\r\n").unwrap();
    let head = head.replace("\r\n ", " ");
    let header = |name: &str| {
        let mut lines = head.split("\r\n");
        let line = lines.find_map(|line| line.strip_prefix(&format!("{name}: "))).unwrap();
        line.to_owned()
    };
    let part = |content_type: &str| {
        let after = body.split(&format!("Content-Type: {content_type}")).nth(1).unwrap();
        let content = after.split_once("\r\n\r\n").unwrap().1;
        let boundaries = raw.split("boundary=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let ends = boundaries.filter_map(|name| content.find(&format!("\r\n--{name}")));
        decoded(&content[..ends.min().unwrap()])
    };
    let to = header("To");
    Mail {
        to: to.rsplit(' ').next().unwrap().trim_matches(['<', '>']).to_owned(),
        subject: header("Subject"),
        raw: raw.to_owned(),
        text: part("text/plain"),
        html: part("text/html"),
    }
}

/// Quoted-printable (RFC 2045 §6.7).
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.replace("=\r\n", "").into_bytes().into_iter();
    while let Some(byte) = rest.next() {
        let hex: Vec<u8> = if byte == b'=' { rest.by_ref().take(2).collect() } else { Vec::new() };
        match hex.as_slice() {
            [] => bytes.push(byte),
            hex => bytes.push(u8::from_str_radix(str::from_utf8(hex).unwrap(), 16).unwrap()),
        }
    }
    String::from_utf8(bytes).unwrap()
}

pub async fn everyone(service: &WebService) -> Vec<Listed> {
    service.service.store().subscribers(0, 100).await.unwrap()
}

pub fn interests(listed: &Listed) -> Vec<String> {
    let one = |i: &fairwarning::notice::Interest| {
        let api = i.api.as_ref().map_or("*", |id| id.as_str());
        let environment = i.environment.as_ref().map_or("*", |id| id.as_str());
        let kind = i.kind.map_or("*", |kind| kind.as_str());
        format!("{}/{api}/{environment}/{kind}", i.program)
    };
    listed.interests.iter().map(one).collect()
}

/// Asks and confirms, and gives the path of the preferences.
pub async fn subscribed(service: &WebService, fields: &[(&str, &str)]) -> String {
    let asked = service.post("/subscribe", fields).await;
    assert_eq!(asked.status, 200, "{}", asked.body);
    let path = mails(service).await.last().unwrap().path("/confirm/");
    let done = service.post(&path, &[("do", "confirm")]).await;
    assert!(done.body.contains("You are subscribed"), "{}", done.body);
    let at = done.body.find("/preferences/").unwrap();
    done.body[at..].split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn whoever_fills_in_the_form_and_confirms_is_subscribed() {
    let service = WebService::start().await;
    let fields = [
        ("program", "parcels"),
        ("api", "labels"),
        ("api", "rates"),
        ("environment", "prod"),
        ("kind", "protocol"),
        ("address", "Ada@Integrator.example"),
        ("name", "Ada"),
        ("zone", "Europe/Paris"),
    ];
    let asked = service.post("/subscribe", &fields).await;
    assert!(asked.body.contains("Look into your mailbox"), "{}", asked.body);
    assert!(everyone(&service).await.is_empty(), "nobody is subscribed by a form");
    let mails = mails(&service).await;
    let [mail] = mails.as_slice() else { panic!("{}", mails.len()) };
    assert_eq!(
        (mail.to.as_str(), mail.subject.as_str()),
        ("Ada@integrator.example", "Please confirm: mail about Parcel APIs",)
    );
    assert!(!mail.raw.contains("List-Unsubscribe"), "it is no mail of a list");
    assert!(!mail.raw.contains("Ada,"), "nothing that was typed gets through: {}", mail.text);
    let path = mail.path("/confirm/");
    for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
        let looked = service.ask(method, &path, &[]).await;
        assert!(looked.status.is_success());
        assert_eq!(looked.header("referrer-policy"), "no-referrer");
        assert!(everyone(&service).await.is_empty(), "looking changes nothing");
    }
    let page = service.get(&path).await;
    for part in ["Labels and Rates, PROD, Protocol change", "noindex", "method=\"post\""] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    assert_eq!(page.header("cache-control"), "no-store");
    for _ in 0..3 {
        let done = service.post(&path, &[("do", "confirm")]).await;
        assert_eq!(done.status, 200);
        assert!(done.body.contains("You are subscribed"), "{}", done.body);
    }
    let listed = everyone(&service).await.remove(0);
    assert_eq!(interests(&listed), ["parcels/labels/prod/protocol", "parcels/rates/prod/protocol"]);
    assert_eq!(listed.name.as_deref(), Some("Ada"));
    assert_eq!(listed.zone.unwrap().name(), "Europe/Paris");
}

#[tokio::test]
async fn a_program_subscribes_by_the_api_and_gets_the_same_answer_for_every_address() {
    let service = WebService::start().await;
    subscribed(&service, &[("program", "parcels"), ("address", ADA)]).await;
    let inner = &service.service;
    let gone = inner.keys().mailbox(&"gone@integrator.example".parse().unwrap());
    let everywhere = Suppressed::Everywhere;
    inner.store().suppress(&gone, &everywhere, "hard bounce", inner.now()).await.unwrap();
    let mut answers = Vec::new();
    for address in [ADA, "gone@integrator.example", "new@integrator.example"] {
        let body = serde_json::json!({"program": "crm", "apis": ["deals"], "address": address});
        let answer = service.send("/api/v1/subscriptions", &JSON, body.to_string()).await;
        assert_eq!(answer.header("cache-control"), "no-store");
        answers.push((answer.status.as_u16(), answer.body));
    }
    assert_eq!(answers[0].0, 202);
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    let to: Vec<_> = mails(&service).await.into_iter().map(|mail| mail.to).collect();
    assert_eq!(to, [ADA, ADA, "new@integrator.example"], "and none to who must not be written to");
}

#[tokio::test]
async fn a_hundred_requests_for_one_address_make_one_mail() {
    let service = WebService::start().await;
    for n in 0..100 {
        let client = format!("198.51.100.{n}");
        let fields = [("program", "parcels"), ("address", ADA), ("api", "labels")];
        let answer = service.post_as("/subscribe", &fields, &[("x-forwarded-for", &client)]).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        if n % 10 == 0 {
            mails(&service).await;
        }
    }
    assert_eq!(mails(&service).await.len(), 1);
    service.set_clock("2026-03-11T12:00:01Z");
    service.post("/subscribe", &[("program", "parcels"), ("address", ADA)]).await;
    assert_eq!(mails(&service).await.len(), 2, "after a day one may ask again");
}

#[tokio::test]
async fn what_is_asked_for_twice_is_confirmed_together() {
    let service = WebService::start().await;
    for (program, api) in [("parcels", "labels"), ("crm", "deals"), ("parcels", "rates")] {
        service.post("/subscribe", &[("program", program), ("api", api), ("address", ADA)]).await;
    }
    let mails = mails(&service).await;
    assert_eq!(mails.len(), 1);
    service.post(&mails[0].path("/confirm/"), &[("do", "confirm")]).await;
    let listed = everyone(&service).await.remove(0);
    assert_eq!(interests(&listed), ["crm/deals/*/*", "parcels/rates/*/*"]);
}

#[tokio::test]
async fn an_unconfirmed_wish_vanishes_after_a_day_with_its_person() {
    let service = WebService::start().await;
    service.post("/subscribe", &[("program", "parcels"), ("address", ADA)]).await;
    let path = mails(&service).await[0].path("/confirm/");
    service.set_clock("2026-03-11T12:00:00Z");
    for answer in [service.get(&path).await, service.post(&path, &[("do", "confirm")]).await] {
        assert_eq!(answer.status, 410);
        assert!(answer.body.contains("This link has expired"));
    }
    let store = service.service.store();
    assert!(store.subscriber_number(&ADA.parse().unwrap()).await.unwrap().is_some());
    assert_eq!(mails(&service).await.len(), 1);
    assert_eq!(store.subscriber_number(&ADA.parse().unwrap()).await.unwrap(), None);
}

#[tokio::test]
async fn a_confirmation_that_was_not_sent_in_time_is_not_sent_at_all() {
    let service = WebService::start().await;
    subscribed(&service, &[("program", "parcels"), ("address", ADA)]).await;
    service.post("/subscribe", &[("program", "crm"), ("address", ADA)]).await;
    let inner = &service.service;
    announce::confirmations(inner.store(), Carrier::Files, inner.now()).await.unwrap();
    service.set_clock("2026-03-11T12:00:01Z");
    assert_eq!(mails(&service).await.len(), 1, "the one that was confirmed");
}

#[tokio::test]
async fn whoever_did_not_ask_can_have_it_forgotten() {
    let service = WebService::start().await;
    service.post("/subscribe", &[("program", "parcels"), ("address", ADA)]).await;
    let path = mails(&service).await[0].path("/confirm/");
    let refused = service.post(&path, &[("do", "refuse")]).await;
    assert!(refused.body.contains("Forgotten"), "{}", refused.body);
    assert_eq!(service.post(&path, &[("do", "confirm")]).await.status, 410);
    let store = service.service.store();
    assert_eq!(store.subscriber_number(&ADA.parse().unwrap()).await.unwrap(), None);
}

#[tokio::test]
async fn refusing_does_not_take_back_what_was_confirmed() {
    let service = WebService::start().await;
    service.post("/subscribe", &[("program", "parcels"), ("address", ADA)]).await;
    let path = mails(&service).await[0].path("/confirm/");
    service.post(&path, &[("do", "confirm")]).await;
    service.post(&path, &[("do", "refuse")]).await;
    assert_eq!(everyone(&service).await.len(), 1);
}

#[tokio::test]
async fn whoever_left_and_confirms_again_comes_back_with_the_reason_on_record() {
    let service = WebService::start().await;
    subscribed(&service, &[("program", "parcels"), ("address", ADA)]).await;
    let inner = &service.service;
    let program = "parcels".parse().unwrap();
    let leave = inner.keys().sign(&Token::Unsubscribe { subscriber: 1, program });
    service.post(&format!("/u/{leave}"), &[("List-Unsubscribe", "One-Click")]).await;
    assert_eq!(everyone(&service).await[0].suppressed, ["parcels"]);
    service.post("/subscribe", &[("program", "parcels"), ("address", ADA)]).await;
    let mails = mails(&service).await;
    assert_eq!(mails.len(), 2, "having left does not keep the question away");
    service.post(&mails[1].path("/confirm/"), &[("do", "confirm")]).await;
    assert_eq!(everyone(&service).await[0].suppressed, [] as [&str; 0]);
    let mailbox = inner.keys().mailbox(&ADA.parse().unwrap());
    let events = inner.store().suppression_events(&mailbox).await.unwrap();
    let told: Vec<_> = events.iter().map(|e| (e.action.as_str(), e.reason.as_str())).collect();
    assert_eq!(
        told,
        [("suppressed", "unsubscribed"), ("lifted", "subscribed again and confirmed")]
    );
}

#[tokio::test]
async fn what_somebody_else_types_changes_nothing_about_a_known_person() {
    let service = WebService::start().await;
    subscribed(&service, &[("program", "parcels"), ("address", ADA), ("name", "Ada")]).await;
    let before = everyone(&service).await;
    let fields = [("program", "crm"), ("address", ADA), ("name", "Mallory"), ("zone", "UTC")];
    service.post("/subscribe", &fields).await;
    let mails = mails(&service).await;
    assert_eq!(everyone(&service).await, before);
    assert!(!mails[1].raw.contains("Mallory"));
}

#[tokio::test]
async fn a_kind_of_notice_is_heard_of_and_no_other() {
    let service = WebService::start().await;
    let asks = [("program", "parcels"), ("address", ADA), ("kind", "version")];
    subscribed(&service, &asks).await;
    let inner = &service.service;
    for (notice, expected) in [("parcels/rates-v1", 1), ("parcels/tls-1.2", 0)] {
        let path = notice.parse().unwrap();
        let round = announce::Round::load(inner.store(), &path).await.unwrap();
        let forecast = round.forecast(inner.store()).await.unwrap();
        assert_eq!(forecast.total(), expected, "{notice}");
        let filled = round.fill(inner.store(), None, inner.now()).await.unwrap();
        assert_eq!(filled.added, expected, "{notice}");
    }
}

#[tokio::test]
async fn no_round_ever_reaches_an_address_that_was_not_confirmed() {
    let service = WebService::start().await;
    service.post("/subscribe", &[("program", "parcels"), ("address", ADA)]).await;
    mails(&service).await;
    let inner = &service.service;
    let path = "parcels/tls-1.2".parse().unwrap();
    let round = announce::Round::load(inner.store(), &path).await.unwrap();
    assert_eq!(round.fill(inner.store(), None, inner.now()).await.unwrap().added, 0);
}

#[tokio::test]
async fn the_mail_speaks_the_language_that_was_chosen() {
    let service = WebService::start().await;
    let mut workspace = crate::web_service::WORKSPACE.clone();
    let program = workspace.programs.get_mut("parcels").unwrap();
    program.settings.locales = ["en", "de", "fr", "es"].map(crate::everything::locale).into();
    service.publish(workspace).await;
    for (n, (lang, words)) in [
        ("de", "Ist das Ihre Adresse?"),
        ("fr", "Est-ce votre adresse\u{a0}?"),
        ("es", "¿Es esta su dirección?"),
    ]
    .into_iter()
    .enumerate()
    {
        let address = format!("p{n}@integrator.example");
        let fields = [("program", "parcels"), ("address", &address), ("locale", lang)];
        service.post("/subscribe", &fields).await;
        let mail = mails(&service).await.pop().unwrap();
        assert!(mail.text.contains(words), "{}", mail.text);
        let page = service.get(&mail.path("/confirm/")).await;
        assert_eq!(page.header("content-language"), lang);
    }
}

#[tokio::test]
async fn every_mail_of_a_notice_leads_to_the_preferences() {
    let service = WebService::start().await;
    subscribed(&service, &[("program", "parcels"), ("address", ADA)]).await;
    let inner = &service.service;
    let path = "parcels/tls-1.2".parse().unwrap();
    let round = announce::Round::load(inner.store(), &path).await.unwrap();
    let filled = round.fill(inner.store(), None, inner.now()).await.unwrap();
    inner.store().entrust(filled.occasion, Carrier::Files).await.unwrap();
    let mail = mails(&service).await.pop().unwrap();
    assert!(mail.raw.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"));
    let page = service.get(&mail.path("/preferences/")).await;
    assert!(page.body.contains(ADA), "{}", page.body);
}

#[tokio::test]
async fn a_suppressed_person_is_asked_again_once_the_office_allows_it() {
    let service = WebService::start().await;
    let inner = &service.service;
    let mailbox = inner.keys().mailbox(&ADA.parse().unwrap());
    let (scope, now) = (Suppressed::Everywhere, inner.now());
    inner.store().suppress(&mailbox, &scope, "hard bounce", now).await.unwrap();
    service.post("/subscribe", &[("program", "parcels"), ("address", ADA)]).await;
    assert_eq!(mails(&service).await.len(), 0);
    let cause = Cause { reason: "mailbox mended", author: "office" };
    assert!(inner.store().lift(&mailbox, &scope, cause, now).await.unwrap());
    service.set_clock("2026-03-11T12:00:01Z");
    service.post("/subscribe", &[("program", "parcels"), ("address", ADA)]).await;
    assert_eq!(mails(&service).await.len(), 1);
}

#[tokio::test]
async fn the_table_and_the_notices_lead_to_the_form_with_what_was_looked_at() {
    let service = WebService::start().await;
    for (page, form) in [
        ("/", "/subscribe"),
        (
            "/?program=parcels&api=labels&environment=prod&lang=de",
            "/subscribe?program=parcels&amp;api=labels&amp;environment=prod&amp;lang=de",
        ),
        ("/notices", "/subscribe"),
        ("/notices/parcels", "/subscribe?program=parcels"),
        ("/notices/parcels/tls-1.2", "/subscribe?program=parcels"),
    ] {
        let body = service.get(page).await.body;
        assert!(body.contains(&format!("href=\"{form}\"")), "{page}: {body}");
    }
    let asked = "/subscribe?program=parcels&api=labels&environment=prod&kind=version";
    let form = service.get(asked).await.body;
    assert_eq!(form.matches(" checked>").count(), 3, "{form}");
    let choice = service.get("/subscribe").await.body;
    for program in ["parcels", "crm"] {
        assert!(choice.contains(&format!("href=\"/subscribe?program={program}\"")), "{choice}");
    }
    let empty = WebService::start_empty(false).await;
    assert_eq!(empty.get("/subscribe").await.status, 503);
}

#[tokio::test]
async fn a_program_may_ask_for_a_weekly_digest() {
    let service = WebService::start().await;
    let body = |frequency: &str| {
        serde_json::json!({"program": "crm", "address": ADA, "frequency": frequency}).to_string()
    };
    let answer = service.send("/api/v1/subscriptions", &JSON, body("daily")).await;
    assert_eq!(answer.status.as_u16(), 422, "{}", answer.body);
    assert!(answer.body.contains("\"frequency\""), "{}", answer.body);
    let answer = service.send("/api/v1/subscriptions", &JSON, body("weekly")).await;
    assert_eq!(answer.status.as_u16(), 202, "{}", answer.body);
    let mail = mails(&service).await.remove(0);
    let link = mail.path("/confirm/");
    let page = service.get(&link).await;
    assert!(page.body.contains("One digest a week"), "{}", page.body);
    service.post(&link, &[("do", "confirm")]).await;
    assert_eq!(everyone(&service).await[0].frequency.as_str(), "weekly");
}
