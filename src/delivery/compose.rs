//! From an edition and one recipient to the finished bytes of a message.
//!
//! What leaves here is what is signed and sent: CRLF line ends alone, ASCII
//! alone but for mailboxes that have no ASCII form, and no line beyond the
//! limits of RFC 5322.

use super::dkim::{Signer, SigningFailed};
use super::letterhead::{BadSender, Letterhead, address, clean_field};
use crate::links::{Keys, Token};
use crate::notice::{Edition, PartSlot, Slot, escape_html, fill_slots, greet};
use crate::store::{Claimed, Member};
use chrono::{DateTime, Utc};
use lettre::message::header::{ContentDisposition, ContentTransferEncoding, ContentType};
use lettre::message::{Body, Mailbox, Message, MultiPart, SinglePart};
use std::collections::HashMap;
use std::time::SystemTime;

#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    #[error(transparent)]
    Sender(#[from] BadSender),
    #[error("the message cannot be put together: {0}")]
    Message(#[from] lettre::error::Error),
    #[error(transparent)]
    Signing(#[from] SigningFailed),
}

/// A message as it goes over the wire, but for the dots that SMTP doubles.
pub(super) struct Finished {
    /// `bounce+TOKEN@DOMAIN`, which says to which message a bounce belongs.
    pub envelope_from: lettre::Address,
    pub envelope_to: lettre::Address,
    pub bytes: Vec<u8>,
}

/// What composing needs beside the message's own facts.
pub(super) struct Stationery<'a> {
    pub letterhead: &'a Letterhead,
    pub edition: &'a Edition,
    /// The messages in it, where it is a digest.
    pub members: &'a [Member],
    pub keys: &'a Keys,
    pub signer: Option<&'a Signer>,
    pub now: DateTime<Utc>,
}

impl Stationery<'_> {
    pub fn compose(&self, claimed: &Claimed) -> Result<Finished, ComposeError> {
        let letterhead = self.letterhead;
        let bounce = self.keys.sign(&Token::Bounce { row: claimed.row });
        let unsubscribe = self.keys.sign(&Token::Unsubscribe {
            subscriber: claimed.recipient,
            program: letterhead.program.clone(),
        });
        let to = address(&claimed.address)?;
        let name = claimed.name.as_deref().map(clean_field).filter(|name| !name.is_empty());
        let greeting = greet(&clean_field(&letterhead.greeting), name.as_deref());
        let leave = letterhead.unsubscribe_page(&unsubscribe);
        let subscriber = claimed.recipient;
        let change =
            letterhead.preferences_page(&self.keys.sign(&Token::Preferences { subscriber }));
        let confirm = letterhead
            .confirms
            .map(|pending| letterhead.confirm_page(&self.keys.sign(&Token::Confirm { pending })));
        let done = self.keys.sign(&Token::Acknowledge { row: claimed.row });
        let done = letterhead.done_page(&done);
        let parts = self.parts();
        let values = |slot: Slot| match slot {
            Slot::Greeting => greeting.as_str(),
            Slot::YourApis => claimed.apis.as_str(),
            Slot::Unsubscribe => leave.as_str(),
            Slot::Preferences => change.as_str(),
            Slot::Page => letterhead.page.as_str(),
            Slot::Confirm => confirm.as_deref().unwrap_or_default(),
            Slot::Done => done.as_str(),
            Slot::Part(..) => parts.get(&slot).map_or("", String::as_str),
        };
        let mut builder = Message::builder()
            .date(SystemTime::from(self.now))
            .from(letterhead.from.clone())
            .reply_to(letterhead.reply_to.clone())
            .to(Mailbox::new(name, to.clone()))
            .subject(clean_field(&fill_slots(&self.edition.subject, values)))
            .message_id(Some(format!("<{}>", claimed.message_id)));
        if let Some(thread) = &claimed.thread {
            let first = format!("<{thread}>");
            builder = builder.in_reply_to(first.clone()).references(first);
        }
        for header in letterhead.list_headers(&unsubscribe) {
            builder = builder.raw_header(header);
        }
        let message = builder.multipart(self.body(values))?;
        let mut bytes = message.formatted();
        if let Some(signer) = self.signer {
            bytes = signer.sign(bytes)?;
        }
        let envelope_from = format!("bounce+{bounce}");
        Ok(Finished {
            envelope_from: lettre::Address::new_dangerous(envelope_from, &letterhead.domain),
            envelope_to: to,
            bytes,
        })
    }

    /// Of a digest, what differs by recipient of each message in it.
    fn parts(&self) -> HashMap<Slot, String> {
        let value = |(slot, member): (Slot, &Member)| {
            let value = match slot {
                Slot::Part(PartSlot::Page, _) => self.letterhead.notice_page(&member.notice),
                Slot::Part(PartSlot::Done, _) => {
                    let token = self.keys.sign(&Token::Acknowledge { row: member.row });
                    self.letterhead.done_page(&token)
                }
                _ => member.apis.clone(),
            };
            (slot, value)
        };
        self.part_slots().map(value).collect()
    }

    fn part_slots(&self) -> impl Iterator<Item = (Slot, &Member)> {
        (0u16..)
            .zip(self.members)
            .flat_map(|(place, member)| PartSlot::ALL.map(|part| (Slot::Part(part, place), member)))
    }

    fn body<'v>(&self, values: impl Fn(Slot) -> &'v str) -> MultiPart {
        let text = fill_slots(&self.edition.text, &values);
        let slots = Slot::ALL.into_iter().chain(self.part_slots().map(|(slot, _)| slot));
        let escaped: Vec<_> = slots.map(|slot| (slot, escape_html(values(slot)))).collect();
        let value_in_html = |slot| {
            let found = escaped.iter().find(|(known, _)| *known == slot);
            found.map_or("", |(_, value)| value.as_str())
        };
        let html = fill_slots(&self.edition.html, value_in_html);
        let alternative = MultiPart::alternative()
            .singlepart(part("text/plain; charset=utf-8", text, None))
            .singlepart(part("text/html; charset=utf-8", html, None));
        let Some(calendar) = &self.edition.calendar else { return alternative };
        let calendar = fill_slots(calendar, &values);
        // What the object itself says (RFC 6047 §2.4).
        let method =
            if calendar.lines().any(|line| line == "METHOD:CANCEL") { "CANCEL" } else { "PUBLISH" };
        let content_type = &format!("text/calendar; method={method}; charset=UTF-8");
        let name = Some(self.letterhead.calendar_name.as_str());
        MultiPart::mixed().multipart(alternative).singlepart(part(content_type, calendar, name))
    }
}

fn part(content_type: &str, content: String, saved_as: Option<&str>) -> SinglePart {
    let encoding = ContentTransferEncoding::QuotedPrintable;
    let body = Body::new_with_encoding(normal_lines(&content), encoding)
        .expect("quoted-printable can hold any text");
    let mut builder = SinglePart::builder()
        .header(ContentType::parse(content_type).expect("the types written here parse"));
    if let Some(name) = saved_as {
        builder = builder.header(ContentDisposition::attachment(name));
    }
    builder.body(body)
}

/// One kind of line end, and no control character that some mail server might
/// take for one.
fn normal_lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}
