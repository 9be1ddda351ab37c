//! The reader's own time zone: chosen by the address, so that it can be shared.
//!
//! Without one a script may add the browser's; without a script nothing is missing,
//! since the office's clocks are always named.

use crate::notice::Locale;
use crate::render::{Clocks, KeptParameter, ZoneChoice};
use crate::schedule::Instant;
use crate::web::languages;
use crate::web::paging::address;
use crate::web::parameters::Parameters;
use chrono::SecondsFormat;
use chrono_tz::Tz;

const PARAMETER: &str = "zone";

/// Below this likeness a guess confuses more than it helps.
const ALIKE: f64 = 0.85;

/// What was asked for, as it was typed. What is no zone is told beside the field.
pub fn asked(parameters: &mut Parameters) -> Option<String> {
    parameters.take_if(PARAMETER, |given| {
        let given = given.trim();
        (!given.is_empty()).then(|| given.chars().take(64).collect())
    })
}

/// The form on the page at `path`, which is asked about `on` and in `lang`.
pub fn choice(
    path: &str,
    given: Option<&str>,
    on: Option<Instant>,
    lang: Option<&Locale>,
) -> ZoneChoice {
    let on = on.map(|on| ("on", on.to_rfc3339_opts(SecondsFormat::AutoSi, true)));
    let lang = lang.map(|locale| (languages::PARAMETER, locale.to_string()));
    let kept: Vec<_> = on.into_iter().chain(lang).collect();
    let pairs: Vec<_> = kept.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let zone: Option<Tz> = given.and_then(|given| given.replace(' ', "_").parse().ok());
    let guess = given.filter(|_| zone.is_none()).and_then(nearest);
    ZoneChoice {
        action: path.to_owned(),
        without: given.map(|_| address(path, &pairs)),
        given: given.unwrap_or_default().to_owned(),
        is_unknown: given.is_some() && zone.is_none(),
        guess: guess.map(str::to_owned),
        clocks: zone.map_or(Clocks::Unknown, Clocks::Zone),
        kept: kept.into_iter().map(|(name, value)| KeptParameter { name, value }).collect(),
    }
}

fn nearest(given: &str) -> Option<&'static str> {
    let given = given.to_lowercase();
    let likeness = |name: &str| {
        let name = name.to_lowercase();
        let city = name.rsplit('/').next().unwrap_or_default();
        strsim::jaro_winkler(&given, &name).max(strsim::jaro_winkler(&given, city))
    };
    let known = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
    let alike = known.map(|name| (likeness(name), name)).filter(|(alike, _)| *alike > ALIKE);
    alike.max_by(|one, other| one.0.total_cmp(&other.0)).map(|(_, name)| name)
}
