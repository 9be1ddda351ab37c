//! A question to the table as people type it: filters as text, one at a time,
//! and the normal form of what they add up to.
//!
//! Web and terminal both read their filters here, so that the same words mean
//! the same and a mistake is explained in the same sentence.

use super::query::{AskedUrl, Query};
use crate::notice::{Length, Point};
use crate::schedule::{Instant, State};
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, SecondsFormat, Utc};
use std::fmt::Display;
use std::str::FromStr;

/// What can be asked of the table, in the order of its normal form.
pub const FILTERS: [&str; 10] =
    ["program", "environment", "api", "group", "notice", "state", "url", "on", "within", "sort"];

/// Longest value accepted for one filter, in bytes: the longest URL in use fits.
pub const MAX_FILTER_BYTES: usize = 2_000;

/// The years that RFC 3339 can write.
const MOMENT_YEARS: std::ops::RangeInclusive<i32> = 0..=9999;

/// A query and the moment it asks about; now, when absent.
#[derive(Debug, Clone, Default)]
pub struct Question {
    pub query: Query,
    pub on: Option<Instant>,
}

/// A filter that cannot be understood, and the way out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {detail}")]
pub struct BadFilter {
    pub name: String,
    pub detail: String,
}

impl BadFilter {
    pub fn new(name: &str, detail: impl Display) -> Self {
        Self { name: name.to_owned(), detail: detail.to_string() }
    }
}

impl Question {
    /// Takes one filter in. Empty text says nothing, as an empty field of a
    /// form does; `state` may be given often, anything else once.
    pub fn set(&mut self, name: &str, text: &str) -> Result<(), BadFilter> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(());
        }
        if text.len() > MAX_FILTER_BYTES {
            let detail = format!("it is longer than {MAX_FILTER_BYTES} bytes");
            return Err(BadFilter::new(name, detail));
        }
        let query = &mut self.query;
        match name {
            "program" => once(name, &mut query.program, text),
            "environment" => once(name, &mut query.environment, text),
            "api" => once(name, &mut query.api, text),
            "group" => once(name, &mut query.group, text),
            "notice" => once(name, &mut query.notice, text),
            "url" => once(name, &mut query.url, text),
            "within" => once::<Length>(name, &mut query.within, text),
            "on" => once_read(name, &mut self.on, moment(text)),
            "sort" => {
                query.sort = text.parse().map_err(|bad| BadFilter::new(name, bad))?;
                Ok(())
            }
            "state" => add_states(&mut query.states, text),
            _ => Err(BadFilter::new(name, "the table has no such filter")),
        }
    }

    /// The filters given, in the order of [`FILTERS`] and in normal form: two
    /// questions that mean the same have the same pairs.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let query = &self.query;
        let states: Vec<_> = query.states.iter().map(|state| state.as_str()).collect();
        let on = self.on.map(|on| on.to_rfc3339_opts(SecondsFormat::AutoSi, true));
        let values = [
            query.program.as_ref().map(ToString::to_string),
            query.environment.as_ref().map(ToString::to_string),
            query.api.as_ref().map(ToString::to_string),
            query.group.as_ref().map(ToString::to_string),
            query.notice.as_ref().map(ToString::to_string),
            (!states.is_empty()).then(|| states.join(",")),
            query.url.as_ref().map(ToString::to_string),
            on,
            query.within.as_ref().map(ToString::to_string),
            (query.sort != super::Sort::default()).then(|| query.sort.as_str().to_owned()),
        ];
        FILTERS.into_iter().zip(values).filter_map(|(name, v)| v.map(|v| (name, v))).collect()
    }
}

fn once<T: FromStr<Err: Display>>(
    name: &str,
    slot: &mut Option<T>,
    text: &str,
) -> Result<(), BadFilter> {
    once_read(name, slot, text.parse::<T>().map_err(|bad| bad.to_string()))
}

fn once_read<T>(
    name: &str,
    slot: &mut Option<T>,
    read: Result<T, String>,
) -> Result<(), BadFilter> {
    let value = read.map_err(|bad| BadFilter::new(name, bad))?;
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(BadFilter::new(name, "it is given more than once; give it once")),
    }
}

/// States are kept in their own order and once each, so that their spelling
/// does not make two questions of one.
fn add_states(states: &mut Vec<State>, text: &str) -> Result<(), BadFilter> {
    for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        let state = word.parse().map_err(|bad| BadFilter::new("state", bad))?;
        if let Err(place) = states.binary_search(&state) {
            states.insert(place, state);
        }
    }
    Ok(())
}

/// An RFC 3339 instant, or one without its seconds as declarations write it, or a
/// day, which begins at 00:00 UTC.
pub fn moment(text: &str) -> Result<Instant, String> {
    // A `+` that was not escaped arrives from a query string as a space.
    let written = text.replace(' ', "+");
    let at = match NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        Ok(day) => Some(day.and_time(NaiveTime::MIN).and_utc()),
        Err(_) => match DateTime::parse_from_rfc3339(&written) {
            Ok(at) => Some(at.with_timezone(&Utc)),
            Err(_) => declared_instant(&written),
        },
    };
    at.filter(|at| MOMENT_YEARS.contains(&at.year())).ok_or_else(|| {
        format!(
            "`{text}` is not a moment: write a day, such as 2020-09-27, which begins at 00:00 UTC, \
             or an instant, such as 2020-09-27T14:00Z"
        )
    })
}

/// Only with an offset: whose clocks are meant is not known here.
fn declared_instant(text: &str) -> Option<Instant> {
    match text.parse() {
        Ok(Point::Instant { at, offset: Some(offset) }) => Some((at - offset).and_utc()),
        _ => None,
    }
}

impl std::fmt::Display for AskedUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Host(host) => f.write_str(host),
            Self::Url(url) => f.write_str(url.normalised()),
        }
    }
}
