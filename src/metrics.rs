//! What a process counts about itself, and how all figures are written down
//! for Prometheus.
//!
//! Counters are this process's own, and begin at nothing with it; the queue is
//! the database's, and is the same whichever process is asked. This module
//! knows neither the database nor HTTP: it is handed facts.

use crate::notice::{AttemptOutcome, Outcome};
use prometheus::{
    Encoder, Gauge, GaugeVec, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec,
    IntGaugeVec, Opts, Registry, TextEncoder,
};
use std::time::Duration;

/// A mail server takes from milliseconds to minutes.
const SEND_BOUNDS: [f64; 12] =
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0, 300.0];

/// Answers come from memory.
const ANSWER_BOUNDS: [f64; 10] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.0, 10.0];

/// By which ways messages go.
const CHANNELS: [&str; 2] = [MAIL, WEBHOOK];
const MAIL: &str = "mail";
const WEBHOOK: &str = "webhook";

/// How a process keeps count.
pub struct Metrics {
    registry: Registry,
    outcomes: IntCounterVec,
    sending: Histogram,
    calling: Histogram,
    pauses: IntCounter,
    answers: HistogramVec,
    queue: IntGaugeVec,
    oldest: Gauge,
    dead: IntGaugeVec,
    holds: Gauge,
    nodes: IntGaugeVec,
    paused_nodes: Gauge,
    feedback: IntCounterVec,
    intake: IntCounterVec,
    snapshot_age: Gauge,
    watched: IntGaugeVec,
    watch_looked: GaugeVec,
    rehearsals: IntCounterVec,
    lost: IntCounter,
    turned_away: IntCounter,
}

/// What the database tells, at one moment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    pub waiting: i64,
    pub throttled: i64,
    /// Waiting for webhooks.
    pub calls: i64,
    pub claimed: i64,
    /// Waiting for weekly digests.
    pub gathered: i64,
    /// Since the longest waiting message fell due; 0 where none waits.
    pub oldest_seconds: f64,
    pub dead: i64,
    pub rejected: i64,
    pub holds: usize,
    pub nodes_alive: i64,
    pub nodes_stale: i64,
    pub nodes_paused: usize,
    pub feedback: Vec<(String, i64)>,
    pub intake: Vec<(String, i64)>,
    /// Since the served publication was published; absent where none is served.
    pub snapshot_age_seconds: Option<f64>,
    pub watched: Vec<Watched>,
}

/// What is watched of a program.
#[derive(Debug, Clone, PartialEq)]
pub struct Watched {
    pub program: String,
    /// How many targets are found how.
    pub targets: Vec<(&'static str, i64)>,
    /// The oldest of the last looks, in seconds since 1970; absent before the first.
    pub oldest_look: Option<f64>,
}

/// Names and bounds are constants below, and each is registered once.
const SOUND: &str = "the names and bounds written here are sound";

impl Default for Metrics {
    fn default() -> Self {
        let registry = Registry::new_custom(Some("fairwarning".to_owned()), None);
        let registry = registry.expect(SOUND);
        let made = Maker(&registry);
        let metrics = Self {
            outcomes: made.kept(IntCounterVec::new(
                Opts::new("outcomes_total", "Attempts by channel and outcome."),
                &["channel", "outcome"],
            )),
            sending: made.histogram("send_seconds", "How long sending a mail took.", &SEND_BOUNDS),
            calling: made.histogram("webhook_seconds", "How long a call took.", &SEND_BOUNDS),
            pauses: made.counter("pauses_total", "Times the mail server failed as a whole."),
            answers: made.histograms(
                "http_request_seconds",
                "How long an answer took, by its class.",
                &ANSWER_BOUNDS,
                "status",
            ),
            queue: made.gauges("queue_messages", "Messages not settled, by state.", "state"),
            oldest: made.gauge(
                "queue_oldest_seconds",
                "How long the oldest message is due that nobody holds.",
            ),
            dead: made.gauges("dead_letters", "Messages given up or refused for good.", "outcome"),
            holds: made.gauge("holds", "Holds in force."),
            nodes: made.gauges("nodes", "Delivering processes by heartbeat.", "state"),
            paused_nodes: made.gauge("nodes_paused", "Processes that wait for their mail server."),
            feedback: made.counters("feedback_total", "Reports that came back, by kind.", "kind"),
            intake: made.counters("intake_total", "Mail taken in, by verdict.", "verdict"),
            snapshot_age: made.gauge(
                "snapshot_age_seconds",
                "Since the served publication was published; -1 where none is served.",
            ),
            rehearsals: made.counters(
                "rehearsal_attempts_total",
                "Clients at test endpoints, by what became of them.",
                "outcome",
            ),
            lost: made.counter(
                "rehearsal_attempts_lost_total",
                "Attempts that came faster than they could be kept.",
            ),
            turned_away: made.counter(
                "rehearsal_connections_refused_total",
                "Connections to test endpoints beyond what is held at once.",
            ),
            watched: made.kept(IntGaugeVec::new(
                Opts::new("watched_targets", "What environments are found to be, by program."),
                &["program", "verdict"],
            )),
            watch_looked: made.kept(GaugeVec::new(
                Opts::new(
                    "watch_oldest_look_timestamp_seconds",
                    "When the target of a program was asked that was not asked for longest.",
                ),
                &["program"],
            )),
            registry: registry.clone(),
        };
        let version = Opts::new("build_info", "The version that runs.");
        let version = version.const_label("version", env!("CARGO_PKG_VERSION"));
        let version = Gauge::with_opts(version).expect(SOUND);
        version.set(1.0);
        metrics.registry.register(Box::new(version)).expect(SOUND);
        // A series that is absent until it first happens cannot be alerted on.
        for (channel, outcome) in CHANNELS.iter().flat_map(|c| Outcome::ALL.map(|o| (c, o))) {
            metrics.outcomes.with_label_values(&[*channel, outcome.as_str()]);
        }
        for outcome in AttemptOutcome::ALL {
            metrics.rehearsals.with_label_values(&[outcome.as_str()]);
        }
        metrics
    }
}

struct Maker<'r>(&'r Registry);

impl Maker<'_> {
    fn kept<M: prometheus::core::Collector + Clone + 'static>(
        &self,
        made: prometheus::Result<M>,
    ) -> M {
        let made = made.expect(SOUND);
        self.0.register(Box::new(made.clone())).expect(SOUND);
        made
    }

    fn counter(&self, name: &str, help: &str) -> IntCounter {
        self.kept(IntCounter::new(name, help))
    }

    fn counters(&self, name: &str, help: &str, label: &str) -> IntCounterVec {
        self.kept(IntCounterVec::new(Opts::new(name, help), &[label]))
    }

    fn gauge(&self, name: &str, help: &str) -> Gauge {
        self.kept(Gauge::new(name, help))
    }

    fn gauges(&self, name: &str, help: &str, label: &str) -> IntGaugeVec {
        self.kept(IntGaugeVec::new(Opts::new(name, help), &[label]))
    }

    fn histogram(&self, name: &str, help: &str, bounds: &[f64]) -> Histogram {
        let options = HistogramOpts::new(name, help).buckets(bounds.to_vec());
        self.kept(Histogram::with_opts(options))
    }

    fn histograms(&self, name: &str, help: &str, bounds: &[f64], label: &str) -> HistogramVec {
        let options = HistogramOpts::new(name, help).buckets(bounds.to_vec());
        self.kept(HistogramVec::new(options, &[label]))
    }
}

impl Metrics {
    /// A mail came to this; `None` where it was settled without an attempt.
    pub fn settled(&self, outcome: Outcome, took: Option<Duration>) {
        self.outcomes.with_label_values(&[MAIL, outcome.as_str()]).inc();
        if let Some(took) = took {
            self.sending.observe(took.as_secs_f64());
        }
    }

    /// The same of what a webhook was told.
    pub fn called(&self, outcome: Outcome, took: Option<Duration>) {
        self.outcomes.with_label_values(&[WEBHOOK, outcome.as_str()]).inc();
        if let Some(took) = took {
            self.calling.observe(took.as_secs_f64());
        }
    }

    pub fn paused(&self) {
        self.pauses.inc();
    }

    /// An answer with this HTTP status was given.
    pub fn answered(&self, status: u16, took: Duration) {
        let class = match status {
            ..200 => "1xx",
            200..300 => "2xx",
            300..400 => "3xx",
            400..500 => "4xx",
            500.. => "5xx",
        };
        self.answers.with_label_values(&[class]).observe(took.as_secs_f64());
    }

    /// A client came so far at a test endpoint.
    pub fn tried(&self, outcome: AttemptOutcome) {
        self.rehearsals.with_label_values(&[outcome.as_str()]).inc();
    }

    /// So many attempts were not kept. Returns how many there are by now.
    pub fn attempts_lost(&self, count: u64) -> u64 {
        self.lost.inc_by(count);
        self.lost.get()
    }

    /// A client found no place at a test endpoint.
    pub fn turned_away(&self) {
        self.turned_away.inc();
    }

    /// Everything, in the text format of Prometheus.
    pub fn write(&self, facts: &Facts) -> String {
        for (state, count) in [
            ("waiting", facts.waiting),
            ("throttled", facts.throttled),
            ("webhooks", facts.calls),
            ("claimed", facts.claimed),
            ("gathered", facts.gathered),
        ] {
            self.queue.with_label_values(&[state]).set(count);
        }
        self.oldest.set(facts.oldest_seconds);
        self.dead.with_label_values(&["dead"]).set(facts.dead);
        self.dead.with_label_values(&["rejected"]).set(facts.rejected);
        self.holds.set(facts.holds as f64);
        self.nodes.with_label_values(&["alive"]).set(facts.nodes_alive);
        self.nodes.with_label_values(&["stale"]).set(facts.nodes_stale);
        self.paused_nodes.set(facts.nodes_paused as f64);
        for (counters, counts) in [(&self.feedback, &facts.feedback), (&self.intake, &facts.intake)]
        {
            // The database counted; here it is only told again.
            counters.reset();
            for (name, count) in counts {
                let count = u64::try_from(*count).unwrap_or(0);
                counters.with_label_values(&[name]).inc_by(count);
            }
        }
        // What is watched no more is told of no more.
        self.watched.reset();
        self.watch_looked.reset();
        for Watched { program, targets, oldest_look } in &facts.watched {
            for (verdict, count) in targets {
                self.watched.with_label_values(&[program, *verdict]).set(*count);
            }
            if let Some(at) = oldest_look {
                self.watch_looked.with_label_values(&[program]).set(*at);
            }
        }
        self.snapshot_age.set(facts.snapshot_age_seconds.unwrap_or(-1.0));
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text).expect(SOUND);
        String::from_utf8(text).expect("every name and label is UTF-8")
    }
}
