//! What a mail server's words mean for the address they are about.
//!
//! One policy for the answers a server gives at once and the reports that come
//! back later: an address is given up where the refusal speaks of the mailbox,
//! and not where it speaks of the message, its sender or the server.

use std::fmt;

/// An enhanced status code (RFC 3463): class, subject, detail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MailStatus {
    pub class: u8,
    pub subject: u16,
    pub detail: u16,
}

impl fmt::Display for MailStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

/// More than three digits stand for nothing (RFC 3463 §2).
const MAX_DIGITS: usize = 3;

impl MailStatus {
    /// One word such as `5.1.1`; whatever follows the digits is not looked at.
    pub fn parse(word: &str) -> Option<Self> {
        let mut parts = word.splitn(3, '.');
        let class = match parts.next()? {
            "2" => 2,
            "4" => 4,
            "5" => 5,
            _ => return None,
        };
        let subject = number(parts.next()?)?;
        let last = parts.next()?;
        let digits = last.find(|c: char| !c.is_ascii_digit()).unwrap_or(last.len());
        // 5.1.1.2 is an address or a version, and no status.
        if last[digits..].starts_with('.') {
            return None;
        }
        Some(Self { class, subject, detail: number(&last[..digits])? })
    }

    /// Whether it says that nobody can be reached there, now or later.
    ///
    /// 5.1.x is about the address, but for 5.1.4 (ambiguous), 5.1.7 and 5.1.8
    /// (the sender's address); 5.2.1 is a mailbox that was disabled. A full
    /// mailbox (5.2.2) may be emptied, a network (5.4.x) mended, and a policy
    /// (5.7.x) is about us: suppressing by it would silence readers because of
    /// a block list.
    pub fn means_mailbox_is_gone(self) -> bool {
        self.class == 5 && matches!((self.subject, self.detail), (1, 0..=3 | 6 | 10) | (2, 1))
    }

    fn says_nothing(self) -> bool {
        (self.subject, self.detail) == (0, 0)
    }
}

fn number(digits: &str) -> Option<u16> {
    (1..=MAX_DIGITS).contains(&digits.len()).then(|| digits.parse().ok())?
}

/// What a server said: the code of RFC 5321, the status of RFC 3463, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply {
    pub code: Option<u16>,
    pub status: Option<MailStatus>,
}

impl Reply {
    /// Reads `550 5.1.1 no such user`, where either may be missing.
    pub fn read(text: &str) -> Self {
        let mut words = text.split(|c: char| c.is_whitespace() || c == '-' || c == '#');
        let first = words.next().unwrap_or_default();
        let is_code = first.len() == 3 && first.bytes().all(|b| b.is_ascii_digit());
        let code = is_code.then(|| first.parse().ok()).flatten();
        let second = if is_code { words.next().unwrap_or_default() } else { first };
        Self { code, status: MailStatus::parse(second) }
    }

    /// Whether a refusal of the recipient means that nobody can be reached
    /// there. Where no status says so, the bare codes 550, 551 and 553 do.
    pub fn means_mailbox_is_gone(self) -> bool {
        match self.status.filter(|status| !status.says_nothing()) {
            Some(status) => status.means_mailbox_is_gone(),
            None => matches!(self.code, Some(550 | 551 | 553)),
        }
    }

    /// As it is recorded as a reason: codes alone, because a server's words may
    /// hold the address.
    pub fn shown(self) -> String {
        match (self.status, self.code) {
            (Some(status), _) => status.to_string(),
            (None, Some(code)) => code.to_string(),
            (None, None) => "no status".to_owned(),
        }
    }
}

/// `text` with every address in it masked, for logs.
pub fn mask_addresses(text: &str) -> String {
    let may_stand = |c: char| c.is_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c);
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let before = &rest[..at];
        let start = before.rfind(|c| !may_stand(c));
        let start = start.map_or(0, |i| i + before[i..].chars().next().map_or(1, char::len_utf8));
        masked.push_str(&before[..start]);
        masked.extend(before[start..].chars().next());
        masked.push_str("…@");
        rest = &rest[at + 1..];
    }
    masked.push_str(rest);
    masked
}
