//! Query parameters, read strictly: what is unknown, doubled or malformed is
//! named, all of it at once.

use super::paging::MAX_LIMIT;
use super::problem::ApiError;
use crate::impact::{BadFilter, FILTERS, MAX_FILTER_BYTES, Question, moment};
use crate::schedule::Instant;
use std::fmt::Display;
use std::str::FromStr;

/// More pairs than this are refused before any is looked at.
const MAX_PAIRS: usize = 100;

const EMPTY: &str = "it is empty: give it a value, or leave it out";

/// The parameters of one request that nobody has taken yet.
pub struct Parameters {
    pairs: Vec<(String, String)>,
    bad: Vec<BadFilter>,
    known: Vec<&'static str>,
}

impl Parameters {
    pub fn read(query: &str) -> Result<Self, ApiError> {
        let pairs = url::form_urlencoded::parse(query.as_bytes()).into_owned();
        let pairs: Vec<(String, String)> = pairs.take(MAX_PAIRS + 1).collect();
        if pairs.len() > MAX_PAIRS {
            let detail = format!("there are more than {MAX_PAIRS} parameters");
            return Err(ApiError::BadParameters(vec![BadFilter::new("query", detail)]));
        }
        Ok(Self { pairs, bad: Vec::new(), known: Vec::new() })
    }

    /// The filters of the impacted-API table.
    pub fn question(&mut self) -> Question {
        let mut question = Question::default();
        self.known.extend(FILTERS);
        let bad = &mut self.bad;
        self.pairs.retain(|(name, value)| {
            let is_filter = FILTERS.contains(&name.as_str());
            let outcome = match is_filter && value.trim().is_empty() {
                true => Err(BadFilter::new(name, EMPTY)),
                false if is_filter => question.set(name, value),
                false => Ok(()),
            };
            bad.extend(outcome.err());
            !is_filter
        });
        question
    }

    /// The first value of a parameter, which is left for whoever takes it.
    pub fn seen(&self, name: &str) -> Option<&str> {
        let given = self.pairs.iter().find(|(given, _)| given == name);
        given.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// A parameter that may be given once.
    pub fn take<T: FromStr<Err: Display>>(&mut self, name: &'static str) -> Option<T> {
        self.take_read(name, |text| text.parse::<T>().map_err(|bad| bad.to_string()))
    }

    /// A text of many lines; given several times, they stand below each other. How
    /// long it may be is for whoever takes it to say.
    pub fn take_text(&mut self, name: &'static str) -> Option<String> {
        self.known.push(name);
        let given: Vec<_> = self.pairs.extract_if(.., |(given, _)| given == name).collect();
        given.into_iter().map(|(_, value)| value).reduce(|all, one| all + "\n" + &one)
    }

    /// A mistake that somebody else found.
    pub fn refuse(&mut self, bad: BadFilter) {
        self.bad.push(bad);
    }

    pub fn take_moment(&mut self, name: &'static str) -> Option<Instant> {
        self.take_read(name, moment)
    }

    pub fn take_limit(&mut self) -> Option<usize> {
        let wrong = || format!("write a number from 1 to {MAX_LIMIT}");
        self.take_read("limit", |text| {
            let limit = text.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit));
            limit.ok_or_else(wrong)
        })
    }

    fn take_read<T>(
        &mut self,
        name: &'static str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        self.known.push(name);
        let mut taken = None;
        let bad = &mut self.bad;
        self.pairs.retain(|(given, value)| {
            let value = value.trim();
            if given != name {
                return true;
            }
            if value.is_empty() {
                bad.push(BadFilter::new(name, EMPTY));
                return false;
            }
            if value.len() > MAX_FILTER_BYTES {
                let detail = format!("it is longer than {MAX_FILTER_BYTES} bytes");
                bad.push(BadFilter::new(name, detail));
                return false;
            }
            match read(value).map(|value| taken.replace(value)) {
                Ok(None) => {}
                Ok(Some(_)) => bad.push(BadFilter::new(name, "it is given more than once")),
                Err(detail) => bad.push(BadFilter::new(name, detail)),
            }
            false
        });
        taken
    }

    /// A parameter that may be anything: the first that `read` makes something
    /// of counts, and no other is a mistake.
    pub fn take_if<T>(&mut self, name: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let given = self.pairs.iter().filter(|(given, _)| given == name);
        let taken = given.filter(|(_, value)| value.len() <= MAX_FILTER_BYTES);
        let taken = taken.filter_map(|(_, value)| read(value)).next();
        self.pairs.retain(|(given, _)| given != name);
        taken
    }

    /// A form sends its empty fields too.
    pub fn drop_empty(&mut self) {
        self.pairs.retain(|(_, value)| !value.trim().is_empty());
    }

    /// Pages are reached by links that others decorated: what is unknown there
    /// is left alone.
    pub fn keep_only(&mut self, known: &[&str]) {
        self.pairs.retain(|(name, _)| known.contains(&name.as_str()));
    }

    /// Whatever nobody took is unknown here.
    pub fn finish(mut self) -> Result<(), ApiError> {
        let known = self.known.join(", ");
        for (name, _) in &self.pairs {
            let shown: String = name.chars().take(40).collect();
            let detail = match self.known.is_empty() {
                true => "this address takes no parameters".to_owned(),
                false => format!("there is no such parameter here; there are {known}"),
            };
            self.bad.push(BadFilter::new(&shown, detail));
        }
        if self.bad.is_empty() { Ok(()) } else { Err(ApiError::BadParameters(self.bad)) }
    }
}
