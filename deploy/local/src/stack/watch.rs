//! Looks after a running stack: says when a part ends by itself, starts it again, gives up when it
//! keeps ending, keeps its logs short.

use std::time::Duration;

use anyhow::{Result, bail};
use service_runtime::clock::{Stopwatch, back_off};

use crate::console::{say, warn};
use crate::log_file;
use crate::stack::Stack;

/// How often the parts are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How often their logs are.
const BOUND_LOGS_EVERY: Duration = Duration::from_secs(5);
/// This many ends of a part within [`WITHIN`] are too many.
const RESTARTS_MAX: usize = 5;
const WITHIN: Duration = Duration::from_secs(60);

impl Stack {
    /// Watches until something cannot be helped. Safe to cancel.
    ///
    /// # Errors
    /// Always in the end: what ended and why it was not started again.
    pub async fn watch(&mut self) -> Result<()> {
        let mut ends: Vec<(String, Stopwatch)> = Vec::new();
        let mut bounded = Stopwatch::start();
        loop {
            back_off(LOOK_EVERY).await;
            if bounded.elapsed() >= BOUND_LOGS_EVERY {
                if let Err(error) = log_file::bound_all(&self.places.at("log")) {
                    warn(format_args!("{error:#}"));
                }
                bounded = Stopwatch::start();
            }
            let Some((name, obituary)) = self.ended() else { continue };
            ends.retain(|(_, since)| since.elapsed() < WITHIN);
            ends.push((name.clone(), Stopwatch::start()));
            if ends.iter().filter(|(other, _)| *other == name).count() > RESTARTS_MAX {
                bail!(
                    "{name} ended {} times within a minute, at last so: {obituary}",
                    RESTARTS_MAX + 1
                );
            }
            warn(format_args!("{obituary}; starting it again"));
            self.start_again(&name).await?;
            say(format_args!("{name} runs again"));
        }
    }

    /// The first part that has ended by itself: its name and an obituary. Postgres comes first, since
    /// the others fall with it.
    fn ended(&mut self) -> Option<(String, String)> {
        let database = self.database.as_mut().and_then(|database| database.ended());
        let broker = self.broker.as_mut().and_then(|broker| broker.ended());
        let servers = database.map(|end| ("Postgres", end)).or(broker.map(|end| ("NATS", end)));
        if let Some((name, (_, obituary))) = servers {
            return Some((name.to_owned(), obituary));
        }
        let ended = self.services().find_map(|service| service.ended().then_some(service))?;
        Some((ended.name().to_owned(), ended.obituary()))
    }

    async fn start_again(&mut self, name: &str) -> Result<()> {
        match (name, &mut self.database, &mut self.broker) {
            ("Postgres", Some(database), _) => return database.start_again().await,
            ("NATS", _, Some(broker)) => return broker.start_again().await,
            _ => {}
        }
        for service in self.services() {
            if service.name() == name {
                service.start_again()?;
                service.ready().await?;
            }
        }
        Ok(())
    }
}
