//! One binary for every behaviour test: a file per behaviour.

mod checking;
mod dates;
mod declarations;
mod declared;
mod importing;
mod leaving;
mod links;
mod publishing;
mod sample_office;
mod schedule;
mod settings;
mod test_office;
mod tidy;
