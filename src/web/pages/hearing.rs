//! What can be heard of a program: the fields that choose it, what was chosen in
//! words, and what is wrong with a field.

use crate::notice::{ApiId, EnvironmentId, Frequency, Interest, Kind, Locale, Program, Wish};
use crate::render::Language;
use crate::subscribers::{BadField, Field, Mistake};
use crate::web::snapshot::Snapshot;
use serde::Serialize;

/// The boxes to tick for one program.
#[derive(Debug, Serialize)]
pub struct Hearing {
    /// Tells the fields of several programs on one page apart.
    pub prefix: String,
    pub apis: Vec<Tick>,
    pub environments: Vec<Tick>,
    pub kinds: Vec<Tick>,
}

#[derive(Debug, Serialize)]
pub struct Tick {
    value: String,
    title: String,
    /// The wire name, where the title does not say it.
    wire: Option<String>,
    is_chosen: bool,
}

/// One of several to choose from.
#[derive(Debug, Serialize)]
pub struct Choice {
    pub value: String,
    pub title: String,
    pub is_chosen: bool,
}

impl Hearing {
    /// Chosen is what stands in the lists, by name.
    pub fn new(
        program: &Program,
        prefix: &str,
        chosen: &Chosen<'_>,
        language: &Language<'_>,
    ) -> Self {
        let titles = program.titles(language.locale());
        let tick = |value: &str, title: &str, chosen: &[String]| Tick {
            value: value.to_owned(),
            title: title.to_owned(),
            wire: None,
            is_chosen: chosen.iter().any(|chosen| chosen == value),
        };
        let api = |id: &ApiId| {
            let title = titles.api(id);
            let wire = (title != id.as_str()).then(|| id.to_string());
            Tick { wire, ..tick(id.as_str(), title, chosen.apis) }
        };
        let place =
            |id: &EnvironmentId| tick(id.as_str(), titles.environment(id), chosen.environments);
        let kind = |kind: Kind| {
            tick(kind.as_str(), &language.say(&format!("kind-{}", kind.as_str())), chosen.kinds)
        };
        Self {
            prefix: prefix.to_owned(),
            apis: program.catalogue.apis.keys().map(api).collect(),
            environments: program.catalogue.environments.keys().map(place).collect(),
            kinds: Kind::ALL.into_iter().map(kind).collect(),
        }
    }
}

/// What is ticked, by name.
pub struct Chosen<'a> {
    pub apis: &'a [String],
    pub environments: &'a [String],
    pub kinds: &'a [String],
}

/// What was asked for of one program, in words.
#[derive(Debug, Serialize)]
pub struct Told {
    pub program: String,
    pub what: String,
}

impl Told {
    pub fn of(wish: &Wish, snapshot: &Snapshot, language: &Language<'_>) -> Self {
        let program = snapshot.index.workspace().programs.get(&wish.program);
        let title = program.map(|program| program.titles(language.locale()).program().to_owned());
        Self {
            program: title.unwrap_or_else(|| wish.program.to_string()),
            what: in_words(wish, program, language),
        }
    }
}

/// A wish without its program.
fn in_words(wish: &Wish, program: Option<&Program>, language: &Language<'_>) -> String {
    let titles = program.map(|program| program.titles(language.locale()));
    let listed = |names: Vec<String>, all: String| {
        if names.is_empty() { all } else { language.list(&names) }
    };
    let api = |id: &ApiId| titles.map_or(id.to_string(), |titles| titles.api(id).to_owned());
    let place = |id: &EnvironmentId| {
        titles.map_or(id.to_string(), |titles| titles.environment(id).to_owned())
    };
    let kind = |kind: &Kind| language.say(&format!("kind-{}", kind.as_str()));
    let apis = listed(wish.apis.iter().map(api).collect(), language.say("all-apis"));
    let places = wish.environments.iter().map(place).collect();
    let environments = listed(places, language.say("everywhere"));
    let kinds = listed(wish.kinds.iter().map(kind).collect(), language.say("all-kinds"));
    let parts = [("apis", &apis), ("environments", &environments), ("kinds", &kinds)];
    language.say_with("hears-of", &parts.map(|(name, value)| (name, value.into())))
}

/// One interest alone, in words.
pub fn interest_in_words(
    interest: &Interest,
    program: Option<&Program>,
    language: &Language<'_>,
) -> String {
    let wish = Wish {
        program: interest.program.clone(),
        apis: interest.api.iter().cloned().collect(),
        environments: interest.environment.iter().cloned().collect(),
        kinds: interest.kind.into_iter().collect(),
    };
    in_words(&wish, program, language)
}

/// What is wrong, field by field.
#[derive(Debug, Default, Serialize)]
pub struct FieldErrors {
    address: Option<String>,
    name: Option<String>,
    program: Option<String>,
    apis: Option<String>,
    environments: Option<String>,
    kinds: Option<String>,
    locale: Option<String>,
    zone: Option<String>,
    frequency: Option<String>,
}

impl FieldErrors {
    pub fn new(bad: &[BadField], language: &Language<'_>) -> Self {
        let mut errors = Self::default();
        for bad in bad {
            let place = match bad.field {
                Field::Address => &mut errors.address,
                Field::Name => &mut errors.name,
                Field::Program => &mut errors.program,
                Field::Apis => &mut errors.apis,
                Field::Environments => &mut errors.environments,
                Field::Kinds => &mut errors.kinds,
                Field::Locale => &mut errors.locale,
                Field::Zone => &mut errors.zone,
                Field::Frequency => &mut errors.frequency,
            };
            place.get_or_insert_with(|| worded(bad, language));
        }
        errors
    }
}

fn worded(bad: &BadField, language: &Language<'_>) -> String {
    let what = match bad.mistake {
        Mistake::Missing => language.say("bad-missing"),
        Mistake::NotAnAddress => language.say("bad-address"),
        Mistake::NotAName => language.say("bad-name"),
        Mistake::TooMany => language.say("bad-too-many"),
        Mistake::Unknown => language.say_with("bad-unknown", &[("given", (&bad.given).into())]),
    };
    match &bad.guess {
        Some(guess) => {
            format!("{what} {}", language.say_with("did-you-mean", &[("name", guess.into())]))
        }
        None => what,
    }
}

/// The languages of mails, by their own names.
pub fn languages(locales: &[Locale], chosen: &str, snapshot: &Snapshot) -> Vec<Choice> {
    let choice = |locale: &Locale| Choice {
        value: locale.to_string(),
        title: snapshot.renderer.language(locale).own_name(),
        is_chosen: locale.as_str() == chosen,
    };
    locales.iter().map(choice).collect()
}

/// How often mail may come, in words.
pub fn frequencies(chosen: &str, language: &Language<'_>) -> Vec<Choice> {
    let chosen = chosen.parse().unwrap_or_default();
    let choice = |frequency: Frequency| Choice {
        value: frequency.as_str().to_owned(),
        title: language.say(&format!("frequency-{}", frequency.as_str())),
        is_chosen: frequency == chosen,
    };
    Frequency::ALL.into_iter().map(choice).collect()
}

/// Names of time zones to choose from: those of places, without old spellings'
/// abbreviations.
pub fn zones() -> Vec<&'static str> {
    const PARTS: [&str; 10] = [
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    ];
    let names = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
    let is_place =
        |name: &&str| name.split_once('/').is_some_and(|(part, _)| PARTS.contains(&part));
    std::iter::once("UTC").chain(names.filter(is_place)).collect()
}
