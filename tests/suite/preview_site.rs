//! A preview of a folder that a test may change: a real server on a loopback
//! port over real files.

use crate::web_service::Answer;
use chrono::{DateTime, Utc};
use fairwarning::clock::Clock;
use fairwarning::preview::Preview;
use fairwarning::web::{PreviewSite, start_preview};
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// Long enough for a busy machine; nothing waits for all of it.
const PATIENCE: Duration = Duration::from_secs(30);

pub const LABELS: &str = "title: Old labels end
kind: retirement
announced: 2026-01-01
summary: Old labels end on {{cutoff}}.
schedule:
  cutoff: 2026-09-01
  rows:
    test: {environment: test, apis: [labels], cutoff: 2026-06-01}
    prod: {environment: prod, apis: [labels]}
";

pub struct TestPreview {
    pub address: String,
    pub dir: PathBuf,
    pub client: reqwest::Client,
    following: tokio::task::JoinHandle<()>,
    handle: actix_web::dev::ServerHandle,
    /// Kept for as long as it is previewed.
    folder: Option<TempDir>,
}

/// A folder with the program `parcels` and its notice `labels`.
pub fn parcels() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("parcels");
    fs::create_dir(&program).unwrap();
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/declarations/base");
    for name in ["program.yaml", "apis.yaml"] {
        fs::copy(base.join(name), program.join(name)).unwrap();
    }
    fs::write(program.join("labels.yaml"), LABELS).unwrap();
    folder
}

impl TestPreview {
    /// Of `parcels`, in February 2026.
    pub fn of_parcels() -> Self {
        let folder = parcels();
        let mut preview = Self::of(folder.path(), "2026-02-01T12:00:00Z");
        preview.folder = Some(folder);
        preview
    }

    pub fn of_samples() -> Self {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("notices");
        Self::of(&dir, "2020-04-01T12:00:00Z")
    }

    pub fn of(dir: &Path, now: &str) -> Self {
        let now: DateTime<Utc> = now.parse().unwrap();
        let (preview, watch) = Preview::open(dir, Clock::fixed(now)).unwrap();
        assert!(watch.is_complete(), "this system tells of changes");
        let preview = Arc::new(preview);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let site = PreviewSite::new(preview.clone(), false).unwrap();
        let server = start_preview(site, listener).unwrap();
        let handle = server.handle();
        tokio::spawn(server);
        let following = tokio::spawn(preview.follow(watch, |_| {}));
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        let dir = dir.to_owned();
        Self { address, dir, client, following, handle, folder: None }
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.dir.join(name), text).unwrap();
    }

    pub async fn ask(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.client.get(format!("{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Answer { status, headers, body: response.text().await.unwrap() }
    }

    /// An answer that must be good.
    pub async fn page(&self, path: &str) -> String {
        let answer = self.ask(path, &[]).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.body
    }

    /// A browser that is told of changes. What it is told first is where it began.
    pub async fn watching(&self) -> Watching {
        let response = self.client.get(format!("{}/events", self.address)).send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut watching = Watching { response, text: String::new() };
        watching.turn().await;
        watching
    }
}

impl Drop for TestPreview {
    fn drop(&mut self) {
        self.following.abort();
        drop(self.handle.stop(false));
    }
}

/// The receiving end of the stream of events.
pub struct Watching {
    response: reqwest::Response,
    text: String,
}

impl Watching {
    /// Waits for the next turn and gives its name.
    pub async fn turn(&mut self) -> String {
        tokio::time::timeout(PATIENCE, async {
            loop {
                if let Some((event, rest)) = self.text.split_once("\n\n") {
                    let turn = event.lines().find_map(|line| line.strip_prefix("data: "));
                    let turn = turn.map(str::to_owned);
                    self.text = rest.to_owned();
                    if let Some(turn) = turn {
                        return turn;
                    }
                    continue;
                }
                let chunk = self.response.chunk().await.unwrap().expect("the stream goes on");
                self.text += std::str::from_utf8(&chunk).unwrap();
            }
        })
        .await
        .expect("a change is told")
    }

    /// Waits until the page at `path` satisfies `is_there`, turn by turn.
    pub async fn until(
        &mut self,
        preview: &TestPreview,
        path: &str,
        is_there: impl Fn(&str) -> bool,
    ) -> String {
        loop {
            let page = preview.ask(path, &[]).await.body;
            if is_there(&page) {
                return page;
            }
            self.turn().await;
        }
    }
}
