//! Token buckets in the database: every node takes from the same ones, and a
//! restart fills none of them.

use super::{Result, Write};
use crate::notice::{Bucket, Rate, RateLimits};
use std::collections::BTreeMap;

/// The bucket of everything; no domain is called so.
const OVERALL: &str = "*";

/// The tokens at hand in one transaction.
pub(super) struct Tokens<'l> {
    limits: &'l RateLimits,
    now: i64,
    overall: Option<(Rate, Bucket)>,
    domains: BTreeMap<String, (Rate, Bucket)>,
    is_changed: bool,
}

impl<'l> Tokens<'l> {
    /// Where anything is limited, whoever claims waits here for whoever claims
    /// already: the buckets are read once and written once, at the end.
    pub async fn open(
        transaction: &mut Write,
        limits: &'l RateLimits,
        now: i64,
    ) -> Result<Tokens<'l>> {
        let mut tokens =
            Self { limits, now, overall: None, domains: BTreeMap::new(), is_changed: false };
        if limits.is_none() {
            return Ok(tokens);
        }
        let full_at: i64 = sqlx::query_scalar(
            "insert into buckets (name, full_at) values ($1, 0)
             on conflict (name) do update set full_at = buckets.full_at returning full_at",
        )
        .bind(OVERALL)
        .fetch_one(&mut **transaction)
        .await?;
        tokens.overall = limits.overall.map(|rate| (rate, Bucket::kept(full_at, rate, now)));
        Ok(tokens)
    }

    /// How many of `wanted` messages may go to anyone.
    pub fn room(&self, wanted: usize) -> usize {
        let tokens = self.overall.map(|(rate, bucket)| bucket.tokens(rate, self.now));
        tokens.map_or(wanted, |tokens| wanted.min(usize::try_from(tokens).unwrap_or(0)))
    }

    /// How many of `wanted` messages may go to this domain.
    pub async fn room_at(
        &mut self,
        transaction: &mut Write,
        domain: &str,
        wanted: usize,
    ) -> Result<usize> {
        let wanted = self.room(wanted);
        let now = self.now;
        Ok(match self.of_domain(transaction, domain).await? {
            Some((rate, bucket)) => {
                wanted.min(usize::try_from(bucket.tokens(*rate, now)).unwrap_or(0))
            }
            None => wanted,
        })
    }

    /// Takes what one message costs. `false` where its domain has nothing left.
    pub async fn take(&mut self, transaction: &mut Write, domain: &str) -> Result<bool> {
        let now = self.now;
        if let Some((rate, bucket)) = self.of_domain(transaction, domain).await?
            && !bucket.take(*rate, now)
        {
            return Ok(false);
        }
        if let Some((rate, bucket)) = &mut self.overall {
            bucket.take(*rate, now);
        }
        self.is_changed = true;
        Ok(true)
    }

    /// When this domain has a token again.
    pub async fn opens_at(&mut self, transaction: &mut Write, domain: &str) -> Result<i64> {
        let now = self.now;
        let limited = self.of_domain(transaction, domain).await?;
        Ok(limited.map_or(now, |(rate, bucket)| bucket.opens_at(*rate)))
    }

    async fn of_domain(
        &mut self,
        transaction: &mut Write,
        domain: &str,
    ) -> Result<Option<&mut (Rate, Bucket)>> {
        let Some(rate) = self.limits.of_domain(domain) else { return Ok(None) };
        if !self.domains.contains_key(domain) {
            let full_at: Option<i64> =
                sqlx::query_scalar("select full_at from buckets where name = $1")
                    .bind(domain)
                    .fetch_optional(&mut **transaction)
                    .await?;
            let bucket = Bucket::kept(full_at.unwrap_or(0), rate, self.now);
            self.domains.insert(domain.to_owned(), (rate, bucket));
        }
        Ok(self.domains.get_mut(domain))
    }

    /// Keeps what is left.
    pub async fn close(self, transaction: &mut Write) -> Result<()> {
        if !self.is_changed {
            return Ok(());
        }
        let overall = self.overall.map(|limited| (OVERALL.to_owned(), limited));
        for (name, (rate, bucket)) in self.domains.into_iter().chain(overall) {
            sqlx::query(
                "insert into buckets (name, full_at) values ($1, $2)
                 on conflict (name) do update set full_at = excluded.full_at",
            )
            .bind(name.as_str())
            .bind(bucket.full_at())
            .execute(&mut **transaction)
            .await?;
            sqlx::query("update parked set opens_at = $2 where domain = $1")
                .bind(name)
                .bind(bucket.opens_at(rate))
                .execute(&mut **transaction)
                .await?;
        }
        Ok(())
    }
}
