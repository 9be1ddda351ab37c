//! Reads and checks `program.yaml` and `apis.yaml`.

use super::circles::{circles, drawn};
use super::problem::{Code, Place, Problem, suggestion};
use super::reader::{Read, read};
use super::references::Resolver;
use super::rules::{abbreviated_zone, check_contrast};
use super::source::SourceFile;
use super::tree::{Step, Tree, steps};
use crate::notice::{
    ApiId, Catalogue, HttpUrl, ProgramSettings, Reference, ReplacedBy, Replacement, VersionRange,
};
use std::cell::Cell;

/// More places than these are not looked at.
const MAX_RELATED: usize = 3;

pub fn settings(file: &SourceFile, problems: &mut Vec<Problem>) -> Option<Read<ProgramSettings>> {
    let read = read::<ProgramSettings>(file, problems)?;
    if let Some(settings) = &read.form {
        check_settings(settings, &read.tree, problems);
    }
    Some(read)
}

fn check_settings(settings: &ProgramSettings, tree: &Tree, problems: &mut Vec<Problem>) {
    check_contrast(&settings.brand, tree, problems);
    problems.extend(abbreviated_zone(tree, &steps!["zone"], Some(settings.zone)));
    for (index, zone) in settings.shown_zones.iter().enumerate() {
        problems.extend(abbreviated_zone(tree, &steps!["shown_zones", index], Some(*zone)));
    }
    if settings.locales.is_empty() {
        let place = tree.place(&steps!["locales"]);
        let problem =
            Problem::error(Code::InvalidValue, place, "a program has at least one locale");
        problems.push(problem.help("leave `locales` out for English alone"));
    }
    if let Some(hours) = &settings.sending_hours
        && hours.from >= hours.until
    {
        let place = tree.place(&steps!["sending_hours", "until"]);
        problems.push(Problem::error(
            Code::DateOrder,
            place,
            "the sending hours end before they begin",
        ));
    }
    for (index, freeze) in settings.policy.freezes.iter().enumerate() {
        if freeze.until < freeze.from {
            let place = tree.place(&steps!["policy", "freezes", index, "until"]);
            problems.push(Problem::error(
                Code::DateOrder,
                place,
                "the freeze ends before it begins",
            ));
        }
    }
}

pub fn catalogue(file: &SourceFile, problems: &mut Vec<Problem>) -> Option<Read<Catalogue>> {
    let read = read::<Catalogue>(file, problems)?;
    if let Some(catalogue) = &read.form {
        for (id, environment) in &catalogue.environments {
            let at = steps!["environments", id.as_str(), "zone"];
            problems.extend(abbreviated_zone(&read.tree, &at, environment.zone));
            for (url_id, url) in &environment.urls {
                let at = steps!["environments", id.as_str(), "urls", url_id.as_str()];
                problems.extend(any_host(url, read.tree.place(&at)));
            }
        }
        check_apis(catalogue, &read.tree, problems);
        check_groups(catalogue, &read.tree, problems);
    }
    Some(read)
}

/// Nobody calls `*.example.com`, and who asks for their own host would not be told
/// that it is meant.
fn any_host(url: &HttpUrl, place: Place) -> Option<Problem> {
    url.host().contains('*').then(|| {
        let message = format!("`*` stands for nothing in the host `{}`", url.host());
        Problem::error(Code::InvalidValue, place, message)
            .help("write a host as readers know it, such as `your-site.example.com`")
    })
}

fn check_apis(catalogue: &Catalogue, tree: &Tree, problems: &mut Vec<Problem>) {
    for (id, api) in &catalogue.apis {
        for (index, environment) in api.available.iter().enumerate() {
            if catalogue.environments.contains_key(environment) {
                continue;
            }
            let at = steps!["apis", id.as_str(), "available", index];
            unknown(
                environment.as_str(),
                &tree.keys(&steps!["environments"]),
                "environment",
                (tree, &at),
                problems,
            );
        }
        for (index, url) in api.urls.iter().enumerate() {
            let at = steps!["apis", id.as_str(), "urls", index];
            problems.extend(any_host(url, tree.place(&at)));
        }
        problems.extend(api.versions.iter().enumerate().filter_map(|(index, version)| {
            let at = steps!["apis", id.as_str(), "versions", index];
            (!is_referable(version)).then(|| unreferable(version, tree.place(&at)))
        }));
        let Some(ReplacedBy::Alternatives(alternatives)) = &api.replaced_by else { continue };
        // Another program's API is looked up when all programs are read.
        let own = replacements(id, alternatives).filter(|(r, _)| r.program.is_none());
        for (replacement, at) in own.filter(|(r, _)| !catalogue.apis.contains_key(&r.api)) {
            let name = replacement.api.as_str();
            unknown(name, &tree.keys(&steps!["apis"]), "API", (tree, &at), problems);
        }
    }
}

/// Each replacement of the API with its path.
pub fn replacements<'a>(
    api: &'a ApiId,
    alternatives: &'a [Vec<Replacement>],
) -> impl Iterator<Item = (&'a Replacement, [Step; 5])> {
    let own = move |first: usize, second: usize| {
        // An alternative of one API is written without a list of its own, and the
        // longest part of the path that is there counts.
        steps!["apis", api.as_str(), "replaced_by", first, second]
    };
    alternatives.iter().enumerate().flat_map(move |(first, together)| {
        together.iter().enumerate().map(move |(second, one)| (one, own(first, second)))
    })
}

/// Whether `NAME@VERSION` means this version and nothing else.
fn is_referable(version: &str) -> bool {
    let reference = format!("a@{version}").parse::<Reference>();
    reference.is_ok_and(|read| {
        let own = Some(version.to_owned());
        let meant = VersionRange { from: own.clone(), to: own };
        read.versions == Some(meant) && read.operation.is_none()
    })
}

fn unreferable(version: &str, place: Place) -> Problem {
    let message = format!("no reference can name the version `{version}`");
    Problem::error(Code::InvalidValue, place, message)
        .help("NAME@VERSION ends at a blank, and `..` makes a range: write it without either")
}

/// Reports `name` where it is not among `known`.
pub fn unknown(
    name: &str,
    known: &[&str],
    what: &str,
    (tree, at): (&Tree, &[Step]),
    problems: &mut Vec<Problem>,
) {
    if known.contains(&name) {
        return;
    }
    let place = tree.place(at);
    let message = format!("`{name}` is not a declared {what}");
    let help = suggestion(name, known.iter().copied());
    problems.push(Problem::error(Code::UnknownReference, place, message).help_opt(help));
}

fn check_groups(catalogue: &Catalogue, tree: &Tree, problems: &mut Vec<Problem>) {
    let resolver = Resolver { catalogue, tree: Some(tree), walked: Cell::default() };
    for (id, group) in &catalogue.groups {
        let at = steps!["groups", id.as_str()];
        if catalogue.apis.contains_key(id.as_str()) {
            let message = format!("`{id}` names both an API and a group");
            problems.push(
                Problem::error(Code::NameCollision, tree.key_place(&at), message)
                    .related(
                        tree.key_place(&steps!["apis", id.as_str()]),
                        "the API is declared here",
                    )
                    .help("a reference could mean either; rename the group"),
            );
        }
        if group.apis.is_empty() && group.selector.is_none() {
            let message = format!("the group `{id}` selects nothing");
            problems.push(
                Problem::error(Code::EmptyGroup, tree.key_place(&at), message)
                    .help("give it a list of `apis`, or a rule in `where`"),
            );
        }
        for (index, reference) in group.apis.iter().enumerate() {
            let member = steps!["groups", id.as_str(), "apis", index];
            resolver.check_member(reference, tree, &member, problems);
        }
    }
    check_group_circles(catalogue, tree, problems);
}

/// Reports each circle once, where the first of its groups is declared.
fn check_group_circles(catalogue: &Catalogue, tree: &Tree, problems: &mut Vec<Problem>) {
    let groups = &catalogue.groups;
    let leads_to = |group: usize| {
        // Where an API has the same name, the reference means the API.
        let named = groups[group].apis.iter().map(|reference| &reference.name);
        let named = named.filter(|name| !catalogue.apis.contains_key(*name));
        named.filter_map(|name| groups.get_index_of(name.as_str())).collect()
    };
    for circle in circles(groups.len(), leads_to) {
        let named = circle.iter().filter_map(|group| groups.get_index(*group));
        let names: Vec<_> = named.map(|(id, _)| id.as_str()).collect();
        let Some((first, others)) = names.split_first() else { continue };
        let message = format!("the group `{first}` contains itself: {}", drawn(&names));
        let place = |name: &str| tree.key_place(&steps!["groups", name]);
        let problem = Problem::error(Code::GroupCircle, place(first), message);
        let problem = others.iter().take(MAX_RELATED).fold(problem, |problem, other| {
            problem.related(place(other), "this group is on the way")
        });
        problems.push(problem.help("take one of them out of the other"));
    }
}
