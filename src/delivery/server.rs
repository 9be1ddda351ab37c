//! Reaching the configured mail server: TLS as configured, then AUTH.
//!
//! Whatever fails here says nothing about any message.

use super::reply::{Refusal, exchange};
use super::smtp::Connection;
use super::wire::{Counted, Encrypted, LineWise, Sent};
use crate::config::{Security, SmtpSettings};
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, AsyncTokioStream, Certificate, TlsParameters,
};
use lettre::transport::smtp::commands::Ehlo;
use lettre::transport::smtp::extension::ClientId;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls_platform_verifier::Verifier;
use secrecy::ExposeSecret;
use std::net::IpAddr;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// In order of preference; both send the password, and so need TLS.
const MECHANISMS: [Mechanism; 2] = [Mechanism::Plain, Mechanism::Login];

/// The server cannot be used at the moment, for any message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct ServerFault(pub String);

#[derive(Debug, thiserror::Error)]
pub enum BadServer {
    #[error("the name of the mail server, `{0}`, cannot stand in a certificate")]
    Name(String),
    #[error("--smtp-ca-file holds no usable certificates: {0}")]
    Roots(String),
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
}

pub(super) struct Server {
    settings: SmtpSettings,
    hello: ClientId,
    upgrade: TlsParameters,
    implicit: TlsConnector,
    name: ServerName<'static>,
}

impl Server {
    pub fn new(settings: &SmtpSettings) -> Result<Self, BadServer> {
        let host = settings.host.clone();
        let name = ServerName::try_from(host.clone()).map_err(|_| BadServer::Name(host.clone()))?;
        let mut upgrade = TlsParameters::builder(host);
        let mut roots = Vec::new();
        if let Some(pem) = &settings.extra_roots {
            let certificate = Certificate::from_pem(pem.as_bytes());
            let bad = |text: String| BadServer::Roots(text);
            upgrade = upgrade.add_root_certificate(certificate.map_err(|e| bad(e.to_string()))?);
            roots = CertificateDer::pem_slice_iter(pem.as_bytes())
                .collect::<Result<_, _>>()
                .map_err(|e| bad(e.to_string()))?;
            if roots.is_empty() {
                return Err(bad("there is none in the file".to_owned()));
            }
        }
        Ok(Self {
            settings: settings.clone(),
            hello: hello(settings.ehlo_name.as_deref()),
            upgrade: upgrade.build_rustls().map_err(|e| BadServer::Tls(e.to_string()))?,
            implicit: implicit_tls(roots)?,
            name,
        })
    }

    pub async fn connect(&self) -> Result<Connection, ServerFault> {
        let SmtpSettings { host, port, timeout, .. } = &self.settings;
        let server = format!("{host}:{port}");
        let opening = TcpStream::connect((host.as_str(), *port));
        let stream = match tokio::time::timeout(*timeout, opening).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(bad)) => return Err(ServerFault(format!("{server} cannot be reached: {bad}"))),
            Err(_) => return Err(ServerFault(format!("{server} does not answer"))),
        };
        stream
            .set_nodelay(true)
            .map_err(|bad| ServerFault(format!("{server} cannot be reached: {bad}")))?;
        let sent = Sent::default();
        let mut connection = self.greet(stream, &sent, &server).await?;
        self.authenticate(&mut connection, &server).await?;
        // Asked again, because the library keeps no list of what it does not
        // know, such as DSN.
        let hello = connection.command(Ehlo::new(self.hello.clone()));
        let offers = exchange(*timeout, hello).await.map_err(|e| about(&server, "EHLO", e))?;
        Ok(Connection::new((connection, sent), &offers, *timeout))
    }

    /// Up to a dialogue that is as safe as the settings ask for.
    async fn greet(
        &self,
        stream: TcpStream,
        sent: &Sent,
        server: &str,
    ) -> Result<AsyncSmtpConnection, ServerFault> {
        match self.settings.security {
            Security::Plaintext => self.hello_over(stream, sent, server).await,
            Security::StartTls => {
                let mut connection = self.hello_over(LineWise::new(stream), sent, server).await?;
                if !connection.can_starttls() {
                    return Err(ServerFault(format!(
                        "{server} does not offer STARTTLS, and nothing is sent without TLS"
                    )));
                }
                let upgrading = connection.starttls(self.upgrade.clone(), &self.hello);
                exchange(self.settings.timeout, upgrading)
                    .await
                    .map_err(|e| about(server, "STARTTLS", e))?;
                Ok(connection)
            }
            Security::ImplicitTls => {
                let handshake = self.implicit.connect(self.name.clone(), stream);
                let stream = match tokio::time::timeout(self.settings.timeout, handshake).await {
                    Ok(Ok(stream)) => stream,
                    Ok(Err(bad)) => {
                        return Err(ServerFault(format!("{server} fails at TLS: {bad}")));
                    }
                    Err(_) => return Err(ServerFault(format!("{server} does not answer to TLS"))),
                };
                self.hello_over(Encrypted(stream), sent, server).await
            }
        }
    }

    async fn hello_over(
        &self,
        stream: impl AsyncTokioStream + 'static,
        sent: &Sent,
        server: &str,
    ) -> Result<AsyncSmtpConnection, ServerFault> {
        let stream = Box::new(Counted::new(stream, sent.clone()));
        let greeting = AsyncSmtpConnection::connect_with_transport(stream, &self.hello);
        exchange(self.settings.timeout, greeting).await.map_err(|e| about(server, "greeting", e))
    }

    async fn authenticate(
        &self,
        connection: &mut AsyncSmtpConnection,
        server: &str,
    ) -> Result<(), ServerFault> {
        let Some(credentials) = &self.settings.credentials else { return Ok(()) };
        // The settings refuse this; a password in clear is worth asking twice.
        if self.settings.security == Security::Plaintext {
            return Err(ServerFault("a password is not sent without TLS".to_owned()));
        }
        let password = credentials.password.expose_secret().to_owned();
        let credentials = Credentials::new(credentials.user.clone(), password);
        let asking = connection.auth(&MECHANISMS, &credentials);
        exchange(self.settings.timeout, asking).await.map_err(|e| about(server, "AUTH", e))?;
        Ok(())
    }
}

fn about(server: &str, step: &str, refusal: Refusal) -> ServerFault {
    ServerFault(format!("{server} fails at {step}: {refusal}"))
}

fn hello(name: Option<&str>) -> ClientId {
    let bare = name.unwrap_or_default().trim_matches(['[', ']']);
    match (bare.parse(), bare) {
        (Ok(IpAddr::V4(ip)), _) => ClientId::Ipv4(ip),
        (Ok(IpAddr::V6(ip)), _) => ClientId::Ipv6(ip),
        (Err(_), "") => ClientId::default(),
        (Err(_), name) => ClientId::Domain(name.to_owned()),
    }
}

/// As the library sets TLS up for STARTTLS: the system's roots, and those given.
fn implicit_tls(roots: Vec<CertificateDer<'static>>) -> Result<TlsConnector, BadServer> {
    let bad = |e: rustls::Error| BadServer::Tls(e.to_string());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let verifier = Verifier::new_with_extra_roots(roots, provider.clone()).map_err(bad)?;
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(bad)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
