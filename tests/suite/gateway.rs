//! What `fairwarning gateway` writes, told by a real nginx and a real Envoy that run by it.

use fairwarning::clock::Clock;
use fairwarning::render::gateway::seconds_matching;
use proptest::prelude::*;
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
struct Running {
    port: u16,
    child: Child,
    _folder: tempfile::TempDir,
    complaint: String,
    behind: Option<Box<Running>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        drop(self.behind.take());
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn workspace(folder: &Path, port: u16) -> PathBuf {
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

fn certificate(folder: &Path) -> (PathBuf, PathBuf) {
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

fn start(mut command: Command, port: u16, folder: &Path) -> Child {
    let log = folder.join("log");
    let said = fs::File::create(&log).unwrap();
    command.stdin(Stdio::null()).stdout(said.try_clone().unwrap()).stderr(said);
    let mut child = command.spawn().unwrap();
    await_port(port, &mut child, &log);
    child
}

fn nginx_by(folder: &Path, http: &str) -> Command {
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

fn nginx() -> Running {
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

fn envoy() -> Running {
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

struct Answer {
    status: u16,
    /// The lines of its head.
    head: Vec<String>,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.iter().find_map(|line| {
            let (own, value) = line.split_once(": ")?;
            own.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

impl Running {
    /// What curl gets; nothing where there was no handshake.
    fn ask(&self, words: &[&str], host: &str, path: &str) -> Option<Answer> {
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

    fn get(&self, path: &str) -> Answer {
        self.ask(&[], "api.parcels.example", path).unwrap()
    }
}

const TLS_1_0: [&str; 5] = ["--tlsv1.0", "--tls-max", "1.0", "--ciphers", "DEFAULT:@SECLEVEL=0"];

fn what_ended_is_refused(gateway: &Running) {
    let gone = gateway.get("/base/labels?page=2");
    assert_eq!((gone.status, gone.body.as_str()), (410, "gone: $5 \"labels\" \\ {\n"));
    assert!(gone.header("Deprecation").is_some_and(|value| value.starts_with('@')));
    for path in ["/base/labels/42", "/base/%6cabels", "/base//labels", "/x/../base/labels"] {
        let answer = gateway.get(path);
        // A gateway may have the address written properly first.
        assert!(matches!(answer.status, 410 | 307 | 308), "{path}: {}", answer.status);
    }
    let head = gateway.ask(&["--head"], "api.parcels.example", "/base/labels").unwrap();
    assert_eq!(head.status, 410);
    let posted = gateway.ask(&["-d", "x"], "api.parcels.example", "/base/labels").unwrap();
    assert_eq!(posted.status, 410);
}

fn what_is_not_concerned_is_left_alone(gateway: &Running) {
    for path in ["/base/labels/42/print", "/base/label", "/labels", "/base/quiet", "/base/labels/"]
    {
        let answer = gateway.get(path);
        assert_eq!((answer.status, answer.body.as_str()), (200, "fine\n"), "{path}");
        assert_eq!(answer.header("Deprecation").or(answer.header("Sunset")), None, "{path}");
    }
    let deleted = gateway.ask(&["-X", "DELETE"], "api.parcels.example", "/base/labels").unwrap();
    assert_eq!(deleted.status, 200);
}

fn what_will_end_is_announced(gateway: &Running) {
    let answer = gateway.get("/base/tracking/live");
    assert_eq!(answer.status, 200);
    let now = Clock::system().now();
    let seconds: i64 = answer.header("Deprecation").unwrap()[1..].parse().unwrap();
    assert!((now.timestamp() - seconds - 2 * 86_400).abs() <= 86_400, "{seconds}");
    let sunset = chrono::DateTime::parse_from_rfc2822(answer.header("Sunset").unwrap()).unwrap();
    assert!((29..=30).contains(&(sunset.to_utc() - now).num_days()), "{sunset}");
    let link = answer.header("Link").unwrap();
    let page = "<https://notices.example.org/notices/parcels/ending>";
    assert!(link.contains(&format!("{page}; rel=\"deprecation\"; type=\"text/html\"")), "{link}");
    assert!(link.contains(&format!("{page}; rel=\"sunset\"; type=\"text/html\"")), "{link}");
    // The rest of that API goes on.
    assert_eq!(gateway.get("/base/tracking").header("Sunset"), None);
    let gone = gateway.get("/base/labels");
    let successor = "<https://api.parcels.example/v2/labels>; rel=\"successor-version\"";
    assert!(gone.header("Link").unwrap().contains(successor));
}

fn a_brownout_strikes_whom_it_names(gateway: &Running) {
    let struck = gateway.get("/base/rates");
    assert_eq!((struck.status, struck.body.as_str()), (429, "brown\n"));
    assert!(struck.header("Sunset").is_some(), "what ends is announced meanwhile, too");
}

fn each_server_takes_the_tls_it_should(gateway: &Running) {
    let old = gateway.ask(&TLS_1_0, "old.parcels.example", "/quiet");
    // What else answers there has longer, and nothing tells one from another in a handshake.
    assert_eq!(old.expect("a cutoff is to come").status, 200);
    assert!(gateway.complaint.contains("parcels/tls: first: other rows of this address"));
    if let Some(answer) = gateway.ask(&TLS_1_0, "api.parcels.example", "/base/quiet") {
        assert_eq!(answer.status, 403, "{:?}", answer.head);
        assert_eq!(answer.body, "TLS 1.0 and TLS 1.1 are not accepted here.\n");
    }
    let new = gateway.ask(&["--tlsv1.2"], "api.parcels.example", "/base/quiet").unwrap();
    assert_eq!(new.status, 200);
}

fn holds(gateway: &Running) {
    what_ended_is_refused(gateway);
    what_is_not_concerned_is_left_alone(gateway);
    what_will_end_is_announced(gateway);
    a_brownout_strikes_whom_it_names(gateway);
    each_server_takes_the_tls_it_should(gateway);
    assert!(gateway.complaint.contains("write it anew by"), "{}", gateway.complaint);
}

#[test]
fn a_real_nginx_enforces_and_announces_the_declaration() {
    holds(&nginx());
}

#[test]
fn a_real_envoy_enforces_and_announces_the_declaration() {
    holds(&envoy());
}

/// By addresses that a probe finds without anybody's name server.
const PROBED_APIS: &str = "
environments:
  prod:
    title: PROD
    stage: production
    urls: {api: 'https://127.0.0.1:@PORT@/base'}
apis:
  labels: {title: Labels, operations: [GET /labels], replaced_by: none}
  rates: {title: Rates, operations: [GET /rates], replaced_by: none}
";

/// What the probe of everything declared says of an nginx that runs by `server`, and how it ends.
fn probed(server: impl Fn(&Path, u16) -> (String, String)) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let (port, out) = (free_port(), folder.path().join("out"));
    let notices = workspace(folder.path(), port);
    let dated = |name: &str| fs::read_to_string(notices.join("parcels").join(name)).unwrap();
    let tls = dated("tls.yaml").replace("labels, rates, tracking, quiet", "labels, rates");
    let (tls, _) = tls.split_once("    old:").unwrap();
    let ending = dated("ending.yaml").replace(", 'tracking GET /tracking/live'", "");
    let (ending, _) = ending.split_once("    over:").unwrap();
    let apis = PROBED_APIS.replace("@PORT@", &port.to_string());
    for (name, text) in [("apis", apis.as_str()), ("tls", tls), ("ending", ending)] {
        fs::write(notices.join(format!("parcels/{name}.yaml")), text).unwrap();
    }
    let run = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fairwarning"));
        command.current_dir(folder.path()).env_clear().args(words).output().unwrap()
    };
    let made = run(&["gateway", "--format", "nginx", "--out", out.to_str().unwrap()]);
    assert!(made.status.success(), "{made:?}");
    certificate(folder.path());
    let root = folder.path().display();
    let (http, server) = server(folder.path(), port);
    let http = format!(
        "{http}\nserver {{ listen 127.0.0.1:{port} ssl; server_name 127.0.0.1;\n\
         ssl_certificate {root}/tls.crt; ssl_certificate_key {root}/tls.key;\n{}\n\
         location / {{ return 200 \"fine\\n\"; }} }}\n",
        server
    );
    let child = start(nginx_by(folder.path(), &http), port, folder.path());
    let complaint = String::new();
    let _running =
        Running { port, child, _folder: tempfile::tempdir().unwrap(), complaint, behind: None };
    let told = run(&["probe", "--all", "--allow", "127.0.0.1"]);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (told.status.code(), format!("{}{}", text(told.stdout), text(told.stderr)))
}

#[test]
fn a_probe_finds_that_an_nginx_so_configured_conforms_and_another_does_not() {
    let (code, said) = probed(|root, port| {
        let out = root.join("out").display().to_string();
        (
            format!("include {out}/http.conf;"),
            format!("include {out}/server-127.0.0.1-{port}.conf;"),
        )
    });
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("conforming") && !said.contains("drifting"), "{said}");
    let (code, said) = probed(|_, _| {
        let lax = "ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_ciphers DEFAULT:@SECLEVEL=0;";
        (String::new(), lax.to_owned())
    });
    assert_eq!(code, Some(2), "{said}");
    for drift in ["still accepts TLS 1.0", "still answers GET /labels", "during a brownout"] {
        assert!(
            said.split_whitespace().collect::<Vec<_>>().join(" ").contains(drift),
            "{drift}: {said}"
        );
    }
}

#[test]
fn what_a_gateway_cannot_tell_is_said_and_not_guessed() {
    let folder = tempfile::tempdir().unwrap();
    let notices = workspace(folder.path(), 443);
    let ended = notices.join("parcels/ended.yaml");
    let text = fs::read_to_string(&ended).unwrap();
    fs::write(&ended, text.replace("apis: [labels]", "apis: [labels2]")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_fairwarning"));
    command.current_dir(folder.path()).env_clear();
    let output = command.args(["gateway", "notices", "--format", "nginx"]).output().unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    // It is at an address of its own, which is told by its host.
    assert!(output.status.success() && !complaint.contains("labels2"), "{complaint}");
    let apis = notices.join("parcels/apis.yaml");
    let text = fs::read_to_string(&apis).unwrap();
    fs::write(&apis, text.replace(", urls: ['https://api.parcels.example/v2/labels']", ""))
        .unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_fairwarning"));
    command.current_dir(folder.path()).env_clear();
    let output = command.args(["gateway", "notices", "--format", "nginx"]).output().unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    let why = "not enforced: parcels/ended: labels: nothing in a request tells `labels2` from \
               other APIs: declare its operations";
    assert!(output.status.success() && complaint.contains(why), "{complaint}");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("# Not enforced: parcels/ended: labels: nothing in a request"), "{text}");
}

proptest! {
    #[test]
    fn a_stretch_of_seconds_matches_itself_and_nothing_else(
        from in 1_000_000_000_i64..4_000_000_000,
        length in prop::option::of(0_i64..100_000_000),
        near in -3_i64..3,
        far in -200_000_000_i64..200_000_000,
    ) {
        let until = length.map(|length| from + length);
        let pieces = seconds_matching(from, until);
        prop_assert!(pieces.len() <= 20, "{pieces:?}");
        // An alternative of nothing would match everything.
        let pattern = regex::Regex::new(&format!("^(?:{})\\.", match pieces.is_empty() {
            true => "x".to_owned(),
            false => pieces.join("|"),
        })).unwrap();
        let end = until.unwrap_or(from);
        for at in [from + near, end + near, from + far, from, end, end - 1] {
            if !(1_000_000_000..=9_999_999_999).contains(&at) {
                continue;
            }
            let is_in = at >= from && until.is_none_or(|until| at < until);
            prop_assert_eq!(pattern.is_match(&format!("{at}.123")), is_in, "{} in {:?}", at, pieces);
        }
    }
}
