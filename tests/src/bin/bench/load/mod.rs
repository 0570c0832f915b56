//! The load: raw HTTP/1.1 over TCP, requests copied from templates, one thread. It shares the processors with what is
//! measured, so it must stay cheap.

pub mod bulk;
pub mod closed;
pub mod connection;
pub mod lifecycle;
pub mod open;
pub mod times;
