//! `fairwarning webhook`: addresses that are told by HTTP what their owners are
//! told by mail.

use super::Exit;
use crate::clock::Clock;
use crate::config::{DatabaseArguments, ReachArguments};
use crate::http_client::Reach;
use crate::notice::{EmailAddress, HttpUrl, WebhookState};
use crate::store::{Store, Webhook};
use crate::subscribers;
use clap::{Args, Subcommand};
use comfy_table::{Table, presets};
use secrecy::ExposeSecret as _;

#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    database: DatabaseArguments,
}

#[derive(Subcommand)]
enum Action {
    /// Say where a recipient's webhook leads; its secret is printed, this once
    Set {
        address: EmailAddress,
        /// https://…; `serve` sends a challenge there, which it has to give back
        url: HttpUrl,
        #[command(flatten)]
        reach: ReachArguments,
    },
    /// Give it another secret; the present one signs beside it for 24 hours
    Secret { address: EmailAddress },
    /// Show all webhooks, and how they do
    List {
        /// Print addresses in full; otherwise they are masked, and of a URL the host is shown.
        #[arg(long)]
        full: bool,
    },
    /// Forget a recipient's webhook; they go on hearing by mail
    Remove { address: EmailAddress },
    /// Have a disabled one prove itself again
    Enable { address: EmailAddress },
    /// Have a test sent to it by `serve`; `list` shows what came of it
    Test { address: EmailAddress },
}

pub async fn run(arguments: Arguments, clock: &Clock) -> anyhow::Result<Exit> {
    let store = Store::open(&arguments.database.check()?).await?;
    let now = clock.now();
    match arguments.action {
        Action::List { full } => list(&store, full).await,
        Action::Set { address, url, reach } => {
            Reach::of_strangers(&reach.webhook_allow).judge(&url)?;
            let number = number(&store, &address).await?;
            let keys = subscribers::load_keys(&store, now).await?;
            let secret = subscribers::set_webhook(&store, &keys, number, &url, now).await?;
            say!("{}", secret.expose_secret());
            eprintln!("This secret is shown once. `serve` sends the challenge in a moment.");
            Ok(Exit::Clean)
        }
        Action::Secret { address } => {
            let number = number(&store, &address).await?;
            let keys = subscribers::load_keys(&store, now).await?;
            match subscribers::renew_webhook_secret(&store, &keys, number, now).await? {
                Some(secret) => {
                    say!("{}", secret.expose_secret());
                    eprintln!("The secret before signs beside it for 24 hours.");
                    Ok(Exit::Clean)
                }
                None => Ok(none()),
            }
        }
        Action::Remove { address } => {
            let is_gone = store.remove_webhook(number(&store, &address).await?).await?;
            done(is_gone, "Removed: what waited for it is withdrawn.")
        }
        Action::Enable { address } => {
            let number = number(&store, &address).await?;
            done_or_why(&store, number, subscribers::enable_webhook(&store, number, now).await?)
                .await
        }
        Action::Test { address } => {
            let number = number(&store, &address).await?;
            done_or_why(&store, number, subscribers::test_webhook(&store, number, now).await?).await
        }
    }
}

async fn number(store: &Store, address: &EmailAddress) -> anyhow::Result<i64> {
    match store.subscriber_number(address).await? {
        // Whoever has not confirmed anything is in no audience.
        Some(number) if store.subscriber(number).await?.is_some() => Ok(number),
        _ => anyhow::bail!("there is no recipient with this address"),
    }
}

fn none() -> Exit {
    eprintln!("This recipient has no webhook.");
    Exit::Problems
}

fn done(is_done: bool, said: &str) -> anyhow::Result<Exit> {
    if !is_done {
        return Ok(none());
    }
    say!("{said}");
    Ok(Exit::Clean)
}

async fn done_or_why(store: &Store, number: i64, is_asked: bool) -> anyhow::Result<Exit> {
    match store.webhook(number).await? {
        None => Ok(none()),
        Some(_) if is_asked => {
            say!("`serve` calls it in a moment; `fairwarning webhook list` shows the answer.");
            Ok(Exit::Clean)
        }
        Some(webhook) => {
            eprintln!("Nothing is sent: the webhook is {}.", webhook.state.as_str());
            Ok(Exit::Problems)
        }
    }
}

async fn list(store: &Store, full: bool) -> anyhow::Result<Exit> {
    /// Few enough to hold, many enough that a page costs nothing.
    const PAGE: i64 = 500;
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY).set_header([
        "recipient",
        "webhook",
        "state",
        "since",
        "last test",
    ]);
    let (mut after, mut found) = (0, 0);
    loop {
        let page = store.webhooks(after, PAGE).await?;
        let Some((_, last)) = page.last() else { break };
        after = last.subscriber;
        for (address, webhook) in page {
            found += 1;
            let address = if full { address.to_string() } else { address.masked() };
            let url = if full { webhook.url.to_string() } else { webhook.host.clone() };
            let since = webhook.changed_at.format("%Y-%m-%d %H:%M UTC").to_string();
            let tested = match &webhook.tested {
                None => String::new(),
                Some(Ok(())) => "good".to_owned(),
                Some(Err(trouble)) => trouble.to_string(),
            };
            table.add_row([address, url, state(&webhook), since, tested]);
        }
    }
    if found == 0 {
        say!("No webhooks yet: `fairwarning webhook set ADDRESS URL` makes one.");
    } else {
        say!("{table}");
    }
    Ok(Exit::Clean)
}

fn state(webhook: &Webhook) -> String {
    let state = webhook.state.as_str();
    match (webhook.trouble, webhook.failing_since) {
        (Some(trouble), _) => format!("{state}: {trouble}"),
        (None, Some(since)) if webhook.state == WebhookState::Active => {
            let since = since.format("%Y-%m-%d %H:%M UTC");
            format!("{state}, failing since {since} ({} times)", webhook.failures)
        }
        _ => state.to_owned(),
    }
}
