//! Raw publishing into a stream of its own on the same server: pipelined, awaiting every acknowledgement, nothing else.

use std::collections::VecDeque;

use async_nats::jetstream;
use async_nats::jetstream::stream::{Config, StorageType};
use service_runtime::clock::Stopwatch;

use crate::load::times::rate;
use crate::machine::Stack;

/// Publishes in flight.
const IN_FLIGHT: usize = 1_024;

/// Messages a second, each with a body of so many bytes.
pub async fn pipelined(stack: &Stack, count: usize, bytes: usize) -> anyhow::Result<f64> {
    let context = stack.jetstream().await?;
    let config = Config {
        name: "RAW".into(),
        subjects: vec!["raw.>".into()],
        storage: StorageType::File,
        ..Config::default()
    };
    context.create_stream(config).await?;
    let body = bytes::Bytes::from(vec![b'x'; bytes]);
    let watch = Stopwatch::start();
    let mut waiting = VecDeque::with_capacity(IN_FLIGHT);
    for _ in 0..count {
        if waiting.len() == IN_FLIGHT
            && let Some(oldest) = waiting.pop_front()
        {
            let oldest: jetstream::context::PublishAckFuture = oldest;
            oldest.await?;
        }
        waiting.push_back(context.publish("raw.x", body.clone()).await?);
    }
    for one in waiting {
        one.await?;
    }
    let speed = rate(count, watch.elapsed());
    context.delete_stream("RAW").await?;
    Ok(speed)
}
