//! The service as clients meet it: a real server on a loopback port, over a
//! database of its own, with a clock that a test can set.

use crate::test_office::TestOffice;
use chrono::{DateTime, Utc};
use fairwarning::clock::Clock;
use fairwarning::config::{DatabaseUrl, PublicUrl, ServingSettings, SingleSignOn};
use fairwarning::notice::{OfficeScope, Publication, Workspace};
use fairwarning::store::Store;
use fairwarning::tokens;
use fairwarning::web::{self, Deprecation, Service};
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};

/// When the fixture's rows are in as many different states as they can be.
pub const NOON: &str = "2026-03-10T12:00:00Z";

pub static WORKSPACE: LazyLock<Workspace> =
    LazyLock::new(|| serde_json::from_str(include_str!("fixtures/parcels.json")).unwrap());

pub struct WebService {
    pub address: String,
    pub client: reqwest::Client,
    pub service: Arc<Service>,
    pub clock: Clock,
    pub folder: tempfile::TempDir,
    now_us: Arc<AtomicI64>,
    handle: actix_web::dev::ServerHandle,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|bad| panic!("{bad}: {}", self.body))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// One member of every item.
    pub fn column(&self, member: &str) -> Vec<String> {
        let json = self.json();
        let items = json["items"].as_array().unwrap_or_else(|| panic!("{json}"));
        items.iter().map(|item| item[member].as_str().unwrap_or_default().to_owned()).collect()
    }
}

pub fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

impl WebService {
    /// Serving the fixture, at [`NOON`].
    pub async fn start() -> Self {
        let service = Self::start_empty(false).await;
        service.publish(WORKSPACE.clone()).await;
        service
    }

    /// Nothing published yet.
    pub async fn start_empty(is_https: bool) -> Self {
        Self::start_with(is_https, None).await
    }

    pub async fn start_with(is_https: bool, intake_secret: Option<&str>) -> Self {
        Self::start_as(is_https, intake_secret, &[]).await
    }

    /// Serving the fixture, whose table these sites may show in a frame.
    pub async fn embedded_by(origins: &[&str]) -> Self {
        let service = Self::start_as(false, None, origins).await;
        service.publish(WORKSPACE.clone()).await;
        service
    }

    /// Serving the fixture, and taking these back of the API.
    pub async fn deprecating(deprecations: Vec<Deprecation>) -> Self {
        let told = (None, <_>::default(), Some(deprecations));
        let service = Self::start_within(false, None, &[], told).await;
        service.publish(WORKSPACE.clone()).await;
        service
    }

    /// Serving the fixture, and bearing so much.
    pub async fn start_bearing(serving: ServingSettings) -> Self {
        let service = Self::start_within(false, None, &[], (None, serving, None)).await;
        service.publish(WORKSPACE.clone()).await;
        service
    }

    /// Serving the fixture behind a proxy that logs people in.
    pub async fn signing_on(trusted: Option<SingleSignOn>) -> Self {
        let told = (trusted, <_>::default(), None);
        let service = Self::start_within(false, None, &[], told).await;
        service.publish(WORKSPACE.clone()).await;
        service
    }

    async fn start_as(is_https: bool, intake_secret: Option<&str>, framers: &[&str]) -> Self {
        Self::start_within(is_https, intake_secret, framers, <_>::default()).await
    }

    async fn start_within(
        is_https: bool,
        intake_secret: Option<&str>,
        framers: &[&str],
        (single_sign_on, serving, deprecations): (
            Option<SingleSignOn>,
            ServingSettings,
            Option<Vec<Deprecation>>,
        ),
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::Sqlite(folder.path().join("web.db"));
        let now_us = Arc::new(AtomicI64::new(instant(NOON).timestamp_micros()));
        let told = now_us.clone();
        let clock = Clock::telling(move || {
            DateTime::from_timestamp_micros(told.load(Ordering::SeqCst)).unwrap()
        });
        let store = Store::open_told(&url, clock.clone()).await.unwrap();
        let public_url = is_https.then(|| PublicUrl::parse("https://notices.example").unwrap());
        let service = Service::open(store, clock.clone(), public_url).await.unwrap();
        let service = service.serving(serving).taking_in(intake_secret.map(SecretString::from));
        let framers: Vec<_> = framers.iter().map(|origin| origin.parse().unwrap()).collect();
        let service = service.embedded_by(&framers).signing_on(single_sign_on);
        let service = match deprecations {
            Some(deprecations) => service.deprecating(deprecations),
            None => service,
        };
        // Whom a request comes from is what a test says.
        let service = Arc::new(service.trusting(vec!["127.0.0.1".parse().unwrap()]));
        Self::serving(service, clock, now_us, folder)
    }

    /// Over an office that is at work, by its clock.
    pub async fn over(office: &TestOffice) -> Self {
        Self::over_at(office, None).await
    }

    /// The same, known to the world by an address.
    pub async fn over_at(office: &TestOffice, public_url: Option<PublicUrl>) -> Self {
        let (store, clock) = (office.store.clone(), office.clock.clock());
        let service = Service::open(store, clock.clone(), public_url).await.unwrap();
        web::refresh(&service).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        Self::serving(Arc::new(service), clock, Arc::default(), folder)
    }

    fn serving(
        service: Arc<Service>,
        clock: Clock,
        now_us: Arc<AtomicI64>,
        folder: tempfile::TempDir,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let server = web::start(service.clone(), listener, 1).unwrap();
        let handle = server.handle();
        tokio::spawn(server);
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        Self { address, client, service, clock, now_us, handle, folder }
    }

    pub async fn publish(&self, workspace: Workspace) {
        let publication = Publication::new(workspace, BTreeMap::new());
        let store = self.service.store();
        let parent = store.current_publication_id().await.unwrap();
        store.publish(&publication, parent, self.service.now()).await.unwrap();
        assert!(web::refresh(&self.service).await.unwrap(), "a new publication is served");
    }

    pub fn set_clock(&self, at: &str) {
        self.now_us.store(instant(at).timestamp_micros(), Ordering::SeqCst);
    }

    /// The value of `Authorization` for somebody of the office.
    pub async fn token(&self, scope: OfficeScope) -> String {
        let (store, now) = (self.service.store(), self.service.now());
        let name = format!("holder {}", store.tokens().await.unwrap().len());
        let token = tokens::create(store, &name, scope, None, now).await.unwrap();
        format!("Bearer {}", token.expose_secret())
    }

    pub async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.client.request(method, format!("{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Answer { status, headers, body: response.text().await.unwrap() }
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_as(path, fields, &[]).await
    }

    pub async fn post_as(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Answer {
        let body =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let form = ("content-type", "application/x-www-form-urlencoded");
        let headers: Vec<_> = std::iter::once(form).chain(headers.iter().copied()).collect();
        self.send(path, &headers, body).await
    }

    pub async fn send(&self, path: &str, headers: &[(&str, &str)], body: String) -> Answer {
        let mut request = self.client.post(format!("{}{path}", self.address)).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Answer { status, headers, body: response.text().await.unwrap() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[]).await
    }

    /// An answer that must be good.
    pub async fn items(&self, path: &str) -> Answer {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer
    }
}

impl Drop for WebService {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}
