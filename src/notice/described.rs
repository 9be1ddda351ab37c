//! The JSON Schema of what is written as one text: ids, dates, addresses.
//!
//! A pattern is never narrower than the parser beside which its type stands: what
//! `check` accepts, an editor must not underline. It does not know which names
//! exist; that takes a workspace.

use super::{
    ApiId, BrownoutId, CohortId, Colour, Date, EmailAddress, EndpointId, EnvironmentId, GroupId,
    HttpUrl, LadderId, Length, Locale, NoticeId, Operation, ProgramId, Reference, ReplacedBy,
    Replacement, RowId, TlsVersion, UrlId,
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;

/// A time zone, for fields whose own type is another crate's.
pub struct ZoneName;
/// A time of day, likewise.
pub struct TimeOfDay;
/// A day of the calendar, likewise.
pub struct CalendarDay;

/// A type that is written as a text of one pattern.
macro_rules! text_form {
    ($($type:ident: $description:literal, $pattern:expr, [$($example:literal),*];)*) => {$(
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "type": "string",
                    "description": $description,
                    "pattern": $pattern,
                    "examples": [$($example),*],
                })
            }
        }
    )*};
}

macro_rules! id_pattern {
    () => {
        "[A-Za-z0-9][A-Za-z0-9._-]{0,99}"
    };
}

macro_rules! operation_pattern {
    () => {
        r"[A-Z]+ /\S*"
    };
}

const ID: &str = concat!("^", id_pattern!(), "$");

text_form! {
    ProgramId: "A program: the name of its folder.", ID, ["parcels"];
    NoticeId: "A notice: the name of its file without `.yaml`.", ID, ["labels-v1"];
    ApiId: "An API by its wire name, as apis.yaml declares it.", ID, ["holdForPickup"];
    TlsVersion: "A version of TLS.", r"^\s*([Tt][Ll][Ss]\s*[Vv]?\s*1(\.[0-3])?|[Ss][Ss][Ll]\s*[Vv]?\s*3(\.0)?)\s*$", ["TLS 1.2"];
    EnvironmentId: "An environment, as apis.yaml declares it.", ID, ["prod"];
    UrlId: "One of the environment's URLs, as apis.yaml declares it.", ID, ["main"];
    GroupId: "A group, as apis.yaml declares it.", ID, ["first-wave"];
    CohortId: "A cohort, as apis.yaml declares it.", ID, ["extended"];
    RowId: "A row of the schedule.", ID, ["prod-first-wave"];
    BrownoutId: "A brownout of the schedule.", ID, ["first"];
    EndpointId: "A test endpoint.", ID, ["next"];
    LadderId: "A reminder ladder, as program.yaml declares it.", ID, ["default"];
    HttpUrl: "A web address in full, without user name and password.",
        r"^[Hh][Tt][Tt][Pp][Ss]?:\S+$", ["https://api.example.com/v1"];
    EmailAddress: "A mail address.", r#"^\s*[^\s"]+@[^\s@]+\s*$"#, ["api@example.com"];
    Length: "A length of time: a number and minutes, hours, days, weeks, months or years.",
        r"^\s*[0-9]+ \s*(minute|hour|day|week|month|year)s?\s*$",
        ["90 days", "3 months", "2 hours"];
    Locale: "A language, or a language with its region.",
        "^[a-z]{2,3}(-[A-Z]{2})?$", ["en", "pt-BR"];
    Colour: "A colour in hexadecimal digits, in quotes.", "^#[0-9A-Fa-f]{6}$", ["#1f4e8c"];
    TimeOfDay: "A time of day, in quotes.", "^([01][0-9]|2[0-3]):[0-5][0-9]$", ["09:00"];
    CalendarDay: "A day of the calendar.", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", ["2026-12-24"];
    Operation: "An operation: METHOD /path.",
        concat!("^", operation_pattern!(), "$"), ["GET /v3/contacts"];
    Reference: "An API or a group by its name; with `@` one version of an API or a range of \
        them; after a blank, one operation.",
        concat!("^", id_pattern!(), r"(@[^ ]+)?( \s*", operation_pattern!(), r"\s*)?$"),
        ["contacts", "contacts@2.0", "contacts@1.0..2.1", "contacts GET /v3/contacts"];
    Replacement: "An API of this program, or PROGRAM/API of another.",
        concat!("^", id_pattern!(), "(/", id_pattern!(), ")?$"), ["contacts", "people/contacts"];
}

impl JsonSchema for ZoneName {
    fn schema_name() -> Cow<'static, str> {
        "Zone".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<_> = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()).collect();
        json_schema!({
            "type": "string",
            "description": "A time zone by its IANA name, such as America/New_York or UTC.",
            "enum": names,
        })
    }
}

/// A point of the calendar, as precisely as it is known. A month of 31 days is
/// assumed: which days exist is for `check`.
macro_rules! point_pattern {
    () => {
        concat!(
            "[0-9]{4}(-Q[1-4]|-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01])",
            "(T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?(Z|[+-][0-9: ]+)?)?)?)?"
        )
    };
}

const POINT_OR_RANGE: &str =
    concat!(r"^\s*", point_pattern!(), r"(\s*\.\.\s*", point_pattern!(), r")?\s*$");
const NOT_BEFORE: &str = concat!(r"^\s*not before \s*", point_pattern!(), r"\s*$");
const ANNOUNCED_BY: &str = r"^\s*to be announced by \s*[0-9]{4}-[0-9]{2}-[0-9]{2}\s*$";
/// The two forms that are words alone may begin with a capital, or shout.
const WORDS: &str = r"^\s*([Tt][Oo] [Bb][Ee] [Aa][Nn][Nn][Oo][Uu][Nn][Cc][Ee][Dd]|[Aa][Ll][Rr][Ee][Aa][Dd][Yy] [Ii][Nn] [Ee][Ff][Ff][Ee][Cc][Tt])\s*$";

impl JsonSchema for Date {
    fn schema_name() -> Cow<'static, str> {
        "Date".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let date = generator.subschema_for::<Self>();
        json_schema!({
            "description": "A date, as precisely as it is known: a day (2020-09-27), an instant \
                (2020-09-27T14:00), a month (2020-09), a quarter (2020-Q3), a year (2020), a range \
                (2020-09-27..2020-10-04), `not before 2020-09-27`, `to be announced`, `to be \
                announced by 2020-06-01` or `already in effect`.",
            "anyOf": [
                {"type": "string", "pattern": POINT_OR_RANGE, "examples": ["2020-09-27"]},
                {"type": "string", "pattern": NOT_BEFORE, "examples": ["not before 2020-09-27"]},
                {"type": "string", "enum": ["to be announced", "already in effect"]},
                {"type": "string", "pattern": ANNOUNCED_BY},
                {"type": "string", "pattern": WORDS},
                {"type": "integer", "minimum": 1970, "maximum": 2999, "description": "A year."},
                {
                    "type": "object",
                    "description": "A date with the office's own words for it.",
                    "properties": {
                        "date": {"allOf": [date], "description": "The date."},
                        "label": {
                            "type": "string",
                            "description": "The office's own words, shown beside the date."
                        }
                    },
                    "required": ["date", "label"],
                    "additionalProperties": false
                }
            ]
        })
    }
}

impl JsonSchema for ReplacedBy {
    fn schema_name() -> Cow<'static, str> {
        "ReplacedBy".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<Replacement>();
        json_schema!({
            "description": "A list of alternatives, each an API or a list of APIs that are used \
                together; or `none` where there is no replacement.",
            "anyOf": [
                {"type": "string", "enum": ["none"]},
                {
                    "type": "array",
                    "items": {"anyOf": [one, {"type": "array", "items": one}]}
                }
            ]
        })
    }
}
