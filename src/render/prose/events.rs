//! Markdown read once, under the rules that hold for every form.

use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, TextMergeStream};

/// Schemes that a link may have. `javascript:` and `data:` run what a mail or
/// page was tricked into carrying.
const SCHEMES: [&str; 3] = ["http", "https", "mailto"];

pub fn is_allowed_url(url: &str) -> bool {
    // Browsers skip control characters and blanks inside a scheme.
    let is_clean = !url.chars().any(|c| c.is_control() || c.is_whitespace());
    is_clean
        && url
            .split_once(':')
            .is_some_and(|(scheme, _)| SCHEMES.iter().any(|s| scheme.eq_ignore_ascii_case(s)))
}

pub(super) fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH
}

/// The events of `markdown`: raw HTML as text, pictures as links, refused links
/// as their text, headings as bold paragraphs (a text stands inside a page that
/// has its own outline), and bare URLs as links.
pub(super) fn events(markdown: &str) -> Vec<Event<'_>> {
    let mut ruled = Vec::new();
    // For each open link, whether it was let through.
    let mut links = Vec::new();
    let mut in_code = false;
    for event in TextMergeStream::new(Parser::new_ext(markdown, options())) {
        match event {
            Event::Start(Tag::Link { dest_url, link_type, .. }) => {
                let link_type = match link_type {
                    LinkType::Email => LinkType::Email,
                    _ => LinkType::Inline,
                };
                open_link(&mut ruled, &mut links, dest_url, link_type);
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                open_link(&mut ruled, &mut links, dest_url, LinkType::Inline);
            }
            Event::End(TagEnd::Link | TagEnd::Image) => {
                if links.pop() == Some(true) {
                    ruled.push(Event::End(TagEnd::Link));
                }
            }
            Event::Start(Tag::Heading { .. }) => {
                ruled.extend([Event::Start(Tag::Paragraph), Event::Start(Tag::Strong)]);
            }
            Event::End(TagEnd::Heading(_)) => {
                ruled.extend([Event::End(TagEnd::Strong), Event::End(TagEnd::Paragraph)]);
            }
            Event::Start(Tag::HtmlBlock) => ruled.push(Event::Start(Tag::Paragraph)),
            Event::End(TagEnd::HtmlBlock) => ruled.push(Event::End(TagEnd::Paragraph)),
            Event::Html(text) | Event::InlineHtml(text) => ruled.push(Event::Text(text)),
            Event::Start(Tag::CodeBlock(kind)) => {
                in_code = true;
                ruled.push(Event::Start(Tag::CodeBlock(kind)));
            }
            Event::End(TagEnd::CodeBlock) => {
                in_code = false;
                ruled.push(Event::End(TagEnd::CodeBlock));
            }
            Event::Text(text) if !in_code && links.is_empty() => link_bare_urls(&mut ruled, text),
            other => ruled.push(other),
        }
    }
    ruled
}

fn open_link<'t>(
    ruled: &mut Vec<Event<'t>>,
    links: &mut Vec<bool>,
    dest_url: CowStr<'t>,
    link_type: LinkType,
) {
    let target = match link_type {
        LinkType::Email => format!("mailto:{dest_url}").into(),
        _ => dest_url,
    };
    // A link inside a link (a picture that links somewhere) keeps the outer one.
    let is_let_through = is_allowed_url(&target) && !links.contains(&true);
    links.push(is_let_through);
    if is_let_through {
        ruled.push(link_to(target));
    }
}

fn link_to(dest_url: CowStr<'_>) -> Event<'_> {
    let (title, id) = ("".into(), "".into());
    Event::Start(Tag::Link { link_type: LinkType::Inline, dest_url, title, id })
}

/// Splits `text` at `http://` and `https://`, as writers expect of bare URLs.
fn link_bare_urls<'t>(ruled: &mut Vec<Event<'t>>, text: CowStr<'t>) {
    let mut rest: &str = &text;
    let mut found = Vec::new();
    while let Some(start) = next_url(rest) {
        let url = &rest[start..];
        let end = url.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '`'));
        let url = trim_url(&url[..end.unwrap_or(url.len())]);
        found.push((rest[..start].to_owned(), url.to_owned()));
        rest = &rest[start + url.len()..];
    }
    if found.is_empty() {
        ruled.push(Event::Text(text));
        return;
    }
    for (before, url) in found {
        ruled.push(Event::Text(before.into()));
        ruled.push(link_to(url.clone().into()));
        ruled.push(Event::Text(url.into()));
        ruled.push(Event::End(TagEnd::Link));
    }
    ruled.push(Event::Text(rest.to_owned().into()));
}

fn next_url(text: &str) -> Option<usize> {
    ["https://", "http://"].iter().filter_map(|scheme| text.find(scheme)).min()
}

/// Without the punctuation of the sentence around it. A closing bracket belongs
/// to the URL only if the URL opened it.
fn trim_url(mut url: &str) -> &str {
    while let Some(last) = url.chars().last() {
        let is_loose = match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' => true,
            ')' => url.matches('(').count() < url.matches(')').count(),
            _ => false,
        };
        if !is_loose {
            break;
        }
        url = &url[..url.len() - last.len_utf8()];
    }
    url
}
