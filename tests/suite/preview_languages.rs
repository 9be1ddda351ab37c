//! A preview in each of the program's languages: chosen once, kept everywhere,
//! and as recipients would read it.

use crate::preview_site::TestPreview;
use fairwarning::preview::Channel;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const NOTICE: &str = "/notices/harbour/berths";

/// The harbour's program, its notice, and both in German.
fn harbour() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/everything");
    fs::create_dir_all(folder.path().join("harbour/de")).unwrap();
    for name in ["program", "apis", "notice", "de/program", "de/apis", "de/notice"] {
        let to = format!("harbour/{}.yaml", name.replace("notice", "berths"));
        fs::copy(from.join(format!("{name}.yaml")), folder.path().join(to)).unwrap();
    }
    folder
}

#[tokio::test]
async fn every_channel_can_be_read_in_every_language() {
    let folder = harbour();
    let preview = TestPreview::of(folder.path(), "2026-02-01T12:00:00Z");
    for channel in Channel::ALL.map(Channel::name) {
        let page = preview.page(&format!("{NOTICE}/{channel}?locale=de")).await;
        assert!(page.contains("<option value=\"de\" lang=\"de\" selected>"), "{channel}: {page}");
        for other in Channel::ALL.map(Channel::name) {
            let tab = format!("href=\"{NOTICE}/{other}?locale=de\"");
            assert!(page.contains(&tab), "{other} from {channel}: {page}");
        }
        let raw = |locale| format!("/raw/harbour/berths/{channel}?locale={locale}");
        let german = preview.page(&raw("de")).await;
        let title = if channel == "eml" { "Fassung 1 endet" } else { "Liegeplatzbuchung 1" };
        assert!(german.contains(title), "{channel}: {german}");
        assert!(!german.contains("Berth booking 1"), "{channel}: {german}");
        // Nobody translated it into Spanish: the frame's words are Spanish alone.
        let spanish = preview.page(&raw("es")).await;
        // JSON holds every translation.
        assert!(
            channel == "json" || !spanish.contains("Liegeplatzbuchung"),
            "{channel}: {spanish}"
        );
    }
}

#[tokio::test]
async fn a_letter_is_from_the_office_as_its_readers_know_it() {
    let folder = harbour();
    let preview = TestPreview::of(folder.path(), "2026-02-01T12:00:00Z");
    for (locale, office, subject) in [
        ("en", "Harbour API Office", "Version 1 ends: move now"),
        ("de", "Büro der Hafen-API", "Fassung 1 endet: jetzt umsteigen"),
    ] {
        for channel in ["html", "text"] {
            let page = preview.page(&format!("{NOTICE}/{channel}?locale={locale}")).await;
            let letter = page.split_once("<dl class=\"letter\">").unwrap().1;
            let letter = letter.split_once("</dl>").unwrap().0;
            assert!(
                letter.contains(&format!("{office} &lt;notices@harbour.example&gt;")),
                "{letter}"
            );
            assert!(letter.contains(subject), "{letter}");
        }
    }
}

#[tokio::test]
async fn the_end_of_a_brownout_is_shown_with_its_own_date() {
    let folder = harbour();
    let preview = TestPreview::of(folder.path(), "2026-02-01T12:00:00Z");
    let page = preview.page(&format!("{NOTICE}/html")).await;
    let over = page.split("<li>").find(|mark| mark.contains("Brownout, over")).unwrap();
    assert!(over.contains("on=2026-08-24&amp;at=14%3A00"), "{over}");
    assert!(over.contains("Monday 24 August 2026, 14:00 CEST (UTC+02:00)"), "{over}");
}
