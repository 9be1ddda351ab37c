//! Which versions of TLS one address accepts: a hello for each, and what is made of the answers.
//!
//! That nothing came, or an end, says something of a version only beside a connection that the
//! server does take. Where it takes none, nothing is known of any.

use super::offer::{Choice, client_hello};
use super::pace::Pace;
use super::server_hello::{Answer, AnswerReader};
use crate::notice::{Acceptance, Refusal, TlsVersion, alert_name};
use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

/// What is likeliest to be accepted comes first: it serves as the control of the others.
const ORDER: [TlsVersion; 5] =
    [TlsVersion::Tls12, TlsVersion::Tls13, TlsVersion::Tls10, TlsVersion::Tls11, TlsVersion::Ssl3];
/// After so many silent answers in a row the rest is asked at once: it would take minutes.
const PATIENCE: usize = 2;
/// How often it is looked again where the connection ended without an answer, the first included.
const ATTEMPTS: usize = 3;
/// Alerts that may mean the ciphers rather than the version: `handshake_failure`,
/// `insufficient_security`, `internal_error`.
const PERHAPS_CIPHERS: [u8; 3] = [40, 71, 80];

const STALLED: &str = "it chose the version and did not go on in time";

/// Whom to ask, and how.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target<'a> {
    pub address: SocketAddr,
    /// As the URL has it; it is sent as a server name unless it is an address.
    pub host: &'a str,
    /// Of each connection, from its first packet to the last byte of the answer.
    pub timeout: Duration,
    pub pace: &'a Pace,
}

impl Target<'_> {
    /// The name to ask for (RFC 6066 §3): none where the host is an address.
    pub fn server_name(&self) -> Option<&str> {
        let is_address =
            self.host.starts_with('[') || self.host.parse::<std::net::IpAddr>().is_ok();
        (!is_address).then(|| self.host.trim_end_matches('.'))
    }

    /// Connects, when it is this host's turn. The second value is when all must be over.
    pub async fn connect(&self) -> Result<(TcpStream, Instant), Reply> {
        self.pace.turn(self.host).await;
        let ends_at = Instant::now() + self.timeout;
        match timeout_at(ends_at, TcpStream::connect(self.address)).await {
            Ok(Ok(stream)) => Ok((stream, ends_at)),
            Ok(Err(error)) => Err(Reply::NoConnection(error.to_string())),
            Err(_) => Err(Reply::NoConnection(format!("no connection within {:?}", self.timeout))),
        }
    }
}

/// What one hello met with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reply {
    Said(Answer),
    Closed,
    Reset,
    Silent,
    NoConnection(String),
}

impl Reply {
    /// Whether the next attempt may have another answer. A timeout is never waited for twice.
    fn is_worth_repeating(&self) -> bool {
        matches!(self, Self::Closed | Self::Reset | Self::NoConnection(_))
    }

    fn is_accepted(&self) -> bool {
        *self == Self::Said(Answer::Accepted)
    }

    /// As a person would say it, behind "it".
    pub(super) fn told(&self) -> String {
        match self {
            Self::Said(Answer::Accepted) => "accepted it".to_owned(),
            Self::Said(Answer::Lower(version)) => format!("chose {version}"),
            Self::Said(Answer::Alert(code)) => {
                format!("answered alert {code} ({})", alert_name(*code))
            }
            Self::Said(Answer::NotTls) => "answered something that is not TLS".to_owned(),
            Self::Said(Answer::Broken(how)) => format!("broke the protocol: {how}"),
            Self::Closed => "closed the connection".to_owned(),
            Self::Reset => "reset the connection".to_owned(),
            Self::Silent => "did not answer in time".to_owned(),
            Self::NoConnection(why) => format!("took no connection: {why}"),
        }
    }
}

/// What each version met with at an address; an error where no connection was taken at all.
pub(super) async fn transport(
    target: Target<'_>,
) -> Result<BTreeMap<TlsVersion, Acceptance>, String> {
    let mut replies = ask_each(target).await?;
    let accepted = |replies: &BTreeMap<_, Reply>| {
        ORDER.into_iter().find(|version| replies.get(version).is_some_and(Reply::is_accepted))
    };
    for _ in 1..ATTEMPTS {
        // Where a control is known, what ended is looked at again beside it, below.
        if accepted(&replies).is_some() {
            break;
        }
        for (version, reply) in &mut replies {
            if reply.is_worth_repeating() {
                *reply = ask(target, *version).await;
            }
        }
    }
    let Some(control) = accepted(&replies) else {
        return Ok(replies
            .into_iter()
            .map(|(version, reply)| (version, nothing(&reply)))
            .collect());
    };
    let mut found = BTreeMap::new();
    for (version, reply) in replies {
        found.insert(version, beside_control(target, control, version, reply).await);
    }
    Ok(found)
}

async fn ask_each(target: Target<'_>) -> Result<BTreeMap<TlsVersion, Reply>, String> {
    let mut replies = BTreeMap::new();
    for version in ORDER {
        if replies.len() == PATIENCE && replies.values().all(|reply| *reply == Reply::Silent) {
            break;
        }
        let reply = ask(target, version).await;
        match reply {
            // Nobody is there, or nobody can be reached: the other versions change nothing.
            Reply::NoConnection(_) if replies.is_empty() => {
                match ask(target, version).await {
                    Reply::NoConnection(why) => return Err(why),
                    reply => replies.insert(version, reply),
                };
            }
            reply => _ = replies.insert(version, reply),
        }
    }
    let left = ORDER.into_iter().filter(|version| !replies.contains_key(version));
    let asked = left.map(|version| async move { (version, ask(target, version).await) });
    let rest = futures_util::future::join_all(asked).await;
    replies.extend(rest);
    Ok(replies)
}

/// Once, or twice where other ciphers might be what is missing.
async fn ask(target: Target<'_>, version: TlsVersion) -> Reply {
    let reply = say_hello(target, version, Choice::Usual).await;
    match reply {
        Reply::Said(Answer::Alert(code)) if PERHAPS_CIPHERS.contains(&code) => {
            let again = say_hello(target, version, Choice::Unusual).await;
            if again.is_accepted() { again } else { reply }
        }
        reply => reply,
    }
}

/// Twice where the connection ended, or a server that takes every second one would seem to refuse
/// whatever is asked for in turns with something else.
async fn ask_again(target: Target<'_>, version: TlsVersion) -> Reply {
    match ask(target, version).await {
        reply if reply.is_worth_repeating() => ask(target, version).await,
        reply => reply,
    }
}

async fn say_hello(target: Target<'_>, version: TlsVersion, choice: Choice) -> Reply {
    let mut randomness = [0; 64];
    if let Err(error) = getrandom::fill(&mut randomness) {
        return Reply::NoConnection(format!("no randomness: {error}"));
    }
    let hello = client_hello(version, choice, target.server_name(), &randomness);
    let (mut stream, ends_at) = match target.connect().await {
        Ok(connected) => connected,
        Err(reply) => return reply,
    };
    let mut reader = AnswerReader::new(version);
    match timeout_at(ends_at, exchange(&mut stream, &hello, &mut reader)).await {
        Ok(reply) => reply,
        Err(_) if reader.has_chosen() => Reply::Said(Answer::Broken(STALLED)),
        Err(_) => reader.ended().map_or(Reply::Silent, Reply::Said),
    }
}

async fn exchange(stream: &mut TcpStream, hello: &[u8], reader: &mut AnswerReader) -> Reply {
    let ended = |reader: &AnswerReader, otherwise| reader.ended().map_or(otherwise, Reply::Said);
    // A server that closed at once may have said why; so the answer is read in any case.
    let written = stream.write_all(hello).await;
    let mut bytes = [0; 4096];
    loop {
        match stream.read(&mut bytes).await {
            Ok(0) if is_reset(&written) => return ended(reader, Reply::Reset),
            Ok(0) => return ended(reader, Reply::Closed),
            Ok(count) => {
                if let Some(answer) = reader.read(&bytes[..count]) {
                    return Reply::Said(answer);
                }
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return ended(reader, Reply::Reset),
        }
    }
}

fn is_reset(written: &io::Result<()>) -> bool {
    let kind = written.as_ref().err().map(io::Error::kind);
    matches!(kind, Some(ErrorKind::ConnectionReset | ErrorKind::BrokenPipe))
}

/// Nothing was accepted: none of the answers tells a version that is off from a server that is.
fn nothing(reply: &Reply) -> Acceptance {
    let why = format!("it {}, and accepted no other version either", reply.told());
    Acceptance::Undetermined { why }
}

/// What a reply means at a server that accepts `control`.
async fn beside_control(
    target: Target<'_>,
    control: TlsVersion,
    version: TlsVersion,
    mut reply: Reply,
) -> Acceptance {
    for _ in 1..ATTEMPTS {
        if let Some(settled) = settled(&reply) {
            return settled;
        }
        let beside = ask_again(target, control).await;
        if !beside.is_accepted() {
            let (first, then) = (reply.told(), beside.told());
            let why = format!("it {first}, and {then} when asked for {control} again");
            return Acceptance::Undetermined { why };
        }
        if reply == Reply::Silent {
            return Acceptance::Refused { by: Refusal::Silent };
        }
        reply = ask_again(target, version).await;
    }
    let last = match reply {
        Reply::Closed => Some(Refusal::Closed),
        Reply::Reset => Some(Refusal::Reset),
        _ => None,
    };
    let refused = last.map(|by| Acceptance::Refused { by });
    refused.or_else(|| settled(&reply)).unwrap_or_else(|| unknown(&reply))
}

/// What a reply means by itself.
fn settled(reply: &Reply) -> Option<Acceptance> {
    let refusal = match reply {
        Reply::Said(Answer::Accepted) => return Some(Acceptance::Accepted),
        Reply::Said(Answer::Lower(chosen)) => Refusal::Lower { version: *chosen },
        Reply::Said(Answer::Alert(code)) => Refusal::Alert { code: *code },
        Reply::Said(Answer::NotTls) => Refusal::NotTls,
        Reply::Said(Answer::Broken(_)) => return Some(unknown(reply)),
        Reply::Closed | Reply::Reset | Reply::Silent | Reply::NoConnection(_) => return None,
    };
    Some(Acceptance::Refused { by: refusal })
}

fn unknown(reply: &Reply) -> Acceptance {
    Acceptance::Undetermined { why: format!("it {}", reply.told()) }
}
