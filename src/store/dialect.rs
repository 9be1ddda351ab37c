//! The few fragments in which databases differ. All other SQL is one text.

use crate::config::DatabaseUrl;
use sqlx::migrate::Migrator;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
}

static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

impl Dialect {
    pub fn of(url: &DatabaseUrl) -> Self {
        match url {
            DatabaseUrl::Sqlite(_) => Self::Sqlite,
        }
    }

    pub fn connection_url(url: &DatabaseUrl) -> String {
        match url {
            DatabaseUrl::Sqlite(path) => {
                let path = path.to_string_lossy().replace('%', "%25").replace('?', "%3F");
                format!("sqlite:{path}?mode=rwc")
            }
        }
    }

    pub fn migrations(self) -> &'static Migrator {
        match self {
            Self::Sqlite => &SQLITE_MIGRATIONS,
        }
    }

    /// Run on every new connection. Without `full`, a power cut could lose an
    /// outcome that a connection was already told was safe.
    pub fn on_connect(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &[
                "pragma busy_timeout = 15000",
                "pragma journal_mode = wal",
                "pragma synchronous = full",
                "pragma foreign_keys = on",
                // Whoever is erased must not be found in the file either.
                "pragma secure_delete = on",
            ],
        }
    }

    /// How a transaction that will write begins. A deferred one on SQLite fails
    /// when another wrote between its first read and its first write.
    pub fn begin_write(self) -> &'static str {
        match self {
            Self::Sqlite => "begin immediate",
        }
    }

    /// The database's own clock, in microseconds.
    pub fn now(self) -> &'static str {
        match self {
            Self::Sqlite => "select cast(unixepoch('subsec') * 1000000 as integer)",
        }
    }

    /// Appended to the selection of rows to claim. On SQLite the immediate
    /// transaction already keeps other claimers out.
    pub fn lock_claimed(self) -> &'static str {
        match self {
            Self::Sqlite => "",
        }
    }
}
