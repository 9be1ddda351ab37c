//! A preview keeps in step with its folder, whatever an editor or a cluster
//! does to it.

use crate::preview_site::{LABELS, TestPreview, parcels};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

const NOTICE: &str = "/notices/parcels/labels/text";
const MAIL: &str = "/raw/parcels/labels/text";

#[tokio::test]
async fn saving_a_file_reaches_a_watching_browser() {
    let preview = TestPreview::of_parcels();
    let before = preview.page(NOTICE).await;
    assert!(before.contains("Old labels end"));
    let mut browser = preview.watching().await;
    preview.write("parcels/labels.yaml", &LABELS.replace("Old labels", "Paper labels"));
    let turn = browser.turn().await;
    let page = preview.page(NOTICE).await;
    assert!(page.contains("Paper labels end") && !page.contains("Old labels"), "{page}");
    assert!(page.contains(&format!("data-turn=\"{turn}\"")), "the page knows its turn");
    assert!(!before.contains(&format!("data-turn=\"{turn}\"")), "the one before has another");
}

#[tokio::test]
async fn a_save_that_changes_nothing_is_not_told() {
    let preview = TestPreview::of_parcels();
    let mut browser = preview.watching().await;
    preview.write("parcels/labels.yaml", LABELS);
    preview.write("parcels/notes.txt", "nobody reads this");
    preview.write("parcels/labels.yaml", &LABELS.replace("Old labels", "First labels"));
    browser.until(&preview, MAIL, |mail| mail.contains("First labels end")).await;
    // Reading the folder is an event of its own; it must not go round in circles.
    let turn = preview.page(NOTICE).await;
    preview.write("parcels/notes.txt", "nobody reads this either");
    preview.write("parcels/labels.yaml", &LABELS.replace("Old labels", "Second labels"));
    browser.until(&preview, MAIL, |mail| mail.contains("Second labels end")).await;
    let number = |page: &str| -> u64 {
        let turn = page.split_once("data-turn=\"").unwrap().1.split('"').next().unwrap();
        turn.split_once('-').unwrap().1.parse().unwrap()
    };
    let (before, after) = (number(&turn), number(&preview.page(NOTICE).await));
    assert_eq!(after, before + 1);
}

#[tokio::test]
async fn a_broken_save_shows_the_problem_and_keeps_the_last_good_version() {
    let preview = TestPreview::of_parcels();
    let mut browser = preview.watching().await;
    preview.write("parcels/labels.yaml", &LABELS.replace("kind: retirement", "kind: retirment"));
    browser.turn().await;
    let page = preview.page(NOTICE).await;
    assert!(page.contains("1 problem"), "{page}");
    assert!(page.contains("parcels/labels.yaml:2:7"), "{page}");
    assert!(page.contains("<mark>retirment</mark>"), "the place is marked in its line: {page}");
    assert!(page.contains("An earlier version."), "{page}");
    assert!(page.contains("Old labels end on 1 September 2026."), "it is still shown: {page}");
    assert!(preview.page("/").await.contains("an earlier version is shown"));

    preview.write("parcels/labels.yaml", &LABELS.replace("Old", "Mended"));
    browser.turn().await;
    let page = preview.page(NOTICE).await;
    assert!(page.contains("Mended labels end") && !page.contains("An earlier version."), "{page}");
}

#[tokio::test]
async fn a_mistake_in_one_notice_holds_up_no_other() {
    let preview = TestPreview::of_parcels();
    let mut browser = preview.watching().await;
    preview.write("parcels/broken.yaml", "title: [\n");
    browser.until(&preview, "/", |page| page.contains("parcels/broken")).await;
    preview.write("parcels/labels.yaml", &LABELS.replace("Old", "Newer"));
    let page = browser.until(&preview, NOTICE, |page| page.contains("Newer labels end")).await;
    assert!(!page.contains("An earlier version."));
    assert!(page.contains("One more problem"), "and the page says that there is one: {page}");
    let broken = preview.page("/notices/parcels/broken/text").await;
    assert!(broken.contains("There is nothing to show yet"), "{broken}");
}

#[tokio::test]
async fn a_mistake_in_what_notices_stand_on_keeps_them_as_they_were() {
    let preview = TestPreview::of_parcels();
    let mut browser = preview.watching().await;
    let apis = fs::read_to_string(preview.dir.join("parcels/apis.yaml")).unwrap();
    preview.write("parcels/apis.yaml", &apis.replace("labels:", "stickers:"));
    let page = browser.until(&preview, NOTICE, |page| page.contains("An earlier version.")).await;
    assert!(page.contains("Old labels end on 1 September 2026."), "{page}");
    preview.write("parcels/apis.yaml", "environments: [");
    browser.turn().await;
    let page = preview.page(NOTICE).await;
    assert!(page.contains("parcels/apis.yaml:") && page.contains("An earlier version."), "{page}");
}

#[tokio::test]
async fn editors_that_save_by_renaming_are_followed() {
    let preview = TestPreview::of_parcels();
    let mut browser = preview.watching().await;
    for n in 1..=3 {
        preview.write("parcels/.labels.yaml.swp", &LABELS.replace("Old", &format!("No {n}")));
        let (from, to) = ("parcels/.labels.yaml.swp", "parcels/labels.yaml");
        fs::rename(preview.dir.join(to), preview.dir.join("parcels/labels.yaml~")).unwrap();
        fs::rename(preview.dir.join(from), preview.dir.join(to)).unwrap();
        browser.until(&preview, MAIL, |mail| mail.contains(&format!("No {n} labels end"))).await;
    }
}

#[tokio::test]
async fn a_mounted_config_map_is_followed_through_its_swaps() {
    let folder = parcels();
    let dir = folder.path().join("parcels");
    let files = ["program.yaml", "apis.yaml", "labels.yaml"];
    let fill = |version: &str| {
        fs::create_dir(dir.join(version)).unwrap();
        for name in files {
            let text = match name {
                "labels.yaml" => LABELS.replace("Old", version.trim_start_matches('.')),
                _ => fs::read_to_string(dir.join(name)).unwrap(),
            };
            fs::write(dir.join(version).join(name), text).unwrap();
        }
    };
    fill("..one");
    symlink("..one", dir.join("..data")).unwrap();
    for name in files {
        fs::remove_file(dir.join(name)).unwrap();
        symlink(format!("..data/{name}"), dir.join(name)).unwrap();
    }
    let preview = TestPreview::of(folder.path(), "2026-02-01T12:00:00Z");
    let mut browser = preview.watching().await;
    assert!(preview.page(MAIL).await.contains("one labels end"));
    for version in ["two", "three"] {
        fill(&format!("..{version}"));
        symlink(format!("..{version}"), dir.join("..data_tmp")).unwrap();
        fs::rename(dir.join("..data_tmp"), dir.join("..data")).unwrap();
        let there = format!("{version} labels end");
        browser.until(&preview, MAIL, |mail| mail.contains(&there)).await;
    }
}

#[tokio::test]
async fn a_file_that_is_linked_from_elsewhere_is_followed_there() {
    let elsewhere = tempfile::tempdir().unwrap();
    let shared = elsewhere.path().join("shared.yaml");
    fs::write(&shared, LABELS).unwrap();
    let folder = parcels();
    let labels = folder.path().join("parcels/labels.yaml");
    fs::remove_file(&labels).unwrap();
    symlink(&shared, &labels).unwrap();
    let preview = TestPreview::of(folder.path(), "2026-02-01T12:00:00Z");
    let mut browser = preview.watching().await;
    fs::write(&shared, LABELS.replace("Old", "Shared")).unwrap();
    browser.until(&preview, MAIL, |mail| mail.contains("Shared labels end")).await;
}

#[tokio::test]
async fn circles_of_links_and_unreadable_files_do_not_end_the_watch() {
    let folder = parcels();
    let dir = folder.path();
    symlink("..", dir.join("parcels/up")).unwrap();
    symlink("self", dir.join("self")).unwrap();
    symlink("/", dir.join("everything")).unwrap();
    fs::create_dir(dir.join("templates")).unwrap();
    symlink("..", dir.join("templates/back")).unwrap();
    let preview = TestPreview::of(dir, "2026-02-01T12:00:00Z");
    let mut browser = preview.watching().await;
    preview.write("parcels/labels.yaml", &LABELS.replace("Old", "Circled"));
    browser.until(&preview, MAIL, |mail| mail.contains("Circled labels end")).await;

    // Neither text nor, but for the superuser, readable at all.
    fs::write(dir.join("parcels/labels.yaml"), [0xff, 0xfe]).unwrap();
    let page = browser.until(&preview, NOTICE, |page| page.contains("is not UTF-8")).await;
    assert!(page.contains("An earlier version.") && page.contains("Circled labels end"), "{page}");
    fs::remove_file(dir.join("parcels/labels.yaml")).unwrap();
    symlink("nowhere", dir.join("parcels/labels.yaml")).unwrap();
    let page = browser.until(&preview, NOTICE, |page| page.contains("No such file")).await;
    assert!(page.contains("An earlier version."), "{page}");
    fs::set_permissions(dir.join("parcels"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::remove_file(dir.join("parcels/labels.yaml")).unwrap();
    preview.write("parcels/labels.yaml", &LABELS.replace("Old", "Restored"));
    browser.until(&preview, MAIL, |mail| mail.contains("Restored labels end")).await;
}

#[tokio::test]
async fn programs_and_notices_come_and_go() {
    let preview = TestPreview::of_parcels();
    let mut browser = preview.watching().await;
    fs::create_dir(preview.dir.join("letters")).unwrap();
    for name in ["program.yaml", "apis.yaml", "labels.yaml"] {
        fs::copy(preview.dir.join("parcels").join(name), preview.dir.join("letters").join(name))
            .unwrap();
    }
    let there = |page: &str| page.contains("href=\"/notices/letters/labels/html\"");
    browser.until(&preview, "/", there).await;
    preview.write("letters/labels.yaml", &LABELS.replace("Old", "Long"));
    let mail = "/raw/letters/labels/text";
    browser.until(&preview, mail, |mail| mail.contains("Long labels end")).await;
    fs::remove_file(preview.dir.join("letters/labels.yaml")).unwrap();
    browser.until(&preview, "/", |page| !there(page)).await;
    assert_eq!(preview.ask("/notices/letters/labels/html", &[]).await.status, 404);
}

#[tokio::test]
async fn a_folder_that_is_moved_away_and_comes_back_is_followed_on() {
    let outer = tempfile::tempdir().unwrap();
    let dir = outer.path().join("notices");
    let fill = |text: &str| {
        let made = parcels();
        fs::write(made.path().join("parcels/labels.yaml"), text).unwrap();
        fs::rename(made.keep(), &dir).unwrap();
    };
    fill(LABELS);
    let preview = TestPreview::of(&dir, "2026-02-01T12:00:00Z");
    let mut browser = preview.watching().await;
    fs::rename(&dir, outer.path().join("aside")).unwrap();
    let gone = |page: &str| page.contains("The folder cannot be read.");
    let page = browser.until(&preview, NOTICE, gone).await;
    assert!(page.contains("An earlier version.") && page.contains("Old labels end"), "{page}");
    fill(&LABELS.replace("Old", "Returned"));
    browser.until(&preview, MAIL, |mail| mail.contains("Returned labels end")).await;
    preview.write("parcels/labels.yaml", &LABELS.replace("Old", "Edited"));
    browser.until(&preview, MAIL, |mail| mail.contains("Edited labels end")).await;
}

#[tokio::test]
async fn a_broken_template_is_shown_with_its_line_and_the_one_before_goes_on() {
    let preview = TestPreview::of_parcels();
    let mut browser = preview.watching().await;
    let template = "templates/mail/parts/who.txt";
    fs::create_dir_all(preview.dir.join("templates/mail/parts")).unwrap();
    preview.write(template, "Ours: {{ notice.title }}\n");
    browser.until(&preview, MAIL, |mail| mail.contains("Ours: Old labels end")).await;
    for (text, line) in
        [("Ours:\n{{ notice.titel }}\n", "line 2"), ("Ours:\n\n{% if %}\n", "line 3")]
    {
        preview.write(template, text);
        let name = format!("{template}, {line}");
        let page = browser.until(&preview, NOTICE, |page| page.contains(&name)).await;
        assert!(page.contains("Ours: Old labels end"), "what worked is still there: {page}");
    }
    preview.write(template, "Mended: {{ notice.title }}\n");
    browser.until(&preview, MAIL, |mail| mail.contains("Mended: Old labels end")).await;
}
