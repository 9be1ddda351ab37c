//! One message over one SMTP connection, and what its end means.

use super::compose::Finished;
use super::reply::{Refusal, exchange, kept};
use super::server::ServerFault;
use crate::notice::Reply;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{MailParameter, RcptParameter};
use lettre::transport::smtp::response::Response;
use std::time::Duration;

/// A server may take long over the whole message: cutting it short here makes
/// two copies there (RFC 5321 §4.5.3.2.6).
const FINAL_REPLY_FACTOR: u32 = 2;

/// Written at once, so that a broken connection is noticed on the way.
const PIECE_BYTES: usize = 64 * 1024;

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
    offers_dsn: bool,
    offers_utf8: bool,
    timeout: Duration,
    /// Messages begun on it.
    used: u64,
    is_broken: bool,
}

impl Connection {
    pub fn new(dialogue: AsyncSmtpConnection, offers: &Response, timeout: Duration) -> Self {
        let offers = |keyword: &str| {
            let first_word = |line: &str| line.split_whitespace().next().map(str::to_owned);
            offers.message().filter_map(first_word).any(|word| word.eq_ignore_ascii_case(keyword))
        };
        Self {
            offers_dsn: offers("DSN"),
            offers_utf8: offers("SMTPUTF8"),
            dialogue,
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
        self.announce_sender(message, needs_utf8).await?;
        let to = Rcpt::new(message.envelope_to.clone(), self.recipient_parameters(message));
        self.about_message(to, Step::Recipient).await?;
        self.about_message(Data, Step::Message).await?;
        self.content(&message.bytes).await
    }

    async fn announce_sender(
        &mut self,
        message: &Finished,
        needs_utf8: bool,
    ) -> Result<(), Failure> {
        let parameters = self.sender_parameters(message, needs_utf8);
        let from = Mail::new(Some(message.envelope_from.clone()), parameters);
        let refusal = match exchange(self.timeout, self.dialogue.command(from)).await {
            Ok(_) => return Ok(()),
            Err(refusal) => refusal,
        };
        let is_first = self.used == 1;
        Err(match &refusal {
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
        })
    }

    /// RCPT or DATA: a refusal concerns this message, unless it is the server's.
    async fn about_message(
        &mut self,
        command: impl std::fmt::Display,
        step: Step,
    ) -> Result<(), Failure> {
        match exchange(self.timeout, self.dialogue.command(command)).await {
            Ok(_) => Ok(()),
            Err(refusal) => Err(self.judge(refusal, step).await),
        }
    }

    async fn content(&mut self, bytes: &[u8]) -> Result<String, Failure> {
        // The library ends the content with a line end of its own.
        let bytes = bytes.strip_suffix(b"\r\n").unwrap_or(bytes);
        let mut pieces = bytes.chunks(PIECE_BYTES);
        let mut is_whole = false;
        let sending = self.dialogue.message_iter(std::iter::from_fn(|| {
            let piece = pieces.next();
            is_whole = piece.is_none();
            piece
        }));
        match exchange(self.timeout * FINAL_REPLY_FACTOR, sending).await {
            Ok(response) => Ok(kept(&response)),
            Err(Refusal::Broken(reason)) if is_whole => {
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
        let done = exchange(self.timeout, self.dialogue.command(Rset)).await;
        self.is_broken = self.is_broken || done.is_err();
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

fn server_fault(step: &str, refusal: &Refusal) -> Failure {
    Failure::Server(ServerFault(format!("the mail server fails at {step}: {refusal}")))
}
