//! Inside a network of its own: serves the world after the cutoff, and sends samples and clients
//! there. What came of it goes to standard output as JSON, for the process outside.

use super::Trust;
use super::clients::{self, Met};
use super::programs::{Ran, run};
use super::scene::Scene;
use crate::cli::{Exit, serve};
use crate::clock::Clock;
use crate::config::{DatabaseUrl, RehearsalSettings};
use crate::notice::{Attempt, Publication, Sample, TlsVersion};
use crate::store::Store;
use crate::tls::Throwaway;
use crate::web::{self, RehearsalSite, Service};
use anyhow::Context;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// The scene, in the folder that both processes know.
pub const SCENE: &str = "scene.json";

/// Runs what `samples --run` has prepared; started by it alone.
#[derive(clap::Args)]
pub struct Arguments {
    folder: PathBuf,
}

/// What came of all of it.
#[derive(Serialize, Deserialize)]
pub struct Told {
    pub samples: Vec<SampleRun>,
    pub clients: Vec<Met>,
}

/// One sample, run as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleRun {
    /// Which of the notice's checks, and which sample of it, from 0.
    pub check: usize,
    pub sample: usize,
    /// What it printed; None where it was not run.
    pub printed: Option<String>,
    /// What it complained of, or why it was not run.
    pub complained: String,
    pub code: Option<i32>,
    /// The same from a client that speaks nothing newer than what is turned away, where it could
    /// be made so old.
    pub unready: Option<Unready>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unready {
    pub version: TlsVersion,
    pub printed: String,
    pub complained: String,
}

pub async fn run_inside(arguments: &Arguments, clock: &Clock) -> anyhow::Result<Exit> {
    let folder = &arguments.folder;
    let scene = fs::read(folder.join(SCENE)).context("this is started by `samples --run` alone")?;
    let scene: Scene = serde_json::from_slice(&scene).context("the scene cannot be read")?;
    let trust = Trust::made(&scene, folder).await?;
    let mut noted = open_endpoints(&scene, folder, clock).await?;
    let desk = folder.join("desk");
    fs::create_dir_all(&desk)?;
    let mut samples = Vec::new();
    for (check, declared) in scene.notice()?.checks.iter().enumerate() {
        for (index, sample) in declared.samples.iter().enumerate() {
            let ran = one(sample, &scene, &desk, &trust, &mut noted).await?;
            samples.push(SampleRun { check, sample: index, ..ran });
        }
    }
    let clients = clients::send(&scene, &desk, &trust).await?;
    say!("{}", serde_json::to_string(&Told { samples, clients })?);
    Ok(Exit::Clean)
}

/// As `serve` opens them; whoever tries one is told.
async fn open_endpoints(
    scene: &Scene,
    folder: &Path,
    clock: &Clock,
) -> anyhow::Result<mpsc::Receiver<Attempt>> {
    let store = Store::open(&DatabaseUrl::Sqlite(folder.join("stage.db"))).await?;
    let publication = Publication::new(scene.workspace.clone(), BTreeMap::new());
    store.publish(&publication, None, clock.now()).await?;
    let service = Arc::new(Service::open(store, clock.clone(), None).await?);
    web::refresh(&service).await?;
    let listen: Vec<_> =
        scene.ports.iter().map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, *port))).collect();
    let settings = RehearsalSettings {
        certificate: folder.join("certificate.pem"),
        key: folder.join("key.pem"),
        connections: 256,
        per_address: 256,
        patience: Duration::from_secs(10),
        listen: listen.clone(),
    };
    // A sample is no flood.
    let (attempts, noted) = mpsc::channel(1_024);
    let site = Arc::new(RehearsalSite::open(service, settings, attempts)?);
    let listeners: Result<_, _> = listen.into_iter().map(serve::listen).collect();
    // It ends with the process.
    tokio::spawn(web::start_rehearsals(site, listeners?, 1)?);
    Ok(noted)
}

/// The words that run a file of a language, and how the file is called; none for a language
/// that nobody here speaks.
fn interpreter(language: &str) -> Option<(&'static str, &'static str)> {
    Some(match language.to_ascii_lowercase().as_str() {
        "bash" | "console" | "curl" => ("bash", "sample.sh"),
        "sh" | "shell" => ("sh", "sample.sh"),
        "ruby" | "rb" => ("ruby", "sample.rb"),
        "python" | "py" | "python3" => ("python3", "sample.py"),
        "javascript" | "js" | "node" | "mjs" => ("node", "sample.mjs"),
        "java" => ("java", "Sample.java"),
        "php" => ("php", "sample.php"),
        "perl" => ("perl", "sample.pl"),
        _ => return None,
    })
}

async fn one(
    sample: &Sample,
    scene: &Scene,
    desk: &Path,
    trust: &Trust,
    noted: &mut mpsc::Receiver<Attempt>,
) -> anyhow::Result<SampleRun> {
    let nothing = |why: String| SampleRun {
        check: 0,
        sample: 0,
        printed: None,
        complained: why,
        code: None,
        unready: None,
    };
    let Some((program, file)) = interpreter(&sample.language) else {
        return Ok(nothing(format!("nothing here runs `{}`", sample.language)));
    };
    fs::write(desk.join(file), &sample.code)?;
    let (code, printed, complained) = match run(&[program, file], desk, trust, "").await {
        Ran::Missing => return Ok(nothing(format!("`{program}` is not installed"))),
        Ran::TooLong => return Ok(nothing("it did not end".to_owned())),
        Ran::TooMuch => return Ok(nothing("it says more than is compared".to_owned())),
        Ran::Ended { code, said, complained } => (code, said, complained),
    };
    let mut unready = None;
    if let Some(version) = scene.unready() {
        let limited = trust.speaking_at_most(version, desk)?;
        while noted.try_recv().is_ok() {}
        let ran = run(&[program, file], desk, &limited, "").await;
        let offered = std::iter::from_fn(|| noted.try_recv().ok()).map(|attempt| attempt.offered);
        let offered: Vec<_> = offered.flatten().collect();
        // Who chooses versions by itself was not made any older.
        let is_old = !offered.is_empty() && offered.iter().all(|own| *own <= version.number());
        if let (true, Ran::Ended { said, complained, .. }) = (is_old, ran) {
            unready = Some(Unready { version, printed: said, complained });
        }
    }
    Ok(SampleRun { printed: Some(printed), complained, code, unready, ..nothing(String::new()) })
}

impl Trust {
    /// Makes an authority and a certificate for every host of the scene.
    async fn made(scene: &Scene, folder: &Path) -> anyhow::Result<Self> {
        let made = Throwaway::new(scene.hosts.iter().map(String::as_str))?;
        let authority = folder.join("authority.pem");
        fs::write(&authority, made.authority)?;
        fs::write(folder.join("certificate.pem"), made.certificate)?;
        fs::write(folder.join("key.pem"), made.key)?;
        let trust = Self {
            authority,
            java: folder.join("authority.p12"),
            old: None,
            patience: scene.patience,
        };
        let (pem, store) = (trust.authority.to_string_lossy(), trust.java.to_string_lossy());
        let words = ["keytool", "-importcert", "-noprompt", "-alias", "samples", "-file", &pem];
        let words = [&words[..], &["-keystore", &store, "-storepass", "fairwarning"]].concat();
        // Without Java nothing needs its file.
        run(&words, folder, &Self { java: PathBuf::new(), ..trust.clone() }, "").await;
        Ok(trust)
    }

    /// The same for clients whose OpenSSL reads its configuration: nothing newer than `version`.
    fn speaking_at_most(&self, version: TlsVersion, desk: &Path) -> anyhow::Result<Self> {
        let name = match version {
            TlsVersion::Ssl3 | TlsVersion::Tls10 => "TLSv1",
            TlsVersion::Tls11 => "TLSv1.1",
            TlsVersion::Tls12 => "TLSv1.2",
            TlsVersion::Tls13 => "TLSv1.3",
        };
        let path = desk.join("openssl.cnf");
        let text = format!(
            "openssl_conf = all\nnodejs_conf = all\n[all]\nssl_conf = ssl\n[ssl]\nsystem_default = old\n[old]\n\
             MinProtocol = TLSv1\nMaxProtocol = {name}\nCipherString = DEFAULT:@SECLEVEL=0\n"
        );
        fs::write(&path, text)?;
        let ruby = desk.join("old.rb");
        let newest = name.replace("TLSv", "TLS").replace('.', "_");
        let text = include_str!("clients/old.rb").replace("@NEWEST@", &newest);
        fs::write(&ruby, text)?;
        Ok(Self { old: Some((path, ruby)), ..self.clone() })
    }
}
