//! Each mode is seen to do what it says, against a server that sends back what it hears.

use std::time::Duration;

use service_runtime::Tasks;
use service_runtime::clock::Stopwatch;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::{Mode, Proxy};

struct Echo {
    proxy: Proxy,
    tasks: Tasks,
}

impl Echo {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let tasks = Tasks::new();
        let spawner = tasks.clone();
        tasks.spawn_until_stopped(async move {
            while let Ok((client, _)) = listener.accept().await {
                spawner.spawn_until_stopped(async move {
                    let (mut from, mut to) = client.into_split();
                    tokio::io::copy(&mut from, &mut to).await.ok();
                });
            }
        });
        Self { proxy: Proxy::before(address).await.unwrap(), tasks }
    }

    async fn client(&self) -> TcpStream {
        TcpStream::connect(("127.0.0.1", self.proxy.port())).await.unwrap()
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        self.tasks.stop();
    }
}

/// What comes back for `bytes`; none = nothing within a moment.
async fn echo(client: &mut TcpStream, bytes: &[u8]) -> Option<std::io::Result<Vec<u8>>> {
    let talk = async {
        client.write_all(bytes).await?;
        let mut back = vec![0; bytes.len()];
        client.read_exact(&mut back).await.map(|_| back)
    };
    timeout(Duration::from_millis(300), talk).await.ok()
}

async fn speaks(client: &mut TcpStream) -> bool {
    matches!(echo(client, b"hello").await, Some(Ok(back)) if back == b"hello")
}

#[tokio::test]
async fn an_open_proxy_hands_everything_on_and_counts_it() {
    let echo = Echo::start().await;
    assert!(speaks(&mut echo.client().await).await);
    let passed = echo.proxy.passed();
    assert_eq!((passed.connections, passed.to_server, passed.to_client), (1, 5, 5));
    assert_eq!((passed.lost, passed.resets), (0, 0));
}

#[tokio::test]
async fn a_reset_ends_open_connections_and_new_ones_until_it_is_over() {
    let echo_server = Echo::start().await;
    let mut client = echo_server.client().await;
    assert!(speaks(&mut client).await);
    echo_server.proxy.set(Mode::Reset);
    let error = echo(&mut client, b"hello").await.unwrap().unwrap_err();
    let known = [std::io::ErrorKind::ConnectionReset, std::io::ErrorKind::BrokenPipe];
    assert!(known.contains(&error.kind()), "{error}");
    assert!(echo(&mut echo_server.client().await, b"hello").await.unwrap().is_err());
    echo_server.proxy.set(Mode::Open);
    assert!(speaks(&mut echo_server.client().await).await);
}

#[tokio::test]
async fn what_was_lost_in_silence_is_never_followed_by_anything() {
    for mode in [Mode::Silent, Mode::Deaf, Mode::HalfOpen] {
        let server = Echo::start().await;
        let mut client = server.client().await;
        assert!(speaks(&mut client).await);
        server.proxy.set(mode);
        assert!(echo(&mut client, b"hello").await.is_none(), "{mode:?} is silence, not an end");
        server.proxy.set(Mode::Open);
        assert!(echo(&mut client, b"again").await.is_none(), "{mode:?}");
        assert!(speaks(&mut server.client().await).await, "{mode:?}");
        let passed = server.proxy.passed();
        let heard = if mode == Mode::Deaf { 20 } else { 10 };
        assert_eq!((passed.to_server, passed.lost), (heard, 10), "{mode:?}");
    }
}

#[tokio::test]
async fn a_piece_waits_and_a_slow_wire_is_slow() {
    let server = Echo::start().await;
    let mut client = server.client().await;
    server.proxy.set(Mode::Delayed(Duration::from_millis(20)));
    let watch = Stopwatch::start();
    assert!(speaks(&mut client).await);
    assert!(watch.elapsed() >= Duration::from_millis(40), "there and back");
    server.proxy.set(Mode::Throttled { per_second: 1_000 });
    let watch = Stopwatch::start();
    client.write_all(&[7; 300]).await.unwrap();
    let mut back = vec![0; 300];
    client.read_exact(&mut back).await.unwrap();
    assert!(watch.elapsed() >= Duration::from_millis(250));
}

#[tokio::test]
async fn a_cut_after_so_many_bytes_happens_there_and_once() {
    let server = Echo::start().await;
    let mut client = server.client().await;
    server.proxy.set(Mode::ResetAfter(12));
    assert!(speaks(&mut client).await);
    assert!(echo(&mut client, b"hello").await.unwrap().is_err());
    let passed = server.proxy.passed();
    assert_eq!(passed.to_server + passed.to_client, 12);
    assert_eq!(server.proxy.mode(), Mode::Open);
    assert!(speaks(&mut server.client().await).await);
}
