//! `fairwarning approve`: what would be sent to whom, and somebody's word that it
//! may be.

use super::announce::print_forecast;
use super::record::record;
use super::token::Holder;
use super::{Exit, count};
use crate::announce::{Approving, Round, approve, margin};
use crate::clock::Clock;
use crate::config::DatabaseArguments;
use crate::notice::{NoticePath, OfficeScope};
use crate::store::{Deed, Store};
use clap::Args;

/// Look at what announcing a notice would send, and approve it.
///
/// The digest stands for the notice as resolved, the templates, the program's
/// policy and the question that picks the audience: if any of them changes,
/// `announce` refuses until it is approved again.
#[derive(Args)]
pub struct Arguments {
    /// The notice, as PROGRAM/NOTICE
    notice: NoticePath,
    /// Approve what has this digest; without it, nothing is approved and the digest is shown
    #[arg(long)]
    digest: Option<String>,
    /// Approve up to N recipients; 5 % more than the forecast, and at least 10, if left out
    #[arg(long, value_name = "N", requires = "digest")]
    at_most: Option<u64>,
    #[command(flatten)]
    holder: Holder,
    #[command(flatten)]
    database: DatabaseArguments,
}

/// Of 12 digits, which is what is shown, no second one is found by chance.
const LEAST_DIGITS: usize = 12;

pub async fn run(arguments: Arguments, clock: &Clock) -> anyhow::Result<Exit> {
    let store = Store::open(&arguments.database.check()?).await?;
    let round = Round::load(&store, &arguments.notice).await?;
    let (parts, forecast) = (round.parts(), round.forecast(&store).await?);
    let digest = parts.digest();
    print_forecast(&round, &forecast);
    say!("{:>12}  notice", parts.notice.short());
    say!("{:>12}  templates", parts.templates.short());
    say!("{:>12}  policy of sending", parts.policy.short());
    say!("{:>12}  audience", parts.audience.short());
    let Some(named) = &arguments.digest else {
        for approval in store.approvals(&arguments.notice).await? {
            let holds = if approval.digest == digest { "holds" } else { "does not hold any more" };
            let at = approval.at.format("%Y-%m-%d %H:%M UTC");
            say!(
                "Approved by {} on {at}, for at most {}; it {holds}.",
                approval.by,
                approval.at_most
            );
        }
        say!("To approve this: fairwarning approve {} --digest {}", round.path, digest.short());
        return Ok(Exit::Clean);
    };
    let actor = arguments.holder.authenticate(&store, OfficeScope::Approver, clock.now()).await?;
    if named.len() < LEAST_DIGITS || !digest.as_str().starts_with(&named.to_ascii_lowercase()) {
        eprintln!(
            "Nothing was approved: `{named}` is not the digest of what would be sent now, which is {}.",
            digest.short()
        );
        return Ok(Exit::Problems);
    }
    let at_most = arguments.at_most.unwrap_or_else(|| margin(&forecast));
    let approving = Approving {
        notice: &round.path,
        parts: &parts,
        forecast: &forecast,
        at_most,
        publication: round.publication(),
    };
    approve(&store, &approving, &actor, clock.now()).await?;
    let subject = round.path.to_string();
    let detail = format!("{}, for at most {at_most}", digest.short());
    let deed = Deed { actor: &actor.name, action: "approved", subject: &subject, detail: &detail };
    record(&store, clock, &deed).await?;
    let most = count(usize::try_from(at_most).unwrap_or(usize::MAX), "recipient");
    say!("Approved by {}, for at most {most}.", actor.name);
    Ok(Exit::Clean)
}
