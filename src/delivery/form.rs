//! A message as it is printed once for all its readers: what is the same for
//! each of them is encoded once, and the lines that differ are left open.
//!
//! MIME and quoted-printable are the library's. What is done here is cutting its
//! output at the open lines. It knows neither recipients nor links.

use super::letterhead::Letterhead;
use crate::notice::{Edition, SLOT_OPEN, Slot, escape_html, fill_slots};
use lettre::message::header::{
    self, ContentDisposition, ContentTransferEncoding, ContentType, Headers, MIME_VERSION_1_0,
    ReplyTo,
};
use lettre::message::{Body, Mailboxes, MultiPart, SinglePart};

/// Begins a boundary that no quoted-printable content can hold, whatever a
/// recipient is called (RFC 2045 §6.7).
const BOUNDARY: &str = "=_";

pub(super) struct Form {
    /// May hold slots.
    pub subject: String,
    /// The headers that all readers get, as they go over the wire.
    headers: String,
    /// What lies between the open lines, one more than there are of those; the
    /// first begins with the header Content-Type.
    fixed: Vec<Vec<u8>>,
    open: Vec<OpenLine>,
}

/// A line with slots, without its end.
struct OpenLine {
    text: String,
    is_html: bool,
}

impl Form {
    pub fn new(letterhead: &Letterhead, edition: &Edition) -> Self {
        let mut open = Vec::new();
        let content = content(letterhead, edition, &mut open).formatted();
        let mut headers = Headers::new();
        headers.set(header::From::from(Mailboxes::from(letterhead.from.clone())));
        headers.set(ReplyTo::from(Mailboxes::from(letterhead.reply_to.clone())));
        letterhead.list_headers().into_iter().for_each(|header| headers.insert_raw(header));
        headers.set(MIME_VERSION_1_0);
        let fixed = cut(&content);
        Self { subject: edition.subject.clone(), headers: headers.to_string(), fixed, open }
    }

    /// The message of one reader: their own headers, then everything else with
    /// their values in the open lines.
    pub fn fill<'v>(&self, own_headers: &Headers, values: impl Fn(Slot) -> &'v str) -> Vec<u8> {
        let fixed_bytes: usize = self.fixed.iter().map(Vec::len).sum();
        let mut filled = Vec::with_capacity(self.headers.len() + fixed_bytes + 4_096);
        filled.extend_from_slice(own_headers.to_string().as_bytes());
        filled.extend_from_slice(self.headers.as_bytes());
        for (number, fixed) in self.fixed.iter().enumerate() {
            filled.extend_from_slice(fixed);
            if let Some(line) = self.open.get(number) {
                let text = match line.is_html {
                    true => fill_slots(&line.text, |slot| escape_html(values(slot))),
                    false => fill_slots(&line.text, &values),
                };
                filled.extend(quoted_printable::encode(without_control(&text)));
            }
        }
        filled
    }
}

fn content(letterhead: &Letterhead, edition: &Edition, open: &mut Vec<OpenLine>) -> MultiPart {
    let mut part = |content_type: &str, text: &str, saved_as: Option<&str>| {
        let is_html = content_type.starts_with("text/html");
        let encoding = ContentTransferEncoding::QuotedPrintable;
        let body = Body::new_with_encoding(leave_open(text, is_html, open), encoding)
            .expect("quoted-printable can hold any text");
        let mut builder = SinglePart::builder()
            .header(ContentType::parse(content_type).expect("the types written here parse"));
        if let Some(name) = saved_as {
            builder = builder.header(ContentDisposition::attachment(name));
        }
        builder.body(body)
    };
    let alternative = MultiPart::alternative()
        .boundary(format!("{BOUNDARY}texts"))
        .singlepart(part("text/plain; charset=utf-8", &edition.text, None))
        .singlepart(part("text/html; charset=utf-8", &edition.html, None));
    let Some(calendar) = &edition.calendar else { return alternative };
    // What the object itself says (RFC 6047 §2.4).
    let method =
        if calendar.lines().any(|line| line == "METHOD:CANCEL") { "CANCEL" } else { "PUBLISH" };
    let content_type = format!("text/calendar; method={method}; charset=UTF-8");
    let name = Some(letterhead.calendar_name.as_str());
    MultiPart::mixed().boundary(format!("{BOUNDARY}parts")).multipart(alternative).singlepart(part(
        &content_type,
        calendar,
        name,
    ))
}

/// The text with one kind of line end, and with a mark in place of every line
/// that has slots. Nothing else can hold the mark: `declaration` refuses it.
fn leave_open(text: &str, is_html: bool, open: &mut Vec<OpenLine>) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines = text.split('\n').map(|line| {
        if line.contains(SLOT_OPEN) {
            open.push(OpenLine { text: line.to_owned(), is_html });
            return SLOT_OPEN.to_string();
        }
        without_control(line)
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// No control character that some mail server might take for a line end.
fn without_control(line: &str) -> String {
    line.chars().filter(|c| !c.is_control() || *c == '\t').collect()
}

/// What lies between the marks, which are not plain ASCII and so are encoded.
fn cut(content: &[u8]) -> Vec<Vec<u8>> {
    let mark = quoted_printable::encode(SLOT_OPEN.to_string());
    let mut fixed = Vec::new();
    let mut begin = 0;
    for at in memchr::memmem::find_iter(content, &mark) {
        fixed.push(content[begin..at].to_vec());
        begin = at + mark.len();
    }
    fixed.push(content[begin..].to_vec());
    fixed
}
