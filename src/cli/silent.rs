//! `fairwarning recipients list --unacknowledged`: who was told of a notice and has
//! not said that they are done, as a list for spreadsheets.

use super::{Exit, output};
use crate::announce::{Silent, Unacknowledged};
use crate::clock::Clock;
use crate::notice::{EmailAddress, NoticePath, RowId};
use crate::store::Store;
use chrono::SecondsFormat;

const COLUMNS: [&str; 5] = ["address", "name", "told_at", "rows", "second_contact"];

/// Prints it; addresses are masked, and names left out, unless it is asked for `full`.
pub async fn list(
    store: &Store,
    notice: &NoticePath,
    full: bool,
    clock: &Clock,
) -> anyhow::Result<Exit> {
    let Some(silent) = Silent::open(store, notice, clock.now()).await? else {
        eprintln!("`{notice}` is not published: `fairwarning status` names what is.");
        return Ok(Exit::Problems);
    };
    let (mut lines, mut after) = (Vec::new(), 0);
    while let Some((page, last)) = silent.page(store, after).await? {
        after = last;
        for one in page {
            lines.push(line(store, &one, full).await?);
        }
    }
    output::print(&output::csv(COLUMNS, lines)?)?;
    Ok(Exit::Clean)
}

async fn line(
    store: &Store,
    one: &Unacknowledged,
    full: bool,
) -> anyhow::Result<[String; COLUMNS.len()]> {
    let shown = |address: EmailAddress| match full {
        true => address.to_string(),
        false => address.masked(),
    };
    let (mut address, mut name, mut second) = (None, None, None);
    if let Some(listed) = store.subscriber(one.recipient).await? {
        (address, name, second) = (Some(listed.address), listed.name, listed.second_contact);
    }
    let rows: Vec<&str> = one.rows.iter().map(RowId::as_str).collect();
    Ok([
        address.map(shown).unwrap_or_default(),
        name.filter(|_| full).unwrap_or_default(),
        one.told_at.to_rfc3339_opts(SecondsFormat::Secs, true),
        rows.join(" "),
        second.map(shown).unwrap_or_default(),
    ])
}
