//! Whom a request comes from, and how much somebody unknown may ask for.
//!
//! It keeps addresses in memory alone, and only those of the last hour.

use crate::notice::Network;
use crate::schedule::Instant;
use actix_web::http::header::HeaderMap;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};

/// What a patient person never reaches.
const BURST: f64 = 10.0;
/// After this an empty bucket is full again.
const REFILL_SECONDS: f64 = 3_600.0;
/// Buckets held at once, some 5 MB. Beyond this, those longest unused go first.
const MAX_HELD: usize = 50_000;

/// Whose request it is: the peer, or behind proxies that are trusted the last
/// address before them. What anybody else writes into the header counts nothing.
pub fn client(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &[Network]) -> Option<IpAddr> {
    let is_trusted = |ip: &IpAddr| trusted.iter().any(|network| network.contains(*ip));
    let peer = peer.map(|ip| ip.to_canonical())?;
    if !is_trusted(&peer) {
        return Some(peer);
    }
    let lines = headers.get_all("x-forwarded-for").filter_map(|line| line.to_str().ok());
    let named: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    let mut client = peer;
    for name in named.iter().rev() {
        // Whatever stands before something unreadable was written by nobody trusted.
        let Some(ip) = address(name) else { break };
        client = ip.to_canonical();
        if !is_trusted(&client) {
            break;
        }
    }
    Some(client)
}

/// Some proxies write the port as well.
fn address(name: &str) -> Option<IpAddr> {
    let bare = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(name);
    let with_port = || name.parse::<SocketAddr>().map(|address| address.ip());
    bare.parse::<IpAddr>().or_else(|_| with_port()).ok()
}

/// A customer has at least a /64 of IPv6 to himself.
pub(super) fn household(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(ip) => {
            let network = ip.to_bits() & (u128::MAX << 64);
            IpAddr::V6(network.into())
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: f64,
    at: Instant,
}

impl Bucket {
    fn refilled(self, now: Instant) -> Self {
        let seconds = (now - self.at).num_milliseconds().max(0) as f64 / 1_000.0;
        let left = (self.left + seconds * BURST / REFILL_SECONDS).min(BURST);
        Self { left, at: now.max(self.at) }
    }

    /// Seconds until there is one.
    fn wait(self) -> u64 {
        let seconds = (1.0 - self.left) * REFILL_SECONDS / BURST;
        seconds.ceil().max(1.0) as u64
    }
}

/// A bucket for each household: ten at once, ten an hour.
#[derive(Debug, Default)]
pub struct Limits(Mutex<HashMap<IpAddr, Bucket>>);

impl Limits {
    /// Takes one, or tells in how many seconds there will be one.
    pub fn take(&self, ip: IpAddr, now: Instant) -> Result<(), u64> {
        let key = household(ip);
        // Nothing in here can leave the buckets half changed.
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = held.get(&key).map_or(Bucket { left: BURST, at: now }, |b| b.refilled(now));
        if bucket.left < 1.0 {
            return Err(bucket.wait());
        }
        if held.len() >= MAX_HELD && !held.contains_key(&key) {
            make_room(&mut held, now);
        }
        held.insert(key, Bucket { left: bucket.left - 1.0, ..bucket });
        Ok(())
    }

    /// In how many seconds there will be one, where there is none.
    pub fn wait(&self, ip: IpAddr, now: Instant) -> Option<u64> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = held.get(&household(ip))?.refilled(now);
        (bucket.left < 1.0).then(|| bucket.wait())
    }

    /// How many are held.
    pub fn held(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// A full bucket is as good as none; if there are none, the oldest half goes.
fn make_room(held: &mut HashMap<IpAddr, Bucket>, now: Instant) {
    held.retain(|_, bucket| bucket.refilled(now).left < BURST);
    if held.len() < MAX_HELD {
        return;
    }
    let mut times: Vec<Instant> = held.values().map(|bucket| bucket.at).collect();
    let middle = times.len() / 2;
    let (_, median, _) = times.select_nth_unstable(middle);
    let median = *median;
    let mut to_drop = held.len() / 2;
    held.retain(|_, bucket| {
        let goes = bucket.at <= median && to_drop > 0;
        to_drop -= usize::from(goes);
        !goes
    });
}
