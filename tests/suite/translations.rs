//! A notice in another language: its own texts, the default ones for what is
//! left out, and the same facts.

use crate::everything::{everything, everything_where, locale, translated_where};
use fairwarning::notice::{Locale, Notice, Program, Publication, Workspace};
use fairwarning::render::{PageLinks, Renderer};
use std::collections::BTreeMap;

fn in_german(program: &Program, notice: &Notice) -> (Program, Notice) {
    let (program, notice) = program.in_locale(notice, &locale("de"));
    (program.into_owned(), notice.into_owned())
}

#[test]
fn what_a_translation_leaves_out_stays_in_the_default_language() {
    let (program, notice) = everything();
    let (german_program, german) = in_german(&program, &notice);
    assert_eq!(german.title, "Liegeplatzbuchung 1: sie endet");
    assert_eq!(german_program.settings.title, "Hafen-API <Fracht>");
    let name = |notice: &Notice| notice.behind.provider.as_ref().unwrap().name.clone();
    assert_eq!(name(&german), name(&notice));
    // An empty place in a list leaves that entry alone.
    assert_eq!(german.test_endpoints["next"].accepts, ["Fassung 2", "Version 2.1"]);
    assert_eq!(german.schedule.rows["quay"], notice.schedule.rows["quay"]);
}

#[test]
fn only_texts_differ_between_languages() {
    let (program, notice) = everything();
    let (_, german) = in_german(&program, &notice);
    let dates = |notice: &Notice| {
        let rows = notice.schedule.rows.values();
        rows.flat_map(|row| row.dates.named().map(|(_, date)| date.map(|date| date.span)))
            .collect::<Vec<_>>()
    };
    assert_eq!(dates(&german), dates(&notice));
    assert_eq!(german.errors, notice.errors);
    assert_eq!(german.checks[0].samples[0].code, notice.checks[0].samples[0].code);
    let links =
        |notice: &Notice| notice.references.iter().map(|l| l.url.clone()).collect::<Vec<_>>();
    assert_eq!(links(&german), links(&notice));
}

#[test]
fn a_locale_without_texts_is_the_default_one_itself() {
    let (program, notice) = everything();
    for tag in ["en", "es", "it"] {
        let (same_program, same) = program.in_locale(&notice, &locale(tag));
        assert!(matches!(same, std::borrow::Cow::Borrowed(_)), "{tag}");
        assert_eq!(same_program.settings, program.settings);
    }
}

#[test]
fn a_region_adds_to_what_its_language_says() {
    let (mut program, mut notice) = everything();
    let mut austrian = notice.translations[&locale("de")].clone();
    austrian.title = Some("Liegeplatz 1: aus is".to_owned());
    austrian.summary = None;
    notice.translations.insert(locale("de-AT"), austrian);
    program.notices.insert(notice.id.clone(), notice.clone());
    let (_, said) = program.in_locale(&notice, &locale("de-AT"));
    assert_eq!(said.title, "Liegeplatz 1: aus is");
    assert!(said.summary.0.starts_with("Fassung 1 geht"), "{}", said.summary.0);
}

#[test]
fn a_row_inherits_the_name_of_a_date_in_every_language() {
    let labelled = |text: String| {
        text.replace(
            "  cutoff: 2026-09-01\n",
            "  cutoff: {date: 2026-09-01, label: end of summer}\n",
        )
    };
    let (program, mut notice) = everything_where(labelled);
    let german = notice.translations.get_mut(&locale("de")).unwrap();
    german.schedule.cutoff.label = Some("Sommerende".to_owned());
    let (_, said) = program.in_locale(&notice, &locale("de"));
    let label = |row: &str| said.schedule.rows[row].dates.cutoff.as_ref().unwrap().label.clone();
    assert_eq!(label("quay").as_deref(), Some("Sommerende"));
    assert_eq!(label("ferries").as_deref(), Some("Winterfahrplan"));
    assert_eq!(label("sandbox"), None);
}

#[test]
fn an_inherited_contact_is_translated_with_the_program() {
    let (program, mut notice) = everything();
    notice.contact = program.settings.contact.clone();
    notice.translations.clear();
    let (_, said) = program.in_locale(&notice, &locale("de"));
    assert_eq!(said.contact.text.as_ref().unwrap().0, "Fragen Sie uns **alles**.");
    assert_eq!(said.title, notice.title);
}

#[test]
fn a_revision_changes_with_its_translations() {
    let (program, notice) = everything();
    let first = program.revision(&notice);
    let (other, changed) = translated_where(|text| text.replace("sie endet", "sie hört auf"));
    assert_ne!(other.revision(&changed), first);
    let mut renamed = program.clone();
    let german = renamed.translations.get_mut(&locale("de")).unwrap();
    german.settings.office.closing = Some("Servus".to_owned());
    assert_ne!(renamed.revision(&notice), first);
    // The title of an API that the notice does not name is no part of it.
    let mut renamed = program.clone();
    let german = renamed.translations.get_mut(&locale("de")).unwrap();
    german.catalogue.apis.get_mut("moorings").unwrap().title = Some("Bojen".to_owned());
    assert_eq!(renamed.revision(&notice), first);
}

#[test]
fn a_publication_stored_before_there_were_translations_is_read_and_keeps_its_digests() {
    let (mut program, mut notice) = everything();
    program.translations.clear();
    notice.translations.clear();
    program.notices.insert(notice.id.clone(), notice.clone());
    let digest = program.revision(&notice);
    let workspace = Workspace { programs: [(program.id.clone(), program)].into() };
    let stored = serde_json::to_string(&Publication::new(workspace, BTreeMap::new())).unwrap();
    assert!(!stored.contains("translations"), "nothing new is stored");
    let read: Publication = serde_json::from_str(&stored).unwrap();
    let program = &read.workspace.programs["harbour"];
    assert_eq!(program.revision(&program.notices["berths"]), digest);
}

#[test]
fn a_publication_keeps_its_translations() {
    let (program, _) = everything();
    let workspace = Workspace { programs: [(program.id.clone(), program)].into() };
    let publication = Publication::new(workspace, BTreeMap::new());
    let json = serde_json::to_string(&publication).unwrap();
    assert_eq!(serde_json::from_str::<Publication>(&json).unwrap(), publication);
}

#[test]
fn pages_mails_and_posts_say_their_language() {
    let (program, notice) = everything();
    let renderer = Renderer::new(&BTreeMap::new()).unwrap();
    let on = "2026-08-10T10:30:00Z".parse().unwrap();
    let page = |tag: &str| {
        renderer.page(&program, &notice, &locale(tag), on, &PageLinks::default()).unwrap()
    };
    assert!(page("de").contains("<html lang=\"de\" dir=\"ltr\">"));
    assert!(page("ar").contains("<html lang=\"ar\" dir=\"rtl\">"));
    let kind = fairwarning::notice::OccasionKind::Announcement;
    let mail = renderer.edition(&program, &notice, kind, &locale("de"), &[], on).unwrap();
    assert!(mail.html.contains("<html lang=\"de\" dir=\"ltr\">"));
    assert_eq!(mail.subject, "Fassung 1 endet: jetzt umsteigen");
    let post = |tag: &str| renderer.post(&program, &notice, &locale(tag)).unwrap();
    assert!(post("de").contains("\nlang: de\n") && !post("en").contains("\nlang:"));
    assert!(post("de").contains("excerpt: \"Sagen Sie \\\"ahoi\\\": 1. September 2026\""));
}

#[test]
fn json_in_another_language_holds_that_one_alone() {
    let (program, notice) = everything();
    let renderer = Renderer::new(&BTreeMap::new()).unwrap();
    let on = "2026-08-10T10:30:00Z".parse().unwrap();
    let json = |tag: &str| -> serde_json::Value {
        let json = renderer.json(&program, &notice, &locale(tag), on).unwrap();
        serde_json::from_str(&json).unwrap()
    };
    let (english, german) = (json("en"), json("de"));
    assert_eq!(german["locale"], "de");
    assert_eq!(german["notice"]["title"], "Liegeplatzbuchung 1: sie endet");
    assert!(german["notice"]["translations"].is_null());
    assert_eq!(english["notice"]["translations"]["de"]["title"], german["notice"]["title"]);
    assert_eq!(english["revision"], german["revision"]);
    assert_eq!(german["locales"], serde_json::json!(["en", "de", "es"]));
}

#[test]
fn the_closest_locale_is_the_same_or_of_the_same_language() {
    let offered: Vec<Locale> = ["en", "pt-BR", "de-CH", "de"].map(locale).into();
    let closest = |tag: &str| locale(tag).closest(&offered).map(|found| found.as_str());
    assert_eq!(closest("de-CH"), Some("de-CH"));
    assert_eq!(closest("de-AT"), Some("de"));
    assert_eq!(closest("pt"), Some("pt-BR"));
    assert_eq!(closest("fr"), None);
    assert_eq!(Locale::from_tag("ZH-hant-tw").unwrap().as_str(), "zh-TW");
    assert_eq!(Locale::from_tag("de-x-at"), Some(locale("de")));
    assert_eq!(Locale::from_tag("*"), None);
}
