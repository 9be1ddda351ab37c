//! Small servers that do with a hello what no library would, and fronts of real ones.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{sleep, spawn};
use std::time::Duration;

pub enum Behaviour {
    /// It closes before it has read anything.
    CloseAtOnce,
    Close,
    Reset,
    Silent,
    Http,
    Smtp,
    Garbage,
    /// These bytes, as many of them as are taken.
    Say(Vec<u8>),
    /// A ServerHello with the version that was offered, and alert 80.
    ChooseAndAlert,
    ChooseAndClose,
    /// SSL 3.0 is taken, and what offers more gets alert 70.
    Ssl3,
    /// SSL 3.0 and TLS 1.0 are taken, and TLS 1.0 is chosen where more is offered.
    Oldest,
    /// Hellos of TLS 1.2 and later go to that server, the others meet with this.
    OldHellos(SocketAddr, Box<Behaviour>),
    /// All goes to a server.
    Relay {
        to: SocketAddr,
        after: Duration,
        bytewise: bool,
    },
    /// The first connection goes to that server, the second is reset, and so on.
    EverySecond(SocketAddr),
    /// A warning comes first, and then what that server says.
    Warn(SocketAddr),
}

/// It listens until it is dropped.
pub struct Front {
    pub address: SocketAddr,
    is_over: Arc<AtomicBool>,
}

impl Front {
    pub fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let is_over = Arc::new(AtomicBool::new(false));
        let ends = is_over.clone();
        let (behaviour, count) = (Arc::new(behaviour), Arc::new(AtomicUsize::new(0)));
        spawn(move || {
            for stream in listener.incoming() {
                if ends.load(Ordering::SeqCst) {
                    break;
                }
                let Ok(stream) = stream else { continue };
                let (behaviour, number) = (behaviour.clone(), count.fetch_add(1, Ordering::SeqCst));
                // Whatever breaks, the client sees it.
                spawn(move || drop(meet(stream, &behaviour, number)));
            }
        });
        Self { address, is_over }
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        // It wakes up, sees that it is over, and closes the listener.
        if let Ok(mut stream) = TcpStream::connect(self.address) {
            let _ = stream.read(&mut [0]);
        }
    }
}

fn meet(mut client: TcpStream, behaviour: &Behaviour, number: usize) -> std::io::Result<()> {
    // What is closed before it was read is reset by the system.
    let mut peeked = [0; 64];
    match behaviour {
        Behaviour::CloseAtOnce => return client.shutdown(Shutdown::Both),
        Behaviour::Smtp => client.write_all(b"220 mail.example.org ESMTP\r\n")?,
        _ => {}
    }
    let seen = client.peek(&mut peeked)?;
    match behaviour {
        Behaviour::Reset => return Ok(()),
        Behaviour::EverySecond(_) if number % 2 == 1 => return Ok(()),
        Behaviour::EverySecond(to) => return relay(client, *to, Duration::ZERO, false),
        Behaviour::OldHellos(_, otherwise) if highest(&peeked[..seen]) < 0x0303 => {
            return meet(client, otherwise, number);
        }
        Behaviour::OldHellos(to, _) => return relay(client, *to, Duration::ZERO, false),
        Behaviour::Relay { to, after, bytewise } => return relay(client, *to, *after, *bytewise),
        Behaviour::Warn(to) => {
            client.write_all(&[21, 3, 1, 0, 2, 1, 112])?;
            return relay(client, *to, Duration::ZERO, false);
        }
        _ => {}
    }
    let offered = highest(&peeked[..seen]);
    let mut hello = [0; 1024];
    // However much of it that is.
    let _ = client.read(&mut hello)?;
    match behaviour {
        Behaviour::Silent => return until_closed(client),
        Behaviour::Http => client.write_all(
            b"HTTP/1.1 400 Bad Request\r\nContent-Length: 4\r\nConnection: close\r\n\r\nTLS?",
        )?,
        Behaviour::Say(bytes) => client.write_all(bytes)?,
        Behaviour::Garbage => client.write_all(&[22, 3, 3, 0, 9, 99, 1, 2, 3, 4, 5, 6, 7, 8])?,
        Behaviour::ChooseAndAlert => {
            client.write_all(&server_hello(offered))?;
            client.write_all(&alert(offered, 80))?;
        }
        Behaviour::ChooseAndClose => client.write_all(&server_hello(offered))?,
        Behaviour::Ssl3 if offered > 0x0300 => client.write_all(&alert(0x0300, 70))?,
        Behaviour::Ssl3 | Behaviour::Oldest => {
            let chosen = offered.min(0x0301);
            client.write_all(&server_hello(chosen))?;
            client.write_all(&rest_of_flight(chosen))?;
        }
        _ => {}
    }
    client.shutdown(Shutdown::Write)?;
    until_closed(client)
}

fn until_closed(mut client: TcpStream) -> std::io::Result<()> {
    let mut buffer = [0; 1024];
    while client.read(&mut buffer)? > 0 {}
    Ok(())
}

/// What the fixed part of a hello offers, which is TLS 1.2 for TLS 1.3.
fn highest(hello: &[u8]) -> u16 {
    match hello {
        [22, 3, _, _, _, 1, _, _, _, major, minor, ..] => u16::from_be_bytes([*major, *minor]),
        _ => 0,
    }
}

fn record(kind: u8, version: u16, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap();
    [&[kind], version.to_be_bytes().as_slice(), &length.to_be_bytes(), content].concat()
}

fn alert(version: u16, code: u8) -> Vec<u8> {
    record(21, version, &[2, code])
}

fn server_hello(version: u16) -> Vec<u8> {
    let mut body = version.to_be_bytes().to_vec();
    body.extend([7; 32]);
    // No session, AES128-SHA, no compression.
    body.extend([0, 0, 0x2f, 0]);
    let length = u8::try_from(body.len()).unwrap();
    record(22, version, &[&[2, 0, 0, length], body.as_slice()].concat())
}

/// An empty certificate, and ServerHelloDone.
fn rest_of_flight(version: u16) -> Vec<u8> {
    record(22, version, &[11, 0, 0, 3, 0, 0, 0, 14, 0, 0, 0])
}

fn relay(
    client: TcpStream,
    to: SocketAddr,
    after: Duration,
    bytewise: bool,
) -> std::io::Result<()> {
    sleep(after);
    let server = TcpStream::connect(to)?;
    server.set_nodelay(true)?;
    client.set_nodelay(true)?;
    let (from_client, to_server) = (client.try_clone()?, server.try_clone()?);
    let upwards = spawn(move || copy(from_client, to_server, usize::MAX));
    let size = if bytewise { 1 } else { usize::MAX };
    let downwards = copy(server, client, size);
    drop(upwards.join());
    downwards
}

/// Until one side ends, which ends the other.
fn copy(mut from: TcpStream, mut to: TcpStream, size: usize) -> std::io::Result<()> {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        let written = buffer[..count].chunks(size).try_for_each(|part| to.write_all(part));
        if written.is_err() {
            let _ = from.shutdown(Shutdown::Both);
            break;
        }
    }
    to.shutdown(Shutdown::Write)
}
