//! Settings: read once at start from `SALGSLOGG_*`, into a struct that names every setting. The only
//! place that reads the environment. Must not print a value: settings hold secrets.

use std::fmt;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::flat::{self, Unknown};

/// What the name of every setting begins with.
pub const PREFIX: &str = "SALGSLOGG_";

/// A setting is missing or cannot be read. Names the variable, never its value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the setting {variable} {rule}")]
pub struct ConfigError {
    variable: String,
    rule: &'static str,
}

impl ConfigError {
    /// The variable at fault.
    #[must_use]
    pub fn variable(&self) -> &str {
        &self.variable
    }
}

/// Reads the environment into `T`: the field `log_url` from `SALGSLOGG_LOG_URL`, a list from a text
/// separated by commas. Empty variables count as absent; variables `T` does not name are left alone.
///
/// # Errors
/// Names the first variable that is missing or cannot be read.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn from_environment<T: DeserializeOwned>() -> Result<T, ConfigError> {
    let texts = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    from_pairs(texts)
}

/// A variable whose name is a standard of others, such as `OTEL_SERVICE_NAME`; empty counts as absent.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn standard(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Reads `T` from pairs of a variable and its text, as [`from_environment`] does.
///
/// # Errors
/// Names the first variable that is missing or cannot be read.
pub fn from_pairs<T: DeserializeOwned>(
    pairs: impl IntoIterator<Item = (String, String)>,
) -> Result<T, ConfigError> {
    let ours = |(name, value): (String, String)| {
        let field = name.strip_prefix(PREFIX)?.to_ascii_lowercase();
        (!value.is_empty()).then_some((field, value))
    };
    let pairs: Vec<_> = pairs.into_iter().filter_map(ours).collect();
    flat::decode(&pairs, Unknown::Ignored).map_err(|fault| ConfigError {
        variable: format!("{PREFIX}{}", fault.path.member().to_ascii_uppercase()),
        rule: match fault.code {
            "missing_field" => "is missing",
            "repeated_field" => "is given twice",
            _ => "has a value that cannot be read",
        },
    })
}

/// A text that never shows in logs or error messages: a connection address with its password.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the one call that needs it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;
    use crate::auth::JwksSource;

    fn fixed_log() -> i16 {
        1
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Settings {
        listen: SocketAddr,
        #[serde(default = "fixed_log")]
        log_id: i16,
        log_url: Secret,
        jwks: JwksSource,
        #[serde(default)]
        cors_origins: Vec<String>,
    }

    const GOOD: [(&str, &str); 5] = [
        ("PATH", "/usr/bin"),
        ("SALGSLOGG_LISTEN", "127.0.0.1:8080"),
        ("SALGSLOGG_LOG_URL", "postgres://u:hunter2@localhost/log"),
        ("SALGSLOGG_JWKS", "https://id.example/jwks.json"),
        ("SALGSLOGG_READ_URL", "somebody else's"),
    ];

    fn read(more: &[(&str, &str)]) -> Result<Settings, ConfigError> {
        let all = GOOD.iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name));
        from_pairs(all.chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn settings_come_with_their_defaults() {
        let settings =
            read(&[("SALGSLOGG_CORS_ORIGINS", "https://a.example, https://b.example")]).unwrap();
        assert_eq!(settings.listen.port(), 8080);
        assert_eq!(settings.log_id, 1);
        assert_eq!(settings.log_url.reveal(), "postgres://u:hunter2@localhost/log");
        assert_eq!(settings.jwks, JwksSource::Url("https://id.example/jwks.json".into()));
        assert_eq!(settings.cors_origins, ["https://a.example", "https://b.example"]);
    }

    #[test]
    fn a_setting_at_fault_is_named_without_its_value() {
        let missing = read(&[("SALGSLOGG_LISTEN", "")]).unwrap_err();
        assert_eq!(missing.to_string(), "the setting SALGSLOGG_LISTEN is missing");
        let unreadable = read(&[("SALGSLOGG_LOG_ID", "s3cret")]).unwrap_err();
        assert_eq!(unreadable.variable(), "SALGSLOGG_LOG_ID");
        assert!(!unreadable.to_string().contains("s3cret"));
    }

    #[test]
    fn a_secret_does_not_show() {
        assert!(!format!("{:?}", read(&[]).unwrap()).contains("hunter2"));
    }
}
