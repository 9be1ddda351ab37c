//! The picture of a schedule on the page of a notice and of an API.

use crate::declared::sample_workspace;
use crate::web_service::{WORKSPACE, WebService};
use reqwest::Method;

async fn of_samples() -> WebService {
    let service = WebService::start_empty(false).await;
    service.publish(sample_workspace()).await;
    service
}

/// The picture alone.
fn picture(page: &str) -> &str {
    let (_, rest) = page.split_once("<figure class=\"course\">").expect("a picture");
    rest.split_once("</figure>").expect("its end").0
}

/// The value of an attribute each time it stands in `text`.
fn numbers(text: &str, attribute: &str) -> Vec<f64> {
    let start = format!(" {attribute}=\"");
    let each = text.split(&start).skip(1);
    each.map(|rest| rest.split('"').next().unwrap().parse().unwrap()).collect()
}

#[tokio::test]
async fn the_page_of_a_notice_draws_a_lane_for_each_environment_and_says_it_in_words() {
    let service = of_samples().await;
    let page = service.items("/notices/usps-web-tools/tls-1.2?on=2020-04-01T12:00Z").await.body;
    let picture = picture(&page);
    let lanes: Vec<_> = picture.split("<li class=\"lane\">").skip(1).collect();
    assert_eq!(lanes.len(), 2, "TEST and PROD");
    assert!(lanes[0].contains(">TEST<") && lanes[1].contains(">PROD<"));
    for lane in &lanes {
        assert_eq!(lane.matches("role=\"img\"").count(), 2, "a bar for each row");
    }
    let said = "announced from 1 January 2020, cut off from 30 March 2020";
    assert!(lanes[0].contains(&format!("<title>{said}</title>")), "{}", lanes[0]);
    assert!(
        picture.contains("1 April 2020"),
        "where the reader stands, by the clocks of the office"
    );
    assert!(!picture.contains("style="), "the policy allows no inline style");
    // Whole bars, without a gap.
    for bar in picture.split("<svg viewBox=\"0 0 1000 12\"").skip(1) {
        let bar = bar.split("</svg>").next().unwrap();
        let (starts, widths) = (numbers(bar, "x"), numbers(bar, "width"));
        let ends: Vec<_> = starts.iter().zip(&widths).map(|(x, width)| x + width).collect();
        assert_eq!((starts[0], ends.last().unwrap().round()), (0.0, 1000.0), "{bar}");
        for (end, start) in ends.iter().zip(starts.iter().skip(1)) {
            assert!((end - start).abs() < 0.2, "{bar}");
        }
    }
}

#[tokio::test]
async fn cutoffs_and_brownouts_stand_where_their_dates_are() {
    let service = WebService::start().await;
    let page = service.items("/apis/parcels/labels").await.body;
    let picture = picture(&page);
    assert!(picture.contains("class=\"part-brownout\""));
    let lane = picture.split("<li class=\"lane\">").nth(1).unwrap();
    let (starts, here) = (numbers(lane, "x"), numbers(lane, "x1")[0]);
    let cut = starts[2];
    assert!(cut < here, "TEST was cut off in February, and it is March");
    let prod = picture.split("<li class=\"lane\">").nth(2).unwrap();
    let last = *numbers(prod, "x").last().unwrap();
    assert!(prod.rsplit("part-").next().unwrap().starts_with("cut-off") && last > here);
}

#[tokio::test]
async fn a_brownout_of_other_apis_is_not_drawn_for_an_api() {
    let mut json = serde_json::to_value(&*WORKSPACE).unwrap();
    let brownouts = "/programs/parcels/notices/tls-1.2/schedule/brownouts/wednesdays";
    let subset = json.pointer_mut(brownouts).expect("the fixture's brownout");
    subset["subset"] = serde_json::json!({ "targets": [{ "api": "labels" }] });
    let workspace = serde_json::from_value(json);
    let service = WebService::start_empty(false).await;
    service.publish(workspace.expect("a brownout of one API")).await;
    let browned = |page: &str| picture(page).contains("part-brownout");
    assert!(browned(&service.items("/apis/parcels/labels").await.body));
    assert!(!browned(&service.items("/apis/parcels/rates").await.body));
}

#[tokio::test]
async fn the_reader_moves_on_from_day_to_day_and_the_tag_with_them() {
    let service = WebService::start().await;
    for path in ["/notices/parcels/tls-1.2", "/apis/parcels/labels"] {
        service.set_clock("2026-03-10T12:00:00Z");
        let before = service.items(path).await;
        let known = [("if-none-match", before.header("etag"))];
        service.set_clock("2026-03-10T23:59:59Z");
        assert_eq!(service.ask(Method::GET, path, &known).await.status, 304, "{path}");
        service.set_clock("2026-03-12T00:00:00Z");
        let after = service.ask(Method::GET, path, &known).await;
        assert_eq!(after.status, 200, "{path}");
        let here = |page: &str| numbers(picture(page), "x1")[0];
        assert!(here(&after.body) > here(&before.body), "{path}");
        assert_eq!(service.get("/").await.status, 200);
    }
}

#[tokio::test]
async fn a_day_outside_the_schedule_is_not_drawn_and_the_words_are_the_readers() {
    let service = of_samples().await;
    let page = service.items("/apis/usps-web-tools/Verify?lang=de").await.body;
    let picture = picture(&page);
    assert!(!picture.contains("class=\"here\""));
    assert!(picture.contains("Zeitleiste") && picture.contains("ab 30. März 2020"), "{picture}");
}
