//! What can be searched of a publication: laid out once for each language, on a
//! thread of its own, when somebody first searches in it.

use super::pages::api_path;
use super::problem::ApiError;
use super::snapshot::Snapshot;
use crate::impact::{Document, Matter, Search};
use crate::notice::{Locale, Notice, Program, Titles};
use crate::web::languages;
use crate::web::paging::address;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OnceCell;

/// The indexes of one publication, by language. Only languages that have words are
/// asked for here, so that there are few.
#[derive(Default)]
pub struct Searches {
    by_locale: Mutex<HashMap<Locale, Arc<OnceCell<Arc<Search>>>>>,
}

impl Searches {
    pub async fn of(snapshot: &Arc<Snapshot>, locale: &Locale) -> Result<Arc<Search>, ApiError> {
        let place = snapshot.searches.place(locale);
        let (snapshot, locale) = (snapshot.clone(), locale.clone());
        let lay = async {
            let built = tokio::task::spawn_blocking(move || build(&snapshot, &locale)).await;
            built.map(Arc::new).map_err(ApiError::internal)
        };
        place.get_or_try_init(|| lay).await.cloned()
    }

    fn place(&self, locale: &Locale) -> Arc<OnceCell<Arc<Search>>> {
        let mut places = self.by_locale.lock().unwrap_or_else(PoisonError::into_inner);
        places.entry(locale.clone()).or_default().clone()
    }
}

fn build(snapshot: &Snapshot, locale: &Locale) -> Search {
    let programs = snapshot.index.workspace().programs.values();
    Search::build(programs.flat_map(|program| documents(snapshot, program, locale)).collect())
}

fn documents(snapshot: &Snapshot, program: &Program, locale: &Locale) -> Vec<Document> {
    let titles = program.titles(locale);
    let document = |matter, title: &str, names: Vec<String>, text: String| Document {
        matter,
        title: title.to_owned(),
        program: titles.program().to_owned(),
        names,
        text,
        also: Vec::new(),
    };
    let id = || program.id.clone();
    let own = vec![program.id.to_string()];
    let office = titles.office().to_owned();
    let mut all = vec![document(Matter::Program(id()), titles.program(), own, office)];
    all.extend(program.notices.values().map(|notice| {
        let text = snapshot.renderer.plain_text(program, notice, locale);
        let names = vec![notice.id.to_string()];
        let matter = Matter::Notice(id(), notice.id.clone());
        let also = apis_of(notice, titles);
        Document { also, ..document(matter, titles.notice(notice), names, text) }
    }));
    let translated = program.head_in_locale(locale);
    all.extend(translated.catalogue.apis.iter().map(|(api, known)| {
        let text = known.description.clone().unwrap_or_default();
        document(Matter::Api(id(), api.clone()), &known.title, vec![api.to_string()], text)
    }));
    let environments = &translated.catalogue.environments;
    all.extend(environments.iter().map(|(environment, known)| {
        let urls: Vec<_> = known.urls.values().map(|url| url.as_str()).collect();
        let names = vec![environment.to_string()];
        let matter = Matter::Environment(id(), environment.clone());
        document(matter, &known.title, names, urls.join(" "))
    }));
    let mut hosts: Vec<_> =
        environments.values().flat_map(|e| e.urls.values().map(|url| url.host())).collect();
    hosts.sort_unstable();
    hosts.dedup();
    all.extend(hosts.into_iter().map(|host| {
        document(Matter::Host(id(), host.to_owned()), host, Vec::new(), String::new())
    }));
    all
}

/// What the APIs in a notice's rows are called.
fn apis_of(notice: &Notice, titles: Titles<'_>) -> Vec<String> {
    let targets = notice.schedule.rows.values().flat_map(|row| &row.targets);
    let distinct: BTreeSet<_> = targets.map(|target| &target.api).collect();
    distinct.into_iter().map(|api| format!("{api} {}", titles.api(api))).collect()
}

/// The word for what a document is about.
pub fn kind_word(matter: &Matter) -> &'static str {
    match matter {
        Matter::Program(_) => "filter-program",
        Matter::Notice(..) => "filter-notice",
        Matter::Api(..) => "filter-api",
        Matter::Environment(..) => "filter-environment",
        Matter::Host(..) => "found-host",
    }
}

/// The page about it, in the language that was asked for.
pub fn page_of(matter: &Matter, lang: Option<&Locale>) -> String {
    let lang = lang.map(|locale| (languages::PARAMETER, locale.as_str()));
    let page = |path: &str, pairs: &[(&str, &str)]| {
        address(path, &pairs.iter().copied().chain(lang).collect::<Vec<_>>())
    };
    match matter {
        Matter::Program(program) => page(&format!("/notices/{program}"), &[]),
        Matter::Notice(program, notice) => page(&format!("/notices/{program}/{notice}"), &[]),
        Matter::Api(program, api) => page(&api_path(program, api), &[]),
        Matter::Environment(program, environment) => {
            let pairs = [("program", program.as_str()), ("environment", environment.as_str())];
            page("/", &pairs)
        }
        Matter::Host(program, host) => page("/", &[("program", program.as_str()), ("url", host)]),
    }
}
