//! What happens to a client from its first byte until it speaks HTTP, or goes.

use super::RehearsalSite;
use super::board::{Found, Opening};
use super::guest::{Guest, Visit};
use super::places::Place;
use crate::notice::{
    Alert, AlertSender, Attempt, AttemptOutcome, Framing, Notice, Purpose, TlsVersion,
};
use crate::tls::client_hello::{ClientHello, FirstBytes, Said};
use crate::tls::engine::Negotiated;
use crate::tls::farewell;
use crate::tls::gate::{self, Refusal};
use crate::web::wire::Wire;
use actix_web::rt::net::TcpStream;
use serde_json::json;
use std::net::IpAddr;
use std::sync::Arc;
use tokio::time::timeout;

/// What is read at once; most hellos fit.
const CHUNK: usize = 2_048;

/// Who is at the door, as far as the connection tells.
struct Caller {
    peer: IpAddr,
    /// Where it came in.
    port: u16,
}

/// What became of it.
struct Fate {
    framing: Framing,
    negotiated: Option<Negotiated>,
    outcome: AttemptOutcome,
    alert: Option<Alert>,
}

impl Fate {
    fn of(framing: Framing, outcome: AttemptOutcome) -> Self {
        Self { framing, negotiated: None, outcome, alert: None }
    }

    fn refused(framing: Framing, refusal: &Refusal) -> Self {
        let alert = Alert { sent_by: AlertSender::Server, code: refusal.alert };
        Self { alert: Some(alert), ..Self::of(framing, refusal.outcome) }
    }
}

/// Takes a client in, or tells it why not, and notes it. None is whoever goes.
pub async fn welcome(site: Arc<RehearsalSite>, mut stream: TcpStream, port: u16) -> Option<Guest> {
    let peer = stream.peer_addr().ok()?.ip().to_canonical();
    let Some(place) = site.places.take(peer) else {
        site.register.turned_away();
        return None;
    };
    // An alert is small, and waiting to fill a packet only delays it.
    let _ = stream.set_nodelay(true);
    let caller = Caller { peer, port };
    let mut first = FirstBytes::default();
    match timeout(site.settings.patience, listen(&stream, &mut first)).await {
        // Most who say nothing are here: what follows is on the heap, for those who speak.
        Ok(Some(Said::Hello(hello))) => {
            Box::pin(receive(site, stream, caller, (hello, first), place)).await
        }
        Ok(Some(Said::PlainHttp)) => {
            let found = site.find(None, &caller);
            let answer = plain_answer(&found, first.raw().starts_with(b"HEAD "));
            site.note(
                &caller,
                &found,
                None,
                Fate::of(Framing::PlainHttp, AttemptOutcome::PlainHttp),
            );
            Box::pin(farewell::close(&mut stream, &answer)).await;
            None
        }
        Ok(Some(Said::NotTls)) => {
            let refusal = gate::refuse(None, AttemptOutcome::NotTls, gate::UNEXPECTED_MESSAGE);
            let fate = Fate::refused(first.framing(), &refusal);
            site.note(&caller, &site.find(None, &caller), None, fate);
            Box::pin(farewell::close(&mut stream, &refusal.bytes)).await;
            None
        }
        gone_or_late => {
            let is_late = gone_or_late.is_err();
            let outcome = if is_late { AttemptOutcome::Silent } else { AttemptOutcome::BrokenOff };
            let fate = Fate::of(first.framing(), outcome);
            site.note(&caller, &site.find(None, &caller), None, fate);
            None
        }
    }
}

/// Reads until it is certain what was said. None is whoever went. Nothing is set aside for
/// what a client may say before it says it.
async fn listen(stream: &TcpStream, first: &mut FirstBytes) -> Option<Said> {
    loop {
        stream.readable().await.ok()?;
        let mut chunk = [0; CHUNK];
        match stream.try_read(&mut chunk) {
            Ok(0) => return None,
            Ok(read) => {
                if let Some(said) = first.push(&chunk[..read]) {
                    return Some(said);
                }
            }
            Err(failure) if failure.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => return None,
        }
    }
}

/// A client that said hello.
async fn receive(
    site: Arc<RehearsalSite>,
    mut stream: TcpStream,
    caller: Caller,
    (hello, first): (ClientHello, FirstBytes),
    place: Place,
) -> Option<Guest> {
    let found = site.find(hello.server_name.as_deref(), &caller);
    let refuse = |outcome, alert| gate::refuse(Some(&hello), outcome, alert);
    let let_in = match &found.endpoint {
        None => Err(refuse(AttemptOutcome::UnknownName, gate::UNRECOGNIZED_NAME)),
        Some(endpoint) => {
            let judged = gate::judge(&hello, endpoint.terms.versions());
            // Without an acceptor there is nobody to shake hands with.
            let broken = || refuse(AttemptOutcome::BrokenOff, gate::INTERNAL_ERROR);
            judged.and_then(|()| Ok((endpoint, endpoint.acceptor.as_ref().ok_or_else(broken)?)))
        }
    };
    let (endpoint, acceptor) = match let_in {
        Ok(let_in) => let_in,
        Err(refusal) => {
            site.note(&caller, &found, Some(&hello), Fate::refused(hello.framing, &refusal));
            farewell::close(&mut stream, &refusal.bytes).await;
            return None;
        }
    };
    let patience = site.settings.patience;
    let wire = Wire::new(stream, patience);
    match acceptor.accept(first.into_raw(), wire, patience).await {
        Ok((stream, negotiated)) => {
            let opening = endpoint.opening(site.service.now());
            let outcome = match opening {
                Opening::Open => site.outcome(&found, negotiated.version),
                Opening::Early(_) | Opening::Late => AttemptOutcome::NotOpen,
            };
            let fate =
                Fate { negotiated: Some(negotiated.clone()), ..Fate::of(hello.framing, outcome) };
            site.note(&caller, &found, Some(&hello), fate);
            let (endpoint, token) = (endpoint.clone(), found.token.clone());
            let visit = Arc::new(Visit { endpoint, token, hello, negotiated, opening });
            Some(Guest { stream, visit, _place: place })
        }
        Err(mut failed) => {
            let fate = Fate { alert: failed.alert, ..Fate::of(hello.framing, failed.outcome) };
            site.note(&caller, &found, Some(&hello), fate);
            if let Some(stream) = failed.stream() {
                farewell::close(stream, &[]).await;
            }
            None
        }
    }
}

impl RehearsalSite {
    fn find(&self, name: Option<&str>, caller: &Caller) -> Found {
        self.board.load().find(name, caller.port, self.service.now())
    }

    /// What a handshake by `version` comes to.
    fn outcome(&self, found: &Found, version: TlsVersion) -> AttemptOutcome {
        let observes =
            found.endpoint.as_ref().is_some_and(|endpoint| endpoint.purpose == Purpose::Observe);
        match observes && self.ends(found, version) {
            true => AttemptOutcome::Observed,
            false => AttemptOutcome::Passed,
        }
    }

    fn ends(&self, found: &Found, version: TlsVersion) -> bool {
        let (Some(endpoint), Ok(snapshot)) = (&found.endpoint, self.service.snapshot()) else {
            return false;
        };
        let notice = snapshot.index.workspace().notice(&endpoint.path.notice);
        notice.is_some_and(|(_, notice)| ends(notice, version))
    }

    fn note(&self, caller: &Caller, found: &Found, hello: Option<&ClientHello>, fate: Fate) {
        let (version, cipher) =
            fate.negotiated.map(|agreed| (agreed.version, agreed.cipher.to_owned())).unzip();
        self.register.note(Attempt {
            at: self.service.now(),
            endpoint: found.endpoint.as_ref().map(|endpoint| endpoint.path.clone()),
            peer: caller.peer,
            server_name: hello.and_then(|hello| hello.server_name.clone()),
            token: found.token.clone(),
            framing: fate.framing,
            offered: hello.map(ClientHello::offered).unwrap_or_default(),
            negotiated: version,
            cipher,
            outcome: fate.outcome,
            alert: fate.alert,
        });
    }
}

/// Whether `version` is not accepted any more after the cutoff of `notice`.
pub fn ends(notice: &Notice, version: TlsVersion) -> bool {
    let change = notice.tls_change();
    change.ends.contains(&version) || change.needs.first().is_some_and(|lowest| version < *lowest)
}

/// To whoever speaks HTTP where TLS is spoken.
fn plain_answer(found: &Found, is_head: bool) -> Vec<u8> {
    let url = found.endpoint.as_ref().map(|endpoint| endpoint.url.as_str());
    let body = json!({
        "verdict": AttemptOutcome::PlainHttp.as_str(),
        "detail": "HTTP without TLS was spoken here: ask again by https",
        "endpoint": url,
    });
    let body = format!("{body}\n");
    let head = format!(
        "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Cache-Control: no-store\r\nConnection: close\r\n\r\n",
        body.len()
    );
    if is_head { head.into_bytes() } else { (head + &body).into_bytes() }
}
