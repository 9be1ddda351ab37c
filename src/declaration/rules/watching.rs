//! Rhythms and lengths that cannot be kept: of a whole program, once its catalogue is known.

use super::super::problem::{Code, Problem, suggestion};
use super::super::tree::{Tree, steps};
use crate::notice::{Catalogue, Length, ProgramSettings};
use crate::schedule::{Instant, plus};

/// Asking more often would be a load, and tell nobody anything sooner: edges of the schedule
/// are looked at by themselves.
const SHORTEST_RHYTHM_MINUTES: u32 = 5;

pub fn check(
    settings: &ProgramSettings,
    catalogue: &Catalogue,
    tree: &Tree,
    problems: &mut Vec<Problem>,
) {
    if settings.rehearsals.keep.is_zero() {
        let place = tree.place(&steps!["rehearsals", "keep"]);
        let message = "nothing is kept, so that nobody could see who tried";
        problems.push(
            Problem::error(Code::InvalidValue, place, message)
                .help("write how long attempts are kept, such as `180 days`"),
        );
    }
    let Some(watch) = &settings.watch else { return };
    let long = |length: Length| plus(Instant::UNIX_EPOCH, length, 1, chrono_tz::UTC);
    let shortest = Length::minutes(SHORTEST_RHYTHM_MINUTES);
    if long(watch.every) < long(shortest) {
        let place = tree.place(&steps!["watch", "every"]);
        let message = format!("no environment is asked more often than every {shortest}");
        problems.push(Problem::error(Code::InvalidValue, place, message).help(
            "write a longer time, such as `6 hours`; edges of the schedule are looked at besides",
        ));
    }
    for (index, id) in watch.except.iter().enumerate() {
        if catalogue.environments.contains_key(id) {
            continue;
        }
        let place = tree.place(&steps!["watch", "except", index]);
        let message = format!("`{id}` is not a declared environment");
        let known: Vec<_> = catalogue.environments.keys().map(|known| known.as_str()).collect();
        let help = suggestion(id.as_str(), known.iter().copied());
        problems.push(Problem::error(Code::UnknownReference, place, message).help_opt(help));
    }
}
