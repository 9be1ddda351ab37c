//! What a notice says, as one plain text: for those who search it.

use super::language::Language;
use super::prose;
use super::view::Texts;
use crate::notice::{Notice, Program, Text};

/// In the language of `language`, into which both must have been translated.
pub fn text(program: &Program, notice: &Notice, language: &Language<'_>) -> String {
    let texts = Texts::new(program, notice, language);
    let mut all: Vec<String> = Vec::new();
    let mut prose_of = |text: &Text| {
        let plain = prose::to_plain(&texts.fill(text), 0);
        all.push(plain.split_whitespace().collect::<Vec<_>>().join(" "));
    };
    prose_of(&notice.summary);
    notice.audience.text.iter().for_each(&mut prose_of);
    notice.affected.iter().for_each(&mut prose_of);
    notice.unaffected.iter().flat_map(|out| &out.text).for_each(&mut prose_of);
    notice.schedule.text.iter().for_each(&mut prose_of);
    notice.schedule.rows.values().flat_map(|row| &row.note).for_each(&mut prose_of);
    notice.steps.iter().for_each(|step| prose_of(&step.text));
    notice.checks.iter().for_each(|check| {
        [&check.text, &check.passes, &check.fails].into_iter().flatten().for_each(&mut prose_of);
    });
    notice.test_endpoints.values().flat_map(|endpoint| &endpoint.text).for_each(&mut prose_of);
    notice.questions.iter().for_each(|asked| prose_of(&asked.answer));
    let named = notice.ends.iter().chain(&notice.needs);
    let named = named.chain(notice.errors.iter().map(|error| &error.text));
    let named = named.chain(notice.checks.iter().map(|check| &check.title));
    all.extend(named.chain(notice.questions.iter().map(|asked| &asked.question)).cloned());
    all.extend(notice.references.iter().map(|link| link.title.clone()));
    all.extend(notice.test_endpoints.values().map(|endpoint| endpoint.url.to_string()));
    all.retain(|text| !text.is_empty());
    all.join(" ")
}
