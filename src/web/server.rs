//! The HTTP server and its limits.
//!
//! It is put together from the parts of actix's own server, because that takes no
//! connection but the system's, which waits for slow readers without end.

use super::outermost;
use super::routes::routes;
use super::service::Service;
use super::wire::Wire;
use actix_http::{HttpService, Protocol};
use actix_service::{IntoServiceFactory as _, ServiceFactoryExt as _, fn_service, map_config};
use actix_web::App;
use actix_web::dev::{AppConfig, Server};
use actix_web::middleware::from_fn;
use actix_web::rt::net::TcpStream;
use actix_web::web::{Data, PayloadConfig};
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
pub const SHUTDOWN_SECONDS: u64 = 10;
/// The largest body that anything here accepts: a form of two fields.
pub const MAX_BODY_BYTES: usize = 16_384;

/// Serves on `listener` until the server's handle stops it. Signals are the
/// caller's business.
pub fn start(
    service: Arc<Service>,
    listener: TcpListener,
    workers: usize,
) -> std::io::Result<Server> {
    let serving = *service.serving_settings();
    let service = Data::from(service);
    let address = listener.local_addr()?;
    let builder = Server::build()
        .workers(workers)
        .max_concurrent_connections(serving.connections.div_ceil(workers))
        .shutdown_timeout(SHUTDOWN_SECONDS)
        .disable_signals();
    let stopping = builder.graceful_shutdown_signal();
    let server = builder.listen("web", listener, move || {
        let app = App::new()
            .app_data(service.clone())
            .app_data(PayloadConfig::new(MAX_BODY_BYTES))
            .wrap(from_fn(outermost::around))
            .configure(routes);
        let stopping = stopping.clone();
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .keep_alive(KEEP_ALIVE)
            .client_request_timeout(serving.patience)
            .client_disconnect_timeout(DISCONNECT_TIMEOUT)
            .local_addr(address);
        let app = app.into_factory().map_err(|failure| failure.error_response());
        let http = http.finish(map_config(app, |()| AppConfig::default()));
        let accept = move |stream: TcpStream| async move {
            let peer = stream.peer_addr().ok();
            // Answers are written whole; waiting to fill packets only delays them.
            let _ = stream.set_nodelay(true);
            Ok((Wire::new(stream, serving.patience), Protocol::Http1, peer))
        };
        fn_service(accept).and_then(http)
    })?;
    Ok(server.run())
}
