//! What an office orders of one notice, from a page or over the API: its approval, its
//! announcement, and a test. Nothing is filled or sent here: whoever announces finds
//! an errand.

use super::errands::ask;
use super::record;
use crate::announce::{AnnounceError, Approving, Parts, Round, approval, approve, margin};
use crate::notice::{
    Actor, Announcing, Digest, Notice, NoticePath, OfficeErrand, Program, Testing,
};
use crate::store::Deed;
use crate::web::addresses::no_notice;
use crate::web::problem::ApiError;
use crate::web::service::Service;
use crate::web::snapshot::Snapshot;

pub const CHANGED: &str =
    "What would be sent changed since you looked at it. This is what it is now.";

/// The digest of what would be sent now.
pub fn digest(service: &Service, path: &NoticePath) -> Result<Digest, ApiError> {
    let snapshot = service.snapshot()?;
    let (program, notice) = declared(&snapshot, path)?;
    Ok(Parts::of(program, notice, &snapshot.templates).digest())
}

pub fn declared<'s>(
    snapshot: &'s Snapshot,
    path: &NoticePath,
) -> Result<(&'s Program, &'s Notice), ApiError> {
    snapshot.index.workspace().notice(path).ok_or_else(|| no_notice(path))
}

pub fn refusal(failure: AnnounceError) -> ApiError {
    match failure {
        AnnounceError::UnknownNotice(path, _) => no_notice(&path),
        failure => ApiError::internal(failure),
    }
}

/// Records an approval of exactly what was seen, for at most so many recipients: the
/// forecast and a margin, where no number is given. Or says why not.
pub async fn approve_seen(
    service: &Service,
    actor: &Actor,
    path: &NoticePath,
    (seen, at_most): (&str, Option<u64>),
) -> Result<Result<u64, String>, ApiError> {
    let (store, now) = (service.store(), service.now());
    let round = Round::load(store, path).await.map_err(refusal)?;
    let parts = round.parts();
    if seen != parts.digest().as_str() {
        return Ok(Err(CHANGED.to_owned()));
    }
    let forecast = round.forecast(store).await.map_err(refusal)?;
    // More than the store can count is no limit either.
    let at_most = at_most.unwrap_or_else(|| margin(&forecast)).min(i64::MAX.unsigned_abs());
    let publication = round.publication();
    let approving =
        Approving { notice: path, parts: &parts, forecast: &forecast, at_most, publication };
    approve(store, &approving, actor, now).await.map_err(ApiError::internal)?;
    let detail = format!("{}, for at most {at_most}", parts.digest().short());
    let subject = path.to_string();
    let deed = Deed { actor: &actor.name, action: "approved", subject: &subject, detail: &detail };
    record(service, &deed).await?;
    Ok(Ok(at_most))
}

/// Leaves the errand to announce exactly what was seen, or says why not.
pub async fn announce_seen(
    service: &Service,
    actor: &Actor,
    (key, path): (&str, &NoticePath),
    (seen, canary): (&str, Option<u32>),
) -> Result<Option<String>, ApiError> {
    let digest = digest(service, path)?;
    if seen != digest.as_str() {
        return Ok(Some(CHANGED.to_owned()));
    }
    let snapshot = service.snapshot()?;
    let declared = declared(&snapshot, path)?;
    let store = service.store();
    let unapproved = approval(store, declared, &snapshot.templates, snapshot.id).await;
    if let Some(why) = unapproved.map_err(ApiError::internal)? {
        return Ok(Some(format!("{}.", why.reason())));
    }
    ask(service, actor, (key, path), &OfficeErrand::Announce(Announcing { digest, canary })).await
}

/// How somebody wrote whom a test is for.
pub struct WantedTest<'a> {
    pub address: &'a str,
    /// One of the program's languages; its first, where it is empty or none of them.
    pub locale: &'a str,
    /// As a reader who asked about these; empty for all.
    pub api: &'a str,
    pub environment: &'a str,
}

/// Leaves the errand to send one mail to one address, or says why not.
pub async fn send_test(
    service: &Service,
    actor: &Actor,
    (key, path): (&str, &NoticePath),
    wanted: &WantedTest<'_>,
) -> Result<Option<String>, ApiError> {
    let snapshot = service.snapshot()?;
    let (program, _) = declared(&snapshot, path)?;
    let address = match wanted.address.trim().parse() {
        Ok(address) => address,
        Err(bad) => return Ok(Some(format!("{bad}"))),
    };
    let locales = &program.settings.locales;
    let locale = locales.iter().find(|locale| locale.as_str() == wanted.locale);
    let locale = locale.or(locales.first()).cloned().unwrap_or_default();
    let (api, environment) = (wanted.api.parse().ok(), wanted.environment.parse().ok());
    let testing = Testing { address, locale, api, environment };
    ask(service, actor, (key, path), &OfficeErrand::Test(testing)).await
}
