//! The page that somebody reads who opens a test endpoint in a browser.

use super::private;
use crate::notice::{AttemptOutcome, Date, Span};
use crate::render::{Language, When};
use crate::schedule::{Instant, bounds};
use crate::web::languages;
use crate::web::problem::ApiError;
use crate::web::rehearsal::{Declared, Leads, Opening, Visit, told_cutoff};
use crate::web::service::Service;
use crate::web::snapshot::Snapshot;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use chrono_tz::Tz;
use serde::Serialize;

const TEMPLATE: &str = "page/rehearsal.html";

/// Whose page it is.
pub struct RehearsalView<'a> {
    pub visit: &'a Visit,
    pub declared: &'a Declared<'a>,
    pub leads: Leads,
    pub now: Instant,
}

#[derive(Serialize)]
struct RehearsalPage<'a> {
    /// passed, observed, early or late
    stand: &'static str,
    program: &'a str,
    notice: &'a str,
    notice_url: Option<String>,
    office: &'a str,
    version: &'static str,
    cipher: &'a str,
    server_name: Option<&'a str>,
    offered: String,
    minimum: &'static str,
    maximum: &'static str,
    /// What must be spoken in the end.
    needs: String,
    /// The next cutoff, or the last one; told in a sentence where it is one day or moment.
    cutoff: Option<String>,
    is_sentence: bool,
    is_past: bool,
    opens: Option<String>,
    closes: Option<String>,
    /// By environment.
    cutoffs: Vec<Cutoff<'a>>,
    /// Where somebody who passed by a name of their own may say that they are done.
    done: Option<String>,
}

#[derive(Serialize)]
struct Cutoff<'a> {
    place: &'a str,
    date: String,
}

pub fn rehearsal_page(
    request: &HttpRequest,
    service: &Service,
    snapshot: &Snapshot,
    view: &RehearsalView<'_>,
) -> Result<HttpResponse, ApiError> {
    let speech = private::speech(request, &snapshot.renderer, None);
    let locale = speech.language.locale();
    let declared = view.declared;
    let (program, notice) = declared.program.in_locale(declared.notice, locale);
    let said = Said { language: &speech.language, zone: program.settings.zone };
    let next = told_cutoff(&notice, view.now);
    let visit = view.visit;
    let terms = &visit.endpoint.terms;
    let cutoffs = notice.schedule.rows.values().filter_map(|row| {
        let environment = program.catalogue.environments.get(&row.environment)?;
        let date = said.date_in(row.dates.cutoff.as_ref()?, row.zone);
        Some(Cutoff { place: &environment.title, date })
    });
    let mut cutoffs: Vec<_> = cutoffs.collect();
    cutoffs.dedup_by(|one, other| (one.place, &one.date) == (other.place, &other.date));
    let page = RehearsalPage {
        stand: stand(view),
        program: &program.settings.title,
        notice: &notice.title,
        notice_url: view.leads.notice_url.clone(),
        office: &program.settings.office.name,
        version: visit.negotiated.version.as_str(),
        cipher: visit.negotiated.cipher,
        server_name: visit.hello.server_name.as_deref(),
        offered: visit.offered_versions().join(", "),
        minimum: terms.minimum.as_str(),
        maximum: terms.maximum.as_str(),
        needs: notice.needs.join(", "),
        cutoff: next.map(|(row, date)| said.date_in(date, row.zone)),
        is_sentence: next.is_some_and(|(_, date)| matches!(date.span, Span::At(_))),
        is_past: next.is_some_and(|(row, date)| bounds(date, row.zone).has_come(view.now)),
        opens: declared.endpoint.opens.as_ref().map(|date| said.date(date)),
        closes: declared.endpoint.closes.as_ref().map(|date| said.date(date)),
        cutoffs,
        done: view.leads.done_url.clone(),
    };
    let offered = languages::offered(&snapshot.renderer);
    private::page(service, StatusCode::OK, TEMPLATE, (&speech, &offered), page)
}

fn stand(view: &RehearsalView<'_>) -> &'static str {
    match (view.visit.opening, view.visit.outcome(Some(view.declared))) {
        (Opening::Early(_), _) => "early",
        (Opening::Late, _) => "late",
        (Opening::Open, AttemptOutcome::Observed) => "observed",
        (Opening::Open, _) => "passed",
    }
}

struct Said<'a> {
    language: &'a Language<'a>,
    zone: Tz,
}

impl Said<'_> {
    fn date(&self, date: &Date) -> String {
        self.date_in(date, self.zone)
    }

    fn date_in(&self, date: &Date, zone: Tz) -> String {
        When::new(date, zone, &[], self.language).text
    }
}
