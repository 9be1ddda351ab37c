//! Badges: one fact as a picture.

use crate::colours::contrast;
use crate::declared::sample_workspace;
use crate::mail_tools::verified;
use crate::web_service::{NOON, WORKSPACE, WebService};
use reqwest::Method;

const LABELS: &str = "/badges/parcels/apis/labels.svg";

/// What a strict parser finds in the picture: its title, and its texts.
fn read(picture: &str) -> (String, Vec<String>) {
    const PARSER: &str = "import sys, xml.etree.ElementTree as tree\n\
        S = '{http://www.w3.org/2000/svg}'\n\
        svg = tree.fromstring(sys.stdin.buffer.read())\n\
        assert svg.tag == S + 'svg' and svg.get('role') == 'img'\n\
        assert svg.get('aria-labelledby') == svg.find(S + 'title').get('id')\n\
        assert {e.tag[len(S):] for e in svg.iter()} == {'svg', 'title', 'rect', 'path', 'g', 'text'}\n\
        print('\\n'.join([svg.find(S + 'title').text] + [t.text for t in svg.iter(S + 'text')]))";
    let found = verified(&["-c", PARSER], picture);
    let mut found = found.lines().map(str::to_owned);
    (found.next().unwrap(), found.collect())
}

async fn says(service: &WebService, path: &str, label: &str, message: &str) -> String {
    let picture = service.items(path).await.body;
    let (title, texts) = read(&picture);
    assert_eq!(texts, [label, message], "{path}");
    assert!(title.ends_with(message), "{title}");
    title
}

#[tokio::test]
async fn the_samples_say_what_is_required_and_since_when() {
    let service = WebService::start_empty(false).await;
    service.publish(sample_workspace()).await;
    let hold = "/badges/usps-web-tools/apis/holdForPickup";
    let (prod, any) = (format!("{hold}/prod.svg"), format!("{hold}.svg"));
    let needed = "TLS 1.2 or above";
    service.set_clock("2020-01-01T00:00:00Z");
    let title = says(&service, &prod, needed, "required from 13 April 2020").await;
    assert_eq!(
        title,
        "Package Intercept Hold For Pickup, PROD: TLS 1.2 or above, required from 13 April 2020"
    );
    says(&service, &any, needed, "required from 30 March 2020").await;
    service.set_clock("2020-05-01T00:00:00Z");
    says(&service, &any, needed, "required from 7 June 2020").await;
    service.set_clock("2021-01-01T00:00:00Z");
    says(&service, &prod, needed, "required since 27 September 2020").await;
    let production = "/badges/usps-web-tools/environments/prod.svg";
    says(&service, production, needed, "required since 27 September 2020").await;
}

#[tokio::test]
async fn a_badge_says_what_is_wrong_now_then_what_comes() {
    let service = WebService::start().await;
    let needed = "TLS 1.2 or above";
    says(&service, LABELS, needed, "required from 1 June 2026").await;
    let rates = "/badges/parcels/apis/rates";
    let march = "required from 1 March 2026 to 31 March 2026";
    says(&service, &format!("{rates}.svg"), "Rates v2", march).await;
    let test = format!("{rates}/test.svg");
    says(&service, &test, needed, "required since 1 February 2026").await;
    says(&service, "/badges/parcels/environments/prod.svg", "Rates v2", march).await;
    says(&service, "/badges/crm/apis/deals.svg", "Deals", "paused").await;
    says(&service, "/badges/crm/apis/contacts.svg", "Contacts", "no change").await;
    service.set_clock("2026-04-01T14:30:00Z");
    let title = says(&service, LABELS, "Labels", "brownout").await;
    assert_eq!(title, "Labels: brownout");
    service.set_clock("2026-04-01T16:00:00Z");
    says(&service, LABELS, needed, "required from 1 June 2026").await;
    // Over since its last day, whenever it began.
    service.set_clock("2027-01-01T00:00:00Z");
    says(&service, "/badges/parcels/apis/rates/prod.svg", "Rates v2", "date to be announced").await;
}

#[tokio::test]
async fn what_is_retired_ends() {
    let service = WebService::start_empty(false).await;
    let mut workspace = WORKSPACE.clone();
    workspace.programs["crm"].notices["deals-retire"].amendments.clear();
    service.publish(workspace).await;
    let deals = "/badges/crm/apis/deals.svg";
    says(&service, deals, "Deals", "ends not before December 2026").await;
    let contacts = "/badges/crm/apis/contacts.svg";
    says(&service, contacts, "Deals", "ends 1 October 2026").await;
    service.set_clock("2026-10-02T00:00:00Z");
    says(&service, contacts, "Deals", "ended 1 October 2026").await;
}

#[tokio::test]
async fn a_badge_reads_in_every_state() {
    let service = WebService::start().await;
    let mut fills = std::collections::BTreeSet::new();
    for (clock, path) in [
        (NOON, LABELS),
        (NOON, "/badges/parcels/apis/rates.svg"),
        (NOON, "/badges/parcels/apis/holdForPickup.svg"),
        (NOON, "/badges/crm/apis/deals.svg"),
        (NOON, "/badges/crm/apis/contacts.svg"),
        ("2026-04-01T14:30:00Z", LABELS),
    ] {
        service.set_clock(clock);
        let picture = service.items(path).await.body;
        let colours = picture.split("fill=\"#").skip(1).map(|rest| rest[..6].to_owned());
        fills.extend(colours.filter(|colour| !colour.starts_with("fff")));
    }
    assert_eq!(fills.len(), 6, "the ground of the label, and five colours: {fills:?}");
    for fill in fills {
        let ratio = contrast("#ffffff", &format!("#{fill}"));
        assert!(ratio >= 4.5, "white on #{fill}: {ratio}");
    }
}

#[tokio::test]
async fn a_badge_is_kept_until_something_changes() {
    let service = WebService::start().await;
    let first = service.items(LABELS).await;
    assert_eq!(first.header("content-type"), "image/svg+xml");
    assert_eq!(first.header("cache-control"), "public, max-age=60");
    assert_eq!(first.header("cross-origin-resource-policy"), "cross-origin");
    assert_eq!(first.header("access-control-allow-origin"), "*");
    let known = [("if-none-match", first.header("etag"))];
    assert_eq!(service.ask(Method::GET, LABELS, &known).await.status, 304);
    let kept = service.service.snapshot().unwrap().shelf.bytes();
    service.set_clock("2026-03-10T12:30:00Z");
    assert_eq!(service.items(LABELS).await.body, first.body);
    assert_eq!(service.service.snapshot().unwrap().shelf.bytes(), kept, "it is drawn once");
    service.set_clock("2026-04-01T13:59:50Z");
    assert_eq!(service.items(LABELS).await.header("cache-control"), "public, max-age=10");
    service.set_clock("2026-04-01T14:00:00Z");
    assert_eq!(service.ask(Method::GET, LABELS, &known).await.status, 200, "a brownout began");
}

#[tokio::test]
async fn hostile_titles_stay_text_in_badges() {
    let service = WebService::start_empty(false).await;
    let mut workspace = WORKSPACE.clone();
    let hostile = "\"/><script>alert(1)</script>\u{0}\u{ffff} 'x' & ]]> {{ 7 * 7 }}";
    let shown = "\"/><script>alert(1)</script> 'x' & ]]> {{ 7 * 7 }}";
    let parcels = &mut workspace.programs["parcels"];
    parcels.catalogue.apis["labels"].title = hostile.to_owned();
    parcels.catalogue.apis["tracking"].title = "長い名前 ".repeat(50);
    parcels.notices["tls-1.2"].needs = vec![hostile.to_owned()];
    service.publish(workspace).await;
    let title = says(&service, LABELS, shown, "required from 1 June 2026").await;
    assert!(title.starts_with("\"/><script>"), "{title}");
    service.set_clock("2026-04-01T14:30:00Z");
    says(&service, LABELS, shown, "brownout").await;
    let mut quiet = WORKSPACE.clone();
    quiet.programs["parcels"].catalogue.apis["tracking"].title = "長い名前 ".repeat(50);
    quiet.programs["parcels"].notices.clear();
    service.publish(quiet).await;
    let (_, texts) = read(&service.items("/badges/parcels/apis/tracking.svg").await.body);
    assert!(texts[0].ends_with('…') && texts[0].chars().count() <= 61, "{texts:?}");
}

#[tokio::test]
async fn what_nobody_declared_has_no_badge() {
    let service = WebService::start().await;
    for path in [
        "/badges/nobody/apis/labels.svg",
        "/badges/parcels/apis/Labels.svg",
        "/badges/parcels/apis/labels/live.svg",
        "/badges/parcels/environments/live.svg",
        "/badges/parcels/apis/%22.svg",
        "/badges/parcels.svg",
    ] {
        let answer = service.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
    }
}
