//! The little HTTP the launcher speaks: asking whether a service is ready, sending the demo.

use std::time::Duration;

use anyhow::{Context, Result};
use reqwest::{Client, StatusCode};

/// The longest wait for one answer.
const ANSWER_AT_MOST: Duration = Duration::from_secs(20);

/// A client for the services of this machine.
///
/// # Errors
/// When the system gives no sockets.
pub fn client() -> Result<Client> {
    // A second installation is refused and changes nothing; the first one stands.
    drop(rustls::crypto::ring::default_provider().install_default());
    Client::builder()
        .timeout(ANSWER_AT_MOST)
        .no_proxy()
        .build()
        .context("no HTTP client can be made")
}

/// Whether `url` answers with a status of success.
pub async fn succeeds(client: &Client, url: &str) -> bool {
    client.get(url).send().await.is_ok_and(|answer| answer.status().is_success())
}

/// Whether the service at `url` takes `token`. Another clone's service, which believes another key,
/// answers 401. The question is one that changes nothing on either side.
pub async fn takes(client: &Client, url: &str, token: &str) -> bool {
    let bulk_of_nothing = client
        .post(format!("{url}/v1/commands"))
        .bearer_auth(token)
        .header("content-type", "application/x-ndjson");
    let one_sale = client.get(format!("{url}/v1/sales?limit=1")).bearer_auth(token);
    for question in [bulk_of_nothing, one_sale] {
        let not_ours =
            [StatusCode::UNAUTHORIZED, StatusCode::NOT_FOUND, StatusCode::METHOD_NOT_ALLOWED];
        if question.send().await.is_ok_and(|answer| !not_ours.contains(&answer.status())) {
            return true;
        }
    }
    false
}
