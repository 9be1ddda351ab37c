//! Rules about what a notice says as a whole, once its references are resolved.
//!
//! Each rule stands in a file of its own. None of them changes anything, and
//! only a rule that is given the present moment depends on it.

mod brownouts;
mod clocks;
mod contrast;
mod escalations;
mod overdue;
mod overlap;
mod policy;
mod prose;
mod rehearsals;
mod replacements;
mod stages;
mod wall_times;
mod watching;

pub use clocks::check as check_clocks;
pub use contrast::check as check_contrast;
pub use escalations::check as check_escalation;
pub use prose::check as check_prose;
pub use replacements::{Ending, check_endings, check_replacements};
pub use wall_times::abbreviated_zone;
pub use watching::check as check_watching;

use super::notice::Context;
use super::problem::Problem;
use super::tree::Step;
use crate::notice::{Notice, RowId};

pub fn check(context: &Context<'_>, notice: &Notice, problems: &mut Vec<Problem>) {
    overlap::check(context, notice, problems);
    overlap::check_general_dates(context, notice, problems);
    stages::check(context, notice, problems);
    wall_times::check(context, notice, problems);
    brownouts::check(context, notice, problems);
    policy::check(context, notice, problems);
    overdue::check(context, notice, problems);
    rehearsals::check(context, notice, problems);
}

/// Where the value of a row's date stands: in the row, or in the general value
/// that it inherits.
fn date_path(context: &Context<'_>, row: &RowId, name: &str) -> Vec<Step> {
    super::order::place_of(context, row, name)
}
