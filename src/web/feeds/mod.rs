//! What programs subscribe to, calendars and news, and what they show: badges.
//!
//! What is subscribed to is laid out once per publication and language and says
//! nothing that depends on the clock; a badge is drawn once until something
//! changes. Each is in the language that its address asks for: what fetches
//! it tells of no reader's preferences.

mod addresses;
pub mod badges;
pub mod calendars;
pub mod news;

pub use addresses::{NewsForm, calendar_address, news_address};

use super::routes::readable;
use actix_web::web::ServiceConfig;

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(readable("/feeds.atom", news::atom))
        .service(readable("/feeds.json", news::json))
        .service(readable("/feeds/{program}.atom", news::atom_of))
        .service(readable("/feeds/{program}.json", news::json_of))
        .service(readable("/feeds/{program}.ics", calendars::of_program))
        .service(readable("/feeds/{program}/notices/{id}.ics", calendars::of_notice))
        .service(readable("/feeds/{program}/apis/{api}.ics", calendars::of_api))
        .service(readable(
            "/feeds/{program}/environments/{environment}.ics",
            calendars::of_environment,
        ))
        .service(readable("/badges/{program}/apis/{api}.svg", badges::api))
        .service(readable("/badges/{program}/apis/{api}/{environment}.svg", badges::api_in))
        .service(readable("/badges/{program}/environments/{environment}.svg", badges::environment));
}

/// Whether web pages of others may read it.
pub fn is_feed(path: &str) -> bool {
    path.starts_with("/badges/") || path.starts_with("/feeds/") || path.starts_with("/feeds.")
}
