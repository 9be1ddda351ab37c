//! Programs that are not ours: smtp-sink, aiosmtpd, openssl, and the Python
//! verifiers. `tools/setup-mail.sh` installs what they need.

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::Permissions;
use std::io::{BufRead, BufReader, Read, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

pub const SETUP: &str = "run tools/setup-mail.sh first (make test does)";

fn python() -> Command {
    let target = std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".to_owned());
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join(target).join("tools/venv/bin/python");
    assert!(python.exists(), "{}: {SETUP}", python.display());
    Command::new(python)
}

/// What a Python program finds in `input`, which it must be content with.
pub fn verified(arguments: &[&str], input: &str) -> String {
    let mut child = python()
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("PYTHONIOENCODING", "utf-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let verdict = child.wait_with_output().unwrap();
    let complaint = String::from_utf8_lossy(&verdict.stderr);
    assert!(verdict.status.success(), "{complaint}\n{input}");
    String::from_utf8(verdict.stdout).unwrap()
}

/// Postfix's test server, writing every message into a folder.
pub struct SmtpSink {
    child: Child,
    pub port: u16,
    folder: TempDir,
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl SmtpSink {
    pub fn start(options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let program = ["/usr/sbin/smtp-sink", "smtp-sink"]
            .into_iter()
            .find(|p| Path::new(p).exists() || !p.starts_with('/'))
            .unwrap();
        // As root it insists on becoming somebody else, who must reach the folder.
        let is_root = folder.path().metadata().unwrap().uid() == 0;
        std::fs::set_permissions(folder.path(), Permissions::from_mode(0o777)).unwrap();
        let child = Command::new(program)
            .args(if is_root { &["-u", "nobody"][..] } else { &[] })
            .args(["-d", "%M."])
            .args(options)
            .args([&format!("127.0.0.1:{port}"), "100"])
            .current_dir(folder.path())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|bad| panic!("smtp-sink: {bad}; {SETUP}"));
        wait_for(port);
        Self { child, port, folder }
    }

    /// What was captured, with the arguments of MAIL and RCPT on top.
    pub fn files(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    }

    pub fn messages(&self) -> Vec<String> {
        let read = |file| String::from_utf8(std::fs::read(file).unwrap()).unwrap();
        self.files().into_iter().map(read).collect()
    }
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

pub fn wait_for(port: u16) {
    let began = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(began.elapsed() < Duration::from_secs(10), "nothing listens on {port}");
        std::thread::yield_now();
    }
}

/// aiosmtpd with a certificate; it tells what it sees.
pub struct TlsServer {
    child: Child,
    told: BufReader<ChildStdout>,
    pub port: u16,
}

impl Drop for TlsServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl TlsServer {
    pub fn start(mode: &str, certificate: &Certificate) -> Self {
        let mut child = python()
            .arg("tests/servers/tls_server.py")
            .arg(mode)
            .args([&certificate.certificate, &certificate.key])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let told = BufReader::new(child.stdout.take().unwrap());
        let mut server = Self { child, told, port: 0 };
        let port = server.next_told()["port"].as_u64().unwrap();
        server.port = u16::try_from(port).unwrap();
        server
    }

    fn next_told(&mut self) -> Value {
        let mut line = String::new();
        self.told.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|bad| panic!("{line:?}: {bad}"))
    }

    /// Everything told, once the server was ended.
    pub fn end(mut self) -> Vec<Value> {
        self.child.kill().unwrap();
        let lines = self.told.by_ref().lines();
        lines.map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect()
    }
}

/// A certificate for 127.0.0.1, and what it can be checked with.
pub struct Certificate {
    pub certificate: PathBuf,
    pub key: PathBuf,
    pub authority: PathBuf,
    _folder: TempDir,
}

impl Certificate {
    /// Signed by an authority of its own.
    pub fn issued() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
        let authority =
            ["-x509", "-subj", "/CN=Test authority", "-keyout", "ca.key", "-out", "ca.pem"];
        openssl(folder.path(), &[&["req"][..], &key, &authority].concat());
        let leaf = ["-x509", "-subj", "/CN=127.0.0.1", "-CA", "ca.pem", "-CAkey", "ca.key"];
        let names = ["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"];
        let usage = ["-addext", "basicConstraints=critical,CA:FALSE"];
        let files = ["-keyout", "leaf.key", "-out", "leaf.pem"];
        openssl(folder.path(), &[&["req"][..], &key, &leaf, &names, &usage, &files].concat());
        Self {
            certificate: at("leaf.pem"),
            key: at("leaf.key"),
            authority: at("ca.pem"),
            _folder: folder,
        }
    }
}

fn openssl(folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let done = Command::new("openssl").args(arguments).current_dir(folder).output();
    let done = done.unwrap_or_else(|bad| panic!("openssl: {bad}; {SETUP}"));
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    done.stdout
}

/// An RSA key for DKIM: the file, and the public half as DNS would hold it.
pub fn dkim_key(folder: &Path) -> (PathBuf, String) {
    openssl(folder, &["genrsa", "-out", "dkim.pem", "2048"]);
    let public = openssl(folder, &["rsa", "-in", "dkim.pem", "-pubout", "-outform", "DER"]);
    (folder.join("dkim.pem"), data_encoding::BASE64.encode(&public))
}

/// Fails with every complaint the verifier has.
pub fn check_mail(dkim_public_key: Option<&str>, files: &[PathBuf]) {
    assert!(!files.is_empty(), "there is nothing to check");
    let mut command = python();
    command.arg("tests/verifiers/check_mail.py").current_dir(env!("CARGO_MANIFEST_DIR"));
    if let Some(key) = dkim_public_key {
        command.args(["--dkim", key]);
    }
    let done = command.args(files).output().unwrap();
    let told = String::from_utf8_lossy(&done.stdout) + String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{told}");
}

/// What another program takes each of these for.
pub fn judge_bounces(files: &[PathBuf]) -> Vec<String> {
    let mut command = python();
    command.arg("tests/verifiers/judge_bounces.py").current_dir(env!("CARGO_MANIFEST_DIR"));
    let done = command.args(files).output().unwrap();
    let told = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{told}{}; {SETUP}", String::from_utf8_lossy(&done.stderr));
    told.lines().map(str::to_owned).collect()
}

/// Every sample of a scrape, as Prometheus' own library reads it.
pub fn read_metrics(text: &str) -> BTreeMap<String, f64> {
    let mut command = python();
    command.arg("tests/verifiers/read_metrics.py").current_dir(env!("CARGO_MANIFEST_DIR"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{told}{}; {SETUP}", String::from_utf8_lossy(&done.stderr));
    let samples = told.lines().filter_map(|line| line.split_once('\t'));
    samples.map(|(name, value)| (name.to_owned(), value.parse().unwrap())).collect()
}
