//! A stand-in for rendering, until the real one takes its place: the title as
//! the subject, the summary and the slots as text and HTML.

use crate::notice::{Edition, Locale, Notice, OccasionKind, Program, RowId, Slot};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct RenderError(String);

pub struct Renderer;

impl Renderer {
    pub fn new(_overrides: &BTreeMap<String, String>) -> Result<Self, RenderError> {
        Ok(Self)
    }

    pub fn edition(
        &self,
        program: &Program,
        notice: &Notice,
        _kind: OccasionKind,
        locale: &Locale,
        rows: &[RowId],
        _at: DateTime<Utc>,
    ) -> Result<Edition, RenderError> {
        let listed: Vec<&str> = rows.iter().map(RowId::as_str).collect();
        let [greeting, apis, leave, page] = Slot::ALL.map(|slot| slot.to_string());
        let text = format!(
            "{greeting},\n\n{}\n\nYour APIs: {apis}\nRows: {}\n{page}\n\n-- \n{}\n{leave}\n",
            notice.summary.0,
            listed.join(", "),
            program.settings.office.name
        );
        let html = format!(
            "<!doctype html><html lang=\"{locale}\"><title>{}</title><p>{greeting},<p>{}\
             <p>Your APIs: {apis}<p><a href=\"{page}\">notice</a> <a href=\"{leave}\">leave</a></html>",
            notice.title, notice.summary.0
        );
        let calendar = format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//stand-in//EN\r\nMETHOD:PUBLISH\r\n\
             BEGIN:VEVENT\r\nUID:{}@stand-in\r\nDTSTAMP:20200101T000000Z\r\n\
             DTSTART;VALUE=DATE:20200927\r\nSUMMARY:{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
            notice.id, notice.id
        );
        Ok(Edition {
            locale: locale.clone(),
            rows: rows.to_vec(),
            subject: notice.title.clone(),
            text,
            html,
            calendar: Some(calendar),
        })
    }
}
