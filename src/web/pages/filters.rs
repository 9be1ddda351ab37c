//! The form above the table: what can be asked, and what was asked.

use super::Speech;
use crate::impact::{BadFilter, Index, Question};
use crate::notice::{Date, Point, Program, Span};
use crate::render::{Language, When};
use crate::schedule::{Instant, State};
use crate::web::languages;
use crate::web::paging::address;
use chrono::{NaiveDate, NaiveTime};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The stretches that the form offers.
const STRETCHES: [&str; 5] = ["7 days", "30 days", "90 days", "6 months", "1 year"];

/// States before the cutoff: what somebody can still prepare for.
const AHEAD: [State; 3] = [State::Brownout, State::Deprecated, State::Announced];

#[derive(Debug, Serialize)]
pub struct FilterForm {
    programs: Vec<Choice>,
    environments: Vec<Choice>,
    states: Vec<Choice>,
    stretches: Vec<Choice>,
    sorts: Vec<Choice>,
    apis: Vec<Suggestion>,
    hosts: Vec<String>,
    api: String,
    url: String,
    on: String,
    /// A day fits a browser's own date field; an instant would vanish in it.
    on_is_day: bool,
    /// Filters that have no field of their own, kept when the form is sent.
    kept: Vec<Kept>,
    /// What was asked, each with the address without it.
    chips: Vec<Chip>,
    /// Anything beyond what everybody asks first is folded away.
    is_detailed: bool,
    problems: Vec<FieldProblem>,
}

#[derive(Debug, Serialize)]
struct Choice {
    value: String,
    title: String,
    is_chosen: bool,
}

#[derive(Debug, Serialize)]
struct Suggestion {
    value: String,
    title: String,
}

#[derive(Debug, Serialize)]
struct Kept {
    name: String,
    value: String,
}

#[derive(Debug, Serialize)]
struct Chip {
    name: String,
    value: String,
    without: String,
}

#[derive(Debug, Serialize)]
struct FieldProblem {
    field: String,
    detail: String,
}

impl FieldProblem {
    /// Backticks are for terminals and programs.
    fn new(bad: &BadFilter, language: &Language<'_>) -> Self {
        Self { field: label(&bad.name, language), detail: bad.detail.replace('`', "\"") }
    }
}

/// What was typed, by filter. It may be wrong, and is shown again as it was.
type Typed = BTreeMap<&'static str, String>;

impl FilterForm {
    pub fn new(
        index: &Index,
        question: &Question,
        query: &str,
        bad: &[BadFilter],
        speech: &Speech<'_>,
    ) -> Self {
        let language = &speech.language;
        let typed = typed(question, query, bad);
        let of = |name: &str| typed.get(name).cloned().unwrap_or_default();
        let on = of("on");
        let day = on.strip_suffix("T00:00:00Z").unwrap_or(&on).to_owned();
        let on_is_day = day.is_empty() || NaiveDate::parse_from_str(&day, "%Y-%m-%d").is_ok();
        let kept = ["group", "notice"].into_iter().filter_map(|name| {
            Some(Kept { name: name.to_owned(), value: typed.get(name)?.clone() })
        });
        let lang = speech.asked().map(|locale| Kept {
            name: languages::PARAMETER.to_owned(),
            value: locale.to_string(),
        });
        let programs = programs(index, &of("program"), language);
        let environments = environments(index, &of("environment"), language);
        let states = states(&of("state"), language);
        let chips = chips(&typed, question, [&programs, &environments, &states], speech);
        Self {
            programs,
            environments,
            states,
            stretches: stretches(&of("within"), language),
            sorts: sorts(&of("sort"), language),
            apis: apis(index),
            hosts: index.offered_hosts().to_vec(),
            api: of("api"),
            url: of("url"),
            on: if on_is_day { day } else { on },
            on_is_day,
            kept: kept.chain(lang).collect(),
            chips,
            is_detailed: ["url", "on", "within", "sort"]
                .iter()
                .any(|name| typed.contains_key(name)),
            problems: bad.iter().map(|bad| FieldProblem::new(bad, language)).collect(),
        }
    }
}

fn typed(question: &Question, query: &str, bad: &[BadFilter]) -> Typed {
    let mut typed: Typed = question.pairs().into_iter().collect();
    let wrong = |name: &str| bad.iter().any(|bad| bad.name == name);
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let known = crate::impact::FILTERS.into_iter().find(|known| *known == name);
        if let Some(name) = known.filter(|name| wrong(name)) {
            typed.insert(name, value.chars().take(200).collect());
        }
    }
    typed
}

/// The field's own label; what no field is for keeps its name.
fn label(name: &str, language: &Language<'_>) -> String {
    match name {
        "program" | "environment" | "state" | "api" | "url" | "on" | "within" | "sort"
        | "group" | "notice" => language.say(&format!("filter-{name}")),
        other => capital(other),
    }
}

pub fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// A moment in UTC, as it was asked about.
pub fn moment_in_words(on: Instant, language: &Language<'_>) -> When {
    let midnight = on.time() == NaiveTime::MIN;
    let utc = chrono::Offset::fix(&chrono::Utc);
    let instant = Point::Instant { at: on.naive_utc(), offset: Some(utc) };
    let point = if midnight { Point::Day(on.date_naive()) } else { instant };
    When::new(&Date::from(Span::At(point)), chrono_tz::UTC, &[], language)
}

fn choice(value: &str, title: &str, chosen: &str) -> Choice {
    Choice { value: value.to_owned(), title: title.to_owned(), is_chosen: value == chosen }
}

/// What was asked but is not among the choices is one more choice, or sending
/// the form again would silently drop it.
fn with_chosen(mut choices: Vec<Choice>, chosen: &str) -> Vec<Choice> {
    if !chosen.is_empty() && !choices.iter().any(|choice| choice.is_chosen) {
        choices.push(choice(chosen, chosen, chosen));
    }
    choices
}

fn programs(index: &Index, chosen: &str, language: &Language<'_>) -> Vec<Choice> {
    let programs = index.workspace().programs.values();
    let title = |program: &Program| program.titles(language.locale()).program().to_owned();
    let choices = programs.map(|p| choice(p.id.as_str(), &title(p), chosen));
    with_chosen(choices.collect(), chosen)
}

/// Programs may use the same id for an environment; it is asked for once.
fn environments(index: &Index, chosen: &str, language: &Language<'_>) -> Vec<Choice> {
    let mut titles: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for program in index.workspace().programs.values() {
        let own = program.titles(language.locale());
        for id in program.catalogue.environments.keys() {
            titles.entry(id.as_str()).or_default().insert(own.environment(id));
        }
    }
    let choices = titles.into_iter().map(|(id, titles)| {
        choice(id, &titles.into_iter().collect::<Vec<_>>().join(" / "), chosen)
    });
    with_chosen(choices.collect(), chosen)
}

fn states(chosen: &str, language: &Language<'_>) -> Vec<Choice> {
    let mut ahead = AHEAD.to_vec();
    ahead.sort_unstable();
    let ahead: Vec<_> = ahead.iter().map(|state| state.as_str()).collect();
    let mut choices = vec![choice(&ahead.join(","), &language.say("not-yet-cut-off"), chosen)];
    // In the order in which a row goes through them.
    let states = State::ALL.into_iter().rev();
    let title = |state: State| capital(&language.say(&format!("state-{}", state.as_str())));
    choices.extend(states.map(|state| choice(state.as_str(), &title(state), chosen)));
    with_chosen(choices, chosen)
}

/// `30 days`, as it is asked, in words.
fn stretch_in_words(stretch: &str, language: &Language<'_>) -> String {
    let length = stretch.parse().map(|length| language.length(&length));
    length.unwrap_or_else(|_| stretch.to_owned())
}

fn stretches(chosen: &str, language: &Language<'_>) -> Vec<Choice> {
    let choices = STRETCHES
        .iter()
        .map(|stretch| choice(stretch, &stretch_in_words(stretch, language), chosen));
    with_chosen(choices.collect(), chosen)
}

fn sorts(chosen: &str, language: &Language<'_>) -> Vec<Choice> {
    let by_name = ["api", "environment", "notice", "program", "state"];
    let choices = by_name.map(|name| choice(name, &label(name, language), chosen));
    let first = choice("", &language.say("soonest-first"), chosen);
    [first].into_iter().chain(choices).collect()
}

fn apis(index: &Index) -> Vec<Suggestion> {
    let suggestion =
        |(id, title): &(String, String)| Suggestion { value: id.clone(), title: title.clone() };
    index.offered_apis().iter().map(suggestion).collect()
}

fn chips(
    typed: &Typed,
    question: &Question,
    choices: [&[Choice]; 3],
    speech: &Speech<'_>,
) -> Vec<Chip> {
    let language = &speech.language;
    let [programs, environments, states] = choices;
    let chosen = |choices: &[Choice]| Some(choices.iter().find(|c| c.is_chosen)?.title.clone());
    let worded = |name: &str| match name {
        "program" => chosen(programs),
        "environment" => chosen(environments),
        "state" => chosen(states).map(|title| title.replace(',', ", ")),
        "on" => question.on.map(|on| moment_in_words(on, language).text),
        "within" => typed.get("within").map(|stretch| stretch_in_words(stretch, language)),
        _ => None,
    };
    let without = |left: &str| {
        let rest = typed.iter().filter(|(name, _)| **name != left);
        let pairs = rest.map(|(name, value)| (*name, value.as_str()));
        let lang = speech.asked().map(|locale| (languages::PARAMETER, locale.as_str()));
        address("/", &pairs.chain(lang).collect::<Vec<_>>())
    };
    // The order is no filter, and is seen in its field.
    let shown = typed.iter().filter(|(name, _)| **name != "sort");
    let chip = |(name, value): (&&'static str, &String)| Chip {
        name: label(name, language),
        value: worded(name).unwrap_or_else(|| value.clone()),
        without: without(name),
    };
    shown.map(chip).collect()
}
