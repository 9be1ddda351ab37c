//! Markdown and dates inside it, on their way to each channel.

use crate::everything::everything;
use fairwarning::notice::{Edition, Locale, Notice, OccasionKind, Program};
use fairwarning::render::{PageLinks, Renderer};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::LazyLock;

static RENDERER: LazyLock<Renderer> =
    LazyLock::new(|| Renderer::new(&BTreeMap::new()).expect("the built-in templates are sound"));
static EVERYTHING: LazyLock<(Program, Notice)> = LazyLock::new(everything);

fn edition(program: &Program, notice: &Notice) -> Edition {
    let (kind, locale) = (OccasionKind::Announcement, Locale::default());
    let at = "2026-01-12T08:00:00Z".parse().unwrap();
    RENDERER.edition(program, notice, kind, &locale, &[], at).unwrap()
}

/// The mail's text between `affected` and the next heading.
fn affected_as_text(markdown: &str) -> String {
    let (program, mut notice) = EVERYTHING.clone();
    notice.affected = Some(fairwarning::notice::Text(format!("BEGIN\n\n{markdown}\n\nEND")));
    let text = edition(&program, &notice).text;
    let (_, after) = text.split_once("BEGIN").unwrap();
    after.split_once("END").unwrap().0.trim_matches('\n').to_owned()
}

#[test]
fn links_lists_quotes_and_code_read_well_as_text() {
    let markdown = "See [the manual](https://a.example/m), <https://b.example> or ask \
        help@c.example.\n\n1. one\n2. two\n   - inner\n\n> quoted\n\n```\ncode  here\n```\n\n\
        | a | b |\n|---|---|\n| 1 | 2 |\n\n# Heading";
    assert_eq!(
        affected_as_text(markdown),
        "See the manual (https://a.example/m), https://b.example or ask\nhelp@c.example.\n\n\
         1. one\n2. two\n  - inner\n\n    quoted\n\n    code  here\n\na | b\n1 | 2\n\nHeading"
    );
}

#[test]
fn a_bare_address_becomes_a_link_without_the_sentence_around_it() {
    let (program, mut notice) = EVERYTHING.clone();
    notice.summary.0 =
        "Go to (https://a.example/x_(y)), or write to me@a.example. Not @me or a@b.".to_owned();
    let html = edition(&program, &notice).html;
    assert!(html.contains("href=\"https://a.example/x_(y)\""), "{html}");
    assert!(html.contains("href=\"mailto:me@a.example\""));
    assert!(!html.contains("mailto:a@b") && !html.contains("mailto:@"));
}

/// Pieces from which attacks and honest texts are made alike.
fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "<script>",
        "</script>",
        "<img src=x onerror=y>",
        "[a](",
        "javascript:x",
        "data:x",
        ")",
        "](",
        "![",
        "<a href=\"javascript:x\">",
        "</a>",
        "`",
        "```\n",
        "\n",
        "\n\n",
        "    ",
        "* ",
        "> ",
        "1. ",
        "{{cutoff}}",
        "{{",
        "}}",
        "{%",
        "%}",
        "<!--",
        "-->",
        "<",
        ">",
        "&lt;",
        "\\",
        "|",
        "http://a.example/",
        "[r]: javascript:x\n",
        "[r]",
        "<javascript:x>",
        "*",
        "word",
        "é",
        "<div>\n",
        "&#106;avascript:x",
        "{% endraw %}",
        "<x@y.example>",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_becomes_markup_on_any_channel(pieces in prop::collection::vec(piece(), 0..14)) {
        let (program, mut notice) = EVERYTHING.clone();
        let text = pieces.concat();
        notice.summary.0.clone_from(&text);
        notice.steps[1].text.0.clone_from(&text);
        notice.questions[0].answer.0 = "See [r] and [r][r].".to_owned();
        notice.title.clone_from(&text);
        let mail = edition(&program, &notice);
        let on = "2026-01-12T08:00:00Z".parse().unwrap();
        let page = RENDERER.page(&program, &notice, &Locale::default(), on, &PageLinks::default()).unwrap();
        let mut document = String::new();
        let markdown = RENDERER.markdown(&program, &notice, &Locale::default()).unwrap();
        pulldown_cmark::html::push_html(
            &mut document,
            pulldown_cmark::Parser::new_ext(&markdown, pulldown_cmark::Options::ENABLE_GFM),
        );
        for (channel, html) in [("mail", &mail.html), ("page", &page), ("document", &document)] {
            for bad in ["<script", "<img", "<!--", "<div>\n<", "href=\"javascript", "href=\"data"] {
                let is_found = html.match_indices(bad).any(|(at, _)| {
                    bad.starts_with('<') || html[..at].ends_with("<a ")
                });
                prop_assert!(!is_found, "{bad} in the {channel} of {text:?}:\n{html}");
            }
        }
    }

    #[test]
    fn liquid_runs_nothing_that_was_declared(pieces in prop::collection::vec(piece(), 0..14)) {
        let (program, mut notice) = EVERYTHING.clone();
        notice.summary.0 = pieces.concat();
        notice.checks[0].samples[0].code = pieces.concat();
        let post = RENDERER.post(&program, &notice, &Locale::default()).unwrap();
        let rest = post
            .replace("{{ \"{{\" }}", "")
            .replace("{{ \"{%\" }}", "")
            .replace("{% highlight bash %}", "")
            .replace("{% endhighlight %}", "");
        prop_assert!(!rest.contains("{{") && !rest.contains("{%"), "{rest}");
    }
}
