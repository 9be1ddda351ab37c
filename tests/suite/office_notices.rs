//! What the office sees of its notices in a browser, and what it does with them.

use crate::test_office::mail_settings;
use crate::web_service::{Answer, NOON, WORKSPACE, WebService, instant};
use fairwarning::announce::{Round, errands};
use fairwarning::delivery::{Delivery, Scope};
use fairwarning::notice::{Approval, Carrier, NoticePath, OfficeScope, Workspace};
use fairwarning::preview::{Channel, Occasion};
use fairwarning::store::{DeliveryFilter, ErrandState};
use fairwarning::subscribers;

const NOTICE: &str = "/office/notices/parcels/tls-1.2";
const APPROVAL: &str = "/office/notices/parcels/tls-1.2/approval";

fn path() -> NoticePath {
    "parcels/tls-1.2".parse().unwrap()
}

/// The fixture, in a program that wants an approval.
fn careful() -> Workspace {
    let mut workspace = WORKSPACE.clone();
    let program = workspace.programs.get_mut("parcels").unwrap();
    program.settings.policy.approval = Approval::Required;
    workspace
}

impl WebService {
    async fn people(&self, count: usize) {
        let mut list = String::from("address,programs\n");
        for n in 1..=count {
            list.push_str(&format!("p{n}@example.org,parcels\n"));
        }
        let (store, now) = (self.service.store(), self.service.now());
        let keys = self.service.keys();
        let workspace = self.service.snapshot().unwrap().index.workspace().clone();
        let list = list.as_bytes();
        subscribers::import_csv(store, &keys, &workspace, list, now).await.unwrap();
    }

    /// What the role `announce` does.
    async fn do_errands(&self) -> u64 {
        let (store, keys) = (self.service.store(), self.service.keys());
        errands(store, &keys, Carrier::Files, &self.clock).await.unwrap()
    }

    /// Sends what is due of a round.
    async fn deliver(&self, occasion: i64, flags: &[&str]) {
        let (store, keys) = (self.service.store().clone(), (*self.service.keys()).clone());
        let settings = mail_settings(flags);
        let delivery = Delivery::new(store, keys, settings, self.clock.clone()).unwrap();
        let (_running, stop) = tokio::sync::watch::channel(false);
        delivery.run(Scope::Round { occasion, pauses: 2 }, stop, |_| {}).await.unwrap();
    }

    async fn messages(&self) -> usize {
        let all = DeliveryFilter::default();
        self.service.store().deliveries(&all, 0, 1_000).await.unwrap().len()
    }
}

/// The value of a hidden field.
fn hidden<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let field = format!("name=\"{name}\" value=\"");
    let (_, rest) = answer.body.split_once(&field).unwrap_or_else(|| panic!("{}", answer.body));
    rest.split('"').next().unwrap()
}

#[tokio::test]
async fn a_viewer_sees_everything_and_changes_nothing() {
    let service = WebService::start().await;
    let cookie = service.session(OfficeScope::Viewer).await;
    for page in
        ["/office", "/office/notices", NOTICE, APPROVAL, &format!("{APPROVAL}?forecast=yes")]
    {
        let answer = service.see(page, &cookie).await;
        assert_eq!(answer.status, 200, "{page}: {}", answer.body);
        assert!(!answer.body.contains("method=\"post\" action=\"/office/notices"), "{page}");
        assert!(answer.body.contains("aria-current=\"page\""), "{page}");
    }
    let editor = service.session(OfficeScope::Editor).await;
    for (page, fields, cookie, needs) in [
        ("/office", [("do", "hold"), ("scope", "everything")], &cookie, "editor"),
        (NOTICE, [("do", "hold"), ("reason", "no")], &cookie, "editor"),
        (NOTICE, [("do", "test"), ("address", "a@example.org")], &cookie, "editor"),
        (APPROVAL, [("do", "approve"), ("digest", "x")], &editor, "approver"),
        (APPROVAL, [("do", "confirm"), ("digest", "x")], &editor, "approver"),
    ] {
        let answer = service.act(page, &fields, cookie).await;
        assert_eq!(answer.status, 403, "{page} {fields:?}");
        assert!(answer.body.contains(&format!("this needs {needs}")), "{}", answer.body);
    }
    assert!(service.service.store().holds().await.unwrap().is_empty());
    for nothing in ["/office/notices/parcels/none", "/office/notices/none/none/approval"] {
        assert_eq!(service.see(nothing, &cookie).await.status, 404, "{nothing}");
    }
}

#[tokio::test]
async fn a_notice_is_previewed_on_every_channel_in_a_frame_that_can_do_nothing() {
    let service = WebService::start().await;
    let cookie = service.session(OfficeScope::Viewer).await;
    let first = service.see(&format!("{NOTICE}/preview"), &cookie).await;
    assert_eq!(first.header("location"), format!("{NOTICE}/preview/html"));
    for channel in Channel::ALL {
        let page = format!("{NOTICE}/preview/{}", channel.name());
        let answer = service.see(&page, &cookie).await;
        assert_eq!(answer.status, 200, "{page}: {}", answer.body);
        assert!(answer.header("content-security-policy").contains("frame-src 'self'"));
        let raw = format!("{NOTICE}/raw/{}", channel.name());
        let bytes = service.see(&raw, &cookie).await;
        assert_eq!(bytes.status, 200, "{raw}: {}", bytes.body);
        let policy = bytes.header("content-security-policy");
        assert!(policy.contains("frame-ancestors 'self'"), "{policy}");
        assert_eq!(policy.starts_with("sandbox;"), channel == Channel::Html, "{policy}");
        assert!(bytes.header("content-type").starts_with(channel.content_type()), "{raw}");
        assert_eq!(bytes.header("cache-control"), "no-store");
        assert_eq!(service.see(&raw, "").await.status, 303, "not without a login");
    }
    let policy = service.see(NOTICE, &cookie).await;
    assert!(policy.header("content-security-policy").contains("frame-ancestors 'none'"));
    assert!(!policy.header("content-security-policy").contains("frame-src"));
}

#[tokio::test]
async fn a_mail_is_previewed_for_every_occasion_and_reader() {
    let service = WebService::start().await;
    let cookie = service.session(OfficeScope::Viewer).await;
    let page = async |query: &str| {
        let answer = service.see(&format!("{NOTICE}/preview/text?{query}"), &cookie).await;
        assert_eq!(answer.status, 200, "{query}: {}", answer.body);
        answer.body
    };
    for occasion in Occasion::ALL {
        let body = page(&format!("occasion={}", occasion.name())).await;
        let chosen = format!("<option value=\"{}\" selected>", occasion.name());
        assert!(body.contains(&chosen), "{body}");
    }
    let announced = page("").await;
    let reminded = page("occasion=reminder").await;
    assert_ne!(announced, reminded);
    let one = page("environment=test").await;
    assert!(one.contains("1 of 3 rows"), "{one}");
    let none = page("api=none-of-these").await;
    assert!(none.contains("would not be written to"), "{none}");
}

#[tokio::test]
async fn an_approver_approves_what_they_saw_and_nothing_else() {
    let service = WebService::start().await;
    service.publish(careful()).await;
    service.people(3).await;
    let cookie = service.session(OfficeScope::Approver).await;
    let seen = service.see(APPROVAL, &cookie).await;
    assert!(seen.body.contains("needs an approval before it is announced"), "{}", seen.body);
    assert!(!seen.body.contains("Go on"), "there is nothing to announce yet");
    let digest = hidden(&seen, "digest").to_owned();
    for (most, wrong) in [("many", "a number"), ("-1", "a number")] {
        let fields = [("do", "approve"), ("digest", digest.as_str()), ("at_most", most)];
        let answer = service.act(APPROVAL, &fields, &cookie).await;
        assert_eq!(answer.status, 422, "{most}");
        assert!(answer.body.contains(wrong), "{}", answer.body);
    }
    let mut changed = careful();
    let program = changed.programs.get_mut("parcels").unwrap();
    program.notices.get_mut("tls-1.2").unwrap().title = "TLS 1.0 ends".to_owned();
    service.publish(changed).await;
    let fields = [("do", "approve"), ("digest", digest.as_str()), ("at_most", "")];
    let answer = service.act(APPROVAL, &fields, &cookie).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("changed since you looked at it"), "{}", answer.body);
    let digest = hidden(&answer, "digest").to_owned();
    let fields = [("do", "approve"), ("digest", digest.as_str()), ("at_most", "")];
    let answer = service.act(APPROVAL, &fields, &cookie).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.body.contains("for at most 13 recipients"), "{}", answer.body);
    assert!(answer.body.contains("It is approved as it is"), "{}", answer.body);
    let record = service.see("/office/audit", &cookie).await.body;
    assert!(record.contains("approved") && record.contains("for at most 13"), "{record}");
    service.publish(careful()).await;
    let seen = service.see(APPROVAL, &cookie).await;
    assert!(seen.body.contains("not any more: something changed"), "{}", seen.body);
}

#[tokio::test]
async fn a_notice_is_announced_from_a_browser_after_it_was_asked_twice() {
    let service = WebService::start().await;
    service.people(4).await;
    let cookie = service.session(OfficeScope::Approver).await;
    let seen = service.see(APPROVAL, &cookie).await;
    let digest = hidden(&seen, "digest").to_owned();
    let wrong = [("do", "announce"), ("digest", digest.as_str()), ("canary", "0")];
    let answer = service.act(APPROVAL, &wrong, &cookie).await;
    assert_eq!(answer.status, 422);
    let fields = [("do", "announce"), ("digest", digest.as_str()), ("canary", "")];
    let sure = service.act(APPROVAL, &fields, &cookie).await;
    assert_eq!(sure.status, 200);
    assert!(sure.body.contains("It would reach <strong>4 recipients</strong>"), "{}", sure.body);
    assert_eq!(service.do_errands().await, 0, "nothing was asked for yet");
    let key = hidden(&sure, "key").to_owned();
    let fields = [("do", "confirm"), ("digest", digest.as_str()), ("key", key.as_str())];
    for _ in 0..2 {
        let answer = service.act(APPROVAL, &fields, &cookie).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, NOTICE));
    }
    let waits = service.see(NOTICE, &cookie).await.body;
    assert!(waits.contains("<strong>Waits</strong>"), "{waits}");
    let overview = service.see("/office", &cookie).await.body;
    assert!(overview.contains("Under way") && overview.contains("Announcing"), "{overview}");
    assert_eq!(service.messages().await, 0, "a web process fills nothing");
    assert_eq!(service.do_errands().await, 1);
    assert_eq!(service.messages().await, 4);
    let done = service.see(NOTICE, &cookie).await.body;
    assert!(done.contains("4 messages were made"), "{done}");
    let record = service.see("/office/audit", &cookie).await.body;
    assert_eq!(record.matches("asked to announce").count(), 1, "{record}");
}

#[tokio::test]
async fn what_is_not_approved_any_more_is_not_announced_and_the_page_says_why() {
    let service = WebService::start().await;
    service.publish(careful()).await;
    service.people(2).await;
    let cookie = service.session(OfficeScope::Approver).await;
    let digest = hidden(&service.see(APPROVAL, &cookie).await, "digest").to_owned();
    let fields = [("do", "confirm"), ("digest", digest.as_str()), ("key", "abc")];
    let refused = service.act(APPROVAL, &fields, &cookie).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("needs an approval"), "{}", refused.body);
    let approve = [("do", "approve"), ("digest", digest.as_str()), ("at_most", "1")];
    service.act(APPROVAL, &approve, &cookie).await;
    assert_eq!(service.act(APPROVAL, &fields, &cookie).await.status, 303);
    // Only whoever fills it counts everybody.
    assert_eq!(service.do_errands().await, 1);
    let page = service.see(NOTICE, &cookie).await.body;
    assert!(page.contains("Refused") && page.contains("would reach 2 recipients"), "{page}");
    assert_eq!(service.messages().await, 0);
}

#[tokio::test]
async fn what_changed_since_it_was_told_is_shown_from_old_to_new() {
    let service = WebService::start().await;
    service.people(2).await;
    let cookie = service.session(OfficeScope::Viewer).await;
    let store = service.service.store();
    let page = service.see(APPROVAL, &cookie).await.body;
    assert!(page.contains("Nobody was told of this notice yet"), "{page}");
    let round = Round::load(store, &path()).await.unwrap();
    round.announce(store, None, Carrier::Files, &service.clock).await.unwrap();
    let page = service.see(APPROVAL, &cookie).await.body;
    assert!(page.contains("Nothing, since what readers were told last"), "{page}");
    let mut later = WORKSPACE.clone();
    let program = later.programs.get_mut("parcels").unwrap();
    let notice = program.notices.get_mut("tls-1.2").unwrap();
    notice.title = "TLS 1.0 ends".to_owned();
    service.publish(later).await;
    let page = service.see(APPROVAL, &cookie).await.body;
    let old = "<del>TLS 1.0 &amp; 1.1 end</del>";
    assert!(page.contains(old) && page.contains("<ins>TLS 1.0 ends</ins>"), "{page}");
}

#[tokio::test]
async fn a_test_is_asked_for_by_an_editor_and_what_became_of_it_is_shown() {
    let service = WebService::start().await;
    let cookie = service.session(OfficeScope::Editor).await;
    let key = hidden(&service.see(NOTICE, &cookie).await, "key").to_owned();
    let ask = async |address: &str| {
        let fields = [("do", "test"), ("key", key.as_str()), ("address", address)];
        service.act(NOTICE, &fields, &cookie).await
    };
    let wrong = ask("nobody").await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("value=\"nobody\""), "what was typed stays: {}", wrong.body);
    for _ in 0..2 {
        assert_eq!(ask("ada@office.example").await.status, 303);
    }
    assert_eq!(service.do_errands().await, 1);
    assert_eq!(service.messages().await, 1);
    let page = service.see(NOTICE, &cookie).await.body;
    assert!(page.contains("a test to a…@office.example"), "{page}");
    assert!(!page.contains("ada@office.example"), "{page}");
    let store = service.service.store();
    assert_eq!(store.errands_about(&path(), 9).await.unwrap()[0].state, ErrandState::Done);
}

#[tokio::test]
async fn sending_is_paused_and_resumed_and_a_notice_held_and_released_with_a_reason() {
    let service = WebService::start().await;
    let cookie = service.session(OfficeScope::Editor).await;
    let store = service.service.store();
    for (page, scope, reason) in
        [("/office", "everything", ""), (NOTICE, "parcels/tls-1.2", "  "), ("/office", "crm", "\n")]
    {
        let fields = [("do", "hold"), ("scope", scope), ("reason", reason)];
        let answer = service.act(page, &fields, &cookie).await;
        assert_eq!(answer.status, 422, "{scope}");
        assert!(answer.body.contains("say why"), "{}", answer.body);
    }
    let nothing = [("do", "hold"), ("scope", "none"), ("reason", "no")];
    assert_eq!(service.act("/office", &nothing, &cookie).await.status, 404);
    for (page, scope, said) in [
        ("/office", "everything", "All sending is paused"),
        ("/office", "crm", "Sending for <code>crm</code> is paused"),
        (NOTICE, "parcels/tls-1.2", "is held"),
    ] {
        let fields = [("do", "hold"), ("scope", scope), ("reason", "a wrong date")];
        assert_eq!(service.act(page, &fields, &cookie).await.status, 303, "{scope}");
        let overview = service.see("/office", &cookie).await.body;
        assert!(overview.contains(said) && overview.contains("a wrong date"), "{overview}");
        let fields = [("do", "release"), ("scope", scope)];
        assert_eq!(service.act(page, &fields, &cookie).await.status, 303, "{scope}");
        assert!(store.holds().await.unwrap().is_empty(), "{scope}");
    }
    let record = service.see("/office/audit", &cookie).await.body;
    assert_eq!(record.matches("a wrong date").count(), 3, "{record}");
    assert_eq!(record.matches("released").count(), 3, "{record}");
}

#[tokio::test]
async fn notices_are_found_by_words_program_state_and_standing() {
    let service = WebService::start().await;
    service.people(2).await;
    let cookie = service.session(OfficeScope::Viewer).await;
    let titles = ["TLS 1.0 &amp; 1.1 end", "Rates v1 retires", "Deals retires"];
    let found = async |query: &str| {
        let answer = service.see(&format!("/office/notices?{query}"), &cookie).await;
        assert_eq!(answer.status, 200, "{query}: {}", answer.body);
        titles.map(|title| answer.body.contains(&format!(">{title}</a>")))
    };
    assert_eq!(found("").await, [true, true, true]);
    assert_eq!(found("q=RETIRES").await, [false, true, true]);
    assert_eq!(found("q=&program=crm&state=&standing=").await, [false, false, true]);
    assert_eq!(found("state=cut-off").await, [true, false, false]);
    assert_eq!(found("standing=announced").await, [false, false, false]);
    let store = service.service.store();
    let round = Round::load(store, &path()).await.unwrap();
    round.announce(store, None, Carrier::Files, &service.clock).await.unwrap();
    assert_eq!(found("standing=announced").await, [true, false, false]);
    assert_eq!(found("standing=unannounced&program=parcels").await, [false, true, false]);
    assert_eq!(found("page=2").await, [false, false, false]);
    for bad in ["state=gone", "standing=well", "colour=red", "page=x"] {
        let answer = service.see(&format!("/office/notices?{bad}"), &cookie).await;
        assert_eq!(answer.status, 400, "{bad}");
    }
}

#[tokio::test]
async fn the_overview_says_what_comes_next_and_how_acknowledgements_come_in() {
    let service = WebService::start().await;
    let mut reminding = WORKSPACE.clone();
    let program = reminding.programs.get_mut("parcels").unwrap();
    let notice = program.notices.get_mut("tls-1.2").unwrap();
    notice.reminders = vec!["30 days".parse().unwrap()];
    service.publish(reminding).await;
    service.people(3).await;
    let cookie = service.session(OfficeScope::Viewer).await;
    let before = service.see("/office", &cookie).await.body;
    assert!(before.contains("Next milestones") && before.contains("1st of June"), "{before}");
    assert!(before.contains("Nothing that was announced has a reminder ahead"), "{before}");
    let store = service.service.store();
    let round = Round::load(store, &path()).await.unwrap();
    let announced = round.announce(store, None, Carrier::Files, &service.clock).await.unwrap();
    let all = DeliveryFilter { occasion: Some(announced.filled.occasion), ..Default::default() };
    let waiting = service.see("/office", &cookie).await.body;
    assert!(waiting.contains("<dt>Waiting</dt><dd>3</dd>"), "{waiting}");
    assert!(waiting.contains("to at most 3"), "a reminder is ahead: {waiting}");
    // Two of them say that they are done, once all of them are told.
    let folder = service.folder.path().join("mail");
    let flags = ["--mail-dir", folder.to_str().unwrap()];
    service.deliver(announced.filled.occasion, &flags).await;
    let rows = store.deliveries(&all, 0, 10).await.unwrap();
    let june: Vec<_> = ["prod-shipping"].map(|row| row.parse().unwrap()).to_vec();
    for row in &rows[..2] {
        let way = fairwarning::store::Way::Link;
        let now = instant(NOON);
        store.acknowledge(row.recipient, &path(), &june, way, now).await.unwrap();
    }
    service.set_clock("2026-03-10T12:02:00Z");
    let counted = async |page: &str| loop {
        // A slow machine may take longer than a page waits.
        let body = service.see(page, &cookie).await.body;
        if !body.contains("This is being counted") {
            break body;
        }
    };
    let after = counted("/office").await;
    assert!(after.contains("<strong>1</strong> of 3 told"), "{after}");
    assert!(after.contains("<polyline class=\"line\""), "{after}");
    let notice = counted(NOTICE).await;
    assert!(notice.contains("<strong>1</strong> of 3 told"), "{notice}");
    assert!(notice.contains("<span class=\"label\">Accepted</span> 3"), "{notice}");
}
