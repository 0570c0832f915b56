//! Free TCP ports on the loopback address.

use std::net::{Ipv4Addr, TcpListener};

use anyhow::{Context, Result};

/// A port nobody listens on at this moment.
///
/// # Errors
/// When the machine has no free port left.
pub fn free() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port is free")?;
    Ok(listener.local_addr().context("a bound port has an address")?.port())
}

/// Ports that systems do not hand out to clients by themselves (RFC 6335 calls them registered).
const LASTING: std::ops::Range<u16> = 20_000..32_000;

/// A free port that will be free again: nobody gets it by chance while its server is away and others rely on its number.
///
/// # Errors
/// When none is found, or the system offers no random bytes.
pub fn lasting() -> Result<u16> {
    for _ in 0..100 {
        let chance = u16::from_be_bytes(crate::random::bytes()?);
        let port = LASTING.start + chance % (LASTING.end - LASTING.start);
        if is_free(port) {
            return Ok(port);
        }
    }
    anyhow::bail!("no port between {} and {} is free", LASTING.start, LASTING.end)
}

/// Whether nobody listens on `port` of the loopback address.
#[must_use]
pub fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// `wanted` if it is free, else another one.
///
/// # Errors
/// As [`free`].
pub fn prefer(wanted: Option<u16>) -> Result<u16> {
    match wanted {
        Some(port) if is_free(port) => Ok(port),
        Some(_) | None => free(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lasting_port_is_none_that_clients_get() {
        let port = lasting().unwrap();
        assert!(LASTING.contains(&port) && is_free(port), "{port}");
    }

    #[test]
    fn a_taken_port_is_replaced_by_a_free_one() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        assert_ne!(prefer(Some(port)).unwrap(), port);
        drop(taken);
        assert_eq!(prefer(Some(port)).unwrap(), port);
    }
}
