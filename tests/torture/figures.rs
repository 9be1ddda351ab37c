//! What became of the rounds, and which promise was broken.

use super::nodes::{Node, PATIENCE};
use super::offices::Office;
use crate::scripted_server::ScriptedServer;
use fairwarning::store::Store;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
pub struct Figures {
    pub configuration: String,
    pub rounds: usize,
    pub kills: usize,
    /// Kills before the first message arrived, and after the last one.
    pub early: usize,
    pub late: usize,
    /// Arrivals, by the mail server's count.
    pub messages: usize,
    pub missed: usize,
    pub repeats: usize,
    pub most_repeats: usize,
    pub allowed_repeats: usize,
    /// Repeats with another Message-ID.
    pub renamed: usize,
    pub took: Duration,
    /// Every promise that was broken, and in which round.
    pub broken: Vec<String>,
}

impl Figures {
    pub fn of(configuration: impl Into<String>, allowed_repeats: usize) -> Self {
        Self { configuration: configuration.into(), allowed_repeats, ..Self::default() }
    }

    /// Counts a round by what arrived.
    pub fn count(&mut self, server: &ScriptedServer, recipients: usize) {
        let mut copies: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for message in server.log().messages {
            copies.entry(message.to.clone()).or_default().push(message.header("Message-ID"));
        }
        let missed = recipients.saturating_sub(copies.len());
        let arrived: usize = copies.values().map(Vec::len).sum();
        let repeats = arrived - copies.len();
        let renamed: usize =
            copies.values().map(|ids| ids.iter().filter(|id| **id != ids[0]).count()).sum();
        self.rounds += 1;
        self.messages += arrived;
        self.missed += missed;
        self.repeats += repeats;
        self.most_repeats = self.most_repeats.max(repeats);
        self.renamed += renamed;
        self.promise(missed == 0, || format!("{missed} recipients were missed"));
        self.promise(renamed == 0, || format!("{renamed} repeats have another Message-ID"));
        let allowed = self.allowed_repeats;
        self.promise(repeats <= allowed, || format!("{repeats} repeats, more than {allowed}"));
    }

    pub fn promise(&mut self, is_kept: bool, what: impl FnOnce() -> String) {
        if !is_kept {
            self.broken.push(format!("round {}: {}", self.rounds, what()));
        }
    }

    /// Waits until a round is on record as accepted, with every node alive.
    pub async fn until_accepted(
        &mut self,
        office: &Office,
        store: &Store,
        recipients: usize,
        nodes: &mut [Node],
    ) {
        let begun = Instant::now();
        loop {
            let accepted = office.accepted(store).await;
            if accepted == Some(recipients) {
                return;
            }
            let dead = nodes.iter_mut().find_map(|node| node.is_alive().err());
            let is_late = begun.elapsed() > PATIENCE;
            if is_late || dead.is_some() {
                let why = dead.unwrap_or_else(|| format!("it stands still at {accepted:?}"));
                self.promise(false, || why);
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Ends the nodes, and waits for what is still on its way to the server.
    pub async fn end(&mut self, nodes: Vec<Node>, server: &ScriptedServer) {
        for node in nodes {
            let ended = node.end_well().await;
            self.promise(ended.is_ok(), || ended.unwrap_err());
        }
        let begun = Instant::now();
        while server.clients() > 0 && begun.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}
