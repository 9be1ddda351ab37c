//! Markdown read once, under the rules that hold for every form.

use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, TextMergeStream};
use std::ops::Range;

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

/// Splits `text` at bare URLs and mail addresses, which writers expect to be links.
fn link_bare_urls<'t>(ruled: &mut Vec<Event<'t>>, text: CowStr<'t>) {
    let mut rest: &str = &text;
    let mut found = Vec::new();
    while let Some((range, target)) = next_link(rest) {
        found.push((rest[..range.start].to_owned(), rest[range.clone()].to_owned(), target));
        rest = &rest[range.end..];
    }
    if found.is_empty() {
        ruled.push(Event::Text(text));
        return;
    }
    for (before, shown, target) in found {
        ruled.push(Event::Text(before.into()));
        ruled.push(link_to(target.into()));
        ruled.push(Event::Text(shown.into()));
        ruled.push(Event::End(TagEnd::Link));
    }
    ruled.push(Event::Text(rest.to_owned().into()));
}

/// Where the next link stands in `text`, and where it leads.
fn next_link(text: &str) -> Option<(Range<usize>, String)> {
    let url = ["https://", "http://"].iter().filter_map(|scheme| text.find(scheme)).min();
    let address = next_address(text);
    match (url, address) {
        (Some(url), Some(address)) if address.start < url => Some(mail_to(text, address)),
        (None, Some(address)) => Some(mail_to(text, address)),
        (Some(start), _) => {
            let url = &text[start..];
            let end = url.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '`'));
            let url = trim_url(&url[..end.unwrap_or(url.len())]);
            Some((start..start + url.len(), url.to_owned()))
        }
        (None, None) => None,
    }
}

fn mail_to(text: &str, address: Range<usize>) -> (Range<usize>, String) {
    let target = format!("mailto:{}", &text[address.clone()]);
    (address, target)
}

/// A plain mail address: what is unusual, its writer marks as a link.
fn next_address(text: &str) -> Option<Range<usize>> {
    let is_local = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '+' | '-');
    let is_domain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    text.match_indices('@').find_map(|(at, _)| {
        let start = text[..at]
            .rfind(|c| !is_local(c))
            .map_or(0, |before| before + text[before..].chars().next().map_or(1, char::len_utf8));
        let after = &text[at + 1..];
        let end = after.find(|c| !is_domain(c)).unwrap_or(after.len());
        let domain = after[..end].trim_end_matches(['.', '-']);
        let (name, top) = domain.rsplit_once('.')?;
        let is_address = start < at
            && !name.is_empty()
            && top.len() >= 2
            && top.bytes().all(|b| b.is_ascii_alphabetic());
        is_address.then_some(start..at + 1 + domain.len())
    })
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
