//! A calendar that programs subscribe to and fetch again and again (RFC 7986).
//!
//! Its events are those of the mails, UID and SEQUENCE included, so that nobody
//! who has both sees anything twice. It does not know where it is served.

use super::Renderer;
use super::calendar::written_with;
use super::digest::{DigestPart, PartMatter};
use crate::impact::Concerned;
use crate::notice::{Locale, Program};
use chrono::{DateTime, Utc};
use icalendar::Property;

/// Twice a day: dates are announced weeks ahead, and what cannot wait is mailed.
const REFRESH: &str = "PT12H";

/// A calendar must hold some component (RFC 5545 §3.6): where nothing is dated
/// yet, its clock.
const ONLY_A_CLOCK: &str = "BEGIN:VTIMEZONE\r\nTZID:Etc/UTC\r\nBEGIN:STANDARD\r\n\
     DTSTART:19700101T000000\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:+0000\r\nEND:STANDARD\r\n\
     END:VTIMEZONE\r\n";

/// What a calendar says of itself.
pub struct CalendarFeed<'a> {
    pub name: &'a str,
    /// Where it can be fetched again, if that is known.
    pub source: Option<&'a str>,
    /// When what it holds was published.
    pub at: DateTime<Utc>,
}

impl Renderer {
    /// The milestones of all that is `concerned`, cancelled ones included.
    pub fn calendar_feed(
        &self,
        feed: &CalendarFeed<'_>,
        program: &Program,
        concerned: &[Concerned<'_>],
        locale: &Locale,
    ) -> String {
        let parts: Vec<_> = concerned
            .iter()
            .map(|concerned| DigestPart {
                program,
                notice: &concerned.notice,
                rows: &concerned.rows,
                matter: PartMatter::Whole,
            })
            .collect();
        let events = self.events_of_parts(&parts, locale, feed.at);
        let is_empty = events.is_empty();
        let valued = |name: &str, kind: &str, value: &str| {
            Property::new(name, value).add_parameter("VALUE", kind).done()
        };
        let mut about = vec![
            Property::new("LAST-MODIFIED", feed.at.format("%Y%m%dT%H%M%SZ").to_string()),
            valued("REFRESH-INTERVAL", "DURATION", REFRESH),
            Property::new("X-PUBLISHED-TTL", REFRESH),
        ];
        about.extend(feed.source.map(|source| valued("SOURCE", "URI", source)));
        let written = written_with(feed.name, locale, about, events);
        if is_empty {
            return written
                .replace("\r\nEND:VCALENDAR", &format!("\r\n{ONLY_A_CLOCK}END:VCALENDAR"));
        }
        written
    }
}
