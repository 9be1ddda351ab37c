//! OpenSSL's own server, and nginx, each a process that ends with its value.

use super::certificates::Certificate;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const START_TIMEOUT: Duration = Duration::from_secs(20);

struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub struct Openssl {
    pub address: SocketAddr,
    _process: Process,
    /// Kept open, or what it prints would end it.
    _output: BufReader<ChildStdout>,
}

impl Openssl {
    /// `s_server` on a free port of `host`, answering GETs by a page.
    pub fn start(certificate: &Certificate, host: &str, flags: &[&str]) -> Self {
        let mut command = Command::new("openssl");
        command.args(["s_server", "-www", "-accept", &format!("{host}:0")]).args(flags);
        if !flags.contains(&"-nocert") {
            command.arg("-cert").arg(&certificate.chain).arg("-key").arg(&certificate.key);
            command.arg("-cert_chain").arg(&certificate.chain);
        }
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = Process(command.spawn().expect("openssl is installed"));
        let mut output = BufReader::new(process.0.stdout.take().unwrap());
        let address = loop {
            let mut line = String::new();
            let read = output.read_line(&mut line).unwrap();
            assert!(read > 0, "openssl s_server does not start with {flags:?}");
            if let Some(address) = line.strip_prefix("ACCEPT ") {
                break address.trim().parse().unwrap();
            }
        };
        Self { address, _process: process, _output: output }
    }
}

pub struct Nginx {
    pub address: SocketAddr,
    _process: Process,
    _folder: TempDir,
}

impl Nginx {
    /// With these `server` blocks, in which `@PORT@` stands for a free port.
    pub fn start(certificate: &Certificate, servers: &str) -> Self {
        let ends_at = Instant::now() + START_TIMEOUT;
        loop {
            if let Some(nginx) = Self::try_start(certificate, servers) {
                return nginx;
            }
            assert!(Instant::now() < ends_at, "nginx does not start with {servers}");
        }
    }

    /// None where somebody else took the port meanwhile.
    fn try_start(certificate: &Certificate, servers: &str) -> Option<Self> {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().display();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {place}/{kind};\n"))
            .concat();
        let text = format!(
            "daemon off; master_process off; pid {place}/pid; error_log stderr crit;\n\
             events {{ worker_connections 64; }}\n\
             http {{ access_log off; {temporary} ssl_certificate {}; ssl_certificate_key {};\n\
             {} }}\n",
            certificate.chain.display(),
            certificate.key.display(),
            servers.replace("@PORT@", &address.port().to_string()),
        );
        let configuration = folder.path().join("nginx.conf");
        fs::write(&configuration, text).unwrap();
        let mut command = Command::new("/usr/sbin/nginx");
        command.arg("-p").arg(folder.path()).arg("-c").arg(&configuration);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut process = Process(command.spawn().expect("nginx is installed"));
        let ends_at = Instant::now() + START_TIMEOUT;
        while Instant::now() < ends_at {
            if process.0.try_wait().unwrap().is_some() {
                return None;
            }
            if TcpStream::connect(address).is_ok() && process.0.try_wait().unwrap().is_none() {
                return Some(Self { address, _process: process, _folder: folder });
            }
            sleep(Duration::from_millis(10));
        }
        None
    }
}
