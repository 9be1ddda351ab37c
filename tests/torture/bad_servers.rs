//! A server that plays every fault on some recipients, once each, and serves the
//! others meanwhile.

use super::faults::{ALL, Fault, STEPS, expected};
use super::figures::Figures;
use super::nodes::{Node, NodeSettings};
use super::offices::Prepared;
use crate::scripted_server::{Answer, ScriptedServer, Step};
use fairwarning::notice::Outcome;
use fairwarning::store::{DeliveryFilter, Store};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// Every fault at every step.
const GRID: usize = ALL.len() * STEPS.len();

/// How many recipients there are, and how many of them meet the same fault.
#[derive(Debug, Clone, Copy)]
struct Play {
    recipients: usize,
    each: usize,
}

/// What the server did, to whom.
#[derive(Default)]
struct Played {
    faulted: BTreeSet<String>,
    taken: BTreeMap<String, usize>,
}

impl Play {
    /// Spread over the round, so that there are always others.
    fn fate(self, address: &str) -> Option<(Step, Fault)> {
        let number: usize = address.strip_prefix("person")?.split('@').next()?.parse().ok()?;
        let every = self.recipients / self.faults();
        let nth = number / every;
        let is_met = number.is_multiple_of(every) && nth < self.faults();
        is_met.then(|| (STEPS[nth % STEPS.len()], ALL[nth / STEPS.len() % ALL.len()]))
    }

    fn faults(self) -> usize {
        self.each * GRID
    }

    /// All but those who are refused for good.
    fn readers(self) -> usize {
        self.recipients - self.each * STEPS.len()
    }
}

impl Played {
    fn answer(&mut self, at: Step, about: &str, play: Play) -> Answer {
        let met = play.fate(about).filter(|(step, _)| *step == at);
        if let Some((_, fault)) = met
            && self.faulted.insert(about.to_owned())
        {
            return fault.answer();
        }
        if at == Step::Content {
            *self.taken.entry(about.to_owned()).or_default() += 1;
        }
        Answer::Fine
    }
}

/// One round of `nodes`, in which `each` recipients meet the same fault. Every fault
/// comes to what it should, and nobody else hears twice or not at all.
pub async fn suffer_bad_servers(
    configuration: &str,
    prepared: &Prepared,
    (nodes, each): (usize, usize),
    settings: NodeSettings,
) -> Figures {
    let play = Play { recipients: prepared.recipients, each };
    let (faults, readers) = (play.faults(), play.readers());
    assert!(play.recipients >= faults, "{faults} recipients at least");
    let mut figures = Figures::of(format!("{configuration}, {faults} faults"), 0);
    let begun = Instant::now();
    let office = prepared.copy().await;
    let store = office.store().await;
    let played = Arc::new(Mutex::new(Played::default()));
    let script = played.clone();
    let server =
        ScriptedServer::counting(move |at, about| script.lock().unwrap().answer(at, about, play))
            .await;
    let start = |_| Node::start(&office, server.port, settings);
    let mut nodes: Vec<Node> = (0..nodes).map(start).collect();
    figures.until_accepted(&office, &store, readers, &mut nodes).await;
    figures.end(nodes, &server).await;
    let played = std::mem::take(&mut *played.lock().unwrap());
    figures.rounds = 1;
    figures.messages = played.taken.values().sum();
    figures.missed = readers.saturating_sub(played.taken.len());
    figures.repeats = figures.messages - played.taken.len();
    figures.most_repeats = figures.repeats;
    let (met, taken, repeats) = (played.faulted.len(), played.taken.len(), figures.repeats);
    figures.promise(met == faults, || format!("{met} faults were met"));
    figures.promise(taken == readers, || format!("{taken} of {readers} have it"));
    figures.promise(repeats == 0, || format!("{repeats} have it twice"));
    look_at_outcomes(&store, play, &mut figures).await;
    figures.took = begun.elapsed();
    store.close().await;
    office.drop().await;
    figures
}

async fn look_at_outcomes(store: &Store, play: Play, figures: &mut Figures) {
    let everything = store.deliveries(&DeliveryFilter::default(), 0, 1_000_000).await;
    for row in everything.expect("the round is read") {
        let fault = play.fate(row.address.as_deref().unwrap_or_default());
        let mut right = Vec::new();
        right.extend(fault.and_then(|(step, fault)| expected(step, fault)));
        if right != [Outcome::Rejected] {
            right.push(Outcome::Accepted);
        }
        let attempts = store.attempts(row.row).await.expect("they are read");
        let outcomes: Vec<Outcome> = attempts.into_iter().map(|(outcome, _)| outcome).collect();
        figures.promise(outcomes == right, || format!("{fault:?} came to {outcomes:?}"));
    }
}
