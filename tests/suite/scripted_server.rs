//! A mail server that misbehaves as it is told, where no real one will, and
//! remembers everything it was sent.

use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
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

pub struct ScriptedServer {
    pub port: u16,
    log: Arc<Mutex<Log>>,
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
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let log = Arc::new(Mutex::new(Log::default()));
        let script: Arc<Script> = Arc::new(script);
        let shared = log.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let dialogue = Dialogue {
                    stream: BufReader::new(stream),
                    extensions,
                    script: script.clone(),
                    log: shared.clone(),
                };
                // A client that goes away in the middle is part of the play.
                tokio::spawn(dialogue.run());
            }
        });
        Self { port, log, task: task.abort_handle() }
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
            self.log.lock().unwrap().lines.push(line.to_owned());
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
        let mut content = Vec::new();
        while !content.ends_with(b"\r\n.\r\n") {
            content.push(self.stream.read_u8().await.ok()?);
            if content == b".\r\n" {
                return self.say("554 5.5.1 no valid recipients").await;
            }
        }
        content.truncate(content.len() - 3);
        received.content = String::from_utf8(content).unwrap();
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
