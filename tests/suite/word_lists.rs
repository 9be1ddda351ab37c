//! The lists of fixed words: complete, alike, and open to a workspace's own.

use crate::everything::{everything, locale};
use fairwarning::notice::{AmendmentKind, AttemptOutcome, Kind, Length};
use fairwarning::render::{PageLinks, Part, RenderError, Renderer};
use fairwarning::schedule::State;
use fluent_syntax::ast::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn templates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("templates")
}

fn files(below: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(below).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let below: Vec<_> = folders.iter().flat_map(|folder| self::files(folder)).collect();
    below.into_iter().chain(files).collect()
}

/// By word, the parts it names: what follows each `$`.
fn words(list: &str) -> BTreeMap<String, BTreeSet<String>> {
    let resource = fluent_syntax::parser::parse(list).expect("the list can be read");
    let mut words = BTreeMap::new();
    for entry in resource.body {
        let Entry::Message(message) = entry else { continue };
        let text = format!("{:?}", message.value);
        let parts = text.split("VariableReference { id: Identifier { name: \"").skip(1);
        let parts = parts.map(|rest| rest.split('"').next().unwrap().to_owned()).collect();
        let before = words.insert(message.id.name.to_owned(), parts);
        assert!(before.is_none(), "`{}` stands twice", message.id.name);
    }
    words
}

fn lists() -> BTreeMap<String, BTreeMap<String, BTreeSet<String>>> {
    let read = |path: PathBuf| {
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (stem, words(&std::fs::read_to_string(path).unwrap()))
    };
    files(&templates().join("words")).into_iter().map(read).collect()
}

#[test]
fn every_list_has_every_word_and_no_other_with_the_same_parts() {
    let lists = lists();
    assert_eq!(lists.keys().collect::<Vec<_>>(), ["de", "en", "es", "fr"]);
    let english = &lists["en"];
    assert!(english.len() > 200, "{}", english.len());
    for (language, words) in &lists {
        let wrong: Vec<_> = english
            .keys()
            .chain(words.keys())
            .filter(|word| english.get(*word) != words.get(*word))
            .collect();
        assert!(wrong.is_empty(), "{language}: {wrong:?}");
    }
}

fn tried_word(outcome: AttemptOutcome) -> String {
    format!("tried-{}", outcome.as_str().replace('_', "-"))
}

#[test]
fn every_word_that_templates_and_code_say_is_in_the_list_and_no_other_is() {
    let english = &lists()["en"];
    let sources = [templates(), Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let texts: Vec<_> = sources
        .iter()
        .flat_map(|folder| files(folder))
        .filter(|path| path.extension().is_some_and(|e| e != "ftl"))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    let said = |text: &str| -> Vec<String> {
        let before = text.split("\" | say").collect::<Vec<_>>();
        let last = before.len() - 1;
        before[..last].iter().map(|part| part.rsplit('"').next().unwrap().to_owned()).collect()
    };
    for word in texts.iter().flat_map(|text| said(text)) {
        assert!(english.contains_key(&word), "a template says `{word}`");
    }
    let mut worked_out: Vec<String> = Vec::new();
    worked_out.extend(AttemptOutcome::ALL.map(tried_word));
    worked_out.extend(State::ALL.map(|state| format!("state-{}", state.as_str())));
    worked_out.extend(Kind::ALL.map(|kind| format!("kind-{}", kind.as_str())));
    worked_out.extend(AmendmentKind::ALL.map(|kind| format!("amendment-{}", kind.as_str())));
    for (word, forms) in [
        ("stage", &["test", "production"][..]),
        ("date", &["deprecation", "cutoff", "complete", "enforced"]),
        ("key", &["cutoff", "deprecation", "enforced"]),
        ("coming", &["cutoff", "brownout"]),
        ("means", &["paused", "resumed", "cancelled"]),
        ("first", &["cutoff", "deprecation", "enforced"]),
        ("last", &["cutoff", "deprecation", "enforced"]),
        ("every", &["minutes", "hours", "days", "weeks", "months", "years"]),
        ("event", &["deprecation", "cutoff", "complete", "enforced", "brownout"]),
        ("event-endpoint", &["opens", "closes"]),
        ("webhook-is", &["refused", "unreachable", "status", "challenge", "gone", "failing"]),
        ("frequency", &["each", "weekly"]),
        ("tried-is", &["passes", "fails", "unclear", "never"]),
        ("tried-means", &["passes", "fails", "unclear", "never"]),
        ("verdict", &["affected", "not-affected", "unknown"]),
        (
            "because",
            &["named", "not-named", "cancelled", "not-declared", "partly-declared", "unreadable"],
        ),
        ("deprecated", &["on", "in", "when"]),
        ("retired", &["on", "in", "when"]),
        ("current", &["on", "in", "when"]),
        ("planned", &["on", "in", "when"]),
        (
            "filter",
            &[
                "program",
                "environment",
                "state",
                "api",
                "url",
                "on",
                "within",
                "sort",
                "group",
                "notice",
            ],
        ),
    ] {
        worked_out.extend(forms.iter().map(|form| format!("{word}-{form}")));
    }
    for word in &worked_out {
        assert!(english.contains_key(word), "the code says `{word}`");
    }
    let is_said = |word: &String| {
        worked_out.contains(word) || texts.iter().any(|text| text.contains(&format!("\"{word}\"")))
    };
    let idle: Vec<_> = english.keys().filter(|word| !is_said(word)).collect();
    assert!(idle.is_empty(), "nobody says {idle:?}");
}

#[test]
fn lengths_and_counts_have_their_plurals() {
    let renderer = Renderer::new(&BTreeMap::new()).unwrap();
    let lengths = ["1 day", "30 days", "1 week", "2 weeks", "1 month", "3 months", "2 hours"];
    for (tag, expected) in [
        ("en", "1 day|30 days|1 week|2 weeks|1 month|3 months|2 hours"),
        ("de", "1 Tag|30 Tage|1 Woche|2 Wochen|1 Monat|3 Monate|2 Stunden"),
        ("fr", "1 jour|30 jours|1 semaine|2 semaines|1 mois|3 mois|2 heures"),
        ("es", "1 día|30 días|1 semana|2 semanas|1 mes|3 meses|2 horas"),
    ] {
        let language = &renderer.language(&locale(tag));
        let said = lengths.map(|length| language.length(&length.parse::<Length>().unwrap()));
        assert_eq!(said.join("|"), expected);
    }
    let every = |tag: &str, length: &str| {
        renderer.language(&locale(tag)).every(&length.parse::<Length>().unwrap())
    };
    assert_eq!(every("en", "1 week"), "every week");
    assert_eq!(every("de", "1 day"), "jeden Tag");
    assert_eq!(every("de", "2 weeks"), "alle 2 Wochen");
    assert_eq!(every("fr", "2 hours"), "toutes les 2 heures");
    // French counts nothing and one alike, English only one.
    let results = |tag: &str, count: usize| {
        renderer
            .language(&locale(tag))
            .say_with("versions", &[("count", Part::Count(count)), ("versions", Part::Text("2"))])
    };
    assert_eq!(results("en", 1), "version 2");
    assert_eq!(results("es", 2), "versiones 2");
}

#[test]
fn lists_are_joined_as_the_language_joins_them() {
    let renderer = Renderer::new(&BTreeMap::new()).unwrap();
    let three = ["Java", "Go", "iOS"];
    for (tag, expected) in [
        ("en", "Java, Go and iOS"),
        ("de", "Java, Go und iOS"),
        ("fr", "Java, Go et iOS"),
        // Before an i, Spanish says e.
        ("es", "Java, Go e iOS"),
    ] {
        assert_eq!(renderer.language(&locale(tag)).list(&three), expected);
    }
    assert_eq!(renderer.language(&locale("de")).list(&["a"]), "a");
    assert_eq!(renderer.language(&locale("de")).list::<&str>(&[]), "");
}

fn with_list(path: &str, list: &str) -> Result<Renderer, RenderError> {
    Renderer::new(&BTreeMap::from([(path.to_owned(), list.to_owned())]))
}

#[test]
fn a_workspaces_list_takes_precedence_word_by_word() {
    let renderer = with_list("words/de.ftl", "where = Ort\n").unwrap();
    let german = renderer.language(&locale("de"));
    assert_eq!((german.say("where"), german.say("contact")), ("Ort".into(), "Kontakt".into()));
    assert_eq!(renderer.language(&locale("fr")).say("where"), "Où");
}

#[test]
fn a_language_without_a_word_says_it_in_english_and_a_region_in_its_language() {
    let renderer = with_list("words/it.ftl", "contact = Contatti\n").unwrap();
    let italian = renderer.language(&locale("it"));
    assert_eq!((italian.say("contact"), italian.say("where")), ("Contatti".into(), "Where".into()));
    let renderer = with_list("words/de-AT.ftl", "state-cut-off = abgedreht\n").unwrap();
    let austrian = renderer.language(&locale("de-AT"));
    assert_eq!(austrian.say("state-cut-off"), "abgedreht");
    assert_eq!(austrian.say("where"), "Wo");
}

#[test]
fn a_workspace_may_add_words_for_its_own_templates() {
    let own = BTreeMap::from([
        ("words/en.ftl".to_owned(), "ahoy = Ahoy, { $who }!\n".to_owned()),
        ("words/de.ftl".to_owned(), "ahoy = Ahoi, { $who }!\n".to_owned()),
        ("page/ahoy.html".to_owned(), "{{ \"ahoy\" | say(who=who) }}".to_owned()),
    ]);
    let renderer = Renderer::new(&own).unwrap();
    let said = |tag: &str| {
        let context = serde_json::json!({ "locale": tag, "who": "<Tug>" });
        renderer.template("page/ahoy.html", &context).unwrap()
    };
    assert_eq!(said("de"), "Ahoi, &lt;Tug&gt;!");
    assert_eq!(said("fr"), "Ahoy, &lt;Tug&gt;!");
}

#[test]
fn what_is_wrong_with_a_list_is_told_with_its_place() {
    let wrong = |path: &str, list: &str| with_list(path, list).err().unwrap().to_string();
    let message = wrong("words/de.ftl", "where = Wo\ncontact = { $\n");
    assert!(message.contains("`words/de.ftl`, line 2"), "{message}");
    let message = wrong("words/de.ftl", "opens = Öffnet { $day }\n");
    assert!(message.contains("`opens` names the part $day, and is given $date"), "{message}");
    let message = wrong("words/german.ftl", "where = Wo\n");
    assert!(message.contains("words/LOCALE.ftl"), "{message}");
    let own = BTreeMap::from([("page/x.html".to_owned(), "{{ \"nowhere\" | say }}".to_owned())]);
    let renderer = Renderer::new(&own).unwrap();
    let message = renderer.template("page/x.html", &serde_json::json!({})).unwrap_err().to_string();
    assert!(message.contains("no list has the word `nowhere`"), "{message}");
}

#[test]
fn words_are_text_on_every_channel() {
    let list = "where = <b>Wo</b> *hier*\nwhat-ends = <script>\n";
    let renderer = with_list("words/de.ftl", list).unwrap();
    let (program, notice) = everything();
    let (german, on) = (locale("de"), "2026-08-10T10:30:00Z".parse().unwrap());
    let page = renderer.page(&program, &notice, &german, on, &PageLinks::default()).unwrap();
    assert!(page.contains("&lt;b&gt;Wo&lt;/b&gt;") && !page.contains("<script"));
    let document = renderer.markdown(&program, &notice, &german).unwrap();
    assert!(document.contains("\\<b>Wo\\</b> \\*hier\\*"), "{document}");
}
