//! What all messages of one occasion and language have in common: sender, list
//! headers and the addresses that links lead to.

use crate::config::PublicUrl;
use crate::notice::{EmailAddress, Locale, NoticePath, OccasionKind, Program, ProgramId};
use lettre::message::Mailbox;
use lettre::message::header::{HeaderName, HeaderValue};

/// Longer values are cut: a header's line may have 998 characters (RFC 5322
/// §2.1.1), and one long word cannot be folded.
const MAX_FIELD_CHARS: usize = 200;

#[derive(Debug, Clone)]
pub(super) struct Letterhead {
    pub kind: OccasionKind,
    pub program: ProgramId,
    pub from: Mailbox,
    pub reply_to: Mailbox,
    /// The sender's domain: Message-IDs and envelopes are of this domain.
    pub domain: String,
    pub greeting: String,
    /// The notice's page.
    pub page: String,
    /// What a mail asks to confirm, where it does.
    pub confirms: Option<i64>,
    /// Whether it goes to whom a list names; else its reader is on none.
    is_list: bool,
    /// What calendar entries are saved as.
    pub calendar_name: String,
    archive: String,
    help: String,
    list_id: String,
    feedback_id: String,
    base: PublicUrl,
    /// Added to the address of a page.
    language: String,
}

/// What a mail is about, as far as its head tells.
struct About<'a> {
    /// Below the public address.
    page: String,
    label: &'a str,
    confirms: Option<i64>,
}

#[derive(Debug, thiserror::Error)]
#[error("`{0:?}` cannot be used as a sender")]
pub struct BadSender(EmailAddress);

impl Letterhead {
    pub fn new(
        program: &Program,
        notice: &NoticePath,
        kind: OccasionKind,
        locale: &Locale,
        base: &PublicUrl,
    ) -> Result<Self, BadSender> {
        let about = About {
            page: format!("/notices/{notice}{}", language(program, locale)),
            label: notice.notice.as_str(),
            confirms: None,
        };
        Self::about(program, &about, kind, locale, base)
    }

    /// Of a mail that asks whether what waits under the number `pending` is wanted.
    pub fn of_confirmation(
        program: &Program,
        pending: i64,
        locale: &Locale,
        base: &PublicUrl,
    ) -> Result<Self, BadSender> {
        let kind = OccasionKind::Confirmation;
        let page = format!("/notices/{}", program.id);
        let about = About { page, label: kind.as_str(), confirms: Some(pending) };
        Self::about(program, &about, kind, locale, base)
    }

    /// Of a mail about somebody's own webhook.
    pub fn of_webhook(
        program: &Program,
        locale: &Locale,
        base: &PublicUrl,
    ) -> Result<Self, BadSender> {
        let kind = OccasionKind::Webhook;
        let page = format!("/notices/{}", program.id);
        let about = About { page, label: kind.as_str(), confirms: None };
        Self::about(program, &about, kind, locale, base)
    }

    /// Of a mail to the office about environments that are not as declared.
    pub fn of_drift(
        program: &Program,
        locale: &Locale,
        base: &PublicUrl,
    ) -> Result<Self, BadSender> {
        let kind = OccasionKind::Drift;
        let page = format!("/office/drift?program={}", program.id);
        let about = About { page, label: kind.as_str(), confirms: None };
        Self::about(program, &about, kind, locale, base)
    }

    /// Of a mail that bundles several.
    pub fn of_digest(
        program: &Program,
        locale: &Locale,
        base: &PublicUrl,
    ) -> Result<Self, BadSender> {
        let kind = OccasionKind::Digest;
        let page = format!("/notices/{}{}", program.id, language(program, locale));
        let about = About { page, label: kind.as_str(), confirms: None };
        Self::about(program, &about, kind, locale, base)
    }

    fn about(
        program: &Program,
        about: &About<'_>,
        kind: OccasionKind,
        locale: &Locale,
        base: &PublicUrl,
    ) -> Result<Self, BadSender> {
        let program = program.head_in_locale(locale);
        let settings = &program.settings;
        let sender = &settings.sender;
        let name = clean_field(sender.name.as_ref().unwrap_or(&settings.office.name));
        let from = Mailbox::new(Some(name), address(&sender.address)?);
        let reply_to = match &sender.reply_to {
            Some(reply_to) => Mailbox::new(None, address(reply_to)?),
            None => from.clone(),
        };
        let domain = sender.address.domain().to_owned();
        let archive = base.join(&format!("/notices/{}", program.id));
        let contact = settings.contact.email.as_ref();
        Ok(Self {
            kind,
            program: program.id.clone(),
            greeting: settings.greeting(locale).to_owned(),
            page: base.join(&about.page),
            confirms: about.confirms,
            is_list: !matches!(
                kind,
                OccasionKind::Confirmation | OccasionKind::Escalated | OccasionKind::Drift
            ),
            calendar_name: format!("{}.ics", about.label),
            help: contact.map_or_else(|| archive.clone(), mailto),
            list_id: format!("{}.notices.{domain}", label(program.id.as_str())),
            feedback_id: format!(
                "{}:{}:{}:fairwarning",
                kind.as_str(),
                label(about.label),
                label(program.id.as_str())
            ),
            base: base.clone(),
            language: language(&program, locale),
            archive,
            from,
            reply_to,
            domain,
        })
    }

    pub fn notice_page(&self, notice: &NoticePath) -> String {
        self.base.join(&format!("/notices/{notice}{}", self.language))
    }

    /// Where one click ends a subscription (RFC 8058).
    pub fn unsubscribe_page(&self, token: &str) -> String {
        self.base.join(&format!("/u/{token}"))
    }

    /// Where somebody says that what they were reminded of is done.
    pub fn done_page(&self, token: &str) -> String {
        self.base.join(&format!("/done/{token}"))
    }

    /// Where what is heard, and how, can be changed.
    pub fn preferences_page(&self, token: &str) -> String {
        // Whoever looks at a test has no preferences by it, and may ask for some.
        if self.kind == OccasionKind::Test {
            return self.base.join(&format!("/subscribe?program={}", self.program));
        }
        self.base.join(&format!("/preferences/{token}"))
    }

    pub fn confirm_page(&self, token: &str) -> String {
        self.base.join(&format!("/confirm/{token}"))
    }

    /// The headers by which a list is recognised, the same for all its readers. A
    /// confirmation is no mail of a list: whoever gets it is on none yet; and
    /// neither is the office on its own.
    pub fn list_headers(&self) -> Vec<HeaderValue> {
        let mut headers = vec![
            fixed("Auto-Submitted", "auto-generated".to_owned()),
            fixed("Feedback-ID", self.feedback_id.clone()),
        ];
        if self.is_list {
            headers.extend([
                fixed("List-Id", format!("<{}>", self.list_id)),
                fixed("List-Help", format!("<{}>", self.help)),
                fixed("List-Archive", format!("<{}>", self.archive)),
                fixed("List-Post", "NO".to_owned()),
                fixed("Precedence", "list".to_owned()),
            ]);
        }
        headers
    }

    /// The headers by which one reader leaves the list.
    pub fn leaving_headers(&self, unsubscribe_token: &str) -> Vec<HeaderValue> {
        if !self.is_list {
            return Vec::new();
        }
        let leave_page = self.unsubscribe_page(unsubscribe_token);
        let leave_mail = format!(
            "{}?subject=unsubscribe%20{unsubscribe_token}",
            mailto_parts(self.reply_to.email.user(), self.reply_to.email.domain())
        );
        vec![
            fixed("List-Unsubscribe", format!("<{leave_page}>,\r\n <{leave_mail}>")),
            fixed("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()),
        ]
    }
}

/// Whoever was written to in one language is not asked for another.
fn language(program: &Program, locale: &Locale) -> String {
    match program.settings.locales.len() {
        0 | 1 => String::new(),
        _ => format!("?lang={locale}"),
    }
}

/// A header whose value is made of checked parts alone, and needs no encoding.
fn fixed(name: &'static str, value: String) -> HeaderValue {
    let name = HeaderName::new_from_ascii_str(name);
    HeaderValue::dangerous_new_pre_encoded(name, value.clone(), value)
}

pub(super) fn address(address: &EmailAddress) -> Result<lettre::Address, BadSender> {
    lettre::Address::new(address.local_part(), address.domain())
        .map_err(|_| BadSender(address.clone()))
}

fn mailto(address: &EmailAddress) -> String {
    mailto_parts(address.local_part(), address.domain())
}

fn mailto_parts(local: &str, domain: &str) -> String {
    let local: String = url::form_urlencoded::byte_serialize(local.as_bytes()).collect();
    format!("mailto:{local}@{domain}")
}

/// An id as one label of a domain-like name: it may hold dots, which would
/// make several of it.
fn label(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

/// Text for one header: no line break or other control character can begin a
/// header of its own, and what stands after it is not turned round.
pub(super) fn clean_field(text: &str) -> String {
    let straight = text.chars().filter(|c| !is_direction(*c));
    let spaced: String = straight.map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words: Vec<&str> = spaced.split_whitespace().collect();
    words.join(" ").chars().take(MAX_FIELD_CHARS).collect()
}

/// The characters that turn the direction of the text after them (UAX #9 §2).
fn is_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
