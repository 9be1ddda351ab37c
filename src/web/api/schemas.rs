//! Forms of parameters, for the description of the API. Words that may be
//! chosen come from where they are defined.

use crate::impact::{MAX_FILTER_BYTES, Sort};
use crate::notice::{Kind, MAX_ID_BYTES};
use crate::schedule::State;
use crate::web::cursor::CURSOR_DIGITS;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{
    AnyOfBuilder, KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type,
};
use utoipa::{PartialSchema, ToSchema};

/// A form by its name here and what it looks like.
macro_rules! form {
    ($name:ident, $schema:expr) => {
        pub struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                RefOr::T(Schema::from($schema))
            }
        }

        impl ToSchema for $name {}
    };
}

fn string() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn alternatives(words: &[&str]) -> String {
    words.join("|")
}

form!(Id, {
    let rest = MAX_ID_BYTES - 1;
    string().pattern(Some(format!("^[A-Za-z0-9][A-Za-z0-9._-]{{0,{rest}}}$")))
});
form!(Moment, {
    let of = |format| string().format(Some(SchemaFormat::KnownFormat(format)));
    AnyOfBuilder::new().item(of(KnownFormat::Date)).item(of(KnownFormat::DateTime)).build()
});
form!(RevisionOrMoment, {
    let of = |format| string().format(Some(SchemaFormat::KnownFormat(format)));
    AnyOfBuilder::new()
        .item(string().pattern(Some("^[0-9a-f]{12,64}$")))
        .item(of(KnownFormat::Date))
        .item(of(KnownFormat::DateTime))
        .build()
});
form!(NoticeName, {
    let (first, rest) = ("[A-Za-z0-9]", format!("[A-Za-z0-9._-]{{0,{}}}", MAX_ID_BYTES - 1));
    string().pattern(Some(format!("^{first}{rest}/{first}{rest}$")))
});
form!(Length, string().pattern(Some("^[0-9]{1,6} (minute|hour|day|week|month|year)s?$")));
form!(HostOrUrl, string().min_length(Some(1)).max_length(Some(MAX_FILTER_BYTES)));
// How long it may be is counted in bytes, which no schema does.
form!(PastedText, string().min_length(Some(1)));
form!(SearchedText, string().min_length(Some(1)).pattern(Some("\\S")));
form!(States, {
    let one = alternatives(&State::ALL.map(State::as_str));
    string().pattern(Some(format!("^({one})(,({one}))*$")))
});
form!(Order, string().enum_values(Some(Sort::ALL.map(Sort::as_str))));
form!(KindOfNotice, string().enum_values(Some(Kind::ALL.map(Kind::as_str))));
form!(Address, string().pattern(Some("^[^@\\s]+@[^@\\s]+$")));
form!(Cursor, string().pattern(Some(format!("^[0-9a-f]{{{CURSOR_DIGITS}}}$"))));
form!(ReadinessName, string().enum_values(Some(["fails", "never", "unclear", "passes"])));
form!(AfterAttempt, string().pattern(Some("^[01]-[0-9]{1,16}-[0-9]{1,16}$")));
form!(
    Number,
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(0))
        .maximum(Some(9007199254740991i64))
);
