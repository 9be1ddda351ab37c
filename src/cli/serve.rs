//! `fairwarning serve`: the whole service, or one process's part of it. The web
//! side over the present publication, the filling of rounds, and the delivery
//! of whatever falls due.

use super::forget::forget;
use super::metrics::MetricsArguments;
use super::roles::RoleArguments;
use super::{Exit, publish, rehearse, watching};
use crate::announce::{Rounds, confirmations, errands, fill_interrupted, webhook_news};
use crate::clock::Clock;
use crate::config::{
    DatabaseArguments, IntakeArguments, MailArguments, MailSettings, OfficeArguments,
    RehearsalArguments, ServingArguments, WatchArguments, WatchSettings, WebArguments, WebSettings,
    WebhookArguments,
};
use crate::delivery::{Delivery, Event, Scope, Webhooks};
use crate::http_client::Reach;
use crate::metrics::Metrics;
use crate::notice::Carrier;
use crate::proof;
use crate::store::{Store, Topic};
use crate::subscribers;
use crate::web::{self, MetricsSite, Service};
use anyhow::{Context, anyhow, bail};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};

/// How often to look for rounds that broke off. It costs one small query.
const LOOK_FOR_ROUNDS: Duration = Duration::from_secs(5);

/// Serve the table, the pages and the API, and deliver what falls due.
#[derive(clap::Args)]
pub struct Arguments {
    /// The workspace, published once if nothing has been published yet.
    #[arg(default_value = "notices")]
    dir: PathBuf,
    #[command(flatten)]
    role: RoleArguments,
    #[command(flatten)]
    web: WebArguments,
    /// Threads that answer requests.
    #[arg(long, env = "FAIRWARNING_WORKERS", value_name = "N", default_value_t = web::DEFAULT_WORKERS)]
    #[arg(value_parser = workers)]
    workers: usize,
    #[command(flatten)]
    serving: ServingArguments,
    #[command(flatten)]
    database: DatabaseArguments,
    #[command(flatten)]
    mail: MailArguments,
    #[command(flatten)]
    webhooks: WebhookArguments,
    #[command(flatten)]
    intake: IntakeArguments,
    #[command(flatten)]
    office: OfficeArguments,
    #[command(flatten)]
    metrics: MetricsArguments,
    #[command(flatten)]
    rehearsals: RehearsalArguments,
    #[command(flatten)]
    watch: WatchArguments,
}

fn workers(text: &str) -> Result<usize, String> {
    let workers = text.parse().ok().filter(|workers| (1..=256).contains(workers));
    workers.ok_or_else(|| "write a number from 1 to 256".to_owned())
}

pub async fn run(arguments: &Arguments, clock: &Clock) -> anyhow::Result<Exit> {
    let url = arguments.database.check()?;
    let roles = arguments.role.check(&url)?;
    let settings = arguments.web.check()?;
    arguments.serving.check()?;
    let rehearsals = match roles.rehearse {
        true => arguments.rehearsals.check(roles.must_rehearse)?,
        false => None,
    };
    let watching = arguments.watch.check()?;
    let mail = roles.deliver.then(|| arguments.mail.check(&settings)).transpose()?;
    let store = Store::open(&url).await?;
    if store.current_publication_id().await?.is_none() {
        if !roles.is_whole() {
            say!("Nothing was published yet; `fairwarning publish` is waited for.");
        } else if publish_first(&store, &arguments.dir, clock).await? == Exit::Problems {
            return Ok(Exit::Problems);
        }
    }
    let metrics = Arc::<Metrics>::default();
    let delivery = match mail {
        Some(mail) => Some(arguments.delivery(mail, &store, clock, &metrics).await?),
        None => None,
    };
    // From here on a signal ends the service well, however early it comes.
    let stop = Stop::listen()?;
    let (tell_stop, stopped) = watch::channel(false);
    let mut tasks = JoinSet::new();
    let is_serving = roles.web || rehearsals.is_some();
    let served = match is_serving {
        true => Some(arguments.service(&store, clock, &metrics, &settings).await?),
        false => None,
    };
    if let Some(service) = &served {
        web::refresh(service).await?;
        tasks.spawn(follow(service.clone(), stopped.clone()));
    }
    if let (Some(service), true) = (&served, roles.web) {
        let listener = listen(settings.listen)?;
        let address = listener.local_addr()?;
        let server = web::start(service.clone(), listener, arguments.workers)?;
        say!("Serving on http://{address}");
        tasks.spawn(serve(server, stopped.clone()));
    }
    if let (Some(service), Some(rehearsals)) = (&served, rehearsals) {
        rehearse::start(service, rehearsals, arguments.workers, &mut tasks, &stopped)?;
    }
    if !is_serving {
        say!("Working on {url}; listening on no port.");
    }
    let site = MetricsSite { store: store.clone(), metrics, clock: clock.clone(), service: served };
    arguments.metrics.start(site)?;
    if roles.announce {
        arguments.announce(&store, clock, watching, &mut tasks, &stopped).await?;
    }
    if roles.announce || roles.deliver {
        tasks.spawn(seal(store, clock.clone(), stopped.clone()));
    }
    // Last, so that nothing is under way when something else cannot begin.
    if let Some((delivery, webhooks)) = delivery {
        tasks.spawn(call(webhooks, stopped.clone()));
        tasks.spawn(deliver(delivery, stopped));
    }
    work_until(stop, tasks, tell_stop).await?;
    Ok(Exit::Clean)
}

impl Arguments {
    /// What the web side and the test endpoints answer from.
    async fn service(
        &self,
        store: &Store,
        clock: &Clock,
        metrics: &Arc<Metrics>,
        settings: &WebSettings,
    ) -> anyhow::Result<Arc<Service>> {
        let public_url = settings.public_url.clone();
        let service = Service::open(store.clone(), clock.clone(), public_url).await?;
        let service = service.counting(metrics.clone()).taking_in(self.intake.check()?);
        let reach = Reach::of_strangers(&self.webhooks.check()?.allowed);
        let service = service.serving(self.serving.check()?).reaching(reach);
        let service = service.trusting(settings.trusted_proxies.clone());
        let service = service.signing_on(self.office.check(&settings.trusted_proxies)?);
        Ok(Arc::new(service.embedded_by(&settings.embed_origins)))
    }

    /// Everything that makes messages: it follows up what was announced, does what the office
    /// asks for, answers forms, and watches environments. And what may be forgotten, is.
    async fn announce(
        &self,
        store: &Store,
        clock: &Clock,
        watching: WatchSettings,
        tasks: &mut JoinSet<anyhow::Result<()>>,
        stopped: &watch::Receiver<bool>,
    ) -> anyhow::Result<()> {
        let carrier = self.mail.carrier();
        tasks.spawn(confirm(store.clone(), carrier, clock.clone(), stopped.clone()));
        tasks.spawn(announce(store.clone(), clock.clone(), stopped.clone()));
        tasks.spawn(do_errands(store.clone(), carrier, clock.clone(), stopped.clone()));
        let keys = subscribers::load_keys(store, clock.now()).await?;
        let watched =
            watching::Watched { store: store.clone(), keys, carrier, clock: clock.clone() };
        tasks.spawn(watching::watch(watched, watching, stopped.clone()));
        tasks.spawn(forget(store.clone(), clock.clone(), stopped.clone()));
        Ok(())
    }

    /// What sends mails, and what calls webhooks.
    async fn delivery(
        &self,
        mail: MailSettings,
        store: &Store,
        clock: &Clock,
        metrics: &Arc<Metrics>,
    ) -> anyhow::Result<(Delivery, Webhooks)> {
        let keys = subscribers::load_keys(store, clock.now()).await?;
        let settings = self.webhooks.check()?;
        let webhooks = Webhooks::new(store.clone(), keys.clone(), &mail, settings, clock.clone())?;
        let delivery = Delivery::new(store.clone(), keys, mail, clock.clone())?;
        Ok((delivery.counting(metrics.clone()), webhooks.counting(metrics.clone())))
    }
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
    let published = publish::publish(store, &publication, clock, true, "serve").await?;
    if let publish::Outcome::Done(said) = published {
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

/// Runs every task of the process side by side. None of them ends before it is
/// told to: whichever does has failed, and the others are told to end.
async fn work_until(
    mut stop: Stop,
    mut tasks: JoinSet<anyhow::Result<()>>,
    tell_stop: watch::Sender<bool>,
) -> anyhow::Result<()> {
    let mut failure = tokio::select! {
        ended = tasks.join_next() => Some(failed(ended)),
        () = stop.told() => None,
    };
    eprintln!("Stopping: requests and messages under way are finished first.");
    tell_stop.send_replace(true);
    while let Some(ended) = tasks.join_next().await {
        match ended {
            Ok(Ok(())) => {}
            ended => failure = failure.or(Some(failed(Some(ended)))),
        }
    }
    failure.map_or(Ok(()), Err)
}

fn failed(ended: Option<Result<anyhow::Result<()>, JoinError>>) -> anyhow::Error {
    match ended {
        Some(Ok(Err(failure))) => failure,
        Some(Err(broken)) => anyhow::Error::new(broken).context("a task of the service broke"),
        Some(Ok(Ok(()))) | None => anyhow!("a task of the service ended by itself"),
    }
}

pub(super) async fn until(mut stopped: watch::Receiver<bool>) {
    // Where nobody is left to tell, it is over as well.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// Runs a server until it is told to stop, and then to its end.
pub(super) async fn serve(
    server: web::Server,
    stopped: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let handle = server.handle();
    let mut server = std::pin::pin!(server);
    tokio::select! {
        ended = &mut server => return ended.context("the web server failed"),
        () = until(stopped) => {}
    }
    let ((), ended) = tokio::join!(handle.stop(true), server);
    ended.context("the web server failed while stopping")
}

async fn follow(service: Arc<Service>, stopped: watch::Receiver<bool>) -> anyhow::Result<()> {
    tokio::select! {
        () = web::follow(service) => bail!("the watch for new publications ended by itself"),
        () = until(stopped) => Ok(()),
    }
}

async fn deliver(delivery: Delivery, stopped: watch::Receiver<bool>) -> anyhow::Result<()> {
    delivery.run(Scope::Everything, stopped, log).await.context("delivery failed")?;
    Ok(())
}

async fn call(webhooks: Webhooks, stopped: watch::Receiver<bool>) -> anyhow::Result<()> {
    webhooks.run(None, stopped).await.context("calling webhooks failed")
}

/// How often to look whether anybody asked to be written to: nobody waits long,
/// and a look is one small question.
const CONFIRM_EVERY: Duration = Duration::from_secs(1);

/// Writes to everybody who asked to be written to, and to those whose webhook was
/// disabled. A failure is logged, and tried again.
async fn confirm(
    store: Store,
    carrier: Carrier,
    clock: Clock,
    stopped: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let looking = async {
        let mut ticks = tokio::time::interval(CONFIRM_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            match confirmations(&store, carrier, clock.now()).await {
                Ok(0) => {}
                Ok(written) => tracing::info!(written, "confirmations are on their way"),
                Err(failure) => tracing::warn!(%failure, "confirmations cannot be written"),
            }
            match webhook_news(&store, carrier, clock.now()).await {
                Ok(0) => {}
                Ok(written) => tracing::info!(written, "owners of webhooks are written to"),
                Err(failure) => tracing::warn!(%failure, "owners of webhooks cannot be told"),
            }
        }
    };
    tokio::select! {
        () = looking => bail!("the look for subscriptions ended by itself"),
        () = until(stopped) => Ok(()),
    }
}

/// Does what the office asks for in a browser, at once where the database tells of it.
/// What is broken off is taken up again, by this process or another.
async fn do_errands(
    store: Store,
    carrier: Carrier,
    clock: Clock,
    stopped: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let looking = async {
        let mut known = None;
        let mut ticks = tokio::time::interval(CONFIRM_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut wakeups = store.wakeups(Topic::Errands);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = wakeups.next() => {}
            }
            let keys = match known.take() {
                Some(keys) => Ok(keys),
                None => subscribers::load_keys(&store, clock.now()).await,
            };
            let keys = match keys {
                Ok(keys) => known.insert(keys),
                Err(failure) => {
                    tracing::warn!(%failure, "the office's errands cannot be looked at");
                    continue;
                }
            };
            match errands(&store, keys, carrier, &clock).await {
                Ok(0) => {}
                Ok(ended) => tracing::info!(ended, "errands of the office were done"),
                Err(failure) => tracing::warn!(%failure, "an errand of the office was broken off"),
            }
        }
    };
    tokio::select! {
        () = looking => bail!("the look for errands ended by itself"),
        () = until(stopped) => Ok(()),
    }
}

/// Looks after rounds. It can be broken off anywhere: what is not committed
/// by then is done again by the next look.
async fn announce(
    store: Store,
    clock: Clock,
    stopped: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let keys = subscribers::load_keys(&store, clock.now()).await?;
    let looking = async {
        let mut ticks = tokio::time::interval(LOOK_FOR_ROUNDS);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut wakeups = store.wakeups(Topic::Publications);
        let mut rounds = Rounds::new(store.clone(), keys);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = wakeups.next() => {}
            }
            look_after_rounds(&store, &clock).await;
            follow_up(&mut rounds, &clock).await;
        }
    };
    tokio::select! {
        () = looking => bail!("the look after rounds ended by itself"),
        () = until(stopped) => Ok(()),
    }
}

/// Seals what was sent. Any number of processes may do so.
async fn seal(store: Store, clock: Clock, stopped: watch::Receiver<bool>) -> anyhow::Result<()> {
    tokio::select! {
        () = proof::keep_sealing(store, clock) => bail!("sealing ended by itself"),
        () = until(stopped) => Ok(()),
    }
}

/// One look: everything that is to be done for rounds at this moment.
async fn look_after_rounds(store: &Store, clock: &Clock) {
    match fill_interrupted(store, clock.now()).await {
        Ok((added, stuck)) => {
            if added > 0 {
                tracing::info!(added, "an interrupted round was filled");
            }
            for (notice, reason) in stuck {
                tracing::warn!(notice, %reason, "an interrupted round cannot be filled");
            }
        }
        Err(failure) => tracing::warn!(%failure, "rounds cannot be looked after"),
    }
}

/// One look at what was announced: reminders, changes, and those who joined. It
/// goes on at once while more joined than one look takes.
async fn follow_up(rounds: &mut Rounds, clock: &Clock) {
    loop {
        match rounds.tick(clock.now()).await {
            Ok(ticked) => {
                if !ticked.is_idle() {
                    tracing::info!(
                        announcements = ticked.announcements,
                        reminders = ticked.reminders,
                        escalations = ticked.escalations,
                        changes = ticked.changes,
                        digests = ticked.digests,
                        withdrawn = ticked.withdrawn,
                        put_off = ticked.put_off,
                        "notices were followed up"
                    );
                }
                if !ticked.is_behind {
                    return;
                }
            }
            Err(failure) => {
                tracing::warn!(%failure, "notices cannot be followed up");
                return;
            }
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
        Event::Held(hold) => tracing::warn!(%hold, "sending is held"),
        Event::Released => tracing::info!("sending goes on"),
        Event::StoreFails(why) => tracing::error!(why, "outcomes cannot be recorded"),
    }
}
