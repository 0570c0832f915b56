//! The launcher's voice: lines for people on stdout, progress and warnings on stderr. The only room
//! of this crate that prints. A reader that went away is no error.

use std::fmt::Display;
use std::future::Future;
use std::io::{IsTerminal, Write, stderr, stdout};
use std::pin::pin;
use std::time::Duration;

use service_runtime::clock::Stopwatch;
use tokio::time::timeout;

/// Work shorter than this needs no progress line.
const PATIENCE: Duration = Duration::from_secs(2);
/// Pause between two frames of the spinner.
const FRAME: Duration = Duration::from_millis(120);
/// Pause between two progress lines where no terminal listens.
const LINE_EVERY: Duration = Duration::from_secs(10);
const FRAMES: [char; 10] = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/// Prints one line on stdout.
pub fn say(line: impl Display) {
    drop(writeln!(stdout(), "{line}"));
}

/// Prints text on stdout as it is.
pub fn show(text: &str) {
    let mut out = stdout();
    drop(out.write_all(text.as_bytes()).and_then(|()| out.flush()));
}

/// Prints one line on stderr.
pub fn warn(line: impl Display) {
    drop(writeln!(stderr(), "{line}"));
}

/// An error and its causes in one sentence; what a text says of its cause already is not said again.
pub fn sentence(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !text.contains(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
    }
    text
}

/// Runs `work`; from its third second on it shows `what` with the seconds passed, as a spinner on a
/// terminal, as a line now and then elsewhere.
pub async fn during<T>(what: &str, work: impl Future<Output = T>) -> T {
    during_with(what, String::new, work).await
}

/// As [`during`], with a detail that is asked anew for each frame (a percentage, a size).
pub async fn during_with<T>(
    what: &str,
    detail: impl Fn() -> String,
    work: impl Future<Output = T>,
) -> T {
    let watch = Stopwatch::start();
    let terminal = stderr().is_terminal();
    let mut work = pin!(work);
    let mut frame = 0;
    let mut next_line = PATIENCE;
    loop {
        if let Ok(done) = timeout(FRAME, work.as_mut()).await {
            if terminal && frame > 0 {
                drop(write!(stderr(), "\r\x1b[2K"));
            }
            return done;
        }
        let passed = watch.elapsed();
        if passed < PATIENCE {
            continue;
        }
        let seconds = passed.as_secs();
        if terminal {
            let sign = FRAMES[frame % FRAMES.len()];
            frame += 1;
            let mut out = stderr();
            drop(write!(out, "\r\x1b[2K{sign} {what} {} {seconds} s", detail()));
            drop(out.flush());
        } else if passed >= next_line {
            next_line = passed + LINE_EVERY;
            warn(format_args!("… {what} {} {seconds} s", detail()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;

    #[test]
    fn a_cause_is_said_once() {
        let refused = anyhow!("permission denied").context("cannot run: permission denied");
        assert_eq!(
            sentence(&refused.context("the log cannot be migrated")),
            "the log cannot be migrated: cannot run: permission denied"
        );
    }
}
