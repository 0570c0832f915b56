//! The relay on a real Postgres and a real nats-server: order, faults, halts and what a consumer
//! sees. Needs `SALGSLOGG_TEST_POSTGRES`, `SALGSLOGG_TEST_NATS_SERVER` and `SALGSLOGG_TEST_PYTHON`,
//! which `./deploy/test` sets.

#[cfg(test)]
mod consumer;
#[cfg(test)]
mod controls;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod halts;
#[cfg(test)]
mod nats;
#[cfg(test)]
mod order;
#[cfg(test)]
mod resets;
#[cfg(test)]
mod world;
