//! `fairwarning token`: who may act for the office, and until when.

use super::Exit;
use super::record::record;
use crate::clock::Clock;
use crate::config::{DatabaseArguments, OperatorArguments};
use crate::notice::{Actor, OfficeScope};
use crate::store::{Deed, Store, StoredToken};
use crate::tokens;
use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use clap::{Args, Subcommand, ValueEnum};
use comfy_table::{Table, presets};
use secrecy::{ExposeSecret as _, SecretString};
use std::path::PathBuf;

#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    operator: OperatorArguments,
    #[command(flatten)]
    database: DatabaseArguments,
}

#[derive(Subcommand)]
enum Action {
    /// Make a token; it is printed once and cannot be read again
    Create {
        /// Whose it is; records of approvals name it
        name: String,
        /// How far it reaches; each scope includes those before it
        #[arg(long, value_enum)]
        scope: ScopeName,
        /// For how many days it is good
        #[arg(long, value_name = "N", default_value_t = 365)]
        #[arg(value_parser = clap::value_parser!(u16).range(1..=3650))]
        days: u16,
    },
    /// Show all tokens, without their secrets
    List,
    /// End a token at once
    Revoke {
        /// As `token list` shows it
        name: String,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum ScopeName {
    /// See what the office sees: the queue, who was told what, the record
    Viewer,
    /// Hold, release and retry messages, look after subscribers, send tests
    Editor,
    /// Approve and announce, and say who else may act
    Approver,
}

impl From<ScopeName> for OfficeScope {
    fn from(name: ScopeName) -> Self {
        match name {
            ScopeName::Viewer => Self::Viewer,
            ScopeName::Editor => Self::Editor,
            ScopeName::Approver => Self::Approver,
        }
    }
}

/// Who acts, for commands that record it. The token itself is never a flag: other
/// users of the machine can read a process's arguments.
#[derive(Args)]
pub struct Holder {
    /// A file with your token; it may be in FAIRWARNING_TOKEN instead
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
}

impl Holder {
    /// The token that was given, checked for a scope.
    pub async fn authenticate(
        &self,
        store: &Store,
        needs: OfficeScope,
        now: DateTime<Utc>,
    ) -> anyhow::Result<Actor> {
        let presented = self.presented()?;
        Ok(tokens::authenticate(store, presented.expose_secret(), needs, now).await?)
    }

    fn presented(&self) -> anyhow::Result<SecretString> {
        if let Some(file) = &self.token_file {
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("cannot read the token in `{}`", file.display()))?;
            return Ok(text.trim().into());
        }
        let set = crate::config::office_token();
        set.context(
            "this needs your token: put it into FAIRWARNING_TOKEN, or into a file that \
             --token-file names. `fairwarning token create` makes one",
        )
    }
}

pub async fn run(arguments: Arguments, clock: &Clock) -> anyhow::Result<Exit> {
    let store = Store::open(&arguments.database.check()?).await?;
    let (now, actor) = (clock.now(), &*arguments.operator.by);
    match arguments.action {
        Action::Create { name, scope, days } => {
            let expires_at = now + TimeDelta::days(i64::from(days));
            let scope = OfficeScope::from(scope);
            let token = tokens::create(&store, &name, scope, Some(expires_at), now).await?;
            let detail = format!("{scope}, good until {}", expires_at.format("%Y-%m-%d"));
            let deed = Deed { actor, action: "made token", subject: &name, detail: &detail };
            record(&store, clock, &deed).await?;
            say!("{}", token.expose_secret());
            eprintln!(
                "This is the token of `{name}`, good until {}. It is not kept here and cannot be \
                 shown again.",
                expires_at.format("%Y-%m-%d")
            );
            Ok(Exit::Clean)
        }
        Action::List => {
            say!("{}", table(&store.tokens().await?, now));
            Ok(Exit::Clean)
        }
        Action::Revoke { name } => {
            if store.revoke_token(&name, now).await? {
                let deed = Deed { actor, action: "revoked token", subject: &name, detail: "" };
                record(&store, clock, &deed).await?;
                say!("Revoked.");
                return Ok(Exit::Clean);
            }
            eprintln!("There is no token called `{name}` that is still good.");
            Ok(Exit::Problems)
        }
    }
}

fn table(tokens: &[StoredToken], now: DateTime<Utc>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY).set_header(["name", "scope", "made", "state"]);
    for token in tokens {
        let day = |at: DateTime<Utc>| at.format("%Y-%m-%d").to_string();
        let state = match (token.revoked_at, token.expires_at) {
            (Some(at), _) => format!("revoked {}", day(at)),
            (None, Some(end)) if end <= now => format!("expired {}", day(end)),
            (None, Some(end)) => format!("good until {}", day(end)),
            (None, None) => "good".to_owned(),
        };
        table.add_row([token.name.clone(), token.scope.to_string(), day(token.created_at), state]);
    }
    table
}
