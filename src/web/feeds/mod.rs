//! What programs subscribe to, calendars and news, and what they show: badges.
//!
//! What is subscribed to is laid out once per publication and language and says
//! nothing that depends on the clock; a badge is drawn once until something
//! changes. Each is in the language that its address asks for: what fetches
//! it tells of no reader's preferences.

mod addresses;
mod badges;
mod calendars;
mod news;

pub use addresses::{NewsForm, calendar_address, news_address};
pub use badges::{__path_api, __path_api_in, __path_environment, api, api_in, environment};
pub use calendars::{
    __path_of_api, __path_of_environment, __path_of_notice, __path_of_program, of_api,
    of_environment, of_notice, of_program,
};
pub use news::{
    __path_atom, __path_atom_of, __path_json, __path_json_of, atom, atom_of, json, json_of,
};

use super::routes::readable;
use actix_web::web::ServiceConfig;

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(readable("/badges/{program}/apis/{api}.svg", api))
        .service(readable("/badges/{program}/apis/{api}/{environment}.svg", api_in))
        .service(readable("/badges/{program}/environments/{environment}.svg", environment))
        .service(readable("/feeds.atom", atom))
        .service(readable("/feeds.json", json))
        .service(readable("/feeds/{program}.atom", atom_of))
        .service(readable("/feeds/{program}.json", json_of))
        .service(readable("/feeds/{program}.ics", of_program))
        .service(readable("/feeds/{program}/notices/{id}.ics", of_notice))
        .service(readable("/feeds/{program}/apis/{api}.ics", of_api))
        .service(readable("/feeds/{program}/environments/{environment}.ics", of_environment));
}

/// Whether web pages of others may read it.
pub fn is_feed(path: &str) -> bool {
    path.starts_with("/badges/") || path.starts_with("/feeds/") || path.starts_with("/feeds.")
}
