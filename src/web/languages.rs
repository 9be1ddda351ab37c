//! Which language a page is in: the one that its address asks for, or else the
//! one its reader likes best (RFC 9110 §12.5.4).

use super::parameters::Parameters;
use crate::notice::Locale;
use crate::render::Renderer;
use actix_web::http::header::{
    AcceptLanguage, CONTENT_LANGUAGE, Header as _, HeaderValue, Preference, Quality, VARY,
};
use actix_web::{HttpRequest, HttpResponse};

/// The parameter that asks for a language.
pub const PARAMETER: &str = "lang";

/// The language that the address asks for. What is no language asks for none:
/// others decorate links too.
pub fn asked(parameters: &mut Parameters) -> Option<Locale> {
    parameters.take_if(PARAMETER, Locale::from_tag)
}

/// A page's address, which asks for no language, in this one.
pub fn of_page(page: &str, locale: &Locale) -> String {
    let sign = if page.contains('?') { '&' } else { '?' };
    format!("{page}{sign}{PARAMETER}={locale}")
}

/// How an address ends that asks for `locale` and nothing else.
pub fn in_address(locale: &Locale) -> String {
    format!("?{PARAMETER}={locale}")
}

/// The languages that have words; the default one, which is for whoever asks for
/// none, comes first.
pub fn offered(renderer: &Renderer) -> Vec<Locale> {
    let default = Locale::default();
    let others = renderer.locales().into_iter().filter(|locale| *locale != default);
    std::iter::once(default.clone()).chain(others).collect()
}

/// Of `offered`, whose first is the default, the one that serves the reader best.
pub fn chosen(asked: Option<&Locale>, request: &HttpRequest, offered: &[Locale]) -> Locale {
    let asked = asked.and_then(|asked| asked.closest(offered)).cloned();
    asked
        .or_else(|| preferred(request, offered))
        .or_else(|| offered.first().cloned())
        .unwrap_or_default()
}

/// Weights decide, then the order in which languages stand; `*` stands for any
/// other, and the weight 0 for no.
fn preferred(request: &HttpRequest, offered: &[Locale]) -> Option<Locale> {
    let mut ranges = AcceptLanguage::parse(request).ok()?.0;
    ranges.sort_by_key(|range| std::cmp::Reverse(range.quality));
    let tag = |range: &Preference<_>| match range {
        Preference::Any => None,
        Preference::Specific(tag) => Locale::from_tag(&ToString::to_string(tag)),
    };
    let named = |locale: &Locale, is_wanted: bool| {
        let mut of_weight = ranges.iter().filter(|r| (r.quality > Quality::ZERO) == is_wanted);
        of_weight.any(|range| tag(&range.item).as_ref() == Some(locale))
    };
    // A region may be wanted where its language is not.
    let is_refused = |locale: &Locale| {
        let mut names = locale.and_language().into_iter();
        names.any(|name| named(&name, false)) && !named(locale, true)
    };
    let open: Vec<_> = offered.iter().filter(|locale| !is_refused(locale)).cloned().collect();
    let wanted = ranges.iter().filter(|range| range.quality > Quality::ZERO);
    let mut fitting = wanted.filter_map(|range| match &range.item {
        Preference::Any => open.first(),
        specific => tag(specific)?.closest(&open),
    });
    fitting.next().cloned()
}

/// Says which language an answer is in, and that another reader may get another.
pub fn tell(response: &mut HttpResponse, locale: &Locale, offered: &[Locale]) {
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(locale.as_str()) {
        headers.insert(CONTENT_LANGUAGE, value);
    }
    if offered.len() > 1 {
        headers.append(VARY, HeaderValue::from_static("accept-language"));
    }
}
