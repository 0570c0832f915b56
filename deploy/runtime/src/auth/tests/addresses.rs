//! Keys from an identity provider over HTTP.

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use tokio::net::TcpListener;

use super::*;
use crate::tasks::Tasks;

/// Serves a provider on this machine and returns its address.
async fn provider(tasks: &Tasks) -> String {
    let overlong = || async { format!("{}{}", both_keys(), " ".repeat(2 << 20)) };
    let app = Router::new()
        .route("/jwks.json", get(|| async { both_keys() }))
        .route("/moved", get(|| async { Redirect::temporary("/jwks.json") }))
        .route("/overlong", get(overlong));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tasks.spawn_until_stopped(async move { axum::serve(listener, app).await.unwrap() });
    format!("http://{address}")
}

#[tokio::test]
async fn keys_are_fetched_from_their_address_and_from_nowhere_else() {
    let tasks = Tasks::new();
    let provider = provider(&tasks).await;
    let open = |path: &str| {
        let source = JwksSource::from(format!("{provider}{path}"));
        Authenticator::open(config(source), Clock::in_hand(now()))
    };
    let authenticator = open("/jwks.json").await.unwrap();
    assert!(authenticator.authenticate(&signed(json!({}))).await.is_ok());
    for refused in ["/moved", "/overlong", "/missing"] {
        assert!(open(refused).await.is_err(), "{refused}");
    }
    assert_eq!(tasks.drain(Duration::from_secs(5)).await.left, 0);
}

#[test]
fn a_source_is_an_address_or_a_path() {
    let file = JwksSource::from(".local/keys/jwks.json".to_owned());
    assert_eq!(file, JwksSource::File(".local/keys/jwks.json".into()));
    let url = "https://id.example/jwks.json".to_owned();
    assert_eq!(JwksSource::from(url.clone()), JwksSource::Url(url));
}
