//! What one process does of the whole service. Any number of processes share
//! the work where they share a database server.

use crate::config::DatabaseUrl;
use anyhow::bail;
use clap::{Args, ValueEnum};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Role {
    /// Everything, in one process
    All,
    /// The table, the pages and the API
    Web,
    /// Filling rounds that were begun or broken off, reminders, what follows up on a change,
    /// confirmations to whoever subscribed, what the office asks for in a browser, and the
    /// watch over environments
    Announce,
    /// Delivering what falls due; it listens on no port
    Deliver,
    /// Taking clients at the test endpoints that notices declare; part of `all` where
    /// --rehearse-certificate is set
    Rehearse,
}

#[derive(Args)]
pub struct RoleArguments {
    /// What this process does; several are separated by commas. Anything but
    /// `all`, or `announce` beside it, needs PostgreSQL.
    #[arg(long, env = "FAIRWARNING_ROLE", value_name = "ROLE", value_delimiter = ',')]
    #[arg(default_value = "all")]
    role: Vec<Role>,
}

/// Which tasks a process has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Roles {
    pub web: bool,
    pub announce: bool,
    pub deliver: bool,
    /// Where it is configured.
    pub rehearse: bool,
    /// Whether it must be.
    pub must_rehearse: bool,
}

impl Roles {
    pub fn is_whole(self) -> bool {
        self.web && self.announce && self.deliver
    }
}

impl RoleArguments {
    pub fn check(&self, database: &DatabaseUrl) -> anyhow::Result<Roles> {
        let has = |role| self.role.contains(&Role::All) || self.role.contains(&role);
        let roles = Roles {
            web: has(Role::Web),
            announce: has(Role::Announce),
            deliver: has(Role::Deliver),
            rehearse: has(Role::Rehearse),
            must_rehearse: self.role.contains(&Role::Rehearse),
        };
        let is_beside = self.role.iter().all(|role| *role == Role::Announce);
        let is_file = matches!(database, DatabaseUrl::Sqlite(_));
        if is_file && !roles.is_whole() && !is_beside {
            bail!(
                "--role: processes that share the work need PostgreSQL (--database postgres://…). \
                 With SQLite one `serve` does everything, and `announce` alone may run beside it"
            );
        }
        Ok(roles)
    }
}
