//! One binary for every behaviour test: a file per behaviour.

mod checking;
mod dates;
mod declarations;
mod declared;
mod everything;
mod importing;
mod leaving;
mod links;
mod publishing;
mod rendering;
mod sample_office;
mod schedule;
mod seed_facts;
mod settings;
mod test_office;
mod tidy;
