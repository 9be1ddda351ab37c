//! Checks what the folders of other languages say against what they translate.

use super::likeness;
use super::problem::{Code, Place, Problem, closest, suggestion};
use super::reader::read;
use super::source::{SourceFile, TranslationSource};
use super::texts::NamedDates;
use super::translated::texts;
use super::tree::{Tree, steps};
use crate::notice::{
    CatalogueTexts, Locale, Notice, NoticeId, NoticeTexts, ProgramTexts, SettingsTexts,
};
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use std::collections::HashMap;

/// Keys of the language that hold no text. Whoever copies a notice to translate
/// it copies these too.
const FACTS: [&str; 32] = [
    "apis",
    "author",
    "brand",
    "category",
    "code",
    "cohort",
    "date",
    "during",
    "email",
    "environment",
    "errors",
    "escalation",
    "every",
    "expect",
    "image",
    "image_keys",
    "kind",
    "language",
    "layout",
    "length",
    "locales",
    "policy",
    "reach",
    "reminders",
    "repeat",
    "sender",
    "slug",
    "stage",
    "status",
    "url",
    "urls",
    "zone",
];

/// What translations of one notice are held to.
pub struct Original {
    pub tree: Tree,
    pub named: NamedDates,
}

/// A program's own files, beside which its translations are laid.
pub struct Desk<'a> {
    pub locales: &'a [Locale],
    pub program: &'a Tree,
    /// Absent where there is no catalogue, or none that can be read.
    pub apis: Option<&'a Tree>,
    /// Of every notice, those that cannot be read included.
    pub stems: Vec<&'a str>,
    pub originals: &'a HashMap<&'a str, Original>,
}

impl Desk<'_> {
    /// Gives every notice its translations; those of the program are returned.
    pub fn check(
        &self,
        sources: &[TranslationSource],
        notices: &mut IndexMap<NoticeId, Notice>,
        problems: &mut Vec<Problem>,
    ) -> IndexMap<Locale, ProgramTexts> {
        let mut programs = IndexMap::new();
        for source in sources {
            let Some(locale) = self.locale(source, problems) else { continue };
            let program = self.program_texts(source, problems);
            if program != ProgramTexts::default() {
                programs.insert(locale.clone(), program);
            }
            for (stem, file) in &source.notices {
                let texts = self.notice_texts(stem, file, problems);
                let notice = notices.get_mut(stem.as_str());
                if let (Some(texts), Some(notice)) = (texts, notice) {
                    notice.translations.insert(locale.clone(), texts);
                }
            }
        }
        // In the order in which the program lists its languages.
        programs.sort_by_cached_key(|locale, _| self.locales.iter().position(|l| l == locale));
        for notice in notices.values_mut() {
            let place = |locale: &Locale| self.locales.iter().position(|l| l == locale);
            notice.translations.sort_by_cached_key(|locale, _| place(locale));
        }
        programs
    }

    /// The locale that a folder is named by, if it is one that needs a folder.
    fn locale(&self, source: &TranslationSource, problems: &mut Vec<Problem>) -> Option<Locale> {
        let file = source.files().next()?;
        let name = &source.locale;
        let mut report = |message: String, help: String| {
            let place = Place::new(&file.path, &file.text, 0..0);
            let problem = Problem::error(Code::UnknownReference, place, message).help(help);
            let listed = self.program.has(&[], "locales");
            let locales = self.program.key_place(&steps!["locales"]);
            problems.push(match listed {
                true => problem.related(locales, "the program's locales are listed here"),
                false => problem,
            });
            None
        };
        let Ok(locale) = name.parse::<Locale>() else {
            let listed = self.locales.iter().map(Locale::as_str);
            let meant = closest(name, listed).map_or_else(
                || "name the folder by a language, such as `de` or `pt-BR`".to_owned(),
                |meant| format!("rename the folder: did you mean `{meant}`?"),
            );
            return report(format!("the folder `{name}` is not named by a locale"), meant);
        };
        if !self.locales.contains(&locale) {
            let message = format!("`{locale}` is not a locale of this program");
            let help =
                format!("add `{locale}` to `locales` in program.yaml, after the default one");
            return report(message, help);
        }
        if self.locales.first() == Some(&locale) {
            let message =
                format!("`{locale}` is the default locale, in which the notices are written");
            return report(
                message,
                "say it in the program's own files, or list another locale first".to_owned(),
            );
        }
        Some(locale)
    }

    fn program_texts(
        &self,
        source: &TranslationSource,
        problems: &mut Vec<Problem>,
    ) -> ProgramTexts {
        let settings = source.program.as_ref();
        let settings = settings.and_then(|file| {
            let (tree, texts) = read_texts::<SettingsTexts>(file, "program", problems)?;
            likeness::check(&tree, self.program, problems);
            Some(texts)
        });
        let catalogue = source.apis.as_ref().and_then(|file| {
            let (tree, texts) = read_texts::<CatalogueTexts>(file, "catalogue", problems)?;
            match self.apis {
                Some(apis) => likeness::check(&tree, apis, problems),
                None => problems.push(nothing_to_translate(file, "the program has no apis.yaml")),
            }
            Some(texts)
        });
        ProgramTexts {
            settings: settings.unwrap_or_default(),
            catalogue: catalogue.unwrap_or_default(),
        }
    }

    fn notice_texts(
        &self,
        stem: &str,
        file: &SourceFile,
        problems: &mut Vec<Problem>,
    ) -> Option<NoticeTexts> {
        if !self.stems.contains(&stem) {
            let problem = nothing_to_translate(file, &format!("there is no notice `{stem}`"));
            problems.push(problem.help_opt(suggestion(stem, self.stems.iter().copied())));
            return None;
        }
        let (tree, form) = read_texts::<NoticeTexts>(file, "notice", problems)?;
        // A notice that cannot be read has its own problem.
        let original = self.originals.get(stem)?;
        likeness::check(&tree, &original.tree, problems);
        original.named.check(&tree, &texts(&form), problems);
        if form.title.as_ref().is_some_and(|title| title.trim().contains('\n')) {
            let place = tree.place(&steps!["title"]);
            problems.push(Problem::error(Code::InvalidValue, place, "a title is one line of text"));
        }
        Some(form)
    }
}

fn nothing_to_translate(file: &SourceFile, why: &str) -> Problem {
    let place = Place::new(&file.path, &file.text, 0..0);
    Problem::error(Code::UnknownReference, place, format!("this translates nothing: {why}"))
}

/// Reads a file of texts; a key that holds a fact is told apart from one that
/// nobody knows.
fn read_texts<T: DeserializeOwned + JsonSchema>(
    file: &SourceFile,
    whole: &str,
    problems: &mut Vec<Problem>,
) -> Option<(Tree, T)> {
    let found = problems.len();
    let read = read::<T>(file, problems)?;
    for problem in problems[found..].iter_mut().filter(|p| p.code == Code::UnknownKey) {
        let key = &problem.place.text[problem.place.span.clone()];
        if FACTS.contains(&key) {
            problem.message = format!("`{key}` is no text, and does not differ between languages");
            problem.help =
                Some(format!("take it out: a translation holds texts alone, the {whole} the rest"));
        }
    }
    Some((read.tree, read.form?))
}
