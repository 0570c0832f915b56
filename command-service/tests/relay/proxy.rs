//! A TCP proxy between relay and server that can lose what the server says, or one message of the
//! relay's.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use command_service::relay::NatsAddress;
use service_runtime::Tasks;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

#[derive(Clone, Default)]
struct Faults {
    deaf: Arc<AtomicBool>,
    deafen_at_event: Arc<AtomicBool>,
    lose_one: Arc<AtomicBool>,
}

pub struct Proxy {
    port: u16,
    faults: Faults,
    tasks: Tasks,
}

impl Proxy {
    pub async fn before(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (faults, tasks) = (Faults::default(), Tasks::new());
        let (shared, spawner) = (faults.clone(), tasks.clone());
        tasks.spawn_until_stopped(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(upstream) = TcpStream::connect(("127.0.0.1", server)).await else {
                    continue;
                };
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = upstream.into_split();
                spawner.spawn_until_stopped(forward(from_client, to_server, shared.clone()));
                spawner.spawn_until_stopped(answer(from_server, to_client, shared.clone()));
            }
        });
        Self { port, faults, tasks }
    }

    pub fn relay(&self) -> NatsAddress {
        NatsAddress::parse(&format!("nats://relay:relay@127.0.0.1:{}", self.port)).unwrap()
    }

    /// From now on nothing the server says arrives.
    pub fn deafen(&self) {
        self.faults.deaf.store(true, Ordering::SeqCst);
    }

    /// Nothing the server says arrives once the next event was sent to it.
    pub fn deafen_at_first_event(&self) {
        self.faults.deafen_at_event.store(true, Ordering::SeqCst);
    }

    pub fn heal(&self) {
        self.faults.deaf.store(false, Ordering::SeqCst);
    }

    /// The next event that is published never reaches the server.
    pub fn lose_one_event(&self) {
        self.faults.lose_one.store(true, Ordering::SeqCst);
    }

    pub fn lost_it(&self) -> bool {
        !self.faults.lose_one.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.tasks.stop();
    }
}

/// Client to server, frame by frame.
async fn forward(from: OwnedReadHalf, mut to: OwnedWriteHalf, faults: Faults) {
    let mut from = BufReader::new(from);
    let mut frame = Vec::new();
    loop {
        frame.clear();
        if from.read_until(b'\n', &mut frame).await.is_ok_and(|read| read == 0) {
            return;
        }
        let line = String::from_utf8_lossy(&frame).into_owned();
        if line.starts_with("PUB ") || line.starts_with("HPUB ") {
            let size: usize = line.split_whitespace().last().unwrap().parse().unwrap();
            let start = frame.len();
            frame.resize(start + size + 2, 0);
            if from.read_exact(&mut frame[start..]).await.is_err() {
                return;
            }
        }
        let event = line.starts_with("HPUB sales.");
        if event && faults.deafen_at_event.swap(false, Ordering::SeqCst) {
            faults.deaf.store(true, Ordering::SeqCst);
        }
        let lost = event && faults.lose_one.swap(false, Ordering::SeqCst);
        if !lost && to.write_all(&frame).await.is_err() {
            return;
        }
    }
}

/// Server to client, unless it has become deaf.
async fn answer(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, faults: Faults) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut bytes).await {
        if !faults.deaf.load(Ordering::SeqCst) && to.write_all(&bytes[..read]).await.is_err() {
            return;
        }
    }
}
