//! The template engines, one for each form of output.
//!
//! A template's extension decides its engine, and the engine decides how values
//! are escaped: no name that a workspace chooses can switch escaping off. No
//! engine has a function that reads the clock, the environment or a file.

use super::error::RenderError;
use super::filters;
use super::language::{Lexicon, is_list};
use include_dir::{Dir, include_dir};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;
use tera::{Context, Tera};

static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// What a template writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `.html`, `.svg` and `.xml`
    Html,
    /// `.txt` and `.css`: nothing is escaped.
    Plain,
    /// `.md`
    Markdown,
    /// `.md` again, for a site whose Liquid reads it before Markdown does.
    Post,
}

/// The templates of each form.
pub struct Engines {
    html: Tera,
    plain: Tera,
    markdown: Tera,
    post: Tera,
}

impl Engines {
    /// `overrides` replace built-in templates of the same path, and may add some.
    /// Templates say the words of `lexicon`.
    pub fn new(
        overrides: &BTreeMap<String, String>,
        lexicon: &Arc<Lexicon>,
    ) -> Result<Self, RenderError> {
        // A picture beside the templates is not one of them.
        let mut sources = built_in(|path| forms(path).is_ok());
        for (path, source) in overrides.iter().filter(|(path, _)| !is_list(path)) {
            forms(path)?;
            sources.insert(path.clone(), source.clone());
        }
        let engine = |form: Form| -> Result<Tera, RenderError> {
            let mut tera = Tera::default();
            // Every name ends with the empty suffix.
            let escaped: &[&str] = if form == Form::Plain { &[] } else { &[""] };
            tera.autoescape_on(escaped.iter().copied());
            filters::register(&mut tera, form, lexicon);
            let of_form = sources
                .iter()
                .filter(|(path, _)| forms(path).is_ok_and(|forms| forms.contains(&form)));
            tera.add_raw_templates(of_form).map_err(RenderError::of_tera)?;
            Ok(tera)
        };
        Ok(Self {
            html: engine(Form::Html)?,
            plain: engine(Form::Plain)?,
            markdown: engine(Form::Markdown)?,
            post: engine(Form::Post)?,
        })
    }

    /// Renders the template at `path`; a `.md` one for reading as it stands.
    pub fn render(&self, path: &str, context: &impl Serialize) -> Result<String, RenderError> {
        let form = forms(path)?[0];
        self.render_as(form, path, context)
    }

    pub fn render_as(
        &self,
        form: Form,
        path: &str,
        context: &impl Serialize,
    ) -> Result<String, RenderError> {
        let context = Context::from_serialize(context).map_err(RenderError::of_tera)?;
        let tera = match form {
            Form::Html => &self.html,
            Form::Plain => &self.plain,
            Form::Markdown => &self.markdown,
            Form::Post => &self.post,
        };
        let mut written = Bounded::default();
        let rendered = tera.render_to(path, &context, &mut written);
        if written.is_overfull {
            return Err(RenderError::TooLong(path.to_owned(), MAX_OUTPUT_BYTES));
        }
        rendered.map_err(RenderError::of_tera)?;
        Ok(String::from_utf8_lossy(&written.bytes).into_owned())
    }
}

/// Far above any notice, far below what would fill a machine: a template whose
/// loops go wild ends here.
const MAX_OUTPUT_BYTES: usize = 4 * 1024 * 1024;

/// What a template wrote, up to the limit.
#[derive(Default)]
struct Bounded {
    bytes: Vec<u8>,
    is_overfull: bool,
}

impl Write for Bounded {
    fn write(&mut self, piece: &[u8]) -> std::io::Result<usize> {
        if self.bytes.len() + piece.len() > MAX_OUTPUT_BYTES {
            self.is_overfull = true;
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The forms in which the template at `path` is needed.
fn forms(path: &str) -> Result<&'static [Form], RenderError> {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html" | "svg" | "xml") => Ok(&[Form::Html]),
        Some("txt" | "css") => Ok(&[Form::Plain]),
        Some("md") => Ok(&[Form::Markdown, Form::Post]),
        _ => Err(RenderError::UnknownForm(path.to_owned())),
    }
}

/// The embedded files whose paths below `templates/` are `wanted`.
pub(super) fn built_in(wanted: impl Fn(&str) -> bool) -> BTreeMap<String, String> {
    let mut sources = BTreeMap::new();
    let mut folders = vec![&BUILT_IN];
    while let Some(folder) = folders.pop() {
        folders.extend(folder.dirs());
        for file in folder.files() {
            let (path, source) = (file.path().to_string_lossy(), file.contents_utf8());
            if let Some(source) = source.filter(|_| wanted(&path)) {
                sources.insert(path.into_owned(), source.to_owned());
            }
        }
    }
    sources
}
