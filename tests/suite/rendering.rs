//! What channels say of a notice that uses everything.

use crate::everything::{everything, everything_where, locale};
use fairwarning::notice::{Edition, Locale, Notice, OccasionKind, Program, RowId, Slot};
use fairwarning::render::{PageLinks, RenderError, Renderer};
use std::collections::BTreeMap;
use std::sync::LazyLock;

const AT: &str = "2026-08-10T10:30:00Z";

static EN: LazyLock<Locale> = LazyLock::new(Locale::default);

fn renderer() -> Renderer {
    Renderer::new(&BTreeMap::new()).expect("the built-in templates are sound")
}

fn edition(program: &Program, notice: &Notice, rows: &[RowId]) -> Edition {
    edition_in(&EN, program, notice, rows)
}

fn edition_in(locale: &Locale, program: &Program, notice: &Notice, rows: &[RowId]) -> Edition {
    let kind = OccasionKind::Announcement;
    let at = AT.parse().unwrap();
    renderer().edition(program, notice, kind, locale, rows, at).unwrap()
}

/// Every channel's text, with white space and marks of emphasis folded.
fn channels(program: &Program, notice: &Notice) -> BTreeMap<&'static str, String> {
    channels_in(&EN, program, notice)
}

fn channels_in(
    locale: &Locale,
    program: &Program,
    notice: &Notice,
) -> BTreeMap<&'static str, String> {
    let mail = edition_in(locale, program, notice, &[]);
    let (renderer, at, links) = (renderer(), AT.parse().unwrap(), PageLinks::default());
    let page = renderer.page(program, notice, locale, at, &links).unwrap();
    BTreeMap::from([
        ("text", folded(&mail.text)),
        ("html", folded(&without_tags(&mail.html))),
        ("page", folded(&without_tags(&page))),
        ("markdown", folded(&renderer.markdown(program, notice, locale).unwrap())),
        ("post", folded(&renderer.post(program, notice, locale).unwrap())),
    ])
}

fn folded(text: &str) -> String {
    let plain: String = text
        .replace("{{ \"{{\" }}", "{{")
        .replace("{{ \"{%\" }}", "{%")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .chars()
        .filter(|c| !matches!(c, '*' | '\\' | '`' | '~'))
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn without_tags(html: &str) -> String {
    let (_, body) = html.split_once("<body").unwrap();
    let mut text = String::new();
    for part in body.split('<').skip(1) {
        let (tag, after) = part.split_once('>').unwrap();
        if let Some((_, href)) = tag.split_once("href=\"") {
            text += &format!(" {} ", href.split('"').next().unwrap());
        }
        if !["/a", "strong", "/strong", "em", "/em", "time", "/time", "code", "/code", "/s", "/d"]
            .iter()
            .any(|inline| tag.starts_with(inline))
        {
            text.push(' ');
        }
        text.push_str(after);
    }
    text
}

/// By language, each line a fact; all must be on every channel.
const FACTS: [(&str, &str); 2] =
    [("en", include_str!("everything/facts.txt")), ("de", include_str!("everything/facts.de.txt"))];

#[test]
fn everything_declared_is_on_every_channel_in_every_language() {
    let (program, notice) = everything();
    let mut missing = Vec::new();
    for (tag, facts) in FACTS {
        for (channel, text) in channels_in(&locale(tag), &program, &notice) {
            let facts = facts.lines().filter(|line| !line.is_empty() && !line.starts_with("# E"));
            let absent = facts.filter(|fact| !text.contains(&folded(fact)));
            missing.extend(absent.map(|fact| format!("{channel} in {tag}: {fact}")));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn a_named_date_moves_with_the_schedule_and_other_braces_stay() {
    let (program, notice) =
        everything_where(|text| text.replace("  cutoff: 2026-09-01\n", "  cutoff: 2026-09-08\n"));
    for (channel, text) in channels(&program, &notice) {
        assert!(text.contains("Version 1 goes on 8 September 2026."), "{channel}");
        assert!(
            text.contains("Braces such as {{7*7}} stay".replace('*', "").as_str()),
            "{channel}"
        );
        assert!(text.contains("grep '{{ api }}'"), "{channel}");
    }
}

#[test]
fn an_edition_shows_only_the_rows_that_concern_its_readers() {
    let (program, notice) = everything();
    let mail = edition(&program, &notice, &["quay".parse().unwrap()]);
    for part in [&mail.text, &mail.html] {
        assert!(part.contains("quay.harbour.example"));
        assert!(!part.contains("https://overseas.harbour.example"));
        assert!(!part.contains("winter timetable"));
        assert!(part.contains("3 more rows do not concern you"));
        assert!(part.contains("The crane strike"), "an amendment of its row");
        assert!(!part.contains("15 September 2026"), "a brownout of another row");
    }
}

#[test]
fn slots_stay_in_the_edition_for_each_recipient() {
    let (program, notice) = everything();
    let mail = edition(&program, &notice, &[]);
    // Only a confirmation asks for the address, only a reminder whether all is done.
    let of_notices = |slot: &Slot| {
        !matches!(slot, Slot::Confirm | Slot::Done | Slot::FirstContact | Slot::ToldOn)
    };
    for slot in Slot::ALL.into_iter().filter(of_notices) {
        assert!(mail.text.contains(&slot.to_string()), "{slot:?} in the text");
        assert!(mail.html.contains(&slot.to_string()), "{slot:?} in the HTML");
    }
}

#[test]
fn the_text_part_keeps_to_its_width_and_ends_with_a_signature() {
    let (program, notice) = everything();
    let text = edition(&program, &notice, &[]).text;
    for line in text.lines() {
        let is_unbreakable = line.contains("https://") || line.starts_with("    ");
        assert!(line.chars().count() <= 76 || is_unbreakable, "{line}");
        assert!(line == "-- " || line.trim_end() == line, "blanks at the end of {line:?}");
    }
    assert!(text.contains("\nHarbour API Office\n") && text.contains("\n-- \nYou get this mail "));
    let gaps = text.matches("\n\n\n").count();
    assert_eq!(gaps, 1, "only the sample's own empty lines stand together");
}

#[test]
fn a_test_copy_says_so_and_is_otherwise_the_announcement() {
    let (program, mut notice) = everything();
    // A host that is the reader's own is nobody's who gets a test.
    notice.test_endpoints.values_mut().for_each(|endpoint| endpoint.rehearsal = None);
    let at = AT.parse().unwrap();
    let (kind, locale) = (OccasionKind::Test, Locale::default());
    let copy = renderer().edition(&program, &notice, kind, &locale, &[], at).unwrap();
    let mail = edition(&program, &notice, &[]);
    assert_eq!(copy.subject, format!("[Test] {}", mail.subject));
    assert!(copy.text.contains("This is a test copy") && copy.text.contains(&mail.text[40..]));
    assert!(copy.html.contains("This is a test copy"));
}

#[test]
fn markup_in_declared_values_is_text_on_every_channel() {
    let (program, mut notice) = everything();
    let attack = "<script>alert(1)</script>[x](javascript:alert(2))<img src=x onerror=alert(3)>";
    notice.title = attack.to_owned();
    notice.summary.0 = attack.to_owned();
    notice.steps[0].text.0 =
        format!("![p](data:text/html,x) <a href=\"javascript:x\">y</a> {attack}");
    notice.questions[0].question = attack.to_owned();
    notice.errors[0].text = attack.to_owned();
    let mail = edition(&program, &notice, &[]);
    let page = renderer()
        .page(&program, &notice, &EN, AT.parse().unwrap(), &PageLinks::default())
        .unwrap();
    for html in [&mail.html, &page] {
        for bad in ["<script", "<img", "<a href=\"javascript", "<a href=\"data"] {
            assert!(!html.contains(bad), "{bad}");
        }
    }
    let document = renderer().markdown(&program, &notice, &EN).unwrap();
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, pulldown_cmark::Parser::new(&document));
    for bad in ["<script", "<img", "<a href=\"javascript", "<a href=\"data"] {
        assert!(!html.contains(bad), "{bad} in\n{document}");
    }
}

#[test]
fn a_subject_is_one_line_whatever_was_declared() {
    let (program, mut notice) = everything();
    notice.channels.mail.as_mut().unwrap().subject =
        Some("Ends\r\nBcc: someone@else.example".to_owned());
    assert_eq!(edition(&program, &notice, &[]).subject, "Ends Bcc: someone@else.example");
}

#[test]
fn the_post_quotes_what_yaml_would_misread() {
    let (program, notice) = everything();
    let post = renderer().post(&program, &notice, &EN).unwrap();
    let (_, rest) = post.split_once("---\n").unwrap();
    let (front, _) = rest.split_once("\n---\n").unwrap();
    for line in [
        "title: \"Berth booking 1: it ends\"",
        "slug: \"12:30\"",
        "category: \"no\"",
        "author: \"1.20\"",
        "excerpt: \"Say \\\"ahoy\\\": 1 September 2026\"",
        "date: 2026-01-12 09:00:00 +0100",
        "image: /a b.png",
        "graphic: /a b.png",
    ] {
        assert!(front.lines().any(|found| found == line), "{line}\nin\n{front}");
    }
}

#[test]
fn liquid_finds_nothing_to_run_in_a_post() {
    let (program, notice) = everything();
    let post = renderer().post(&program, &notice, &EN).unwrap();
    let ours = post.replace("{{ \"{{\" }}", "").replace("{{ \"{%\" }}", "");
    let ours = ours.replace("{% highlight bash %}", "").replace("{% endhighlight %}", "");
    assert!(!ours.contains("{%") && !ours.contains("{{"), "{ours}");
    assert!(post.contains("grep '{{ \"{{\" }} api }}'"), "the sample is kept");
}

#[test]
fn a_page_shows_the_state_of_each_row_at_the_moment_asked_about() {
    let (program, notice) = everything();
    let page = |on: &str| {
        renderer().page(&program, &notice, &EN, on.parse().unwrap(), &PageLinks::default()).unwrap()
    };
    let struck = page("2026-08-10T10:30:00Z");
    assert!(struck.contains("badge state-brownout\">brownout"));
    assert!(struck.contains("badge state-paused\">paused"));
    assert!(struck.contains("badge state-cut-off\">cut off"));
    assert!(!page("2026-08-10T12:00:00Z").contains("state-brownout"));
}

#[test]
fn a_page_needs_no_inline_style_or_script() {
    let (program, notice) = everything();
    let links = PageLinks { brand: Some("/static/brand/harbour.css"), ..PageLinks::default() };
    let page = renderer().page(&program, &notice, &EN, AT.parse().unwrap(), &links).unwrap();
    assert!(!page.contains("style=") && !page.contains("<style") && !page.contains("<script"));
    assert!(page.contains("href=\"/static/style.css\""));
    assert!(page.contains("href=\"/static/brand/harbour.css\""));
}

#[test]
fn json_holds_the_whole_notice_and_its_state() {
    let (program, notice) = everything();
    let json = renderer().json(&program, &notice, &EN, AT.parse().unwrap()).unwrap();
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    let read: Notice = serde_json::from_value(value["notice"].clone()).unwrap();
    assert_eq!(read, notice);
    let states: Vec<_> =
        value["impacted"].as_array().unwrap().iter().map(|line| &line["state"]).collect();
    assert!(states.iter().any(|state| *state == "brownout"), "{states:?}");
    assert!(value["milestones"].as_array().unwrap().len() > 8);
}

#[test]
fn a_broken_override_names_template_and_line() {
    let broken = |path: &str, source: &str| {
        let overrides = BTreeMap::from([(path.to_owned(), source.to_owned())]);
        Renderer::new(&overrides).err().expect("a refusal").to_string()
    };
    let message = broken("mail/announcement/body.txt", "fine\n{% if %}");
    assert!(message.contains("`mail/announcement/body.txt`, line 2"), "{message}");
    let message = broken("mail/announcement/body.html", "a\n\n{{ x | shout }}");
    assert!(message.contains("shout") && message.contains("body.html:3"), "{message}");
    let message = broken("mail/announcement/body.html", "{% extends \"nowhere.html\" %}");
    assert!(message.contains("nowhere.html"), "{message}");
    let message = broken("mail/announcement/body.htm", "x");
    assert!(message.contains("must end in"), "{message}");
}

#[test]
fn an_undefined_variable_is_an_error_that_names_it() {
    let overrides = BTreeMap::from([(
        "mail/announcement/subject.txt".to_owned(),
        "{{ notice.title }}\n{{ notice.tilte }}".to_owned(),
    )]);
    let renderer = Renderer::new(&overrides).unwrap();
    let (program, notice) = everything();
    let kind = OccasionKind::Announcement;
    let at = AT.parse().unwrap();
    let error = renderer.edition(&program, &notice, kind, &Locale::default(), &[], at).unwrap_err();
    let RenderError::Template { template, line, message, drawn } = error else { panic!("{error}") };
    assert_eq!((template.as_str(), line), ("mail/announcement/subject.txt", 2));
    assert!(message.contains("tilte"), "{message}");
    assert!(drawn.contains("^^^"), "{drawn}");
}

#[test]
fn no_template_can_ask_for_the_time_the_environment_or_a_file() {
    for call in ["now()", "get_env(name=\"HOME\")", "load_data(path=\"/etc/passwd\")"] {
        for path in ["mail/x.html", "mail/x.txt", "document/x.md"] {
            let source = format!("{{{{ {call} }}}}");
            let overrides = BTreeMap::from([(path.to_owned(), source)]);
            assert!(Renderer::new(&overrides).is_err(), "{call} in {path}");
        }
    }
}

#[test]
fn no_name_of_a_template_switches_escaping_off() {
    let evil = "<script>";
    let context = serde_json::json!({ "x": evil });
    let overrides: BTreeMap<_, _> = [
        ("page/plain.txt", "{{ x }}"),
        ("page/part.html", "{{ x }}"),
        ("page/with.html", "{% include \"page/part.html\" %}"),
        ("page/a.txt.html", "{{ x }}"),
        ("html", "{{ x }}"),
    ]
    .into_iter()
    .filter(|(path, _)| path.contains('.'))
    .map(|(path, source)| (path.to_owned(), source.to_owned()))
    .collect();
    let renderer = Renderer::new(&overrides).unwrap();
    for path in ["page/part.html", "page/with.html", "page/a.txt.html"] {
        assert_eq!(renderer.template(path, &context).unwrap(), "&lt;script&gt;", "{path}");
    }
    let smuggled = BTreeMap::from([
        ("page/plain.txt".to_owned(), "{{ x }}".to_owned()),
        ("page/with.html".to_owned(), "{% include \"page/plain.txt\" %}".to_owned()),
    ]);
    assert!(Renderer::new(&smuggled).is_err(), "an HTML template included a text one");
}

#[test]
fn refused_urls_do_not_reach_a_link() {
    let overrides = BTreeMap::from([("page/link.html".to_owned(), "{{ url | href }}".to_owned())]);
    let renderer = Renderer::new(&overrides).unwrap();
    let href = |url: &str| {
        renderer.template("page/link.html", &serde_json::json!({ "url": url })).unwrap()
    };
    for good in ["https://a.example/?x=1", "HTTP://a.example", "mailto:a@b.example", "/x", "#y"] {
        assert_eq!(href(good), good);
    }
    for bad in ["javascript:alert(1)", " javascript:x", "java\nscript:x", "data:x", "//evil", "x"] {
        assert_eq!(href(bad), "about:invalid", "{bad:?}");
    }
}

#[test]
fn an_overridden_template_takes_the_place_of_the_built_in_one() {
    let overrides = BTreeMap::from([(
        "mail/announcement/body.txt".to_owned(),
        "{% extends \"mail/parts/base.txt\" %}{% block foot %}Our own foot.{% endblock %}"
            .to_owned(),
    )]);
    let renderer = Renderer::new(&overrides).unwrap();
    let (program, notice) = everything();
    let (kind, locale) = (OccasionKind::Announcement, Locale::default());
    let at = AT.parse().unwrap();
    let mail = renderer.edition(&program, &notice, kind, &locale, &[], at).unwrap();
    assert!(mail.text.contains("Our own foot."));
    assert!(!mail.text.contains("Read this notice on the web"));
}
