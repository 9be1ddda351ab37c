//! kill -9 of a delivering node at a random moment of a round.

use super::figures::Figures;
use super::nodes::{Node, NodeSettings};
use super::offices::Prepared;
use crate::scripted_server::{Answer, ScriptedServer};
use chrono::{DateTime, TimeDelta};
use fairwarning::clock::Clock;
use std::time::{Duration, Instant};

/// Random numbers that a seed brings again (SplitMix64).
pub struct Dice(pub u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 up to 1, which is left out.
    pub fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn below(&mut self, count: usize) -> usize {
        (self.fraction() * count as f64) as usize
    }
}

/// What is killed, and how often.
pub struct Plan<'a> {
    pub configuration: String,
    pub prepared: &'a Prepared,
    pub nodes: Vec<NodeSettings>,
    /// How the killed one's replacement is set.
    pub next: NodeSettings,
    pub rounds: usize,
}

impl Plan<'_> {
    fn allowed_repeats(&self) -> usize {
        self.nodes.iter().map(|node| node.connections).max().unwrap_or(0)
    }
}

/// One kill a round, at a moment taken from the whole of what a round lasts
/// undisturbed, starting and claiming included.
pub async fn kill_at_random(plan: &Plan<'_>, dice: &mut Dice) -> Figures {
    let mut calm = Figures::of("nobody is killed", 0);
    let lasts = round(plan, None, &mut calm).await;
    calm.rounds = 0;
    let mut figures = Figures::of(plan.configuration.clone(), plan.allowed_repeats());
    figures.broken = calm.broken;
    let begun = Instant::now();
    for _ in 0..plan.rounds {
        let kill =
            Kill { after: lasts.mul_f64(dice.fraction()), who: dice.below(plan.nodes.len()) };
        round(plan, Some(kill), &mut figures).await;
    }
    figures.took = begun.elapsed();
    figures
}

/// That clocks are off as they should be shows in what their nodes date.
fn look_at_clocks(plan: &Plan<'_>, server: &ScriptedServer, figures: &mut Figures) {
    let now = Clock::system().now();
    let dates = server.log().messages.into_iter().map(|message| message.header("Date"));
    let off = |date: String| DateTime::parse_from_rfc2822(&date).expect("a date").to_utc() - now;
    let off: Vec<TimeDelta> = dates.map(off).collect();
    for (clock, is_seen) in [
        ("+600s", off.iter().any(|off| *off > TimeDelta::minutes(5))),
        ("-600s", off.iter().any(|off| *off < TimeDelta::minutes(-8))),
    ] {
        let is_set = plan.nodes.iter().any(|node| node.clock == Some(clock));
        figures.promise(is_seen == is_set, || format!("a clock off by {clock}: {is_seen}"));
    }
}

struct Kill {
    after: Duration,
    who: usize,
}

/// How long it took from the start of its nodes to the last record.
async fn round(plan: &Plan<'_>, kill: Option<Kill>, figures: &mut Figures) -> Duration {
    let recipients = plan.prepared.recipients;
    let office = plan.prepared.copy().await;
    let server = ScriptedServer::counting(|_, _| Answer::Fine).await;
    let store = office.store().await;
    let begun = Instant::now();
    let start = |settings: &NodeSettings| Node::start(&office, server.port, *settings);
    let mut nodes: Vec<Node> = plan.nodes.iter().map(start).collect();
    if let Some(Kill { after, who }) = kill {
        tokio::time::sleep_until((begun + after).into()).await;
        let taken = server.taken();
        nodes.remove(who).kill();
        nodes.push(start(&plan.next));
        figures.kills += 1;
        figures.early += usize::from(taken == 0);
        figures.late += usize::from(taken >= recipients);
    }
    figures.until_accepted(&office, &store, recipients, &mut nodes).await;
    let lasted = begun.elapsed();
    figures.end(nodes, &server).await;
    figures.count(&server, recipients);
    if figures.kills == 0 {
        look_at_clocks(plan, &server, figures);
    }
    store.close().await;
    office.drop().await;
    lasted
}
