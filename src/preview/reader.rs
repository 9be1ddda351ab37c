//! A recipient to look with the eyes of: which rows of a notice they are told
//! of, formed as announcing forms it.

use crate::announce::{Audience, Met};
use crate::notice::{ApiId, EnvironmentId, Notice, Program, RowId, Wanted};

/// What somebody asked to hear about. An absent part stands for all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reader {
    pub api: Option<ApiId>,
    pub environment: Option<EnvironmentId>,
}

/// What a reader is told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// In the schedule's order; never empty.
    pub rows: Vec<RowId>,
    /// Their affected APIs, as a phrase.
    pub apis: String,
}

impl Reader {
    /// `None` for a reader to whom nothing would be sent.
    pub fn told(&self, program: &Program, notice: &Notice) -> Option<Told> {
        let (api, environment) = (self.api.clone(), self.environment.clone());
        let interests = [Wanted { api, environment, kind: None }];
        let Met { rows, apis, .. } = Audience::of(program, notice).met_by(&interests)?;
        Some(Told { rows, apis })
    }
}
