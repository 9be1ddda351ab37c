//! An endpoint of a webhook on this machine, which answers as it is told and
//! remembers everything it was sent.

use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

/// What to answer to one call.
#[derive(Debug, Clone)]
pub enum Answer {
    /// A status, headers, and a body.
    Say(u16, &'static str, &'static str),
    /// A body that comes to no end.
    Endless,
    Silence,
    /// Closes once it has read everything.
    Close,
}

/// One call, as it came.
#[derive(Debug, Clone)]
pub struct Hit {
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Hit {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|bad| panic!("{bad}: {}", self.body))
    }

    pub fn kind(&self) -> String {
        self.json()["type"].as_str().unwrap().to_owned()
    }
}

#[derive(Default)]
struct State {
    script: VecDeque<Answer>,
    hits: Vec<Hit>,
    connections: usize,
    open: usize,
    most_open: usize,
}

pub struct Receiver {
    pub port: u16,
    state: Arc<Mutex<State>>,
    listening: AbortHandle,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Receiver {
    pub async fn start() -> Self {
        Self::at("127.0.0.1:0".parse().unwrap()).await
    }

    pub async fn at(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::<Mutex<State>>::default();
        let shared = state.clone();
        let listening = tokio::spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else { return };
                tokio::spawn(serve(stream, shared.clone()));
            }
        });
        Self { port, state, listening: listening.abort_handle() }
    }

    /// Beyond the challenge, which it always gives back, it answers these in turn,
    /// and then 200.
    pub fn answering(self, script: impl IntoIterator<Item = Answer>) -> Self {
        self.state.lock().unwrap().script.extend(script);
        self
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hook", self.port)
    }

    pub fn allowed(&self) -> String {
        format!("--webhook-allow=127.0.0.1:{}", self.port)
    }

    pub fn hits(&self) -> Vec<Hit> {
        self.state.lock().unwrap().hits.clone()
    }

    /// Calls beside challenges.
    pub fn told(&self) -> Vec<Hit> {
        self.hits().into_iter().filter(|hit| hit.kind() != "webhook.challenge").collect()
    }

    pub fn connections(&self) -> usize {
        self.state.lock().unwrap().connections
    }

    /// Most calls that were under way at one moment.
    pub fn most_open(&self) -> usize {
        self.state.lock().unwrap().most_open
    }
}

async fn serve(stream: TcpStream, state: Arc<Mutex<State>>) {
    {
        let mut state = state.lock().unwrap();
        state.connections += 1;
        state.open += 1;
        state.most_open = state.most_open.max(state.open);
    }
    answer(stream, &state).await;
    state.lock().unwrap().open -= 1;
}

async fn answer(stream: TcpStream, state: &Mutex<State>) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let hit = read(&mut stream).await?;
    let json: Value = serde_json::from_str(&hit.body).unwrap_or_default();
    let challenge = json["data"]["challenge"].as_str().map(str::to_owned);
    let told = {
        let mut state = state.lock().unwrap();
        state.hits.push(hit);
        match &challenge {
            Some(_) => None,
            None => state.script.pop_front(),
        }
    };
    let (status, headers, body) = match told {
        None => (200, "", challenge.unwrap_or_default()),
        Some(Answer::Say(status, headers, body)) => (status, headers, body.to_owned()),
        Some(Answer::Close) => return None,
        Some(Answer::Silence) => {
            let mut rest = Vec::new();
            // Until the other side gives up.
            let _ = stream.read_to_end(&mut rest).await;
            return None;
        }
        Some(Answer::Endless) => {
            let head = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n";
            stream.write_all(head).await.ok()?;
            loop {
                stream.write_all(&[b'x'; 4096]).await.ok()?;
            }
        }
    };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} Told\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n"
    );
    stream.write_all(head.as_bytes()).await.ok()?;
    stream.write_all(body.as_bytes()).await.ok()
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Hit> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").and_then(|n| n.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(Hit { path, headers, body: String::from_utf8(body).ok()? })
}

/// Waits for what happens in another task.
pub async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !is_so().await {
        assert!(began.elapsed() < Duration::from_secs(30), "{what} did not happen");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
