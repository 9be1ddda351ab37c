//! One message over one SMTP connection, and what its end means.

use super::compose::Finished;
use super::reply::{Refusal, exchange, kept};
use super::server::ServerFault;
use super::wire::Sent;
use crate::notice::Reply;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{MailParameter, RcptParameter};
use lettre::transport::smtp::response::Response;
use std::borrow::Cow;
use std::fmt::{self, Display};
use std::time::Duration;

/// A server may take long over the whole message: cutting it short here makes
/// two copies there (RFC 5321 §4.5.3.2.6).
const FINAL_REPLY_FACTOR: u32 = 2;

/// The server waits for the content.
const GO_ON: u16 = 354;

/// What ends the content, with the line end before it.
const FINAL_DOT: &str = "\r\n.\r\n";

/// How an attempt ended that was not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    Deferred(String),
    Rejected(String),
    /// Rejected in words that mean that nobody can be reached there.
    Gone(String),
    /// The final dot was sent and no reply came: it may have arrived.
    Unknown(String),
    /// Nothing was said about this message.
    Server(ServerFault),
    /// The server had closed the idle connection; the message was not begun.
    Stale,
}

/// What a refusal is an answer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Recipient,
    Message,
}

impl Step {
    /// A bare 550 is about the recipient only where the recipient was named.
    fn speaks_of_a_lost_mailbox(self, reply: &str) -> bool {
        let reply = Reply::read(reply);
        let is_bare = reply.status.is_none();
        (self == Self::Recipient || !is_bare) && reply.means_mailbox_is_gone()
    }
}

pub(super) struct Connection {
    dialogue: AsyncSmtpConnection,
    sent: Sent,
    offers_dsn: bool,
    offers_pipelining: bool,
    offers_utf8: bool,
    timeout: Duration,
    /// Messages begun on it.
    used: u64,
    is_broken: bool,
}

impl Connection {
    /// `sent` counts what goes over the stream under the dialogue.
    pub fn new(
        (dialogue, sent): (AsyncSmtpConnection, Sent),
        offers: &Response,
        timeout: Duration,
    ) -> Self {
        let offers = |keyword: &str| {
            let first_word = |line: &str| line.split_whitespace().next().map(str::to_owned);
            offers.message().filter_map(first_word).any(|word| word.eq_ignore_ascii_case(keyword))
        };
        Self {
            offers_dsn: offers("DSN"),
            offers_pipelining: offers("PIPELINING"),
            offers_utf8: offers("SMTPUTF8"),
            dialogue,
            sent,
            timeout,
            used: 0,
            is_broken: false,
        }
    }

    pub fn is_broken(&self) -> bool {
        self.is_broken
    }

    /// Sends one message to one recipient; the server's reply if it was accepted.
    pub async fn send(&mut self, message: &Finished) -> Result<String, Failure> {
        let needs_utf8 = !message.envelope_to.to_string().is_ascii();
        if needs_utf8 && !self.offers_utf8 {
            let reason = "the mail server takes no addresses beyond ASCII (SMTPUTF8)";
            return Err(Failure::Rejected(reason.to_owned()));
        }
        self.used += 1;
        self.envelope(message, needs_utf8).await?;
        self.content(&message.bytes).await
    }

    async fn ask(&mut self, command: impl Display) -> Result<Response, Refusal> {
        exchange(self.timeout, self.dialogue.command(command)).await
    }

    async fn next_reply(&mut self) -> Result<Response, Refusal> {
        exchange(self.timeout, self.dialogue.read_response()).await
    }

    /// MAIL, RCPT and DATA. A server that takes them at once (RFC 2920) gets them
    /// at once: a message takes two round trips then, and not four.
    async fn envelope(&mut self, message: &Finished, needs_utf8: bool) -> Result<(), Failure> {
        let parameters = self.sender_parameters(message, needs_utf8);
        let mail = Mail::new(Some(message.envelope_from.clone()), parameters);
        let rcpt = Rcpt::new(message.envelope_to.clone(), self.recipient_parameters(message));
        let at_once = self.offers_pipelining;
        let asked = match at_once {
            true => self.ask(format!("{mail}{rcpt}{Data}")).await,
            false => self.ask(mail).await,
        };
        if let Err(refusal) = asked {
            self.pass_over(if at_once { 2 } else { 0 }).await;
            return Err(self.judge_sender(refusal).await);
        }
        let asked = if at_once { self.next_reply().await } else { self.ask(rcpt).await };
        if let Err(refusal) = asked {
            self.pass_over(usize::from(at_once)).await;
            return Err(self.judge(refusal, Step::Recipient).await);
        }
        let asked = if at_once { self.next_reply().await } else { self.ask(Data).await };
        match asked {
            Ok(_) => Ok(()),
            Err(refusal) => Err(self.judge(refusal, Step::Message).await),
        }
    }

    /// Reads the replies to commands that a refusal made void. Whoever waits for
    /// content nevertheless gets none (RFC 2920 §3.1).
    async fn pass_over(&mut self, replies: usize) {
        for _ in 0..replies {
            let reply = match self.next_reply().await {
                Ok(reply) if u16::from(reply.code()) == GO_ON => self.ask(".\r\n").await,
                other => other,
            };
            if let Err(Refusal::Broken(_)) = reply {
                self.is_broken = true;
                return;
            }
        }
    }

    async fn judge_sender(&mut self, refusal: Refusal) -> Failure {
        let is_first = self.used == 1;
        match &refusal {
            Refusal::Broken(_) => {
                self.is_broken = true;
                if is_first { server_fault("MAIL", &refusal) } else { Failure::Stale }
            }
            // 552: this message is too large. Any other permanent refusal of
            // the sender holds for the next message as well.
            Refusal::Permanent { code: 552, reply } => {
                self.reset().await;
                Failure::Rejected(reply.clone())
            }
            Refusal::Transient { reply, .. } if !refusal.is_about_server() => {
                self.reset().await;
                Failure::Deferred(reply.clone())
            }
            _ => {
                self.is_broken = true;
                server_fault("MAIL", &refusal)
            }
        }
    }

    async fn content(&mut self, bytes: &[u8]) -> Result<String, Failure> {
        // It ends with a line end of its own.
        let content = Content(bytes.strip_suffix(b"\r\n").unwrap_or(bytes));
        let before = self.sent.bytes();
        let sending = self.dialogue.command(&content);
        match exchange(self.timeout * FINAL_REPLY_FACTOR, sending).await {
            Ok(response) => Ok(kept(&response)),
            // Under TLS more bytes go than these: when in doubt, it may have arrived.
            Err(Refusal::Broken(reason)) if self.sent.bytes() - before >= content.least_bytes() => {
                self.is_broken = true;
                Err(Failure::Unknown(format!("after the final dot: {reason}")))
            }
            Err(refusal) => Err(self.judge(refusal, Step::Message).await),
        }
    }

    async fn judge(&mut self, refusal: Refusal, step: Step) -> Failure {
        if refusal.is_about_server() {
            self.is_broken = true;
            return Failure::Server(ServerFault(refusal.to_string()));
        }
        match refusal {
            Refusal::Transient { reply, .. } => {
                self.reset().await;
                Failure::Deferred(reply)
            }
            Refusal::Permanent { reply, .. } => {
                self.reset().await;
                if step.speaks_of_a_lost_mailbox(&reply) {
                    Failure::Gone(reply)
                } else {
                    Failure::Rejected(reply)
                }
            }
            Refusal::Broken(reason) => {
                self.is_broken = true;
                Failure::Deferred(format!("before the message was complete: {reason}"))
            }
        }
    }

    /// So that the next message begins afresh.
    async fn reset(&mut self) {
        self.is_broken = self.is_broken || self.ask(Rset).await.is_err();
    }

    /// Takes leave. Nothing depends on the answer.
    pub async fn quit(mut self) {
        if !self.is_broken {
            let _ = exchange(self.timeout, self.dialogue.quit()).await;
        }
    }

    fn sender_parameters(&self, message: &Finished, needs_utf8: bool) -> Vec<MailParameter> {
        let mut parameters = Vec::new();
        if needs_utf8 {
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if self.offers_dsn {
            let other = |keyword: &str, value: &str| MailParameter::Other {
                keyword: keyword.to_owned(),
                value: Some(value.to_owned()),
            };
            parameters.push(other("RET", "HDRS"));
            parameters.push(other("ENVID", message.envelope_from.user()));
        }
        parameters
    }

    fn recipient_parameters(&self, message: &Finished) -> Vec<RcptParameter> {
        if !self.offers_dsn {
            return Vec::new();
        }
        let other = |keyword: &str, value: String| RcptParameter::Other {
            keyword: keyword.to_owned(),
            value: Some(value),
        };
        let mut parameters = vec![other("NOTIFY", "FAILURE,DELAY".to_owned())];
        let to = message.envelope_to.to_string();
        if to.is_ascii() {
            parameters.push(other("ORCPT", format!("rfc822;{to}")));
        }
        parameters
    }
}

/// A message's content as it goes over the wire, with its end: the library takes
/// it as one more command, and so in one piece.
struct Content<'a>(&'a [u8]);

impl Content<'_> {
    fn least_bytes(&self) -> u64 {
        (self.0.len() + FINAL_DOT.len()) as u64
    }
}

impl Display for Content<'_> {
    /// A dot that begins a line is doubled (RFC 5321 §4.5.2).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let content = match std::str::from_utf8(self.0) {
            Ok(content) => Cow::Borrowed(content),
            Err(_) => String::from_utf8_lossy(self.0),
        };
        if content.starts_with('.') {
            f.write_str(".")?;
        }
        let mut rest = &*content;
        while let Some(at) = memchr::memmem::find(rest.as_bytes(), b"\n.") {
            let (before, after) = rest.split_at(at + 2);
            f.write_str(before)?;
            f.write_str(".")?;
            rest = after;
        }
        f.write_str(rest)?;
        f.write_str(FINAL_DOT)
    }
}

fn server_fault(step: &str, refusal: &Refusal) -> Failure {
    Failure::Server(ServerFault(format!("the mail server fails at {step}: {refusal}")))
}
