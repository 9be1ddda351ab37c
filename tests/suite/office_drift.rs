//! What the watch found, as the office sees it: its pages, the API, the overview and the figures
//! for Prometheus.

use crate::drifting::at;
use crate::mail_tools::read_metrics;
use crate::store_contract_watching::drifting;
use crate::test_office::TestOffice;
use crate::web_service::{Answer, NOON, WebService, instant};
use chrono::TimeDelta;
use fairwarning::metrics::Metrics;
use fairwarning::notice::{
    Acceptance, Finding, HttpFinding, Judgement, OfficeScope, Refusal, TlsVersion, Verdict,
    WatchStanding, WatchTarget,
};
use fairwarning::store::{NewLook, Store};
use fairwarning::web::{self, MetricsSite};
use reqwest::Method;
use std::collections::BTreeMap;
use std::net::{IpAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

const LATE: &str = "PROD still accepts TLS 1.0 three days after its cutoff";

fn target(url_id: &str, operation: Option<&str>) -> WatchTarget {
    WatchTarget {
        environment: "prod".parse().unwrap(),
        url_id: url_id.parse().unwrap(),
        url: format!("https://{url_id}.parcels.example").parse().unwrap(),
        operation: operation.map(|operation| operation.parse().unwrap()),
    }
}

fn late() -> Judgement {
    let mut judgement = drifting();
    let remark = &mut judgement.remarks[0];
    remark.declared = Some(at("2026-03-07"));
    remark.seconds_after = Some(3 * 86_400);
    remark.sentence = LATE.to_owned();
    judgement
}

fn right() -> Judgement {
    Judgement { verdict: Verdict::Conforming, remarks: Vec::new() }
}

/// One address that accepts TLS 1.0 and 1.2, and refuses the others each in its way.
fn finding() -> Finding {
    let refused = |by| Acceptance::Refused { by };
    let why = "it answered nothing <b>".to_owned();
    let headers = BTreeMap::from([("sunset".to_owned(), "soon".to_owned())]);
    let answer = HttpFinding::Answered { status: 403, headers, excerpt: String::new() };
    Finding {
        url: "https://main.parcels.example".parse().unwrap(),
        address: Some(IpAddr::from([192, 0, 2, 7])),
        at: instant(NOON),
        transport: BTreeMap::from([
            (TlsVersion::Ssl3, refused(Refusal::Alert { code: 70 })),
            (TlsVersion::Tls10, Acceptance::Accepted),
            (TlsVersion::Tls11, refused(Refusal::Lower { version: TlsVersion::Tls10 })),
            (TlsVersion::Tls12, Acceptance::Accepted),
            (TlsVersion::Tls13, Acceptance::Undetermined { why }),
        ]),
        http: BTreeMap::from([(TlsVersion::Tls10, answer)]),
        plain: None,
        failure: None,
    }
}

/// Watches two targets of `parcels`, and looks at one: first it is right, an hour later late.
async fn watch(store: &Store, began: chrono::DateTime<chrono::Utc>, program: &str) {
    let publication = store.current_publication_id().await.unwrap().unwrap();
    let program = || program.parse().unwrap();
    let watched = [
        (program(), target("main", None), began),
        (program(), target("alt", Some("GET /track")), began + TimeDelta::days(9)),
    ];
    store.watch(publication, &watched).await.unwrap();
    for (hour, judgement) in [right(), late()].into_iter().enumerate() {
        let now = began + TimeDelta::hours(i64::try_from(hour).unwrap());
        let lease = Duration::from_secs(60);
        let leased = store.lease_watched(now, lease, 1).await.unwrap().remove(0);
        let turn = WatchStanding::after(leased.standing.as_ref(), &judgement, now);
        let look = NewLook {
            standing: &turn.standing,
            judgement: &judgement,
            findings: &[finding()],
            is_change: turn.is_change,
            is_news: turn.is_news,
            due_at: now + TimeDelta::hours(1),
        };
        assert!(store.keep_look(&leased, &look, now).await.unwrap());
    }
}

async fn started() -> WebService {
    let service = WebService::start().await;
    watch(service.service.store(), instant(NOON), "parcels").await;
    service
}

impl WebService {
    async fn drift(&self, query: &str, scope: OfficeScope) -> Answer {
        let bearer = self.token(scope).await;
        let path = format!("/api/v1/drift{query}");
        self.ask(Method::GET, &path, &[("authorization", &bearer)]).await
    }
}

#[tokio::test]
async fn the_office_sees_what_drifts_since_when_and_why() {
    let service = started().await;
    let cookie = service.session(OfficeScope::Viewer).await;
    let list = service.see("/office/drift", &cookie).await;
    assert_eq!(list.status, 200, "{}", list.body);
    for part in [
        LATE,
        "<a href=\"/office/notices/parcels/tls-1.2\">parcels/tls-1.2</a>",
        "https://main.parcels.example",
        "<code>GET /track</code>",
        "Not asked yet",
        "2026-03-10 13:00:00 UTC",
        "aria-current=\"page\">Watch</a>",
    ] {
        assert!(list.body.contains(part), "{part} in {}", list.body);
    }
    assert!(list.body.find("main.parcels").unwrap() < list.body.find("alt.parcels").unwrap());
    let drifting = service.see("/office/drift?verdict=drifting&program=parcels", &cookie).await;
    assert!(!drifting.body.contains("alt.parcels.example"), "{}", drifting.body);
    let none = service.see("/office/drift?verdict=conforming", &cookie).await;
    assert!(none.body.contains("Nothing is found so."), "{}", none.body);
    assert_eq!(service.see("/office/drift?verdict=odd", &cookie).await.status, 400);
    let overview = service.see("/office", &cookie).await;
    assert!(
        overview.body.contains("<a href=\"/office/drift\">1 not as declared</a>"),
        "{}",
        overview.body
    );
}

#[tokio::test]
async fn one_target_is_shown_with_each_address_and_its_history() {
    let service = started().await;
    let cookie = service.session(OfficeScope::Viewer).await;
    let page = service.see("/office/drift/1", &cookie).await;
    assert_eq!(page.status, 200, "{}", page.body);
    for part in [
        "192.0.2.7",
        "alert 70, protocol_version",
        "chose TLS 1.0",
        "it answered nothing &lt;b&gt;",
        "403, sunset: soon",
        "<span class=\"badge is-conforming\">conforming</span>",
        "2026-03-10 12:00:00 UTC",
        "aria-current=\"page\">Watch</a>",
    ] {
        assert!(page.body.contains(part), "{part} in {}", page.body);
    }
    for nothing in ["/office/drift/99", "/office/drift/x", "/office/drift/-1"] {
        assert_eq!(service.see(nothing, &cookie).await.status, 404, "{nothing}");
    }
    let outside = service.get("/office/drift/1").await;
    assert_eq!(outside.status, 303);
}

#[tokio::test]
async fn where_nothing_is_watched_the_page_says_how_to() {
    let service = WebService::start().await;
    let cookie = service.session(OfficeScope::Viewer).await;
    let list = service.see("/office/drift", &cookie).await;
    assert!(list.body.contains("watch: {every: 6 hours}"), "{}", list.body);
    assert!(!service.see("/office", &cookie).await.body.contains("not as declared"));
}

#[tokio::test]
async fn the_api_tells_the_office_and_nobody_else() {
    let service = started().await;
    assert_eq!(service.get("/api/v1/drift").await.status, 401);
    let all = service.drift("", OfficeScope::Viewer).await;
    assert_eq!(all.status, 200, "{}", all.body);
    assert_eq!(all.header("cache-control"), "no-store");
    let json = all.json();
    let first = &json["items"][0];
    assert_eq!(first["program"], "parcels");
    assert_eq!(
        (&first["verdict"], &first["since"]),
        (&"drifting".into(), &"2026-03-10T13:00:00Z".into())
    );
    let remark = &first["remarks"][0];
    assert_eq!(remark["sentence"], LATE);
    assert_eq!(remark["difference"]["is"], "still_accepted");
    assert_eq!(remark["difference"]["version"], "TLS 1.0");
    assert_eq!(remark["notice"], "parcels/tls-1.2");
    assert_eq!(remark["declared"], "2026-03-07T00:00:00Z");
    assert_eq!(remark["seconds_after"], 259_200);
    assert_eq!(first["findings"][0]["transport"]["TLS 1.0"]["is"], "accepted");
    let second = &json["items"][1];
    assert_eq!((&second["operation"], second.get("verdict")), (&"GET /track".into(), None));
    for (query, count) in
        [("?verdict=drifting", 1), ("?verdict=conforming", 0), ("?program=other", 0)]
    {
        let answer = service.drift(query, OfficeScope::Approver).await.json();
        assert_eq!(answer["items"].as_array().unwrap().len(), count, "{query}");
    }
    for wrong in ["?verdict=odd", "?x=1"] {
        assert_eq!(service.drift(wrong, OfficeScope::Viewer).await.status, 400, "{wrong}");
    }
}

#[tokio::test]
async fn a_scrape_tells_how_many_targets_of_a_program_drift() {
    let office = TestOffice::open().await;
    watch(&office.store, office.clock.now(), "parcel").await;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (store, clock) = (office.store.clone(), office.clock.clock());
    let metrics = Arc::new(Metrics::default());
    let site = MetricsSite { store, metrics, clock, service: None };
    let running = web::start_metrics(site, listener).unwrap();
    let handle = running.handle();
    tokio::spawn(running);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let text = client.get(format!("http://{address}/metrics")).send().await.unwrap();
    let read = read_metrics(&text.text().await.unwrap());
    for (verdict, count) in
        [("drifting", 1.0), ("unasked", 1.0), ("conforming", 0.0), ("undetermined", 0.0)]
    {
        let name = format!("fairwarning_watched_targets{{program=parcel,verdict={verdict}}}");
        assert!((read[&name] - count).abs() < 1e-9, "{name} in {read:?}");
    }
    let looked = read["fairwarning_watch_oldest_look_timestamp_seconds{program=parcel}"];
    let hour_later = office.clock.now() + TimeDelta::hours(1);
    assert!((looked - hour_later.timestamp() as f64).abs() < 1e-9, "{looked}");
    handle.stop(false).await;
}
