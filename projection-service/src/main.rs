//! The read machine as a process: settings → log lines → connections → serve until told to stop.

use anyhow::Context;
use projection_service::{App, Config, config};
use service_runtime::health::{self, Order};
use service_runtime::{Clock, Tasks, serve, telemetry};
use tokio::net::TcpListener;

/// Many small allocations from many tasks, which is what this allocator is made for.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    if health::order(std::env::args_os().skip(1))? == Order::AskHealth {
        return Ok(health::ask(&config::listen()).await?);
    }
    let telemetry = telemetry::start("projection-service")?;
    let config = Config::from_environment()?;
    let tasks = Tasks::new();
    serve::stop_on_signal(&tasks)?;
    let listener = TcpListener::bind(&config.listen)
        .await
        .with_context(|| format!("cannot listen on {}", config.listen))?;
    let app = App::connect(config, Clock::system()).await?;
    app.start_workers(&tasks);
    tracing::info!(address = %listener.local_addr()?, "answering questions");
    app.serve(listener, &tasks).await?;
    telemetry.end().await;
    Ok(())
}
