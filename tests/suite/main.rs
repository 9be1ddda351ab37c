//! One binary for every behaviour test: a file per behaviour.

mod dates;
mod impacted_table;
mod settings;
mod web_lists;
mod web_protocol;
mod web_service;
