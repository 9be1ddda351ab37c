//! Pages in the reader's language: asked for, preferred, or the default.

use crate::everything::{everything, everything_where};
use crate::web_service::{Answer, WebService};
use fairwarning::notice::Workspace;
use reqwest::Method;

const NOTICE: &str = "/notices/harbour/berths";

async fn service() -> WebService {
    let service = WebService::start_empty(true).await;
    let (program, _) = everything();
    service.publish(Workspace { programs: [(program.id.clone(), program)].into() }).await;
    service
}

impl WebService {
    async fn read(&self, path: &str, languages: &str) -> Answer {
        let answer = self.ask(Method::GET, path, &[("accept-language", languages)]).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer
    }
}

#[tokio::test]
async fn weights_choose_among_the_languages_of_the_program() {
    let service = service().await;
    for (languages, expected) in [
        ("", "en"),
        ("de", "de"),
        ("DE-at", "de"),
        ("fr, de;q=0.5", "de"),
        ("en;q=0.4, de;q=0.5", "de"),
        ("es-MX, de", "es"),
        ("de;q=0.001, *;q=0.5", "en"),
        ("it, *;q=0.1", "en"),
        ("de;q=0, es", "es"),
        ("en;q=0, *", "de"),
        ("de;q=0, de-AT;q=1", "en"),
        ("fr", "en"),
        ("xx-invalid-;;q=9,,", "en"),
        ("de;q=1.0;q=2", "en"),
    ] {
        let answer = service.read(NOTICE, languages).await;
        assert_eq!(answer.header("content-language"), expected, "{languages}");
        assert!(answer.body.contains(&format!("<html lang=\"{expected}\"")), "{languages}");
        assert_eq!(answer.header("vary"), "accept-language, accept-encoding");
    }
}

#[tokio::test]
async fn what_the_address_asks_for_outweighs_the_readers_preference() {
    let service = service().await;
    for (path, expected) in [
        ("?lang=de", "de"),
        ("?lang=DE_at", "de"),
        ("?lang=es&lang=de", "es"),
        ("?lang=fr", "en"),
        ("?lang=", "en"),
        ("?lang=%00", "en"),
    ] {
        let answer = service.read(&format!("{NOTICE}{path}"), "en").await;
        assert_eq!(answer.header("content-language"), expected, "{path}");
    }
    assert!(
        service.read(&format!("{NOTICE}?lang=de"), "en").await.body.contains("Wer betroffen ist")
    );
}

#[tokio::test]
async fn each_language_has_its_own_validator_and_304_says_what_it_varies_by() {
    let service = service().await;
    let german = service.read(NOTICE, "de").await.header("etag").to_owned();
    assert_ne!(service.read(NOTICE, "en").await.header("etag"), german);
    assert_eq!(service.read(&format!("{NOTICE}?lang=de"), "en").await.header("etag"), german);
    let headers = [("accept-language", "de"), ("if-none-match", &german)];
    let again = service.ask(Method::GET, NOTICE, &headers).await;
    assert_eq!(
        (again.status.as_u16(), again.header("vary")),
        (304, "accept-language, accept-encoding")
    );
    let headers = [("accept-language", "en"), ("if-none-match", &german)];
    assert_eq!(service.ask(Method::GET, NOTICE, &headers).await.status, 200);
}

#[tokio::test]
async fn the_languages_link_to_each_other() {
    let service = service().await;
    let page = service.read(&format!("{NOTICE}?on=2026-08-10"), "de").await.body;
    let base = "https://notices.example/notices/harbour/berths?on=2026-08-10T00%3A00%3A00Z";
    for (tag, name) in [("en", "English"), ("es", "Español")] {
        let href = format!("{base}&amp;lang={tag}");
        assert!(
            page.contains(&format!(
                "<a href=\"{href}\" hreflang=\"{tag}\" lang=\"{tag}\">{name}</a>"
            )),
            "{page}"
        );
        assert!(
            page.contains(&format!("<link rel=\"alternate\" hreflang=\"{tag}\" href=\"{href}\">"))
        );
    }
    assert!(page.contains("<span aria-current=\"true\">Deutsch</span>"));
    assert!(page.contains(&format!("hreflang=\"x-default\" href=\"{base}\"")));
    let canonical = "<link rel=\"canonical\" href=\"https://notices.example/notices/harbour/berths";
    assert!(page.contains(&format!("{canonical}?lang=de\">")));
    assert!(service.read(NOTICE, "en").await.body.contains(&format!("{canonical}\">")));
}

#[tokio::test]
async fn a_program_of_one_language_offers_no_other() {
    let service = WebService::start().await;
    let page = service.read("/notices/parcels/tls-1.2", "de").await;
    assert_eq!((page.header("content-language"), page.header("vary")), ("en", "accept-encoding"));
    assert!(!page.body.contains("hreflang"));
}

#[tokio::test]
async fn every_public_page_follows_the_address_and_else_the_reader() {
    let service = service().await;
    let api = "/apis/harbour/berths";
    for path in ["/", "/notices", "/notices/harbour", "/affected", "/subscribe", "/search", api] {
        for (path, languages, expected) in [
            (path.to_owned(), "de-AT, en;q=0.5", "de"),
            (path.to_owned(), "it", "en"),
            (format!("{path}?lang=fr"), "de", "fr"),
            (format!("{path}?lang=zz"), "es", "es"),
        ] {
            let page = service.read(&path, languages).await;
            assert!(
                page.body.contains(&format!("<html lang=\"{expected}\"")),
                "{path} {languages}"
            );
            assert_eq!(page.header("content-language"), expected, "{path} {languages}");
            let is_asked = path.ends_with("lang=fr");
            let languages_too = "accept-language, accept-encoding";
            let vary = if is_asked { "accept-encoding" } else { languages_too };
            assert_eq!(page.header("vary"), vary, "{path} {languages}");
        }
        let tags = [service.read(path, "de").await, service.read(path, "es").await];
        assert_ne!(tags[0].header("etag"), tags[1].header("etag"), "{path}");
    }
}

#[tokio::test]
async fn pages_keep_the_language_that_their_address_asks_for() {
    let service = service().await;
    for path in ["/", "/notices", "/notices/harbour"] {
        let german = service.read(&format!("{path}?lang=de"), "en").await;
        assert!(german.body.contains("Liegeplatzbuchung 1: sie endet"), "{path}");
        assert!(german.body.contains("href=\"/?lang=de\""), "{path}");
        assert!(!german.body.contains("Impacted APIs"), "{path}");
    }
    let table = service.items("/?lang=de&state=announced&on=2026-02-01&limit=1").await.body;
    assert!(table.contains("<input type=\"hidden\" name=\"lang\" value=\"de\">"));
    assert!(table.contains("&amp;lang=de\"><span class=\"hidden\">Filter entfernen:"), "{table}");
    let (_, next) = table.split_once("rel=\"next\" href=\"").unwrap();
    let next = next.split('"').next().unwrap().replace("&amp;", "&");
    assert!(service.items(&next).await.body.contains("<html lang=\"de\""), "{next}");
}

#[tokio::test]
async fn every_page_links_to_itself_in_each_language_and_tells_search_engines() {
    let service = service().await;
    let page = service.read("/?program=harbour&sort=api", "en").await.body;
    for (tag, name) in [("de", "Deutsch"), ("es", "Español"), ("fr", "Français")] {
        let href = format!("/?program=harbour&amp;sort=api&amp;lang={tag}");
        let link = format!("<a href=\"{href}\" hreflang=\"{tag}\" lang=\"{tag}\">{name}</a>");
        assert!(page.contains(&link), "{link}: {page}");
        let alternate = format!("hreflang=\"{tag}\" href=\"https://notices.example/?lang={tag}\"");
        assert!(page.contains(&alternate), "{alternate}");
    }
    assert!(page.contains("hreflang=\"x-default\" href=\"https://notices.example/\""));
    assert!(page.contains("<link rel=\"canonical\" href=\"https://notices.example/\">"));
    let german = service.read("/notices", "de").await.body;
    let canonical = "<link rel=\"canonical\" href=\"https://notices.example/notices?lang=de\">";
    assert!(german.contains(canonical), "{german}");
}

#[tokio::test]
async fn the_archive_calls_dates_what_the_translation_calls_them() {
    let service = WebService::start_empty(true).await;
    // The winter timetable comes last.
    let (program, _) = everything_where(|text| {
        text.replace("not before 2026-11-03", "2026-09-03")
            .replace("2026-10-05", "2026-08-05")
            .replace("2026-09-15", "2026-07-15")
    });
    service.publish(Workspace { programs: [(program.id.clone(), program)].into() }).await;
    let page = service.read("/notices?lang=de", "en").await.body;
    for label in ["die Januarmeldung (Montag, 12. Januar 2026)", "Winterfahrplan: 4. Quartal 2026"]
    {
        assert!(page.contains(label), "{label} in {page}");
    }
    let english = service.read("/notices", "en").await.body;
    assert!(english.contains("the January notice") && english.contains("winter timetable"));
}
