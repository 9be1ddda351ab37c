//! One binary for every behaviour test: a file per behaviour.

mod calendars;
mod checking;
mod colours;
mod dates;
mod declarations;
mod declared;
mod everything;
mod impacted_table;
mod importing;
mod leaving;
mod links;
mod one_click;
mod prose;
mod publishing;
mod rendering;
mod sample_office;
mod schedule;
mod seed_facts;
mod settings;
mod test_office;
mod tidy;
mod web_lists;
mod web_pages;
mod web_protocol;
mod web_service;
