//! A mail server that misbehaves as it is told, where no real one will, and
//! remembers everything it was sent.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

/// Where in the dialogue the server is asked what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Greeting,
    Ehlo,
    StartTls,
    Mail,
    Rcpt,
    Data,
    /// After the final dot.
    Content,
}

pub enum Answer {
    /// Go on as a well-behaved server would.
    Fine,
    Say(&'static str),
    /// Say it and close.
    SayAndClose(&'static str),
    Close,
    Silence,
    /// A reply that comes to no end: a byte a second.
    Drip,
}

#[derive(Debug, Clone, Default)]
pub struct Received {
    pub from: String,
    pub to: String,
    /// With the dots still doubled, without the final one.
    pub content: String,
}

impl Received {
    pub fn header(&self, name: &str) -> String {
        let prefix = format!("{name}: ");
        let headers = self.content.split("\r\n\r\n").next().unwrap();
        let unfolded = headers.replace("\r\n ", " ").replace("\r\n\t", " ");
        let found: Vec<&str> =
            unfolded.split("\r\n").filter_map(|line| line.strip_prefix(&prefix)).collect();
        assert_eq!(found.len(), 1, "{name} stands once in {headers}");
        found[0].to_owned()
    }
}

#[derive(Debug, Clone, Default)]
pub struct Log {
    /// Every command.
    pub lines: Vec<String>,
    /// Every message whose final dot arrived, accepted or not.
    pub messages: Vec<Received>,
}

type Script = dyn Fn(Step, &str) -> Answer + Send + Sync;

/// How much is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Memory {
    Everything,
    /// The heads of messages alone: enough to count very many.
    Heads,
}

pub struct ScriptedServer {
    pub port: u16,
    log: Arc<Mutex<Log>>,
    clients: Arc<AtomicUsize>,
    task: AbortHandle,
}

impl Drop for ScriptedServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl ScriptedServer {
    pub async fn start(script: impl Fn(Step, &str) -> Answer + Send + Sync + 'static) -> Self {
        Self::offering(&["8BITMIME"], script).await
    }

    pub async fn offering(
        extensions: &'static [&'static str],
        script: impl Fn(Step, &str) -> Answer + Send + Sync + 'static,
    ) -> Self {
        Self::open(extensions, Memory::Everything, Arc::new(script)).await
    }

    /// Remembers no commands, and of the messages their heads alone.
    pub async fn counting(script: impl Fn(Step, &str) -> Answer + Send + Sync + 'static) -> Self {
        Self::open(&["8BITMIME"], Memory::Heads, Arc::new(script)).await
    }

    async fn open(
        extensions: &'static [&'static str],
        memory: Memory,
        script: Arc<Script>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let log = Arc::new(Mutex::new(Log::default()));
        let clients = Arc::new(AtomicUsize::new(0));
        let (shared, connected) = (log.clone(), clients.clone());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let dialogue = Dialogue {
                    stream: BufReader::new(stream),
                    extensions,
                    memory,
                    script: script.clone(),
                    log: shared.clone(),
                };
                let connected = connected.clone();
                connected.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(async move {
                    // A client that goes away in the middle is part of the play.
                    let _ = dialogue.run().await;
                    connected.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self { port, log, clients, task: task.abort_handle() }
    }

    /// How many clients are connected. What one sent before it was killed still
    /// arrives until it counts as gone.
    pub fn clients(&self) -> usize {
        self.clients.load(Ordering::SeqCst)
    }

    /// How many messages arrived, accepted or not.
    pub fn taken(&self) -> usize {
        self.log.lock().unwrap().messages.len()
    }

    pub fn log(&self) -> Log {
        self.log.lock().unwrap().clone()
    }
}

struct Dialogue {
    stream: BufReader<TcpStream>,
    extensions: &'static [&'static str],
    memory: Memory,
    script: Arc<Script>,
    log: Arc<Mutex<Log>>,
}

impl Dialogue {
    async fn run(mut self) -> Option<()> {
        self.answer(Step::Greeting, "", "220 scripted ESMTP").await?;
        let mut received = Received::default();
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            let line = line.trim_end();
            if self.memory == Memory::Everything {
                self.log.lock().unwrap().lines.push(line.to_owned());
            }
            let verb = line.split([' ', ':']).next().unwrap().to_ascii_uppercase();
            let path = line.split(['<', '>']).nth(1).unwrap_or_default();
            match verb.as_str() {
                "EHLO" => {
                    let offers = self.extensions.iter().map(|e| format!("250-{e}\r\n"));
                    let offers = offers.collect::<String>();
                    let fine = format!("250-scripted\r\n{offers}250 HELP");
                    self.answer(Step::Ehlo, line, &fine).await?;
                }
                "STARTTLS" => self.answer(Step::StartTls, line, "220 go ahead").await?,
                "MAIL" => {
                    received = Received { from: path.to_owned(), ..Received::default() };
                    self.answer(Step::Mail, path, "250 ok").await?;
                }
                "RCPT" => {
                    received.to = path.to_owned();
                    self.answer(Step::Rcpt, path, "250 ok").await?;
                }
                "DATA" => self.data(&mut received).await?,
                "QUIT" => {
                    self.say("221 bye").await?;
                    return None;
                }
                _ => self.say("250 ok").await?,
            }
        }
    }

    async fn data(&mut self, received: &mut Received) -> Option<()> {
        let to = received.to.clone();
        match (self.script)(Step::Data, &to) {
            Answer::Fine => self.say("354 go on").await?,
            other => return self.act(other).await,
        }
        let (mut content, mut line) = (Vec::new(), Vec::new());
        let mut is_head = true;
        loop {
            line.clear();
            if self.stream.read_until(b'\n', &mut line).await.ok()? == 0 {
                return None;
            }
            if line == b".\r\n" {
                if content.is_empty() {
                    return self.say("554 5.5.1 no valid recipients").await;
                }
                break;
            }
            is_head &= line != b"\r\n";
            if is_head || self.memory == Memory::Everything {
                content.extend_from_slice(&line);
            }
        }
        received.content = String::from_utf8(content).unwrap();
        // Before the answer: what is not answered any more has arrived as well.
        self.log.lock().unwrap().messages.push(received.clone());
        self.answer(Step::Content, &to, "250 2.0.0 taken").await
    }

    async fn answer(&mut self, step: Step, about: &str, fine: &str) -> Option<()> {
        match (self.script)(step, about) {
            Answer::Fine => self.say(fine).await,
            other => self.act(other).await,
        }
    }

    async fn act(&mut self, answer: Answer) -> Option<()> {
        match answer {
            Answer::Fine => unreachable!("asked only where there is nothing fine to say"),
            Answer::Say(text) => self.say(text).await,
            Answer::SayAndClose(text) => {
                self.say(text).await?;
                None
            }
            Answer::Close => None,
            Answer::Silence => std::future::pending().await,
            Answer::Drip => loop {
                self.stream.get_mut().write_all(b"2").await.ok()?;
                tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            },
        }
    }

    async fn say(&mut self, text: &str) -> Option<()> {
        self.stream.get_mut().write_all(format!("{text}\r\n").as_bytes()).await.ok()
    }
}
