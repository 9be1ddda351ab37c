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

#[test]
fn postgresql_is_refused_in_words_for_now() {
    let refusal = parse(&["--database", "postgres://db/x"]).database.check().unwrap_err();
    assert!(refusal.to_string().contains("PostgreSQL"), "{refusal}");
    let sqlite = parse(&["--database", "sqlite:some/where.db"]).database.check().unwrap();
    assert_eq!(sqlite, DatabaseUrl::Sqlite("some/where.db".into()));
}
