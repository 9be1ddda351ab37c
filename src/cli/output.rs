//! How commands print: whole outputs, tables, and cells for spreadsheets.

use crate::impact::Tabled;
use crate::subscribers;
use anyhow::Context;
use comfy_table::{LineStyle, TableStyle};
use std::io::{ErrorKind, Write};

/// One rule, below the head: lines are read across, and copied.
pub const STYLE: TableStyle =
    TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// Prints all of it. A reader such as `head` may have enough before the end.
pub fn print(text: &str) -> std::io::Result<()> {
    let written = std::io::stdout().write_all(text.as_bytes());
    written.or_else(|e| if e.kind() == ErrorKind::BrokenPipe { Ok(()) } else { Err(e) })
}

/// Declared text without what a terminal would obey.
pub fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

/// A spreadsheet of these rows, safe to open.
pub fn csv<const N: usize>(
    columns: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns)?;
    for row in rows {
        writer.write_record(row.map(guarded))?;
    }
    let bytes = writer.into_inner().context("the CSV could not be finished")?;
    Ok(String::from_utf8(bytes)?)
}

/// The same of what the API tells as a table.
pub fn csv_of<T: Tabled>(items: &[T]) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(T::COLUMNS)?;
    for item in items {
        writer.write_record(item.cells().into_iter().map(guarded))?;
    }
    let bytes = writer.into_inner().context("the CSV could not be finished")?;
    Ok(String::from_utf8(bytes)?)
}

/// A spreadsheet runs what begins like a formula; a quote before it stops that.
pub fn guarded(cell: String) -> String {
    subscribers::guarded(&cell)
}
