//! From a form and one recipient to the finished bytes of a message.
//!
//! What leaves here is what is signed, and sent: CRLF line ends alone, ASCII
//! alone but for mailboxes that have no ASCII form, and no line beyond the
//! limits of RFC 5322.

use super::form::Form;
use super::letterhead::{BadSender, Letterhead, address, clean_field};
use crate::links::{Keys, Token};
use crate::notice::{PartSlot, Slot, fill_slots, greet};
use crate::store::{Claimed, Member};
use chrono::{DateTime, Utc};
use lettre::message::header::{self, Date, Headers, InReplyTo, MessageId, References, Subject};
use lettre::message::{Mailbox, Mailboxes};
use std::collections::HashMap;
use std::time::SystemTime;

#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    #[error(transparent)]
    Sender(#[from] BadSender),
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
    pub form: &'a Form,
    /// The messages in it, where it is a digest.
    pub members: &'a [Member],
    pub keys: &'a Keys,
    pub now: DateTime<Utc>,
}

impl Stationery<'_> {
    pub fn compose(&self, claimed: &Claimed) -> Result<Finished, ComposeError> {
        let letterhead = self.letterhead;
        let bounce = self.keys.sign(&Token::Bounce { row: claimed.row });
        let unsubscribe = self.keys.sign(&Token::Unsubscribe {
            subscriber: claimed.addressee,
            program: letterhead.program.clone(),
        });
        let to = address(&claimed.address)?;
        let name = claimed.name.as_deref().map(clean_field).filter(|name| !name.is_empty());
        let greeting = greet(&clean_field(&letterhead.greeting), name.as_deref());
        let leave = letterhead.unsubscribe_page(&unsubscribe);
        let subscriber = claimed.addressee;
        let change =
            letterhead.preferences_page(&self.keys.sign(&Token::Preferences { subscriber }));
        let confirm = letterhead
            .confirms
            .map(|pending| letterhead.confirm_page(&self.keys.sign(&Token::Confirm { pending })));
        let done = self.keys.sign(&Token::Acknowledge { row: claimed.row });
        let done = letterhead.done_page(&done);
        // Whoever is written to on somebody's behalf tries on their behalf.
        let rehearse = self.keys.sign(&Token::Rehearse { subscriber: claimed.recipient });
        let first = claimed.first_contact.as_ref();
        let (shown, told_on) = first.map_or((String::new(), ""), |first| {
            (clean_field(&first.shown), first.told_on.as_str())
        });
        let parts = self.parts();
        let values = |slot: Slot| match slot {
            Slot::Greeting => greeting.as_str(),
            Slot::YourApis => claimed.apis.as_str(),
            Slot::Unsubscribe => leave.as_str(),
            Slot::Preferences => change.as_str(),
            Slot::Page => letterhead.page.as_str(),
            Slot::Confirm => confirm.as_deref().unwrap_or_default(),
            Slot::Done => done.as_str(),
            Slot::Rehearse => rehearse.as_str(),
            Slot::FirstContact => shown.as_str(),
            Slot::ToldOn => told_on,
            Slot::Part(..) => parts.get(&slot).map_or("", String::as_str),
        };
        let mut headers = Headers::new();
        headers.set(Date::from(SystemTime::from(self.now)));
        headers.set(header::To::from(Mailboxes::from(Mailbox::new(name, to.clone()))));
        headers.set(Subject::from(clean_field(&fill_slots(&self.form.subject, values))));
        headers.set(MessageId::from(format!("<{}>", claimed.message_id)));
        if let Some(thread) = &claimed.thread {
            let first = format!("<{thread}>");
            headers.set(InReplyTo::from(first.clone()));
            headers.set(References::from(first));
        }
        for header in letterhead.leaving_headers(&unsubscribe) {
            headers.insert_raw(header);
        }
        let bytes = self.form.fill(&headers, values);
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
}
