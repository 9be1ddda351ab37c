//! Codings of answers (RFC 9110 §8.4): which one a client takes, and laying an
//! answer out in it.
//!
//! It knows neither what is answered nor who asks.

use actix_web::HttpMessage;
use actix_web::http::header::{ACCEPT_ENCODING, AcceptEncoding, Encoding, Header as _};
use std::io::Write as _;

/// Shorter bodies gain nothing that a reader notices.
pub const LEAST_BYTES: usize = 1_024;

/// Where more effort costs much and saves little; each answer is laid out once.
const BROTLI_QUALITY: i32 = 5;
/// log2 of the bytes that the Brotli coder looks back over: 1 MiB, the size of
/// the largest pages.
const BROTLI_WINDOW: i32 = 20;
const GZIP_LEVEL: u32 = 6;

/// How a body may be laid out beside as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    Brotli,
    Gzip,
}

impl Coding {
    pub const ALL: [Self; 2] = [Self::Brotli, Self::Gzip];

    /// As `Content-Encoding` names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// The coding that the client likes best, weights and all; as it is, where it
    /// likes that better or nothing that we have.
    pub fn chosen(request: &impl HttpMessage) -> Option<Self> {
        if !request.headers().contains_key(ACCEPT_ENCODING) {
            return None;
        }
        let accepted = AcceptEncoding::parse(request).ok()?;
        let offered = [Encoding::brotli(), Encoding::gzip(), Encoding::identity()];
        let chosen = accepted.negotiate(offered.iter())?;
        Self::ALL
            .into_iter()
            .zip(offered)
            .find(|(_, name)| *name == chosen)
            .map(|(coding, _)| coding)
    }

    /// The body in this coding; nothing where that is no shorter.
    pub fn encode(self, body: &[u8]) -> Option<Vec<u8>> {
        let encoded = match self {
            Self::Brotli => brotli(body),
            Self::Gzip => gzip(body),
        };
        encoded.ok().filter(|encoded| encoded.len() < body.len())
    }
}

fn gzip(body: &[u8]) -> std::io::Result<Vec<u8>> {
    let level = flate2::Compression::new(GZIP_LEVEL);
    let mut encoder = flate2::write::GzEncoder::new(Vec::with_capacity(body.len() / 4), level);
    encoder.write_all(body)?;
    encoder.finish()
}

fn brotli(mut body: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoded = Vec::with_capacity(body.len() / 4);
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: BROTLI_QUALITY,
        lgwin: BROTLI_WINDOW,
        size_hint: body.len(),
        ..Default::default()
    };
    brotli::BrotliCompress(&mut body, &mut encoded, &parameters)?;
    Ok(encoded)
}

/// Whether such content shrinks: text does, pictures of pixels do not.
pub fn is_compressible(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    essence.starts_with("text/") || ["json", "xml"].iter().any(|end| essence.ends_with(end))
}
