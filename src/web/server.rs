//! The HTTP server and its limits.

use super::outermost;
use super::routes::routes;
use super::service::Service;
use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::web::{Data, PayloadConfig};
use actix_web::{App, HttpServer};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

/// Answers come from memory; more threads than cores would only take turns.
pub const DEFAULT_WORKERS: usize = 2;

/// A request's head arrives within this, or the connection is cut.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);
/// An idle connection is kept this long for its next request.
pub const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// A client that does not take the end of its answer is cut after this.
pub const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// How long requests under way may finish when the service stops, in seconds.
const SHUTDOWN_SECONDS: u64 = 10;
/// Connections of one worker; further ones wait in the backlog.
const MAX_CONNECTIONS: usize = 8_192;
/// The largest body that anything here accepts: a form of two fields.
pub const MAX_BODY_BYTES: usize = 16_384;

/// Serves on `listener` until the server's handle stops it. Signals are the
/// caller's business.
pub fn start(
    service: Arc<Service>,
    listener: TcpListener,
    workers: usize,
) -> std::io::Result<Server> {
    let service = Data::from(service);
    let app = move || {
        App::new()
            .app_data(service.clone())
            .app_data(PayloadConfig::new(MAX_BODY_BYTES))
            .wrap(from_fn(outermost::around))
            .configure(routes)
    };
    Ok(HttpServer::new(app)
        .workers(workers)
        .max_connections(MAX_CONNECTIONS)
        .client_request_timeout(REQUEST_TIMEOUT)
        .client_disconnect_timeout(DISCONNECT_TIMEOUT)
        .keep_alive(KEEP_ALIVE)
        .shutdown_timeout(SHUTDOWN_SECONDS)
        .disable_signals()
        .listen(listener)?
        .run())
}
