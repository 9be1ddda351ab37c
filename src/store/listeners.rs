//! Who hears of a program, with what they want of it: read in pages, of which
//! each comes as one text. With millions of rows most of the time would go by in
//! handing them over one by one.

use super::subscribers::{parsed, read};
use super::{Result, Store, StoreError};
use crate::notice::{Frequency, Locale, ProgramId, Wanted};
use chrono_tz::Tz;
use sqlx::AssertSqlSafe;
use std::collections::HashMap;

/// A subscriber of one program, as an audience is decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Listener {
    pub id: i64,
    pub locale: Option<Locale>,
    pub zone: Option<Tz>,
    pub frequency: Frequency,
    pub is_suppressed: bool,
    pub interests: Vec<Wanted>,
}

/// Occasions are numbered from 1.
const NO_OCCASION: i64 = 0;

/// Interests `n` in one text. No part of it can have a space or a comma.
const WANTS: &str = "string_agg(n.api || ' ' || n.environment || ' ' || n.kind, ',')";

/// Subscriber `s` as a line of a page: what can have spaces comes last.
fn line(wants: &str) -> String {
    // A count and no `exists`: the latter PostgreSQL may answer by reading the
    // whole table into memory, for each page.
    format!(
        "s.id || ' ' || coalesce(s.locale, '') || ' ' || coalesce(s.zone, '') || ' ' ||
            s.frequency || ' ' || (select count(*) from suppressions x
             where x.mailbox = s.mailbox and x.scope in ($1, '*')) || ' ' || {wants}"
    )
}

impl Store {
    /// Subscribers of `program` after `after`, with all their interests in it;
    /// at most `limit` of them, and without those for whom `occasion` has a
    /// row. An empty page is the end.
    pub async fn audience(
        &self,
        program: &ProgramId,
        occasion: Option<i64>,
        mut after: i64,
        limit: i64,
    ) -> Result<Vec<Listener>> {
        // Each is looked up by number, as scalar selections are on either database:
        // no plan can begin to read a whole table for the sake of a page.
        let sql = format!(
            "select max(subscriber), string_agg(line, '\n') from (
                select i.subscriber, case when (select count(*) from outbox o
                        where o.occasion = $3 and o.recipient = i.subscriber) = 0
                    then (select {} from subscribers s where s.id = i.subscriber) end as line
                from (
                    select n.subscriber, {WANTS} as wants from interests n
                    where n.program = $1 and n.subscriber > $2
                    group by n.subscriber order by n.subscriber limit {limit}) i) page",
            line("i.wants")
        );
        loop {
            let (last, page): (Option<i64>, Option<String>) =
                sqlx::query_as(AssertSqlSafe(sql.as_str()))
                    .bind(program.as_str())
                    .bind(after)
                    .bind(occasion.unwrap_or(NO_OCCASION))
                    .fetch_one(&self.pool)
                    .await?;
            match (last, page) {
                (None, _) => return Ok(Vec::new()),
                // All of them have their row.
                (Some(last), None) => after = last,
                (Some(_), Some(page)) => return read_page(&page),
            }
        }
    }

    /// These subscribers with their interests in `program`, which may be none:
    /// whoever was written to once may have lost them since. By number, and
    /// without those who are no longer known.
    pub async fn listeners(&self, program: &ProgramId, ids: &[i64]) -> Result<Vec<Listener>> {
        let wants = format!(
            "coalesce((select {WANTS} from interests n
                where n.program = $1 and n.subscriber = s.id), '')"
        );
        let sql = format!(
            "select string_agg({}, '\n') from subscribers s
             where s.id in (select cast(cast(e.value as text) as bigint) from {} e)",
            line(&wants),
            self.dialect.elements("$2")
        );
        let page: Option<String> = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(program.as_str())
            .bind(as_json(ids)?)
            .fetch_one(&self.pool)
            .await?;
        page.map_or(Ok(Vec::new()), |page| read_page(&page))
    }
}

/// What many values are handed over as in one parameter.
pub(super) fn as_json<T: serde::Serialize>(values: &[T]) -> Result<String> {
    serde_json::to_string(values)
        .map_err(|bad| StoreError::unreadable("a list of values")(bad.to_string()))
}

/// What was read before in the same page: there are few different interests,
/// languages and zones, and very many readers.
#[derive(Default)]
struct Known<'t> {
    wanted: HashMap<&'t str, Wanted>,
    locales: HashMap<&'t str, Option<Locale>>,
    zones: HashMap<&'t str, Option<Tz>>,
}

fn read_page(page: &str) -> Result<Vec<Listener>> {
    let mut known = Known::default();
    let read = page.lines().map(|line| read_line(line, &mut known));
    let mut listeners = read.collect::<Result<Vec<_>>>()?;
    listeners.sort_by_key(|listener| listener.id);
    Ok(listeners)
}

fn read_line<'t>(line: &'t str, known: &mut Known<'t>) -> Result<Listener> {
    let mut fields = line.splitn(6, ' ');
    let mut next = || {
        let missing = || StoreError::unreadable("a subscriber")("a field is missing".to_owned());
        fields.next().ok_or_else(missing)
    };
    let (id, locale, zone) = (next()?, next()?, next()?);
    let (frequency, suppressed, wants) = (next()?, next()?, next()?);
    let interests = wants.split(',').filter(|_| !wants.is_empty());
    let interests = interests.map(|wanted| once(&mut known.wanted, wanted, read_wanted));
    Ok(Listener {
        id: parsed("a subscriber", id)?,
        locale: once(&mut known.locales, locale, part)?,
        zone: once(&mut known.zones, zone, part)?,
        frequency: parsed("a frequency", frequency)?,
        is_suppressed: suppressed != "0",
        interests: interests.collect::<Result<_>>()?,
    })
}

fn once<'t, T: Clone>(
    known: &mut HashMap<&'t str, T>,
    text: &'t str,
    read: impl FnOnce(&str) -> Result<T>,
) -> Result<T> {
    if let Some(value) = known.get(text) {
        return Ok(value.clone());
    }
    let value = read(text)?;
    known.insert(text, value.clone());
    Ok(value)
}

fn read_wanted(text: &str) -> Result<Wanted> {
    let mut parts = text.splitn(3, ' ');
    let mut next = || parts.next().unwrap_or_default();
    Ok(Wanted { api: part(next())?, environment: part(next())?, kind: part(next())? })
}

/// An empty part stands for all, or for what is not known.
pub(super) fn part<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str) -> Result<Option<T>> {
    read(Some(text.to_owned()).filter(|text| !text.is_empty()))
}
