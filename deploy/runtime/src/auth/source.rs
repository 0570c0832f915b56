//! Where the public keys come from: a file, or an identity provider's JWKS address. Must not follow
//! redirects or read without limit; the address is a setting, never a part of a token (`jku` is ignored).

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use bytes::BytesMut;
use serde::Deserialize;

use super::keys::{KeySet, UnusableKeys};

/// The longest JWKS document, in bytes.
const DOCUMENT_BYTES_MAX: usize = 1024 * 1024;
const FETCH_DEADLINE: Duration = Duration::from_secs(5);

/// What an authenticator must know.
#[derive(Debug, Clone)]
pub struct AuthConfig {
    /// Where the public keys are.
    pub jwks: JwksSource,
    /// The only accepted `iss`.
    pub issuer: String,
    /// The `aud` that must be among the token's.
    pub audience: String,
}

/// Where a JWKS document is found. Reads `http://…` and `https://…` as an address, anything else as
/// the path of a file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub enum JwksSource {
    /// A file on this machine.
    File(PathBuf),
    /// An identity provider.
    Url(String),
    /// The document itself, for tests.
    Inline(String),
}

impl From<String> for JwksSource {
    fn from(text: String) -> Self {
        if text.starts_with("https://") || text.starts_with("http://") {
            Self::Url(text)
        } else {
            Self::File(text.into())
        }
    }
}

impl fmt::Display for JwksSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Url(url) => url.fmt(f),
            Self::Inline(_) => f.write_str("(inline)"),
        }
    }
}

/// The keys could not be read.
#[derive(Debug, thiserror::Error)]
#[error("the JWKS document at {from} cannot be used")]
pub struct KeysUnavailable {
    from: JwksSource,
    #[source]
    cause: Cause,
}

#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error(transparent)]
    File(std::io::Error),
    #[error(transparent)]
    Http(reqwest::Error),
    #[error("longer than 1 MiB")]
    TooLong,
    #[error(transparent)]
    Unusable(UnusableKeys),
}

impl JwksSource {
    /// How long keys are used before they are read again.
    pub(super) fn fresh_for(&self) -> Duration {
        match self {
            Self::File(_) => Duration::from_secs(5),
            Self::Url(_) | Self::Inline(_) => Duration::from_secs(300),
        }
    }

    /// Reads the keys now.
    pub(super) async fn read(&self) -> Result<KeySet, KeysUnavailable> {
        let failed = |cause| KeysUnavailable { from: self.clone(), cause };
        let document = match self {
            Self::File(path) => tokio::fs::read(path).await.map_err(Cause::File),
            Self::Url(url) => fetch(url).await,
            Self::Inline(document) => Ok(document.clone().into_bytes()),
        };
        let document = document.map_err(failed)?;
        KeySet::parse(&document).map_err(|cause| failed(Cause::Unusable(cause)))
    }
}

async fn fetch(url: &str) -> Result<Vec<u8>, Cause> {
    // Fails only when a provider is installed already, which is what we want.
    rustls::crypto::ring::default_provider().install_default().ok();
    let client = reqwest::Client::builder()
        .timeout(FETCH_DEADLINE)
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(Cause::Http)?;
    let answer = client.get(url).send().await.and_then(reqwest::Response::error_for_status);
    let mut answer = answer.map_err(Cause::Http)?;
    let mut document = BytesMut::new();
    while let Some(chunk) = answer.chunk().await.map_err(Cause::Http)? {
        document.extend_from_slice(&chunk);
        if document.len() > DOCUMENT_BYTES_MAX {
            return Err(Cause::TooLong);
        }
    }
    Ok(document.to_vec())
}
