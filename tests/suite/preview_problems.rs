//! How a preview draws the place of a problem, whatever the file looks like.

use crate::preview_site::{LABELS, TestPreview};

const NOTICE: &str = "/notices/parcels/labels/text";

/// The page's excerpts, with the place between `«` and `»`.
async fn drawn(text: &str) -> String {
    let preview = TestPreview::of_parcels();
    let mut browser = preview.watching().await;
    preview.write("parcels/labels.yaml", text);
    browser.turn().await;
    let page = preview.page(NOTICE).await;
    let excerpts = page.split("<pre class=\"excerpt\">").skip(1);
    let excerpts: Vec<_> = excerpts.map(|rest| rest.split("</pre>").next().unwrap()).collect();
    assert!(!excerpts.is_empty(), "{page}");
    let text = excerpts.join("\n").replace("<mark>", "«").replace("</mark>", "»");
    let mut plain = String::new();
    for part in text.split('<') {
        plain.push_str(part.split_once('>').map_or(part, |(_, after)| after));
    }
    plain
}

#[tokio::test]
async fn the_line_stands_between_its_neighbours() {
    let drawn = drawn(&LABELS.replace("announced:", "anounced:")).await;
    assert!(drawn.contains("2kind: retirement\n3«anounced»: 2026-01-01\n4summary:"), "{drawn}");
}

#[tokio::test]
async fn returns_tabs_and_long_letters_do_not_shift_it() {
    let text = LABELS.replace("Old labels end", "Étiquettes 🏷 «»").replace("kind", "knd");
    let drawn = drawn(&text.replace('\n', "\r\n")).await;
    assert!(drawn.contains("2«knd»: retirement\n3announced"), "{drawn}");
    let drawn = self::drawn("title: \"🏷🏷\"\nkind: [\t🏷]\n").await;
    assert!(drawn.contains('«'), "{drawn}");
}

#[tokio::test]
async fn markup_in_a_line_is_text() {
    let drawn = drawn(&LABELS.replace("kind: ret", "kind: <script>ret")).await;
    assert!(drawn.contains("«&lt;script&gt;retirement»"), "{drawn}");
}

#[tokio::test]
async fn a_place_behind_the_last_line_is_drawn_too() {
    let drawn = drawn("title: [a,\n").await;
    assert!(drawn.contains("title: [a,") && drawn.contains('«'), "{drawn}");
}

#[tokio::test]
async fn a_line_without_an_end_is_cut() {
    let long = format!("knd: \"{}\"\n", "x".repeat(100_000));
    let drawn = drawn(&format!("{LABELS}{long}")).await;
    assert!(drawn.contains("«knd»") && drawn.len() < 20_000, "{}", drawn.len());
}

#[tokio::test]
async fn the_related_place_is_drawn_beside_it() {
    let drawn = drawn(&format!("{LABELS}kind: version\n")).await;
    assert!(drawn.contains("9«kind»") || drawn.contains("«kind»: version"), "{drawn}");
}

#[tokio::test]
async fn of_many_problems_the_first_are_drawn() {
    let many: String = (0..80).map(|n| format!("unknown{n}: 1\n")).collect();
    let preview = TestPreview::of_parcels();
    let mut browser = preview.watching().await;
    preview.write("parcels/labels.yaml", &format!("{LABELS}{many}"));
    browser.turn().await;
    let page = preview.page(NOTICE).await;
    assert!(page.contains("more are left out here"), "{page}");
    assert_eq!(page.matches("<li class=\"problem").count(), 50);
}
