//! One connection through the proxy: two pumps under one mode. Must not know who switches the mode.

use std::future::pending;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use service_runtime::clock::back_off;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::watch;

use super::script::{Conversation, Side, Verdict};
use super::{Counters, Mode};

/// The most that is read at once.
const PIECE: usize = 64 * 1024;

/// A throttled connection hands something on so many times a second.
const SLICES_PER_SECOND: u32 = 10;

/// How a pump ended.
enum End {
    /// The sender closed, or the receiver is gone.
    Closed,
    /// The proxy ends the connection.
    Cut,
}

type Talk = Mutex<Box<dyn Conversation>>;

struct Pump<'a> {
    from: OwnedReadHalf,
    side: Side,
    talk: &'a Talk,
    mode: &'a watch::Sender<Mode>,
    counters: &'a Counters,
    /// Something of this direction was lost: nothing may follow it.
    lost: bool,
}

/// Carries bytes until one side closes or the mode ends it.
pub(super) async fn connection(
    client: TcpStream,
    server: TcpStream,
    conversation: Box<dyn Conversation>,
    mode: &watch::Sender<Mode>,
    counters: &Counters,
) {
    // messages leave in pieces; without this each waits 40 ms for the receipt of the piece before
    let eager = client.set_nodelay(true).and_then(|()| server.set_nodelay(true));
    if eager.is_err() {
        return;
    }
    let talk = Mutex::new(conversation);
    let (from_client, mut to_client) = client.into_split();
    let (from_server, mut to_server) = server.into_split();
    let pump = |from, side| Pump { from, side, talk: &talk, mode, counters, lost: false };
    let (mut asks, mut answers) =
        (pump(from_client, Side::Client), pump(from_server, Side::Server));
    let mut ending = mode.subscribe();
    let end = tokio::select! {
        end = asks.run(&mut to_server) => Some(end),
        end = answers.run(&mut to_client) => Some(end),
        _ = ending.wait_for(|mode| matches!(mode, Mode::Reset | Mode::HalfOpen)) => None,
    };
    match (end, mode_of(mode)) {
        (Some(End::Closed), _) => {}
        (None, Mode::HalfOpen) => {
            reset_at_close(to_server, counters);
            drop(answers);
            asks.lost = true;
            asks.swallow().await;
        }
        (Some(End::Cut) | None, _) => {
            reset_at_close(to_client, counters);
            reset_at_close(to_server, counters);
        }
    }
}

/// The next close of this socket is an RST.
pub(super) fn reset(socket: &TcpStream, counters: &Counters) {
    if socket.set_zero_linger().is_ok() {
        counters.resets.fetch_add(1, Ordering::SeqCst);
    }
}

/// As [`reset`] for a half, whose end would else be told politely.
fn reset_at_close(half: OwnedWriteHalf, counters: &Counters) {
    reset(half.as_ref(), counters);
    half.forget();
}

fn mode_of(mode: &watch::Sender<Mode>) -> Mode {
    *mode.borrow()
}

impl Pump<'_> {
    async fn run(&mut self, to: &mut OwnedWriteHalf) -> End {
        let (mut piece, mut held) = (vec![0; PIECE], Vec::new());
        loop {
            let Ok(read @ 1..) = self.from.read(&mut piece).await else {
                if self.lost {
                    // the end of a lost connection is lost too
                    return pending().await;
                }
                return End::Closed;
            };
            held.extend_from_slice(&piece[..read]);
            let (passing, cut) = self.judged(&mut held);
            if let Some(end) = self.hand_on(&passing, to).await {
                return end;
            }
            if cut {
                return End::Cut;
            }
        }
    }

    /// What the script lets pass of what is held; whole messages are taken from it.
    fn judged(&self, held: &mut Vec<u8>) -> (Vec<u8>, bool) {
        let mut talk = self.talk.lock().unwrap_or_else(PoisonError::into_inner);
        let mut passing = Vec::new();
        while let Some(length) = talk.frame(self.side, held) {
            let mut message: Vec<u8> = held.drain(..length).collect();
            match talk.judge(self.side, &mut message) {
                Verdict::Pass => passing.extend(message),
                Verdict::Lose => self.count(|counters| &counters.lost, message.len()),
                Verdict::Cut => return (passing, true),
            }
        }
        (passing, false)
    }

    async fn hand_on(&mut self, bytes: &[u8], to: &mut OwnedWriteHalf) -> Option<End> {
        if bytes.is_empty() {
            return None;
        }
        let mode = mode_of(self.mode);
        self.lost |= match mode {
            Mode::Silent | Mode::HalfOpen => true,
            Mode::Deaf => self.side == Side::Server,
            Mode::Open | Mode::Reset | Mode::Delayed(_) => false,
            Mode::Throttled { .. } | Mode::ResetAfter(_) => false,
        };
        if self.lost {
            self.count(|counters| &counters.lost, bytes.len());
            return None;
        }
        let slice = match mode {
            Mode::Delayed(wait) => {
                back_off(wait).await;
                bytes.len()
            }
            Mode::Throttled { per_second } => (per_second / SLICES_PER_SECOND).max(1) as usize,
            Mode::Open | Mode::Reset | Mode::Silent => bytes.len(),
            Mode::Deaf | Mode::HalfOpen | Mode::ResetAfter(_) => bytes.len(),
        };
        for slice in bytes.chunks(slice) {
            // a wire that was set free hands on the rest at once
            if matches!(mode_of(self.mode), Mode::Throttled { .. }) {
                back_off(Duration::from_secs(1) / SLICES_PER_SECOND).await;
            }
            let allowed = self.allowance(slice.len());
            if to.write_all(&slice[..allowed]).await.is_err() {
                return Some(End::Closed);
            }
            match self.side {
                Side::Client => self.count(|counters| &counters.to_server, allowed),
                Side::Server => self.count(|counters| &counters.to_client, allowed),
            }
            if allowed < slice.len() {
                return Some(End::Cut);
            }
        }
        None
    }

    /// How many of `wanted` bytes may pass before a cut that was ordered; who does not get all of them carries it out.
    fn allowance(&self, wanted: usize) -> usize {
        let mut allowed = wanted;
        self.mode.send_if_modified(|mode| {
            let Mode::ResetAfter(left) = mode else { return false };
            match left.checked_sub(wanted as u64) {
                Some(rest) => *left = rest,
                None => {
                    allowed = usize::try_from(*left).unwrap_or(wanted);
                    *mode = Mode::Open;
                }
            }
            true
        });
        allowed
    }

    /// Takes what comes and hands it to nobody, until the sender closes.
    async fn swallow(&mut self) {
        let mut piece = vec![0; PIECE];
        while let Ok(read @ 1..) = self.from.read(&mut piece).await {
            self.count(|counters| &counters.lost, read);
        }
    }

    fn count(&self, which: impl Fn(&Counters) -> &AtomicU64, bytes: usize) {
        which(self.counters).fetch_add(bytes as u64, Ordering::SeqCst);
    }
}
