//! Flags and environment become settings, or a refusal that names the setting.

use clap::Parser;
use fairwarning::config::{
    ConfigError, DatabaseArguments, DatabaseUrl, MailArguments, MailSettings, Security,
    TransportSettings, WebArguments,
};

#[derive(Parser)]
struct Everything {
    #[command(flatten)]
    database: DatabaseArguments,
    #[command(flatten)]
    web: WebArguments,
    #[command(flatten)]
    mail: MailArguments,
}

fn parse(flags: &[&str]) -> Everything {
    Everything::parse_from(std::iter::once(&"program").chain(flags))
}

fn mail(flags: &[&str]) -> Result<MailSettings, ConfigError> {
    let parsed = parse(flags);
    parsed.mail.check(&parsed.web.check()?)
}

fn refusal(flags: &[&str]) -> String {
    mail(flags).unwrap_err().to_string()
}

#[test]
fn smtp_is_refused_until_a_public_address_is_configured_and_the_setting_is_named() {
    let refusal = refusal(&["--smtp-url", "smtp://mail.example.org"]);
    assert!(refusal.contains("--public-url"), "{refusal}");
    assert!(refusal.contains("FAIRWARNING_PUBLIC_URL"), "{refusal}");
}

#[test]
fn mail_goes_to_files_until_smtp_is_configured() {
    let settings = mail(&[]).unwrap();
    assert!(matches!(settings.transport, TransportSettings::Files(dir) if dir.ends_with("mail")));
    assert_eq!(settings.link_base.as_str(), "http://127.0.0.1:8080");
}

#[test]
fn plaintext_needs_its_own_flag() {
    let security = |flags: &[&str]| {
        let common = ["--public-url", "https://notices.example.org"];
        match mail(&[flags, &common].concat()).unwrap().transport {
            TransportSettings::Smtp(smtp) => (smtp.security, smtp.port),
            TransportSettings::Files(_) => panic!("SMTP was configured"),
        }
    };
    assert_eq!(security(&["--smtp-url", "smtp://mx"]), (Security::StartTls, 587));
    assert_eq!(security(&["--smtp-url", "smtps://mx"]), (Security::ImplicitTls, 465));
    assert_eq!(
        security(&["--smtp-url", "smtp://mx:25", "--smtp-allow-plaintext"]),
        (Security::Plaintext, 25)
    );
}

#[test]
fn a_public_address_is_https_or_loopback() {
    let accepted = |url| parse(&["--public-url", url]).web.check().is_ok();
    assert!(accepted("https://notices.example.org/"));
    assert!(accepted("http://127.0.0.1:8080"));
    assert!(accepted("http://[::1]:8080"));
    assert!(!accepted("http://notices.example.org"));
    assert!(!accepted("https://user:secret@notices.example.org"));
    assert!(!accepted("https://notices.example.org/?a=b"));
    assert!(!accepted("ftp://notices.example.org"));
}

#[test]
fn dkim_is_configured_whole_or_not_at_all() {
    let refusal = refusal(&["--dkim-domain", "example.org", "--dkim-selector", "fw"]);
    assert!(refusal.contains("--dkim-key-file is missing"), "{refusal}");
}

#[test]
fn a_user_without_a_password_is_refused() {
    let url = ["--public-url", "https://n.example.org", "--smtp-url", "smtp://mx"];
    let refusal = refusal(&[&url[..], &["--smtp-user", "office"]].concat());
    assert!(refusal.contains("FAIRWARNING_SMTP_PASSWORD"), "{refusal}");
}

#[test]
fn secrets_are_absent_from_debug_output() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key.pem");
    std::fs::write(&key, "canary-of-the-key").unwrap();
    let settings = mail(&[
        "--public-url=https://n.example.org",
        "--smtp-url=smtp://mx",
        "--smtp-user=office",
        "--smtp-password=canary-of-the-password",
        "--dkim-domain=example.org",
        "--dkim-selector=fw",
        &format!("--dkim-key-file={}", key.display()),
    ])
    .unwrap();
    let shown = format!("{settings:?}");
    assert!(shown.contains("office") && !shown.contains("canary"), "{shown}");
}

#[test]
fn credentials_in_the_smtp_url_are_refused_without_repeating_them() {
    let refusal = refusal(&["--public-url=https://n.example.org", "--smtp-url=smtp://u:canary@mx"]);
    assert!(refusal.contains("--smtp-user") && !refusal.contains("canary"), "{refusal}");
}

fn database(flags: &[&str]) -> Result<DatabaseUrl, ConfigError> {
    parse(flags).database.check()
}

#[test]
fn a_database_is_a_file_or_a_postgresql_server() {
    let sqlite = database(&["--database", "sqlite:some/where.db"]).unwrap();
    assert_eq!(sqlite, DatabaseUrl::Sqlite("some/where.db".into()));
    for url in ["postgres://office@db/notices", "postgresql:///notices?host=/run/postgresql"] {
        assert!(matches!(database(&["--database", url]), Ok(DatabaseUrl::Postgres(_))), "{url}");
    }
    for url in ["postgres:notices", "postgres://db:port/x", "postgres://db/x?passwort=canary"] {
        let refusal = database(&["--database", url]).unwrap_err().to_string();
        assert!(refusal.contains("PostgreSQL") && !refusal.contains("canary"), "{refusal}");
    }
}

#[test]
fn the_password_of_the_database_is_never_shown() {
    let url = "postgres://office:canary@db:5433/notices?password=canary&sslmode=require";
    let read = database(&["--database", url]).unwrap();
    assert_eq!(read.to_string(), "postgres://db:5433/notices");
    assert!(!format!("{read:?}").contains("canary"), "{read:?}");
    for wrong in ["office:canary@db/notices", "postgres//office:canary@db/x", "mysql://u:canary@x"]
    {
        let refusal = database(&["--database", wrong]).unwrap_err();
        assert!(!format!("{refusal} {refusal:?}").contains("canary"), "{refusal}");
    }
}

#[test]
fn the_password_of_the_database_can_stand_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    std::fs::write(&file, "can&ry ü\n").unwrap();
    let from_file = format!("--database-password-file={}", file.display());
    let read = |url| database(&["--database", url, &from_file]);
    let DatabaseUrl::Postgres(url) = read("postgres://office@db/notices").unwrap() else {
        panic!("it is PostgreSQL's URL");
    };
    assert_eq!(url.expose(), "postgres://office@db/notices?password=can%26ry+%C3%BC");
    assert!(!format!("{url:?} {url}").contains("can"), "{url:?}");
    let twice = read("postgres://office:x@db/notices").unwrap_err().to_string();
    assert!(twice.contains("one is enough"), "{twice}");
    let needless = read("sqlite:some.db").unwrap_err().to_string();
    assert!(needless.contains("postgres:// URL"), "{needless}");
}
