//! Real clients, sent to the world after the cutoff: what each of them says there.

use super::Trust;
use super::programs::{Ran, run};
use super::scene::Scene;
use crate::notice::TlsVersion;
use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A client, by the name of its program, and how it is sent to an address.
struct Client {
    name: &'static str,
    words: fn(&Errand<'_>) -> Vec<String>,
}

struct Errand<'e> {
    host: &'e str,
    port: u16,
    path: &'e str,
    /// At most this one; whatever the client speaks by itself where there is none.
    version: Option<TlsVersion>,
}

/// Programs of ours, in the languages that their libraries are of.
const SOURCES: [(&str, &str); 4] = [
    ("client.py", include_str!("clients/client.py")),
    ("client.rb", include_str!("clients/client.rb")),
    ("client.mjs", include_str!("clients/client.mjs")),
    ("Client.java", include_str!("clients/Client.java")),
];

const CLIENTS: [Client; 6] = [
    Client { name: "curl", words: curl },
    Client { name: "openssl", words: openssl },
    Client { name: "python", words: |errand| errand.program(&["python3", "client.py"]) },
    Client { name: "ruby", words: |errand| errand.program(&["ruby", "client.rb"]) },
    Client { name: "node", words: |errand| errand.program(&["node", "client.mjs"]) },
    Client { name: "java", words: |errand| errand.program(&["java", "Client.java"]) },
];

/// What one client met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Met {
    pub client: String,
    /// The newest version that it offered; what it offers by itself where there is none.
    pub version: Option<TlsVersion>,
    /// None where its program is not installed.
    pub says: Option<String>,
    /// Whether it was served.
    pub is_served: bool,
}

impl Errand<'_> {
    fn program(&self, program: &[&str]) -> Vec<String> {
        let version = self.version.map_or("any", |version| number(version));
        let own = [self.host, &self.port.to_string(), self.path, version].map(str::to_owned);
        program.iter().map(|word| (*word).to_owned()).chain(own).collect()
    }
}

fn number(version: TlsVersion) -> &'static str {
    match version {
        TlsVersion::Ssl3 | TlsVersion::Tls10 => "1.0",
        TlsVersion::Tls11 => "1.1",
        TlsVersion::Tls12 => "1.2",
        TlsVersion::Tls13 => "1.3",
    }
}

fn curl(errand: &Errand<'_>) -> Vec<String> {
    let url = format!("https://{}:{}{}", errand.host, errand.port, errand.path);
    let mut words = vec!["curl", "-sS", "--max-time", "20", "-w", "\n%{http_code}"];
    if let Some(version) = errand.version {
        words.extend(["--tlsv1.0", "--tls-max", number(version)]);
        words.extend(["--ciphers", "DEFAULT:@SECLEVEL=0"]);
    }
    words.push(&url);
    words.into_iter().map(str::to_owned).collect()
}

fn openssl(errand: &Errand<'_>) -> Vec<String> {
    let address = format!("{}:{}", errand.host, errand.port);
    let mut words = vec!["openssl", "s_client", "-brief", "-connect", &address];
    words.extend(["-servername", errand.host]);
    if let Some(version) = errand.version {
        words.push(match version {
            TlsVersion::Ssl3 | TlsVersion::Tls10 => "-tls1",
            TlsVersion::Tls11 => "-tls1_1",
            TlsVersion::Tls12 => "-tls1_2",
            TlsVersion::Tls13 => "-tls1_3",
        });
        words.extend(["-cipher", "DEFAULT:@SECLEVEL=0"]);
    }
    words.into_iter().map(str::to_owned).collect()
}

/// Sends every client there twice: as it is, and with nothing newer than what is turned away.
pub async fn send(scene: &Scene, folder: &Path, trust: &Trust) -> std::io::Result<Vec<Met>> {
    for (name, source) in SOURCES {
        std::fs::write(folder.join(name), source)?;
    }
    let versions = [Some(None), scene.unready().map(Some)];
    let each = versions.into_iter().flatten().flat_map(|version| {
        CLIENTS.iter().map(move |client| one(client, scene, version, folder, trust))
    });
    Ok(join_all(each).await)
}

async fn one(
    client: &Client,
    scene: &Scene,
    version: Option<TlsVersion>,
    folder: &Path,
    trust: &Trust,
) -> Met {
    let url = &scene.url;
    let errand = Errand { host: url.host(), port: url.port(), path: url.path(), version };
    let words = (client.words)(&errand);
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let (says, is_served) = match run(&words, folder, trust, "").await {
        Ran::Missing => (None, false),
        Ran::TooLong => (Some("(it did not end)".to_owned()), false),
        Ran::TooMuch => (Some("(it says too much)".to_owned()), false),
        Ran::Ended { code: Some(0), said, .. } => (Some(said.trim().to_owned()), true),
        Ran::Ended { complained, .. } => (Some(complaint(&complained)), false),
    };
    Met { client: client.name.to_owned(), version, says, is_served }
}

/// The line that says what went wrong.
fn complaint(text: &str) -> String {
    let is_noise = |line: &&str| line.starts_with("Picked up ") || line.trim().is_empty();
    let mut lines = text.lines().filter(|line| !is_noise(line)).peekable();
    let first = lines.peek().copied().unwrap_or_default();
    let telling = lines.find(|line| line.contains("error:") || line.contains("alert"));
    telling.unwrap_or(first).trim().to_owned()
}
