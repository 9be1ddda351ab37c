//! The calendars that programs subscribe to.

use crate::declared::sample_workspace;
use crate::mail_tools::verified;
use crate::web_service::{NOON, WORKSPACE, WebService};
use fairwarning::notice::Locale;
use reqwest::Method;
use std::collections::BTreeSet;

const FEEDS: [&str; 4] = [
    "/feeds/parcels.ics",
    "/feeds/parcels/notices/tls-1.2.ics",
    "/feeds/parcels/apis/rates.ics",
    "/feeds/parcels/environments/prod.ics",
];

/// What icalendar and vobject find in a calendar: its name, and its events.
fn read(calendar: &str) -> Vec<String> {
    verified(&["tests/verifiers/check_calendars.py"], calendar).lines().map(str::to_owned).collect()
}

fn uids(calendar: &str) -> BTreeSet<String> {
    let unfolded = calendar.replace("\r\n ", "");
    unfolded.lines().filter_map(|line| line.strip_prefix("UID:")).map(str::to_owned).collect()
}

async fn samples() -> WebService {
    let service = WebService::start_empty(true).await;
    service.publish(sample_workspace()).await;
    service
}

#[tokio::test]
async fn the_samples_are_read_by_programs_that_are_not_ours() {
    let service = samples().await;
    let usps = service.items("/feeds/usps-web-tools.ics").await;
    assert_eq!(usps.header("content-type"), "text/calendar; charset=utf-8");
    let found = read(&usps.body);
    assert_eq!(found[0], "USPS Web Tools");
    for event in [
        "usps-web-tools/tls-1.2/test-first-wave/cutoff@usps.gov 2020-03-30",
        "usps-web-tools/tls-1.2/prod-first-wave/cutoff@usps.gov 2020-04-13",
        "usps-web-tools/tls-1.2/test-secure/cutoff@usps.gov 2020-06-07",
        "usps-web-tools/tls-1.2/prod-secure/cutoff@usps.gov 2020-09-27",
    ] {
        assert!(found.iter().any(|line| line.starts_with(event)), "{event}: {found:#?}");
    }
    let production = read(&service.items("/feeds/usps-web-tools/environments/prod.ics").await.body);
    assert!(production.iter().any(|line| line.contains("/prod-secure/cutoff@")));
    assert!(!production.iter().any(|line| line.contains("/test-secure/cutoff@")));
    let extended = read(&service.items("/feeds/constant-contact.ics").await.body);
    assert!(extended.iter().any(|line| line.contains("/cutoff@") && line.ends_with(" 1 -")));
    read(&service.items("/feeds/onepagecrm.ics").await.body);
}

#[tokio::test]
async fn a_calendar_says_where_it_is_and_how_often_to_come_back() {
    let service = samples().await;
    let body = service.items("/feeds/usps-web-tools/apis/holdForPickup.ics").await.body;
    let unfolded = body.replace("\r\n ", "");
    for line in [
        "NAME:USPS Web Tools: Package Intercept Hold For Pickup",
        "REFRESH-INTERVAL;VALUE=DURATION:PT12H",
        "X-PUBLISHED-TTL:PT12H",
        "SOURCE;VALUE=URI:https://notices.example/feeds/usps-web-tools/apis/holdForPickup.ics",
        "LAST-MODIFIED:20260310T120000Z",
    ] {
        assert!(unfolded.lines().any(|found| found == line), "{line}: {unfolded}");
    }
    assert!(body.lines().all(|line| line.len() <= 75));
}

#[tokio::test]
async fn a_calendar_has_the_uids_of_the_mail() {
    let service = WebService::start().await;
    let (parcels, at) = (&WORKSPACE.programs["parcels"], NOON.parse().unwrap());
    let notice = &parcels.notices["tls-1.2"];
    let renderer = service.service.built_in();
    let mail = renderer.calendar(parcels, notice, &Default::default(), &[], at).unwrap();
    let feed = service.items(FEEDS[1]).await.body;
    assert_eq!(uids(&feed), uids(&mail));
    assert!(uids(&service.items(FEEDS[0]).await.body).is_superset(&uids(&mail)));
}

#[tokio::test]
async fn a_calendar_holds_what_concerns_its_subject_and_nothing_else() {
    let service = WebService::start().await;
    let of = async |path: &str| {
        let calendar = service.items(path).await.body;
        read(&calendar);
        uids(&calendar).into_iter().map(|uid| uid.replace("@parcels.example", "")).collect()
    };
    let rates: BTreeSet<String> = of(FEEDS[2]).await;
    assert!(rates.contains("parcels/tls-1.2/prod-shipping/cutoff"));
    assert!(rates.contains("parcels/rates-v1/everyone/cutoff"));
    assert!(!rates.iter().any(|uid| uid.contains("/prod-rest/")), "{rates:?}");
    let prod: BTreeSet<String> = of(FEEDS[3]).await;
    assert!(prod.contains("parcels/tls-1.2/prod-rest/cutoff"));
    assert!(!prod.iter().any(|uid| uid.contains("/test-shipping/")), "{prod:?}");
}

#[tokio::test]
async fn a_brownout_that_spares_an_api_is_not_in_its_calendar() {
    let service = WebService::start_empty(false).await;
    let mut workspace = WORKSPACE.clone();
    let notice = &mut workspace.programs["parcels"].notices["tls-1.2"];
    let labels = notice.schedule.rows["prod-shipping"].targets[0].clone();
    assert_eq!(labels.api.as_str(), "labels");
    notice.schedule.brownouts["wednesdays"].subset =
        fairwarning::notice::Subset::Targets(vec![labels]);
    service.publish(workspace).await;
    let strikes = async |api: &str| {
        let path = format!("/feeds/parcels/apis/{api}.ics");
        service.items(&path).await.body.contains("UID:parcels/tls-1.2/wednesdays/brownout")
    };
    assert!(strikes("labels").await);
    assert!(!strikes("rates").await);
}

#[tokio::test]
async fn what_was_cancelled_or_paused_stays_and_says_so() {
    let service = WebService::start().await;
    let crm = read(&service.items("/feeds/crm.ics").await.body);
    let contacts = "crm/deals-retire/contacts/cutoff@crm.example 2026-10-01 1 CANCELLED";
    assert!(crm.iter().any(|line| line == contacts), "{crm:#?}");
    assert!(crm.iter().any(|line| line.ends_with("2026-12-01 1 TENTATIVE")), "{crm:#?}");
}

#[tokio::test]
async fn an_api_without_dates_has_a_calendar_that_is_empty() {
    let service = WebService::start_empty(false).await;
    let mut workspace = WORKSPACE.clone();
    workspace.programs["parcels"].notices.clear();
    service.publish(workspace).await;
    for path in [FEEDS[0], FEEDS[2], FEEDS[3]] {
        assert_eq!(read(&service.items(path).await.body).len(), 1, "{path}: a name, and no event");
    }
}

#[tokio::test]
async fn a_client_that_has_the_calendar_is_told_so() {
    let service = WebService::start().await;
    for path in FEEDS {
        let first = service.items(path).await;
        let (tag, modified) = (first.header("etag"), first.header("last-modified"));
        assert_eq!(modified, "Tue, 10 Mar 2026 12:00:00 GMT", "{path}");
        assert_eq!(first.header("cache-control"), "public, max-age=60");
        service.set_clock("2026-05-01T00:00:00Z");
        let ask = async |headers: &[(&str, &str)]| {
            service.ask(Method::GET, path, headers).await.status.as_u16()
        };
        assert_eq!(ask(&[("if-none-match", tag)]).await, 304, "no edge changes a calendar");
        assert_eq!(ask(&[("if-modified-since", modified)]).await, 304);
        let (older, later) = ("Tue, 10 Mar 2026 11:59:59 GMT", "Wed, 11 Mar 2026 00:00:00 GMT");
        assert_eq!(ask(&[("if-modified-since", older)]).await, 200);
        assert_eq!(ask(&[("if-modified-since", later)]).await, 304);
        assert_eq!(ask(&[("if-modified-since", "yesterday")]).await, 200);
        let both = [("if-none-match", "\"other\""), ("if-modified-since", later)];
        assert_eq!(ask(&both).await, 200, "a tag counts more than a date");
        assert_eq!(service.items(path).await.body, first.body);
        let head = service.ask(Method::HEAD, path, &[]).await;
        assert_eq!((head.status.as_u16(), head.header("etag")), (200, tag));
        service.set_clock(NOON);
    }
}

#[tokio::test]
async fn a_calendar_is_laid_out_once_for_a_publication() {
    let service = WebService::start().await;
    let kept = || service.service.snapshot().unwrap().shelf.bytes();
    assert_eq!(kept(), 0, "nothing is laid out before somebody asks");
    let first = service.items(FEEDS[2]).await;
    let one = kept();
    assert_eq!(one, first.body.len());
    for same in ["", "?lang=xx", "?utm_source=mail", "?lang=en"] {
        assert_eq!(service.items(&format!("{}{same}", FEEDS[2])).await.body, first.body);
    }
    assert_eq!(kept(), one);
    service.items(FEEDS[3]).await;
    assert!(kept() > one);
    let mut changed = WORKSPACE.clone();
    changed.programs["parcels"].settings.title = "Parcels, new".to_owned();
    service.publish(changed).await;
    assert_eq!(kept(), 0);
    assert!(service.items(FEEDS[0]).await.body.contains("NAME:Parcels\\, new"));
}

#[tokio::test]
async fn what_nobody_declared_has_no_calendar() {
    let service = WebService::start().await;
    for path in [
        "/feeds/nobody.ics",
        "/feeds/parcels/apis/Rates.ics",
        "/feeds/parcels/apis/contacts.ics",
        "/feeds/parcels/environments/live.ics",
        "/feeds/parcels/notices/deals-retire.ics",
        "/feeds/parcels/apis/%00.ics",
        "/feeds/parcels/apis/rates",
        "/feeds/..%2Fparcels.ics",
    ] {
        let answer = service.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    let posted = service.ask(Method::POST, FEEDS[0], &[]).await;
    assert_eq!((posted.status.as_u16(), posted.header("allow")), (405, "GET, HEAD, OPTIONS"));
    let open = service.items(FEEDS[0]).await;
    assert_eq!(open.header("access-control-allow-origin"), "*");
}

#[tokio::test]
async fn a_program_of_two_languages_has_each_calendar_and_feed_in_both() {
    let service = WebService::start_empty(true).await;
    let mut workspace = WORKSPACE.clone();
    let locales = ["en", "de"].map(|tag| Locale::from_tag(tag).unwrap());
    workspace.programs["parcels"].settings.locales = locales.into();
    service.publish(workspace).await;
    for path in FEEDS {
        let english = service.items(path).await;
        let german = service.items(&format!("{path}?lang=de-AT")).await;
        assert_eq!(english.header("content-language"), "en");
        assert_eq!(german.header("content-language"), "de", "the closest there is");
        assert_ne!(german.header("etag"), english.header("etag"));
        assert_eq!(uids(&german.body), uids(&english.body), "the same events");
        assert!(german.body.contains("//DE\r\n") && german.body.contains("Abschaltung"), "{path}");
        assert!(german.body.replace("\r\n ", "").contains(&format!("{path}?lang=de\r\n")));
        assert_eq!(service.items(&format!("{path}?lang=fr")).await.body, english.body);
    }
    let german = service.items("/feeds/parcels.atom?lang=de").await.body;
    assert!(german.contains("tag:parcels.example,2026:parcels?lang=de"));
    assert!(german.contains("/notices/parcels/tls-1.2?lang=de"));
    assert!(german.contains("<id>tag:parcels.example,2026:parcels/tls-1.2</id>"), "one entry");
    let badge = service.items("/badges/parcels/apis/labels.svg?lang=de").await.body;
    assert!(badge.contains(">nötig ab: 1. Juni 2026<"), "{badge}");
    let page = service.items("/notices/parcels/tls-1.2?lang=de").await.body;
    assert!(page.contains("/feeds/parcels/notices/tls-1.2.ics?lang=de"), "{page}");
}

#[tokio::test]
async fn hostile_titles_stay_text_in_calendars() {
    let service = WebService::start_empty(false).await;
    let mut workspace = WORKSPACE.clone();
    let parcels = &mut workspace.programs["parcels"];
    let hostile = "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\u{2028}UID:forged;,\\n\u{7}<b>&";
    parcels.settings.title = hostile.to_owned();
    parcels.catalogue.apis["rates"].title = hostile.to_owned();
    parcels.notices["tls-1.2"].title = hostile.to_owned();
    service.publish(workspace).await;
    for path in FEEDS {
        let body = service.items(path).await.body;
        read(&body);
        assert!(!uids(&body).iter().any(|uid| uid.contains("forged")), "{path}: {body}");
    }
}

#[tokio::test]
async fn pages_lead_to_their_calendars() {
    let service = WebService::start().await;
    for (page, calendar) in [
        ("/notices/parcels/tls-1.2", FEEDS[1]),
        ("/notices/parcels", FEEDS[0]),
        ("/?program=parcels", FEEDS[0]),
        ("/?program=parcels&api=rates", FEEDS[2]),
        ("/?program=parcels&environment=prod", FEEDS[3]),
        ("/?program=parcels&notice=tls-1.2", FEEDS[1]),
        ("/?program=parcels&api=unknown", FEEDS[0]),
    ] {
        let body = service.items(page).await.body;
        let link = format!("<link rel=\"alternate\" type=\"text/calendar\" href=\"{calendar}\">");
        assert!(body.contains(&link), "{page}");
        assert!(
            body.contains(&format!("<a href=\"{calendar}\">Dates as a calendar</a>")),
            "{page}"
        );
        service.items(calendar).await;
    }
    assert!(!service.items("/").await.body.contains("text/calendar"));
}
