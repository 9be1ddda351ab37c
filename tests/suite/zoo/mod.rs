//! Servers of every kind on loopback, and what each accepts: real ones of OpenSSL and nginx, and
//! small ones that misbehave. Shared by a test and a bench.

pub mod certificates;
mod misbehaving;
mod real;

use certificates::Certificates;
pub use misbehaving::{Behaviour, Front};
pub use real::{Nginx, Openssl};
use std::any::Any;
use std::net::SocketAddr;
use std::time::Duration;

/// A running server; it ends when this is dropped.
pub struct Animal {
    pub name: &'static str,
    /// The name that is asked for.
    pub host: &'static str,
    pub address: SocketAddr,
    /// SSL 3.0, TLS 1.0, 1.1, 1.2 and 1.3: `a`ccepted, `r`efused, or `u`ndetermined, because
    /// nothing shows which. `-` throughout where nobody is there.
    pub truth: &'static str,
    /// Whether it answers at all, and at once.
    pub is_prompt: bool,
    _process: Box<dyn Any + Send>,
}

impl Animal {
    pub fn url(&self) -> String {
        let host = if self.address.is_ipv6() { "[::1]" } else { self.host };
        format!("https://{host}:{}/", self.address.port())
    }
}

pub struct Zoo {
    pub animals: Vec<Animal>,
    certificates: Certificates,
    slow: Duration,
    /// What stands behind fronts.
    behind: Vec<Openssl>,
}

/// Everything with every version on, whatever level of security the system asks for.
const ALL: [&str; 2] = ["-cipher", "ALL:@SECLEVEL=0"];

impl Zoo {
    /// `slow` is how long a slow server thinks before it answers.
    pub fn open(slow: Duration) -> Self {
        let certificates = Certificates::new();
        let mut zoo = Self { animals: Vec::new(), certificates, slow, behind: Vec::new() };
        zoo.add_single_versions();
        zoo.add_ranges();
        zoo.add_ciphers();
        zoo.add_groups();
        zoo.add_certificates();
        zoo.add_nginx();
        zoo.add_closers();
        zoo.add_fronts();
        zoo.add_oddities();
        zoo
    }

    fn openssl(&mut self, name: &'static str, truth: &'static str, flags: &[&[&str]]) {
        let server = Openssl::start(&self.certificates.rsa, "127.0.0.1", &flags.concat());
        self.add(name, truth, server.address, server);
    }

    fn add(
        &mut self,
        name: &'static str,
        truth: &'static str,
        address: SocketAddr,
        process: impl Any + Send,
    ) {
        self.animals.push(Animal {
            name,
            host: "localhost",
            address,
            truth,
            is_prompt: true,
            _process: Box::new(process),
        });
    }

    fn last(&mut self) -> &mut Animal {
        self.animals.last_mut().unwrap()
    }

    fn add_single_versions(&mut self) {
        self.openssl("TLS 1.0 alone", "rarrr", &[&["-tls1"], &ALL]);
        self.openssl("TLS 1.1 alone", "rrarr", &[&["-tls1_1"], &ALL]);
        self.openssl("TLS 1.2 alone", "rrrar", &[&["-tls1_2"], &ALL]);
        self.openssl("TLS 1.3 alone", "rrrra", &[&["-tls1_3"]]);
    }

    fn add_ranges(&mut self) {
        let ranges: [(&'static str, &'static str, &[&str]); 8] = [
            ("TLS 1.0 to 1.1", "raarr", &["-min_protocol", "TLSv1", "-max_protocol", "TLSv1.1"]),
            ("TLS 1.0 to 1.2", "raaar", &["-min_protocol", "TLSv1", "-max_protocol", "TLSv1.2"]),
            ("TLS 1.0 to 1.3", "raaaa", &["-min_protocol", "TLSv1", "-max_protocol", "TLSv1.3"]),
            ("TLS 1.1 to 1.2", "rraar", &["-min_protocol", "TLSv1.1", "-max_protocol", "TLSv1.2"]),
            ("TLS 1.1 to 1.3", "rraaa", &["-min_protocol", "TLSv1.1", "-max_protocol", "TLSv1.3"]),
            ("TLS 1.2 to 1.3", "rrraa", &["-min_protocol", "TLSv1.2", "-max_protocol", "TLSv1.3"]),
            (
                "TLS 1.0 and 1.2, not 1.1",
                "rarar",
                &["-min_protocol", "TLSv1", "-no_tls1_1", "-no_tls1_3"],
            ),
            (
                "TLS 1.0 and 1.3, not between",
                "rarra",
                &["-min_protocol", "TLSv1", "-no_tls1_1", "-no_tls1_2"],
            ),
        ];
        for (name, truth, flags) in ranges {
            self.openssl(name, truth, &[flags, &ALL]);
        }
    }

    fn add_ciphers(&mut self) {
        let tls12: [(&'static str, &'static str, &[&str]); 8] = [
            ("one cipher: ChaCha20", "rrrar", &["-cipher", "ECDHE-RSA-CHACHA20-POLY1305"]),
            ("one cipher: AES128-SHA", "rrrar", &["-cipher", "AES128-SHA"]),
            ("one cipher: CCM", "rrrar", &["-cipher", "AES256-CCM8"]),
            ("one cipher: ARIA", "rrrar", &["-cipher", "ECDHE-ARIA128-GCM-SHA256"]),
            ("one cipher: Camellia", "rrrar", &["-cipher", "DHE-RSA-CAMELLIA256-SHA256"]),
            ("one cipher: DHE", "rrrar", &["-cipher", "DHE-RSA-AES256-GCM-SHA384"]),
            ("one cipher: empty", "rrrar", &["-cipher", "NULL-SHA256:@SECLEVEL=0"]),
            (
                "one cipher: pre-shared",
                "rrrar",
                &["-psk", "1a2b", "-nocert", "-cipher", "PSK-AES128-CBC-SHA"],
            ),
        ];
        for (name, truth, flags) in tls12 {
            self.openssl(name, truth, &[&["-tls1_2"], flags]);
        }
        let old = ["-min_protocol", "TLSv1", "-max_protocol", "TLSv1.2"];
        let anonymous = ["-cipher", "ADH-AES128-SHA:@SECLEVEL=0"];
        self.openssl("anonymous, TLS 1.0 to 1.2", "raaar", &[&old, &anonymous]);
        let camellia = ["-cipher", "CAMELLIA128-SHA:@SECLEVEL=0"];
        self.openssl("Camellia, TLS 1.0 to 1.2", "raaar", &[&old, &camellia]);
        let ccm = ["-ciphersuites", "TLS_AES_128_CCM_8_SHA256"];
        self.openssl("TLS 1.3 with CCM_8 alone", "rrrra", &[&["-tls1_3"], &ccm]);
    }

    fn add_groups(&mut self) {
        self.openssl("TLS 1.3 by P-521", "rrrra", &[&["-tls1_3", "-groups", "P-521"]]);
        self.openssl("TLS 1.3 by X448", "rrrra", &[&["-tls1_3", "-groups", "X448"]]);
        self.openssl("TLS 1.3 by ffdhe3072", "rrrra", &[&["-tls1_3", "-groups", "ffdhe3072"]]);
        let brainpool = ["-groups", "brainpoolP384r1", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256"];
        self.openssl("TLS 1.2 by Brainpool", "rrrar", &[&["-tls1_2"], &brainpool]);
    }

    fn add_certificates(&mut self) {
        let asks = ["-Verify", "2", "-verify_return_error"];
        self.openssl("asks for a certificate, TLS 1.2", "rrrar", &[&["-tls1_2"], &asks]);
        self.openssl("asks for a certificate, TLS 1.2 to 1.3", "rrraa", &[&asks]);
        let kinds = [
            ("elliptic certificate", self.certificates.elliptic.clone()),
            ("expired certificate", self.certificates.expired.clone()),
            ("a chain of many records", self.certificates.long_chain.clone()),
        ];
        for (name, certificate) in kinds {
            let flags = ["-min_protocol", "TLSv1.2"];
            let server = Openssl::start(&certificate, "127.0.0.1", &flags);
            self.add(name, "rrraa", server.address, server);
        }
        let server = Openssl::start(&self.certificates.rsa, "[::1]", &["-min_protocol", "TLSv1.2"]);
        self.add("IPv6", "rrraa", server.address, server);
    }

    fn nginx(
        &mut self,
        name: &'static str,
        truth: &'static str,
        host: &'static str,
        servers: &str,
    ) {
        let server = Nginx::start(&self.certificates.rsa, servers);
        self.add(name, truth, server.address, server);
        self.last().host = host;
    }

    fn add_nginx(&mut self) {
        let server = |more: &str| {
            format!("server {{ listen 127.0.0.1:@PORT@ ssl; {more} return 200 \"good\\n\"; }}\n")
        };
        let plain = server("ssl_protocols TLSv1.2 TLSv1.3;");
        self.nginx("nginx, TLS 1.2 to 1.3", "rrraa", "localhost", &plain);
        let old = "ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_ciphers ALL:@SECLEVEL=0;";
        self.nginx("nginx, TLS 1.0 to 1.3", "raaaa", "localhost", &server(old));
        // It is configured for TLS 1.0, and OpenSSL's level forbids it.
        let forbidden = server("ssl_protocols TLSv1; ssl_ciphers ALL:@SECLEVEL=2;");
        self.nginx("nginx, TLS 1.0 that its level forbids", "uuuuu", "localhost", &forbidden);
        let between = "ssl_protocols TLSv1 TLSv1.1 TLSv1.2; ssl_ciphers ALL:@SECLEVEL=2;";
        self.nginx(
            "nginx, old versions that its level forbids",
            "rrrar",
            "localhost",
            &server(between),
        );
        // The first server's versions count, whatever the one that is asked for says.
        let strict = server(
            "server_name new.example.org; ssl_protocols TLSv1.2; ssl_ciphers ALL:@SECLEVEL=0;",
        );
        let trap = server(&format!("server_name old.example.org; {old}")) + &strict;
        self.nginx("nginx, another name's versions", "raaaa", "new.example.org", &trap);
        let rejecting = "server { listen 127.0.0.1:@PORT@ ssl default_server; \
                         ssl_protocols TLSv1.2 TLSv1.3; ssl_reject_handshake on; }\n";
        let named = server("server_name new.example.org; ssl_protocols TLSv1.2 TLSv1.3;");
        let both = rejecting.to_owned() + &named;
        self.nginx("nginx, other names rejected", "rrraa", "new.example.org", &both);
        self.nginx("nginx, this name rejected", "uuuuu", "other.example.org", &both);
    }

    fn front(&mut self, name: &'static str, truth: &'static str, behaviour: Behaviour) {
        let front = Front::start(behaviour);
        self.add(name, truth, front.address, front);
    }

    fn add_closers(&mut self) {
        self.front("closes at once", "uuuuu", Behaviour::CloseAtOnce);
        self.front("closes after the hello", "uuuuu", Behaviour::Close);
        self.front("resets after the hello", "uuuuu", Behaviour::Reset);
        self.front("speaks HTTP", "uuuuu", Behaviour::Http);
        self.front("speaks SMTP", "uuuuu", Behaviour::Smtp);
        self.front("is silent", "uuuuu", Behaviour::Silent);
        self.last().is_prompt = false;
        let gone = Front::start(Behaviour::Close).address;
        self.add("nobody", "-----", gone, ());
        self.last().is_prompt = false;
    }

    /// In front of a server that takes TLS 1.2 and 1.3, and does as it says with older hellos.
    fn add_fronts(&mut self) {
        let flags = ["-min_protocol", "TLSv1.2"];
        let behind = Openssl::start(&self.certificates.rsa, "127.0.0.1", &flags);
        let address = behind.address;
        let old = |behaviour| Behaviour::OldHellos(address, Box::new(behaviour));
        self.front("old hellos are reset", "rrraa", old(Behaviour::Reset));
        self.front("old hellos are closed", "rrraa", old(Behaviour::Close));
        self.front("old hellos get HTTP", "rrraa", old(Behaviour::Http));
        self.front(
            "old hellos get a ServerHello and an alert",
            "rrraa",
            old(Behaviour::ChooseAndAlert),
        );
        self.front(
            "old hellos get a ServerHello and an end",
            "rrraa",
            old(Behaviour::ChooseAndClose),
        );
        self.front("old hellos are dropped", "rrraa", old(Behaviour::Silent));
        self.last().is_prompt = false;
        let slow = self.slow;
        self.front(
            "answers late",
            "rrraa",
            Behaviour::Relay { to: address, after: slow, bytewise: false },
        );
        self.last().is_prompt = false;
        let bytewise = Behaviour::Relay { to: address, after: Duration::ZERO, bytewise: true };
        self.front("answers byte by byte", "rrraa", bytewise);
        self.front("resets every second connection", "rrraa", Behaviour::EverySecond(address));
        self.front("warns of the name first", "rrraa", Behaviour::Warn(address));
        self.behind.push(behind);
    }

    fn add_oddities(&mut self) {
        self.front("SSL 3.0 alone", "arrrr", Behaviour::Ssl3);
        self.front("chooses SSL 3.0 and TLS 1.0 whatever is offered", "aarrr", Behaviour::Oldest);
        self.front("sends garbage behind a head of TLS", "uuuuu", Behaviour::Garbage);
    }
}
