//! What somebody meant who wrote a date or a length of time in another form: the
//! form of the language, as a proposal.
//!
//! Nothing is read by it. A day and a month in figures are left alone, because
//! `9/8/2021` is two days to two readers.

use super::{Length, Span};
use chrono::{Datelike, NaiveDate, NaiveTime};

/// Longer than anybody writes a date.
const MAX_BYTES: usize = 60;

/// How a declaration writes the date that `text` says, where it can be told.
pub fn meant_date(text: &str) -> Option<String> {
    let text = text.trim();
    if text.len() > MAX_BYTES {
        return None;
    }
    let proposed = match text.to_lowercase().as_str() {
        "tba" | "tbd" | "to be determined" | "to be decided" | "unknown" | "later" => {
            "to be announced".to_owned()
        }
        "now" | "immediately" | "at once" | "effective immediately" => {
            "already in effect".to_owned()
        }
        lower => one_or_two(text, lower)?,
    };
    (proposed != text && proposed.parse::<Span>().is_ok()).then_some(proposed)
}

fn one_or_two(text: &str, lower: &str) -> Option<String> {
    for words in ["not before ", "no earlier than ", "not earlier than ", "after "] {
        if lower.starts_with(words) {
            return Some(format!("not before {}", point(text.get(words.len()..)?)?));
        }
    }
    for between in [" to ", " until ", " - ", " – ", "..."] {
        if let Some((from, to)) = text.split_once(between) {
            return Some(format!("{}..{}", point(from)?, point(to)?));
        }
    }
    point(text)
}

/// A day with or without a time, a month or a quarter.
fn point(text: &str) -> Option<String> {
    let text = text.trim();
    let (text, zone) = ["UTC", "GMT", "Z"]
        .iter()
        .find_map(|zone| Some((text.strip_suffix(zone)?.trim_end(), "Z")))
        .unwrap_or((text, ""));
    if let Some(day) = day(text) {
        // A day has no zone of its own: it is the row's.
        return Some(day.to_string());
    }
    if let Some((rest, time)) = with_time(text) {
        return Some(format!("{}T{}{zone}", day(rest)?, time.format("%H:%M")));
    }
    month(text)
}

/// The time at the end of `text`, and what stands before it.
fn with_time(text: &str) -> Option<(&str, NaiveTime)> {
    text.match_indices([' ', 'T', ',']).find_map(|(at, mark)| {
        let (before, after) = (text[..at].trim_end_matches([',', ' ']), &text[at + mark.len()..]);
        let after = after.trim().trim_start_matches("at ").to_uppercase();
        let time = ["%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M%p"]
            .iter()
            .find_map(|form| NaiveTime::parse_from_str(&after, form).ok())?;
        day(before)?;
        Some((before, time))
    })
}

fn day(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    let forms = ["%Y-%m-%d", "%Y/%m/%d", "%d %B %Y", "%B %d, %Y", "%B %d %Y", "%d. %B %Y"];
    // `July 2026` is no day of the year 26.
    let is_year = |day: &NaiveDate| day.year() >= 1970;
    let mut found = forms.iter().filter_map(|form| NaiveDate::parse_from_str(text, form).ok());
    found.find(is_year)
}

fn month(text: &str) -> Option<String> {
    if let Ok(first) = NaiveDate::parse_from_str(&format!("1 {text}"), "%d %B %Y") {
        return Some(first.format("%Y-%m").to_string());
    }
    let (one, other) = text.split_once([' ', '/', '-'])?;
    let (quarter, year) = if one.starts_with(['Q', 'q']) { (one, other) } else { (other, one) };
    Some(format!("{year}-{}", quarter.to_uppercase()))
}

/// How a declaration writes the length of time that `text` says: `12h`, `week`.
pub fn meant_length(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    let figures = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (amount, unit) = text.split_at(figures);
    let unit = match unit.trim_matches([' ', '-']) {
        "min" | "mins" => "minutes",
        "h" | "hr" | "hrs" => "hours",
        "d" => "days",
        "w" | "wk" | "wks" => "weeks",
        "weekly" => "week",
        "daily" => "day",
        "monthly" => "month",
        "y" | "yr" | "yrs" => "years",
        other => other,
    };
    let amount = if amount.is_empty() { "1" } else { amount };
    format!("{amount} {unit}").parse::<Length>().ok().map(|length| length.to_string())
}
