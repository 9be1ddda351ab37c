//! The site of `fairwarning preview`: every notice on every channel, kept in
//! step with the folder.
//!
//! It shows what `preview` makes and sees no folder itself. Its own pages come
//! from the built-in templates: those of the workspace are what is being tried.

mod answers;
pub mod asked;
mod assets;
pub mod desk;
mod events;
mod guard;
mod index;
mod notice;
pub mod raw;
mod timeline;

use super::routes::readable;
use super::server::{DISCONNECT_TIMEOUT, KEEP_ALIVE, REQUEST_TIMEOUT};
use crate::notice::{Kind, Locale};
use crate::preview::Preview;
use crate::render::{Language, RenderError, Renderer};
use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{App, HttpServer};
use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::Arc;

/// One author and a few tabs.
const WORKERS: usize = 2;

/// What every handler shares.
pub struct PreviewSite {
    preview: Arc<Preview>,
    built_in: Renderer,
    /// Whether it was asked to answer others than this machine.
    is_exposed: bool,
}

impl PreviewSite {
    pub fn new(preview: Arc<Preview>, is_exposed: bool) -> Result<Self, RenderError> {
        Ok(Self { preview, built_in: Renderer::new(&BTreeMap::new())?, is_exposed })
    }

    /// What its own pages are written in, whatever the notices are.
    fn language(&self) -> Language<'_> {
        self.built_in.language(&Locale::default())
    }
}

fn kind_in_words(kind: Kind, language: &Language<'_>) -> String {
    language.say(&format!("kind-{}", kind.as_str()))
}

/// Serves on `listener` until the server's handle stops it.
pub fn start_preview(site: PreviewSite, listener: TcpListener) -> std::io::Result<Server> {
    let site = Data::new(site);
    let app =
        move || App::new().app_data(site.clone()).wrap(from_fn(guard::around)).configure(routes);
    Ok(HttpServer::new(app)
        .workers(WORKERS)
        .client_request_timeout(REQUEST_TIMEOUT)
        .client_disconnect_timeout(DISCONNECT_TIMEOUT)
        .keep_alive(KEEP_ALIVE)
        .disable_signals()
        .listen(listener)?
        .run())
}

fn routes(config: &mut ServiceConfig) {
    config
        .service(readable("/", index::index))
        .service(readable("/notices/{program}/{id}", notice::first_channel))
        .service(readable("/notices/{program}/{id}/{channel}", notice::notice))
        .service(readable("/raw/{program}/{id}/{channel}", raw::raw))
        .service(readable("/events", events::events))
        .service(readable("/static/style.css", assets::style))
        .service(readable("/static/preview.js", assets::script))
        .service(readable("/static/icon.svg", assets::icon))
        .service(readable("/favicon.ico", assets::icon))
        .service(readable("/own/style.css", assets::own_style))
        .service(readable("/own/brand/{program}/{id}", assets::own_brand))
        .default_service(web::to(answers::nothing_here));
}
