//! The listeners of test endpoints and their limits.

use super::RehearsalSite;
use super::answer;
use super::door::welcome;
use super::guest::Guest;
use crate::web::server::{DISCONNECT_TIMEOUT, KEEP_ALIVE, SHUTDOWN_SECONDS};
use actix_http::error::DispatchError;
use actix_http::{HttpService, Protocol};
use actix_service::{IntoServiceFactory as _, ServiceFactoryExt as _, fn_service, map_config};
use actix_web::App;
use actix_web::dev::{AppConfig, Server};
use actix_web::rt::net::TcpStream;
use actix_web::web::Data;
use std::io::{Error, ErrorKind};
use std::net::TcpListener;
use std::sync::Arc;

/// Those beyond the limit are taken to be told so, and are gone in a moment.
const MARGIN: usize = 1_024;

/// Serves on all `listeners` until the server's handle stops it.
pub fn start_rehearsals(
    site: Arc<RehearsalSite>,
    listeners: Vec<TcpListener>,
    workers: usize,
) -> std::io::Result<Server> {
    let patience = site.settings.patience;
    let service = Data::from(site.service.clone());
    let mut builder = Server::build()
        .workers(workers)
        .max_concurrent_connections(site.settings.connections + MARGIN)
        .shutdown_timeout(SHUTDOWN_SECONDS)
        .disable_signals();
    let stopping = builder.graceful_shutdown_signal();
    for listener in listeners {
        let address = listener.local_addr()?;
        let (site, service, stopping) = (site.clone(), service.clone(), stopping.clone());
        builder = builder.listen(format!("rehearse {address}"), listener, move || {
            let app = App::new()
                .app_data(service.clone())
                .app_data(Data::from(site.clone()))
                .configure(answer::routes);
            let stopping = stopping.clone();
            let http = HttpService::build()
                .graceful_shutdown_signal(move || {
                    let stopping = stopping.clone();
                    async move { stopping.notified().await }
                })
                .keep_alive(KEEP_ALIVE)
                .client_request_timeout(patience)
                .client_disconnect_timeout(DISCONNECT_TIMEOUT)
                .secure()
                .local_addr(address)
                .on_connect_ext(|guest: &Guest, facts: &mut actix_http::Extensions| {
                    facts.insert(guest.visit.clone());
                });
            let app = app.into_factory().map_err(|failure| failure.error_response());
            let http = http.finish(map_config(app, |()| AppConfig::default()));
            let site = site.clone();
            let accept = move |stream: TcpStream| {
                let site = site.clone();
                async move {
                    let peer = stream.peer_addr().ok();
                    let guest = welcome(site, stream, address.port()).await;
                    // Nobody hears of it: what was to be said was said at the door.
                    let gone = || DispatchError::Io(Error::from(ErrorKind::ConnectionAborted));
                    guest.ok_or_else(gone).map(|guest| (guest, Protocol::Http1, peer))
                }
            };
            fn_service(accept).and_then(http)
        })?;
    }
    Ok(builder.run())
}
