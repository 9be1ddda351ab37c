//! Test endpoints on loopback, with certificates of their own and books that a test reads.

use crate::web_service::{WORKSPACE, WebService};
use fairwarning::config::RehearsalSettings;
use fairwarning::notice::{
    Attempt, Date, EndpointId, Purpose, Rehearsal, RehearsalAnswer, TestEndpoint, TlsVersion,
    Workspace,
};
use fairwarning::web::{self, RehearsalSite};
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
use openssl::x509::{X509, X509Builder, X509Name, X509NameBuilder};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tokio::sync::mpsc;

/// How long the endpoints of tests wait for a client.
pub const PATIENCE: Duration = Duration::from_secs(2);
/// No client takes longer, Java on a busy machine included.
const CLIENT_PATIENCE: Duration = Duration::from_secs(60);

/// The hosts of the endpoints; the last is known by its port.
pub const STRICT: &str = "rehearse.parcel.example";
pub const OBSERVING: &str = "observe.parcel.example";
pub const NARROW: &str = "narrow.parcel.example";
pub const EARLY: &str = "early.parcel.example";
pub const LATE: &str = "late.parcel.example";

/// Each root has a name of its own, or one could be taken for another.
static ROOTS: AtomicUsize = AtomicUsize::new(1);

/// What the strict endpoint answers below its root.
pub const DECLARED_ANSWER: &str = "<Error>protocol type TLS 1.0/1.1 not available</Error>";

/// A root and what it signed.
pub struct Issued {
    pub root: X509,
    pub certificate: X509,
    pub key: PKey<Private>,
}

pub static ISSUED: LazyLock<Issued> = LazyLock::new(issue);

fn named(name: &str) -> X509Name {
    let mut named = X509NameBuilder::new().unwrap();
    named.append_entry_by_nid(Nid::COMMONNAME, name).unwrap();
    named.build()
}

fn builder(name: &str, key: &PKey<Private>) -> X509Builder {
    let subject = named(name);
    let mut serial = BigNum::new().unwrap();
    serial.rand(64, openssl::bn::MsbOption::MAYBE_ZERO, false).unwrap();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_serial_number(&serial.to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(&subject).unwrap();
    builder.set_pubkey(key).unwrap();
    builder.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::days_from_now(30).unwrap()).unwrap();
    builder
}

/// A certificate for every name of the endpoints, as nobody but these tests trusts it.
pub fn issue() -> Issued {
    let root_key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let name = format!("Rehearsal Root {}", ROOTS.fetch_add(1, Ordering::SeqCst));
    let mut root = builder(&name, &root_key);
    root.set_issuer_name(&named(&name)).unwrap();
    root.append_extension(BasicConstraints::new().critical().ca().build().unwrap()).unwrap();
    root.sign(&root_key, MessageDigest::sha256()).unwrap();
    let root = root.build();
    let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let mut own = builder(STRICT, &key);
    own.set_issuer_name(root.subject_name()).unwrap();
    let mut names = SubjectAlternativeName::new();
    for host in [STRICT, OBSERVING, NARROW, EARLY, LATE] {
        names.dns(host).dns(&format!("*.{host}"));
    }
    let names = names.ip("127.0.0.1").build(&own.x509v3_context(Some(&root), None)).unwrap();
    own.append_extension(names).unwrap();
    own.sign(&root_key, MessageDigest::sha256()).unwrap();
    Issued { certificate: own.build(), root, key }
}

impl Issued {
    pub fn write(&self, folder: &Path) -> (PathBuf, PathBuf) {
        let (certificate, key) = (folder.join("rehearse.pem"), folder.join("rehearse.key"));
        std::fs::write(&certificate, self.certificate.to_pem().unwrap()).unwrap();
        std::fs::write(&key, self.key.private_key_to_pem_pkcs8().unwrap()).unwrap();
        std::fs::write(folder.join("root.pem"), self.root.to_pem().unwrap()).unwrap();
        (certificate, key)
    }
}

fn endpoint(url: &str, rehearsal: Rehearsal) -> TestEndpoint {
    TestEndpoint {
        url: url.parse().unwrap(),
        text: None,
        accepts: Vec::new(),
        opens: None,
        closes: None,
        caveats: Vec::new(),
        rehearsal: Some(rehearsal),
    }
}

fn date(text: &str) -> Option<Date> {
    Some(serde_json::from_value(serde_json::Value::String(text.to_owned())).unwrap())
}

/// The fixture, whose notice on TLS declares all the endpoints.
pub fn workspace(port: u16) -> Workspace {
    let mut workspace = WORKSPACE.clone();
    let program = &mut workspace.programs["parcels"];
    let endpoints = &mut program.notices["tls-1.2"].test_endpoints;
    endpoints.clear();
    let enforced = Rehearsal::default();
    let observed = Rehearsal { purpose: Purpose::Observe, ..Rehearsal::default() };
    let narrow = Rehearsal {
        maximum: Some(TlsVersion::Tls12),
        ciphers: Some("ECDHE-RSA-AES256-GCM-SHA384".to_owned()),
        ..Rehearsal::default()
    };
    let answering = Rehearsal {
        answer: Some(RehearsalAnswer {
            status: 403,
            body: DECLARED_ANSWER.to_owned(),
            content_type: "text/xml".to_owned(),
        }),
        ..Rehearsal::default()
    };
    let at = |host: &str| format!("https://{host}/");
    let mut declare = |id: &str, endpoint| {
        endpoints.insert(id.parse::<EndpointId>().unwrap(), endpoint);
    };
    declare("strict", endpoint(&at(STRICT), answering));
    declare("observing", endpoint(&at(OBSERVING), observed));
    declare("narrow", endpoint(&at(NARROW), narrow));
    let early = endpoint(&at(EARLY), enforced.clone());
    declare("early", TestEndpoint { opens: date("2026-05-01"), ..early });
    let late = endpoint(&at(LATE), enforced.clone());
    declare("late", TestEndpoint { closes: date("2026-02-01"), ..late });
    // A hello framed as SSL 2.0 says nothing of signatures, which then are those of SHA-1:
    // OpenSSL 3 takes them at level 0 alone.
    let lenient = Rehearsal { ciphers: Some("DEFAULT:@SECLEVEL=0".to_owned()), ..enforced };
    declare("bare", endpoint(&format!("https://127.0.0.1:{port}/"), lenient));
    workspace
}

pub struct Rehearsals {
    pub web: WebService,
    pub address: SocketAddr,
    pub site: Arc<RehearsalSite>,
    attempts: mpsc::Receiver<Attempt>,
    handle: actix_web::dev::ServerHandle,
}

impl Rehearsals {
    pub async fn start() -> Self {
        Self::start_within(4_096, 4_096).await
    }

    /// Holding so many clients, and so many of one household.
    pub async fn start_within(connections: usize, per_address: usize) -> Self {
        let web = WebService::start_empty(true).await;
        let listener = listener();
        web.publish(workspace(listener.local_addr().unwrap().port())).await;
        Self::behind(web, listener, (connections, per_address))
    }

    /// The endpoints of what a service shows.
    pub fn over(web: WebService) -> Self {
        Self::behind(web, listener(), (4_096, 4_096))
    }

    fn behind(
        web: WebService,
        listener: TcpListener,
        (connections, per_address): (usize, usize),
    ) -> Self {
        let address = listener.local_addr().unwrap();
        let (certificate, key) = ISSUED.write(web.folder.path());
        let listen = vec![address];
        let patience = PATIENCE;
        let settings =
            RehearsalSettings { listen, certificate, key, connections, per_address, patience };
        let (note, attempts) = mpsc::channel(10_000);
        let site = Arc::new(RehearsalSite::open(web.service.clone(), settings, note).unwrap());
        let server = web::start_rehearsals(site.clone(), vec![listener], 1).unwrap();
        let handle = server.handle();
        tokio::spawn(server);
        Self { web, address, site, attempts, handle }
    }

    pub fn folder(&self) -> &Path {
        self.web.folder.path()
    }

    /// A file beside the certificates.
    pub fn file(&self, name: &str) -> String {
        self.folder().join(name).display().to_string()
    }

    /// Where `host` is, for curl.
    pub fn resolved(&self, host: &str) -> String {
        format!("{host}:{}:127.0.0.1", self.address.port())
    }

    pub fn url(&self, host: &str, path: &str) -> String {
        format!("https://{host}:{}{path}", self.address.port())
    }

    /// The next attempt that was noted.
    pub async fn attempt(&mut self) -> Attempt {
        let next = tokio::time::timeout(CLIENT_PATIENCE, self.attempts.recv()).await;
        next.expect("an attempt is noted in time").expect("the books are open")
    }

    /// That nothing was noted beside what was asked for.
    pub fn nothing_more(&mut self) {
        assert!(self.attempts.try_recv().is_err(), "one attempt is noted once");
    }

    pub async fn curl(&self, host: &str, path: &str, more: &[&str]) -> Output {
        let (resolved, root) = (self.resolved(host), self.file("root.pem"));
        let url = self.url(host, path);
        let always = ["--silent", "--show-error", "--noproxy", "*", "--cacert", &root];
        let arguments = [&always, &["--resolve", &resolved][..], more, &[&url]].concat();
        run("curl", &arguments, "").await
    }
}

fn listener() -> TcpListener {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    listener
}

impl Drop for Rehearsals {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

/// Runs a program with `input`, however it ends.
pub async fn run(program: &str, arguments: &[&str], input: &str) -> Output {
    use tokio::io::AsyncWriteExt as _;
    let mut command = tokio::process::Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.kill_on_drop(true).spawn();
    let mut child = child.unwrap_or_else(|why| panic!("{program}: {why}; run tools/setup-tls.sh"));
    let mut stdin = child.stdin.take().unwrap();
    // Whoever ends without reading it is no mistake.
    let _ = stdin.write_all(input.as_bytes()).await;
    drop(stdin);
    let ended = tokio::time::timeout(CLIENT_PATIENCE, child.wait_with_output()).await;
    ended.unwrap_or_else(|_| panic!("{program} does not end")).unwrap()
}

/// What it printed, both ways.
pub fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

/// A file of ours that a client runs.
pub fn client(name: &str) -> String {
    format!("{}/tests/clients/{name}", env!("CARGO_MANIFEST_DIR"))
}
