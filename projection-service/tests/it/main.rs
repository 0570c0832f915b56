//! The read machine on a real Postgres and a real nats-server, in one binary. Every test owns a
//! database and a server; nothing is mocked and nothing sleeps: tests pump what they watch.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod answering;
mod crashing;
mod disorder;
mod following;
mod leases;
mod losing_the_stream;
mod poison;
mod process;
mod rebuild;
mod sharing;
mod standing_still;
mod support;
