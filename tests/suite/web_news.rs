//! News for feed readers: Atom and JSON Feed.

use crate::declared::sample_workspace;
use crate::mail_tools::verified;
use crate::web_service::{NOON, WORKSPACE, WebService};
use fairwarning::notice::{Amendment, AmendmentKind, Date, Former, Workspace};
use reqwest::Method;
use serde_json::Value;

const FEEDS: [&str; 4] =
    ["/feeds.atom", "/feeds.json", "/feeds/parcels.atom", "/feeds/parcels.json"];

/// What a strict parser finds in an Atom feed that keeps to the RFC.
fn read(feed: &str) -> Value {
    serde_json::from_str(&verified(&["tests/verifiers/check_atom.py"], feed)).unwrap()
}

async fn published(workspace: Workspace) -> WebService {
    let service = WebService::start_empty(true).await;
    service.publish(workspace).await;
    service
}

/// The entry of this name.
fn entry<'a>(feed: &'a Value, id: &str) -> &'a Value {
    let found = feed["entries"].as_array().unwrap().iter().find(|entry| entry["id"] == id);
    found.unwrap_or_else(|| panic!("{id}: {feed:#}"))
}

fn amendment(date: &str, kind: AmendmentKind) -> Amendment {
    Amendment {
        date: Date::day(date.parse().unwrap()),
        kind,
        reason: None,
        rows: Vec::new(),
        former: Former::NotRecorded,
    }
}

#[tokio::test]
async fn the_samples_are_news_that_a_strict_parser_reads() {
    let service = published(sample_workspace()).await;
    let answer = service.items("/feeds/usps-web-tools.atom").await;
    assert_eq!(answer.header("content-type"), "application/atom+xml; charset=utf-8");
    let usps = read(&answer.body);
    assert_eq!(usps["id"], "tag:usps.gov,2026:usps-web-tools");
    assert_eq!(usps["title"], "USPS Web Tools: Notices");
    assert_eq!(usps["self"], "https://notices.example/feeds/usps-web-tools.atom");
    assert_eq!(usps["alternate"], "https://notices.example/notices/usps-web-tools");
    let told = entry(&usps, "tag:usps.gov,2026:usps-web-tools/tls-1.2");
    assert_eq!(told["title"], "USPS Web Tools Notice: TLS 1.2 Protocol Compliance");
    assert_eq!(told["author"], "USPS Web Tools Program Office");
    assert_eq!(told["page"], "https://notices.example/notices/usps-web-tools/tls-1.2");
    let html = told["html"].as_str().unwrap();
    for fact in ["BLOCK", "TLS 1.2 or above", "27 September 2020", "<dt>", "</a></p>"] {
        assert!(html.contains(fact), "{fact}: {html}");
    }
    let all = read(&service.items("/feeds.atom").await.body);
    assert_eq!(all["id"], "tag:notices.example,2026:notices");
    assert_eq!(all["title"], "Deprecation notices");
    let extended = "tag:constantcontact.com,2026:constant-contact/tls-1.2/2017-06-30/extended";
    let extended = entry(&all, extended);
    assert!(extended["title"].as_str().unwrap().starts_with("Extended: "), "{extended}");
    assert_eq!(extended["updated"], "2017-06-30T04:00:00Z", "a day begins in the office's zone");
    let html = extended["html"].as_str().unwrap();
    assert!(html.contains("The former dates were not recorded."), "{html}");
    assert!(html.contains("The deadline for moving to TLS v1.2 was already extended."));
    entry(&all, "tag:onepagecrm.com,2026:onepagecrm/tls-1.2");
}

#[tokio::test]
async fn json_feed_and_atom_tell_the_same() {
    let service = published(sample_workspace()).await;
    for feed in ["/feeds", "/feeds/usps-web-tools", "/feeds/constant-contact"] {
        let atom = read(&service.items(&format!("{feed}.atom")).await.body);
        let answer = service.items(&format!("{feed}.json")).await;
        assert_eq!(answer.header("content-type"), "application/feed+json");
        let json = answer.json();
        assert_eq!(json["version"], "https://jsonfeed.org/version/1.1");
        assert_eq!(json["feed_url"], format!("https://notices.example{feed}.json"));
        assert_eq!((&json["title"], &json["home_page_url"]), (&atom["title"], &atom["alternate"]));
        let items = json["items"].as_array().unwrap();
        let entries = atom["entries"].as_array().unwrap();
        assert_eq!(items.len(), entries.len());
        for (item, entry) in items.iter().zip(entries) {
            for (theirs, ours) in [
                ("id", "id"),
                ("title", "title"),
                ("url", "page"),
                ("content_html", "html"),
                ("date_published", "published"),
                ("date_modified", "updated"),
            ] {
                assert_eq!(item[theirs], entry[ours], "{theirs}");
            }
            assert_eq!(item["authors"][0]["name"], entry["author"]);
        }
    }
}

#[tokio::test]
async fn an_amendment_is_news_and_renames_nothing() {
    let before = read(&published(WORKSPACE.clone()).await.items(FEEDS[2]).await.body);
    let name = "tag:parcels.example,2026:parcels/tls-1.2";
    assert_eq!(entry(&before, name)["updated"], "2026-01-15T05:00:00Z");
    let mut amended = WORKSPACE.clone();
    let notice = &mut amended.programs["parcels"].notices["tls-1.2"];
    notice.amendments = vec![
        amendment("2026-02-20", AmendmentKind::Extended),
        amendment("2026-02-20", AmendmentKind::Extended),
        amendment("2026-03-01", AmendmentKind::Paused),
    ];
    let after = read(&published(amended.clone()).await.items(FEEDS[2]).await.body);
    assert_eq!(entry(&after, name)["updated"], "2026-03-01T05:00:00Z");
    assert_eq!(entry(&after, name)["published"], entry(&before, name)["published"]);
    let of = |part: &str| format!("{name}/{part}");
    for part in ["2026-02-20/extended", "2026-02-20/extended/2", "2026-03-01/paused"] {
        entry(&after, &of(part));
    }
    // History that is recorded later.
    let notice = &mut amended.programs["parcels"].notices["tls-1.2"];
    notice.amendments.insert(0, amendment("2026-01-20", AmendmentKind::Corrected));
    let later = read(&published(amended).await.items(FEEDS[2]).await.body);
    for entry_before in after["entries"].as_array().unwrap() {
        let same = entry(&later, entry_before["id"].as_str().unwrap());
        assert_eq!(same["title"], entry_before["title"]);
        assert_eq!(same["updated"], entry_before["updated"]);
    }
}

#[tokio::test]
async fn hostile_titles_stay_text_in_news() {
    let mut workspace = WORKSPACE.clone();
    let hostile = "]]> <script>alert(1)</script> & \"x\" 'y' \u{0}\u{b}\u{fffe}\u{ffff} <!-- &lt;";
    let parcels = &mut workspace.programs["parcels"];
    parcels.settings.title = hostile.to_owned();
    parcels.settings.office.name = hostile.to_owned();
    let notice = &mut parcels.notices["tls-1.2"];
    notice.title = hostile.to_owned();
    notice.ends = vec![hostile.to_owned()];
    notice.amendments = vec![amendment("2026-02-20", AmendmentKind::Corrected)];
    let service = published(workspace).await;
    for feed in ["/feeds", "/feeds/parcels"] {
        let atom = read(&service.items(&format!("{feed}.atom")).await.body);
        let told = entry(&atom, "tag:parcels.example,2026:parcels/tls-1.2");
        let cleaned: String = hostile
            .chars()
            .map(|c| if matches!(c, '\0' | '\u{b}' | '\u{fffe}' | '\u{ffff}') { ' ' } else { c })
            .collect();
        assert_eq!(told["title"], cleaned, "every character is there that XML knows");
        let html = told["html"].as_str().unwrap();
        assert!(html.contains("&lt;script&gt;") && !html.contains("<script"), "{html}");
        let json = service.items(&format!("{feed}.json")).await.json();
        let items = json["items"].as_array().unwrap();
        assert!(items.iter().any(|item| item["title"] == hostile));
        assert!(items.iter().all(|i| !i["content_html"].as_str().unwrap().contains("<script")));
    }
}

#[tokio::test]
async fn a_reader_that_has_the_news_is_told_so() {
    let service = WebService::start().await;
    for path in FEEDS {
        let first = service.items(path).await;
        service.set_clock("2026-05-01T00:00:00Z");
        for (name, known) in [("if-none-match", "etag"), ("if-modified-since", "last-modified")] {
            let again = service.ask(Method::GET, path, &[(name, first.header(known))]).await;
            assert_eq!((again.status.as_u16(), again.body.as_str()), (304, ""), "{path} {name}");
        }
        assert_eq!(first.header("last-modified"), "Tue, 10 Mar 2026 12:00:00 GMT");
        assert_eq!(first.header("access-control-allow-origin"), "*");
        service.set_clock(NOON);
    }
    let mut changed = WORKSPACE.clone();
    changed.programs["parcels"].notices["tls-1.2"].title = "TLS".to_owned();
    let before = service.items(FEEDS[2]).await;
    service.publish(changed).await;
    assert_ne!(service.items(FEEDS[2]).await.header("etag"), before.header("etag"));
}

#[tokio::test]
async fn a_service_without_a_public_address_has_feeds_too() {
    let service = WebService::start().await;
    let atom = read(&service.items("/feeds/parcels.atom").await.body);
    assert_eq!(atom["self"], "/feeds/parcels.atom");
    assert_eq!(read(&service.items("/feeds.atom").await.body)["alternate"], "/notices");
    let json = service.items("/feeds.json").await.json();
    assert!(json.get("feed_url").is_none() && json["items"][0].get("url").is_none());
}

#[tokio::test]
async fn only_the_latest_news_is_told_the_latest_first() {
    let mut workspace = WORKSPACE.clone();
    let parcels = &mut workspace.programs["parcels"];
    let notice = parcels.notices["rates-v1"].clone();
    for nth in 0..150_u32 {
        let mut another = notice.clone();
        another.id = format!("rates-{nth}").parse().unwrap();
        let day =
            chrono::NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + chrono::Days::new(nth.into());
        another.announced = Date::day(day);
        parcels.notices.insert(another.id.clone(), another);
    }
    let service = published(workspace).await;
    let feed = read(&service.items(FEEDS[2]).await.body);
    let entries = feed["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 100);
    assert_eq!(entries[0]["id"], "tag:parcels.example,2026:parcels/rates-149");
    assert_eq!(feed["updated"], entries[0]["updated"]);
}

#[tokio::test]
async fn a_program_without_notices_has_an_empty_feed() {
    let mut workspace = WORKSPACE.clone();
    workspace.programs["parcels"].notices.clear();
    let service = published(workspace).await;
    let feed = read(&service.items(FEEDS[2]).await.body);
    assert_eq!(feed["entries"].as_array().unwrap().len(), 0);
    assert_eq!(feed["updated"], NOON);
    for path in ["/feeds/nobody.atom", "/feeds/nobody.json", "/feeds/%00.atom"] {
        assert_eq!(service.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn pages_lead_to_their_news() {
    let service = WebService::start().await;
    for (page, feed) in [
        ("/", "/feeds"),
        ("/?program=parcels", "/feeds/parcels"),
        ("/?lang=de", "/feeds"),
        ("/notices", "/feeds"),
        ("/notices/parcels", "/feeds/parcels"),
        ("/notices/parcels/tls-1.2", "/feeds/parcels"),
    ] {
        let body = service.items(page).await.body;
        let lang = if page.contains("lang=de") { "?lang=de" } else { "" };
        for (form, kind) in [("atom", "application/atom+xml"), ("json", "application/feed+json")] {
            let address = format!("{feed}.{form}{lang}");
            assert!(body.contains(&format!("<link rel=\"alternate\" type=\"{kind}\"")), "{page}");
            assert_eq!(body.matches(&format!("href=\"{address}\"")).count(), 2, "{page} {address}");
            let answer = service.items(&address).await;
            let language = if lang.is_empty() { "en" } else { "de" };
            assert_eq!(answer.header("content-language"), language);
        }
    }
}
