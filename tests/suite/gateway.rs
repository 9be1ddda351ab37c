//! What `fairwarning gateway` writes, told by a real nginx and a real Envoy that run by it.

use crate::gateway_servers::{
    Running, certificate, envoy, free_port, nginx, nginx_by, start, workspace,
};
use fairwarning::clock::Clock;
use fairwarning::render::gateway::seconds_matching;
use proptest::prelude::*;
use std::fs;
use std::path::Path;
use std::process::Command;

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
    let envoy = envoy();
    holds(&envoy);
    // Nobody gets past by another name in the same connection.
    let named = |host: &str| {
        let header = format!("Host: {host}");
        envoy.ask(&["-H", &header], "api.parcels.example", "/base/labels").unwrap().status
    };
    assert_eq!(named("api.parcels.example."), 410);
    assert_eq!(named("API.parcels.example:1"), 410);
    assert_eq!(named("other.example"), 421);
    assert_eq!(named("old.parcels.example"), 421);
}

/// What a gateway's command says of the parcel program with this notice on labels, and whether
/// a real nginx takes what it writes.
fn written_for(notice: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let notices = workspace(folder.path(), 8443);
    fs::write(notices.join("parcels/ended.yaml"), notice).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_fairwarning"));
    command.current_dir(folder.path()).env_clear().arg("gateway").arg(&notices);
    let output = command.args(["--format", "nginx", "--out"]).arg(&out).output().unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{complaint}{said}");
    let out = out.display();
    let http = format!(
        "include {out}/http.conf;\nserver {{ listen 127.0.0.1:1; server_name api.parcels.example;\n\
         include {out}/server-api.parcels.example-8443.conf; }}"
    );
    let tested = nginx_by(folder.path(), &http).arg("-t").output().unwrap();
    assert!(tested.status.success(), "{}", String::from_utf8_lossy(&tested.stderr));
    complaint
}

#[test]
fn many_brownouts_and_long_texts_are_configuration_that_nginx_reads() {
    let now = Clock::system().now();
    let day = |days: i64| (now + chrono::TimeDelta::days(days)).format("%Y-%m-%d").to_string();
    let long = "long \\ \" $ ".repeat(2_000);
    let complaint = written_for(&format!(
        "title: Labels end\nkind: retirement\nannounced: {}\nsummary: x\nerrors:\n  \
         - {{text: 'moved', status: 301, during: brownout}}\n  - {{text: '{long}', status: 410}}\n\
         schedule:\n  rows:\n    all: {{environment: prod, urls: [api], apis: [labels], cutoff: {}}}\n  \
         brownouts:\n    daily: {{rows: [all], start: '{}T10:07', length: 13 minutes, \
         repeat: {{every: 1 day, until: {}}}}}\n",
        day(-10),
        day(400),
        day(1),
        day(390),
    ));
    let why = "not enforced: parcels/ended: all: 301 is no refusal, and is answered by no gateway";
    assert!(complaint.contains(why), "{complaint}");
    assert!(complaint.contains("write it anew by"), "more brownouts follow than are listed");
}

#[test]
fn operations_and_hosts_that_no_gateway_could_tell_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let notices = workspace(folder.path(), 8443);
    let apis = notices.join("parcels/apis.yaml");
    let text = fs::read_to_string(&apis).unwrap();
    let text = text.replace("'GET /labels/{id}'", "'GET /labels/{id}.pdf', 'GET /labels?all=1'");
    fs::write(&apis, text).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_fairwarning"));
    command.current_dir(folder.path()).env_clear().args(["gateway", "notices"]);
    let output = command.args(["--format", "nginx"]).output().unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    let whys = ["only a whole segment can stand for a value", "a query is no part of a path"];
    assert!(whys.iter().all(|why| complaint.contains(why)), "{complaint}");
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
    let _running = Running::alone(port, child, tempfile::tempdir().unwrap());
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
