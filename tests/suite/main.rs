//! One binary for every behaviour test: a file per behaviour.

mod announcing;
mod checking;
mod dates;
mod declarations;
mod declared;
mod everything;
mod impacted_table;
mod importing;
mod leaving;
mod links;
mod mail_form;
mod mail_tools;
mod one_click;
mod publishing;
mod rendering;
mod sample_office;
mod schedule;
mod scripted_server;
mod seed_facts;
mod settings;
mod test_office;
mod tidy;
mod web_lists;
mod web_pages;
mod web_protocol;
mod web_service;
