//! The second layer of a probe: one GET over a version that was accepted, for what is said there.
//!
//! An environment can complete a handshake and then answer that the protocol is not available.
//! Certificates are not checked: what is asked is what a server accepts, and nothing is told to it
//! but the URL's path, nor is anything believed but what a reader is shown.

use super::probe::Target;
use crate::notice::{HttpFinding, HttpUrl, TlsVersion};
use openssl::error::ErrorStack;
use openssl::ssl::{Ssl, SslContext, SslMethod, SslVerifyMode, SslVersion};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::pin::Pin;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout_at};
use tokio_openssl::SslStream;

/// Of an answer, no more than this is read.
const MAX_BYTES: usize = 64 * 1024;
const MAX_HEADERS: usize = 100;
/// Of the body, as much is read as an excerpt may need.
const EXCERPT_BYTES: usize = 2_048;
const EXCERPT_CHARACTERS: usize = 200;
/// Debian's own level of security would refuse old versions here, before any server could.
const EVERY_CIPHER: &str = "ALL:COMPLEMENTOFALL:@SECLEVEL=0";
/// What is kept of the head, in lower case.
const HEADERS: [&str; 3] = ["deprecation", "sunset", "link"];

/// One GET of `url` over `version`.
pub(super) async fn over_tls(
    target: Target<'_>,
    url: &HttpUrl,
    version: TlsVersion,
) -> HttpFinding {
    let ssl = match engine(version, target.server_name()) {
        Ok(Some(ssl)) => ssl,
        Ok(None) => return failed(format!("OpenSSL here does not speak {version}")),
        Err(error) => return failed(format!("OpenSSL here does not speak {version}: {error}")),
    };
    let (stream, ends_at) = match target.connect().await {
        Ok(connected) => connected,
        Err(reply) => return failed(reply.told()),
    };
    let mut stream = match SslStream::new(ssl, stream) {
        Ok(stream) => stream,
        Err(error) => return failed(error.to_string()),
    };
    match timeout_at(ends_at, Pin::new(&mut stream).connect()).await {
        Ok(Ok(())) => get(stream, url, ends_at).await,
        Ok(Err(error)) => failed(format!("the handshake failed: {error}")),
        Err(_) => failed("the handshake did not end in time".to_owned()),
    }
}

/// One GET of a URL without TLS.
pub(super) async fn plain(target: Target<'_>, url: &HttpUrl) -> HttpFinding {
    match target.connect().await {
        Ok((stream, ends_at)) => get(stream, url, ends_at).await,
        Err(reply) => failed(reply.told()),
    }
}

/// None where OpenSSL was built without that version.
fn engine(version: TlsVersion, server_name: Option<&str>) -> Result<Option<Ssl>, ErrorStack> {
    let version = match version {
        TlsVersion::Ssl3 => return Ok(None),
        TlsVersion::Tls10 => SslVersion::TLS1,
        TlsVersion::Tls11 => SslVersion::TLS1_1,
        TlsVersion::Tls12 => SslVersion::TLS1_2,
        TlsVersion::Tls13 => SslVersion::TLS1_3,
    };
    let mut context = SslContext::builder(SslMethod::tls_client())?;
    context.set_verify(SslVerifyMode::NONE);
    context.set_cipher_list(EVERY_CIPHER)?;
    context.set_min_proto_version(Some(version))?;
    context.set_max_proto_version(Some(version))?;
    let mut ssl = Ssl::new(&context.build())?;
    if let Some(name) = server_name {
        ssl.set_hostname(name)?;
    }
    Ok(Some(ssl))
}

fn failed(why: String) -> HttpFinding {
    HttpFinding::Failed { why }
}

async fn get(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    url: &HttpUrl,
    ends_at: Instant,
) -> HttpFinding {
    let mut bytes = Vec::new();
    let written = async {
        stream.write_all(request(url).as_bytes()).await?;
        stream.flush().await
    };
    if let Ok(Err(error)) = timeout_at(ends_at, written).await {
        return failed(format!("the request could not be sent: {error}"));
    }
    let mut part = [0; 4096];
    let broken = loop {
        match timeout_at(ends_at, stream.read(&mut part)).await {
            Ok(Ok(0)) => break "it closed the connection before it answered".to_owned(),
            Ok(Ok(count)) => bytes.extend_from_slice(&part[..count]),
            Ok(Err(error)) if error.kind() == ErrorKind::Interrupted => {}
            Ok(Err(error)) => break format!("the connection broke: {error}"),
            Err(_) => break "it did not answer in time".to_owned(),
        }
        match answer(&bytes, false) {
            Ok(Some(answer)) => return answer,
            Err(why) => return failed(why),
            Ok(None) if bytes.len() > MAX_BYTES => break "its head does not end".to_owned(),
            Ok(None) => {}
        }
    };
    // What came of it stands, however it ended.
    answer(&bytes, true).ok().flatten().unwrap_or(HttpFinding::Failed { why: broken })
}

fn request(url: &HttpUrl) -> String {
    let parsed = url.normalised();
    // A URL's normal form has a path, and has blanks and line breaks encoded.
    let after_scheme = parsed.split_once("://").map_or(parsed, |(_, rest)| rest);
    let (authority, path) = after_scheme.split_once('/').unwrap_or((after_scheme, ""));
    let path = path.split('#').next().unwrap_or_default();
    format!(
        "GET /{path} HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: fairwarning/{}\r\n\
         Accept: */*\r\nConnection: close\r\n\r\n",
        env!("CARGO_PKG_VERSION"),
    )
}

/// The answer, as soon as there is enough of it to show, or when no more comes (`is_all`).
/// None while its head is not whole; an error where it is no HTTP.
fn answer(bytes: &[u8], is_all: bool) -> Result<Option<HttpFinding>, String> {
    let mut rest = bytes;
    loop {
        let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut response = httparse::Response::new(&mut headers);
        let parsed = response.parse(rest);
        let read = parsed.map_err(|error| format!("its answer is not HTTP: {error}"))?;
        let httparse::Status::Complete(length) = read else { return Ok(None) };
        let status = response.code.unwrap_or_default();
        // Hints come before the answer (RFC 9110 §15.2).
        if (100..200).contains(&status) && status != 101 {
            rest = &rest[length..];
            continue;
        }
        let Some(body) = body(&rest[length..], response.headers, status, is_all) else {
            return Ok(None);
        };
        let excerpt = excerpt(&body);
        return Ok(Some(HttpFinding::Answered {
            status,
            headers: kept(response.headers),
            excerpt,
        }));
    }
}

fn kept(headers: &[httparse::Header<'_>]) -> BTreeMap<String, String> {
    let mut kept = BTreeMap::<String, String>::new();
    for header in headers {
        let name = header.name.to_ascii_lowercase();
        if HEADERS.contains(&name.as_str()) {
            let value = String::from_utf8_lossy(header.value);
            // Several of one name are one list (RFC 9110 §5.3).
            let all = kept.entry(name).or_default();
            if !all.is_empty() {
                all.push_str(", ");
            }
            all.push_str(value.trim());
        }
    }
    kept
}

/// The beginning of the body; None while more of it is to come that would be shown.
fn body(
    rest: &[u8],
    headers: &[httparse::Header<'_>],
    status: u16,
    is_all: bool,
) -> Option<Vec<u8>> {
    let value = |name: &str| {
        let header = headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(header.value).ok()
    };
    if matches!(status, 204 | 304) {
        return Some(Vec::new());
    }
    let is_chunked =
        value("transfer-encoding").is_some_and(|v| v.to_ascii_lowercase().contains("chunked"));
    let (found, is_whole) = match is_chunked {
        true => unchunked(rest),
        false => {
            let length = value("content-length").and_then(|v| v.trim().parse::<usize>().ok());
            let end = length.unwrap_or(usize::MAX).min(rest.len());
            (rest[..end].to_vec(), Some(end) == length)
        }
    };
    (is_all || is_whole || found.len() >= EXCERPT_BYTES).then_some(found)
}

/// What chunks hold so far (RFC 9112 §7.1), and whether that is all of it, or all that can be
/// read of it.
fn unchunked(mut rest: &[u8]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    loop {
        let (start, size) = match httparse::parse_chunk_size(rest) {
            Ok(httparse::Status::Complete((start, size))) => (start, size),
            Ok(httparse::Status::Partial) => return (body, false),
            Err(_) => return (body, true),
        };
        if size == 0 {
            return (body, true);
        }
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let chunk = &rest[start..];
        body.extend_from_slice(&chunk[..size.min(chunk.len())]);
        let Some(next) = size.checked_add(2).and_then(|end| chunk.get(end..)) else {
            return (body, false);
        };
        rest = next;
    }
}

/// A line of text for a reader, without what a terminal or a page would obey.
fn excerpt(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(EXCERPT_BYTES)]);
    let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || c.is_control()).collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(EXCERPT_CHARACTERS).collect()
}
