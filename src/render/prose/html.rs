//! Markdown to HTML that is safe in any page or mail.

use super::events::events;
use ammonia::{Builder, UrlRelative};
use std::sync::LazyLock;

/// What Markdown itself produces. Raw HTML never gets this far; this is the
/// second wall, in case the first has a hole.
const TAGS: [&str; 20] = [
    "a",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
    "sup",
];

static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::new();
    builder
        .tags(TAGS.into())
        .tag_attributes([("a", ["href"].into()), ("ol", ["start"].into())].into())
        .generic_attributes([].into())
        .url_schemes(["http", "https", "mailto"].into())
        // A mail has no base that a relative link could start from.
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("noopener"));
    builder
});

pub fn to_html(markdown: &str) -> String {
    let mut html = String::with_capacity(markdown.len() * 2);
    pulldown_cmark::html::push_html(&mut html, events(markdown).into_iter());
    SANITISER.clean(&html).to_string().trim_end().to_owned()
}
