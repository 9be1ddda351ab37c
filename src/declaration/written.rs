//! A notice file as an office writes it, before references are resolved.
//!
//! `program.yaml` and `apis.yaml` hold nothing that needs a second form: they
//! are read into the model's own types.

use crate::notice::{
    AmendmentKind, Audience, Behind, BrownoutId, Channels, Check, CohortId, Contact, Date, Dates,
    EndpointId, EnvironmentId, ErrorPhase, FormerValues, Kind, LadderId, Length, Link, OptOut,
    Question, Reference, Repeat, RowId, Span, Step, TestEndpoint, Text, TimelineEntry, UrlId,
};
use chrono_tz::Tz;
use indexmap::IndexMap;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredNotice {
    pub title: String,
    pub kind: Kind,
    pub announced: Date,
    #[serde(default)]
    pub ends: Vec<String>,
    #[serde(default)]
    pub needs: Vec<String>,
    #[serde(default)]
    pub behind: Behind,
    pub summary: Text,
    pub affected: Option<Text>,
    #[serde(default)]
    pub steps: Vec<Step>,
    #[serde(default)]
    pub checks: Vec<Check>,
    #[serde(default)]
    pub questions: Vec<Question>,
    #[serde(default)]
    pub timeline: Vec<TimelineEntry>,
    #[serde(default)]
    pub references: Vec<Link>,
    pub contact: Option<Contact>,
    pub unaffected: Option<DeclaredUnaffected>,
    #[serde(default)]
    pub errors: Vec<DeclaredError>,
    #[serde(default)]
    pub test_endpoints: IndexMap<EndpointId, TestEndpoint>,
    pub schedule: DeclaredSchedule,
    #[serde(default)]
    pub amendments: Vec<DeclaredAmendment>,
    #[serde(default)]
    pub audience: Audience,
    /// The name of one of the program's ladders.
    pub reminders: Option<LadderId>,
    #[serde(default)]
    pub channels: Channels,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredUnaffected {
    pub text: Option<Text>,
    #[serde(default)]
    pub apis: Vec<Reference>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredError {
    pub text: String,
    pub status: Option<u16>,
    #[serde(default)]
    pub apis: Vec<Reference>,
    #[serde(default)]
    pub during: ErrorPhase,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredSchedule {
    pub text: Option<Text>,
    pub zone: Option<Tz>,
    pub deprecation: Option<Date>,
    pub cutoff: Option<Date>,
    pub complete: Option<Date>,
    pub enforced: Option<Date>,
    pub apis: Option<Vec<Reference>>,
    pub rows: IndexMap<RowId, DeclaredRow>,
    #[serde(default)]
    pub brownouts: IndexMap<BrownoutId, DeclaredBrownout>,
}

impl DeclaredSchedule {
    pub fn general(&self) -> Dates {
        Dates {
            deprecation: self.deprecation.clone(),
            cutoff: self.cutoff.clone(),
            complete: self.complete.clone(),
            enforced: self.enforced.clone(),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredRow {
    pub environment: EnvironmentId,
    pub urls: Option<Vec<UrlId>>,
    pub apis: Option<Vec<Reference>>,
    pub cohort: Option<CohortId>,
    pub zone: Option<Tz>,
    pub deprecation: Option<Date>,
    pub cutoff: Option<Date>,
    pub complete: Option<Date>,
    pub enforced: Option<Date>,
    pub opt_out: Option<OptOut>,
    pub note: Option<Text>,
}

impl DeclaredRow {
    /// A row inherits each date it leaves out.
    pub fn dates(&self, general: &Dates) -> Dates {
        let or = |own: &Option<Date>, general: &Option<Date>| own.clone().or(general.clone());
        Dates {
            deprecation: or(&self.deprecation, &general.deprecation),
            cutoff: or(&self.cutoff, &general.cutoff),
            complete: or(&self.complete, &general.complete),
            enforced: or(&self.enforced, &general.enforced),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredBrownout {
    /// All rows when left out.
    pub rows: Option<Vec<RowId>>,
    pub start: Date,
    pub end: Option<Date>,
    pub length: Option<Length>,
    pub repeat: Option<Repeat>,
    /// All APIs of the rows when left out.
    pub apis: Option<DeclaredSubset>,
    pub note: Option<Text>,
}

/// A list of references, or `to be named [by DATE]`.
#[derive(Debug)]
pub enum DeclaredSubset {
    Listed(Vec<Reference>),
    Later { by: Option<Date> },
}

impl<'de> Deserialize<'de> for DeclaredSubset {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SubsetVisitor)
    }
}

struct SubsetVisitor;

impl<'de> Visitor<'de> for SubsetVisitor {
    type Value = DeclaredSubset;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of APIs, `to be named` or `to be named by DATE`")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        let rest = text.strip_prefix("to be named").map(str::trim);
        let by = match rest {
            Some("") => None,
            Some(rest) => {
                let day = rest.strip_prefix("by ").unwrap_or(rest);
                Some(day.trim().parse::<Span>().map_err(E::custom)?.into())
            }
            None => return Err(E::invalid_value(de::Unexpected::Str(text), &self)),
        };
        Ok(DeclaredSubset::Later { by })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(seq)).map(DeclaredSubset::Listed)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredAmendment {
    pub date: Date,
    pub kind: AmendmentKind,
    pub reason: Option<Text>,
    #[serde(default)]
    pub rows: Vec<RowId>,
    pub former: Option<DeclaredFormer>,
}

/// The former values, or `not recorded`.
#[derive(Debug)]
pub enum DeclaredFormer {
    NotRecorded,
    Values(Box<FormerValues>),
}

impl<'de> Deserialize<'de> for DeclaredFormer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FormerVisitor)
    }
}

struct FormerVisitor;

impl<'de> Visitor<'de> for FormerVisitor {
    type Value = DeclaredFormer;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the former values, such as `{cutoff: 2026-06-01}`, or `not recorded`")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        match text {
            "not recorded" => Ok(DeclaredFormer::NotRecorded),
            _ => Err(E::invalid_value(de::Unexpected::Str(text), &self)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        FormerValues::deserialize(MapAccessDeserializer::new(map))
            .map(|values| DeclaredFormer::Values(Box::new(values)))
    }
}
