//! The mail to the office about environments that are not as declared, or are again.

use super::colour::Palette;
use super::dates::time_in;
use super::view::{ProgramView, Slots};
use super::{RenderError, Renderer};
use crate::notice::{Edition, Judgement, Locale, OccasionKind, Program, WatchTarget, Weight};
use chrono::{DateTime, Utc};
use serde::Serialize;

/// A change of what a target is found to do.
#[derive(Debug, Clone, Copy)]
pub struct Turned<'a> {
    pub target: &'a WatchTarget,
    /// What the look found that saw the change.
    pub judgement: &'a Judgement,
    pub at: DateTime<Utc>,
    /// Whether it is as declared again.
    pub is_mended: bool,
}

#[derive(Serialize)]
struct DriftView<'a> {
    locale: &'a str,
    direction: &'static str,
    colon: String,
    program: ProgramView<'a>,
    palette: Palette,
    slots: Slots,
    /// Those that drift come first.
    targets: Vec<TargetView<'a>>,
    drifting: usize,
    mended: usize,
    /// The first one's environment.
    place: &'a str,
}

#[derive(Serialize)]
struct TargetView<'a> {
    place: &'a str,
    /// `GET /path`, where it is about an operation.
    operation: Option<String>,
    url: &'a str,
    is_mended: bool,
    seen: String,
    /// What differs, in sentences.
    reasons: Vec<String>,
}

impl Renderer {
    /// The mail that tells of all of `turned`, which is not empty.
    pub fn drift(
        &self,
        program: &Program,
        locale: &Locale,
        turned: &[Turned<'_>],
    ) -> Result<Edition, RenderError> {
        let language = self.language(locale);
        let program = program.head_in_locale(locale);
        let zone = program.settings.zone;
        let seen = |at: DateTime<Utc>| {
            let day = language.day(at.with_timezone(&zone).date_naive(), false);
            format!("{day}, {}", time_in(at, zone))
        };
        let mut targets: Vec<_> =
            turned.iter().map(|one| TargetView::new(&program, one, seen(one.at))).collect();
        targets.sort_by_key(|target| target.is_mended);
        let mended = targets.iter().filter(|target| target.is_mended).count();
        let view = DriftView {
            locale: language.locale().as_str(),
            direction: language.direction(),
            colon: language.say("colon"),
            program: ProgramView::new(&program),
            palette: Palette::new(&program.settings.brand),
            slots: Slots::new(),
            drifting: targets.len() - mended,
            mended,
            place: targets.first().map_or("", |target| target.place),
            targets,
        };
        self.of_parts(OccasionKind::Drift, locale, &view)
    }
}

impl<'a> TargetView<'a> {
    fn new(program: &'a Program, turned: &Turned<'a>, seen: String) -> Self {
        let Turned { target, judgement, is_mended, .. } = *turned;
        let environment = program.catalogue.environments.get(&target.environment);
        let differs = judgement.remarks.iter().filter(|remark| remark.weight == Weight::Drift);
        Self {
            place: environment.map_or(target.environment.as_str(), |known| &known.title),
            operation: target.operation.as_ref().map(ToString::to_string),
            url: target.url.as_str(),
            is_mended,
            seen,
            // Each is a sentence of its own there.
            reasons: differs.map(|remark| format!("{}.", remark.capitalised())).collect(),
        }
    }
}
