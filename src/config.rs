//! Flags and environment variables, checked once into settings that the rest
//! of the program can rely on.
//!
//! Every flag has an environment variable of the same name behind
//! `FAIRWARNING_`. This module opens no connection and knows no command; a
//! command flattens the argument groups it needs.

mod database;
mod intake;
mod office;
mod operator;
mod rates;
mod rehearsal;
mod serving;
mod watching;
mod webhooks;

pub use database::{DatabaseArguments, DatabaseUrl, PostgresUrl};
pub use intake::IntakeArguments;
pub use office::{OfficeArguments, SingleSignOn};
pub use operator::OperatorArguments;
pub use rates::RateArguments;
pub use rehearsal::{RehearsalArguments, RehearsalSettings};
pub use serving::{ServingArguments, ServingSettings};
pub use watching::{WatchArguments, WatchSettings};
pub use webhooks::{ReachArguments, WebhookArguments, WebhookSettings};

use crate::notice::{Carrier, EmailAddress, Network, RateLimits};
use clap::Args;
use clap::builder::FalseyValueParser;
use secrecy::SecretString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// More connections than this to one server is an attack, not a mailing.
pub const MAX_CONNECTIONS: u16 = 256;

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("--database `{0}` is not understood: write sqlite:PATH or postgres://USER@HOST/NAME")]
    Database(String),
    #[error(
        "--database begins like a PostgreSQL URL but is none: write \
         postgres://USER@HOST:PORT/NAME, with % and hexadecimal digits for what a URL cannot hold"
    )]
    Postgres,
    #[error("--database has a parameter that PostgreSQL's URLs do not have; known are: {0}")]
    PostgresParameter(String),
    #[error("--database holds a password, and so does --database-password-file: one is enough")]
    TwoDatabasePasswords,
    #[error(
        "--public-url `{0}` cannot be used: write https://HOST, or http:// for a loopback host"
    )]
    PublicUrl(String),
    #[error(
        "mail over SMTP carries links back to this service, so nothing is sent until its public \
         web address is configured: set --public-url (FAIRWARNING_PUBLIC_URL)"
    )]
    NoPublicUrl,
    #[error(
        "--smtp-url `{0}` is not understood: write smtp://HOST:PORT (STARTTLS) or smtps://HOST:PORT (TLS)"
    )]
    SmtpUrl(String),
    #[error(
        "--smtp-url carries a user name or password: use --smtp-user and FAIRWARNING_SMTP_PASSWORD \
         or --smtp-password-file"
    )]
    SmtpUrlCredentials,
    #[error("{present} is set without {missing}: both are needed, or neither")]
    HalfSet { present: &'static str, missing: &'static str },
    #[error("a password is never sent without TLS: drop --smtp-allow-plaintext or --smtp-user")]
    PlaintextPassword,
    #[error("--smtp-password and --smtp-password-file are both set: one is enough")]
    TwoPasswords,
    #[error("--dkim-domain, --dkim-selector and --dkim-key-file belong together: {0} is missing")]
    Dkim(&'static str),
    #[error("cannot read {setting} `{path}`: {reason}")]
    File { setting: &'static str, path: PathBuf, reason: std::io::Error },
    #[error("{setting} is {value}; it must be from {least} to {most}")]
    Range { setting: &'static str, value: u64, least: u64, most: u64 },
    #[error("--domain-rate `{written}` is not understood: {reason}")]
    DomainRate { written: String, reason: String },
    #[error("--intake-secret and --intake-secret-file are both set: one is enough")]
    TwoIntakeSecrets,
    #[error("the secret for intake must have at least {0} characters")]
    ShortIntakeSecret(usize),
    #[error(
        "--trusted-proxy `{0}` is not understood: write an address, or a network such as 10.0.0.0/8"
    )]
    Network(String),
    #[error(
        "--embed-origin `{0}` is not an origin: write one such as https://docs.example.org, \
         without a path"
    )]
    EmbedOrigin(String),
    #[error("single sign-on is set up by halves: {0} set")]
    SingleSignOn(&'static str),
    #[error("`{0}` cannot be the name of a header that tells who is logged in")]
    HeaderName(String),
    #[error("--ehlo-name `{0}` is not a host name")]
    EhloName(String),
}

/// The token of whoever works at this terminal, where the environment has one.
pub fn office_token() -> Option<SecretString> {
    let set = std::env::var("FAIRWARNING_TOKEN").ok();
    set.filter(|token| !token.trim().is_empty()).map(SecretString::from)
}

/// Where the web side listens, and under which address the world knows it.
#[derive(Args, Clone)]
pub struct WebArguments {
    /// Address and port to listen on.
    #[arg(long, env = "FAIRWARNING_LISTEN", value_name = "ADDRESS")]
    #[arg(default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The web address that links in mails begin with.
    #[arg(long, env = "FAIRWARNING_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    /// A proxy in front of us, or a network of them (10.0.0.0/8), whose X-Forwarded-For tells whom
    /// a request comes from; repeatable.
    #[arg(long, env = "FAIRWARNING_TRUSTED_PROXY", value_name = "NETWORK", value_delimiter = ',')]
    trusted_proxy: Vec<String>,
    /// A web site whose pages may show our table in a frame (`/embed`), such as
    /// https://docs.example.org; repeatable.
    #[arg(long, env = "FAIRWARNING_EMBED_ORIGIN", value_name = "ORIGIN", value_delimiter = ',')]
    embed_origin: Vec<String>,
}

/// A web site, as browsers tell sites apart: scheme, host and port (RFC 6454).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Origin {
    type Err = ConfigError;
    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let bad = || ConfigError::EmbedOrigin(text.to_owned());
        let url = PublicUrl::parse(text.trim()).map_err(|_| bad())?;
        let url = url::Url::parse(url.as_str()).map_err(|_| bad())?;
        let origin = url.origin().ascii_serialization();
        // Hosts may hold marks that mean something in a header.
        let is_plain = |c: char| c.is_ascii_alphanumeric() || ".-:/[]".contains(c);
        let is_bare = url.path() == "/" && origin.chars().all(is_plain);
        if is_bare { Ok(Self(origin)) } else { Err(bad()) }
    }
}

/// The public web address, without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address followed by `path`, which begins with a slash.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let bad = || ConfigError::PublicUrl(text.to_owned());
        let url = url::Url::parse(text).map_err(|_| bad())?;
        let is_loopback = match url.host() {
            Some(url::Host::Domain(name)) => name == "localhost",
            Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
            Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
            None => return Err(bad()),
        };
        let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback);
        let is_bare = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if !is_safe || !is_bare {
            return Err(bad());
        }
        Ok(Self(url.as_str().trim_end_matches('/').to_owned()))
    }

    pub fn host(&self) -> Option<String> {
        url::Url::parse(&self.0).ok()?.host_str().map(str::to_owned)
    }
}

#[derive(Debug, Clone)]
pub struct WebSettings {
    pub listen: SocketAddr,
    pub public_url: Option<PublicUrl>,
    pub trusted_proxies: Vec<Network>,
    /// Who may show the table in a frame.
    pub embed_origins: Vec<Origin>,
}

impl WebSettings {
    /// Where links lead: the public address, or, until there is one, the
    /// address listened on, which is right for mail that never leaves the machine.
    pub fn link_base(&self) -> PublicUrl {
        self.public_url.clone().unwrap_or_else(|| PublicUrl(format!("http://{}", self.listen)))
    }
}

impl WebArguments {
    pub fn check(&self) -> Result<WebSettings, ConfigError> {
        let public_url = self.public_url.as_deref().map(PublicUrl::parse).transpose()?;
        let proxies = self.trusted_proxy.iter().map(|text| {
            text.trim().parse().map_err(|_| ConfigError::Network(text.trim().to_owned()))
        });
        let trusted_proxies = proxies.collect::<Result<_, _>>()?;
        let embed_origins = self.embed_origin.iter().map(|origin| origin.parse());
        let embed_origins = embed_origins.collect::<Result<_, _>>()?;
        Ok(WebSettings { listen: self.listen, public_url, trusted_proxies, embed_origins })
    }
}

/// How mail leaves.
#[derive(Args, Clone)]
#[command(next_help_heading = "Mail")]
pub struct MailArguments {
    /// The mail server: smtp://HOST:587 (STARTTLS) or smtps://HOST:465 (TLS).
    /// Without it mail is written to files.
    #[arg(long, env = "FAIRWARNING_SMTP_URL", value_name = "URL")]
    smtp_url: Option<String>,
    /// The user to log in as.
    #[arg(long, env = "FAIRWARNING_SMTP_USER", value_name = "NAME")]
    smtp_user: Option<String>,
    /// Better given by environment or file: arguments are seen by every user of a machine.
    #[arg(long, env = "FAIRWARNING_SMTP_PASSWORD", value_name = "SECRET", hide_env_values = true)]
    #[arg(value_parser = secret)]
    smtp_password: Option<SecretString>,
    /// A file that holds the password alone.
    #[arg(long, env = "FAIRWARNING_SMTP_PASSWORD_FILE", value_name = "FILE")]
    smtp_password_file: Option<PathBuf>,
    /// For development alone: send without TLS. No password is ever sent so.
    #[arg(long, env = "FAIRWARNING_SMTP_ALLOW_PLAINTEXT", value_parser = FalseyValueParser::new())]
    smtp_allow_plaintext: bool,
    /// Certificates (PEM) to trust beside the system's, for a private mail server.
    #[arg(long, env = "FAIRWARNING_SMTP_CA_FILE", value_name = "FILE")]
    smtp_ca_file: Option<PathBuf>,
    /// Connections to the mail server at the same time.
    #[arg(long, env = "FAIRWARNING_SMTP_CONNECTIONS", value_name = "N", default_value_t = 4)]
    smtp_connections: u16,
    /// How long one command may take; the final reply may take twice that.
    #[arg(long, env = "FAIRWARNING_SMTP_TIMEOUT_SECONDS", value_name = "N")]
    #[arg(default_value_t = 300)]
    smtp_timeout_seconds: u64,
    /// The name to greet with; the public address's host when absent.
    #[arg(long, env = "FAIRWARNING_EHLO_NAME", value_name = "HOST")]
    ehlo_name: Option<String>,
    /// The domain that signs (d=), the sender's or above it.
    #[arg(long, env = "FAIRWARNING_DKIM_DOMAIN", value_name = "DOMAIN")]
    dkim_domain: Option<String>,
    /// The selector (s=) under which DNS holds the public key.
    #[arg(long, env = "FAIRWARNING_DKIM_SELECTOR", value_name = "NAME")]
    dkim_selector: Option<String>,
    /// The RSA private key (PEM).
    #[arg(long, env = "FAIRWARNING_DKIM_KEY_FILE", value_name = "FILE")]
    dkim_key_file: Option<PathBuf>,
    /// Where mail is written while no SMTP server is configured.
    #[arg(long, env = "FAIRWARNING_MAIL_DIR", value_name = "DIR", default_value = "var/mail")]
    mail_dir: PathBuf,
    /// How long a delivering process may be silent before others take its work.
    #[arg(long, env = "FAIRWARNING_HEARTBEAT_MS", value_name = "N", default_value_t = 15_000)]
    heartbeat_ms: u64,
    /// How long to wait before the first repetition; each further wait doubles.
    #[arg(long, env = "FAIRWARNING_RETRY_SECONDS", value_name = "N", default_value_t = 300)]
    retry_seconds: u64,
    #[command(flatten)]
    rates: RateArguments,
}

fn secret(text: &str) -> Result<SecretString, std::convert::Infallible> {
    Ok(SecretString::from(text))
}

/// Everything delivery must know, checked.
#[derive(Debug, Clone)]
pub struct MailSettings {
    pub transport: TransportSettings,
    pub dkim: Option<DkimSettings>,
    /// What links in mails begin with.
    pub link_base: PublicUrl,
    pub heartbeat: Duration,
    pub first_retry: Duration,
    pub rates: RateLimits,
}

#[derive(Debug, Clone)]
pub enum TransportSettings {
    Smtp(Box<SmtpSettings>),
    Files(PathBuf),
}

#[derive(Debug, Clone)]
pub struct SmtpSettings {
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub credentials: Option<Credentials>,
    /// PEM text of certificates to trust beside the system's.
    pub extra_roots: Option<String>,
    pub connections: u16,
    pub timeout: Duration,
    pub ehlo_name: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    StartTls,
    ImplicitTls,
    /// Only behind the development flag.
    Plaintext,
}

/// `SecretString` keeps the password out of every `{:?}`.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub user: String,
    pub password: SecretString,
}

#[derive(Debug, Clone)]
pub struct DkimSettings {
    pub domain: String,
    pub selector: String,
    pub key_pem: SecretString,
}

impl MailArguments {
    /// How mail leaves with these settings.
    pub fn carrier(&self) -> Carrier {
        if self.smtp_url.is_some() { Carrier::Smtp } else { Carrier::Files }
    }

    /// `web` gives the public address, without which nothing leaves by SMTP.
    pub fn check(&self, web: &WebSettings) -> Result<MailSettings, ConfigError> {
        in_range("--heartbeat-ms", self.heartbeat_ms, 100, 3_600_000)?;
        in_range("--retry-seconds", self.retry_seconds, 1, 86_400)?;
        let transport = match &self.smtp_url {
            Some(url) => {
                let public = web.public_url.as_ref().ok_or(ConfigError::NoPublicUrl)?;
                TransportSettings::Smtp(Box::new(self.smtp(url, public)?))
            }
            None => TransportSettings::Files(self.mail_dir.clone()),
        };
        Ok(MailSettings {
            transport,
            dkim: self.dkim()?,
            link_base: web.link_base(),
            heartbeat: Duration::from_millis(self.heartbeat_ms),
            first_retry: Duration::from_secs(self.retry_seconds),
            rates: self.rates.check()?,
        })
    }

    fn smtp(&self, url: &str, public: &PublicUrl) -> Result<SmtpSettings, ConfigError> {
        let bad = || ConfigError::SmtpUrl(url.to_owned());
        let parsed = url::Url::parse(url).map_err(|_| ConfigError::SmtpUrl("…".to_owned()))?;
        if !parsed.username().is_empty() || parsed.password().is_some() {
            return Err(ConfigError::SmtpUrlCredentials);
        }
        let (security, default_port) = match parsed.scheme() {
            "smtp" if self.smtp_allow_plaintext => (Security::Plaintext, 587),
            "smtp" => (Security::StartTls, 587),
            "smtps" => (Security::ImplicitTls, 465),
            _ => return Err(bad()),
        };
        let host = parsed.host_str().filter(|h| !h.is_empty()).ok_or_else(bad)?;
        in_range("--smtp-connections", self.smtp_connections.into(), 1, MAX_CONNECTIONS.into())?;
        in_range("--smtp-timeout-seconds", self.smtp_timeout_seconds, 1, 3_600)?;
        let credentials = self.credentials()?;
        if security == Security::Plaintext && credentials.is_some() {
            return Err(ConfigError::PlaintextPassword);
        }
        let ehlo_name = self.ehlo_name.clone().or_else(|| public.host());
        if let Some(name) = self.ehlo_name.as_deref().filter(|name| !is_host_name(name)) {
            return Err(ConfigError::EhloName(name.to_owned()));
        }
        Ok(SmtpSettings {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: parsed.port().unwrap_or(default_port),
            security,
            credentials,
            extra_roots: match &self.smtp_ca_file {
                Some(path) => Some(read("--smtp-ca-file", path)?),
                None => None,
            },
            connections: self.smtp_connections,
            timeout: Duration::from_secs(self.smtp_timeout_seconds),
            ehlo_name,
        })
    }

    fn credentials(&self) -> Result<Option<Credentials>, ConfigError> {
        let password = match (&self.smtp_password, &self.smtp_password_file) {
            (Some(_), Some(_)) => return Err(ConfigError::TwoPasswords),
            (Some(password), None) => Some(password.clone()),
            (None, Some(path)) => {
                let text = read("--smtp-password-file", path)?;
                Some(SecretString::from(text.trim_end_matches(['\r', '\n'])))
            }
            (None, None) => None,
        };
        match (&self.smtp_user, password) {
            (Some(user), Some(password)) => Ok(Some(Credentials { user: user.clone(), password })),
            (None, None) => Ok(None),
            (Some(_), None) => {
                let missing = "a password (FAIRWARNING_SMTP_PASSWORD or --smtp-password-file)";
                Err(ConfigError::HalfSet { present: "--smtp-user", missing })
            }
            (None, Some(_)) => {
                Err(ConfigError::HalfSet { present: "an SMTP password", missing: "--smtp-user" })
            }
        }
    }

    fn dkim(&self) -> Result<Option<DkimSettings>, ConfigError> {
        let (domain, selector, key) =
            match (&self.dkim_domain, &self.dkim_selector, &self.dkim_key_file) {
                (None, None, None) => return Ok(None),
                (Some(domain), Some(selector), Some(key)) => (domain, selector, key),
                (None, _, _) => return Err(ConfigError::Dkim("--dkim-domain")),
                (_, None, _) => return Err(ConfigError::Dkim("--dkim-selector")),
                (_, _, None) => return Err(ConfigError::Dkim("--dkim-key-file")),
            };
        Ok(Some(DkimSettings {
            domain: domain.clone(),
            selector: selector.clone(),
            key_pem: SecretString::from(read("--dkim-key-file", key)?),
        }))
    }
}

fn in_range(setting: &'static str, value: u64, least: u64, most: u64) -> Result<(), ConfigError> {
    let fits = (least..=most).contains(&value);
    fits.then_some(()).ok_or(ConfigError::Range { setting, value, least, most })
}

fn read(setting: &'static str, path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|reason| ConfigError::File {
        setting,
        path: path.to_owned(),
        reason,
    })
}

/// A host name is what could stand behind the `@` of an address.
fn is_host_name(name: &str) -> bool {
    format!("postmaster@{name}").parse::<EmailAddress>().is_ok()
}
