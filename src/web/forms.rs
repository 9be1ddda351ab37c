//! In which form a list is answered: JSON, CSV (RFC 4180) or a Markdown table. A
//! suffix of the address decides, and else the header `Accept`.

use super::freshness::JSON;
use super::problem::ApiError;
use crate::impact::Tabled;
use crate::render::as_markdown;
use crate::subscribers::guarded;
use actix_web::http::header::{
    Accept, CONTENT_DISPOSITION, Header as _, HeaderValue, Quality, VARY,
};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};

pub const CSV: &str = "text/csv; charset=utf-8; header=present";
pub const MARKDOWN: &str = "text/markdown; charset=utf-8";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Json,
    Csv,
    Markdown,
}

/// The form of an answer, and whether the address names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    pub form: Form,
    pub is_named: bool,
}

impl Form {
    const ALL: [Self; 3] = [Self::Json, Self::Csv, Self::Markdown];

    /// How an address ends that names it.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Json => ".json",
            Self::Csv => ".csv",
            Self::Markdown => ".md",
        }
    }

    pub fn content_type(self) -> &'static str {
        match self {
            Self::Json => JSON,
            Self::Csv => CSV,
            Self::Markdown => MARKDOWN,
        }
    }

    /// A browser keeps a spreadsheet and shows a text; programs parse JSON.
    fn disposition(self, name: &str) -> Option<HeaderValue> {
        let way = match self {
            Self::Json => return None,
            Self::Csv => "attachment",
            Self::Markdown => "inline",
        };
        HeaderValue::try_from(format!("{way}; filename=\"{name}{}\"", self.suffix())).ok()
    }

    /// The one a client likes best. JSON for those who take anything.
    pub fn accepted(request: &HttpRequest) -> Self {
        let accepted = Accept::parse(request).map(|accept| accept.0).unwrap_or_default();
        let quality = |form: Self| {
            let kind = form.content_type().split(';').next().unwrap_or_default();
            let fitting = accepted.iter().filter(|range| match range.item.essence_str() {
                "*/*" => form == Self::Json,
                "application/*" => form == Self::Json,
                "text/*" => form == Self::Csv,
                named => named == kind,
            });
            fitting.map(|range| range.quality).max().unwrap_or(Quality::ZERO)
        };
        let best = Self::ALL.into_iter().rev().max_by_key(|form| quality(*form));
        best.filter(|form| quality(*form) > Quality::ZERO).unwrap_or(Self::Json)
    }
}

impl Asked {
    pub fn of(request: &HttpRequest) -> Self {
        let path = request.path();
        match Form::ALL.into_iter().find(|form| path.ends_with(form.suffix())) {
            Some(form) => Self { form, is_named: true },
            None => Self { form: Form::accepted(request), is_named: false },
        }
    }

    /// Says what the answer depends on, and what a file of it is called.
    pub fn tell(self, response: &mut HttpResponse, name: &str) {
        let headers = response.headers_mut();
        if !self.is_named {
            headers.insert(VARY, HeaderValue::from_static("accept"));
        }
        if let Some(disposition) = self.form.disposition(name) {
            headers.insert(CONTENT_DISPOSITION, disposition);
        }
    }

    /// What is added to an address that keeps the form.
    pub fn suffix(self) -> &'static str {
        if self.is_named { self.form.suffix() } else { "" }
    }
}

/// A header and a record for each item, safe to open in a spreadsheet.
pub fn csv<T: Tabled>(items: &[T]) -> Result<Bytes, ApiError> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(vec![]);
    writer.write_record(T::COLUMNS).map_err(ApiError::internal)?;
    for item in items {
        let cells = item.cells();
        let record = cells.iter().map(|cell| guarded(cell));
        writer.write_record(record).map_err(ApiError::internal)?;
    }
    writer.into_inner().map(Bytes::from).map_err(ApiError::internal)
}

/// A table as GitHub and most readers of Markdown take it.
pub fn markdown<T: Tabled>(items: &[T]) -> Bytes {
    let line = |cells: &mut dyn Iterator<Item = String>| {
        let cells: Vec<String> = cells.collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let titles = T::COLUMNS.iter().map(|column| column.replace('_', " "));
    let mut out = line(&mut titles.into_iter());
    out += &line(&mut T::COLUMNS.iter().map(|_| "---".to_owned()));
    for item in items {
        out += &line(&mut item.cells().iter().map(|cell| as_markdown(cell)));
    }
    Bytes::from(out)
}
