//! What processes cost: processor time, memory, open files, from `/proc`. Answers zero for a process that is gone.

use std::fs;
use std::time::Duration;

/// Clock ticks a second in `/proc`, fixed by the kernel's interface on every Linux we run on.
const TICKS_PER_SECOND: u64 = 100;

/// What one process, or several together, cost so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Processor time since the process began, its ended children included.
    pub processor: Duration,
    /// Resident memory that belongs to the process alone (anonymous), bytes.
    pub anonymous: u64,
    /// Resident memory with mapped files and shared memory, bytes.
    pub resident: u64,
    /// Open file descriptors.
    pub files: u64,
}

impl Cost {
    /// Of one process.
    pub fn of(pid: i32) -> Self {
        let folder = format!("/proc/{pid}");
        let stat = fs::read_to_string(format!("{folder}/stat")).unwrap_or_default();
        let status = fs::read_to_string(format!("{folder}/status")).unwrap_or_default();
        let files = fs::read_dir(format!("{folder}/fd")).map_or(0, Iterator::count);
        Self {
            processor: processor(&stat),
            anonymous: kibibytes(&status, "RssAnon:"),
            resident: kibibytes(&status, "VmRSS:"),
            files: u64::try_from(files).unwrap_or_default(),
        }
    }

    /// Of a process and its children, as a Postgres cluster has them.
    pub fn of_family(pid: i32) -> Self {
        children(pid).into_iter().map(Self::of).fold(Self::of(pid), |sum, one| Self {
            processor: sum.processor + one.processor,
            anonymous: sum.anonymous + one.anonymous,
            resident: sum.resident.max(one.resident),
            files: sum.files + one.files,
        })
    }

    /// Of this program: the load.
    pub fn own() -> Self {
        Self::of(i32::try_from(std::process::id()).unwrap_or_default())
    }
}

/// User and system time of the process and of the children it has waited for; the name in brackets may hold spaces.
fn processor(stat: &str) -> Duration {
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
    let all: u64 = (11..=14).map(ticks).sum();
    Duration::from_millis(all * 1_000 / TICKS_PER_SECOND)
}

fn kibibytes(status: &str, name: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|rest| rest.split_whitespace().next());
    number.and_then(|text| text.parse::<u64>().ok()).unwrap_or(0) * 1_024
}

fn children(pid: i32) -> Vec<i32> {
    let path = format!("/proc/{pid}/task/{pid}/children");
    let text = fs::read_to_string(path).unwrap_or_default();
    text.split_whitespace().filter_map(|child| child.parse().ok()).collect()
}
