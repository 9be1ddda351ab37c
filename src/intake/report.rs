//! Reading a message that came in: what kind it is, what it says, and which
//! tokens it carries. Pure; whatever the bytes, it comes to an end.

use super::parts::{Fields, Part, of_name, one_line};
use crate::notice::{MailStatus, Reply};
use crate::store::FeedbackKind;

/// Kept of what another server wrote.
const MAX_DIAGNOSTIC_CHARS: usize = 400;
const MAX_STATUS_CHARS: usize = 40;

/// Where the addresses begin that bounces come back to.
const BOUNCE_PREFIX: &str = "bounce+";

/// Fields of a report are not read beyond these many.
pub(super) const MAX_FIELDS: usize = 1_000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub content: Content,
    /// What stands where a token would, in the order in which it is believed;
    /// nothing is verified here.
    pub tokens: Vec<String>,
    /// Where the returned message could be left, and its Message-ID: providers
    /// that pass complaints on often cut its return path off.
    pub returned: Returned,
    /// The message's own Message-ID, by which copies of it are known.
    pub identity: String,
}

/// What is known of the message that a report is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Returned {
    /// What stands where the token of an unsubscribe link would.
    pub leaving: Vec<String>,
    /// Without angle brackets.
    pub message_id: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    Delivery(DeliveryReport),
    /// A reader told their provider that they do not want it.
    Complaint {
        kind: String,
    },
    /// Somebody wrote to the address that List-Unsubscribe gives.
    Unsubscribe {
        token: String,
    },
    AutoReply,
    Other,
}

/// What a delivery status notification says about our one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryReport {
    pub kind: FeedbackKind,
    /// Such as `5.1.1`; as a complaint its type.
    pub status: String,
    pub diagnostic: String,
    /// Whether nobody can be reached there any more.
    pub is_mailbox_gone: bool,
}

/// Reads one message. `recipient` is where it was delivered to, if known.
pub fn read(raw: &[u8], recipient: Option<&str>) -> Reading {
    let mut tokens = Vec::new();
    collect_tokens(recipient.unwrap_or_default(), &mut tokens);
    let whole = Part::read(raw);
    for name in ["delivered-to", "x-original-to", "envelope-to", "to", "cc"] {
        of_name(&whole.headers, name).for_each(|value| collect_tokens(value, &mut tokens));
    }
    let mut returned = Returned::default();
    let mut content = None;
    let mut parts = Vec::new();
    whole.clone().collect(0, &mut parts);
    for part in &parts {
        match part.kind.as_str() {
            "message/delivery-status" | "message/global-delivery-status" => {
                let groups = groups(&part.text());
                let ids = groups.iter().flat_map(|group| of_name(group, "original-envelope-id"));
                ids.for_each(|id| collect_tokens(id, &mut tokens));
                content = content.or_else(|| delivery(&groups).map(Content::Delivery));
            }
            "message/feedback-report" => {
                let fields: Fields = groups(&part.text()).into_iter().flatten().collect();
                of_name(&fields, "original-mail-from")
                    .for_each(|from| collect_tokens(from, &mut tokens));
                content = content.or_else(|| complaint(&fields));
            }
            "message/rfc822"
            | "message/global"
            | "text/rfc822-headers"
            | "message/global-headers" => returned_tokens(part, &mut tokens, &mut returned),
            _ => {}
        }
    }
    // Providers that leave for their readers may say that a machine wrote it.
    let content = content.or_else(|| leaving(&whole.headers));
    let content = content.unwrap_or_else(|| match is_auto_reply(&whole.headers) {
        true => Content::AutoReply,
        false => Content::Other,
    });
    let identity = of_name(&whole.headers, "message-id").next().unwrap_or_default().to_owned();
    Reading { content, tokens, returned, identity }
}

/// RFC 3834, and what was in use before it.
fn is_auto_reply(headers: &Fields) -> bool {
    let says = |name: &str, words: &[&str]| {
        of_name(headers, name).any(|value| {
            let value = value.to_ascii_lowercase();
            words.iter().any(|word| value.starts_with(word))
        })
    };
    let is_submitted_by_itself =
        of_name(headers, "auto-submitted").any(|v| !v.to_ascii_lowercase().starts_with("no"));
    is_submitted_by_itself
        || ["x-autoreply", "x-autorespond", "x-vacation"]
            .iter()
            .any(|name| of_name(headers, name).next().is_some())
        || says("precedence", &["auto_reply", "bulk", "junk"])
        || says("subject", &["out of office", "automatic reply", "auto:", "vacation"])
}

/// Our mail has one recipient. A report that tells of several is about a list
/// of somebody's: that some of its members cannot be reached is no reason to
/// give up the list.
fn delivery(groups: &[Fields]) -> Option<DeliveryReport> {
    let mut found: Option<DeliveryReport> = None;
    let mut all_gone = true;
    for group in groups {
        let Some(report) = recipient_report(group) else { continue };
        all_gone &= report.is_mailbox_gone;
        let weight = |kind| match kind {
            FeedbackKind::Bounce => 2,
            FeedbackKind::Delayed => 1,
            _ => 0,
        };
        if found.as_ref().is_none_or(|before| weight(before.kind) < weight(report.kind)) {
            found = Some(report);
        }
    }
    found.map(|report| DeliveryReport { is_mailbox_gone: all_gone, ..report })
}

fn recipient_report(group: &Fields) -> Option<DeliveryReport> {
    let first = |name: &'static str| of_name(group, name).next();
    let status = first("status").and_then(|status| {
        MailStatus::parse(status.split([' ', '(', '\t']).next().unwrap_or_default())
    });
    let diagnostic = first("diagnostic-code").unwrap_or_default();
    // `smtp; 550 5.1.1 no such user`
    let words = diagnostic.split_once(';').map_or(diagnostic, |(_, words)| words).trim();
    let told = Reply::read(words);
    let action = first("action").map(str::to_ascii_lowercase);
    let kind = match (action.as_deref().map(str::trim), status) {
        (Some("failed"), _) => FeedbackKind::Bounce,
        (Some("delayed"), _) => FeedbackKind::Delayed,
        (Some("delivered" | "relayed" | "expanded"), _) => FeedbackKind::Delivered,
        (_, Some(MailStatus { class: 5, .. })) => FeedbackKind::Bounce,
        (_, Some(MailStatus { class: 4, .. })) => FeedbackKind::Delayed,
        (_, Some(MailStatus { class: 2, .. })) => FeedbackKind::Delivered,
        _ => return None,
    };
    // Some servers report 5.0.0 whatever they were told.
    let is_vague = status.is_none_or(|status| (status.subject, status.detail) == (0, 0));
    let status = if is_vague { told.status.or(status) } else { status };
    let code = told.code;
    // 4.x.x that was given up on is a bounce, but the mailbox may be there.
    let is_transient = status.is_some_and(|status| status.class == 4);
    let reply = Reply { code, status };
    let is_mailbox_gone = kind == FeedbackKind::Bounce
        && !is_transient
        && (reply.means_mailbox_is_gone() || is_bare_failure(reply));
    Some(DeliveryReport {
        kind,
        status: reply.shown().chars().take(MAX_STATUS_CHARS).collect(),
        diagnostic: words.chars().take(MAX_DIAGNOSTIC_CHARS).collect(),
        is_mailbox_gone,
    })
}

/// `failed` with 5.0.0 and not one word more: the only thing said is that it
/// will never arrive.
fn is_bare_failure(reply: Reply) -> bool {
    let MailStatus { class, subject, detail } = match reply.status {
        Some(status) => status,
        None => return false,
    };
    (class, subject, detail) == (5, 0, 0) && reply.code.is_none()
}

fn complaint(fields: &Fields) -> Option<Content> {
    let kind = of_name(fields, "feedback-type").next()?;
    let kind: String =
        kind.chars().filter(|c| c.is_ascii_graphic()).take(MAX_STATUS_CHARS).collect();
    Some(Content::Complaint { kind: kind.to_ascii_lowercase() })
}

/// Where the returned message, or its headers, say that it came from.
fn returned_tokens(part: &Part<'_>, tokens: &mut Vec<String>, returned: &mut Returned) {
    let Some(head) = groups(&part.text()).into_iter().next() else { return };
    let links = of_name(&head, "list-unsubscribe").flat_map(|links| links.split("/u/").skip(1));
    returned.leaving.extend(links.map(token).filter(|token| !token.is_empty()));
    if let Some(id) = of_name(&head, "message-id").next() {
        returned.message_id = id.trim_matches(['<', '>']).to_owned();
    }
    for name in ["return-path", "x-envelope-from", "envelope-from", "errors-to"] {
        of_name(&head, name).for_each(|value| collect_tokens(value, tokens));
    }
}

/// Header-like fields, unfolded, in groups that empty lines separate.
fn groups(text: &str) -> Vec<Fields> {
    let mut groups: Vec<Fields> = Vec::new();
    let mut current = Fields::new();
    let mut count = 0;
    for line in text.lines() {
        let line = line.trim_end_matches('\r');
        if line.trim().is_empty() {
            if !current.is_empty() {
                groups.push(std::mem::take(&mut current));
            }
        } else if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = current.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            current.push((name.trim().to_ascii_lowercase(), one_line(value)));
            count += 1;
            if count >= MAX_FIELDS {
                break;
            }
        }
    }
    if !current.is_empty() {
        groups.push(current);
    }
    groups
}

/// Adds what follows `bounce+` in `text`, as far as a token's letters reach.
fn collect_tokens(text: &str, tokens: &mut Vec<String>) {
    let lower = text.to_ascii_lowercase();
    for after in lower.split(BOUNCE_PREFIX).skip(1) {
        let token = token(after);
        if !token.is_empty() && !tokens.contains(&token) && tokens.len() < MAX_FIELDS {
            tokens.push(token);
        }
    }
}

/// The letters of a token that `text` begins with.
fn token(text: &str) -> String {
    let letters = text.chars().map(|c| c.to_ascii_lowercase());
    letters.take_while(|c| matches!(c, 'a'..='z' | '2'..='7')).collect()
}

/// `Subject: unsubscribe TOKEN`, as the mailto address in List-Unsubscribe asks
/// for it; an answer to it is none.
fn leaving(headers: &Fields) -> Option<Content> {
    let subject = of_name(headers, "subject").next()?;
    let (verb, rest) = subject.split_once(' ')?;
    let token = token(rest);
    let is_asked = verb.eq_ignore_ascii_case("unsubscribe") && token.len() == rest.trim().len();
    (is_asked && !token.is_empty()).then_some(Content::Unsubscribe { token })
}
