//! Somebody who defines a sale type and registers sales, in a trace of their own.

use reqwest::StatusCode;
use serde_json::{Value, json};
use system_tests::Fleet;

pub struct Client {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Client {
    pub fn of(fleet: &Fleet) -> Self {
        let url = fleet.command_urls().remove(0);
        Self { http: reqwest::Client::new(), url, token: fleet.token() }
    }

    /// Posts a command; `traceparent` may be empty.
    pub async fn post(
        &self,
        path: &str,
        traceparent: &str,
        body: &Value,
    ) -> (StatusCode, String, Value) {
        let mut request = self.http.post(format!("{}{path}", self.url)).bearer_auth(&self.token);
        if !traceparent.is_empty() {
            request = request.header("traceparent", traceparent);
        }
        let answer = request.json(body).send().await.unwrap();
        let trace = answer.headers()["trace-id"].to_str().unwrap().to_owned();
        (answer.status(), trace, answer.json().await.unwrap())
    }

    /// Defines a sale type; answers its id.
    pub async fn sale_type(&self) -> Value {
        let (status, _, answer) = self.post("/v1/sale-types", "", &json!({"name": "New"})).await;
        assert_eq!(status, 201, "{answer}");
        answer["id"].clone()
    }
}
