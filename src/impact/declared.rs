//! What the catalogues declare, by what people call it: names of APIs, and hosts.
//!
//! It does not know what is asked; it finds in one step whatever could be meant.

use super::index::Index;
use super::pasted::Segments;
use crate::notice::{Api, ApiId, HttpUrl, Program, Workspace};
use std::collections::HashMap;

/// An API by its places among the programs and in its catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ApiPlace {
    program: u32,
    api: u32,
}

/// A URL that a catalogue declares.
pub(super) struct Address {
    pub(super) port: u16,
    pub(super) path: Segments,
    pub(super) touched: Touched,
}

/// What is affected through an address.
pub(super) enum Touched {
    /// Rows that name a base URL of their environment.
    By(Vec<u32>),
    /// The address is an API's own: rows that name the API.
    With(ApiPlace),
}

/// Everything declared, for looking it up.
#[derive(Default)]
pub(super) struct Declared {
    /// Wire names in lower case.
    names: HashMap<String, Vec<ApiPlace>>,
    /// Titles in lower case.
    titles: HashMap<String, Vec<ApiPlace>>,
    hosts: HashMap<String, Vec<Address>>,
}

fn number(n: usize) -> u32 {
    u32::try_from(n).expect("a workspace has fewer than 2^32 of anything")
}

/// A host as it is compared: `api.example.com.` is `api.example.com`.
pub(super) fn host_key(host: &str) -> &str {
    host.strip_suffix('.').unwrap_or(host)
}

impl Declared {
    pub(super) fn build(index: &Index) -> Self {
        let mut declared = Self::default();
        for (p, program) in index.workspace().programs.values().enumerate() {
            for (a, (id, api)) in program.catalogue.apis.iter().enumerate() {
                declared.add_api(ApiPlace { program: number(p), api: number(a) }, id, api);
            }
        }
        let mut by_url: HashMap<*const HttpUrl, Vec<u32>> = HashMap::new();
        for line in 0..number(index.len()) {
            for url in index.line(line).urls() {
                by_url.entry(std::ptr::from_ref(url)).or_default().push(line);
            }
        }
        let programs = index.workspace().programs.values();
        for environment in programs.flat_map(|program| program.catalogue.environments.values()) {
            for url in environment.urls.values() {
                let lines = by_url.remove(&std::ptr::from_ref(url)).unwrap_or_default();
                declared.add_url(url, Touched::By(lines));
            }
        }
        declared
    }

    fn add_api(&mut self, place: ApiPlace, id: &ApiId, api: &Api) {
        self.names.entry(id.as_str().to_lowercase()).or_default().push(place);
        self.titles.entry(api.title.to_lowercase()).or_default().push(place);
        for url in &api.urls {
            self.add_url(url, Touched::With(place));
        }
    }

    fn add_url(&mut self, url: &HttpUrl, touched: Touched) {
        let address = Address { port: url.port(), path: Segments::new(url.path()), touched };
        self.hosts.entry(host_key(url.host()).to_owned()).or_default().push(address);
    }

    pub(super) fn is_title(&self, text: &str) -> bool {
        self.titles.contains_key(&text.to_lowercase())
    }

    pub(super) fn at_host(&self, host: &str) -> &[Address] {
        self.hosts.get(host).map_or(&[], Vec::as_slice)
    }

    /// The APIs of this name: letter by letter where there are such, else whatever
    /// the case, else those of this title.
    fn named(&self, name: &str, workspace: &Workspace) -> Vec<ApiPlace> {
        let key = name.to_lowercase();
        let alike = self.names.get(&key).map_or(&[][..], Vec::as_slice);
        let is_exact = |place: &&ApiPlace| api_at(workspace, **place).1.as_str() == name;
        let exact: Vec<_> = alike.iter().filter(is_exact).copied().collect();
        match (exact.is_empty(), alike.is_empty()) {
            (false, _) => exact,
            (true, false) => alike.to_vec(),
            (true, true) => self.titles.get(&key).cloned().unwrap_or_default(),
        }
    }
}

fn api_at(workspace: &Workspace, place: ApiPlace) -> (&Program, &ApiId, &Api) {
    const GIVEN: &str = "places come from this workspace, which never changes";
    let (_, program) = workspace.programs.get_index(place.program as usize).expect(GIVEN);
    let (id, api) = program.catalogue.apis.get_index(place.api as usize).expect(GIVEN);
    (program, id, api)
}

impl Index {
    /// The API at a place that this index gave.
    pub fn api(&self, place: ApiPlace) -> (&Program, &ApiId, &Api) {
        api_at(self.workspace(), place)
    }

    /// The APIs that `name` may mean: a wire name, `program/name`, or a title.
    pub fn apis_named(&self, name: &str) -> Vec<ApiPlace> {
        let Some((program, api)) = name.split_once('/') else {
            return self.declared.named(name, self.workspace());
        };
        let mut found = self.declared.named(api, self.workspace());
        found.retain(|place| self.api(*place).0.id.as_str().eq_ignore_ascii_case(program));
        found
    }

    /// The API of exactly this name in exactly this program.
    pub fn api_place(&self, program: &str, api: &str) -> Option<ApiPlace> {
        let (p, _, found) = self.workspace().programs.get_full(program)?;
        let (a, ..) = found.catalogue.apis.get_full(api)?;
        Some(ApiPlace { program: number(p), api: number(a) })
    }

    /// The lines about an API, in the table's own order.
    pub fn lines_of(&self, place: ApiPlace) -> impl Iterator<Item = u32> + '_ {
        let (program, id, _) = self.api(place);
        let of_program = move |line: &u32| std::ptr::eq(self.line(*line).program, program);
        self.of_api(id).iter().copied().filter(of_program)
    }
}
