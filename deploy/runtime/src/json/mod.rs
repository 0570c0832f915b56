//! Strict JSON: what a body, or one line of NDJSON, must be before anybody looks at its meaning.
//! Refuses everything two readers could understand differently (duplicate keys, lone surrogates,
//! arrays in place of objects, unknown fields) and names the place. Must not know a command.

mod canonical;
mod decode;
mod fault;
mod strict;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::problem::Problem;

pub use canonical::fingerprint;
pub(crate) use fault::Fault;

/// Reads a JSON text into a value of `T`.
///
/// # Errors
/// A 400 problem with a JSON Pointer: `malformed_body` (not JSON as RFC 8259 and I-JSON want it,
/// deeper than 32, NUL in a string), `unknown_field`, `missing_field`, `wrong_type` or
/// `invalid_value`.
pub fn parse_json<T: DeserializeOwned>(text: &[u8]) -> Result<T, Problem> {
    decode_value(&parse_value(text)?, "")
}

/// Reads a JSON text, checking everything but its meaning.
///
/// # Errors
/// A 400 problem `malformed_body` with a JSON Pointer.
pub fn parse_value(text: &[u8]) -> Result<Value, Problem> {
    strict::parse(text).map_err(|fault| fault.into_problem(""))
}

/// Reads a value of `T` out of a value that [`parse_value`] returned; `base` is the JSON Pointer of
/// `value` in its document.
///
/// # Errors
/// A 400 problem with a JSON Pointer: `unknown_field`, `missing_field`, `wrong_type` or
/// `invalid_value`.
pub fn decode_value<T: DeserializeOwned>(value: &Value, base: &str) -> Result<T, Problem> {
    T::deserialize(decode::Node::new(value)).map_err(|fault| fault.into_problem(base))
}

#[cfg(test)]
mod tests;
