//! The little HTTP the launcher speaks: asking whether a service is ready, sending the demo.

use std::time::Duration;

use anyhow::{Context, Result};
use reqwest::Client;

/// The longest wait for one answer.
const ANSWER_AT_MOST: Duration = Duration::from_secs(20);

/// A client for the services of this machine.
///
/// # Errors
/// When the system gives no sockets.
pub fn client() -> Result<Client> {
    // A second installation is refused and changes nothing; the first one stands.
    drop(rustls::crypto::ring::default_provider().install_default());
    Client::builder().timeout(ANSWER_AT_MOST).no_proxy().build().context("no HTTP client can be made")
}

/// Whether `url` answers with a status of success.
pub async fn succeeds(client: &Client, url: &str) -> bool {
    client.get(url).send().await.is_ok_and(|answer| answer.status().is_success())
}
