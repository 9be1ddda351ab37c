//! A real nginx and a real Envoy that run by what `fairwarning gateway` writes for the parcel
//! program, and what a client gets from them.

use fairwarning::clock::Clock;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PROGRAM: &str = include_str!("declarations/base/program.yaml");

/// Ended yesterday, will end next month, suffers a brownout now, is over one; and two hosts
/// of which one takes TLS 1.0 no more.
const APIS: &str = "
environments:
  prod:
    title: PROD
    stage: production
    urls:
      api: https://api.parcels.example:@PORT@/base/
      old: https://old.parcels.example:@PORT@
apis:
  labels: {title: Labels, operations: [GET /labels, 'GET /labels/{id}', POST /labels], replaced_by: [labels2]}
  labels2: {title: Labels 2, urls: ['https://api.parcels.example/v2/labels'], replaced_by: none}
  rates: {title: Rates, operations: [GET /rates], replaced_by: none}
  tracking: {title: Tracking, operations: [GET /tracking, GET /tracking/live], replaced_by: none}
  quiet: {title: Quiet, operations: [GET /quiet]}
";

const ENDED: &str = r#"
title: Labels end
kind: retirement
announced: @BEGAN@
summary: Labels end.
errors:
  - {text: 'gone: $5 "labels" \ {', status: 410, during: cutoff}
schedule:
  rows:
    labels: {environment: prod, urls: [api], apis: [labels], deprecation: @LONG_AGO@, cutoff: @YESTERDAY@}
"#;

const ENDING: &str = "
title: Rates and tracking end
kind: retirement
announced: @BEGAN@
summary: Rates and tracking end.
errors:
  - {text: brown, status: 429, during: brownout}
schedule:
  rows:
    rates: {environment: prod, urls: [api], apis: [rates, 'tracking GET /tracking/live'], deprecation: @YESTERDAY@, cutoff: @NEXT_MONTH@}
  brownouts:
    now: {rows: [rates], start: '@HOUR_AGO@', length: 2 hours, apis: [rates]}
    over: {rows: [rates], start: '@YESTERDAY@T00:00', length: 10 minutes, apis: ['tracking GET /tracking/live']}
";

const TLS: &str = "
title: Old TLS ends
kind: protocol
announced: @BEGAN@
ends: [TLS 1.0, TLS 1.1]
needs: [TLS 1.2]
summary: Old TLS ends.
schedule:
  rows:
    api: {environment: prod, urls: [api], apis: [labels, rates, tracking, quiet], cutoff: @YESTERDAY@}
    old: {environment: prod, urls: [old], apis: [labels, rates, tracking], cutoff: @NEXT_MONTH@}
    first: {environment: prod, urls: [old], apis: [quiet], cutoff: @YESTERDAY@}
";

/// A gateway that runs by what was written for it, until it is dropped.
pub struct Running {
    port: u16,
    child: Child,
    _folder: tempfile::TempDir,
    /// What the command said beside the files.
    pub complaint: String,
    behind: Option<Box<Running>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        drop(self.behind.take());
    }
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

pub fn workspace(folder: &Path, port: u16) -> PathBuf {
    let now = Clock::system().now();
    let day = |days: i64| (now + chrono::TimeDelta::days(days)).format("%Y-%m-%d").to_string();
    let hour_ago = (now - chrono::TimeDelta::hours(1)).format("%Y-%m-%dT%H:%MZ").to_string();
    let dated = |text: &str| {
        text.replace("@LONG_AGO@", &day(-300))
            .replace("@BEGAN@", &day(-400))
            .replace("@YESTERDAY@", &day(-2))
            .replace("@NEXT_MONTH@", &day(30))
            .replace("@HOUR_AGO@", &hour_ago)
            .replace("@PORT@", &port.to_string())
    };
    let program = folder.join("notices/parcels");
    fs::create_dir_all(&program).unwrap();
    fs::write(program.join("program.yaml"), PROGRAM.replace("America/New_York", "UTC")).unwrap();
    for (name, text) in [("apis", APIS), ("ended", ENDED), ("ending", ENDING), ("tls", TLS)] {
        fs::write(program.join(format!("{name}.yaml")), dated(text)).unwrap();
    }
    folder.join("notices")
}

fn written(folder: &Path, port: u16, words: &[&str]) -> String {
    let notices = workspace(folder, port);
    let mut command = Command::new(env!("CARGO_BIN_EXE_fairwarning"));
    command.current_dir(folder).env_clear().arg("gateway").arg(&notices).args(words);
    let output = command.args(["--public-url", "https://notices.example.org/"]).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (said, complaint) = (text(output.stdout), text(output.stderr));
    assert!(output.status.success(), "{complaint}{said}");
    complaint
}

pub fn certificate(folder: &Path) -> (PathBuf, PathBuf) {
    let (certificate, key) = (folder.join("tls.crt"), folder.join("tls.key"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=x"])
        .args(["-addext", "subjectAltName=DNS:*.parcels.example", "-keyout"])
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    (certificate, key)
}

/// Waits until something listens: a program that starts says nothing when it is ready.
fn await_port(port: u16, child: &mut Child, log: &Path) {
    let began = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        let said = || fs::read_to_string(log).unwrap_or_default();
        assert!(child.try_wait().unwrap().is_none(), "it ended: {}", said());
        assert!(began.elapsed() < Duration::from_secs(60), "it does not listen: {}", said());
        std::thread::sleep(Duration::from_millis(20));
    }
}

pub fn start(mut command: Command, port: u16, folder: &Path) -> Child {
    let log = folder.join("log");
    let said = fs::File::create(&log).unwrap();
    command.stdin(Stdio::null()).stdout(said.try_clone().unwrap()).stderr(said);
    let mut child = command.spawn().unwrap();
    await_port(port, &mut child, &log);
    child
}

pub fn nginx_by(folder: &Path, http: &str) -> Command {
    let configuration = folder.join("nginx.conf");
    let shown = folder.display();
    let text = format!(
        "daemon off; master_process off; error_log stderr; pid {shown}/nginx.pid;\n\
         events {{}}\nhttp {{\naccess_log off;\nclient_body_temp_path {shown}/a; proxy_temp_path {shown}/b;\n\
         fastcgi_temp_path {shown}/c; uwsgi_temp_path {shown}/d; scgi_temp_path {shown}/e;\n{http}\n}}\n"
    );
    fs::write(&configuration, text).unwrap();
    let mut command = Command::new("/usr/sbin/nginx");
    command.arg("-p").arg(folder).arg("-c").arg(&configuration);
    command
}

pub fn nginx() -> Running {
    let folder = tempfile::tempdir().unwrap();
    let (port, out) = (free_port(), folder.path().join("out"));
    let complaint =
        written(folder.path(), port, &["--format", "nginx", "--out", out.to_str().unwrap()]);
    certificate(folder.path());
    let root = folder.path().display();
    let server = |host: &str| {
        format!(
            "server {{ listen 127.0.0.1:{port} ssl; server_name {host};\n\
             ssl_certificate {root}/tls.crt; ssl_certificate_key {root}/tls.key;\n\
             include {root}/out/server-{host}-{port}.conf;\n\
             location / {{ return 200 \"fine\\n\"; }} }}\n"
        )
    };
    // The first of them decides for all in the handshake.
    let http = format!(
        "include {root}/out/http.conf;\n{}{}",
        server("old.parcels.example"),
        server("api.parcels.example")
    );
    let child = start(nginx_by(folder.path(), &http), port, folder.path());
    Running { port, child, _folder: folder, complaint, behind: None }
}

pub fn envoy() -> Running {
    let behind = {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let http = format!(
            "server {{ listen 127.0.0.1:{port}; location / {{ return 200 \"fine\\n\"; }} }}"
        );
        let child = start(nginx_by(folder.path(), &http), port, folder.path());
        Running { port, child, _folder: folder, complaint: String::new(), behind: None }
    };
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let (certificate, key) = certificate(folder.path());
    let (certificate, key) = (certificate.to_str().unwrap(), key.to_str().unwrap());
    let (out, upstream) = (folder.path().join("out"), format!("127.0.0.1:{}", behind.port));
    let words = ["--format", "envoy", "--out", out.to_str().unwrap(), "--upstream", &upstream];
    let files = ["--certificate", certificate, "--key", key, "--listen-address", "127.0.0.1"];
    let complaint = written(folder.path(), port, &[&words[..], &files].concat());
    let target = std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".to_owned());
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join(target).join("tools");
    let mut command = Command::new(tools.join("envoy/bin/envoy"));
    command.args(["--disable-hot-restart", "--concurrency", "1", "-l", "warning", "-c"]);
    command.arg(out.join("envoy.yaml"));
    let child = start(command, port, folder.path());
    Running { port, child, _folder: folder, complaint, behind: Some(Box::new(behind)) }
}

pub struct Answer {
    pub status: u16,
    /// The lines of its head.
    pub head: Vec<String>,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.iter().find_map(|line| {
            let (own, value) = line.split_once(": ")?;
            own.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

impl Running {
    /// Ends with this value.
    pub fn alone(port: u16, child: Child, folder: tempfile::TempDir) -> Self {
        Self { port, child, _folder: folder, complaint: String::new(), behind: None }
    }

    /// What curl gets; nothing where there was no handshake.
    pub fn ask(&self, words: &[&str], host: &str, path: &str) -> Option<Answer> {
        let port = self.port;
        let output = Command::new("curl")
            .args(["-sik", "--http1.1", "--path-as-is", "--max-time", "20", "--resolve"])
            .arg(format!("{host}:{port}:127.0.0.1"))
            .args(words)
            .arg(format!("https://{host}:{port}{path}"))
            .output()
            .unwrap();
        if output.status.code() == Some(35) {
            return None;
        }
        assert!(output.status.success(), "{output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let head: Vec<_> = head.lines().map(str::to_owned).collect();
        let status = head[0].split(' ').nth(1).unwrap().parse().unwrap();
        Some(Answer { status, head, body: body.to_owned() })
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask(&[], "api.parcels.example", path).unwrap()
    }
}
