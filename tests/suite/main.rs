//! One binary for every behaviour test: a file per behaviour.

mod announcing;
mod claiming;
mod commands;
mod dates;
mod delivery_faults;
mod delivery_tls;
mod importing;
mod leaving;
mod links;
mod mail_form;
mod mail_tools;
mod publishing;
mod sample_office;
mod scripted_server;
mod settings;
mod test_office;
