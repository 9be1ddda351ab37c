//! The database server stops in the middle of a round, and comes back.

use super::figures::Figures;
use super::killing::Dice;
use super::nodes::{Node, NodeSettings};
use super::offices::Prepared;
use crate::cluster::Cluster;
use crate::scripted_server::{Answer, ScriptedServer};
use std::sync::Arc;
use std::time::{Duration, Instant};

pub struct Outage {
    pub cluster: Arc<Cluster>,
    pub lasts: Duration,
}

/// In every round once, when a random share of it has arrived. The same
/// processes go on; none is started anew.
pub async fn stop_the_database(
    outage: &Outage,
    prepared: &Prepared,
    (rounds, nodes): (usize, usize),
    settings: NodeSettings,
    dice: &mut Dice,
) -> Figures {
    // What was sent and is not on record yet is its sender's to record first.
    let allowed = 0;
    let seconds = outage.lasts.as_secs();
    let name = format!("PostgreSQL gone for {seconds} s, {nodes} running");
    let mut figures = Figures::of(name, allowed);
    let begun = Instant::now();
    for _ in 0..rounds {
        let stop_at = prepared.recipients / 10 + dice.below(prepared.recipients * 7 / 10);
        round(outage, prepared, nodes, settings, stop_at, &mut figures).await;
    }
    figures.took = begun.elapsed();
    figures
}

async fn round(
    outage: &Outage,
    prepared: &Prepared,
    nodes: usize,
    settings: NodeSettings,
    stop_at: usize,
    figures: &mut Figures,
) {
    let office = prepared.copy().await;
    let server = ScriptedServer::counting(|_, _| Answer::Fine).await;
    let start = |_| Node::start(&office, server.port, settings);
    let mut nodes: Vec<Node> = (0..nodes).map(start).collect();
    let begun = nodes[0].until("the round is under way", |_| server.taken() >= stop_at).await;
    figures.promise(begun.is_ok(), || begun.unwrap_err());
    outage.cluster.stop_at_once();
    // What was under way is finished; then nothing may go without a record.
    tokio::time::sleep(outage.lasts / 4).await;
    let before = server.taken();
    tokio::time::sleep(outage.lasts - outage.lasts / 4).await;
    let during = server.taken() - before;
    figures.promise(before < prepared.recipients, || "it stopped after the round".to_owned());
    figures.promise(during == 0, || format!("{during} were sent that nobody could record"));
    outage.cluster.start_again();
    let store = office.store().await;
    figures.until_accepted(&office, &store, prepared.recipients, &mut nodes).await;
    figures.end(nodes, &server).await;
    figures.count(&server, prepared.recipients);
    store.close().await;
    office.drop().await;
}
