//! How many clients are held at once, in all and from one household.

use crate::web::strangers::household;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Debug)]
pub struct Places {
    most: usize,
    most_of_one: usize,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    all: usize,
    /// Households without anybody are not in it.
    households: HashMap<IpAddr, usize>,
}

/// One client's place, given back when it is dropped.
#[derive(Debug)]
pub struct Place {
    places: Arc<Places>,
    household: IpAddr,
}

impl Places {
    pub fn new(most: usize, most_of_one: usize) -> Self {
        Self { most, most_of_one, held: Mutex::default() }
    }

    /// None where there is none left.
    pub fn take(self: &Arc<Self>, peer: IpAddr) -> Option<Place> {
        let household = household(peer.to_canonical());
        // Nothing in here can leave the counts half changed.
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let of_one = held.households.get(&household).copied().unwrap_or(0);
        if held.all >= self.most || of_one >= self.most_of_one {
            return None;
        }
        held.all += 1;
        held.households.insert(household, of_one + 1);
        Some(Place { places: self.clone(), household })
    }

    pub fn held(&self) -> usize {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).all
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut held = self.places.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.all = held.all.saturating_sub(1);
        if let Some(of_one) = held.households.get_mut(&self.household) {
            *of_one -= 1;
            if *of_one == 0 {
                held.households.remove(&self.household);
            }
        }
    }
}
