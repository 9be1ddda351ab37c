//! Backups of a file database, made while it is in use, and brought back into
//! an empty one. A server's databases are backed up by the server's own programs.

use super::dialect::Dialect;
use super::{Result, Store, StoreError, make_folder};
use crate::config::DatabaseUrl;
use crate::notice::PUBLICATION_FORMAT;
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("`{0}` exists already, and a backup overwrites nothing")]
    Exists(PathBuf),
    #[error(
        "PostgreSQL is backed up by its own programs: `pg_dump --format=custom --no-owner \
         --file=FILE URL`, and `pg_restore --no-owner --exit-on-error --dbname=URL FILE` into an \
         empty database"
    )]
    Server,
    #[error("`{file}` is no backup of this program: {reason}")]
    NoBackup { file: PathBuf, reason: String },
    #[error("`{0}` holds something already; a backup is brought back into an empty database alone")]
    NotEmpty(PathBuf),
    #[error("`{file}` cannot be read or written: {reason}")]
    File { file: PathBuf, reason: std::io::Error },
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for BackupError {
    fn from(failure: sqlx::Error) -> Self {
        Self::Store(failure.into())
    }
}

type Done<T> = std::result::Result<T, BackupError>;

/// What every SQLite file begins with.
const HEADER: &[u8; 16] = b"SQLite format 3\0";

impl Store {
    /// Writes everything as it is at one moment into `file`, which appears when
    /// it is whole. Others read and write meanwhile.
    pub async fn back_up(&self, file: &Path) -> Done<()> {
        if self.dialect != Dialect::Sqlite {
            return Err(BackupError::Server);
        }
        if file.exists() {
            return Err(BackupError::Exists(file.to_owned()));
        }
        let part = Part::beside(file)?;
        sqlx::query("vacuum into $1")
            .bind(part.path.display().to_string())
            .execute(&self.pool)
            .await?;
        part.put(file)
    }
}

/// Brings a backup back into the database at `url`, which is made by this, or
/// has tables and nothing in them.
pub async fn restore(file: &Path, url: &DatabaseUrl) -> Done<()> {
    let DatabaseUrl::Sqlite(into) = url else { return Err(BackupError::Server) };
    let no_backup = |reason: String| BackupError::NoBackup { file: file.to_owned(), reason };
    let mut header = [0; HEADER.len()];
    let mut opened = File::open(file).map_err(failed(file))?;
    match opened.read_exact(&mut header) {
        Ok(()) if header == *HEADER => {}
        Err(reason) if reason.kind() != ErrorKind::UnexpectedEof => {
            return Err(failed(file)(reason));
        }
        _ => return Err(no_backup("it is no database".to_owned())),
    }
    make_folder(url)?;
    let part = Part::beside(into)?;
    fs::copy(file, &part.path).map_err(failed(&part.path))?;
    if let Some(reason) = unusable(&part.path).await? {
        return Err(no_backup(reason));
    }
    if into.exists() {
        if !is_empty(into).await? {
            return Err(BackupError::NotEmpty(into.clone()));
        }
        fs::remove_file(into).map_err(failed(into))?;
    }
    part.put(into)
}

/// Why a copy of a backup cannot be worked on.
async fn unusable(file: &Path) -> Done<Option<String>> {
    let mut opened = open(file).await?;
    let sound: std::result::Result<String, _> =
        sqlx::query_scalar("pragma quick_check(1)").fetch_one(&mut opened).await;
    let reason = match sound {
        Ok(sound) if sound == "ok" => newer(&mut opened).await,
        Ok(fault) => Some(format!("it is damaged: {fault}")),
        Err(fault) => Some(format!("it is damaged: {fault}")),
    };
    opened.close().await?;
    Ok(reason)
}

async fn newer(opened: &mut SqliteConnection) -> Option<String> {
    let steps = "select version from _sqlx_migrations order by version";
    let steps: Vec<i64> = match sqlx::query_scalar(steps).fetch_all(&mut *opened).await {
        Ok(steps) => steps,
        Err(_) => return Some("it has other tables".to_owned()),
    };
    let known = Dialect::Sqlite.migrations();
    let format = "select coalesce(max(format), 0) from publications";
    let format: i64 = sqlx::query_scalar(format).fetch_one(&mut *opened).await.unwrap_or(0);
    let is_newer = !steps.into_iter().all(|step| known.version_exists(step))
        || format > i64::from(PUBLICATION_FORMAT);
    is_newer.then(|| "it was made by a newer version of this program".to_owned())
}

/// Whether no table of ours holds a row. Guards have theirs from the beginning.
async fn is_empty(file: &Path) -> Done<bool> {
    let mut opened = open(file).await?;
    let tables: Vec<String> = sqlx::query_scalar(
        "select name from sqlite_master where type = 'table'
         and name not like 'sqlite%' and name not like '\\_sqlx%' escape '\\'
         and name <> 'guards'",
    )
    .fetch_all(&mut opened)
    .await?;
    let mut is_empty = true;
    for table in tables {
        let sql = format!("select count(*) from (select 1 from \"{table}\" limit 1)");
        let rows: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut opened).await?;
        is_empty &= rows == 0;
    }
    // The last connection takes what stands beside the file with it.
    opened.close().await?;
    Ok(is_empty)
}

async fn open(file: &Path) -> Result<SqliteConnection> {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
    Ok(SqliteConnection::connect_with(&options).await?)
}

fn failed(file: &Path) -> impl Fn(std::io::Error) -> BackupError {
    let file = file.to_owned();
    move |reason| BackupError::File { file: file.clone(), reason }
}

/// A file that is being written under another name, and goes if it is not
/// finished. It holds addresses and keys, and so is its owner's alone.
struct Part {
    path: PathBuf,
}

impl Part {
    fn beside(file: &Path) -> Done<Self> {
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        let path = file.with_file_name(name);
        let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        match made {
            Ok(_) => Ok(Self { path }),
            Err(reason) if reason.kind() == ErrorKind::AlreadyExists => {
                Err(BackupError::Exists(path))
            }
            Err(reason) => Err(failed(&path)(reason)),
        }
    }

    /// Gives it its name, unless there is something of that name by now. From
    /// then on it survives a power cut.
    fn put(self, file: &Path) -> Done<()> {
        let written = File::open(&self.path).and_then(|part| part.sync_all());
        written.map_err(failed(&self.path))?;
        fs::hard_link(&self.path, file).map_err(|reason| match reason.kind() {
            ErrorKind::AlreadyExists => BackupError::Exists(file.to_owned()),
            _ => failed(file)(reason),
        })?;
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed(folder))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // Whether put or given up, it stays under no second name.
        let _ = fs::remove_file(&self.path);
    }
}
