//! Resolves references to APIs, groups and operations against a catalogue.

use super::problem::{Code, Problem, suggestion};
use super::tree::{Step, Tree, steps};
use crate::notice::{
    Api, ApiId, Catalogue, Environment, EnvironmentId, Group, GroupId, HttpUrl, Operation,
    Reference, Selector, Target, UrlId, VersionRange,
};
use indexmap::IndexSet;
use std::cell::Cell;
use std::collections::HashSet;

/// A catalogue, and the file it stands in for pointing at.
pub struct Resolver<'a> {
    pub catalogue: &'a Catalogue,
    pub tree: Option<&'a Tree>,
    /// How many APIs and references were looked at, which may be far more than
    /// what was found.
    pub walked: Cell<usize>,
}

/// Where a reference applies: a row's environment and URLs, or the whole program.
#[derive(Clone, Copy)]
pub enum Scope<'a> {
    Program,
    Row { id: &'a EnvironmentId, environment: &'a Environment, urls: &'a [UrlId] },
}

/// What a reference came to: what it names, or why it names nothing.
pub type Resolved = Result<Vec<Target>, Option<Box<Problem>>>;

impl<'a> Resolver<'a> {
    /// Every target of `references`, which stand at `at` in `file`; those that
    /// name nothing become problems.
    pub fn targets(
        &self,
        references: &[Reference],
        scope: Scope<'_>,
        file: &Tree,
        at: &[Step],
        problems: &mut Vec<Problem>,
    ) -> Vec<Target> {
        let mut targets = IndexSet::new();
        for (index, reference) in references.iter().enumerate() {
            let mut place = at.to_vec();
            place.push(Step::Index(index));
            match self.resolve(reference, scope, file, &place) {
                Ok(found) => targets.extend(found),
                Err(problem) => problems.extend(problem.map(|p| *p)),
            }
        }
        targets.into_iter().collect()
    }

    /// What is wrong with one reference of a group, apart from what is wrong with
    /// the groups it names: those are looked at where they are declared.
    pub fn check_member(
        &self,
        reference: &Reference,
        file: &Tree,
        at: &[Step],
        problems: &mut Vec<Problem>,
    ) {
        let inner = self.catalogue.groups.get(reference.name.as_str());
        let is_plain = reference.versions.is_none() && reference.operation.is_none();
        if is_plain && inner.is_some_and(|inner| !inner.apis.is_empty()) {
            return;
        }
        if let Err(problem) = self.resolve(reference, Scope::Program, file, at) {
            problems.extend(problem.map(|problem| *problem));
        }
    }

    fn resolve(
        &self,
        reference: &Reference,
        scope: Scope<'_>,
        file: &Tree,
        at: &[Step],
    ) -> Resolved {
        let name = reference.name.as_str();
        if let Some(api) = self.catalogue.apis.get(name) {
            return self.api_target(reference, api, file, at).map(|target| vec![target]);
        }
        if let Some((id, group)) = self.catalogue.groups.get_key_value(name) {
            if reference.versions.is_some() || reference.operation.is_some() {
                let message =
                    format!("`{name}` is a group; only an API has versions and operations");
                return Err(problem(Code::UnknownReference, file, at, message, None));
            }
            let found = self.group_targets(id, group, scope);
            // An empty list is reported where the group is declared.
            if found.is_empty() && group.selector.is_some() {
                let message = format!("the group `{name}` selects no API here");
                let help = "its `where` is evaluated at the row's URLs".to_owned();
                return Err(problem(Code::EmptyGroup, file, at, message, Some(help)));
            }
            return Ok(found);
        }
        if self.was_left_out(name) {
            return Err(None);
        }
        let known: Vec<_> = self.names().collect();
        Err(problem(
            Code::UnknownReference,
            file,
            at,
            format!("`{name}` is neither an API nor a group of this program"),
            suggestion(name, known.iter().copied())
                .or_else(|| Some("declare it in apis.yaml".to_owned())),
        ))
    }

    /// Whether the catalogue names it in an entry that was itself wrong; one
    /// problem is enough for it.
    fn was_left_out(&self, name: &str) -> bool {
        self.tree.is_some_and(|tree| {
            ["apis", "groups"].iter().any(|kind| tree.keys(&steps![*kind]).contains(&name))
        })
    }

    /// Whether part of what the catalogue says of an API was itself wrong.
    fn has_lost(&self, api: &ApiId, key: &str) -> bool {
        self.tree.is_some_and(|tree| tree.has_lost(&steps!["apis", api.as_str(), key]))
    }

    pub fn names(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let groups = self.catalogue.groups.keys().map(GroupId::as_str);
        self.catalogue.apis.keys().map(ApiId::as_str).chain(groups)
    }

    fn api_target(
        &self,
        reference: &Reference,
        api: &Api,
        file: &Tree,
        at: &[Step],
    ) -> Result<Target, Option<Box<Problem>>> {
        let name = &reference.name;
        let versions = match &reference.versions {
            None => Vec::new(),
            Some(range) => versions_in(api, range).map_err(|unknown| {
                if self.has_lost(name, "versions") {
                    return None;
                }
                let message = format!("`{name}` has no version `{unknown}`");
                let help =
                    suggestion(&unknown, api.versions.iter().map(String::as_str)).or_else(|| {
                        Some("declare it in apis.yaml, under the API's `versions`".to_owned())
                    });
                problem(Code::UnknownReference, file, at, message, help)
            })?,
        };
        if let Some(operation) = &reference.operation
            && !api.operations.contains(operation)
        {
            if self.has_lost(name, "operations") {
                return Err(None);
            }
            let message = format!("`{name}` has no operation `{operation}`");
            let known: Vec<_> = api.operations.iter().map(ToString::to_string).collect();
            let help = suggestion(&operation.to_string(), known.iter().map(String::as_str))
                .or_else(|| {
                    Some("declare it in apis.yaml, under the API's `operations`".to_owned())
                });
            return Err(problem(Code::UnknownReference, file, at, message, help));
        }
        Ok(Target {
            api: name.clone(),
            group: None,
            versions,
            operation: reference.operation.clone(),
        })
    }

    /// What a group selects and lists, and the groups it lists, each of them once,
    /// so that a circle ends; `check` reports the circle where it is declared.
    fn group_targets(&self, id: &GroupId, group: &Group, scope: Scope<'_>) -> Vec<Target> {
        let select = |group: &Group| match &group.selector {
            Some(selector) => self.selected(selector, scope),
            None => Vec::new(),
        };
        let mut seen = HashSet::from([id]);
        let mut targets = select(group);
        // Without recursion: groups may be nested as deep as a file is long.
        let mut within = vec![group.apis.iter()];
        while let Some(references) = within.last_mut() {
            self.walked.update(|walked| walked + 1);
            let Some(reference) = references.next() else {
                within.pop();
                continue;
            };
            let name = reference.name.as_str();
            if let Some(api) = self.catalogue.apis.get(name) {
                let versions =
                    reference.versions.as_ref().and_then(|range| versions_in(api, range).ok());
                targets.push(Target {
                    api: reference.name.clone(),
                    group: None,
                    versions: versions.unwrap_or_default(),
                    operation: reference.operation.clone(),
                });
            } else if let Some((inner_id, inner)) = self.catalogue.groups.get_key_value(name)
                && seen.insert(inner_id)
            {
                targets.extend(select(inner));
                within.push(inner.apis.iter());
            }
        }
        for target in &mut targets {
            target.group = Some(id.clone());
        }
        targets
    }

    fn selected(&self, selector: &Selector, scope: Scope<'_>) -> Vec<Target> {
        let mut targets = Vec::new();
        self.walked.update(|walked| walked + self.catalogue.apis.len());
        for (id, api) in &self.catalogue.apis {
            if !is_offered(api, scope) || !self.url_matches(selector, api, scope) {
                continue;
            }
            if selector.tag.as_ref().is_some_and(|tag| !api.tags.contains(tag)) {
                continue;
            }
            let whole =
                Target { api: id.clone(), group: None, versions: Vec::new(), operation: None };
            if selector.method.is_none() && selector.path.is_none() {
                targets.push(whole);
                continue;
            }
            let matching = api.operations.iter().filter(|o| operation_matches(selector, o));
            targets
                .extend(matching.map(|o| Target { operation: Some(o.clone()), ..whole.clone() }));
        }
        targets
    }

    fn url_matches(&self, selector: &Selector, api: &Api, scope: Scope<'_>) -> bool {
        if selector.scheme.is_none() && selector.url.is_none() {
            return true;
        }
        let matches = |url: &HttpUrl| {
            selector.scheme.is_none_or(|scheme| url.scheme() == scheme.as_str())
                && selector.url.as_ref().is_none_or(|pattern| glob(pattern, url.as_str()))
        };
        match scope {
            Scope::Row { environment, urls, .. } => {
                let mut at_row = urls.iter().filter_map(|id| environment.urls.get(id));
                at_row.any(matches) || api.urls.iter().any(matches)
            }
            Scope::Program => {
                let environments = self.catalogue.environments.values();
                environments.flat_map(|e| e.urls.values()).chain(&api.urls).any(matches)
            }
        }
    }
}

fn problem(
    code: Code,
    file: &Tree,
    at: &[Step],
    message: String,
    help: Option<String>,
) -> Option<Box<Problem>> {
    Some(Box::new(Problem::error(code, file.place(at), message).help_opt(help)))
}

fn is_offered(api: &Api, scope: Scope<'_>) -> bool {
    match scope {
        Scope::Program => true,
        Scope::Row { id, .. } => api.available.is_empty() || api.available.contains(id),
    }
}

/// The versions of `api` in `range`, or the end of it that the API lacks.
fn versions_in(api: &Api, range: &VersionRange) -> Result<Vec<String>, String> {
    let position = |version: &String| {
        api.versions.iter().position(|v| v == version).ok_or_else(|| version.clone())
    };
    let from = range.from.as_ref().map_or(Ok(0), position)?;
    let last = api.versions.len().saturating_sub(1);
    let to = range.to.as_ref().map_or(Ok(last), position)?;
    let backwards = || range.to.clone().unwrap_or_default();
    api.versions.get(from..=to).map(<[String]>::to_vec).ok_or_else(backwards)
}

fn operation_matches(selector: &Selector, operation: &Operation) -> bool {
    selector.method.as_ref().is_none_or(|method| method == operation.method())
        && selector.path.as_ref().is_none_or(|pattern| glob(pattern, operation.path()))
}

/// `*` stands for any text, also none.
fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let mut open_end = false;
    for part in parts {
        open_end = part.is_empty();
        // The earliest match leaves most for the parts to come.
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    let last = pattern.rsplit('*').next().unwrap_or_default();
    rest.is_empty() || open_end || (pattern.contains('*') && rest.ends_with(last))
}
