//! What search engines and those who share a page learn of it.

use crate::everything::everything;
use crate::web_service::WebService;
use fairwarning::notice::Workspace;

async fn public_service() -> WebService {
    let service = WebService::start_empty(true).await;
    let (program, _) = everything();
    service.publish(Workspace { programs: [(program.id.clone(), program)].into() }).await;
    service
}

const PUBLIC: [&str; 8] = [
    "/",
    "/notices",
    "/notices/harbour",
    "/notices/harbour/berths",
    "/apis/harbour/berths",
    "/affected",
    "/subscribe",
    "/problems/not-found",
];

#[tokio::test]
async fn every_public_page_says_what_it_is() {
    let service = public_service().await;
    for path in PUBLIC {
        let page = service.items(path).await.body;
        for name in ["og:type", "og:title", "og:description", "og:site_name", "og:url"] {
            let mark = format!("<meta property=\"{name}\" content=\"");
            let (_, after) = page.split_once(&mark).unwrap_or_else(|| panic!("{path} {name}"));
            assert!(!after.starts_with('"'), "{path}: {name} is empty");
        }
        assert!(page.contains("<meta name=\"description\" content=\""), "{path}");
        let canonical = format!("<link rel=\"canonical\" href=\"https://notices.example{path}\">");
        assert!(page.contains(&canonical), "{path}: {page}");
        assert!(!page.contains("noindex"), "{path}");
    }
}

#[tokio::test]
async fn the_site_map_lists_every_public_page_and_robots_point_to_it() {
    let service = public_service().await;
    let map = service.items("/sitemap.xml").await;
    assert_eq!(map.header("content-type"), "application/xml");
    for path in PUBLIC.iter().filter(|path| !path.starts_with("/problems/")) {
        assert!(map.body.contains(&format!("<loc>https://notices.example{path}</loc>")), "{path}");
    }
    for address in map.body.split("<loc>https://notices.example").skip(1) {
        service.items(address.split('<').next().unwrap()).await;
    }
    let robots = service.items("/robots.txt").await.body;
    assert!(robots.contains("\nSitemap: https://notices.example/sitemap.xml\n"), "{robots}");
    assert!(robots.contains("Disallow: /preferences/"));
}

#[tokio::test]
async fn without_a_public_address_there_is_no_site_map_and_no_canonical_one() {
    let service = WebService::start().await;
    assert_eq!(service.get("/sitemap.xml").await.status, 404);
    assert!(!service.items("/robots.txt").await.body.contains("Sitemap"));
    let table = service.items("/").await.body;
    assert!(!table.contains("canonical") && !table.contains("rel=\"alternate\" hreflang"));
}

#[tokio::test]
async fn the_table_is_sorted_by_its_headings_and_told_as_csv() {
    let service = WebService::start().await;
    let page = service.items("/?program=parcels&sort=notice&lang=en").await.body;
    assert_eq!(page.matches("aria-sort=\"ascending\"").count(), 1);
    let by_notice = "<th scope=\"col\" aria-sort=\"ascending\">\
        <a class=\"sort\" href=\"/?program=parcels&amp;sort=notice&amp;lang=en\">What changes</a>";
    assert!(page.contains(by_notice), "{page}");
    assert!(page.contains("href=\"/?program=parcels&amp;sort=api&amp;lang=en\">APIs</a>"));
    assert!(page.contains("href=\"/?program=parcels&amp;lang=en\">Cutoff</a>"), "the default");
    assert!(page.contains("<option value=\"notice\" selected>"), "the form keeps it");
    assert!(page.contains("href=\"/api/v1/impacted.csv?program=parcels&amp;sort=notice\""));
    let titles = service.items("/api/v1/impacted?sort=notice").await.column("title");
    assert!(titles.is_sorted(), "{titles:?}");
}
