//! Every limit of the HTTP entry, with its unit in its name (design §5). Limits of the log and of
//! queues live where they are enforced.

use std::time::Duration;

/// The longest body, and the longest line of a bulk body, in bytes.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;

/// How much of an overlong body is read and thrown away, in bytes, so that a client that sends
/// before it listens still gets its answer.
pub const BODY_BYTES_DRAINED: usize = 32 * 1024 * 1024;

/// The deepest nesting of arrays and objects in a body, in levels.
pub const JSON_DEPTH_MAX: usize = 32;

/// The longest token, in bytes.
pub const TOKEN_BYTES_MAX: usize = 8 * 1024;

/// The longest `Idempotency-Key`, in characters.
pub const KEY_CHARS_MAX: usize = 255;

/// The longest time until a request is answered.
pub const REQUEST_DEADLINE: Duration = Duration::from_secs(10);

/// The longest time a readiness check may take.
pub const READINESS_DEADLINE: Duration = Duration::from_secs(2);

/// Rows of a page when the request does not say.
pub const PAGE_ROWS: u32 = 50;

/// Most rows of a page.
pub const PAGE_ROWS_MAX: u32 = 500;

/// Verified tokens kept in memory.
pub const TOKENS_REMEMBERED_MAX: u64 = 10_000;
