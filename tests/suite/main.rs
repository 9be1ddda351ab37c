//! One binary for every behaviour test: a file per behaviour.

mod announcing;
mod dates;
mod importing;
mod leaving;
mod links;
mod publishing;
mod sample_office;
mod settings;
mod test_office;
