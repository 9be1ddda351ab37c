//! What every handler shares: the present snapshot, the store, the clock.

use super::api::openapi::Described;
use super::changes::Comparing;
use super::deprecations::{self, Deprecation};
use super::follow::FollowError;
use super::history::History;
use super::office::Figures;
use super::problem::ApiError;
use super::quota::Quota;
use super::security;
use super::snapshot::Snapshot;
use super::strangers::Limits;
use super::work::Work;
use crate::clock::Clock;
use crate::config::{Origin, PublicUrl, ServingSettings, SingleSignOn};
use crate::http_client::Reach;
use crate::links::Keys;
use crate::metrics::Metrics;
use crate::notice::{Network, PeerDetail, ProgramId};
use crate::render::{RenderError, Renderer};
use crate::schedule::Instant;
use crate::store::{PublicationId, Store, StoreError};
use crate::subscribers;
use actix_web::http::header::HeaderValue;
use arc_swap::{ArcSwap, ArcSwapOption};
use secrecy::SecretString;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// A store that takes longer than this to answer is as good as gone.
const STORE_PATIENCE: Duration = Duration::from_secs(2);

#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("a built-in template fails: {0}")]
    Render(#[from] RenderError),
}

pub struct Service {
    snapshot: ArcSwapOption<Snapshot>,
    history: History,
    comparing: Comparing,
    store: Store,
    keys: ArcSwap<Keys>,
    clock: Clock,
    /// The address by which the world knows us, where one is configured.
    public_url: Option<PublicUrl>,
    metrics: Arc<Metrics>,
    /// What lets mail be handed in over HTTP; nothing is taken in without it.
    intake_secret: Option<SecretString>,
    /// For pages that must appear even before anything is published.
    built_in: Renderer,
    limits: Limits,
    serving: ServingSettings,
    /// What anybody may ask for; absent where that is not bounded.
    quota: Option<Quota>,
    work: Work,
    /// Of failed attempts to log in.
    logins: Limits,
    figures: Figures,
    single_sign_on: Option<SingleSignOn>,
    /// Who may say whom a request comes from.
    trusted_proxies: Vec<Network>,
    /// Where webhooks may lead.
    reach: Reach,
    /// What we take back of our own API, and the description that says so.
    deprecations: Vec<Deprecation>,
    described: OnceLock<Described>,
    /// What the page to embed may do, and who may frame it.
    embed_policy: HeaderValue,
}

impl Service {
    /// Takes the keys of links from the store, and serves nothing yet.
    pub async fn open(
        store: Store,
        clock: Clock,
        public_url: Option<PublicUrl>,
    ) -> Result<Self, ServiceError> {
        let keys = ArcSwap::from_pointee(subscribers::load_keys(&store, clock.now()).await?);
        let built_in = Renderer::new(&BTreeMap::new())?;
        let (snapshot, history) = (ArcSwapOption::empty(), History::default());
        let (metrics, intake_secret) = (Arc::default(), None);
        let (limits, trusted_proxies) = (Limits::default(), Vec::new());
        let reach = Reach::of_strangers(&[]);
        let serving = ServingSettings::default();
        Ok(Self {
            snapshot,
            history,
            comparing: Comparing::default(),
            store,
            keys,
            clock,
            public_url,
            metrics,
            intake_secret,
            built_in,
            limits,
            serving,
            quota: serving.requests_per_minute.map(Quota::new),
            work: Work::new(serving.requests_at_once),
            logins: Limits::default(),
            figures: Figures::default(),
            single_sign_on: None,
            trusted_proxies,
            reach,
            deprecations: deprecations::present(),
            described: OnceLock::new(),
            embed_policy: security::embed_policy(&[]),
        })
    }

    /// Counts in these figures.
    pub fn counting(self, metrics: Arc<Metrics>) -> Self {
        Self { metrics, ..self }
    }

    /// Takes in mail from whoever knows the secret.
    pub fn taking_in(self, intake_secret: Option<SecretString>) -> Self {
        Self { intake_secret, ..self }
    }

    /// Bears so much.
    pub fn serving(self, serving: ServingSettings) -> Self {
        let quota = serving.requests_per_minute.map(Quota::new);
        Self { serving, quota, work: Work::new(serving.requests_at_once), ..self }
    }

    pub fn serving_settings(&self) -> &ServingSettings {
        &self.serving
    }

    pub fn quota(&self) -> Option<&Quota> {
        self.quota.as_ref()
    }

    pub fn work(&self) -> &Work {
        &self.work
    }

    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// The same for whoever outlives a request.
    pub fn shared_metrics(&self) -> Arc<Metrics> {
        self.metrics.clone()
    }

    pub fn intake_secret(&self) -> Option<&SecretString> {
        self.intake_secret.as_ref()
    }

    /// Takes the word of these proxies for whom a request comes from.
    pub fn trusting(self, trusted_proxies: Vec<Network>) -> Self {
        Self { trusted_proxies, ..self }
    }

    /// Takes a proxy's word for who of the office asks.
    pub fn signing_on(self, single_sign_on: Option<SingleSignOn>) -> Self {
        Self { single_sign_on, ..self }
    }

    pub fn single_sign_on(&self) -> Option<&SingleSignOn> {
        self.single_sign_on.as_ref()
    }

    /// Of failed attempts to log in.
    pub fn logins(&self) -> &Limits {
        &self.logins
    }

    /// What the office counts now and then.
    pub fn figures(&self) -> &Figures {
        &self.figures
    }

    /// Lets these sites show the table in a frame.
    pub fn embedded_by(self, origins: &[Origin]) -> Self {
        Self { embed_policy: security::embed_policy(origins), ..self }
    }

    pub fn embed_policy(&self) -> &HeaderValue {
        &self.embed_policy
    }

    /// Takes these back of our own API.
    pub fn deprecating(self, deprecations: Vec<Deprecation>) -> Self {
        Self { deprecations, ..self }
    }

    pub fn deprecations(&self) -> &[Deprecation] {
        &self.deprecations
    }

    /// The description of the API.
    pub fn described(&self) -> &Described {
        self.described.get_or_init(|| Described::new(&self.deprecations))
    }

    /// Lets webhooks lead so far.
    pub fn reaching(self, reach: Reach) -> Self {
        Self { reach, ..self }
    }

    pub fn reach(&self) -> &Reach {
        &self.reach
    }

    /// Puts a new snapshot in place, and hands out the one before. Requests under
    /// way keep the one they have.
    pub fn swap(&self, snapshot: Arc<Snapshot>) -> Option<Arc<Snapshot>> {
        self.snapshot.swap(Some(snapshot))
    }

    pub fn snapshot(&self) -> Result<Arc<Snapshot>, ApiError> {
        self.snapshot.load_full().ok_or(ApiError::NotReady("nothing has been published yet"))
    }

    /// What was published at `as_of`, which must not lie ahead: what will be
    /// published until then is not known.
    pub async fn snapshot_as_of(&self, as_of: Instant) -> Result<Arc<Snapshot>, ApiError> {
        if as_of > self.now() {
            let detail = "as_of: it lies ahead: what will be declared by then is not known";
            return Err(ApiError::NotFound(detail.to_owned()));
        }
        let id = self.store.publication_id_at(as_of).await.map_err(ApiError::internal)?;
        let id = id.ok_or_else(|| {
            ApiError::NotFound("nothing had been published at that moment".to_owned())
        })?;
        self.publication(id).await
    }

    /// What was published under this number, which is in the store.
    pub async fn publication(&self, id: PublicationId) -> Result<Arc<Snapshot>, ApiError> {
        let found = self.snapshot_of(id).await?;
        found.ok_or_else(|| ApiError::internal(FollowError::Gone(id.get())))
    }

    /// One publication, where it is in the store.
    pub async fn snapshot_of(&self, id: PublicationId) -> Result<Option<Arc<Snapshot>>, ApiError> {
        if let Some(present) = self.snapshot.load_full().filter(|present| present.id == id) {
            return Ok(Some(present));
        }
        match self.history.snapshot(&self.store, id).await {
            Ok(found) => Ok(Some(found)),
            Err(FollowError::Gone(_)) => Ok(None),
            Err(failure) => Err(ApiError::internal(failure)),
        }
    }

    /// How many earlier publications are kept ready to answer from.
    pub async fn earlier_snapshots(&self) -> usize {
        self.history.len().await
    }

    pub fn comparing(&self) -> &Comparing {
        &self.comparing
    }

    pub fn store(&self) -> &Store {
        &self.store
    }

    pub fn keys(&self) -> Arc<Keys> {
        self.keys.load_full()
    }

    /// Takes up keys that were made since: whoever sends may sign with them before
    /// this process has seen one.
    pub async fn refresh_keys(&self) -> Result<(), StoreError> {
        let listed = self.store.listed_keys().await?;
        if listed.len() != self.keys().count() {
            let keys = subscribers::load_keys(&self.store, self.clock.now()).await?;
            self.keys.store(Arc::new(keys));
        }
        Ok(())
    }

    /// How much a program keeps of the addresses of those who try its test endpoints.
    pub fn kept_of_peers(&self, program: &ProgramId) -> PeerDetail {
        let snapshot = self.snapshot.load();
        let workspace = snapshot.as_deref().map(|snapshot| snapshot.index.workspace());
        let program = workspace.and_then(|workspace| workspace.programs.get(program));
        program.map_or(PeerDetail::Truncated, |program| program.settings.rehearsals.peers)
    }

    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    pub fn trusted_proxies(&self) -> &[Network] {
        &self.trusted_proxies
    }

    /// Whether readers reach us by https; a proxy in front ends TLS.
    pub fn is_https(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.as_str().starts_with("https:"))
    }

    /// A page's absolute address, where the public one is configured.
    pub fn canonical(&self, path: &str) -> Option<String> {
        self.public_url.as_ref().map(|url| url.join(path))
    }

    /// The host by which the world knows us, where one is configured.
    pub fn public_host(&self) -> Option<String> {
        self.public_url.as_ref().and_then(PublicUrl::host)
    }

    /// The templates and words that are there whatever is published.
    pub fn built_in(&self) -> &Renderer {
        &self.built_in
    }

    /// Renders a page that does not depend on what is published. The workspace's
    /// own templates are used, if they can be.
    pub fn page(&self, template: &str, context: &impl Serialize) -> Result<String, RenderError> {
        let snapshot = self.snapshot.load();
        let own = snapshot.as_deref().map(|own| own.renderer.template(template, context));
        match own {
            Some(Ok(page)) => Ok(page),
            Some(Err(failure)) => {
                tracing::warn!(%failure, template, "the built-in template stands in");
                self.built_in.template(template, context)
            }
            None => self.built_in.template(template, context),
        }
    }

    /// To the microsecond, as far as the store and a cursor carry it.
    pub fn now(&self) -> Instant {
        let now = self.clock.now();
        chrono::DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
    }

    /// Whether the store answers.
    pub async fn reach_store(&self) -> Result<(), ApiError> {
        const GONE: ApiError = ApiError::NotReady("the database does not answer");
        match tokio::time::timeout(STORE_PATIENCE, self.store.current_publication_id()).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(failure)) => {
                tracing::warn!(%failure, "the database failed");
                Err(GONE)
            }
            Err(_) => Err(GONE),
        }
    }
}
