//! One of our programs as a child process of the benchmark.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, ensure};
use local_stack::ports;
use local_stack::process::{Program, Running};
use nix::sys::signal::Signal;
use service_runtime::clock::{Stopwatch, back_off};
use tokio::net::TcpStream;

use super::cost::Cost;

/// How long a program may take until it is ready.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// A program with its settings, its port and, while it runs, its process.
#[derive(Debug)]
pub struct Child {
    program: Program,
    port: u16,
    running: Option<Running>,
}

impl Child {
    /// Says how it is to run; starts nothing.
    pub fn new(
        name: &str,
        folder: &Path,
        variables: Vec<(String, String)>,
    ) -> anyhow::Result<Self> {
        let port = ports::free()?;
        let mut variables = variables;
        variables.push(("SALGSLOGG_LISTEN".into(), format!("127.0.0.1:{port}")));
        variables.push(("SALGSLOGG_LOG".into(), "warn".into()));
        let program = Program {
            name: name.into(),
            path: sibling(name)?,
            arguments: Vec::new(),
            variables,
            log: folder.join(format!("{name}.log")),
            account: None,
            when_orphaned: Signal::SIGKILL,
        };
        Ok(Self { program, port, running: None })
    }

    /// Starts it and waits until it is ready to answer.
    pub async fn start(&mut self) -> anyhow::Result<()> {
        let mut running = Running::start(&self.program)?;
        let watch = Stopwatch::start();
        while !ready(self.port).await {
            ensure!(running.ended().is_none(), running.obituary());
            ensure!(watch.elapsed() < READY_WITHIN, "{} is not ready", self.program.name);
            back_off(Duration::from_millis(10)).await;
        }
        self.running = Some(running);
        Ok(())
    }

    /// Ends it with a signal; SIGTERM is followed by SIGKILL when it takes longer than it may.
    pub async fn end(&mut self, signal: Signal) {
        if let Some(mut running) = self.running.take() {
            let patience = Duration::from_secs(30);
            running.end(&[(signal, patience), (Signal::SIGKILL, patience)]).await;
        }
    }

    /// Host and port.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// What it costs; nothing while it does not run.
    pub fn cost(&self) -> Cost {
        self.running.as_ref().map_or_else(Cost::default, |running| Cost::of(running.pid()))
    }
}

/// Whether `/readyz` says yes.
async fn ready(port: u16) -> bool {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let ask = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: b\r\nConnection: close\r\n\r\n").await?;
        let mut answer = String::new();
        stream.take(4_096).read_to_string(&mut answer).await?;
        std::io::Result::Ok(answer.starts_with("HTTP/1.1 200"))
    };
    tokio::time::timeout(Duration::from_secs(1), ask)
        .await
        .is_ok_and(|asked| asked.unwrap_or(false))
}

/// The program built beside this one.
pub fn sibling(name: &str) -> anyhow::Result<PathBuf> {
    let me = std::env::current_exe().context("the benchmark does not know where it lies")?;
    let program = me.with_file_name(name);
    ensure!(program.is_file(), "{} is missing: ./deploy/bench builds it", program.display());
    Ok(program)
}
