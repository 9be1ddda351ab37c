//! A program of many APIs and the people who follow some of them, in a database
//! of either kind.

use fairwarning::clock::Clock;
use fairwarning::notice::{NoticePath, Publication};
use fairwarning::store::Store;
use fairwarning::{subscribers, workspace};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// APIs of the program, and how many of them the notice is about.
pub const APIS: usize = 120;
pub const AFFECTED: usize = 30;
/// One in so many has left the program.
pub const ONE_LEFT_IN: usize = 50;
/// Imported in one list.
const LIST: usize = 1_000_000;

pub fn notice() -> NoticePath {
    "crowd/retired".parse().expect("a path")
}

/// What `fairwarning publish` would read. The cutoffs lie so far ahead that no
/// reminder is due.
pub fn declare(folder: &Path) {
    let apis: String =
        (0..APIS).map(|n| format!("  api-{n}: {{title: API {n}, replaced_by: none}}\n")).collect();
    let waves = [(0, AFFECTED / 2), (AFFECTED / 2, AFFECTED)];
    let mut rows = String::new();
    for (from, to) in waves {
        let named: Vec<String> = (from..to).map(|n| format!("api-{n}")).collect();
        for environment in ["test", "prod"] {
            let apis = named.join(", ");
            let _ = write!(
                rows,
                "    {environment}-{from}:\n      environment: {environment}\n      \
                 apis: [{apis}]\n"
            );
        }
    }
    let program = "title: Crowd\noffice: {name: Crowd Office, greeting: Hello, closing: Thanks}\n\
                   contact: {email: office@example.org}\n\
                   sender: {name: Crowd Office, address: office@example.org}\n\
                   zone: UTC\nlocales: [en, de]\nreminders: {default: [60 days, 7 days]}\n";
    let environments = "environments:\n  test: {title: Test, stage: test}\n  \
                        prod: {title: Production, stage: production}\n";
    let notice = format!(
        "title: Old APIs end\nkind: retirement\nannounced: 2026-01-01\nsummary: |\n  They end on {{{{cutoff}}}}.\n\
         schedule:\n  cutoff: 2120-06-01\n  rows:\n{rows}"
    );
    let folder = folder.join("crowd");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("program.yaml"), program).expect("a file");
    fs::write(folder.join("apis.yaml"), format!("{environments}apis:\n{apis}")).expect("a file");
    fs::write(folder.join("retired.yaml"), notice).expect("a file");
}

/// Publishes the program and imports so many people; says how long importing took.
pub async fn gather(store: &Store, folder: &Path, people: usize) -> Duration {
    let clock = Clock::system();
    declare(folder);
    let loaded = workspace::load(folder).expect("it was written a moment ago");
    let checked = loaded.check();
    let workspace = checked.workspace.expect("it is sound");
    let publication = Publication::new(workspace.clone(), loaded.templates);
    store.publish(&publication, None, clock.now()).await.expect("published");
    let keys = subscribers::load_keys(store, clock.now()).await.expect("keys");
    let mut took = Duration::ZERO;
    for start in (0..people).step_by(LIST) {
        let list = list(start..people.min(start + LIST));
        let begun = Instant::now();
        let at = clock.now();
        let read = subscribers::import_csv(store, &keys, &workspace, list.as_bytes(), at).await;
        took += begun.elapsed();
        read.expect("a sound list");
    }
    took
}

/// About four interests each, of which one at least is in what the notice is
/// about: everybody hears.
fn list(people: std::ops::Range<usize>) -> String {
    let mut list = String::from("address,name,programs,apis,environments,locale,zone\n");
    for n in people {
        // A step that is prime to the number of APIs, so that every mixture comes.
        let api = |k: usize| (n * 7 + n / APIS * 13 + k * 41) % APIS;
        let affected = (n * 11 + n / 97) % AFFECTED;
        let (one, two, three) = (api(1), api(2), api(3));
        let (apis, environments) = match n % 3 {
            0 => (format!("api-{affected};api-{one};api-{two};api-{three}"), ""),
            1 => (format!("api-{affected};api-{one}"), "test;prod"),
            _ => (format!("api-{affected};api-{one};api-{two};api-{three}"), "prod"),
        };
        let (locale, zone) = match n % 4 {
            0 => ("de", "Europe/Berlin"),
            1 => ("en", "America/New_York"),
            _ => ("", ""),
        };
        let domain = n % 500;
        let _ = writeln!(
            list,
            "person{n}@mail{domain}.example.org,Person {n},crowd,{apis},{environments},{locale},{zone}"
        );
    }
    list
}
