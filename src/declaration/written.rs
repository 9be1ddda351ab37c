//! A notice file as an office writes it, before references are resolved.
//!
//! `program.yaml` and `apis.yaml` hold nothing that needs a second form: they
//! are read into the model's own types.

use crate::notice::{
    AmendmentKind, Audience, Behind, BrownoutId, Channels, Check, CohortId, Contact, Date, Dates,
    EndpointId, EnvironmentId, ErrorPhase, FormerValues, Kind, LadderId, Length, Link, OptOut,
    Question, Reference, Repeat, RowId, Span, Step, TestEndpoint, Text, TimelineEntry, UrlId,
    ZoneName,
};
use chrono_tz::Tz;
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// A notice: what ends, where and when, and what readers do about it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclaredNotice {
    /// What it is about, in one line.
    pub title: String,
    /// The kind of change.
    pub kind: Kind,
    /// When it was said. Minimum notice is counted from here.
    pub announced: Date,
    /// What ends, each in a few words.
    #[serde(default)]
    pub ends: Vec<String>,
    /// What is needed instead, each in a few words.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Who or what stands behind the change.
    #[serde(default)]
    pub behind: Behind,
    /// The news in a paragraph or two.
    pub summary: Text,
    /// Who is affected, in words.
    pub affected: Option<Text>,
    /// What readers have to do, in order.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// Ways for readers to find out where they stand.
    #[serde(default)]
    pub checks: Vec<Check>,
    /// What readers ask, with the answers.
    #[serde(default)]
    pub questions: Vec<Question>,
    /// The versions of the thing that changes, and their fates.
    #[serde(default)]
    pub timeline: Vec<TimelineEntry>,
    /// Pages that say more.
    #[serde(default)]
    pub references: Vec<Link>,
    /// Where questions about this notice go, if not to the program's contact.
    pub contact: Option<Contact>,
    /// What is explicitly out of it.
    pub unaffected: Option<DeclaredUnaffected>,
    /// What a client will see: errors as they appear.
    #[serde(default)]
    pub errors: Vec<DeclaredError>,
    /// Where readers can try the world after the cutoff, by id.
    #[serde(default)]
    pub test_endpoints: IndexMap<EndpointId, TestEndpoint>,
    /// What ends where and when.
    pub schedule: DeclaredSchedule,
    /// What changed since it was announced, oldest first. Present values stand in the schedule.
    #[serde(default)]
    pub amendments: Vec<DeclaredAmendment>,
    /// Who should read it.
    #[serde(default)]
    pub audience: Audience,
    /// The program's ladder to follow; `default` when left out.
    pub reminders: Option<LadderId>,
    /// How it goes out on each channel, where that differs from the program.
    #[serde(default)]
    pub channels: Channels,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclaredUnaffected {
    /// What is unaffected, in words.
    pub text: Option<Text>,
    /// The APIs that are unaffected.
    #[serde(default)]
    pub apis: Vec<Reference>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclaredError {
    /// The error as readers will see it.
    pub text: String,
    /// The HTTP status, where the answer is HTTP at all.
    pub status: Option<u16>,
    /// The APIs that answer so; all affected ones when left out.
    #[serde(default)]
    pub apis: Vec<Reference>,
    /// When it appears.
    #[serde(default)]
    pub during: ErrorPhase,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclaredSchedule {
    /// Said before the table.
    pub text: Option<Text>,
    /// Where wall times are told, if not in the environment's zone or the program's.
    #[schemars(with = "Option<ZoneName>")]
    pub zone: Option<Tz>,
    /// From when on use is discouraged, for rows without their own.
    pub deprecation: Option<Date>,
    /// When it ends, for rows without their own.
    pub cutoff: Option<Date>,
    /// The end of a cutoff that rolls out gradually, for rows without their own.
    pub complete: Option<Date>,
    /// When it was really cut off, for rows without their own.
    pub enforced: Option<Date>,
    /// The APIs of rows that name none.
    pub apis: Option<Vec<Reference>>,
    /// What ends where and when, by id. Ids stay the same over revisions.
    pub rows: IndexMap<RowId, DeclaredRow>,
    /// Planned temporary outages before the cutoff, by id.
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

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclaredRow {
    /// The environment, as apis.yaml names it.
    pub environment: EnvironmentId,
    /// Those of the environment's URLs that it concerns; all when left out.
    pub urls: Option<Vec<UrlId>>,
    /// The APIs it concerns; the schedule's when left out.
    pub apis: Option<Vec<Reference>>,
    /// The integrators it is restricted to; everyone when left out.
    pub cohort: Option<CohortId>,
    /// Where its wall times are told, if not in the schedule's zone.
    #[schemars(with = "Option<ZoneName>")]
    pub zone: Option<Tz>,
    /// From when on use is discouraged.
    pub deprecation: Option<Date>,
    /// When it ends.
    pub cutoff: Option<Date>,
    /// The end of a cutoff that rolls out gradually.
    pub complete: Option<Date>,
    /// When it was really cut off: what happened, not the plan.
    pub enforced: Option<Date>,
    /// A way out of it.
    pub opt_out: Option<OptOut>,
    /// Anything else about it.
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

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclaredBrownout {
    /// The rows it strikes; all of them when left out.
    pub rows: Option<Vec<RowId>>,
    /// When it begins.
    pub start: Date,
    /// When it ends; either this or `length`.
    pub end: Option<Date>,
    /// How long it lasts; either this or `end`.
    pub length: Option<Length>,
    /// How it repeats, in wall time.
    pub repeat: Option<Repeat>,
    /// The APIs it strikes; all those of the rows when left out.
    pub apis: Option<DeclaredSubset>,
    /// Anything else about it.
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
                let by = rest.strip_prefix("by ");
                let by = by.ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))?;
                Some(by.parse::<Span>().map_err(E::custom)?.into())
            }
            None => return Err(E::invalid_value(de::Unexpected::Str(text), &self)),
        };
        Ok(DeclaredSubset::Later { by })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(seq)).map(DeclaredSubset::Listed)
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclaredAmendment {
    /// When it was made.
    pub date: Date,
    /// What it did.
    pub kind: AmendmentKind,
    /// Why.
    pub reason: Option<Text>,
    /// The rows it changed; all of them when left out.
    #[serde(default)]
    pub rows: Vec<RowId>,
    /// What stood before.
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
