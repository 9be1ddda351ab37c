//! The few fragments in which databases differ. All other SQL is one text.

use crate::config::DatabaseUrl;
use sqlx::migrate::Migrator;
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    Postgres,
}

/// What is done by one process at a time, because it reads and then writes
/// what it has not locked by then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    Publishing,
    MakingKeys,
    Importing,
}

static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

impl Dialect {
    pub fn of(url: &DatabaseUrl) -> Self {
        match url {
            DatabaseUrl::Sqlite(_) => Self::Sqlite,
            DatabaseUrl::Postgres(_) => Self::Postgres,
        }
    }

    pub fn connection_url(url: &DatabaseUrl) -> String {
        match url {
            DatabaseUrl::Sqlite(path) => {
                let path = path.to_string_lossy().replace('%', "%25").replace('?', "%3F");
                format!("sqlite:{path}?mode=rwc")
            }
            DatabaseUrl::Postgres(url) => url.expose().to_owned(),
        }
    }

    pub fn migrations(self) -> &'static Migrator {
        match self {
            Self::Sqlite => &SQLITE_MIGRATIONS,
            Self::Postgres => &POSTGRES_MIGRATIONS,
        }
    }

    /// Run on every new connection. Without `full`, a power cut could lose an
    /// outcome that a connection was already told was safe; `off` would do the
    /// same on PostgreSQL, whoever set it. A process that was halted within a
    /// transaction keeps nobody waiting longer than the time set here.
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
            Self::Postgres => &[
                "set idle_in_transaction_session_timeout = '15s'",
                // To compile a statement takes longer than any of these runs.
                "set jit = off",
                "select set_config('synchronous_commit', 'on', false)
                 where current_setting('synchronous_commit') = 'off'",
            ],
        }
    }

    pub fn takes_several_writers(self) -> bool {
        self == Self::Postgres
    }

    /// Connections that one who writes all the time makes use of: on PostgreSQL two
    /// record while the third claims.
    pub fn writers_at_once(self) -> u32 {
        match self {
            Self::Sqlite => 1,
            Self::Postgres => 3,
        }
    }

    /// Whether one statement may write to several tables.
    pub fn writes_several_at_once(self) -> bool {
        self == Self::Postgres
    }

    /// Takes what was erased out of the log of writes, which keeps old pages until
    /// they are written over: 1 comes first in the row where somebody still reads them.
    pub fn empty_log(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => Some("pragma wal_checkpoint(truncate)"),
            Self::Postgres => None,
        }
    }

    /// How a transaction that will write begins. A deferred one on SQLite fails
    /// when another wrote between its first read and its first write. On
    /// PostgreSQL every statement sees what was committed before it; what must
    /// not change meanwhile is locked by row, or by turns.
    pub fn begin_write(self) -> &'static str {
        match self {
            Self::Sqlite => "begin immediate",
            Self::Postgres => "begin isolation level read committed read write",
        }
    }

    /// How long whoever writes much leaves the others alone in between. SQLite keeps
    /// no queue: those who wait look again every 25 ms at first, later less often,
    /// and never find it free if the next transaction begins where one ends.
    pub fn way_for_others(self) -> Option<Duration> {
        match self {
            Self::Sqlite => Some(Duration::from_millis(26)),
            Self::Postgres => None,
        }
    }

    /// Waits until nobody else is at the same, up to the transaction's end. On
    /// SQLite the immediate transaction already keeps all others out.
    pub fn wait_for(self, turn: Turn) -> Option<&'static str> {
        match (self, turn) {
            (Self::Sqlite, _) => None,
            (Self::Postgres, Turn::Publishing) => Some("select pg_advisory_xact_lock(19527, 1)"),
            (Self::Postgres, Turn::MakingKeys) => Some("select pg_advisory_xact_lock(19527, 2)"),
            (Self::Postgres, Turn::Importing) => Some("select pg_advisory_xact_lock(19527, 3)"),
        }
    }

    /// The database's own clock, in microseconds, for use within a statement.
    pub fn now(self) -> &'static str {
        match self {
            Self::Sqlite => "cast(unixepoch('subsec') * 1000000 as integer)",
            Self::Postgres => "cast(extract(epoch from clock_timestamp()) * 1000000 as bigint)",
        }
    }

    /// Appended to a selection from the outbox as `o`, whose rows will be
    /// changed: those in another transaction's hands are passed over, not
    /// waited for. On SQLite there is no other transaction.
    pub fn lock_rows(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => "for update of o skip locked",
        }
    }

    /// The elements of a JSON array, a row each, as `value`. Many values in one
    /// parameter: SQLite would look each parameter up among all of its statement.
    pub fn elements(self, parameter: &str) -> String {
        match self {
            Self::Sqlite => format!("json_each({parameter})"),
            Self::Postgres => format!("json_array_elements(cast({parameter} as json))"),
        }
    }

    /// The bytes that a text names in hexadecimal digits.
    pub fn bytes_of_hex(self, text: &str) -> String {
        match self {
            Self::Sqlite => format!("unhex({text})"),
            Self::Postgres => format!("decode({text}, 'hex')"),
        }
    }

    /// What follows the `@` of an address.
    pub fn domain_of(self, address: &str) -> String {
        let find = match self {
            Self::Sqlite => "instr",
            Self::Postgres => "strpos",
        };
        format!("substr({address}, {find}({address}, '@') + 1)")
    }

    /// Wakes whoever listens to a channel, at the transaction's end.
    pub fn tell(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some("select pg_notify($1, '')"),
        }
    }

    /// The tables of a list on its way in. One that was broken off may have left
    /// them to this connection.
    pub fn lay_out(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &[
                "drop table if exists temp.listed_people",
                "drop table if exists temp.listed_programs",
                "drop table if exists temp.listed_interests",
                "create temporary table listed_people (n integer primary key,
                    address text not null, key text not null, mailbox blob not null, name text,
                    locale text, zone text, frequency text, second_address text,
                    second_key text, second_mailbox blob)",
                "create temporary table listed_programs (key text not null, program text not null)",
                "create temporary table listed_interests (key text not null, program text not null,
                    api text not null, environment text not null, kind text not null)",
            ],
            Self::Postgres => &[
                "drop table if exists pg_temp.listed_people",
                "drop table if exists pg_temp.listed_programs",
                "drop table if exists pg_temp.listed_interests",
                r#"create temporary table listed_people (
                    n bigint generated by default as identity primary key, address text not null,
                    key text collate "C" not null, mailbox bytea not null, name text,
                    locale text, zone text, frequency text, second_address text,
                    second_key text collate "C", second_mailbox bytea)"#,
                r#"create temporary table listed_programs (
                    key text collate "C" not null, program text collate "C" not null)"#,
                r#"create temporary table listed_interests (
                    key text collate "C" not null, program text collate "C" not null,
                    api text collate "C" not null, environment text collate "C" not null,
                    kind text collate "C" not null)"#,
            ],
        }
    }

    /// Once many came in. PostgreSQL counts them by itself within minutes, and may
    /// read all of them for each page until then.
    pub fn count_moved_in(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &[],
            Self::Postgres => &["analyze subscribers", "analyze interests"],
        }
    }

    /// Once the list is laid out. PostgreSQL counts temporary tables only when
    /// it is told to, and guesses badly how to join them until then.
    pub fn count_laid_out(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &[],
            Self::Postgres => {
                &["analyze listed_people", "analyze listed_programs", "analyze listed_interests"]
            }
        }
    }
}
