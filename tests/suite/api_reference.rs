//! The page that tells the whole API, made from its description.

use crate::web_service::WebService;

#[tokio::test]
async fn the_reference_tells_every_operation_with_its_parameters_and_a_call() {
    let service = WebService::start().await;
    let page = service.items("/api").await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    let document = service.items("/openapi.json").await.json();
    let mut operations = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            operations += 1;
            let id = operation["operationId"].as_str().unwrap();
            let anchor = format!("<h3 id=\"{id}\">");
            let (_, after) = page.body.split_once(&anchor).unwrap_or_else(|| panic!("no {id}"));
            let section = after.split_once("</section>").unwrap().0;
            assert!(section.contains(&format!("{} {path}", method.to_uppercase())), "{id}");
            assert!(section.contains("curl"), "{id}");
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let name = format!("<code>{}</code>", parameter["name"].as_str().unwrap());
                assert!(section.contains(&name), "{id} {name}");
            }
            for status in operation["responses"].as_object().unwrap().keys() {
                assert!(section.contains(&format!("<dt>{status}</dt>")), "{id} {status}");
            }
        }
    }
    assert!(operations > 35, "{operations}");
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(page.body.contains(&format!("id=\"schema-{name}\"")), "{name}");
    }
    assert!(!page.body.contains("<script"));
}

#[tokio::test]
async fn an_answer_on_the_page_is_one_that_the_description_has() {
    let service = WebService::start().await;
    let page = service.items("/api").await.body;
    let section = page.split_once("<h3 id=\"listImpactedApisInForm\">").unwrap().1;
    let section = section.split_once("</section>").unwrap().0;
    assert!(section.contains("What the sample programs answer"));
    assert!(section.contains("program,notice,title,kind,row"));
    assert!(section.contains("/api/v1/impacted.csv?api=holdForPickup"));
}

#[tokio::test]
async fn the_changes_stand_on_a_page_that_the_catalogue_leads_to() {
    let service = WebService::start().await;
    let catalog = service.items("/.well-known/api-catalog").await.json();
    let documents = catalog["linkset"][1]["service-doc"].as_array().unwrap();
    let pages: Vec<_> = documents.iter().map(|page| page["href"].as_str().unwrap()).collect();
    assert_eq!(pages, ["/api", "/api/changelog"]);
    for page in pages {
        assert!(service.items(page).await.body.contains("</html>"));
    }
    let changes = service.items("/api/changelog").await.body;
    assert!(changes.contains("v1, not yet released") && changes.contains("changed_since"));
    let footer = service.items("/").await.body;
    assert!(footer.contains("href=\"/api\""));
}

#[tokio::test]
async fn the_reference_is_there_before_anything_is_published_and_asked_again_cheaply() {
    let service = WebService::start_empty(true).await;
    for path in ["/api", "/api/changelog"] {
        let page = service.items(path).await;
        let tag = page.header("etag").to_owned();
        let known = [("if-none-match", tag.as_str())];
        let again = service.ask(reqwest::Method::GET, path, &known).await;
        assert_eq!(again.status, 304, "{path}");
    }
    let page = service.items("/api").await.body;
    assert!(page.contains("https://notices.example/api/v1/impacted?"), "by its own address");
}
