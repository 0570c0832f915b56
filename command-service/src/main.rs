//! The `command-service` binary: settings, log, connection, workers, serving until told to stop.

use anyhow::Context;
use command_service::{App, Config, config};
use service_runtime::clock::Clock;
use service_runtime::config::from_environment;
use service_runtime::health::{self, Order};
use service_runtime::serve::stop_on_signal;
use service_runtime::tasks::Tasks;
use service_runtime::telemetry;
use tokio::net::TcpListener;

/// Many small allocations from many tasks, which is what this allocator is made for.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    if health::order(std::env::args_os().skip(1))? == Order::AskHealth {
        return Ok(health::ask(&config::listen()).await?);
    }
    let telemetry = telemetry::start("command-service")?;
    let config: Config = from_environment()?;
    let tasks = Tasks::new();
    stop_on_signal(&tasks)?;
    let listener = TcpListener::bind(&config.listen)
        .await
        .with_context(|| format!("listening on {}", config.listen))?;
    let app = App::connect(config, Clock::system(), &tasks).await?;
    app.start_workers(&tasks)?;
    tracing::info!(address = %listener.local_addr()?, "command-service is serving");
    let drained = app.serve(listener).await?;
    telemetry.end().await;
    anyhow::ensure!(drained.left == 0, "{} tasks did not end in time", drained.left);
    Ok(())
}
