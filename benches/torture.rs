//! The faults that a mailing has to survive, at length, with the program itself.
//!
//! It prints figures, and fails where a promise was broken: nobody is missed, a
//! kill repeats at most as many messages as the killed node has connections, and
//! a repeat keeps its Message-ID.
//!
//! `torture [--rounds N] [--recipients N] [--seed N] [PART…]`

#[path = "../tests/servers/cluster.rs"]
#[allow(dead_code)] // the suite needs the rest
mod cluster;
#[path = "../tests/servers/scripted_server.rs"]
#[allow(dead_code)] // the suite needs the rest
mod scripted_server;
#[path = "../tests/torture/mod.rs"]
mod torture;

use clap::{Parser, ValueEnum};
use cluster::Cluster;
use comfy_table::{CellAlignment, Table, presets};
use fairwarning::clock::Clock;
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::Duration;
use torture::figures::Figures;
use torture::{
    Dice, NodeSettings, Outage, Plan, Prepared, Where, fill_the_disk, kill_at_random,
    stop_the_database, suffer_bad_servers,
};

const CONNECTIONS: usize = 8;
const HEARTBEAT: Duration = Duration::from_secs(2);
const ANSWER: Duration = Duration::from_secs(20);
const OUTAGE: Duration = Duration::from_secs(20);
const DISK_FULL: Duration = Duration::from_secs(10);
/// How many recipients meet the same fault.
const EACH_FAULT: usize = 5;
/// How many inputs each law about dates is tried on, instead of 256.
const DATES: &str = "20000";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// kill -9 of a node at a random moment
    Kill,
    /// Clocks that are ten minutes off, and kill -9 besides
    Clock,
    /// PostgreSQL gone for twenty seconds
    Gone,
    /// The disk below SQLite full
    Full,
    /// Mail servers that misbehave
    Servers,
    /// Days when clocks change, and ladders over ends of months
    Dates,
    /// Bounces from a Postfix
    Bounces,
}

#[derive(Parser)]
struct Flags {
    /// Kills in each configuration.
    #[arg(long, default_value_t = 50)]
    rounds: usize,
    #[arg(long, default_value_t = 5000)]
    recipients: usize,
    /// Brings the same moments again.
    #[arg(long)]
    seed: Option<u64>,
    /// All of them where none is named.
    parts: Vec<Part>,
    /// `cargo bench` says so.
    #[arg(long, hide = true)]
    bench: bool,
}

const RIGHT: NodeSettings =
    NodeSettings { connections: CONNECTIONS, heartbeat: HEARTBEAT, waits: ANSWER, clock: None };
const AHEAD: NodeSettings = NodeSettings { clock: Some("+600s"), ..RIGHT };
const BEHIND: NodeSettings = NodeSettings { clock: Some("-600s"), ..RIGHT };

struct Torture {
    flags: Flags,
    dice: Dice,
    cluster: Option<Arc<Cluster>>,
    broken: Vec<String>,
}

impl Torture {
    fn includes(&self, part: Part) -> bool {
        self.flags.parts.is_empty() || self.flags.parts.contains(&part)
    }

    /// Started where something needs it, with the settings a server comes with.
    fn cluster(&mut self) -> Arc<Cluster> {
        self.cluster
            .get_or_insert_with(|| Arc::new(Cluster::start("-c max_connections=200")))
            .clone()
    }

    async fn on_files(&self) -> Prepared {
        Prepared::make(Where::Files, self.flags.recipients).await
    }

    async fn on_server(&mut self) -> Prepared {
        let cluster = self.cluster();
        Prepared::make(Where::Server(cluster), self.flags.recipients).await
    }

    async fn kill(&mut self) {
        let (files, server) = (self.on_files().await, self.on_server().await);
        let mut table = kills();
        for (name, prepared, nodes) in [
            ("one on SQLite", &files, 1),
            ("one on PostgreSQL", &server, 1),
            ("four on PostgreSQL", &server, 4),
        ] {
            let plan = Plan {
                configuration: name.to_owned(),
                prepared,
                nodes: vec![RIGHT; nodes],
                next: RIGHT,
                rounds: self.flags.rounds,
            };
            let figures = kill_at_random(&plan, &mut self.dice).await;
            self.add(&mut table, &figures);
        }
        println!("kill -9 at a random moment:\n{table}");
    }

    async fn clock(&mut self) {
        let (files, server) = (self.on_files().await, self.on_server().await);
        let mut table = kills();
        for (name, prepared, nodes, next) in [
            ("SQLite: 10 min ahead, then right", &files, vec![AHEAD], RIGHT),
            ("SQLite: 10 min behind, then right", &files, vec![BEHIND], RIGHT),
            (
                "PostgreSQL: ahead, behind, two right",
                &server,
                vec![AHEAD, BEHIND, RIGHT, RIGHT],
                AHEAD,
            ),
        ] {
            let plan = Plan {
                configuration: name.to_owned(),
                prepared,
                nodes,
                next,
                rounds: self.flags.rounds.div_ceil(5),
            };
            let figures = kill_at_random(&plan, &mut self.dice).await;
            self.add(&mut table, &figures);
        }
        println!("clocks ten minutes off, and kill -9 besides:\n{table}");
    }

    async fn gone(&mut self) {
        let prepared = self.on_server().await;
        let outage = Outage { cluster: self.cluster(), lasts: OUTAGE };
        let rounds = self.flags.rounds.div_ceil(25);
        let mut table = kills();
        for nodes in [1, 4] {
            let run = stop_the_database(&outage, &prepared, (rounds, nodes), RIGHT, &mut self.dice);
            let figures = run.await;
            self.add(&mut table, &figures);
        }
        println!("the database stops in the middle of a round:\n{table}");
    }

    async fn full(&mut self) {
        let prepared = self.on_files().await;
        let rounds = self.flags.rounds.div_ceil(25);
        let figures = fill_the_disk(&prepared, rounds, RIGHT, DISK_FULL).await;
        let mut table = kills();
        self.add(&mut table, &figures);
        println!("the disk is full in the middle of a round:\n{table}");
    }

    async fn servers(&mut self) {
        let (files, server) = (self.on_files().await, self.on_server().await);
        let hasty = NodeSettings { waits: Duration::from_secs(3), ..RIGHT };
        let mut table = kills();
        for (name, prepared, nodes) in
            [("one on SQLite", &files, 1), ("four on PostgreSQL", &server, 4)]
        {
            let figures = suffer_bad_servers(name, prepared, (nodes, EACH_FAULT), hasty).await;
            self.add(&mut table, &figures);
        }
        println!("a mail server plays every fault at every step, and serves the others:\n{table}");
        let filters = ["fault_grid::", "delivery_faults::", "delivery_tls::"];
        self.suite("no STARTTLS, bad certificates, refusals at once", &filters);
    }

    fn add(&mut self, table: &mut Table, figures: &Figures) {
        let kills = match figures {
            Figures { kills: 0, .. } => "none".to_owned(),
            Figures { kills, early, late, .. } => format!("{kills} ({early}, {late})"),
        };
        table.add_row([
            figures.configuration.clone(),
            figures.rounds.to_string(),
            kills,
            figures.messages.to_string(),
            figures.missed.to_string(),
            figures.repeats.to_string(),
            format!("{} of {}", figures.most_repeats, figures.allowed_repeats),
            figures.renamed.to_string(),
            format!("{:.0}", figures.took.as_secs_f64()),
        ]);
        // A table comes when all of it is known, which takes minutes.
        let seconds = figures.took.as_secs();
        eprintln!("        {}: {} rounds in {seconds} s", figures.configuration, figures.rounds);
        let told = figures.broken.iter().map(|why| format!("{}: {why}", figures.configuration));
        self.broken.extend(told);
    }

    /// Tests of the suite, told to take their time.
    fn suite(&mut self, what: &str, filters: &[&str]) {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let done = Command::new(cargo)
            .args(["test", "--quiet", "--locked", "--test", "suite", "--"])
            .args(filters)
            .env("PROPTEST_CASES", DATES)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .expect("cargo runs");
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        let result = said.lines().rfind(|line| line.starts_with("test result"));
        println!("{what}:\n        {}", result.unwrap_or("no result"));
        if !done.status.success() || result.is_none() {
            let told = String::from_utf8_lossy(&done.stderr);
            self.broken.push(format!("{what}: {said}{told}"));
        }
    }
}

fn kills() -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY).set_header([
        "nodes",
        "rounds",
        "kills (before, after)",
        "arrived",
        "missed",
        "repeats",
        "most at once",
        "renamed",
        "seconds",
    ]);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

#[tokio::main]
async fn main() -> ExitCode {
    let flags = Flags::parse();
    let clock = Clock::system().now().timestamp_micros().unsigned_abs();
    let seed = flags.seed.unwrap_or(clock);
    println!(
        "torture with --seed {seed}: {} recipients a round, {CONNECTIONS} connections a node, \
         silent for {} s counts as dead",
        flags.recipients,
        HEARTBEAT.as_secs()
    );
    let mut torture = Torture { flags, dice: Dice(seed), cluster: None, broken: Vec::new() };
    if torture.includes(Part::Kill) {
        torture.kill().await;
    }
    if torture.includes(Part::Clock) {
        torture.clock().await;
    }
    if torture.includes(Part::Gone) {
        torture.gone().await;
    }
    if torture.includes(Part::Full) {
        torture.full().await;
    }
    if torture.includes(Part::Servers) {
        torture.servers().await;
    }
    if torture.includes(Part::Dates) {
        let filters = ["schedule::", "reminders::", "sending_hours::", "dates::", "planning::"];
        torture.suite("days when clocks change, ends of months", &filters);
    }
    if torture.includes(Part::Bounces) {
        torture.suite("bounces from a Postfix", &["genuine_bounces::"]);
    }
    for broken in &torture.broken {
        eprintln!("BROKEN: {broken}");
    }
    if torture.broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
