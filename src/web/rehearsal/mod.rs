//! The test endpoints that we run ourselves: listeners that take clients as production will,
//! tell them what they saw, and note everybody who tried.
//!
//! They are put together like the server of the web side, with a gate before the handshake and
//! another before HTTP.

mod answer;
mod board;
mod door;
mod facts;
mod follow;
mod guest;
mod places;
mod register;
mod server;

pub use board::Opening;
pub use facts::{Declared, Leads, told_cutoff};
pub use follow::follow_rehearsals;
pub use guest::Visit;
pub use places::Places;
pub use server::start_rehearsals;

use super::service::Service;
use crate::config::RehearsalSettings;
use crate::notice::Attempt;
use crate::tls::credentials::{BadCredentials, CredentialFiles, Credentials};
use arc_swap::ArcSwap;
use board::Board;
use register::Register;
use std::sync::{Arc, Mutex};
use tokio::sync::mpsc;

/// What its listeners share.
pub struct RehearsalSite {
    service: Arc<Service>,
    board: ArcSwap<Board>,
    files: Mutex<CredentialFiles>,
    credentials: ArcSwap<Credentials>,
    places: Arc<Places>,
    register: Register,
    settings: RehearsalSettings,
}

impl RehearsalSite {
    /// The endpoints of what `service` shows. Whoever tries them is told to `attempts`; what
    /// does not fit there is lost and counted, for no client waits for our books.
    pub fn open(
        service: Arc<Service>,
        settings: RehearsalSettings,
        attempts: mpsc::Sender<Attempt>,
    ) -> Result<Self, BadCredentials> {
        let mut files = CredentialFiles::new(&settings.certificate, &settings.key);
        let credentials = files.read()?;
        let register = Register::new(attempts, service.shared_metrics());
        let places = Arc::new(Places::new(settings.connections, settings.per_address));
        let site = Self {
            board: ArcSwap::from_pointee(Board::empty()),
            files: Mutex::new(files),
            credentials: ArcSwap::from_pointee(credentials),
            places,
            register,
            settings,
            service,
        };
        site.refresh();
        Ok(site)
    }

    /// How many clients are held now.
    pub fn held(&self) -> usize {
        self.places.held()
    }
}
