//! The sample notices say what their offices said: every fact, on every
//! channel, from a field of its own.

use crate::declared::{sample_file, sample_workspace, sample_workspace_with};
use fairwarning::notice::{Locale, OccasionKind, RowId, Slot, Workspace, fill_slots};
use fairwarning::render::{PageLinks, Renderer};
use std::collections::BTreeMap;

const PROGRAMS: [(&str, &str); 3] = [
    ("usps-web-tools", include_str!("facts/usps-web-tools.txt")),
    ("onepagecrm", include_str!("facts/onepagecrm.txt")),
    ("constant-contact", include_str!("facts/constant-contact.txt")),
];

fn facts(list: &'static str) -> Vec<&'static str> {
    list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

/// What a reader of each channel reads, white space folded.
fn channels(workspace: &Workspace, program: &str) -> BTreeMap<&'static str, String> {
    let renderer = Renderer::new(&BTreeMap::new()).expect("the built-in templates are sound");
    let program = &workspace.programs[program];
    let notice = &program.notices["tls-1.2"];
    let rows: Vec<RowId> = notice.schedule.rows.keys().cloned().collect();
    let on = "2018-01-01T00:00:00Z".parse().unwrap();
    let kind = OccasionKind::Announcement;
    let edition = renderer.edition(program, notice, kind, &Locale::default(), &rows, on).unwrap();
    let page =
        renderer.page(program, notice, &Locale::default(), on, &PageLinks::default()).unwrap();
    let greeting = program.settings.office.greeting.as_deref().unwrap_or_default();
    // A recipient without a name is greeted as the office greets.
    let filled =
        |text: &str| fill_slots(text, |slot| if slot == Slot::Greeting { greeting } else { "" });
    let mut channels = BTreeMap::from([
        ("text mail", folded(&filled(&format!("{}\n{}", edition.subject, edition.text)))),
        ("HTML mail", folded(&without_markup(&filled(&edition.html)))),
        ("page", folded(&without_markup(&page))),
        ("Markdown", folded(&renderer.markdown(program, notice, &Locale::default()).unwrap())),
    ]);
    if notice.channels.post.is_some() {
        channels
            .insert("post", folded(&renderer.post(program, notice, &Locale::default()).unwrap()));
    }
    channels
}

/// White space and typographic quotes folded; Markdown's marks left out, since
/// a fact may be emphasised or escaped.
fn folded(text: &str) -> String {
    let plain: String = text
        .chars()
        .filter(|c| !matches!(c, '*' | '\\' | '`'))
        .map(|c| match c {
            '’' => '\'',
            '“' | '”' => '"',
            c => c,
        })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text and link targets of an HTML document, as a reader meets them.
fn without_markup(html: &str) -> String {
    let mut text = String::new();
    for (n, part) in html.split('<').enumerate() {
        let (tag, after) =
            if n == 0 { ("", part) } else { part.split_once('>').unwrap_or((part, "")) };
        let href = tag.split_once("href=\"").map(|(_, href)| href);
        // An address that links to itself stands inside a sentence.
        if let Some(href) = href.filter(|href| !href.starts_with("mailto:")) {
            text.push_str(href.split('"').next().unwrap_or_default());
            text.push(' ');
        }
        let is_block = ["p", "td", "th", "li", "div", "br", "/", "h", "tr", "dt", "dd"]
            .iter()
            .any(|name| tag.starts_with(name));
        if is_block
            && !tag.starts_with("/a")
            && !tag.starts_with("/s")
            && !tag.starts_with("/b")
            && !tag.starts_with("/c")
            && !tag.starts_with("/e")
        {
            text.push(' ');
        }
        text.push_str(after);
    }
    for (entity, character) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&#x2F;", "/"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ] {
        text = text.replace(entity, character);
    }
    text
}

#[test]
fn every_fact_of_the_sources_is_on_every_channel() {
    let workspace = sample_workspace();
    let mut missing = Vec::new();
    for (program, list) in PROGRAMS {
        let facts = facts(list);
        assert!(facts.len() > 30, "{program} has {} facts", facts.len());
        for (channel, text) in channels(&workspace, program) {
            let absent = facts.iter().filter(|fact| !text.contains(&folded(fact)));
            missing.extend(absent.map(|fact| format!("{program}, {channel}: {fact}")));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn the_post_carries_the_offices_front_matter() {
    let workspace = sample_workspace();
    let post = &channels(&workspace, "onepagecrm")["post"];
    let facts = facts(include_str!("facts/onepagecrm-front-matter.txt"));
    let missing: Vec<_> = facts.iter().filter(|fact| !post.contains(&folded(fact))).collect();
    assert!(missing.is_empty(), "{missing:#?}\nin\n{post}");
}

/// A field, and a fact that stands in it and nowhere else.
const FIELDS: [(&str, &str, &str); 25] = [
    ("usps-web-tools", "errors/0", "handshake failure"),
    ("usps-web-tools", "errors/1", "service unavailable"),
    ("usps-web-tools", "audience/text", "shared with all USPS Web Tools integrators"),
    ("usps-web-tools", "affected", "no changes are necessary"),
    ("usps-web-tools", "steps/0", "web developer, software vendor, or IT service provider"),
    ("usps-web-tools", "schedule/text", "lower Web Tools environments"),
    ("usps-web-tools", "schedule/rows/test-secure", "https://stg-secure.shippingapis.com/"),
    ("usps-web-tools", "schedule/rows/test-first-wave", "30 March 2020"),
    ("usps-web-tools", "schedule/rows/prod-first-wave/note", "blocked in Production effective"),
    ("onepagecrm", "test_endpoints/apitls12/caveats/1", "use it in your production code"),
    ("onepagecrm", "test_endpoints/apitls12/caveats/2", "affect your data in OnePageCRM"),
    ("onepagecrm", "test_endpoints/apitls12/text", "using this endpoint address:"),
    ("onepagecrm", "checks/0/samples/0", "curl --tlsv1.2"),
    ("onepagecrm", "checks/0/samples/1", "rescue Errno::ECONNRESET"),
    ("onepagecrm", "checks/0/passes", "then you are good to go"),
    ("onepagecrm", "checks/0/fails", "upgrade your application/environment"),
    ("onepagecrm", "timeline/0", "SSL 2.0"),
    ("onepagecrm", "timeline/4/note", "Current version widely supported"),
    ("onepagecrm", "questions/0", "your connection is encrypted"),
    ("constant-contact", "behind/regulations/0", "June 30th, 2018"),
    ("constant-contact", "steps/1/platforms/1", "Internet Information Services (IIS)"),
    ("constant-contact", "checks/0/link", "ssllabs.com"),
    ("constant-contact", "checks/0/passes", "display under Protocol Version"),
    ("constant-contact", "errors/0", "504 error message"),
    (
        "constant-contact",
        "amendments/0",
        "The deadline for moving to TLS v1.2 was already extended.",
    ),
];

#[test]
fn a_fact_goes_with_its_field() {
    let workspace = sample_workspace();
    for (program, field, fact) in FIELDS {
        let mut declared: serde_yaml::Value =
            serde_yaml::from_str(&sample_file(program, "tls-1.2.yaml")).unwrap();
        remove(&mut declared, field);
        let changed = serde_yaml::to_string(&declared).unwrap();
        let without = sample_workspace_with(program, "tls-1.2.yaml", &changed);
        let before = channels(&workspace, program);
        for (channel, text) in channels(&without, program) {
            assert!(before[channel].contains(fact), "{program} {field}: not in the {channel}");
            assert!(!text.contains(fact), "{program} {field}: still in the {channel}");
        }
    }
}

fn remove(value: &mut serde_yaml::Value, path: &str) {
    let (parent, last) = path.rsplit_once('/').unwrap_or(("", path));
    let mut at = value;
    for step in parent.split('/').filter(|step| !step.is_empty()) {
        at = match step.parse::<usize>() {
            Ok(index) if at.is_sequence() => &mut at[index],
            _ => &mut at[step],
        };
    }
    if let Some(list) = at.as_sequence_mut() {
        list.remove(last.parse::<usize>().unwrap());
    } else {
        assert!(at.as_mapping_mut().unwrap().remove(last).is_some(), "no {path}");
    }
}
