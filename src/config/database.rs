//! Which database: a file on this machine, or a PostgreSQL server whose
//! password is shown to nobody.
//!
//! This module opens no connection. What it refuses it does not repeat: a
//! mistyped URL may hold a password.

use super::{ConfigError, read};
use clap::Args;
use secrecy::{ExposeSecret as _, SecretString};
use std::fmt;
use std::path::PathBuf;

/// Where everything is kept.
#[derive(Args, Clone)]
pub struct DatabaseArguments {
    /// The database: sqlite:PATH, whose folder is created, or
    /// postgres://USER@HOST/NAME.
    #[arg(long, global = true, env = "FAIRWARNING_DATABASE", value_name = "URL")]
    #[arg(default_value = "sqlite:var/fairwarning.db", hide_env_values = true)]
    database: String,
    /// A file that holds the password for PostgreSQL alone.
    #[arg(long, global = true, env = "FAIRWARNING_DATABASE_PASSWORD_FILE", value_name = "FILE")]
    database_password_file: Option<PathBuf>,
}

/// A database this version can open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    Sqlite(PathBuf),
    Postgres(PostgresUrl),
}

/// Where a PostgreSQL server is, and how to log in there.
#[derive(Clone)]
pub struct PostgresUrl {
    whole: SecretString,
    shown: String,
}

/// What may stand behind the `?`. The driver would ignore anything else, and
/// write its value to the log.
const PARAMETERS: [&str; 12] = [
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];

impl DatabaseArguments {
    pub fn check(&self) -> Result<DatabaseUrl, ConfigError> {
        let url = DatabaseUrl::parse(&self.database)?;
        match (url, &self.database_password_file) {
            (url, None) => Ok(url),
            (DatabaseUrl::Sqlite(_), Some(_)) => Err(ConfigError::HalfSet {
                present: "--database-password-file",
                missing: "a postgres:// URL in --database",
            }),
            (DatabaseUrl::Postgres(url), Some(path)) => {
                let password = SecretString::from(read("--database-password-file", path)?);
                Ok(DatabaseUrl::Postgres(url.with_password(&password)?))
            }
        }
    }
}

impl DatabaseUrl {
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        if text.starts_with("postgres:") || text.starts_with("postgresql:") {
            return Ok(Self::Postgres(PostgresUrl::parse(text)?));
        }
        let path = text.strip_prefix("sqlite:").map(|p| p.strip_prefix("//").unwrap_or(p));
        match path {
            Some(path) if !path.is_empty() && !path.contains('?') => {
                Ok(Self::Sqlite(PathBuf::from(path)))
            }
            Some(_) => Err(ConfigError::Database(text.to_owned())),
            // Perhaps a server's URL without its beginning, and so with a password.
            None if text.contains(['@', ':']) => Err(ConfigError::Database("…".to_owned())),
            None => Err(ConfigError::Database(text.to_owned())),
        }
    }
}

/// As it may be shown: without a password.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => path.display().fmt(f),
            Self::Postgres(url) => url.fmt(f),
        }
    }
}

impl PostgresUrl {
    fn parse(text: &str) -> Result<Self, ConfigError> {
        let url = url::Url::parse(text).map_err(|_| ConfigError::Postgres)?;
        let is_known = |(key, _): (std::borrow::Cow<'_, str>, _)| PARAMETERS.contains(&&*key);
        // Without the slashes there would be no host, and the rest a path.
        if !url.has_authority() || url.fragment().is_some() {
            return Err(ConfigError::Postgres);
        }
        if !url.query_pairs().all(is_known) {
            return Err(ConfigError::PostgresParameter(PARAMETERS.join(", ")));
        }
        Ok(Self { whole: SecretString::from(text), shown: shown(&url) })
    }

    /// With the password that a file holds instead of one in the URL.
    fn with_password(&self, password: &SecretString) -> Result<Self, ConfigError> {
        let mut url =
            url::Url::parse(self.whole.expose_secret()).map_err(|_| ConfigError::Postgres)?;
        if url.password().is_some() || url.query_pairs().any(|(key, _)| key == "password") {
            return Err(ConfigError::TwoDatabasePasswords);
        }
        let password = password.expose_secret().trim_end_matches(['\r', '\n']);
        // As a parameter, because a URL without a host takes no password.
        url.query_pairs_mut().append_pair("password", password);
        Ok(Self { whole: SecretString::from(String::from(url)), shown: self.shown.clone() })
    }

    /// The whole URL, for opening a connection and nothing else.
    pub fn expose(&self) -> &str {
        self.whole.expose_secret()
    }
}

/// Server and database; users and parameters say nothing that helps.
fn shown(url: &url::Url) -> String {
    let parameter = |wanted: &str| {
        let found = url.query_pairs().find(|(key, _)| key == wanted);
        found.map(|(_, value)| value.into_owned())
    };
    let host = url.host_str().filter(|host| !host.is_empty()).map(str::to_owned);
    let host = parameter("host").or(host).unwrap_or_else(|| "localhost".to_owned());
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let name = parameter("dbname").unwrap_or_else(|| url.path().trim_matches('/').to_owned());
    format!("postgres://{host}{port}/{name}")
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresUrl({})", self.shown)
    }
}

impl PartialEq for PostgresUrl {
    fn eq(&self, other: &Self) -> bool {
        self.whole.expose_secret() == other.whole.expose_secret()
    }
}

impl Eq for PostgresUrl {}
