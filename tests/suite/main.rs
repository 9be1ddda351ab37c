//! One binary for every behaviour test: a file per behaviour.

mod dates;
mod declarations;
mod declared;
mod impacted_table;
mod schedule;
mod settings;
mod tidy;
mod web_lists;
mod web_protocol;
mod web_service;
