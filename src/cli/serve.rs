//! `fairwarning serve`: the whole service. The web side over the present
//! publication, and beside it what falls due: reminders and changes are written,
//! and whatever waits is delivered.

use super::{Exit, publish};
use crate::announce::{self, Rounds};
use crate::clock::Clock;
use crate::config::{DatabaseArguments, MailArguments, WebArguments};
use crate::delivery::{Delivery, Event, Scope};
use crate::notice::Carrier;
use crate::store::Store;
use crate::subscribers;
use crate::web::{self, Service};
use anyhow::{Context, bail};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Notify, watch};

/// Serve the table, the pages and the API, and deliver what falls due.
#[derive(clap::Args)]
pub struct Arguments {
    /// The workspace, published once if nothing has been published yet.
    #[arg(default_value = "notices")]
    dir: PathBuf,
    #[command(flatten)]
    web: WebArguments,
    /// Threads that answer requests.
    #[arg(long, env = "FAIRWARNING_WORKERS", value_name = "N", default_value_t = web::DEFAULT_WORKERS)]
    #[arg(value_parser = workers)]
    workers: usize,
    #[command(flatten)]
    database: DatabaseArguments,
    #[command(flatten)]
    mail: MailArguments,
}

fn workers(text: &str) -> Result<usize, String> {
    let workers = text.parse().ok().filter(|workers| (1..=256).contains(workers));
    workers.ok_or_else(|| "write a number from 1 to 256".to_owned())
}

pub async fn run(arguments: &Arguments, clock: &Clock) -> anyhow::Result<Exit> {
    let settings = arguments.web.check()?;
    let mail = arguments.mail.check(&settings)?;
    let store = Store::open(&arguments.database.check()?).await?;
    if store.current_publication_id().await?.is_none()
        && publish_first(&store, &arguments.dir, clock).await? == Exit::Problems
    {
        return Ok(Exit::Problems);
    }
    let keys = subscribers::load_keys(&store, clock.now()).await?;
    let delivery = Delivery::new(store.clone(), keys, mail, clock.clone())?;
    let confirming = confirm(store.clone(), delivery.carrier(), clock.clone());
    let rounds = Rounds::new(store.clone());
    let service = Service::open(store, clock.clone(), settings.public_url.clone()).await?;
    let service = Arc::new(service.trusting(settings.trusted_proxies.clone()));
    web::refresh(&service).await?;
    // From here on a signal ends the service well, however early it comes.
    let stop = Stop::listen()?;
    let listener = listen(settings.listen)?;
    let address = listener.local_addr()?;
    let server = web::start(service.clone(), listener, arguments.workers)?;
    say!("Serving on http://{address}");
    let wake = Notify::new();
    let following = async {
        tokio::join!(announce::follow(rounds, clock, &wake), confirming);
    };
    work_until(stop, service, server, delivery, following).await?;
    Ok(Exit::Clean)
}

/// An empty database has nothing to show; a folder was given, so it is shown.
async fn publish_first(store: &Store, dir: &Path, clock: &Clock) -> anyhow::Result<Exit> {
    let shown = dir.display();
    let Some(publication) = publish::read(dir)? else {
        eprintln!("Nothing was published before, and the folder {shown} has problems.");
        return Ok(Exit::Problems);
    };
    say!("Nothing was published before, so the folder {shown} is, this once.");
    // Nothing was announced before, so that no date can be earlier than told.
    if let publish::Outcome::Done(said) = publish::publish(store, &publication, clock, true).await?
    {
        say!("{said}");
    }
    say!("Later changes to it are served after `fairwarning publish {shown}`.");
    Ok(Exit::Clean)
}

pub(super) fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(address);
    let listener = listener.with_context(|| format!("cannot listen on {address}"))?;
    // The server accepts from several threads.
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// The signals that tell a service to end.
pub(super) struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    pub(super) fn listen() -> std::io::Result<Self> {
        let terminate = signal(SignalKind::terminate())?;
        Ok(Self { terminate, interrupt: signal(SignalKind::interrupt())? })
    }

    pub(super) async fn told(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Runs every task of the service side by side. None of them ends by itself:
/// whichever does first has failed, and takes the others with it.
async fn work_until(
    mut stop: Stop,
    service: Arc<Service>,
    server: web::Server,
    delivery: Delivery,
    following: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let handle = server.handle();
    let mut server = std::pin::pin!(server);
    let (tell_stop, stopped) = watch::channel(false);
    let delivering = delivery.run(Scope::Everything, stopped, log);
    let mut delivering = std::pin::pin!(delivering);
    tokio::select! {
        ended = &mut server => {
            ended.context("the web server failed")?;
            bail!("the web server ended by itself");
        }
        ended = &mut delivering => {
            ended.context("delivery failed")?;
            bail!("delivery ended by itself");
        }
        () = following => bail!("the watch for what falls due ended by itself"),
        () = web::follow(service) => bail!("the watch for new publications ended by itself"),
        () = stop.told() => {}
    }
    eprintln!("Stopping: requests and messages under way are finished first.");
    tell_stop.send_replace(true);
    let (_, ended, delivered) = tokio::join!(handle.stop(true), server, delivering);
    ended.context("the web server failed while stopping")?;
    delivered.context("delivery failed while stopping")?;
    Ok(())
}

/// How often to look whether anybody asked to be written to: nobody waits long,
/// and a look is one small question.
const CONFIRM_EVERY: Duration = Duration::from_secs(1);

/// Writes to everybody who asked to be written to. A failure is logged, and tried
/// again.
async fn confirm(store: Store, carrier: Carrier, clock: Clock) {
    let mut ticks = tokio::time::interval(CONFIRM_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match announce::confirmations(&store, carrier, clock.now()).await {
            Ok(0) => {}
            Ok(written) => tracing::info!(written, "confirmations are on their way"),
            Err(failure) => tracing::warn!(%failure, "confirmations cannot be written"),
        }
    }
}

/// One line for what an operator would want to know of.
fn log(event: Event) {
    match event {
        Event::Outcome(outcome) => tracing::debug!(outcome = outcome.as_str(), "a message"),
        Event::Paused(pause) => {
            let seconds = pause.wait.as_secs();
            tracing::warn!(reason = pause.reason, seconds, "the mail server fails; sending pauses");
        }
        Event::StoreFails(why) => tracing::error!(why, "outcomes cannot be recorded"),
    }
}
