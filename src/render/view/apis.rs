//! APIs by name: in the table's cells, in the lists below it, and their
//! replacements.

use super::Scope;
use super::texts::shown_url;
use crate::notice::{
    ApiId, Cohort, GroupId, Notice, Program, ReplacedBy, Replacement, Row, Target,
};
use crate::render::language::Language;
use indexmap::{IndexMap, IndexSet};
use serde::Serialize;

/// An API or a part of one, as readers know it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct ApiName<'a> {
    pub wire: &'a str,
    pub title: &'a str,
    /// Whether the title says more than the wire name.
    pub is_titled: bool,
    pub versions: &'a [String],
    pub operation: Option<String>,
    /// All of it in a line.
    pub phrase: String,
}

/// A titled list below the table: a group, or what rows name directly.
#[derive(Debug, Serialize)]
pub struct ApiList<'a> {
    /// The fragment that the table's cells link to.
    pub anchor: String,
    pub title: String,
    /// The title of an earlier list that holds the same.
    pub same_as: Option<String>,
    pub apis: Vec<ListedApi<'a>>,
    pub has_descriptions: bool,
}

#[derive(Debug, PartialEq, Serialize)]
pub struct ListedApi<'a> {
    #[serde(flatten)]
    pub name: ApiName<'a>,
    pub description: Option<&'a str>,
    pub urls: Vec<&'a str>,
}

/// What a cell of the table says of its APIs.
#[derive(Debug, Serialize)]
pub struct ApiCell<'a> {
    pub lists: Vec<ListLink>,
    pub names: Vec<ApiName<'a>>,
}

#[derive(Debug, Serialize)]
pub struct ListLink {
    pub anchor: String,
    pub title: String,
    pub count: usize,
}

#[derive(Debug, Serialize)]
pub struct ReplacementView<'a> {
    pub name: ApiName<'a>,
    /// Each alternative: APIs that are used together. Empty: there is nothing.
    pub alternatives: Vec<Vec<ReplacementName<'a>>>,
}

#[derive(Debug, Serialize)]
pub struct ReplacementName<'a> {
    /// The wire name, after its program's id where that is another one.
    pub wire: String,
    pub title: Option<&'a str>,
}

#[derive(Debug, Serialize)]
pub struct CohortView<'a> {
    pub title: &'a str,
    pub description: Option<&'a str>,
}

pub(super) fn name<'a>(
    program: &'a Program,
    target: &'a Target,
    language: &Language<'_>,
) -> ApiName<'a> {
    let wire = target.api.as_str();
    let title = title(program, &target.api);
    let operation = target.operation.as_ref().map(ToString::to_string);
    let mut phrase = if title == wire { wire.to_owned() } else { format!("{title} ({wire})") };
    if !target.versions.is_empty() {
        let listed = target.versions.join(", ");
        let parts = [("count", target.versions.len().into()), ("versions", (&listed).into())];
        phrase += &format!(", {}", language.say_with("versions", &parts));
    }
    if let Some(operation) = &operation {
        phrase += &format!(", {operation}");
    }
    let versions = &target.versions;
    ApiName { wire, title, is_titled: title != wire, versions, operation, phrase }
}

fn title<'a>(program: &'a Program, api: &'a ApiId) -> &'a str {
    program.catalogue.apis.get(api).map_or(api.as_str(), |api| api.title.as_str())
}

/// Lists are told apart by their group and what it selected: a selector may
/// select differently at each row's URLs.
type Lists<'a> = IndexMap<(&'a GroupId, Vec<&'a Target>), Vec<&'a Row>>;

impl<'a> Scope<'a, '_> {
    fn name(&self, target: &'a Target) -> ApiName<'a> {
        name(self.program, target, self.language)
    }

    pub(super) fn distinct_names(&self, targets: &'a [Target]) -> Vec<ApiName<'a>> {
        let names: IndexSet<_> = targets.iter().map(|target| self.name(target)).collect();
        names.into_iter().collect()
    }

    fn lists(&self) -> Lists<'a> {
        let mut lists = Lists::new();
        for (_, row) in self.rows() {
            for (group, targets) in by_group(row) {
                if let Some(group) = group {
                    lists.entry((group, targets)).or_default().push(row);
                }
            }
        }
        lists
    }

    pub(super) fn api_lists(&self) -> Vec<ApiList<'a>> {
        let lists = self.lists();
        let mut views: Vec<ApiList<'a>> = Vec::new();
        for entry in &lists {
            let mut view = self.api_list(&lists, entry);
            let same = views.iter().find(|earlier| earlier.apis == view.apis);
            view.same_as = same.map(|earlier| earlier.title.clone());
            views.push(view);
        }
        views.extend(self.described_apis());
        views
    }

    fn api_list(
        &self,
        lists: &Lists<'a>,
        ((group, targets), rows): (&(&'a GroupId, Vec<&'a Target>), &Vec<&'a Row>),
    ) -> ApiList<'a> {
        let apis = targets.iter().map(|target| self.listed(target)).collect();
        self.list(anchor(lists, group, targets), self.list_title(lists, group, rows), apis)
    }

    fn list(&self, anchor: String, title: String, apis: Vec<ListedApi<'a>>) -> ApiList<'a> {
        let has_descriptions =
            apis.iter().any(|api| api.description.is_some() || !api.urls.is_empty());
        ApiList { anchor, title, same_as: None, apis, has_descriptions }
    }

    /// What rows name directly stands in their cells already; a list repeats only
    /// those of which there is more to say.
    fn described_apis(&self) -> Option<ApiList<'a>> {
        let direct = self.rows().flat_map(|(_, row)| &row.targets).filter(|t| t.group.is_none());
        let distinct: IndexSet<_> = direct.collect();
        let apis: Vec<_> = distinct
            .into_iter()
            .map(|target| self.listed(target))
            .filter(|api| api.description.is_some() || !api.urls.is_empty())
            .collect();
        let title = self.language.say("about-apis");
        (!apis.is_empty()).then(|| self.list("apis".to_owned(), title, apis))
    }

    fn listed(&self, target: &'a Target) -> ListedApi<'a> {
        let api = self.program.catalogue.apis.get(&target.api);
        ListedApi {
            name: self.name(target),
            description: api.and_then(|api| api.description.as_deref()),
            urls: api.map_or(Vec::new(), |api| api.urls.iter().map(shown_url).collect()),
        }
    }

    /// The group's title; where the group selects differently by row, with the
    /// environments in which it selects these.
    fn list_title(&self, lists: &Lists<'a>, group: &GroupId, rows: &[&'a Row]) -> String {
        let known = self.program.catalogue.groups.get(group);
        let title = known.map_or_else(|| group.to_string(), |group| group.title.clone());
        if lists.keys().filter(|(other, _)| *other == group).count() == 1 {
            return title;
        }
        let places: IndexSet<_> = rows.iter().map(|row| self.place(row)).collect();
        let places: Vec<_> = places.into_iter().collect();
        format!("{title}{} {}", self.language.say("colon"), self.language.list(&places))
    }

    pub(super) fn api_cell(&self, row: &'a Row) -> ApiCell<'a> {
        let lists = self.lists();
        let mut cell = ApiCell { lists: Vec::new(), names: Vec::new() };
        for (group, targets) in by_group(row) {
            match group {
                None => cell.names.extend(targets.iter().map(|target| self.name(target))),
                Some(group) => {
                    let count = targets.len();
                    let anchor = anchor(&lists, group, &targets);
                    let rows = lists.get(&(group, targets)).map_or(&[][..], Vec::as_slice);
                    let title = self.list_title(&lists, group, rows);
                    cell.lists.push(ListLink { anchor, title, count });
                }
            }
        }
        cell
    }

    pub(super) fn replacements(&self) -> Vec<ReplacementView<'a>> {
        let mut seen = IndexMap::new();
        for target in self.rows().flat_map(|(_, row)| &row.targets) {
            let api = self.program.catalogue.apis.get(&target.api);
            if let Some(replaced_by) = api.and_then(|api| api.replaced_by.as_ref()) {
                seen.entry(&target.api).or_insert((target, replaced_by));
            }
        }
        let view = |(target, replaced_by): (&'a Target, &'a ReplacedBy)| ReplacementView {
            name: self.name(target),
            alternatives: match replaced_by {
                ReplacedBy::Nothing => Vec::new(),
                ReplacedBy::Alternatives(alternatives) => alternatives
                    .iter()
                    .map(|together| together.iter().map(|one| self.replacement(one)).collect())
                    .collect(),
            },
        };
        seen.into_values().map(view).collect()
    }

    /// Only this program's titles are known here.
    fn replacement(&self, replacement: &'a Replacement) -> ReplacementName<'a> {
        let is_ours = replacement.program.as_ref().is_none_or(|id| *id == self.program.id);
        let api = self.program.catalogue.apis.get(&replacement.api);
        let title = api.filter(|_| is_ours).map(|api| api.title.as_str());
        ReplacementName { wire: replacement.to_string(), title }
    }

    pub(super) fn cohorts(&self) -> Vec<CohortView<'a>> {
        let used: IndexSet<_> = self.rows().filter_map(|(_, row)| row.cohort.as_ref()).collect();
        let known = |id| self.program.catalogue.cohorts.get(id);
        let view = |Cohort { title, description }: &'a Cohort| CohortView {
            title,
            description: description.as_deref(),
        };
        used.into_iter().filter_map(known).map(view).collect()
    }

    pub(super) fn place(&self, row: &'a Row) -> &'a str {
        place(self.program, row)
    }

    pub(super) fn place_among(&self, row: &Row) -> String {
        place_among(self.program, self.notice, row, self.language)
    }
}

/// Where a row applies, as the office calls it.
pub fn place<'a>(program: &'a Program, row: &'a Row) -> &'a str {
    let environment = program.catalogue.environments.get(&row.environment);
    environment.map_or(row.environment.as_str(), |environment| environment.title.as_str())
}

/// Longer than this, a detail says less than the schedule it stands in front of.
const MAX_DETAIL_CHARS: usize = 80;

/// Where a row applies, told apart from the notice's other rows in the same
/// place: by its cohort, else by its APIs, else by its addresses.
pub fn place_among(
    program: &Program,
    notice: &Notice,
    row: &Row,
    language: &Language<'_>,
) -> String {
    let own = place(program, row);
    let rows = notice.schedule.rows.values();
    let others: Vec<&Row> =
        rows.filter(|other| !std::ptr::eq(*other, row) && place(program, other) == own).collect();
    if others.is_empty() {
        return own.to_owned();
    }
    let details: [fn(&Program, &Row, &Language<'_>) -> String; 3] =
        [cohort_title, named_apis, addresses];
    let told = details.iter().find_map(|detail| {
        let said = detail(program, row, language);
        let is_short = !said.is_empty() && said.chars().count() <= MAX_DETAIL_CHARS;
        let is_alone = others.iter().all(|other| detail(program, other, language) != said);
        (is_short && is_alone).then_some(said)
    });
    told.map_or_else(|| own.to_owned(), |detail| format!("{own} ({detail})"))
}

fn cohort_title(program: &Program, row: &Row, _: &Language<'_>) -> String {
    let cohort = row.cohort.as_ref().and_then(|id| program.catalogue.cohorts.get(id));
    cohort.map(|cohort| cohort.title.clone()).unwrap_or_default()
}

/// The titles of its groups, and of its other APIs.
fn named_apis(program: &Program, row: &Row, language: &Language<'_>) -> String {
    let mut parts = Vec::new();
    for (group, targets) in by_group(row) {
        match group.and_then(|group| program.catalogue.groups.get(group)) {
            Some(group) => parts.push(group.title.clone()),
            None => {
                parts.extend(targets.iter().map(|t| name(program, t, language).title.to_owned()))
            }
        }
    }
    parts.join(", ")
}

fn addresses(program: &Program, row: &Row, _: &Language<'_>) -> String {
    let environment = program.catalogue.environments.get(&row.environment);
    let urls = row.urls.iter().filter_map(|id| environment?.urls.get(id)).map(shown_url);
    urls.collect::<Vec<_>>().join(", ")
}

/// A row's APIs in a line: its groups by title, the others by name.
pub fn row_apis(program: &Program, row: &Row, language: &Language<'_>) -> String {
    let mut parts = Vec::new();
    for (group, targets) in by_group(row) {
        match group.and_then(|group| program.catalogue.groups.get(group)) {
            Some(group) => parts.push(format!("{} ({})", group.title, targets.len())),
            None => {
                parts.extend(targets.iter().map(|target| name(program, target, language).phrase))
            }
        }
    }
    parts.join(", ")
}

/// APIs by name in a line, each once.
pub fn names(program: &Program, targets: &[Target], language: &Language<'_>) -> String {
    let phrases = targets.iter().map(|target| name(program, target, language).phrase);
    let phrases: IndexSet<_> = phrases.collect();
    phrases.into_iter().collect::<Vec<_>>().join(", ")
}

/// The first list of a group has the group's own anchor.
fn anchor(lists: &Lists<'_>, group: &GroupId, targets: &[&Target]) -> String {
    let mut same = lists.keys().filter(|(other, _)| *other == group);
    match same.position(|(_, other)| other == targets) {
        None | Some(0) => format!("apis-{group}"),
        Some(place) => format!("apis-{group}-{}", place + 1),
    }
}

/// A row's targets by the group that selected them, in the office's order.
fn by_group(row: &Row) -> IndexMap<Option<&GroupId>, Vec<&Target>> {
    let mut groups: IndexMap<_, Vec<_>> = IndexMap::new();
    for target in &row.targets {
        groups.entry(target.group.as_ref()).or_default().push(target);
    }
    groups
}
