//! Judges tokens, remembers the ones it verified and keeps the public keys fresh. A remembered token
//! is forgotten when it ends and whenever the keys change.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use jsonwebtoken::decode_header;
use moka::sync::Cache;
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;

use super::claims::{self, Refusal, Verified};
use super::keys::KeySet;
use super::{Actor, AuthConfig, KeysUnavailable};
use crate::clock::{BackOff, Clock, Stopwatch, back_off};
use crate::limits::{TOKEN_BYTES_MAX, TOKENS_REMEMBERED_MAX};
use crate::problem::{Problem, chain};
use crate::tasks::Tasks;

/// A token signed by an unknown key makes us read the keys again, at most once in this time.
const ASK_AGAIN: Duration = Duration::from_secs(10);

/// Turns tokens into actors. Clones share keys and memory.
#[derive(Clone)]
pub struct Authenticator(Arc<Shared>);

struct Shared {
    config: AuthConfig,
    clock: Clock,
    keys: ArcSwap<KeySet>,
    remembered: Cache<[u8; 32], Arc<Remembered>>,
    asked_for_unknown: Mutex<Option<Stopwatch>>,
}

/// A verified token and the keys it was verified with.
struct Remembered {
    verified: Verified,
    actor: Arc<Actor>,
    keys: [u8; 32],
}

impl Authenticator {
    /// Reads the keys and is ready. `clock` judges `exp` and `nbf`: give it [`Clock::system`], also
    /// where business time is held in a hand.
    ///
    /// # Errors
    /// When the keys cannot be read now. A service that should start all the same uses
    /// [`without_keys`](Self::without_keys) and [`keep_fresh`](Self::keep_fresh).
    pub async fn open(config: AuthConfig, clock: Clock) -> Result<Self, KeysUnavailable> {
        let authenticator = Self::without_keys(config, clock);
        authenticator.reload().await?;
        Ok(authenticator)
    }

    /// Knows no keys yet: every token is answered with 503 until [`reload`](Self::reload) succeeds.
    #[must_use]
    pub fn without_keys(config: AuthConfig, clock: Clock) -> Self {
        Self::with_keys(config, clock, KeySet::default())
    }

    pub(super) fn with_keys(config: AuthConfig, clock: Clock, keys: KeySet) -> Self {
        Self(Arc::new(Shared {
            config,
            clock,
            keys: ArcSwap::from_pointee(keys),
            remembered: Cache::new(TOKENS_REMEMBERED_MAX),
            asked_for_unknown: Mutex::new(None),
        }))
    }

    /// Whether there are keys to judge tokens with.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        !self.0.keys.load().is_empty()
    }

    /// Reads the keys again. The old ones stay when that fails.
    ///
    /// # Errors
    /// When the keys cannot be read now.
    pub async fn reload(&self) -> Result<(), KeysUnavailable> {
        let keys = self.0.config.jwks.read().await?;
        if keys.digest() != self.0.keys.load().digest() {
            tracing::info!(from = %self.0.config.jwks, "token keys changed");
            self.0.keys.store(Arc::new(keys));
            self.0.remembered.invalidate_all();
        }
        Ok(())
    }

    /// Reads the keys again and again until the process stops, with growing pauses while that fails.
    pub fn keep_fresh(&self, tasks: &Tasks) {
        let authenticator = self.clone();
        tasks.spawn_until_stopped(async move {
            let mut pauses = BackOff::new(Duration::from_secs(1), Duration::from_secs(60));
            if authenticator.is_ready() {
                back_off(authenticator.0.config.jwks.fresh_for()).await;
            }
            loop {
                match authenticator.reload().await {
                    Ok(()) => {
                        pauses.reset();
                        back_off(authenticator.0.config.jwks.fresh_for()).await;
                    }
                    Err(error) => {
                        tracing::warn!(
                            cause = chain(&error),
                            "going on with the token keys there are"
                        );
                        pauses.pause().await;
                    }
                }
            }
        });
    }

    /// The bearer of `token`.
    ///
    /// # Errors
    /// 401 `token_refused` or `token_expired`; 403 for a token without any role of ours; 503 while
    /// there are no keys.
    pub async fn authenticate(&self, token: &str) -> Result<Arc<Actor>, Problem> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(Refusal::TooLong.into());
        }
        let digest = Sha256::digest(token.as_bytes()).into();
        let actor = match self.recall(&digest) {
            Some(actor) => actor,
            None => self.verify(token, digest).await?,
        };
        if actor.roles.is_empty() {
            return Err(Problem::forbidden("the token carries no role of this product"));
        }
        Ok(actor)
    }

    fn recall(&self, digest: &[u8; 32]) -> Option<Arc<Actor>> {
        let remembered = self.0.remembered.get(digest)?;
        let outdated = remembered.keys != *self.0.keys.load().digest();
        if outdated || remembered.verified.ended(self.0.clock.now()) {
            self.0.remembered.invalidate(digest);
            return None;
        }
        Some(Arc::clone(&remembered.actor))
    }

    async fn verify(&self, token: &str, digest: [u8; 32]) -> Result<Arc<Actor>, Problem> {
        let header = decode_header(token).map_err(|_| Refusal::Malformed)?;
        let kid = claims::check_header(&header)?;
        let keys = self.keys_with(kid).await?;
        let key = keys.find(kid).ok_or(Refusal::UnknownKey)?;
        if header.alg != key.algorithm {
            return Err(Refusal::Algorithm.into());
        }
        let AuthConfig { issuer, audience, .. } = &self.0.config;
        let verified = claims::verify(token, key, issuer, audience, self.0.clock.now())?;
        let actor = Arc::new(verified.actor.clone());
        let remembered = Remembered { verified, actor: Arc::clone(&actor), keys: *keys.digest() };
        self.0.remembered.insert(digest, Arc::new(remembered));
        Ok(actor)
    }

    /// The keys; read again first if `kid` is unknown and nobody asked lately.
    async fn keys_with(&self, kid: &str) -> Result<Arc<KeySet>, Problem> {
        let keys = self.0.keys.load_full();
        if keys.find(kid).is_some() {
            return Ok(keys);
        }
        let mut asked = self.0.asked_for_unknown.lock().await;
        if asked.is_none_or(|since| since.elapsed() >= ASK_AGAIN) {
            *asked = Some(Stopwatch::start());
            if let Err(error) = self.reload().await
                && !self.is_ready()
            {
                return Err(Problem::unavailable("tokens cannot be checked now", &error));
            }
        }
        let keys = self.0.keys.load_full();
        if keys.is_empty() {
            return Err(Problem::overloaded("tokens cannot be checked now"));
        }
        Ok(keys)
    }
}

impl std::fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Authenticator").field(&self.0.config).finish()
    }
}
