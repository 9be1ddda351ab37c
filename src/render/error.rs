//! What can go wrong between a template and its output.

use tera::ErrorKind;

#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A template that does not parse, or asks for what its view does not have.
    #[error("template `{template}`, line {line}: {message}")]
    Template {
        template: String,
        line: usize,
        message: String,
        /// The line drawn, with a mark under the mistake.
        drawn: String,
    },
    /// Templates that do not fit together: an unknown filter, include, component
    /// or parent. The message names template and line.
    #[error("{0}")]
    Templates(String),
    #[error(
        "template `{0}` is of no known form: its name must end in .html, .txt, .css or .md, or be \
         words/LOCALE.ftl"
    )]
    UnknownForm(String),
    /// A list of words that cannot be read.
    #[error("word list `{list}`, line {line}: {message}")]
    Words { list: String, line: usize, message: String },
    /// A phrase that asks for what it is not given.
    #[error("word list `{list}`: {message}")]
    Word { list: String, message: String },
    #[error("template `{0}` writes more than {1} bytes: a loop in it goes too far")]
    TooLong(String, usize),
    #[error("the style sheet of the mail cannot be inlined: {0}")]
    Styles(#[from] css_inline::InlineError),
    #[error("the notice cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl RenderError {
    /// Whether a template is to be mended, rather than this program.
    pub fn is_about_template(&self) -> bool {
        !matches!(self, Self::Styles(_) | Self::Json(_))
    }

    pub(super) fn of_tera(error: tera::Error) -> Self {
        match error.kind() {
            ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => Self::Template {
                template: report.filename().to_owned(),
                line: report.span().start_line,
                message: report.message().to_owned(),
                drawn: error.to_string(),
            },
            ErrorKind::MissingParent { current, parent } => Self::Templates(format!(
                "template `{current}` extends `{parent}`, which does not exist"
            )),
            ErrorKind::TemplateNotFound(name) => {
                Self::Templates(format!("there is no template `{name}`"))
            }
            _ => {
                let report = error.to_string();
                Self::Templates(report.trim_start_matches("error: ").to_owned())
            }
        }
    }
}
