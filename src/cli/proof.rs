//! `fairwarning proof`: who was told what, when, with which reply; and whether
//! the record of it is whole.

use super::Exit;
use super::output::guarded;
use crate::clock::Clock;
use crate::config::DatabaseArguments;
use crate::notice::{EmailAddress, NoticePath};
use crate::proof::{self, Head, Told, Verified};
use crate::store::Store;
use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use comfy_table::{Table, presets};
use std::io::Write;

/// Show who was told what, when, with which reply and in which revision.
///
/// Everything that is sent is sealed into a chain of hashes. `--head` prints its
/// end; kept elsewhere, it shows later with `--verify --expect` that nothing
/// before it was changed or left out. Addresses that were erased leave the chain
/// as it is.
#[derive(Args)]
pub struct Arguments {
    /// The notice, as PROGRAM/NOTICE
    #[arg(required_unless_present_any = ["verify", "head"])]
    notice: Option<NoticePath>,
    /// Only what this recipient was told
    #[arg(long, value_name = "ADDRESS", requires = "notice")]
    recipient: Option<EmailAddress>,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Check the whole chain: every record, seal, text and address
    #[arg(long, conflicts_with = "notice")]
    verify: bool,
    /// With --verify: the head that was printed earlier, as NUMBER:HASH
    #[arg(long, value_name = "HEAD", requires = "verify")]
    expect: Option<Head>,
    /// Print the end of the chain, as NUMBER:HASH
    #[arg(long, conflicts_with_all = ["notice", "verify"])]
    head: bool,
    #[command(flatten)]
    database: DatabaseArguments,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// One object a line, with the text that was sent
    Json,
    /// For spreadsheets
    Csv,
}

/// Records held at a time.
const PAGE: i64 = 500;

pub async fn run(arguments: Arguments, clock: &Clock) -> anyhow::Result<Exit> {
    let store = Store::open(&arguments.database.check()?).await?;
    // What happened a moment ago is part of the proof.
    proof::seal(&store, clock.now()).await?;
    if arguments.head {
        let head = store.head().await?;
        let head = head.context("nothing was sent yet, and so nothing is sealed")?;
        say!("{}", Head::from(&head));
        return Ok(Exit::Clean);
    }
    if arguments.verify {
        return Ok(report(&proof::verify(&store, arguments.expect.as_ref()).await?));
    }
    let Some(notice) = &arguments.notice else { bail!("name a notice, as PROGRAM/NOTICE") };
    let recipient = match &arguments.recipient {
        None => None,
        Some(address) => match store.subscriber_number(address).await? {
            None => {
                eprintln!("There is no recipient with this address; it may have been erased.");
                return Ok(Exit::Problems);
            }
            known => known,
        },
    };
    let mut out = std::io::stdout().lock();
    let shown = show(&mut out, &store, &notice.to_string(), recipient, arguments.format).await?;
    if shown == 0 {
        eprintln!("Nobody was written to about {notice} yet.");
    }
    Ok(Exit::Clean)
}

fn report(verified: &Verified) -> Exit {
    for finding in &verified.findings {
        eprintln!("error: {finding}");
    }
    let head = verified.head.as_ref().map_or_else(|| "nothing".to_owned(), ToString::to_string);
    let counted = |n: u64, what| super::count(usize::try_from(n).unwrap_or(usize::MAX), what);
    let (records, seals) = (counted(verified.records, "record"), counted(verified.seals, "seal"));
    if verified.holds() {
        say!("Whole: {records} under {seals}, up to {head}.");
        return Exit::Clean;
    }
    let findings = super::count(verified.findings.len(), "finding");
    say!("{findings} in {records} under {seals}, up to {head}.");
    Exit::Problems
}

/// Prints every record, a page at a time, and tells how many there were.
async fn show(
    out: &mut impl Write,
    store: &Store,
    subject: &str,
    recipient: Option<i64>,
    format: Format,
) -> anyhow::Result<u64> {
    let mut after = 0;
    let mut shown = 0;
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY).set_header([
        "at",
        "recipient",
        "what",
        "outcome",
        "reply",
        "seal",
    ]);
    let mut csv = csv::Writer::from_writer(Vec::new());
    if matches!(format, Format::Csv) {
        csv.write_record(Told::COLUMNS)?;
    }
    loop {
        let page = store.told(subject, recipient, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.record.id;
        shown += page.len() as u64;
        for told in page.iter().map(Told::from) {
            match format {
                Format::Json => writeln!(out, "{}", serde_json::to_string(&told)?)?,
                // A server's reply or an address could begin like a formula.
                Format::Csv => csv.write_record(told.cells().map(guarded))?,
                Format::Table => {
                    let [at, recipient, outcome, reply, kind, .., seal, _, _, _] = told.cells();
                    let recipient = super::by_channel(recipient, told.channel);
                    table.add_row([at, recipient, kind, outcome, reply, seal]);
                }
            }
        }
        csv.flush()?;
        out.write_all(csv.get_ref())?;
        csv = csv::WriterBuilder::new().from_writer(Vec::new());
    }
    csv.flush()?;
    out.write_all(csv.get_ref())?;
    if matches!(format, Format::Table) && shown > 0 {
        writeln!(out, "{table}")?;
    }
    Ok(shown)
}
