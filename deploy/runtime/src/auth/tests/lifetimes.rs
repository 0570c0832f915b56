//! How long a verified token and a set of keys are believed.

use std::path::Path;

use super::*;
use crate::tasks::Tasks;

/// A JWKS file in a folder of its own, and a clock in hand.
struct Provider {
    folder: tempfile::TempDir,
    clock: Clock,
}

impl Provider {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), clock: Clock::in_hand(now()) }
    }

    fn publish(&self, document: &str) {
        std::fs::write(self.file(), document).unwrap();
    }

    fn file(&self) -> std::path::PathBuf {
        Path::new(self.folder.path()).join("jwks.json")
    }

    fn config(&self) -> AuthConfig {
        config(self.file().display().to_string().into())
    }

    async fn open(&self) -> Authenticator {
        Authenticator::open(self.config(), self.clock.clone()).await.unwrap()
    }
}

fn of_seed(seed: u8) -> (Value, String) {
    let (kid, key) = (format!("key-{seed}"), ed25519(seed));
    let token = encode(&header(Algorithm::EdDSA, &kid), &claims(json!({})), &key).unwrap();
    (published(&kid, &key, Algorithm::EdDSA), token)
}

#[tokio::test]
async fn a_remembered_token_ends_with_its_exp() {
    let provider = Provider::new();
    provider.publish(&both_keys());
    let authenticator = provider.open().await;
    let token = signed(json!({"exp": now().timestamp() + 10}));
    assert!(authenticator.authenticate(&token).await.is_ok());
    provider.clock.advance(Duration::from_secs(39));
    assert!(authenticator.authenticate(&token).await.is_ok());
    provider.clock.advance(Duration::from_secs(1));
    assert_eq!(authenticator.authenticate(&token).await.unwrap_err().code(), "token_expired");
}

#[tokio::test]
async fn a_remembered_token_ends_when_its_key_is_withdrawn() {
    let ((first, token), (second, _)) = (of_seed(1), of_seed(2));
    let provider = Provider::new();
    provider.publish(&jwks(&[first.clone(), second.clone()]));
    let authenticator = provider.open().await;
    assert!(authenticator.authenticate(&token).await.is_ok());
    provider.publish(&jwks(&[second]));
    authenticator.reload().await.unwrap();
    assert_eq!(authenticator.authenticate(&token).await.unwrap_err().code(), "token_refused");
}

#[tokio::test]
async fn a_new_key_is_found_by_the_first_token_that_names_it() {
    let ((first, _), (second, token)) = (of_seed(1), of_seed(2));
    let provider = Provider::new();
    provider.publish(&jwks(&[first]));
    let authenticator = provider.open().await;
    provider.publish(&jwks(&[second]));
    assert!(authenticator.authenticate(&token).await.is_ok());
}

#[tokio::test]
async fn unknown_keys_make_us_read_the_keys_now_and_then_only() {
    let ((first, _), (second, token)) = (of_seed(1), of_seed(2));
    let (_, unknown) = of_seed(3);
    let provider = Provider::new();
    provider.publish(&jwks(&[first]));
    let authenticator = provider.open().await;
    assert!(authenticator.authenticate(&unknown).await.is_err());
    provider.publish(&jwks(&[second]));
    assert!(authenticator.authenticate(&token).await.is_err(), "read again too soon");
}

#[tokio::test]
async fn the_old_keys_stay_when_the_new_ones_cannot_be_read() {
    let (first, token) = of_seed(1);
    let provider = Provider::new();
    provider.publish(&jwks(&[first]));
    let authenticator = provider.open().await;
    for broken in ["", "{", "{}", r#"{"keys":[]}"#] {
        provider.publish(broken);
        assert!(authenticator.reload().await.is_err(), "{broken}");
    }
    assert!(authenticator.authenticate(&token).await.is_ok());
}

#[tokio::test]
async fn without_keys_every_token_has_to_wait() {
    let provider = Provider::new();
    assert!(Authenticator::open(provider.config(), provider.clock.clone()).await.is_err());
    let authenticator = Authenticator::without_keys(provider.config(), provider.clock.clone());
    assert!(!authenticator.is_ready());
    let (key, token) = of_seed(1);
    for _ in 0..2 {
        assert_eq!(authenticator.authenticate(&token).await.unwrap_err().status().as_u16(), 503);
    }
    provider.publish(&jwks(&[key]));
    let tasks = Tasks::new();
    authenticator.keep_fresh(&tasks);
    while !authenticator.is_ready() {
        tokio::task::yield_now().await;
    }
    assert!(authenticator.authenticate(&token).await.is_ok());
    assert_eq!(tasks.drain(Duration::from_secs(5)).await.left, 0);
}
