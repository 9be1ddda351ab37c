//! Many notices, as `publish` reads them, and questions to them.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// So many programs, of so many notices and APIs each. Every notice has a row in
/// each of two environments, for one half of the APIs each.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub programs: usize,
    pub notices: usize,
    pub apis: usize,
}

impl Size {
    /// Of the impacted-API table.
    pub fn rows(self) -> usize {
        self.programs * self.notices * self.apis
    }
}

/// Writes them; another `edition` says something else in every notice.
pub fn declare(folder: &Path, size: Size, edition: usize) {
    for program in 0..size.programs {
        let folder = folder.join(format!("program-{program}"));
        fs::create_dir_all(&folder).expect("a folder");
        let title = format!(
            "title: Program {program}\noffice: {{name: Office, greeting: Hello, closing: Thanks}}\n\
             contact: {{email: office@example.org}}\n\
             sender: {{name: Office, address: office@example.org}}\n\
             zone: America/New_York\nlocales: [en]\nreminders: {{default: [60 days, 7 days]}}\n"
        );
        fs::write(folder.join("program.yaml"), title).expect("a file");
        let mut apis = String::from(
            "environments:\n  test: {title: Test, stage: test, urls: {main: \"https://test.example.org/\"}}\n  \
             prod: {title: Production, stage: production, urls: {main: \"https://api.example.org/\"}}\napis:\n",
        );
        for api in 0..size.apis {
            let _ = writeln!(
                apis,
                "  api-{program}-{api}: {{title: API {api} of {program}, replaced_by: none}}"
            );
        }
        fs::write(folder.join("apis.yaml"), apis).expect("a file");
        for notice in 0..size.notices {
            let text = text(program, notice, size.apis, edition);
            fs::write(folder.join(format!("notice-{notice}.yaml")), text).expect("a file");
        }
    }
}

fn text(program: usize, notice: usize, apis: usize, edition: usize) -> String {
    let named = |range: std::ops::Range<usize>| {
        let names: Vec<String> = range.map(|api| format!("api-{program}-{api}")).collect();
        names.join(", ")
    };
    let (first, second) = (named(0..apis / 2), named(apis / 2..apis));
    let (month, day) = (notice % 12 + 1, (program + notice) % 28 + 1);
    format!(
        "title: Old labels end, part {notice}\nkind: retirement\nannounced: 2026-01-01\n\
         summary: |\n  They end on {{{{cutoff}}}}, for the {edition}. time.\nschedule:\n  \
         cutoff: 2120-{month:02}-{day:02}\n  rows:\n    \
         test: {{environment: test, urls: [main], apis: [{first}], cutoff: 2119-{month:02}-{day:02}}}\n    \
         prod: {{environment: prod, urls: [main], apis: [{second}]}}\n"
    )
}

/// What people and programs ask for, many times the same and often something else.
pub fn mixed_questions(size: Size) -> Vec<String> {
    let mut paths = vec!["/api/v1/impacted?limit=10".to_owned()];
    for n in 0..200 {
        let (program, notice) = (n * 37 % size.programs, n * 41 % size.notices);
        let api = n % size.apis;
        paths.extend([
            format!("/api/v1/impacted?api=api-{program}-{api}&limit=10"),
            format!("/notices/program-{program}/notice-{notice}"),
            format!("/feeds/program-{program}/notices/notice-{notice}.ics"),
            format!("/?program=program-{program}&environment=prod"),
            "/api/v1/impacted?environment=prod&state=announced&limit=10".to_owned(),
        ]);
    }
    paths
}
