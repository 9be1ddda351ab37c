//! `fairwarning probe`: what declared URLs accept and answer, held against the schedule.

mod show;
mod wanted;

use super::moment::Moment;
use super::source::{FOLDER, Source};
use super::{Exit, output};
use crate::clock::Clock;
use crate::config::DatabaseArguments;
use crate::drift::judge;
use crate::http_client::may_ask;
use crate::notice::{
    Finding, HttpUrl, Judgement, Network, NoticePath, ProgramId, Rate, Verdict, Workspace,
};
use crate::schedule::Instant;
use crate::tls::{ProbeSettings, Prober, by_the_system};
use clap::ValueEnum;
use futures_util::{StreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::HashMap;
use std::net::IpAddr;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use wanted::Wanted;

/// Ask URLs which versions of TLS they accept, and hold that against the schedule.
///
/// Each address of a name is asked by itself: for every version from SSL 3.0 to TLS 1.3 on the
/// transport, and by a GET over each that it accepts. Certificates are not checked. Where nothing
/// is accepted, nothing is known: that is undetermined, and never conforming.
#[derive(clap::Args)]
#[command(after_help = "Exit codes: 0 all is as declared, 2 something is not, \
                        4 something could not be found out and nothing else is wrong.")]
pub struct Arguments {
    /// Hosts, with a port where it is not 443, or whole URLs. Whatever is declared at one is
    /// judged; anything else is only reported.
    #[arg(value_name = "HOST", required_unless_present_any = ["notice", "all"])]
    hosts: Vec<wanted::Host>,
    /// The URLs of this notice, as PROGRAM/NOTICE.
    #[arg(long, value_name = "PROGRAM/NOTICE")]
    notice: Option<NoticePath>,
    /// Every declared URL.
    #[arg(long)]
    all: bool,
    /// Only this program's, by its id.
    #[arg(long)]
    program: Option<ProgramId>,
    /// Judge by what is declared for this moment instead of now: a day, or an instant such as
    /// 2020-04-01T12:00Z.
    #[arg(long, value_name = "MOMENT")]
    on: Option<Moment>,
    /// The declaration: a folder, `current`, `publication:N` or `git:REV[:DIR]`; the folder
    /// `notices` when absent.
    #[arg(long, value_name = "SOURCE")]
    from: Option<Source>,
    /// How to print what was found.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// How many addresses to ask at the same time.
    #[arg(long, value_name = "N", default_value_t = 16)]
    #[arg(value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=1000))]
    at_once: usize,
    /// How often to connect to one host.
    #[arg(long, value_name = "RATE", default_value = "20/s")]
    rate: Rate,
    /// How many seconds to wait for each answer.
    #[arg(long, value_name = "SECONDS", default_value_t = 8)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=600))]
    timeout: u64,
    /// A private address, or a network of them, that may be asked all the same. May be repeated.
    #[arg(long, value_name = "ADDRESS|CIDR")]
    allow: Vec<Network>,
    /// Say hellos alone, and GET nothing. What answers over HTTP alone is not seen then.
    #[arg(long)]
    transport_only: bool,
    /// Ask this address for this name, whatever the system knows of it. May be repeated.
    #[arg(long, value_name = "HOST=ADDRESS")]
    resolve: Vec<Resolved>,
    #[command(flatten)]
    database: DatabaseArguments,
}

/// Where a name leads, such as to a balancer that is not in the DNS yet.
#[derive(Clone)]
struct Resolved {
    /// As URLs have it.
    host: String,
    address: IpAddr,
}

impl FromStr for Resolved {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("`{text}` is not understood: write a host, `=` and an address");
        let (host, address) = text.rsplit_once('=').ok_or_else(bad)?;
        let url: HttpUrl = format!("https://{host}/").parse().map_err(|_| bad())?;
        let address = address.parse().map_err(|_| bad())?;
        Ok(Self { host: url.host().to_owned(), address })
    }
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Format {
    /// For people.
    #[default]
    Table,
    /// For programs.
    Json,
}

/// What was found at one address of what was wanted.
struct Probed<'w> {
    wanted: &'w Wanted<'w>,
    finding: &'w Finding,
    /// When it is judged for; None where nothing is declared of it.
    judged: Option<(Instant, Judgement)>,
}

pub async fn run(arguments: &Arguments, clock: &Clock) -> anyhow::Result<Exit> {
    let Some(workspace) = declared(arguments).await? else { return Ok(Exit::Problems) };
    let wanted = wanted::wanted(&workspace, arguments)?;
    let found = ask(&prober(arguments), &wanted, clock.now()).await?;
    let probed: Vec<Probed<'_>> = wanted
        .iter()
        .flat_map(|wanted| {
            let findings = found.get(wanted.url().normalised()).into_iter().flatten();
            findings.map(move |finding| probed(wanted, finding, arguments.on, clock))
        })
        .collect();
    output::print(&match arguments.format {
        Format::Table => show::table(&probed),
        Format::Json => show::json(&probed)?,
    })?;
    Ok(exit(&probed))
}

/// What is declared; nothing where `check` found problems, which are printed. Hosts can be asked
/// without any declaration.
async fn declared(arguments: &Arguments) -> anyhow::Result<Option<Arc<Workspace>>> {
    let by_host_alone = arguments.notice.is_none() && !arguments.all;
    let source = match &arguments.from {
        Some(source) => source.clone(),
        None if by_host_alone && !Path::new(FOLDER).is_dir() => {
            return Ok(Some(Arc::default()));
        }
        None => Source::Folder(FOLDER.into()),
    };
    source.read(None, &arguments.database).await
}

fn prober(arguments: &Arguments) -> Prober {
    let settings = ProbeSettings {
        timeout: Duration::from_secs(arguments.timeout),
        at_once: arguments.at_once,
        rate: arguments.rate,
    };
    let allowed = arguments.allow.clone();
    let resolved = arguments.resolve.clone();
    let mut prober = Prober::new(settings, move |address| {
        may_ask(address, &allowed).map_err(|refusal| format!("{refusal}: --allow it to ask it"))
    });
    if arguments.transport_only {
        prober = prober.on_the_transport_alone();
    }
    prober.looking_up(move |host| {
        let named = resolved.iter().filter(|one| one.host == host).map(|one| one.address);
        let named: Vec<IpAddr> = named.collect();
        match named.is_empty() {
            true => by_the_system(host),
            false => Box::pin(async move { Ok(named) }),
        }
    })
}

/// Each URL once, however often it is declared.
async fn ask(
    prober: &Prober,
    wanted: &[Wanted<'_>],
    at: Instant,
) -> anyhow::Result<HashMap<String, Vec<Finding>>> {
    let mut urls: Vec<&HttpUrl> = Vec::new();
    for one in wanted {
        if !urls.iter().any(|url| url.normalised() == one.url().normalised()) {
            urls.push(one.url());
        }
    }
    let bar = ProgressBar::new(u64::try_from(urls.len())?);
    bar.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len} {wide_msg}")?);
    let (bar, at_once) = (&bar, urls.len().max(1));
    // How many are asked at a time is the prober's business.
    let found = stream::iter(urls)
        .map(|url| async move {
            let findings = prober.url(url, at).await;
            bar.set_message(url.to_string());
            bar.inc(1);
            (url.normalised().to_owned(), findings)
        })
        .buffer_unordered(at_once)
        .collect()
        .await;
    bar.finish_and_clear();
    Ok(found)
}

fn probed<'w>(
    wanted: &'w Wanted<'w>,
    finding: &'w Finding,
    on: Option<Moment>,
    clock: &Clock,
) -> Probed<'w> {
    let judged = wanted.judged().map(|(program, target)| {
        let on = on.map_or_else(|| clock.now(), |on| on.in_zone(program.settings.zone));
        (on, judge(program, target, std::slice::from_ref(finding), on))
    });
    Probed { wanted, finding, judged }
}

/// What is wrong outweighs what is not known.
fn exit(probed: &[Probed<'_>]) -> Exit {
    let verdicts = probed.iter().map(|one| match &one.judged {
        Some((_, judgement)) => judgement.verdict,
        None if one.is_found_out() => Verdict::Conforming,
        None => Verdict::Undetermined,
    });
    match verdicts.max() {
        Some(Verdict::Drifting) => Exit::Problems,
        Some(Verdict::Undetermined) => Exit::Undetermined,
        Some(Verdict::Conforming) | None => Exit::Clean,
    }
}

impl Probed<'_> {
    /// Whether there was an answer of any kind to what was asked.
    fn is_found_out(&self) -> bool {
        let Finding { transport, plain, failure, .. } = self.finding;
        let is_accepted = transport.values().any(|a| *a == crate::notice::Acceptance::Accepted);
        let is_answered = matches!(plain, Some(crate::notice::HttpFinding::Answered { .. }));
        failure.is_none() && (is_accepted || is_answered)
    }
}
